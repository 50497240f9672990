using System.Runtime.InteropServices;

namespace Ledger.Testing;

/// <summary>
/// bitcoin-core's libsecp256k1, 0.2.0 or later, where the machine has it: a judge in the tests and a rival in the benchmarks.
/// The product neither needs nor uses it.
/// </summary>
/// <remarks>
/// LEDGER_LIBSECP256K1 names another file to load, a build of one's own for example; one that does not exist stands for a
/// machine without the library. Sizes are the caller's promise.
/// </remarks>
public static unsafe partial class Libsecp256k1
{
    /// <summary>The library's name, by which benchmarks call it too.</summary>
    public const string Name = "libsecp256k1";

    /// <summary>What a test or a benchmark that leaves it out has to say.</summary>
    public const string Absent =
        Name + " is not installed: on Debian or Ubuntu, apt-get install libsecp256k1-1 (or -2).";

    private const uint ContextNone = 1; // SECP256K1_CONTEXT_NONE: good for everything since 0.2.0
    private const uint Compressed = 0x102; // SECP256K1_EC_COMPRESSED
    private const int OpaqueBytes = 64; // secp256k1_pubkey, secp256k1_xonly_pubkey, secp256k1_ecdsa_signature
    private const int RecoverableBytes = 65; // secp256k1_ecdsa_recoverable_signature

    private static readonly nint Library;
    private static readonly nint Context;

    static Libsecp256k1()
    {
        Library = Load();
        if (IsAvailable)
        {
            NativeLibrary.SetDllImportResolver(
                typeof(Libsecp256k1).Assembly,
                (name, _, _) => name == Name ? Library : 0
            );
            Context = CreateContext(ContextNone);
        }
    }

    /// <summary>Whether there is one. Nothing else here may be called where there is none.</summary>
    public static bool IsAvailable => Library != 0;

    /// <summary>
    /// Parses a key of 33 or 65 bytes and a signature of 64, and verifies ECDSA over a hash of 32. High S is refused.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        byte* key = stackalloc byte[OpaqueBytes];
        byte* parsed = stackalloc byte[OpaqueBytes];
        fixed (
            byte* k = publicKey,
                h = hash,
                s = signature
        )
        {
            return ParsePublicKey(Context, key, k, (nuint)publicKey.Length) == 1
                && ParseSignature(Context, parsed, s) == 1
                && VerifyParsed(Context, parsed, h, key) == 1;
        }
    }

    /// <summary>Parses a key of 32 bytes and verifies a BIP-340 signature of 64 over a message of 32.</summary>
    public static bool VerifySchnorr(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    )
    {
        byte* key = stackalloc byte[OpaqueBytes];
        fixed (
            byte* k = publicKey,
                m = message,
                s = signature
        )
        {
            return ParseXOnly(Context, key, k) == 1
                && VerifySchnorrParsed(Context, s, m, (nuint)message.Length, key) == 1;
        }
    }

    /// <summary>The compressed public key of a secret key from 1 to n − 1.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> secretKey)
    {
        byte* key = stackalloc byte[OpaqueBytes];
        fixed (byte* k = secretKey)
        {
            Require(CreatePublicKey(Context, key, k));
        }
        return Serialize(key);
    }

    /// <summary>Signs a hash of 32 bytes: RFC 6979 nonce, low S, 64 bytes.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> hash)
    {
        byte* signature = stackalloc byte[OpaqueBytes];
        byte[] r = new byte[64];
        fixed (
            byte* k = secretKey,
                h = hash,
                p = r
        )
        {
            Require(Sign(Context, signature, h, k, 0, 0));
            Require(SerializeSignature(Context, p, signature));
        }
        return r;
    }

    /// <summary>The compressed key that a signature with its recovery bits recovers to, or null.</summary>
    public static byte[]? Recover(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, int recoveryId)
    {
        byte* parsed = stackalloc byte[RecoverableBytes];
        byte* key = stackalloc byte[OpaqueBytes];
        fixed (
            byte* h = hash,
                s = signature
        )
        {
            return ParseRecoverable(Context, parsed, s, recoveryId) == 1 && RecoverParsed(Context, key, parsed, h) == 1
                ? Serialize(key)
                : null;
        }
    }

    private static byte[] Serialize(byte* key)
    {
        byte[] r = new byte[33];
        nuint length = 33;
        fixed (byte* p = r)
        {
            Require(SerializePublicKey(Context, p, &length, key, Compressed));
        }
        return r;
    }

    private static void Require(int answer)
    {
        if (answer != 1)
        {
            throw new InvalidOperationException($"{Name} refused its input.");
        }
    }

    private static nint Load()
    {
        // Sonames of 0.2 (.1), 0.3 to 0.4 (.2), and what followed. .so.0 is older than 0.2.0 and left out on purpose.
        string[] fileNames = Environment.GetEnvironmentVariable("LEDGER_LIBSECP256K1") is { Length: > 0 } named
            ? [named]
            : [.. Enumerable.Range(1, 7).Select(version => $"{Name}.so.{version}"), $"{Name}.so"];
        foreach (string fileName in fileNames)
        {
            if (NativeLibrary.TryLoad(fileName, out nint library))
            {
                return library;
            }
        }
        return 0;
    }

    [LibraryImport(Name, EntryPoint = "secp256k1_context_create")]
    private static partial nint CreateContext(uint flags);

    [LibraryImport(Name, EntryPoint = "secp256k1_ec_pubkey_parse")]
    private static partial int ParsePublicKey(nint context, byte* key, byte* input, nuint length);

    [LibraryImport(Name, EntryPoint = "secp256k1_ec_pubkey_create")]
    private static partial int CreatePublicKey(nint context, byte* key, byte* secretKey);

    [LibraryImport(Name, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    private static partial int SerializePublicKey(nint context, byte* output, nuint* length, byte* key, uint flags);

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_signature_parse_compact")]
    private static partial int ParseSignature(nint context, byte* signature, byte* input);

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_verify")]
    private static partial int VerifyParsed(nint context, byte* signature, byte* hash, byte* key);

    [LibraryImport(Name, EntryPoint = "secp256k1_xonly_pubkey_parse")]
    private static partial int ParseXOnly(nint context, byte* key, byte* input);

    [LibraryImport(Name, EntryPoint = "secp256k1_schnorrsig_verify")]
    private static partial int VerifySchnorrParsed(
        nint context,
        byte* signature,
        byte* message,
        nuint length,
        byte* key
    );

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_sign")]
    private static partial int Sign(
        nint context,
        byte* signature,
        byte* hash,
        byte* secretKey,
        nint nonceFunction,
        nint data
    );

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_signature_serialize_compact")]
    private static partial int SerializeSignature(nint context, byte* output, byte* signature);

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    private static partial int ParseRecoverable(nint context, byte* signature, byte* input, int recoveryId);

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_recover")]
    private static partial int RecoverParsed(nint context, byte* key, byte* signature, byte* hash);
}
