using Google.Protobuf;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Node.Tests;

/// <summary>A <see cref="Testing.Signer"/> for the node's log, with a second key <c>#login</c> that authorises nothing.</summary>
internal sealed class Signer
{
    public const string LoginKey = "login";

    private readonly Testing.Signer _signer = new(TimeProvider.System, TestNode.Origin);
    private readonly SigningKey _login = SigningKey.Generate(fragment: LoginKey);

    /// <summary>The actor's DID, once it is registered.</summary>
    public string Did
    {
        get => _signer.Did;
        set => _signer.Did = value;
    }

    public DidDocument Document
    {
        get
        {
            DidDocument document = _signer.Document;
            document.VerificationMethods.Add(_login.ToVerificationMethod(KeyPurpose.Authentication));
            return document;
        }
    }

    public Operation Create => Operations.Create(Document);

    /// <summary>Completes an operation with ledger, actor, deadline and nonce where they are missing.</summary>
    public Operation Complete(Operation operation) => _signer.Complete(operation);

    /// <summary>Completes an operation and signs it.</summary>
    public SignedOperation Sign(Operation operation) => _signer.Sign(operation);

    /// <summary>Signs bytes as if they were an operation.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="fragment">Which key the signature is said to be by.</param>
    public SignedOperation SignBytes(byte[] bytes, string fragment = SigningKey.DefaultFragment)
    {
        Signature signature = KeyOf(fragment).Sign(bytes);
        signature.VerificationMethod = fragment;
        return new SignedOperation { Operation = ByteString.CopyFrom(bytes), Signatures = { signature } };
    }

    /// <summary>The raw signature over an operation's bytes.</summary>
    public byte[] SignatureOf(byte[] bytes, string fragment = SigningKey.DefaultFragment) =>
        KeyOf(fragment).Sign(bytes).Value.ToByteArray();

    /// <summary>A moment from now on, in Unix seconds.</summary>
    public static ulong UnixSeconds(TimeSpan fromNow) => (ulong)DateTimeOffset.UtcNow.Add(fromNow).ToUnixTimeSeconds();

    private SigningKey KeyOf(string fragment) => fragment == LoginKey ? _login : _signer.Key;
}
