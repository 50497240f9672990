using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.Audit;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Audit;

/// <summary>
/// Checks a stopped store, every row of it: the log is audited from its entries, and everything that is derived from them (tiles,
/// state, versions, lists, events, head, checkpoints) is compared byte for byte with what the entries say. It reads only, and repairs
/// nothing.
/// </summary>
public static class StoreCheck
{
    /// <summary>Checks the store in a ledger's folder.</summary>
    /// <param name="directory">The folder that the node was given.</param>
    /// <param name="logKey">The log's public key; null: the one that the store names.</param>
    /// <param name="progress">Told the number of entries recomputed and to be recomputed. May be null.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>Everything that is wrong; empty when nothing is.</returns>
    /// <exception cref="StoreException">The store cannot be opened at all.</exception>
    public static IReadOnlyList<Finding> Run(
        string directory,
        VerifierKey? logKey,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        using StoreSource source = new(directory);
        if (logKey is null && !VerifierKey.TryParse(source.LogKey, out logKey))
        {
            return [new Finding(-1, "the store's own verifier key is damaged")];
        }

        List<Finding> findings = [];
        try
        {
            Expectation expected = new(source.Snapshot);
            Finding? finding = Replay(source, logKey, expected, progress, cancellationToken);
            if (finding is not null)
            {
                // What follows from a wrong entry is wrong too: name the cause alone.
                return [finding];
            }

            expected.Compare(source.Snapshot, findings);
            CheckMeta(source, logKey, findings);
            CheckFamilies(source, findings);
            CheckHead(source, expected, findings);
            CheckLastSigned(directory, logKey, expected, findings);
        }
        catch (Exception e) when (e is StoreException or FormatException)
        {
            // A file of the database is damaged, or a row that others are looked at by: what lies behind it cannot be looked at.
            findings.Add(new Finding(-1, e.Message));
        }

        return findings;
    }

    private static Finding? Replay(
        StoreSource source,
        VerifierKey logKey,
        Expectation expected,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        Auditor auditor = expected.Audit(logKey);
        StoredHead head = source.Store.Head();
        long size = head.Chain.Size;
        using CheckpointCheck checkpoints = new(source.Snapshot, logKey, head.Chain, source.Store.Followed());
        foreach ((long index, byte[] entry) in source.Snapshot.Entries(0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index != auditor.Size)
            {
                return new Finding(auditor.Size, $"the entry is missing; the next one stored is {index}");
            }

            Finding? finding = auditor.Add(entry);
            expected.AddLeaf(entry);
            if (finding is null && auditor.AtSeal)
            {
                finding = checkpoints.Add(auditor);
            }

            if (finding is not null)
            {
                return finding;
            }

            progress?.Invoke(auditor.Size, size);
        }

        return auditor.Finish() ?? checkpoints.Finish();
    }

    // A database may have more column families than were opened, and always has one of its own.
    private static void CheckFamilies(StoreSource source, List<Finding> findings)
    {
        foreach (string family in source.Store.UnknownFamilies())
        {
            findings.Add(new Finding(-1, $"{family}: the store has this column family, and no log calls for it"));
        }

        foreach ((byte[] key, byte[] _) in source.Snapshot.Everything(StoreKeys.Default))
        {
            findings.Add(NotCalledFor(StoreKeys.Default, key));
        }
    }

    // The store's own name and key, and that nothing unknown is there. Checkpoints and the head are compared elsewhere.
    private static void CheckMeta(StoreSource source, VerifierKey logKey, List<Finding> findings)
    {
        if (source.Store.Origin != logKey.Name || source.LogKey != logKey.ToString())
        {
            findings.Add(new Finding(-1, "meta: the origin or log key is not the one of this log"));
        }

        foreach ((byte[] key, byte[] _) in source.Snapshot.Everything(StoreKeys.Meta))
        {
            bool known =
                key.AsSpan().SequenceEqual(StoreKeys.Format)
                || key.AsSpan().SequenceEqual(StoreKeys.Origin)
                || key.AsSpan().SequenceEqual(StoreKeys.LogKey)
                || key.AsSpan().SequenceEqual(StoreKeys.Head)
                || (
                    key.AsSpan().SequenceEqual(StoreKeys.Followed)
                    && source.Store.Followed() <= source.Store.Head().Chain.Size
                )
                || (key.Length == StoreKeys.CheckpointKeyBytes && key[0] == (byte)'c');
            if (!known)
            {
                findings.Add(NotCalledFor(StoreKeys.Meta, key));
            }
        }
    }

