using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>The key that an auditor signs reports with: of the same kind, in the same kind of file, as a log's.</summary>
internal sealed class AuditorKey : IDisposable
{
    private readonly Ed25519PrivateKey _key;
    private readonly string _name;

    private AuditorKey(Ed25519PrivateKey key, string name)
    {
        _key = key;
        _name = name;
    }

    /// <summary>Reads a key, or makes one.</summary>
    /// <param name="path">The file; its verifier key lies beside it.</param>
    /// <param name="name">Name of a key that is made.</param>
    /// <param name="output">Where it is said that one was made.</param>
    /// <exception cref="CommandFailure">The file holds no such key, or is missing and there is no name.</exception>
    public static AuditorKey Take(string path, string? name, Output output)
    {
        if (File.Exists(path))
        {
            return new AuditorKey(LogKeyFile.Read(path, out string there), there);
        }

        if (name is null || !TextSyntax.IsOrigin(name))
        {
            throw CommandFailure.Usage(
                $"There is no key in {path}. To make it, name it with --auditor: 1 to {Limits.OriginBytesMax} of a-z, 0-9, '.', '/', ':', '_' and '-'."
            );
        }

        Ed25519PrivateKey made = LogKeyFile.Create(path, name);
        output.Note($"Made the auditor's key in {path}; {path}.pub is for those who read the reports.");
        return new AuditorKey(made, name);
    }

    /// <summary>Whether it is a log's own.</summary>
    public bool IsOf(VerifierKey logKey) => _key.PublicKey.SequenceEqual(logKey.PublicKey.Span);

    /// <summary>Signs a text, which ends with a newline.</summary>
    public byte[] Sign(string text) => SignedNote.Sign(text, _name, _key);

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
