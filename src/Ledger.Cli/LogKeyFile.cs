using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Store;

namespace Ledger.Cli;

/// <summary>
/// The file that holds a log's signing key: one line, <c>PRIVATE+KEY+&lt;origin&gt;+&lt;key id&gt;+&lt;base64 of type and seed&gt;</c>,
/// the form in which programs that sign notes (C2SP signed-note) keep their keys. Beside it, under the same name and <c>.pub</c>, lies
/// the verifier key, which is public.
/// </summary>
internal static class LogKeyFile
{
    private const string Prefix = "PRIVATE+KEY+";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">Origin of the log that the key signs for.</param>
    /// <returns>The key, for the caller to dispose of.</returns>
    /// <exception cref="CommandFailure">The file is open to others, or does not hold a key.</exception>
    public static Ed25519PrivateKey Read(string path, out string origin)
    {
        UnixFileMode mode = OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(path);
        if ((mode & ~OwnerOnly) != 0)
        {
            throw CommandFailure.Unreachable(
                $"{path} holds the log's signing key and is open to others. Close it (chmod 600), and think about who may have read it."
            );
        }

        string[] parts = (TextFile.ReadOneLine(path) ?? "").Split('+', 5);
        byte[] seed = new byte[1 + Ed25519PrivateKey.SeedBytes];
        try
        {
            if (
                parts.Length == 5
                && $"{parts[0]}+{parts[1]}+" == Prefix
                && Convert.TryFromBase64String(parts[4], seed, out int length)
                && length == seed.Length
                && seed[0] == Ed25519Note.Instance.Type
            )
            {
                Ed25519PrivateKey key = Ed25519PrivateKey.FromBytes(seed.AsSpan(1));
                origin = parts[2];
                if (TextSyntax.IsOrigin(origin) && IdOf(VerifierKey.ForEd25519(origin, key.PublicKey)) == parts[3])
                {
                    return key;
                }

                key.Dispose();
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }

        throw CommandFailure.Unreachable($"{path} does not hold a log's signing key.");
    }

    /// <summary>Makes a key and writes it, and its verifier key beside it. Nothing that exists is overwritten.</summary>
    /// <param name="path">The file to make; readable by its owner alone.</param>
    /// <param name="origin">Origin of the log that the key is to sign for.</param>
    /// <returns>The key, for the caller to dispose of.</returns>
    /// <exception cref="IOException">The file is there already, or cannot be written: then nothing was made.</exception>
    public static Ed25519PrivateKey Create(string path, string origin)
    {
        if (File.Exists(path))
        {
            throw new IOException($"{path} is there already.");
        }

        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        VerifierKey verifier = VerifierKey.ForEd25519(origin, key.PublicKey);
        byte[] seed = new byte[1 + Ed25519PrivateKey.SeedBytes];
        seed[0] = Ed25519Note.Instance.Type;
        key.CopyTo(seed.AsSpan(1));
        byte[] line = Encoding.UTF8.GetBytes($"{Prefix}{origin}+{IdOf(verifier)}+{Convert.ToBase64String(seed)}\n");
        string full = Path.GetFullPath(path);
        string fresh = full + ".new";
        DurableFile.MakeFolder(Path.GetDirectoryName(full)!);
        try
        {
            // A crash leaves the file whole or not at all: a key that nobody has seen yet may lie in the fresh one.
            File.Delete(fresh);
            File.WriteAllText(full + ".pub", verifier + "\n");
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (FileStream file = new(fresh, options))
            {
                file.Write(line);
                file.Flush(flushToDisk: true);
            }

            // Its name too is on the disk before anything is signed with it.
            File.Move(fresh, full, overwrite: false);
            DurableFile.SyncFolder(Path.GetDirectoryName(full)!);
        }
        catch
        {
            key.Dispose();
            File.Delete(fresh);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(line);
        }

        return key;
    }

    private static string IdOf(VerifierKey key) => key.KeyId.ToString("x8", CultureInfo.InvariantCulture);
}
