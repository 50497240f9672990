using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>
/// Makes the tiles of a log (C2SP tlog-tiles) from its entries, in order. A tile is handed out when it is full; the partial ones at the
/// right edge when they are asked for, after the root has been compared with a checkpoint's.
/// </summary>
public sealed class TileWriter
{
    private readonly Action<TilePath, ReadOnlyMemory<byte>> _write;
    private readonly CompactRange _range = new();
    private readonly List<ReadOnlyMemory<byte>> _bundle = [];
    private readonly byte[] _leafHashes = new byte[TilePath.FullWidth * MerkleHash.HashBytes];
    private RowsOfTiles _rows;

    /// <summary>An empty log.</summary>
    /// <param name="write">Takes a tile: its path and its bytes, which are not used again.</param>
    public TileWriter(Action<TilePath, ReadOnlyMemory<byte>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        _write = write;
        _rows = new RowsOfTiles(write);
    }

    /// <summary>A log that is published already, as far as its bundles are full: the entries after them come next.</summary>
    /// <param name="log">The log.</param>
    /// <param name="write">Takes a tile.</param>
    public TileWriter(TileLog log, Action<TilePath, ReadOnlyMemory<byte>> write)
        : this(write)
    {
        ArgumentNullException.ThrowIfNull(log);
        foreach (VerifiedTile tile in log.Edge.Where(static tile => tile.Path.Level > 0).Reverse())
        {
            MerkleTile.AppendTo(_range, tile);
        }
        _rows.Continue(log);
    }

    /// <summary>Entries so far.</summary>
    public long Size => _range.Size + _bundle.Count;

    /// <summary>Appends an entry.</summary>
    /// <param name="entry">At most 65,535 bytes; kept until its bundle is full.</param>
    public void Append(ReadOnlyMemory<byte> entry)
    {
        MerkleHash.HashLeaf(entry.Span, LeafHash(_bundle.Count));
        _bundle.Add(entry);
        if (_bundle.Count == TilePath.FullWidth)
        {
            _write(new TilePath(TilePath.Entries, _range.Size / TilePath.FullWidth), EntryBundle.Write(_bundle));
            _range.Append(_leafHashes, ref _rows);
            _bundle.Clear();
        }
    }

    /// <summary>Root of the entries so far, 32 bytes.</summary>
    public byte[] Root()
    {
        CompactRange all = _range.Clone();
        all.Append(LastLeafHashes);
        return MerkleTile.RootOf(all);
    }

    /// <summary>Hands out the partial tiles of the entries so far. Nothing is appended afterwards.</summary>
    public void WritePartial()
    {
        if (_bundle.Count > 0)
        {
            TilePath path = new(TilePath.Entries, _range.Size / TilePath.FullWidth, _bundle.Count);
            _write(path, EntryBundle.Write(_bundle));
            _range.Append(LastLeafHashes, ref _rows);
        }
        _rows.WritePartial();
    }

    private ReadOnlySpan<byte> LastLeafHashes => _leafHashes.AsSpan(0, _bundle.Count * MerkleHash.HashBytes);

    private Span<byte> LeafHash(int place) => _leafHashes.AsSpan(place * MerkleHash.HashBytes, MerkleHash.HashBytes);

    // The last tile of each level, as far as it has come. Of all nodes that become complete, tiles hold each eighth level.
    private sealed class RowsOfTiles(Action<TilePath, ReadOnlyMemory<byte>> write) : IMerkleNodeSink
    {
        private readonly (long Index, MemoryStream Hashes)[] _levels =
        [
            .. Enumerable.Range(0, MerkleTile.LevelsMax).Select(static _ => (0L, new MemoryStream())),
        ];

        public void Continue(TileLog log)
        {
            for (int level = 0; level < _levels.Length; level++)
            {
                _levels[level].Index = TilePath.FullIn(level, log.Checkpoint.Size);
            }
            foreach (VerifiedTile tile in log.Edge.Where(static tile => tile.Path.Level > 0))
            {
                _levels[tile.Path.Level].Hashes.Write(tile.Hashes.Span);
            }
        }

        public void Nodes(int level, long firstIndex, ReadOnlySpan<byte> hashes)
        {
            if (level % MerkleTile.Height != 0)
            {
                return;
            }
            ref (long Index, MemoryStream Hashes) tile = ref _levels[level / MerkleTile.Height];
            // No more than one tile's worth of leaves is appended at once, from the beginning of a tile on.
            tile.Hashes.Write(hashes);
            if (tile.Hashes.Length == TilePath.FullWidth * MerkleHash.HashBytes)
            {
                write(new TilePath(level / MerkleTile.Height, tile.Index), tile.Hashes.ToArray());
                tile.Index++;
                tile.Hashes.SetLength(0);
            }
        }

        public void WritePartial()
        {
            for (int level = 0; level < _levels.Length; level++)
            {
                (long index, MemoryStream hashes) = _levels[level];
                if (hashes.Length > 0)
                {
                    int width = (int)hashes.Length / MerkleHash.HashBytes;
                    write(new TilePath(level, index, width), hashes.ToArray());
                }
            }
        }
    }
}
