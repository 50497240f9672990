using System.Diagnostics;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Rules.Map;
using Ledger.Store;
using RocksDbSharp;

namespace Ledger.Benchmarks.Maps;

/// <summary>
/// The state map in a database of its own, laid out as a ledger's store is and written as the log and its flusher do, but by one thread
/// and without waiting for the disk: what a commit waits for, it waits for anyway. Its folder goes when it does.
/// </summary>
internal sealed class MapFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ledger-bench-map-").FullName;
    private RocksDb _db;
    private StoreFamilies _families;
    private StoreLease _lease;
    private StoreSnapshot _snapshot;
    private int _changed;

    /// <summary>Keeps a map.</summary>
    /// <param name="whole">A map that is in memory whole.</param>
    /// <param name="leaves">Its leaves.</param>
    public MapFolder(StateMap whole, IEnumerable<MapLeaf> leaves)
    {
        (_db, _families, _lease) = OpenDatabase();
        foreach (MapLeaf[] some in leaves.Chunk(10_000))
        {
            using WriteBatch writes = new();
            foreach (ref readonly MapLeaf leaf in some.AsSpan())
            {
                MapRows.Put(writes, _families, leaf);
            }

            _db.Write(writes);
        }

        MapRows.Flush(_db, _families, whole, after: -1);
        Flushed = whole.Version;
        _snapshot = new StoreSnapshot(_lease, _families);
        Map = StateMap.Restore(_snapshot, [], whole.Version);
    }

    /// <summary>The newest version, of which only so much is in memory as a ledger has there.</summary>
    public StateMap Map { get; private set; }

    /// <summary>Version whose nodes are written.</summary>
    public long Flushed { get; private set; }

    /// <summary>What it took so far.</summary>
    public MapCosts Costs { get; } = new();

    /// <summary>Makes, writes and publishes a version; now and then also its nodes.</summary>
    public void Put(MapLeaf[] leaves)
    {
        long start = Stopwatch.GetTimestamp();
        StateMap next = Map.Next(leaves);
        Costs.Made.Add(Since(ref start) / leaves.Length);

        Write(next, leaves);
        Costs.WrittenUs += Since(ref start);

        // As a publication does: the version is read from a snapshot that has what was written.
        next = next.Trim(Flushed);
        _snapshot.Dispose();
        _snapshot = new StoreSnapshot(_lease, _families);
        Map = next.At(_snapshot);
        Costs.PublishedUs += Since(ref start);

        Costs.Records += leaves.Length;
        _changed += leaves.Length;
        if (_changed >= MapRows.LeavesEnough)
        {
            Flush();
        }
    }

    /// <summary>Writes the nodes that were made since the last time, whether they are enough or not.</summary>
    public void Flush()
    {
        foreach (MapRow row in Map.Rows(Flushed))
        {
            Costs.Rows++;
            Costs.RowBytes += row.Row.Length;
        }

        long start = Stopwatch.GetTimestamp();
        MapRows.Flush(_db, _families, Map, Flushed);
        Costs.FlushedUs += Since(ref start);
        Flushed = Map.Version;
        _changed = 0;
    }

    /// <summary>The same version with other bounds on its memory, and nothing in it.</summary>
    public StateMap Restore(int nodesMax) => StateMap.Restore(_snapshot, _snapshot.MapChanged(), Map.Version, nodesMax);

    /// <summary>Ends as a process that is killed does: nothing is flushed. Then opens what is there.</summary>
    public MapOpening Reopen()
    {
        _snapshot.Dispose();
        _lease.Close();
        ReadOnlySpan<byte> before = Map.Root.Span;
        long start = Stopwatch.GetTimestamp();
        (_db, _families, _lease) = OpenDatabase();
        double databaseUs = Since(ref start);
        _snapshot = new StoreSnapshot(_lease, _families);
        MapLeaf[] changed = [.. _snapshot.MapChanged()];
        Map = StateMap.Restore(_snapshot, changed, Map.Version);
        double mapUs = Since(ref start);
        return Map.Root.Span.SequenceEqual(before)
            ? new MapOpening(databaseUs / 1e6, mapUs / 1e6, changed.Length)
            : throw new InvalidOperationException("The map that was opened has another root.");
    }

    public void Dispose()
    {
        _snapshot.Dispose();
        _lease.Close();
        Directory.Delete(_folder, recursive: true);
    }

    private void Write(StateMap next, MapLeaf[] leaves)
    {
        using WriteBatch writes = new();
        byte[] keys = new byte[leaves.Length * MapHash.HashBytes];
        for (int i = 0; i < leaves.Length; i++)
        {
            MapRows.Put(writes, _families, leaves[i]);
            leaves[i].KeyHash.CopyTo(keys.AsSpan(i * MapHash.HashBytes));
        }

        writes.Put(StoreKeys.MapChangesKey(next.Version), keys, _families.Map);
        _db.Write(writes);
    }

    private (RocksDb Db, StoreFamilies Families, StoreLease Lease) OpenDatabase()
    {
        RocksDb db = RocksDb.Open(
            new DbOptions().SetCreateIfMissing(true).SetCreateMissingColumnFamilies(true),
            _folder,
            StoreFamilies.Options()
        );
        return (db, new StoreFamilies(db), new StoreLease(db));
    }

    private static double Since(ref long start)
    {
        double us = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        start = Stopwatch.GetTimestamp();
        return us;
    }
}

/// <summary>What a map in a store took.</summary>
internal sealed class MapCosts
{
    /// <summary>Making a version, microseconds a record, batch by batch.</summary>
    public List<double> Made { get; } = [];

    /// <summary>Records that were put.</summary>
    public long Records { get; set; }

    /// <summary>Writing leaves and changes, microseconds.</summary>
    public double WrittenUs { get; set; }

    /// <summary>Letting nodes go and taking a snapshot, microseconds.</summary>
    public double PublishedUs { get; set; }

    /// <summary>Writing nodes, microseconds.</summary>
    public double FlushedUs { get; set; }

    /// <summary>Nodes that were written.</summary>
    public long Rows { get; set; }

    /// <summary>Their bytes.</summary>
    public long RowBytes { get; set; }

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Made.Clear();
        (Records, WrittenUs, PublishedUs, FlushedUs, Rows, RowBytes) = (0, 0, 0, 0, 0, 0);
    }
}

/// <summary>What it took to open a map.</summary>
/// <param name="DatabaseSeconds">The database, with its write-ahead log.</param>
/// <param name="MapSeconds">The map itself.</param>
/// <param name="Changed">Leaves that had changed since nodes were written.</param>
internal readonly record struct MapOpening(double DatabaseSeconds, double MapSeconds, int Changed);
