using System.Collections.Concurrent;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.V1;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>Everything that was committed when it was taken, and nothing later. Any thread may read.</summary>
public sealed class StoreSnapshot : IRecords, IMapSource, IDisposable
{
    // Records that readers of one snapshot share, read once.
    private const int SharedMax = 256;

    private readonly StoreLease _lease;
    private readonly StoreFamilies _families;
    private readonly Snapshot _snapshot;
    private readonly ReadOptions _atSnapshot;
    private readonly ConcurrentDictionary<RecordKey, VersionedRecord?> _shared = new();
    private bool _ended;

    internal StoreSnapshot(StoreLease lease, StoreFamilies families)
    {
        lease.Hold();
        _lease = lease;
        _families = families;
        _snapshot = lease.Db.CreateSnapshot();
        _atSnapshot = new ReadOptions().SetSnapshot(_snapshot).SetVerifyChecksums(true);
    }

    /// <inheritdoc />
    public VersionedRecord? Find(RecordKey key)
    {
        if (!IsShared(key.Kind))
        {
            return Read(key);
        }

        if (!_shared.TryGetValue(key, out VersionedRecord? record))
        {
            record = Read(key);
            if (_shared.Count < SharedMax)
            {
                _shared.TryAdd(key, record);
            }
        }

        return record;
    }

    // What nearly every question looks at, whatever it is about.
    private static bool IsShared(RecordKind kind) =>
        kind is RecordKind.Ledger or RecordKind.Pilot or RecordKind.Class or RecordKind.Policy;

    private VersionedRecord? Read(RecordKey key) =>
        Get(key.ToBytes(), _families.State) is { } bytes ? RecordCodec.Decode(key.Kind, bytes) : null;

    /// <summary>The version of a record that the entry at an index wrote.</summary>
    public StoredVersion? FindVersion(RecordKey key, long index)
    {
        VersionedRecord? current = Find(key);
        return current is null || current.Index < index || index < 0 ? null
            : current.Index == index ? new StoredVersion(current, Next: null)
            : Get(StoreKeys.VersionKey(key.ToBytes(), TimeOf(index), index), _families.Versions) is { } bytes
                ? VersionRow.Decode(key.Kind, bytes)
            : null;
    }

    /// <summary>The newest version of a record at or before a time.</summary>
    public StoredVersion? FindVersionAt(RecordKey key, long timeMs)
    {
        if (Find(key) is not { } current)
        {
            return null;
        }

        if (current.TimeMs <= timeMs)
        {
            return new StoredVersion(current, Next: null);
        }

        byte[] recordKey = key.ToBytes();
        return
            Last(_families.Versions, StoreKeys.VersionKey(recordKey, timeMs, long.MaxValue)) is { } row
            && row.Key.AsSpan().StartsWith(StoreKeys.VersionPrefix(recordKey))
            ? VersionRow.Decode(key.Kind, row.Value)
            : null;
    }

    /// <summary>The versions of a record after an index, oldest first, the current one last.</summary>
    /// <param name="key">The record.</param>
    /// <param name="afterIndex">-1: from the start.</param>
    public IEnumerable<VersionedRecord> Versions(RecordKey key, long afterIndex)
    {
        if (Find(key) is not { } current || current.Index <= afterIndex)
        {
            yield break;
        }

        byte[] recordKey = key.ToBytes();
        byte[] start = StoreKeys.VersionKey(recordKey, afterIndex < 0 ? 0 : TimeOf(afterIndex), afterIndex + 1);
        foreach ((byte[] _, byte[] value) in Scan(_families.Versions, StoreKeys.VersionPrefix(recordKey), start))
        {
            yield return VersionRow.Decode(key.Kind, value).Version;
        }

        yield return current;
    }

    /// <summary>The versions of a record before an index, newest first: the current one first, if it is among them.</summary>
    /// <param name="key">The record.</param>
    /// <param name="beforeIndex"><see cref="long.MaxValue"/>: from the newest.</param>
    public IEnumerable<VersionedRecord> VersionsBackward(RecordKey key, long beforeIndex)
    {
        if (Find(key) is not { } current)
        {
            yield break;
        }

        if (current.Index < beforeIndex)
        {
            yield return current;
        }

        long below = Math.Min(current.Index, beforeIndex);
        if (below <= 0)
        {
            yield break;
        }

        byte[] recordKey = key.ToBytes();
        byte[] start = StoreKeys.VersionKey(recordKey, TimeOf(below), below - 1);
        foreach (
            (byte[] _, byte[] value) in Scan(
                _families.Versions,
                StoreKeys.VersionPrefix(recordKey),
                start,
                downwards: true
            )
        )
        {
            yield return VersionRow.Decode(key.Kind, value).Version;
        }
    }

