using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Http;

/// <summary>What one key is asked to sign.</summary>
/// <param name="Name">Name of the request within its job.</param>
/// <param name="Key">The key.</param>
internal sealed record SigningRequest(string Name, VerificationMethod Key)
{
    /// <summary>Name of the key's algorithm in JOSE.</summary>
    public string Alg =>
        Key.Type switch
        {
            KeyType.Secp256K1 => "ES256K",
            KeyType.P256 => "ES256",
            _ => "EdDSA",
        };
}

/// <summary>Work that waits for its client. Nothing of it is secret.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Did">The DID; empty: it has no name yet.</param>
internal abstract record RegistrationJob(RegistrarVerb Verb, string Did)
{
    /// <summary>What it takes of memory, in bytes, roughly.</summary>
    public abstract int Weight { get; }
}

/// <summary>A job that lacks keys.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Did">The DID; empty: it has no name yet.</param>
/// <param name="Draft">The body of the operation, as far as it is known.</param>
/// <param name="Signers">Keys that can sign it; empty: those that are to come.</param>
/// <param name="RecoveryDelaySeconds">How long changes of the recovery policy are to be pending; null: as long as usual.</param>
internal sealed record KeysAwaited(
    RegistrarVerb Verb,
    string Did,
    Operation Draft,
    IReadOnlyList<VerificationMethod> Signers,
    uint? RecoveryDelaySeconds
) : RegistrationJob(Verb, Did)
{
    /// <inheritdoc />
    public override int Weight => Draft.CalculateSize() + Signers.Sum(static key => key.CalculateSize());
}

/// <summary>A job that lacks signatures.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Did">The DID: that of a creation too, which follows from its operation.</param>
/// <param name="Operation">The encoded operation.</param>
/// <param name="Requests">Who can sign it: not all need to.</param>
internal sealed record SignaturesAwaited(
    RegistrarVerb Verb,
    string Did,
    byte[] Operation,
    IReadOnlyList<SigningRequest> Requests
) : RegistrationJob(Verb, Did)
{
    /// <summary>What is signed.</summary>
    public byte[] Message => [.. OperationCodec.Domain, .. Operation];

    /// <inheritdoc />
    public override int Weight => Operation.Length + Requests.Sum(static request => request.Key.CalculateSize());
}
