using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// Identifiers of the method did:key (W3C CCG, v0.9): the DID is the key. Its document follows from it, and is registered nowhere.
/// </summary>
public sealed class DidKey
{
    /// <summary>What every DID of the method starts with.</summary>
    public const string Prefix = "did:key:";

    private DidKey(string text, KeyType type, byte[] publicKey)
    {
        Did = Prefix + text;
        Type = type;
        PublicKey = publicKey;
        Document = new DidDocument
        {
            VerificationMethods =
            {
                new VerificationMethod
                {
                    Fragment = text, // not a fragment that did:pilot would take
                    Type = type,
                    PublicKey = ByteString.CopyFrom(publicKey),
                    Purposes = { IsForAgreement(type, publicKey) ? AgreementPurposes : SigningPurposes },
                },
            },
        };
    }

    private static KeyPurpose[] AgreementPurposes => [KeyPurpose.KeyAgreement];

    private static KeyPurpose[] SigningPurposes =>
        [
            KeyPurpose.Authentication,
            KeyPurpose.AssertionMethod,
            KeyPurpose.CapabilityInvocation,
            KeyPurpose.CapabilityDelegation,
        ];

    /// <summary>The DID.</summary>
    public string Did { get; }

    /// <summary>Kind of key.</summary>
    public KeyType Type { get; }

    /// <summary>The key, as <see cref="VerificationMethod"/> holds it.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>
    /// The document of the DID: its one key, for agreement if it is X25519 or X448, for everything else otherwise. No key for agreement
    /// is derived from an Ed25519 key.
    /// </summary>
    public DidDocument Document { get; }

    /// <summary>Writes a key as a DID.</summary>
    /// <param name="type">Kind of key.</param>
    /// <param name="publicKey">The key as <see cref="VerificationMethod"/> holds it.</param>
    /// <exception cref="ArgumentOutOfRangeException">No key has this type.</exception>
    public static string Format(KeyType type, ReadOnlySpan<byte> publicKey) =>
        Prefix + Multikey.Encode(type, publicKey);

    /// <summary>Reads a DID.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="key">The key that it is.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out DidKey? key, out string problem)
    {
        key = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            problem = $"must start with {Prefix}";
            return false;
        }
        string multikey = text[Prefix.Length..];
        if (!Multikey.TryDecode(multikey, out KeyType type, out byte[] publicKey, out problem))
        {
            return false;
        }
        key = new DidKey(multikey, type, publicKey);
        return true;
    }

    private static bool IsForAgreement(KeyType type, ReadOnlySpan<byte> publicKey) =>
        type == KeyType.Multikey
        && Multicodec.TryRead(publicKey, out ulong code, out _)
        && code is Multicodec.X25519 or Multicodec.X448;
}
