using System.Numerics;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Demo;

/// <summary>Operations that a ledger must refuse, each for its own reason. They are signed as carefully as any other.</summary>
internal sealed class MustRefuse(DemoClients clients, DemoReport report)
{
    // Order of the group of secp256k1 (SEC 2, section 2.4.1).
    private static readonly BigInteger Order = BigInteger.Parse(
        "00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture
    );

    private LedgerClient Client => clients.First;

    /// <summary>How many were refused.</summary>
    public int Count { get; private set; }

    /// <summary>Submits what the rules must refuse; the refusal is an entry of the log.</summary>
    /// <returns>What else the judgement said.</returns>
    public Task<Verdict?> RuleAsync(
        string what,
        ReasonCode reason,
        Actor actor,
        Operation body,
        CancellationToken stop
    ) => TryAsync(what, reason, Client.Prepare(actor, body), isRecorded: true, stop);

    /// <summary>Submits what is not even let in: nothing of it is recorded.</summary>
    public Task AtTheDoorAsync(string what, ReasonCode reason, Actor actor, Operation body, CancellationToken stop) =>
        TryAsync(what, reason, Client.Prepare(actor, body), isRecorded: false, stop);

    /// <summary>Submits an operation under a signature with one bit changed.</summary>
    public Task ChangedSignatureAsync(Actor actor, Operation body, CancellationToken stop)
    {
        SignedOperation signed = Client.Prepare(actor, body).SignedOperation.Clone();
        byte[] value = signed.Signatures[0].Value.ToByteArray();
        value[Limits.SignatureBytes / 2 - 1] ^= 1; // of r
        return TryAsync("an operation with a changed signature", ReasonCode.BadSignature, signed, value, stop);
    }

    /// <summary>Submits an operation under the malleable twin of its signature: s replaced by n − s.</summary>
    public Task TwinSignatureAsync(Actor actor, Operation body, CancellationToken stop)
    {
        SignedOperation signed = Client.Prepare(actor, body).SignedOperation.Clone();
        byte[] value = signed.Signatures[0].Value.ToByteArray();
        Span<byte> s = value.AsSpan(Limits.SignatureBytes / 2);
        byte[] twin = (Order - new BigInteger(s, isUnsigned: true, isBigEndian: true)).ToByteArray(
            isUnsigned: true,
            isBigEndian: true
        );
        s.Clear();
        twin.CopyTo(s[(s.Length - twin.Length)..]);
        return TryAsync("the malleable twin of a signature", ReasonCode.SignatureHighS, signed, value, stop);
    }

    /// <summary>Submits an operation whose deadline has passed.</summary>
    public Task ExpiredAsync(Actor actor, Operation body, CancellationToken stop)
    {
        Operation late = Client.Prepare(actor, body).Submitted.Operation.Clone();
        late.NotAfter = (ulong)DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
        byte[] bytes = OperationCodec.Encode(late);
        SignedOperation signed = new()
        {
            Operation = ByteString.CopyFrom(bytes),
            Signatures = { actor.Keys[0].Sign(bytes) },
        };
        PreparedOperation operation = PreparedOperation.From(signed, Client.Origin);
        return TryAsync("an operation after its deadline", ReasonCode.Expired, operation, isRecorded: false, stop);
    }

    private Task<Verdict?> TryAsync(
        string what,
        ReasonCode reason,
        SignedOperation signed,
        byte[] signature,
        CancellationToken stop
    )
    {
        signed.Signatures[0].Value = ByteString.CopyFrom(signature);
        return TryAsync(what, reason, PreparedOperation.From(signed, Client.Origin), isRecorded: false, stop);
    }

    private async Task<Verdict?> TryAsync(
        string what,
        ReasonCode reason,
        PreparedOperation operation,
        bool isRecorded,
        CancellationToken stop
    )
    {
        try
        {
            await Client.SubmitAsync(operation, stop);
        }
        catch (RefusedException e)
        {
            Expect.That(
                e.Reason == reason,
                $"{what} was refused with {Reasons.Name(e.Reason)}, not {Reasons.Name(reason)}"
            );
            Expect.That(e.Entry is not null == isRecorded, $"the refusal of {what} is recorded or not, wrongly");
            if (e.Entry is { } entry)
            {
                clients.Remember(operation, entry);
            }

            Count++;
            string place = e.Entry is null ? "not recorded" : $"entry {e.Entry.Index}";
            report.Line(what, $"{(int)reason} {Reasons.Name(reason)}, {place}{VerdictWords.Of(e.Verdict)}");
            return e.Verdict;
        }

        throw CommandFailure.Unverified($"The demo failed: {what} was accepted.");
    }
}