    private static Finding NotCalledFor(string family, byte[] key) =>
        new(-1, $"{family}: the row {Convert.ToHexStringLower(key)} is not called for by the log");

    private static void CheckHead(StoreSource source, Expectation expected, List<Finding> findings)
    {
        try
        {
            (StoredHead head, MerkleTree tree) = LogRecovery.Load(source.Store);
            if (
                head.Chain.Size != expected.Size
                || !tree.View().Root(expected.Size).AsSpan().SequenceEqual(expected.Root)
            )
            {
                findings.Add(new Finding(head.Chain.Size, "the head is not that of the entries"));
            }

            LogRecovery.LoadMap(source.Store, head);
        }
        catch (StoreException e)
        {
            findings.Add(new Finding(-1, e.Message));
        }
    }

    private static void CheckLastSigned(
        string directory,
        VerifierKey logKey,
        Expectation expected,
        List<Finding> findings
    )
    {
        try
        {
            LastSigned.Check(LastSigned.PathIn(directory), logKey, expected.Tree);
        }
        catch (StoreException e)
        {
            findings.Add(new Finding(-1, e.Message));
        }
    }

    /// <summary>Every row that the entries call for.</summary>
    private sealed class Expectation
    {
        private readonly Dictionary<string, Dictionary<string, byte[]>> _rows = StoreKeys.All.ToDictionary(
            static family => family,
            static _ => new Dictionary<string, byte[]>()
        );

        // Nodes of the state map that a flush has written which did not end: each is this one, or still the one before.
        private readonly Dictionary<string, byte[]> _flushing = [];
        private readonly long _mapFlushed;
        private readonly long _mapFlushing;
        private readonly MerkleTree _tree;
        private Auditor? _auditor;

        public Expectation(StoreSnapshot snapshot)
        {
            _tree = new MerkleTree(new TileCache(ReadTile));
            _mapFlushed = snapshot.MapFlushed();
            _mapFlushing = snapshot.MapFlushing();
        }

        public long Size => _auditor!.Size;

        public byte[] Root => _auditor!.Root();

        public TreeView Tree => _tree.View();

        public Auditor Audit(VerifierKey logKey) => _auditor = new Auditor(logKey) { BatchReplayed = Add };

        public void AddLeaf(ReadOnlySpan<byte> entry)
        {
            Span<byte> hash = stackalloc byte[MerkleHash.HashBytes];
            MerkleHash.HashLeaf(entry, hash);
            foreach (TreeTile tile in _tree.Append(hash))
            {
                byte[] key = new byte[StoreKeys.TileKeyBytes];
                StoreKeys.WriteTileKey(tile.Level, tile.Number, key);
                Add(StoreKeys.Tiles, key, tile.LowestRow.ToArray());
            }
        }

        public void Compare(StoreSnapshot snapshot, List<Finding> findings)
        {
            foreach ((RecordKey key, VersionedRecord record) in _auditor!.Records.Records)
            {
                byte[] row = RecordCodec.Encode(record);
                Add(StoreKeys.State, key.ToBytes(), row);
                byte[] leaf = new byte[StoreKeys.MapLeafKeyBytes];
                StoreKeys.WriteMapLeafKey(SHA256.HashData(key.ToBytes()), leaf);
                Add(StoreKeys.Map, leaf, SHA256.HashData([.. row[..sizeof(long)], .. row[RecordCodec.HeaderBytes..]]));
            }

            foreach (IndexKey key in _auditor.Records.Indexes)
            {
                Add(StoreKeys.Indexes, key.ToBytes(), []);
            }

            foreach (string family in (string[])[StoreKeys.Tiles, .. StoreKeys.Derived])
            {
                Compare(family, snapshot.Everything(family), findings);
            }
        }

