using System.Runtime.InteropServices;

namespace Ledger.Crypto.Tests.Secp256k1;

/// <summary>libsecp256k1, where the machine has it: the judge of the differential tests.</summary>
internal static unsafe partial class NativeSecp256k1
{
    private const string Library = "libsecp256k1.so.1";
    private const uint CompressedFlag = 258;
    private static readonly nint s_context = TryCreateContext();

    public static bool IsAvailable => s_context != 0;

    public static void SkipIfAbsent()
    {
        if (!IsAvailable)
        {
            Assert.Skip("libsecp256k1 is not installed (Debian: libsecp256k1-1).");
        }
    }

    /// <summary>The verdict on a compressed or uncompressed key, a hash and a 64-byte signature. High s is refused.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        byte* key = stackalloc byte[64];
        byte* parsed = stackalloc byte[64];
        fixed (
            byte* k = publicKey,
                h = hash,
                s = signature
        )
        {
            return secp256k1_ec_pubkey_parse(s_context, key, k, (nuint)publicKey.Length) == 1
                && secp256k1_ecdsa_signature_parse_compact(s_context, parsed, s) == 1
                && secp256k1_ecdsa_verify(s_context, parsed, h, key) == 1;
        }
    }

    /// <summary>The compressed public key of a secret key from 1 to n − 1.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> secretKey)
    {
        byte* key = stackalloc byte[64];
        byte[] r = new byte[33];
        nuint length = 33;
        fixed (
            byte* k = secretKey,
                p = r
        )
        {
            Assert.Equal(1, secp256k1_ec_pubkey_create(s_context, key, k));
            Assert.Equal(1, secp256k1_ec_pubkey_serialize(s_context, p, &length, key, CompressedFlag));
        }
        return r;
    }

    /// <summary>A signature with its recovery bits.</summary>
    public static (byte[] Signature, int RecoveryId) Sign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> hash)
    {
        byte* signature = stackalloc byte[65];
        byte[] r = new byte[64];
        int recoveryId;
        fixed (
            byte* k = secretKey,
                h = hash,
                p = r
        )
        {
            Assert.Equal(1, secp256k1_ecdsa_sign_recoverable(s_context, signature, h, k, 0, 0));
            Assert.Equal(
                1,
                secp256k1_ecdsa_recoverable_signature_serialize_compact(s_context, p, &recoveryId, signature)
            );
        }
        return (r, recoveryId);
    }

    /// <summary>The compressed key that libsecp256k1 recovers, or null.</summary>
    public static byte[]? Recover(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, int recoveryId)
    {
        byte* parsed = stackalloc byte[65];
        byte* key = stackalloc byte[64];
        byte[] r = new byte[33];
        nuint length = 33;
        fixed (
            byte* h = hash,
                s = signature,
                p = r
        )
        {
            if (
                secp256k1_ecdsa_recoverable_signature_parse_compact(s_context, parsed, s, recoveryId) != 1
                || secp256k1_ecdsa_recover(s_context, key, parsed, h) != 1
            )
            {
                return null;
            }
            Assert.Equal(1, secp256k1_ec_pubkey_serialize(s_context, p, &length, key, CompressedFlag));
        }
        return r;
    }

    private static nint TryCreateContext()
    {
        try
        {
            return secp256k1_context_create(1);
        }
        catch (DllNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_parse(nint context, byte* key, byte* input, nuint length);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_create(nint context, byte* key, byte* secretKey);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_serialize(
        nint context,
        byte* output,
        nuint* length,
        byte* key,
        uint flags
    );

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_signature_parse_compact(nint context, byte* signature, byte* input);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_verify(nint context, byte* signature, byte* hash, byte* key);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_sign_recoverable(
        nint context,
        byte* signature,
        byte* hash,
        byte* secretKey,
        nint nonceFunction,
        nint data
    );

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(
        nint context,
        byte* output,
        int* recoveryId,
        byte* signature
    );

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(
        nint context,
        byte* signature,
        byte* input,
        int recoveryId
    );

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_recover(nint context, byte* key, byte* signature, byte* hash);
}
