using System.Collections.Concurrent;

namespace Ledger.Log;

/// <summary>
/// The full tiles that were made or read last, with all their nodes; others are read from the store and completed. First in, first
/// out: a tile that is asked for again is not kept longer.
/// </summary>
internal sealed class TileCache
{
    /// <summary>Tiles kept, 16 KiB each: the newest 64 Ki entries and the tiles above them, with room for readers of old ones.</summary>
    public const int TilesMax = 512;

    private readonly ConcurrentDictionary<(int Level, long Number), TreeTile> _tiles = new();
    private readonly ConcurrentQueue<(int Level, long Number)> _order = new();
    private readonly Func<int, long, byte[]> _read;

    /// <summary>A cache over stored tiles.</summary>
    /// <param name="read">Reads the lowest row of a full tile by level and number; throws when it is not there.</param>
    public TileCache(Func<int, long, byte[]> read) => _read = read;

    /// <summary>A full tile.</summary>
    public TreeTile Full(int level, long number)
    {
        if (!_tiles.TryGetValue((level, number), out TreeTile? tile))
        {
            tile = new TreeTile(level, number);
            tile.Append(_read(level, number));
            Add(tile);
        }

        return tile;
    }

    /// <summary>
    /// The lowest row of a full tile, as it is stored. Whoever reads a whole tree tile by tile neither has the nodes above computed nor
    /// takes the room of the tiles that proofs need.
    /// </summary>
    public ReadOnlyMemory<byte> LowestRow(int level, long number) =>
        _tiles.TryGetValue((level, number), out TreeTile? tile) ? tile.LowestRow : _read(level, number);

    /// <summary>Keeps a full tile, and lets the oldest go when there are too many.</summary>
    public void Add(TreeTile tile)
    {
        if (_tiles.TryAdd((tile.Level, tile.Number), tile))
        {
            _order.Enqueue((tile.Level, tile.Number));
            if (_tiles.Count > TilesMax && _order.TryDequeue(out (int, long) oldest))
            {
                _tiles.TryRemove(oldest, out _);
            }
        }
    }
}
