using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A signing key in a file that its owner alone can read: JSON, encrypted when a passphrase is given. What is public is readable
/// without it.
/// </summary>
/// <remarks>
/// Fields: <c>format</c> "ledger-key", <c>version</c> 1, <c>type</c> secp256k1, p256 or ed25519, <c>fragment</c>, <c>did</c> if the key
/// belongs to one, <c>public_key</c>; then <c>secret</c>, or <c>encrypted</c> with <c>kdf</c> "pbkdf2-sha256", <c>iterations</c>,
/// <c>salt</c>, <c>cipher</c> "aes-256-gcm", <c>nonce</c> and <c>secret</c> (ciphertext ‖ 16-byte tag). Bytes are in base64. The
/// cipher also authenticates type and public key.
/// </remarks>
public sealed class KeyFile
{
    /// <summary>Iterations of PBKDF2 for new files (OWASP's figure for HMAC-SHA-256). Fewer are refused.</summary>
    public const int Iterations = 600_000;

    private const string Format = "ledger-key";
    private const int Version = 1;
    private const string Kdf = "pbkdf2-sha256";
    private const string Cipher = "aes-256-gcm";
    private const int IterationsMax = 50_000_000;
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int CipherKeyBytes = 32;
    private const int FileBytesMax = 16 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    private delegate T Use<T>(JsonElement root, KeyFile file, ReadOnlySpan<char> passphrase);

    private KeyFile(string path, KeyType type, string fragment, string? did, byte[] publicKey, bool isEncrypted)
    {
        Path = path;
        Type = type;
        Fragment = fragment;
        Did = did;
        PublicKey = publicKey;
        IsEncrypted = isEncrypted;
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>Kind of key.</summary>
    public KeyType Type { get; }

    /// <summary>Name of the verification method.</summary>
    public string Fragment { get; }

    /// <summary>The DID that the key belongs to; null when the file names none.</summary>
    public string? Did { get; }

    /// <summary>The public key. Without a passphrase nothing vouches that it is that of the secret; opening the file does.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Whether a passphrase is needed to open it.</summary>
    public bool IsEncrypted { get; }

    /// <summary>
    /// Writes a key to a file of mode 0600, whole or not at all; its folder is made with mode 0700 when it is missing.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="key">The key.</param>
    /// <param name="did">The DID that it belongs to; null: none.</param>
    /// <param name="passphrase">Encrypts the secret; empty: it is written as it is.</param>
    /// <param name="replace">Whether a file that is there may be replaced, and the key in it lost.</param>
    /// <exception cref="KeyFileException">There is a file already.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path,
        SigningKey key,
        string? did = null,
        ReadOnlySpan<char> passphrase = default,
        bool replace = false
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(key);
        if (did is not null && !DidSyntax.IsDid(did))
        {
            throw new ArgumentException("This is not a DID of the method did:pilot.", nameof(did));
        }
        string file = System.IO.Path.GetFullPath(path);
        CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        byte[] secret = GC.AllocateArray<byte>(SigningKey.SecretBytes, pinned: true);
        ArrayBufferWriter<byte> text = new(FileBytesMax); // never grows, so that no copy is left behind
        try
        {
            key.CopySecretTo(secret);
            Write(text, key, did, secret, passphrase);
            Store(file, text.WrittenSpan, replace);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            text.Clear(); // overwrites what was written
        }
    }

    /// <summary>
    /// Notes in a key file which DID the key belongs to from now on. The secret stays as it is, so no passphrase is needed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="did">The DID.</param>
    /// <exception cref="KeyFileException">It is not a key file, or others may read it.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static void Assign(string path, string did)
    {
        if (!DidSyntax.IsDid(did))
        {
            throw new ArgumentException("This is not a DID of the method did:pilot.", nameof(did));
        }
        ArrayBufferWriter<byte> text = new(FileBytesMax); // never grows, so that no copy is left behind
        try
        {
            Parse(path, default, (root, file, _) => WriteAssigned(text, root, did));
            Store(System.IO.Path.GetFullPath(path), text.WrittenSpan, replace: true);
        }
        finally
        {
            text.Clear(); // overwrites what was written
        }
    }

