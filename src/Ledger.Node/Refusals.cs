using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node;

/// <summary>Turns refusals into gRPC errors: a status, a message that says what to do, and the stable reason in a trailer.</summary>
internal static class Refusals
{
    /// <summary>Trailer with the stable reason: its number and NAME.</summary>
    public const string ReasonTrailer = "ledger-reason";

    /// <summary>Trailer with the encoded receipt of an operation that was recorded as refused.</summary>
    public const string ReceiptTrailer = "ledger-receipt-bin";

    /// <summary>Trailer that says after how many milliseconds to try again.</summary>
    public const string RetryTrailer = "retry-after-ms";

    private const int RetryAfterMs = 100;

    /// <summary>The error of a refusal.</summary>
    /// <param name="judgement">Why.</param>
    /// <param name="receipt">Of the entry, if the refusal was recorded.</param>
    public static RpcException Error(Judgement judgement, Receipt? receipt = null)
    {
        RpcException error = Error(judgement, StatusOf(judgement.Reason));
        if (receipt is not null)
        {
            error.Trailers.Add(ReceiptTrailer, receipt.ToByteArray());
        }

        return error;
    }

    /// <summary>The error of a refusal.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="detail">What exactly is wrong.</param>
    public static RpcException Error(ReasonCode reason, string detail = "") => Error(Judgement.Refuse(reason, detail));

    /// <summary>The error of a refusal with another status than is usual.</summary>
    /// <param name="judgement">Why.</param>
    /// <param name="status">The status.</param>
    public static RpcException Error(Judgement judgement, StatusCode status)
    {
        Metadata trailers = new()
        {
            {
                ReasonTrailer,
                string.Create(CultureInfo.InvariantCulture, $"{(int)judgement.Reason} {Reasons.Name(judgement.Reason)}")
            },
        };
        if (judgement.Reason is ReasonCode.Overloaded or ReasonCode.Stopping)
        {
            trailers.Add(RetryTrailer, RetryAfterMs.ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(status, Reasons.Message(judgement)), trailers);
    }

    /// <summary>The gRPC status of a reason.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No status is written for the reason.</exception>
    public static StatusCode StatusOf(ReasonCode reason) =>
        reason switch
        {
            ReasonCode.Applied => StatusCode.OK,

            // The request is wrong whatever the ledger holds.
            ReasonCode.Malformed
            or ReasonCode.Empty
            or ReasonCode.TooLarge
            or ReasonCode.UnknownField
            or ReasonCode.NotCanonical
            or ReasonCode.MissingBody
            or ReasonCode.InvalidField
            or ReasonCode.WrongLedger
            or ReasonCode.InvalidDid
            or ReasonCode.BadPageToken
            or ReasonCode.InvalidRequest => StatusCode.InvalidArgument,

            // Who signed is not established, or may not.
            ReasonCode.UnknownActor
            or ReasonCode.SignatureCount
            or ReasonCode.UnknownKey
            or ReasonCode.SignatureLength
            or ReasonCode.SignatureRange
            or ReasonCode.SignatureHighS
            or ReasonCode.BadSignature => StatusCode.Unauthenticated,
            ReasonCode.KeyPurpose or ReasonCode.NotAdmitted or ReasonCode.NotAuthorised => StatusCode.PermissionDenied,

            // The state moved on since the caller looked: look again.
            ReasonCode.KeyChanged or ReasonCode.StalePrevious => StatusCode.Aborted,

            // A rule says no.
            ReasonCode.Expired
            or ReasonCode.DeadlineTooFar
            or ReasonCode.NotFounded
            or ReasonCode.ActorDeactivated
            or ReasonCode.DidDeactivated
            or ReasonCode.ReceiverNotAdmitted
            or ReasonCode.NotASponsor
            or ReasonCode.PilotNotRunning
            or ReasonCode.SupplyExceeded
            or ReasonCode.TokenBurned
            or ReasonCode.IncorrectOwner
            or ReasonCode.NotTransferable
            or ReasonCode.DuplicateInBatch => StatusCode.FailedPrecondition,

            // The identifier is taken, or names nothing.
            ReasonCode.AlreadyFounded
            or ReasonCode.AlreadyAdmitted
            or ReasonCode.PilotExists
            or ReasonCode.ClassExists
            or ReasonCode.TokenExists => StatusCode.AlreadyExists,
            ReasonCode.DidNotFound
            or ReasonCode.PilotNotFound
            or ReasonCode.ClassNotFound
            or ReasonCode.TokenNotFound
            or ReasonCode.EntryNotFound
            or ReasonCode.ReceiptNotFound
            or ReasonCode.VersionNotFound
            or ReasonCode.VersionInFuture
            or ReasonCode.PartyNotFound => StatusCode.NotFound,
            ReasonCode.SizeOutOfRange => StatusCode.OutOfRange,

            // The node cannot, now.
            ReasonCode.Overloaded => StatusCode.ResourceExhausted,
            ReasonCode.Stopping => StatusCode.Unavailable,
            ReasonCode.Internal => StatusCode.Internal,
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No status is written for this reason."),
        };
}