    /// <summary>Keys of a list, in order.</summary>
    /// <param name="prefix">What every key of the list starts with.</param>
    /// <param name="after">The key after which to go on; empty: from the start.</param>
    public IEnumerable<byte[]> ScanIndex(byte[] prefix, byte[] after)
    {
        foreach ((byte[] key, byte[] _) in Scan(_families.Indexes, prefix, after.Length == 0 ? prefix : after))
        {
            if (!key.AsSpan().SequenceEqual(after))
            {
                yield return key;
            }
        }
    }

    /// <summary>An entry's bytes.</summary>
    public byte[]? Entry(long index)
    {
        Span<byte> key = stackalloc byte[StoreKeys.NumberBytes];
        StoreKeys.WriteNumber(index, key);
        return Get(key, _families.Entries);
    }

    /// <summary>Entries' bytes with their indexes as stored, from an index on.</summary>
    public IEnumerable<(long Index, byte[] Entry)> Entries(long firstIndex)
    {
        // From the very first row on, which may be one that no log calls for and sorts before the first index.
        byte[] start = firstIndex == 0 ? [] : new byte[StoreKeys.NumberBytes];
        if (firstIndex > 0)
        {
            StoreKeys.WriteNumber(firstIndex, start);
        }

        foreach ((byte[] key, byte[] value) in Scan(_families.Entries, [], start))
        {
            yield return (StoreKeys.ReadNumber(key), value);
        }
    }

    /// <summary>What an entry did; null when it did nothing.</summary>
    public EntryEvents? EventsOf(long index)
    {
        Span<byte> key = stackalloc byte[StoreKeys.NumberBytes];
        StoreKeys.WriteNumber(index, key);
        return Get(key, _families.Events) is { } bytes ? DecodeEvents(index, bytes) : null;
    }

    /// <summary>What entries did, with their indexes, from an index on; those that did nothing are left out.</summary>
    public IEnumerable<(long Index, EntryEvents Events)> Events(long firstIndex)
    {
        byte[] start = new byte[StoreKeys.NumberBytes];
        StoreKeys.WriteNumber(firstIndex, start);
        foreach ((byte[] key, byte[] value) in Scan(_families.Events, [], start))
        {
            long index = StoreKeys.ReadNumber(key);
            yield return (index, DecodeEvents(index, value));
        }
    }

    /// <summary>Index of the last entry; -1 when there is none.</summary>
    public long LastIndex() => Last(_families.Entries, key: null) is { } row ? StoreKeys.ReadNumber(row.Key) : -1;

    /// <inheritdoc />
    public long? IndexOf(ReadOnlySpan<byte> operationId)
    {
        Span<byte> key = stackalloc byte[StoreKeys.OperationIdKeyBytes];
        StoreKeys.WriteOperationIdKey(operationId, key);
        return Get(key, _families.Indexes) is { } value ? StoreKeys.ReadNumber(value) : null;
    }

    /// <summary>
    /// Checkpoints that were published, were recorded with a later batch and stay (<see cref="CheckpointRetention"/>), by size. The
    /// newest one is not among them.
    /// </summary>
    public IEnumerable<(long Size, byte[] Checkpoint)> Checkpoints(long fromSize)
    {
        byte[] start = new byte[StoreKeys.CheckpointKeyBytes];
        StoreKeys.WriteCheckpointKey(fromSize, start);
        foreach ((byte[] key, byte[] value) in Scan(_families.Meta, "c"u8.ToArray(), start))
        {
            yield return (StoreKeys.ReadNumber(key.AsSpan(1)), value);
        }
    }

    /// <inheritdoc />
    public byte[]? ReadNode(ReadOnlySpan<byte> path, int depth) =>
        Get(StoreKeys.MapNodeKey(path, depth), _families.Map);