    private static bool WriteAssigned(ArrayBufferWriter<byte> text, JsonElement root, string did)
    {
        using Utf8JsonWriter json = new(text, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        foreach (JsonProperty field in root.EnumerateObject().Where(static field => field.Name != "did"))
        {
            field.WriteTo(json);
            if (field.Name == "fragment")
            {
                json.WriteString("did", did);
            }
        }
        json.WriteEndObject();
        return true;
    }

    /// <summary>Reads what is public in a key file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="KeyFileException">It is not a key file, or others may read it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static KeyFile Read(string path) => Parse(path, default, static (_, file, _) => file);

    /// <summary>Opens the key in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">The passphrase; empty when it is not encrypted.</param>
    /// <exception cref="KeyFileException">It is not a key file, others may read it, or the passphrase is wrong or missing.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SigningKey Load(string path, ReadOnlySpan<char> passphrase = default) =>
        Parse(path, passphrase, Open);

    private static SigningKey Open(JsonElement root, KeyFile file, ReadOnlySpan<char> passphrase)
    {
        if (file.IsEncrypted && passphrase.IsEmpty)
        {
            throw new KeyFileException(
                KeyFileProblem.PassphraseRequired,
                $"{file.Path} is encrypted: give its passphrase."
            );
        }
        byte[] secret = file.IsEncrypted
            ? Decrypt(root.GetProperty("encrypted"), file, passphrase)
            : root.GetProperty("secret").GetBytesFromBase64();
        try
        {
            return ToKey(file, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static SigningKey ToKey(KeyFile file, ReadOnlySpan<byte> secret)
    {
        SigningKey key;
        try
        {
            key = SigningKey.FromSecret(file.Type, secret, file.Fragment);
        }
        catch (ArgumentException e)
        {
            throw Malformed(file.Path, "its secret is not one of this type of key", e);
        }
        if (!key.PublicKey.Span.SequenceEqual(file.PublicKey.Span))
        {
            key.Dispose();
            throw Malformed(file.Path, "its secret is not that of its public key");
        }
        return key;
    }

    private static T Parse<T>(string path, ReadOnlySpan<char> passphrase, Use<T> use)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] text = ReadOwn(path);
        try
        {
            // Some editors put a byte-order mark before what they save.
            int start = text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            using JsonDocument document = JsonDocument.Parse(text.AsMemory(start));
            JsonElement root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format || root.GetProperty("version").GetInt32() != Version)
            {
                throw Malformed(path, $"it is not a {Format} of version {Version}");
            }
            KeyType type = root.GetProperty("type").GetString() switch
            {
                "secp256k1" => KeyType.Secp256K1,
                "p256" => KeyType.P256,
                "ed25519" => KeyType.Ed25519,
                _ => throw Malformed(path, "its type of key is not known"),
            };
            string fragment = root.GetProperty("fragment").GetString() ?? "";
            string? did = root.TryGetProperty("did", out JsonElement named) ? named.GetString() : null;
            if (!DidSyntax.IsFragment(fragment) || (did is not null && !DidSyntax.IsDid(did)))
            {
                throw Malformed(path, "its fragment or DID is not one");
            }
            KeyFile file = new(
                path,
                type,
                fragment,
                did,
                root.GetProperty("public_key").GetBytesFromBase64(),
                root.TryGetProperty("encrypted", out _)
            );
            return use(root, file, passphrase);
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Malformed(path, "a field is missing or of the wrong form", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static byte[] ReadOwn(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & Others) != 0)
        {
            throw new KeyFileException(
                KeyFileProblem.Permissions,
                $"{path} can be read or changed by others than its owner. Take that away (chmod 600), and replace the key if others had access."
            );
        }
        if (stream.Length > FileBytesMax)
        {
            throw Malformed(path, "it is too large");
        }
        byte[] text = new byte[stream.Length];
        stream.ReadExactly(text);
        return text;
    }

    private static byte[] Decrypt(JsonElement encrypted, KeyFile file, ReadOnlySpan<char> passphrase)
    {
        int iterations = encrypted.GetProperty("iterations").GetInt32();
        byte[] salt = encrypted.GetProperty("salt").GetBytesFromBase64();
        byte[] nonce = encrypted.GetProperty("nonce").GetBytesFromBase64();
        byte[] sealedSecret = encrypted.GetProperty("secret").GetBytesFromBase64();
        if (
            encrypted.GetProperty("kdf").GetString() != Kdf
            || encrypted.GetProperty("cipher").GetString() != Cipher
            || iterations is < Iterations or > IterationsMax
            || salt.Length != SaltBytes
            || nonce.Length != NonceBytes
            || sealedSecret.Length != SigningKey.SecretBytes + TagBytes
        )
        {
            throw Malformed(file.Path, "it is not encrypted in a way that this version knows");
        }
        byte[] secret = new byte[SigningKey.SecretBytes];
        using AesGcm cipher = DeriveCipher(passphrase, salt, iterations);
        try
        {
            cipher.Decrypt(
                nonce,
                sealedSecret.AsSpan(0, SigningKey.SecretBytes),
                sealedSecret.AsSpan(SigningKey.SecretBytes),
                secret,
                AssociatedData(file.Type, file.PublicKey.Span)
            );
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new KeyFileException(
                KeyFileProblem.WrongPassphrase,
                $"The passphrase is not that of {file.Path}, or the file was changed.",
                e
            );
        }
        return secret;
    }

    private static void Write(
        ArrayBufferWriter<byte> text,
        SigningKey key,
        string? did,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<char> passphrase
    )
    {
        using Utf8JsonWriter json = new(text, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("type", Name(key.Type));
        json.WriteString("fragment", key.Fragment);
        if (did is not null)
        {
            json.WriteString("did", did);
        }
        json.WriteBase64String("public_key", key.PublicKey.Span);
        if (passphrase.IsEmpty)
        {
            json.WriteBase64String("secret", secret);
        }
        else
        {
            WriteEncrypted(json, key, secret, passphrase);
        }
        json.WriteEndObject();
    }

    private static void WriteEncrypted(
        Utf8JsonWriter json,
        SigningKey key,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<char> passphrase
    )
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        byte[] sealedSecret = new byte[SigningKey.SecretBytes + TagBytes];
        using (AesGcm cipher = DeriveCipher(passphrase, salt, Iterations))
        {
            cipher.Encrypt(
                nonce,
                secret,
                sealedSecret.AsSpan(0, SigningKey.SecretBytes),
                sealedSecret.AsSpan(SigningKey.SecretBytes),
                AssociatedData(key.Type, key.PublicKey.Span)
            );
        }
        json.WriteStartObject("encrypted");
        json.WriteString("kdf", Kdf);
        json.WriteNumber("iterations", Iterations);
        json.WriteBase64String("salt", salt);
        json.WriteString("cipher", Cipher);
        json.WriteBase64String("nonce", nonce);
        json.WriteBase64String("secret", sealedSecret);
        json.WriteEndObject();
    }

    private static AesGcm DeriveCipher(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        Span<byte> key = stackalloc byte[CipherKeyBytes];
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, key, iterations, HashAlgorithmName.SHA256);
        AesGcm cipher = new(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    private static byte[] AssociatedData(KeyType type, ReadOnlySpan<byte> publicKey) =>
        Encoding.ASCII.GetBytes($"{Format}\n{Version}\n{Name(type)}\n{Convert.ToBase64String(publicKey)}\n");

    // Written beside its name, flushed, then renamed: a crash leaves the old file or none, and at worst a temporary one.
    private static void Store(string file, ReadOnlySpan<byte> text, bool replace)
    {
        string temporary = $"{file}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.tmp";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }
        try
        {
            using (FileStream stream = new(temporary, options))
            {
                stream.Write(text);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, file, replace);
        }
        catch (IOException e) when (!replace && File.Exists(file))
        {
            File.Delete(temporary);
            throw new KeyFileException(
                KeyFileProblem.Exists,
                $"There is a key in {file} already, and replacing it would lose it.",
                e
            );
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnerOnlyDirectory);
        }
    }

    private static string Name(KeyType type) =>
        type switch
        {
            KeyType.Secp256K1 => "secp256k1",
            KeyType.P256 => "p256",
            _ => "ed25519",
        };

    private static KeyFileException Malformed(string path, string problem, Exception? inner = null) =>
        new(KeyFileProblem.Malformed, $"{path} is not a key file: {problem}.", inner);
}
