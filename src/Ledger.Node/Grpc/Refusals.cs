using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Node.Grpc;

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
        long retryAfterMs = judgement.Reason is ReasonCode.Overloaded or ReasonCode.Stopping
            ? RetryAfterMs
            : judgement.RetryAfterMs;
        if (retryAfterMs > 0)
        {
            trailers.Add(RetryTrailer, retryAfterMs.ToString(CultureInfo.InvariantCulture));
        }

        return new RpcException(new Status(status, Reasons.Message(judgement)), trailers);
    }

    /// <summary>The value that a question got; its refusal is thrown.</summary>
    public static T OrThrow<T>(this Answer<T> answer)
        where T : notnull => answer.IsOk ? answer.Value : throw Error(answer.Judgement);

    /// <summary>The gRPC status of a reason.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This version does not know the reason.</exception>
    public static StatusCode StatusOf(ReasonCode reason) => (StatusCode)Reasons.Status(reason);
}
