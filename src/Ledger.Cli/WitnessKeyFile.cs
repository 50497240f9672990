using System.Security.Cryptography;
using Ledger.PostQuantum;
using Ledger.Protocol;
using Ledger.Witness;

namespace Ledger.Cli;

/// <summary>The file that holds a witness's key: a <see cref="NoteKeyFile"/> of a type of cosignatures.</summary>
internal static class WitnessKeyFile
{
    /// <summary>Reads a key.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The key, for the caller to dispose of.</returns>
    /// <exception cref="CommandFailure">The file is open to others, or does not hold a key.</exception>
    public static Cosigner Read(string path)
    {
        using NoteKey? kept = NoteKeyFile.Read(path);
        CosignatureAlgorithm? algorithm = MlDsa44Cosignature
            .AndBuiltIn.OfType<CosignatureAlgorithm>()
            .FirstOrDefault(one => one.Type == kept?.Type && one.SeedBytes == kept.Seed.Length);
        if (algorithm is not null)
        {
            Cosigner cosigner = algorithm.Open(kept!.Name, kept.Seed);
            if (kept.IsOf(cosigner.Key))
            {
                return cosigner;
            }

            cosigner.Dispose();
        }

        throw CommandFailure.Unreachable($"{path} does not hold a witness's key.");
    }

    /// <summary>
    /// Makes a key and writes it, and its verifier key beside it, and enters it in the folder of its memory. Nothing that exists is
    /// overwritten.
    /// </summary>
    /// <param name="path">The file to make; readable by its owner alone.</param>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="name">Name of the key.</param>
    /// <param name="folder">The witness's folder.</param>
    /// <exception cref="IOException">The file is there already, or cannot be written, or the folder holds something else.</exception>
    public static VerifierKey Create(string path, CosignatureAlgorithm algorithm, string name, string folder)
    {
        NoteKeyFile.RequireNone(path);
        byte[] seed = RandomNumberGenerator.GetBytes(algorithm.SeedBytes);
        try
        {
            using Cosigner cosigner = algorithm.Open(name, seed);

            // Before there is a key that could be used without it. A crash here leaves the memory of a key that nobody has.
            WitnessFolder.Enter(folder, cosigner.Key);
            NoteKeyFile.Create(path, cosigner.Key, seed);
            return cosigner.Key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
