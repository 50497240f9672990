using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ledger.Crypto.Native;

/// <summary>
/// libsecp256k1 0.2.0 and later (<c>secp256k1.h</c>). Functions answer 1 for success and 0 for refused input; a null
/// pointer where none is allowed aborts the process, so callers check lengths first.
/// </summary>
internal static unsafe partial class LibSecp256k1
{
    public const string Name = "libsecp256k1";
    public const string Remedy =
        "Install libsecp256k1 0.2.0 or later: on Debian or Ubuntu, apt-get install libsecp256k1-1 (or libsecp256k1-2).";

    /// <summary>Size of the opaque <c>secp256k1_pubkey</c> and <c>secp256k1_ecdsa_signature</c> structures.</summary>
    public const int OpaqueBytes = 64;

    private const uint ContextNone = 1; // SECP256K1_CONTEXT_NONE: good for everything since 0.2.0
    private const uint EcCompressed = 0x102; // SECP256K1_EC_COMPRESSED

    private static readonly Lock Gate = new();
    private static volatile SecpContext? s_context;

    // Sonames of 0.2 (.1), 0.3 to 0.4 (.2), and what followed. .so.0 is older than 0.2.0 and left out on purpose.
    public static ReadOnlySpan<string> FileNames =>
        new string[]
        {
            "libsecp256k1.so.1",
            "libsecp256k1.so.2",
            "libsecp256k1.so.3",
            "libsecp256k1.so.4",
            "libsecp256k1.so.5",
            "libsecp256k1.so.6",
            "libsecp256k1.so.7",
            "libsecp256k1.so",
        };

    static LibSecp256k1() => NativeLibraries.Register();

    /// <summary>
    /// The one context of the process: created on first use, blinded once with fresh randomness against side channels
    /// while signing, never changed afterwards, and so safe on any number of threads.
    /// </summary>
    private static nint Context => (s_context ?? CreateContext()).DangerousGetHandle(); // static: it outlives every call

    /// <summary>Whether 32 bytes are a private key: 1 to n − 1.</summary>
    public static bool IsPrivateKey(byte* privateKey) => SecretKeyVerify(Context, privateKey) == 1;

    /// <summary>Computes the compressed public key (33 bytes) of a valid private key (32 bytes).</summary>
    public static void GetPublicKey(byte* privateKey, byte* publicKey)
    {
        byte* key = stackalloc byte[OpaqueBytes];
        nuint length = Ecdsa.PublicKeyBytes;
        nint context = Context;
        if (
            PublicKeyCreate(context, key, privateKey) != 1
            || PublicKeySerialize(context, publicKey, &length, key, EcCompressed) != 1
        )
        {
            throw new CryptographicException("libsecp256k1 could not derive a public key.");
        }
    }

    /// <summary>Signs a hash (32 bytes) with a valid private key: RFC 6979 nonce, low S, 64 bytes r‖s.</summary>
    public static void Sign(byte* privateKey, byte* hash, byte* signature)
    {
        byte* opaque = stackalloc byte[OpaqueBytes];
        nint context = Context;
        if (
            EcdsaSign(context, opaque, hash, privateKey, 0, 0) != 1
            || SignatureSerializeCompact(context, signature, opaque) != 1
        )
        {
            throw new CryptographicException("libsecp256k1 could not sign.");
        }
    }

    private static SecpContext CreateContext()
    {
        lock (Gate)
        {
            if (s_context is { } existing)
            {
                return existing;
            }

            SecpContext context = new(ContextCreate(ContextNone));
            byte* seed = stackalloc byte[32];
            Span<byte> seedBytes = new(seed, 32);
            RandomNumberGenerator.Fill(seedBytes);
            bool randomized = ContextRandomize(context.DangerousGetHandle(), seed) == 1;
            CryptographicOperations.ZeroMemory(seedBytes);
            if (!randomized)
            {
                context.Dispose();
                throw new CryptographicException("libsecp256k1 could not randomise its context.");
            }
            s_context = context;
            return context;
        }
    }

    private sealed class SecpContext : SafeHandle
    {
        public SecpContext(nint handle)
            : base(0, ownsHandle: true) => SetHandle(handle);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            ContextDestroy(handle);
            return true;
        }
    }

    [LibraryImport(Name, EntryPoint = "secp256k1_context_create")]
    private static partial nint ContextCreate(uint flags);

    [LibraryImport(Name, EntryPoint = "secp256k1_context_destroy")]
    private static partial void ContextDestroy(nint context);

    [LibraryImport(Name, EntryPoint = "secp256k1_context_randomize")]
    private static partial int ContextRandomize(nint context, byte* seed32);

    [LibraryImport(Name, EntryPoint = "secp256k1_ec_pubkey_create")]
    private static partial int PublicKeyCreate(nint context, byte* publicKey, byte* privateKey);

    [LibraryImport(Name, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    private static partial int PublicKeySerialize(
        nint context,
        byte* output,
        nuint* outputBytes,
        byte* publicKey,
        uint flags
    );

    [LibraryImport(Name, EntryPoint = "secp256k1_ec_seckey_verify")]
    private static partial int SecretKeyVerify(nint context, byte* privateKey);

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_signature_serialize_compact")]
    private static partial int SignatureSerializeCompact(nint context, byte* output64, byte* signature);

    [LibraryImport(Name, EntryPoint = "secp256k1_ecdsa_sign")]
    private static partial int EcdsaSign(
        nint context,
        byte* signature,
        byte* hash32,
        byte* privateKey,
        nint nonceFunction,
        nint nonceData
    );
}
