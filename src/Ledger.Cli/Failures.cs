using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Grpc.Core;
using Ledger.Client;
using Ledger.Node;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Cli;

/// <summary>How what goes wrong in a command is told to the person, and to the shell.</summary>
internal static class Failures
{
    /// <summary>Says what went wrong; null for a bug, which crashes.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="isInterrupted">Whether the person wanted the command to end.</param>
    public static CommandFailure? Describe(Exception e, bool isInterrupted) =>
        e switch
        {
            CommandFailure failure => failure,
            RefusedException refused => CommandFailure.Refused(
                $"Refused: {refused.Message}{VerdictWords.Of(refused.Verdict)}",
                Details(refused)
            ),
            VerificationException unverified => CommandFailure.Unverified(
                unverified.Message,
                new JsonObject { ["check"] = unverified.Check.ToString() }
            ),
            LogSourceException unsound => CommandFailure.Unverified($"The log is wrong. {unsound.Finding}."),
            KeyFileException { Problem: KeyFileProblem.PassphraseRequired } locked => CommandFailure.Usage(
                locked.Message
            ),
            OperationFileException file => Describe(file),
            NodeConfigurationException wrong => CommandFailure.Usage(wrong.Message),
            OperationCanceledException when isInterrupted => CommandFailure.Interrupted(),
            _ when (e as RpcException ?? e.InnerException) is RpcException failed => CommandFailure.Unreachable(
                Connection.Unanswered(failed),
                e
            ),
            KeyFileException
            or StoreException
            or NodeUnavailableException
            or IOException
            or UnauthorizedAccessException
            or CryptographicException => CommandFailure.Unreachable(e.Message, e),
            _ => null,
        };

    private static CommandFailure Describe(OperationFileException e) =>
        e.Problem switch
        {
            OperationFileProblem.Changed or OperationFileProblem.BadSignature => CommandFailure.Unverified(
                e.Message,
                new JsonObject { ["check"] = e.Problem.ToString() }
            ),
            OperationFileProblem.SignedAlready
            or OperationFileProblem.NotASigner
            or OperationFileProblem.DifferentOperation => CommandFailure.Usage(e.Message),
            _ => CommandFailure.Unreachable(e.Message, e),
        };

    private static JsonObject Details(RefusedException e)
    {
        JsonObject details = new() { ["reason"] = Reasons.Name(e.Reason), ["code"] = (int)e.Reason };
        if (e.RetryAfter is { } wait)
        {
            details["retry_after_ms"] = (long)wait.TotalMilliseconds;
        }

        if (e.Verdict is { } verdict)
        {
            details["verdict"] = Fields.Of(verdict);
        }

        if (e.Entry is { } entry)
        {
            details["index"] = entry.Index;
            details["operation_id"] = Convert.ToHexStringLower(entry.OperationId.Span);
        }

        return details;
    }
}