    /// <inheritdoc />
    public IReadOnlyList<MapLeaf> ReadLeaves(ReadOnlySpan<byte> path, int depth)
    {
        // Rows lie in the order of whole bytes: half a byte more or less is seen at the key.
        byte[] prefix = [StoreKeys.MapLeafMark, .. path[..(depth / 2)]];
        bool isHalf = (depth & 1) != 0;
        byte[] start = isHalf ? [.. prefix, (byte)(path[depth / 2] & 0xf0)] : prefix;
        List<MapLeaf> leaves = [];
        foreach ((byte[] key, byte[] value) in Scan(_families.Map, prefix, start))
        {
            if (key.Length != StoreKeys.MapLeafKeyBytes || value.Length != MapHash.HashBytes)
            {
                throw new FormatException("A leaf of the state map is damaged.");
            }

            if (isHalf && ((key[prefix.Length] ^ start[^1]) & 0xf0) != 0)
            {
                break;
            }

            leaves.Add(new MapLeaf(key.AsSpan(1), value));
        }

        return leaves;
    }

    /// <summary>Version of the state map whose nodes are written; 0: none are.</summary>
    internal long MapFlushed() => NumberIn(StoreKeys.MapFlushed);

    /// <summary>Version of the state map whose nodes were being written when the log stopped; 0: none were.</summary>
    internal long MapFlushing() => NumberIn(StoreKeys.MapFlushing);

    /// <summary>The leaves of the state map that changed since its nodes were written, some perhaps twice; their values are not there.</summary>
    internal IEnumerable<MapLeaf> MapChanged() =>
        Scan(_families.Map, [StoreKeys.MapChangesMark], [StoreKeys.MapChangesMark])
            .SelectMany(static row => MapRows.Changed(row.Value));

    /// <summary>Time of an entry, Unix milliseconds.</summary>
    /// <exception cref="StoreException">It is missing or damaged.</exception>
    internal long TimeOf(long index)
    {
        byte[] bytes = Entry(index) ?? throw new StoreException($"Entry {index} is missing. Run `ledger fsck`.");
        return EntryCodec.TryReadTime(bytes, out long timeMs)
            ? timeMs
            : throw new StoreException($"Entry {index} is damaged. Run `ledger fsck`.");
    }

    /// <summary>Every key and value of a column family, in order: for checking a store against what its log says.</summary>
    /// <param name="family">A name of <see cref="StoreKeys"/>.</param>
    internal IEnumerable<(byte[] Key, byte[] Value)> Everything(string family) =>
        Scan(_lease.Db.GetColumnFamily(family), [], []);

    /// <summary>Ends the snapshot. Enumerations that are under way go on. Safe to call again.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _snapshot.Dispose();
            _lease.Release();
        }
    }

    private static EntryEvents DecodeEvents(long index, byte[] bytes)
    {
        try
        {
            return EntryEvents.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new StoreException($"The events of entry {index} are damaged. Run `ledger fsck`.");
        }
    }

    private long NumberIn(ReadOnlySpan<byte> mapKey) =>
        Get(mapKey, _families.Map) switch
        {
            null => 0,
            { Length: StoreKeys.NumberBytes } bytes => StoreKeys.ReadNumber(bytes),
            _ => throw new FormatException("A version of the state map is damaged."),
        };

    // Enumerated, perhaps, when the snapshot has ended: then its handle means nothing any more.
    private IEnumerable<(byte[] Key, byte[] Value)> Scan(
        ColumnFamilyHandle family,
        byte[] prefix,
        byte[] start,
        bool downwards = false
    )
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        foreach (
            (byte[] Key, byte[] Value) row in StoreScan.Rows(_lease, family, _atSnapshot, prefix, start, downwards)
        )
        {
            yield return row;
        }
    }

    private (byte[] Key, byte[] Value)? Last(ColumnFamilyHandle family, byte[]? key)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        return StoreScan.Last(_lease, family, _atSnapshot, key);
    }

    private byte[]? Get(ReadOnlySpan<byte> key, ColumnFamilyHandle family)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        try
        {
            return _lease.Db.Get(key, family, _atSnapshot);
        }
        catch (RocksDbException e)
        {
            throw ChainStore.Unreadable(e);
        }
    }
}