        private void Compare(string family, IEnumerable<(byte[] Key, byte[] Value)> stored, List<Finding> findings)
        {
            Dictionary<string, byte[]> expected = _rows[family];
            foreach ((byte[] key, byte[] value) in stored)
            {
                string name = Convert.ToHexStringLower(key);
                if (!expected.Remove(name, out byte[]? wanted))
                {
                    if (IsFlushing(family, name, value))
                    {
                        continue;
                    }

                    findings.Add(NotCalledFor(family, key));
                }
                else if (!value.AsSpan().SequenceEqual(wanted) && !IsFlushing(family, name, value))
                {
                    findings.Add(new Finding(-1, $"{family}: the row {name} is not what the log says"));
                }
            }

            foreach (string name in expected.Keys)
            {
                findings.Add(new Finding(-1, $"{family}: the row {name} is missing"));
            }
        }

        private void Add(AppliedBatch batch)
        {
            foreach (RecordChange change in batch.State.Superseded)
            {
                VersionedRecord before = change.Before!;
                byte[] key = StoreKeys.VersionKey(change.Key.ToBytes(), before.TimeMs, before.Index);
                byte[] next = new byte[2 * StoreKeys.NumberBytes];
                StoreKeys.WriteNumber(change.After.Index, next);
                StoreKeys.WriteNumber(change.After.TimeMs, next.AsSpan(StoreKeys.NumberBytes));
                Add(StoreKeys.Versions, key, [.. next, .. RecordCodec.Encode(before)]);
            }

            foreach (AppliedOperation operation in batch.Operations)
            {
                byte[] key = new byte[StoreKeys.OperationIdKeyBytes];
                byte[] value = new byte[StoreKeys.NumberBytes];
                StoreKeys.WriteOperationIdKey(operation.Operation.Id.Span, key);
                StoreKeys.WriteNumber(operation.Index, value);
                Add(StoreKeys.Indexes, key, value);
            }

            foreach ((long index, EntryEvents events) in batch.State.Events)
            {
                byte[] key = new byte[StoreKeys.NumberBytes];
                StoreKeys.WriteNumber(index, key);
                Add(StoreKeys.Events, key, events.ToByteArray());
            }

            AddMap(batch.Map, batch.Written.Leaves);
        }

        // The nodes of the version that was flushed, and which leaves each batch changed since.
        private void AddMap(StateMap map, ReadOnlySpan<MapLeaf> changed)
        {
            if (map.Version > _mapFlushed)
            {
                List<byte> keys = [];
                foreach (MapLeaf leaf in changed)
                {
                    keys.AddRange(leaf.KeyHash);
                }

                Add(StoreKeys.Map, StoreKeys.MapChangesKey(map.Version), [.. keys]);
            }

            if (map.Version == _mapFlushed)
            {
                AddNodes(map, StoreKeys.MapFlushed, _rows[StoreKeys.Map]);
            }
            else if (map.Version == _mapFlushing)
            {
                AddNodes(map, StoreKeys.MapFlushing, _flushing);
            }
        }

        private static void AddNodes(StateMap map, ReadOnlySpan<byte> mark, Dictionary<string, byte[]> rows)
        {
            foreach (MapRow node in map.Rows(after: -1))
            {
                rows.Add(Convert.ToHexStringLower(StoreKeys.MapNodeKey(node.Path, node.Depth)), node.Row);
            }

            byte[] version = new byte[StoreKeys.NumberBytes];
            StoreKeys.WriteNumber(map.Version, version);
            rows.Add(Convert.ToHexStringLower(mark), version);
        }

        private bool IsFlushing(string family, string name, byte[] value) =>
            family == StoreKeys.Map
            && _flushing.TryGetValue(name, out byte[]? node)
            && value.AsSpan().SequenceEqual(node);

        private void Add(string family, byte[] key, byte[] value) =>
            _rows[family].Add(Convert.ToHexStringLower(key), value);

        private byte[] ReadTile(int level, long number)
        {
            byte[] key = new byte[StoreKeys.TileKeyBytes];
            StoreKeys.WriteTileKey(level, number, key);
            return _rows[StoreKeys.Tiles][Convert.ToHexStringLower(key)];
        }
    }
}
