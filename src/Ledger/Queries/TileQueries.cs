using Ledger.Protocol;

namespace Ledger.Queries;

/// <summary>Entries of a bundle, from one of them on.</summary>
/// <param name="Bytes">The entries as they stand in the bundle.</param>
/// <param name="Next">Place in the bundle of the entry after them: its width at its end.</param>
public sealed record BundlePart(ReadOnlyMemory<byte> Bytes, int Next);

/// <summary>The log as tiles (C2SP tlog-tiles). What a tile holds never changes: one that the head has, every later head has.</summary>
public static class TileQueries
{
    /// <summary>A tile of hashes.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="tile">Which one.</param>
    /// <returns>32 bytes a hash; null when the head has less, or the path is that of a bundle.</returns>
    public static ReadOnlyMemory<byte>? FindHashes(ReadView view, TilePath tile)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Hashes(tile);
    }

    /// <summary>Leaf hashes of the entries of a bundle: what says, in few bytes, all that it holds.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="bundle">Which one.</param>
    /// <returns>32 bytes a hash; null when the head has less, or the path is that of hashes.</returns>
    public static ReadOnlyMemory<byte>? FindLeafHashes(ReadView view, TilePath bundle)
    {
        ArgumentNullException.ThrowIfNull(view);
        return bundle.Level == TilePath.Entries ? view.Hashes(bundle with { Level = 0 }) : null;
    }

    /// <summary>Entries of a bundle, up to its end or the first with which they are as many bytes as asked for.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="bundle">A bundle that the head has.</param>
    /// <param name="first">Place in the bundle of the first: below its width.</param>
    /// <param name="bytesEnough">Bytes of entries at which they end; one entry is always returned.</param>
    public static BundlePart TakeEntries(ReadView view, TilePath bundle, int first, int bytesEnough)
    {
        long start = bundle.Index * TilePath.FullWidth;
        IReadOnlyList<byte[]> entries = LogQueries.TakeEntries(view, start + first, start + bundle.Width, bytesEnough);
        return new BundlePart(
            EntryBundle.Write([.. entries.Select(static entry => (ReadOnlyMemory<byte>)entry)]),
            first + entries.Count
        );
    }
}
