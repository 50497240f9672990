using Ledger.Log;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Log;

/// <summary>Operations on their way, for the stages that take them.</summary>
internal static class Pending
{
    /// <summary>An operation that was let in and not parsed yet.</summary>
    public static PendingOperation Raw(int bytes, Intake intake) =>
        new(new SignedOperation { Operation = Google.Protobuf.ByteString.CopyFrom(new byte[bytes]) }, intake);

    /// <summary>An operation that is prepared with the keys of a document.</summary>
    public static PendingOperation Prepared(SignedOperation signed, DidDocument document, Intake? intake = null)
    {
        PendingOperation pending = new(signed, intake ?? Wide());
        Assert.Equal(
            Judgement.Ok,
            OperationCodec.Decode(signed, TemporaryLedger.Origin, out SubmittedOperation? operation)
        );
        pending.Prepare(operation!, [document.VerificationMethods[0]]);
        return pending;
    }

    /// <summary>Operations that create DIDs, well signed.</summary>
    public static PendingOperation[] Creations(int count, Intake? intake = null) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    Signer signer = new(new ManualTime());
                    return Prepared(signer.SignCreate(), signer.Document, intake);
                }),
        ];

    /// <summary>An intake that lets everything in.</summary>
    public static Intake Wide() => new(int.MaxValue, long.MaxValue);
}
