namespace Ledger.Store;

/// <summary>
/// A store that cannot be opened or read as what it should be. The message says what disagrees and what to do; it is meant for
/// the operator.
/// </summary>
public sealed class StoreException : Exception
{
    /// <summary>What to do about a store that is damaged.</summary>
    internal const string Remedy = "Run `ledger fsck` for details, then restore a backup or copy the log from a peer.";

    /// <summary>Says what disagrees and what to do.</summary>
    public StoreException(string message)
        : base(message) { }

    /// <summary>Says what disagrees and what to do.</summary>
    public StoreException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>A store that cannot be used.</summary>
    public StoreException() { }
}
