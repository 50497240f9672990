using System.Runtime.InteropServices;
using Ledger.Benchmarks.Crypto.Secp256k1;
using Ledger.Crypto.Native;

namespace Ledger.Benchmarks.Rivals;

/// <summary>
/// bitcoin-core's libsecp256k1, as distributions ship it. It has no batches: many signatures are parsed and verified one
/// after the other, in a loop that takes as long as the same loop in C, within a hundredth.
/// </summary>
internal static unsafe class Libsecp256k1
{
    private const int OpaqueBytes = 64; // secp256k1_pubkey, secp256k1_xonly_pubkey, secp256k1_ecdsa_signature
    private const int KeyPairBytes = 96;
    private const uint ContextNone = 1;

    private static readonly nint Library = NativeLibraries.Load(LibSecp256k1.FileNames, LibSecp256k1.Remedy);

    private static readonly delegate* unmanaged<nint, byte*, byte*, nuint, int> ParsePublicKey = (delegate* unmanaged<
        nint,
        byte*,
        byte*,
        nuint,
        int>)Export("secp256k1_ec_pubkey_parse");

    private static readonly delegate* unmanaged<nint, byte*, byte*, int> ParseSignature = (delegate* unmanaged<
        nint,
        byte*,
        byte*,
        int>)Export("secp256k1_ecdsa_signature_parse_compact");

    private static readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> VerifyParsed = (delegate* unmanaged<
        nint,
        byte*,
        byte*,
        byte*,
        int>)Export("secp256k1_ecdsa_verify");

    private static readonly delegate* unmanaged<nint, byte*, byte*, int> ParseXOnly = (delegate* unmanaged<
        nint,
        byte*,
        byte*,
        int>)Export("secp256k1_xonly_pubkey_parse");

    private static readonly delegate* unmanaged<nint, byte*, byte*, nuint, byte*, int> VerifySchnorr =
        (delegate* unmanaged<nint, byte*, byte*, nuint, byte*, int>)Export("secp256k1_schnorrsig_verify");

    private static readonly nint Context = ((delegate* unmanaged<uint, nint>)Export("secp256k1_context_create"))(
        ContextNone
    );

    /// <summary>
    /// Parses compressed keys of 33 bytes and raw signatures of 64, and verifies ECDSA over hashes of 32.
    /// </summary>
    public static bool[] VerifyAll(SignedHashes signed, bool[] verdicts)
    {
        byte* key = stackalloc byte[OpaqueBytes];
        byte* parsed = stackalloc byte[OpaqueBytes];
        fixed (byte* keys = signed.PublicKeys)
        fixed (byte* hashes = signed.Hashes)
        fixed (byte* signatures = signed.Signatures)
        {
            for (int i = 0; i < signed.Count; i++)
            {
                verdicts[i] =
                    ParsePublicKey(Context, key, keys + (33 * i), 33) == 1
                    && ParseSignature(Context, parsed, signatures + (64 * i)) == 1
                    && VerifyParsed(Context, parsed, hashes + (32 * i), key) == 1;
            }
        }
        return verdicts;
    }

    /// <summary>Parses keys of 32 bytes and verifies BIP-340 signatures of 64 over messages of 32.</summary>
    public static bool[] VerifyAllSchnorr(SignedHashes signed, bool[] verdicts)
    {
        byte* key = stackalloc byte[OpaqueBytes];
        fixed (byte* keys = signed.PublicKeys)
        fixed (byte* messages = signed.Hashes)
        fixed (byte* signatures = signed.Signatures)
        {
            for (int i = 0; i < signed.Count; i++)
            {
                verdicts[i] =
                    ParseXOnly(Context, key, keys + (32 * i)) == 1
                    && VerifySchnorr(Context, signatures + (64 * i), messages + (32 * i), 32, key) == 1;
            }
        }
        return verdicts;
    }

    /// <summary>Derives the key of 32 bytes and signs a message of 32 by BIP-340, for something to verify.</summary>
    public static void SignSchnorr(
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> message,
        Span<byte> publicKey,
        Span<byte> signature
    )
    {
        byte* pair = stackalloc byte[KeyPairBytes];
        byte* key = stackalloc byte[OpaqueBytes];
        fixed (byte* s = secret)
        fixed (byte* m = message)
        fixed (byte* p = publicKey)
        fixed (byte* r = signature)
        {
            Require(
                ((delegate* unmanaged<nint, byte*, byte*, int>)Export("secp256k1_keypair_create"))(Context, pair, s)
            );
            Require(
                ((delegate* unmanaged<nint, byte*, int*, byte*, int>)Export("secp256k1_keypair_xonly_pub"))(
                    Context,
                    key,
                    null,
                    pair
                )
            );
            Require(
                ((delegate* unmanaged<nint, byte*, byte*, int>)Export("secp256k1_xonly_pubkey_serialize"))(
                    Context,
                    p,
                    key
                )
            );
            Require(
                ((delegate* unmanaged<nint, byte*, byte*, byte*, byte*, int>)Export("secp256k1_schnorrsig_sign32"))(
                    Context,
                    r,
                    m,
                    pair,
                    null
                )
            );
        }
    }

    private static void Require(int answer)
    {
        if (answer != 1)
        {
            throw new InvalidOperationException("libsecp256k1 refused its input.");
        }
    }

    private static nint Export(string name) => NativeLibrary.GetExport(Library, name);
}
