namespace Ledger.Witness;

/// <summary>A witness cannot start or go on: its folder is missing, in use, damaged, or cannot be written. The message says what to do.</summary>
public sealed class WitnessException : IOException
{
    internal WitnessException(string message, Exception? inner = null)
        : base(message, inner) { }
}
