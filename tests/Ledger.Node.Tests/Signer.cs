using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests;

/// <summary>An actor with a secp256k1 key <c>#key-1</c> for everything, and one <c>#login</c> that authorises nothing.</summary>
internal sealed class Signer
{
    public const string Key = "key-1";
    public const string LoginKey = "login";

    private readonly Secp256k1PrivateKey _key = Secp256k1PrivateKey.Generate();
    private readonly Secp256k1PrivateKey _login = Secp256k1PrivateKey.Generate();

    /// <summary>The actor's DID, once it is registered.</summary>
    public string Did { get; set; } = "";

    public DidDocument Document =>
        new()
        {
            VerificationMethods =
            {
                Method(Key, _key, KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation),
                Method(LoginKey, _login, KeyPurpose.Authentication),
            },
        };

    public Operation Create => new() { CreateDid = new CreateDid { Document = Document } };

    /// <summary>Completes an operation with ledger, actor, deadline and nonce where they are missing.</summary>
    public Operation Complete(Operation operation)
    {
        Operation complete = operation.Clone();
        bool creates = complete.FoundLedger is not null || complete.CreateDid is not null;
        complete.Ledger = complete.Ledger.Length > 0 ? complete.Ledger : TestNode.Origin;
        complete.Actor = creates || complete.Actor.Length > 0 ? complete.Actor : Did;
        complete.NotAfter = complete.NotAfter > 0 ? complete.NotAfter : UnixSeconds(TimeSpan.FromHours(1));
        complete.Nonce = complete.Nonce.IsEmpty
            ? ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.NonceBytes))
            : complete.Nonce;
        return complete;
    }

    /// <summary>Completes an operation and signs it.</summary>
    public SignedOperation Sign(Operation operation) => SignBytes(Complete(operation).ToByteArray());

    /// <summary>Signs bytes as if they were an operation.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="fragment">Which key the signature is said to be by.</param>
    public SignedOperation SignBytes(byte[] bytes, string fragment = Key) =>
        new()
        {
            Operation = ByteString.CopyFrom(bytes),
            Signatures =
            {
                new Signature
                {
                    VerificationMethod = fragment,
                    Value = ByteString.CopyFrom(SignatureOf(bytes, fragment)),
                },
            },
        };

    /// <summary>The raw signature over an operation's bytes.</summary>
    public byte[] SignatureOf(byte[] bytes, string fragment = Key)
    {
        byte[] id = SHA256.HashData([.. "ledger.v1.Operation\n"u8, .. bytes]);
        byte[] signature = new byte[64];
        (fragment == LoginKey ? _login : _key).Sign(id, signature);
        return signature;
    }

    /// <summary>A moment from now on, in Unix seconds.</summary>
    public static ulong UnixSeconds(TimeSpan fromNow) => (ulong)DateTimeOffset.UtcNow.Add(fromNow).ToUnixTimeSeconds();

    private static VerificationMethod Method(string fragment, Secp256k1PrivateKey key, params KeyPurpose[] purposes) =>
        new()
        {
            Fragment = fragment,
            Type = KeyType.Secp256K1,
            PublicKey = ByteString.CopyFrom(key.PublicKey),
            Purposes = { purposes },
        };
}
