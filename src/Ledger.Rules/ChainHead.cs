namespace Ledger.Rules;

/// <summary>Where the chain of batches stands: what the next one goes on from.</summary>
/// <param name="Size">Entries, the last of which is a seal.</param>
/// <param name="Height">Batches.</param>
/// <param name="TimeMs">Time of the last batch, Unix milliseconds; 0 before the first.</param>
/// <param name="SealHash">SHA-256 of the last seal's entry, 32 bytes; zeros before the first.</param>
public sealed record ChainHead(long Size, long Height, long TimeMs, ReadOnlyMemory<byte> SealHash)
{
    /// <summary>Before the first batch.</summary>
    public static readonly ChainHead Empty = new(0, 0, 0, new byte[Protocol.Limits.HashBytes]);
}
