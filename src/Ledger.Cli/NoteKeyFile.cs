using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ledger.Files;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>A private key as it is kept in a file. Dispose of it soon: it holds the seed.</summary>
/// <param name="Name">Name of the key.</param>
/// <param name="KeyId">Its key id, in hexadecimal. Not checked.</param>
/// <param name="Type">Its type, see <see cref="NoteAlgorithm.Type"/>.</param>
/// <param name="Seed">The private key.</param>
internal sealed record NoteKey(string Name, string KeyId, byte Type, byte[] Seed) : IDisposable
{
    /// <summary>Whether a public key is that of the file.</summary>
    public bool IsOf(VerifierKey key) => key.Name == Name && NoteKeyFile.IdOf(key) == KeyId;

    /// <summary>Clears the seed.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(Seed);
}

/// <summary>
/// Files that hold a key which signs notes: one line, <c>PRIVATE+KEY+&lt;name&gt;+&lt;key id&gt;+&lt;base64 of type and seed&gt;</c>, the
/// form in which programs that sign notes (C2SP signed-note) keep their keys. Beside it, under the same name and <c>.pub</c>, lies the
/// verifier key, which is public.
/// </summary>
internal static class NoteKeyFile
{
    private const string Prefix = "PRIVATE+KEY+";
    private const int SeedBytesMax = 64;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a key.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The key; null when the file holds none.</returns>
    /// <exception cref="CommandFailure">The file is open to others.</exception>
    public static NoteKey? Read(string path)
    {
        UnixFileMode mode = OperatingSystem.IsWindows() ? OwnerOnly : File.GetUnixFileMode(path);
        if ((mode & ~OwnerOnly) != 0)
        {
            throw CommandFailure.Unreachable(
                $"{path} holds a signing key and is open to others. Close it (chmod 600), and think about who may have read it."
            );
        }

        string[] parts = (TextFile.ReadOneLine(path) ?? "").Split('+', 5);
        byte[] encoded = new byte[1 + SeedBytesMax];
        try
        {
            return
                parts.Length == 5
                && $"{parts[0]}+{parts[1]}+" == Prefix
                && VerifierKey.IsName(parts[2])
                && Convert.TryFromBase64String(parts[4], encoded, out int length)
                && length > 1
                ? new NoteKey(parts[2], parts[3], encoded[0], encoded[1..length])
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
        }
    }

    /// <summary>Writes a key, and its verifier key beside it. Nothing that exists is overwritten.</summary>
    /// <param name="path">The file to make; readable by its owner alone.</param>
    /// <param name="key">The public key.</param>
    /// <param name="seed">The private key.</param>
    /// <exception cref="IOException">The file is there already, or cannot be written: then nothing was made.</exception>
    public static void Create(string path, VerifierKey key, ReadOnlySpan<byte> seed)
    {
        RequireNone(path);
        byte[] encoded = [key.Algorithm.Type, .. seed];
        byte[] line = Encoding.UTF8.GetBytes($"{Prefix}{key.Name}+{IdOf(key)}+{Convert.ToBase64String(encoded)}\n");
        string full = Path.GetFullPath(path);
        string fresh = full + ".new";
        DurableFile.MakeFolder(Path.GetDirectoryName(full)!);
        try
        {
            // A crash leaves the file whole or not at all: a key that nobody has seen yet may lie in the fresh one.
            File.Delete(fresh);
            File.WriteAllText(full + ".pub", key + "\n");
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
            File.Delete(fresh);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encoded);
            CryptographicOperations.ZeroMemory(line);
        }
    }

    /// <summary>Refuses a file that is there.</summary>
    /// <exception cref="IOException">It is there already.</exception>
    public static void RequireNone(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"{path} is there already.");
        }
    }

    /// <summary>A key id as files have it.</summary>
    public static string IdOf(VerifierKey key) => key.KeyId.ToString("x8", CultureInfo.InvariantCulture);
}
