using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ledger.Crypto.Native;

/// <summary>
/// Ed25519 of OpenSSL 3 (<c>EVP_PKEY</c>, <c>EVP_DigestSign</c>, <c>EVP_DigestVerify</c>). Functions answer 1 for
/// success; what they leave in OpenSSL's per-thread error queue is cleared here, so that nothing else reads it.
/// </summary>
internal static unsafe partial class LibCrypto
{
    public const string Name = "libcrypto";
    public const string Remedy = "Install OpenSSL 3: on Debian or Ubuntu, apt-get install libssl3.";

    private const int PkeyEd25519 = 1087; // EVP_PKEY_ED25519

    // Owned by their thread. The signer is left empty after each signature, so that no thread holds on to a private key;
    // the verifier keeps the public key it saw last, for an origin's checkpoints all come from one.
    [ThreadStatic]
    private static DigestContext? t_signer;

    [ThreadStatic]
    private static DigestContext? t_verifier;

    public static ReadOnlySpan<string> FileNames => new string[] { "libcrypto.so.3", "libcrypto.so.4", "libcrypto.so" };

    static LibCrypto() => NativeLibraries.Register();

    /// <summary>Makes a key of a seed of 32 bytes.</summary>
    public static EvpKey CreateEd25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        fixed (byte* bytes = seed)
        {
            EvpKey key = new(NewRawPrivateKey(PkeyEd25519, 0, bytes, (nuint)seed.Length));
            return key.IsInvalid ? throw Failure("EVP_PKEY_new_raw_private_key") : key;
        }
    }

    /// <summary>Copies the public half of a key: 32 bytes.</summary>
    public static void GetPublicKey(EvpKey key, Span<byte> publicKey)
    {
        nuint length = (nuint)publicKey.Length;
        fixed (byte* bytes = publicKey)
        {
            if (GetRawPublicKey(key, bytes, &length) != 1)
            {
                throw Failure("EVP_PKEY_get_raw_public_key");
            }
        }
    }

    /// <summary>Copies the seed of a private key: 32 bytes.</summary>
    public static void GetPrivateKey(EvpKey key, Span<byte> seed)
    {
        nuint length = (nuint)seed.Length;
        fixed (byte* bytes = seed)
        {
            if (GetRawPrivateKey(key, bytes, &length) != 1)
            {
                throw Failure("EVP_PKEY_get_raw_private_key");
            }
        }
    }

    /// <summary>Signs a message: 64 bytes.</summary>
    public static void Sign(EvpKey key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        nint context = (t_signer ??= new DigestContext()).DangerousGetHandle(); // this thread's: nobody else disposes it
        nuint length = (nuint)signature.Length;
        int result;
        fixed (byte* output = signature)
        fixed (byte* input = message)
        {
            // A context signs once (OpenSSL 3.2 refuses a second time), so it is begun anew for each message.
            result = DigestSignInit(context, 0, 0, 0, key);
            if (result == 1)
            {
                result = DigestSign(context, output, &length, input, (nuint)message.Length);
            }
        }
        _ = DigestContextReset(context); // lets go of the key
        if (result != 1)
        {
            throw Failure("EVP_DigestSign");
        }
    }

    /// <summary>Verifies. Sizes are the caller's promise: a key of 32 bytes, a signature of 64.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        DigestContext verifier = t_verifier ??= new DigestContext();
        bool valid;
        fixed (byte* sig = signature)
        fixed (byte* input = message)
        {
            valid =
                BeginVerify(verifier, publicKey)
                && DigestVerify(
                    verifier.DangerousGetHandle(),
                    sig,
                    (nuint)signature.Length,
                    input,
                    (nuint)message.Length
                ) == 1;
        }
        if (!valid)
        {
            ErrorClear();
        }
        return valid;
    }

    private static bool BeginVerify(DigestContext verifier, ReadOnlySpan<byte> publicKey)
    {
        nint context = verifier.DangerousGetHandle();
        if (verifier.HoldsKey && publicKey.SequenceEqual(verifier.PublicKey))
        {
            return DigestVerifyInit(context, 0, 0, 0, 0) == 1; // same key, next message
        }

        // OpenSSL keeps the key of a context that is begun again with another one; only a reset lets go of it.
        verifier.HoldsKey = false;
        _ = DigestContextReset(context);
        fixed (byte* bytes = publicKey)
        {
            nint key = NewRawPublicKey(PkeyEd25519, 0, bytes, (nuint)publicKey.Length);
            bool begun = key != 0 && DigestVerifyInit(context, 0, 0, 0, key) == 1;
            KeyFree(key); // the context holds a reference of its own
            if (begun)
            {
                publicKey.CopyTo(verifier.PublicKey);
                verifier.HoldsKey = true;
            }
            return begun;
        }
    }

    private static CryptographicException Failure(string function)
    {
        ErrorClear();
        return new CryptographicException($"OpenSSL's {function} failed.");
    }

    /// <summary>An <c>EVP_PKEY</c>; OpenSSL clears private keys when it frees them.</summary>
    internal sealed class EvpKey : SafeHandle
    {
        public EvpKey(nint handle)
            : base(0, ownsHandle: true) => SetHandle(handle);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            KeyFree(handle);
            return true;
        }
    }

    /// <summary>An <c>EVP_MD_CTX</c> and, when it verifies, the public key it was last begun with.</summary>
    private sealed class DigestContext : SafeHandle
    {
        private readonly byte[] _publicKey = new byte[Ed25519.PublicKeyBytes];

        public DigestContext()
            : base(0, ownsHandle: true)
        {
            SetHandle(DigestContextNew());
            if (IsInvalid)
            {
                throw Failure("EVP_MD_CTX_new");
            }
        }

        public bool HoldsKey { get; set; }

        public Span<byte> PublicKey => _publicKey;

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            DigestContextFree(handle);
            return true;
        }
    }

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    private static partial nint NewRawPrivateKey(int type, nint engine, byte* key, nuint keyBytes);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial nint NewRawPublicKey(int type, nint engine, byte* key, nuint keyBytes);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    private static partial int GetRawPublicKey(EvpKey key, byte* output, nuint* outputBytes);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_get_raw_private_key")]
    private static partial int GetRawPrivateKey(EvpKey key, byte* output, nuint* outputBytes);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_free")]
    private static partial void KeyFree(nint key);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_new")]
    private static partial nint DigestContextNew();

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_reset")]
    private static partial int DigestContextReset(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void DigestContextFree(nint context);

    [LibraryImport(Name, EntryPoint = "EVP_DigestSignInit")]
    private static partial int DigestSignInit(nint context, nint keyContext, nint digest, nint engine, EvpKey key);

    [LibraryImport(Name, EntryPoint = "EVP_DigestSign")]
    private static partial int DigestSign(
        nint context,
        byte* signature,
        nuint* signatureBytes,
        byte* message,
        nuint messageBytes
    );

    [LibraryImport(Name, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Name, EntryPoint = "EVP_DigestVerify")]
    private static partial int DigestVerify(
        nint context,
        byte* signature,
        nuint signatureBytes,
        byte* message,
        nuint messageBytes
    );

    [LibraryImport(Name, EntryPoint = "ERR_clear_error")]
    private static partial void ErrorClear();
}
