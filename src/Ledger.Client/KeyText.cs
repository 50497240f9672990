using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>A public key in one word that people can compare.</summary>
internal static class KeyText
{
    public static string Of(VerificationMethod key) =>
        $"{key.Type.ToString().ToLowerInvariant()} {Multikey.Encode(key.Type, key.PublicKey.Span)}";
}
