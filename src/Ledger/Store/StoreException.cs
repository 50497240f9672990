namespace Ledger.Store;

/// <summary>
/// A store that cannot be opened or read as what it should be. The message says what disagrees and what to do; it is meant for
/// the operator.
/// </summary>
public sealed class StoreException : Exception
{
    /// <summary>Says what disagrees and what to do.</summary>
    public StoreException(string message)
        : base(message) { }

    /// <summary>Says what disagrees and what to do.</summary>
    public StoreException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>A store that cannot be used.</summary>
    public StoreException() { }
}
