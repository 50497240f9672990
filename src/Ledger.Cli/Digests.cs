using System.CommandLine;
using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>Documents that the ledger knows by their hash or by a commitment: named as a file, or as the hash itself.</summary>
internal static class Digests
{
    /// <summary>What an option takes, for its description.</summary>
    public const string Form = "a file, or its SHA-256 in hexadecimal";

    /// <summary>An option that names a document.</summary>
    public static Option<string> Required(string name, string description) =>
        new(name)
        {
            Description = $"{description}: {Form}.",
            HelpName = "FILE|HASH",
            Required = true,
        };

    /// <summary>The hash of a document.</summary>
    /// <param name="text">A file, or a hash.</param>
    public static ByteString Of(string text) => TryParse(text) ?? ByteString.CopyFrom(HashFile(text));

    /// <summary>A commitment to a document: as it is given, or made of a file with a new salt, which the person gets to know.</summary>
    /// <param name="text">A file, or the commitment.</param>
    /// <param name="domain">What the document is.</param>
    /// <param name="asking">Whose the salt is.</param>
    public static ByteString Commit(string text, string domain, Asking asking)
    {
        if (TryParse(text) is { } given)
        {
            return given;
        }

        byte[] salt = Commitments.NewSalt();
        asking.Known["salt"] = Convert.ToHexStringLower(salt);
        return ByteString.CopyFrom(Commitments.Commit(domain, salt, File.ReadAllBytes(text)));
    }

    /// <summary>Reads 32 bytes in hexadecimal.</summary>
    /// <exception cref="CommandFailure">The text is something else.</exception>
    public static ByteString Parse(string text) =>
        TryParse(text) ?? throw CommandFailure.Usage($"'{text}' is not 64 hexadecimal digits.");

    private static ByteString? TryParse(string text)
    {
        byte[] hash = new byte[Limits.HashBytes];
        return
            text.Length == 2 * hash.Length
            && Convert.FromHexString(text, hash, out _, out int bytes) == System.Buffers.OperationStatus.Done
            && bytes == hash.Length
            ? ByteString.CopyFrom(hash)
            : null;
    }

    private static byte[] HashFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        return SHA256.HashData(file);
    }
}
