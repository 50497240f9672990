namespace Ledger.Client;

/// <summary>Why an operation file cannot be used.</summary>
public enum OperationFileProblem
{
    /// <summary>It is not an operation file, or a line of it is not of its form.</summary>
    Malformed,

    /// <summary>It is of a version of the format that this program does not know.</summary>
    UnknownVersion,

    /// <summary>It stops before its end.</summary>
    Truncated,

    /// <summary>What it says does not follow from the bytes that would be signed: one of them was changed.</summary>
    Changed,

    /// <summary>A signature in it is not one of this operation by the key that it names.</summary>
    BadSignature,

    /// <summary>The key has signed already: two signatures by one key are one too many.</summary>
    SignedAlready,

    /// <summary>The key is none of those that can sign the operation.</summary>
    NotASigner,

    /// <summary>Two files that are to be joined hold different operations.</summary>
    DifferentOperation,
}

/// <summary>An operation file cannot be used. The message says what is wrong.</summary>
public sealed class OperationFileException : Exception
{
    internal OperationFileException(OperationFileProblem problem, string message)
        : base(message) => Problem = problem;

    /// <summary>What is wrong.</summary>
    public OperationFileProblem Problem { get; }
}
