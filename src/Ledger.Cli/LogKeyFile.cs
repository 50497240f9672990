using System.Security.Cryptography;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>The file that holds a log's signing key: a <see cref="NoteKeyFile"/> of type 0x01, whose name is the origin.</summary>
internal static class LogKeyFile
{
    /// <summary>Reads a key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">Origin of the log that the key signs for.</param>
    /// <returns>The key, for the caller to dispose of.</returns>
    /// <exception cref="CommandFailure">The file is open to others, or does not hold a key.</exception>
    public static Ed25519PrivateKey Read(string path, out string origin)
    {
        using NoteKey? kept = NoteKeyFile.Read(path);
        origin = kept?.Name ?? "";
        if (
            kept?.Type == Ed25519Note.Instance.Type
            && kept.Seed.Length == Ed25519PrivateKey.SeedBytes
            && TextSyntax.IsOrigin(origin)
        )
        {
            Ed25519PrivateKey key = Ed25519PrivateKey.FromBytes(kept.Seed);
            if (kept.IsOf(VerifierKey.ForEd25519(origin, key.PublicKey)))
            {
                return key;
            }

            key.Dispose();
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
        NoteKeyFile.RequireNone(path);
        Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        byte[] seed = new byte[Ed25519PrivateKey.SeedBytes];
        try
        {
            key.CopyTo(seed);
            NoteKeyFile.Create(path, VerifierKey.ForEd25519(origin, key.PublicKey), seed);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
