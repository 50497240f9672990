using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Testing;

/// <summary>An actor with one key for everything. What it signs may be as wrong as a test wants it.</summary>
/// <param name="time">What time it is; operations are good for an hour from then.</param>
/// <param name="origin">Origin of the ledger that it signs for.</param>
/// <param name="type">Kind of its key.</param>
public sealed class Signer(TimeProvider time, string origin = TemporaryLedger.Origin, KeyType type = KeyType.Secp256K1)
{
    private static int _signers;

    /// <summary>Its DID, once it is registered.</summary>
    public string Did { get; set; } = "";

    /// <summary>Its key, which no other signer of the run has.</summary>
    public SigningKey Key { get; private set; } = NextKey(type);

    /// <summary>The document that it registers with.</summary>
    public DidDocument Document => Key.ToDocument();

    /// <summary>Registers it.</summary>
    public SignedOperation SignCreate() => Sign(Operations.Create(Document));

    /// <summary>Takes another key, from the next operation on.</summary>
    public void Rotate() => Key = NextKey(Key.Type);

    /// <summary>Completes an operation with ledger, actor, deadline and nonce where they are missing.</summary>
    public Operation Complete(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Operation complete = operation.Clone();
        bool creates = complete.FoundLedger is not null || complete.CreateDid is not null;
        complete.Ledger = complete.Ledger.Length > 0 ? complete.Ledger : origin;
        complete.Actor = creates || complete.Actor.Length > 0 ? complete.Actor : Did;
        complete.NotAfter =
            complete.NotAfter > 0 ? complete.NotAfter : (ulong)time.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        complete.Nonce = complete.Nonce.IsEmpty
            ? ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.NonceBytes))
            : complete.Nonce;
        return complete;
    }

    /// <summary>Completes an operation and signs it.</summary>
    public SignedOperation Sign(Operation operation) => SignBytes(OperationCodec.Encode(Complete(operation)));

    /// <summary>Signs bytes as if they were an operation.</summary>
    public SignedOperation SignBytes(byte[] bytes) =>
        new() { Operation = ByteString.CopyFrom(bytes), Signatures = { Key.Sign(bytes) } };

    private static SigningKey NextKey(KeyType type) => TestKeys.Signer(Interlocked.Increment(ref _signers), type);
}
