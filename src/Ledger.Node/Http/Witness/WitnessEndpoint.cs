using System.Buffers;
using Ledger.Protocol;
using Ledger.Witness;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ledger.Node.Http;

/// <summary>Answers other logs that ask for a cosignature (C2SP tlog-witness 1.0.0), where the node is a witness.</summary>
internal sealed partial class WitnessEndpoint(CheckpointWitness? witness, ILogger<WitnessEndpoint> logger)
{
    private const int RetryAfterSeconds = 1;

    /// <summary>Answers a request.</summary>
    public async ValueTask<HttpAnswer> AnswerAsync(HttpContext context)
    {
        if (witness is null)
        {
            return HttpProblem.Of(StatusCodes.Status404NotFound, "This node is no witness.");
        }

        // One byte more than there may be says that there are too many.
        byte[] body = ArrayPool<byte>.Shared.Rent(Limits.WitnessRequestBytesMax + 1);
        try
        {
            int bytes = await context.Request.Body.ReadAtLeastAsync(
                body.AsMemory(0, Limits.WitnessRequestBytesMax + 1),
                Limits.WitnessRequestBytesMax + 1,
                throwOnEndOfStream: false,
                context.RequestAborted
            );
            WitnessAnswer answer = witness.AddCheckpoint(body.AsSpan(0, bytes));
            return new HttpAnswer(answer.Status, answer.ContentType, answer.Body)
            {
                Headers =
                    answer.Status == StatusCodes.Status429TooManyRequests
                        ? [("Retry-After", $"{RetryAfterSeconds}")]
                        : [],
            };
        }
        catch (WitnessException e)
        {
            LogMemory(logger, e.Message);
            return HttpProblem.Internal;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The witness cosigns nothing any more: {Problem}")]
    private static partial void LogMemory(ILogger logger, string problem);
}
