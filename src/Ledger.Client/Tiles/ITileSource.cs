namespace Ledger.Client;

/// <summary>Where a log is read that is published as tiles (C2SP tlog-tiles). Nothing that comes is believed.</summary>
public interface ITileSource
{
    /// <summary>Reads a resource.</summary>
    /// <param name="path">Its path, without a slash before it: <see cref="Ledger.Protocol.TilePath"/>.</param>
    /// <param name="bytesMax">Most bytes that it may have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its bytes; null when there is no such resource.</returns>
    /// <exception cref="VerificationException">It is longer, or not even bytes.</exception>
    /// <exception cref="IOException">It could not be read: that says nothing of the log.</exception>
    Task<ReadOnlyMemory<byte>?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken);
}
