using System.Runtime.InteropServices;
using Ledger.Benchmarks.Crypto.Secp256k1;
using Ledger.Crypto.Native;

namespace Ledger.Benchmarks.Rivals;

/// <summary>bitcoin-core's libsecp256k1, as distributions ship it.</summary>
internal static unsafe class Libsecp256k1
{
    private const int OpaqueBytes = 64; // secp256k1_pubkey, secp256k1_ecdsa_signature
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

    private static readonly nint Context = ((delegate* unmanaged<uint, nint>)Export("secp256k1_context_create"))(
        ContextNone
    );

    /// <summary>Parses a compressed key of 33 bytes and a raw signature of 64, and verifies a hash of 32.</summary>
    private static bool Verify(byte* publicKey, byte* hash, byte* signature)
    {
        byte* key = stackalloc byte[OpaqueBytes];
        byte* parsed = stackalloc byte[OpaqueBytes];
        return ParsePublicKey(Context, key, publicKey, 33) == 1
            && ParseSignature(Context, parsed, signature) == 1
            && VerifyParsed(Context, parsed, hash, key) == 1;
    }

    /// <summary>The same for each of many signatures; it has no batches.</summary>
    public static bool[] VerifyAll(SignedHashes signed, bool[] verdicts)
    {
        fixed (byte* keys = signed.PublicKeys)
        fixed (byte* hashes = signed.Hashes)
        fixed (byte* signatures = signed.Signatures)
        {
            for (int i = 0; i < signed.Count; i++)
            {
                verdicts[i] = Verify(keys + (33 * i), hashes + (32 * i), signatures + (64 * i));
            }
        }
        return verdicts;
    }

    private static nint Export(string name) => NativeLibrary.GetExport(Library, name);
}
