namespace Ledger.Client;

/// <summary>Why a key file cannot be used.</summary>
public enum KeyFileProblem
{
    /// <summary>It is not a key file of a version that this one knows, or was damaged.</summary>
    Malformed,

    /// <summary>Others than its owner may read or change it.</summary>
    Permissions,

    /// <summary>It is encrypted, and no passphrase was given.</summary>
    PassphraseRequired,

    /// <summary>The passphrase is not the one that it was encrypted with, or the file was changed.</summary>
    WrongPassphrase,

    /// <summary>There is a file already: a key that is replaced is lost.</summary>
    Exists,
}

/// <summary>A key file cannot be used. The message says what to do.</summary>
public sealed class KeyFileException : Exception
{
    internal KeyFileException(KeyFileProblem problem, string message, Exception? inner = null)
        : base(message, inner) => Problem = problem;

    /// <summary>What is wrong.</summary>
    public KeyFileProblem Problem { get; }
}
