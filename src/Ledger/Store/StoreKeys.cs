using System.Buffers.Binary;
using Ledger.Protocol;

namespace Ledger.Store;

/// <summary>Column families and key layouts of the store. Numbers are big-endian, so that the order of keys is the log's order.</summary>
internal static class StoreKeys
{
    /// <summary>Version of the layout. An older one is upgraded on open, see <see cref="FormatUpgrade"/>; any other is refused.</summary>
    public const uint FormatVersion = 5;

    /// <summary>Index → entry bytes, verbatim.</summary>
    public const string Entries = "entries";

    /// <summary>Tile level (1 byte), tile number (8 bytes) → 256 hashes. Full tiles only.</summary>
    public const string Tiles = "tiles";

    /// <summary>Record key → current record.</summary>
    public const string State = "state";

    /// <summary>
    /// Record key, 0x00, time (8 bytes) and index (8 bytes) of the version → index and time of the one that followed (8
    /// bytes each), superseded record; of the kinds whose history is kept.
    /// </summary>
    public const string Versions = "versions";

    /// <summary>
    /// The authenticated state map: 'L', hash of a key → hash of its value; 'N', length of a path in half bytes (1 byte), path → node,
    /// as of the version that was flushed; 'C', version (8 bytes) → hashes of the keys that its batch changed, of the versions since;
    /// 'F' → version that was flushed; 'G' → version that is being flushed.
    /// </summary>
    public const string Map = "map";

    /// <summary>'I', operation id → index; and the lists' keys (see IndexKey) → nothing.</summary>
    public const string Indexes = "indexes";

    /// <summary>Index → what the entry did, of the entries that did something.</summary>
    public const string Events = "events";

    /// <summary>Format version, origin, log key, head, and 'c', size (8 bytes) → published checkpoint.</summary>
    public const string Meta = "meta";

    /// <summary>RocksDB's own: every database has it. Nothing is kept there.</summary>
    public const string Default = "default";

    /// <summary>All column families but RocksDB's own default one, which stays empty.</summary>
    public static readonly IReadOnlyList<string> All = [Entries, Tiles, State, Versions, Map, Indexes, Events, Meta];

    /// <summary>Column families that a store of an older format version may lack.</summary>
    public static readonly IReadOnlyList<string> Later = [Events];

    /// <summary>Column families that follow from the entries: a store can lose them all and have them back.</summary>
    public static readonly IReadOnlyList<string> Derived = [State, Versions, Map, Indexes, Events];

    /// <summary>Length of an index, size or time as a key or value, in bytes.</summary>
    public const int NumberBytes = sizeof(long);

    /// <summary>Length of a tile's key, in bytes.</summary>
    public const int TileKeyBytes = 1 + NumberBytes;

    /// <summary>Length of a full tile, in bytes.</summary>
    public const int TileBytes = 256 * Limits.HashBytes;

    /// <summary>Length of an operation id's key, in bytes.</summary>
    public const int OperationIdKeyBytes = 1 + Limits.HashBytes;

    /// <summary>Length of the key of a leaf of the state map, in bytes.</summary>
    public const int MapLeafKeyBytes = 1 + Limits.HashBytes;

    /// <summary>Length of a checkpoint's key, in bytes.</summary>
    public const int CheckpointKeyBytes = 1 + NumberBytes;

    /// <summary>Format version, 4 bytes.</summary>
    public static ReadOnlySpan<byte> Format => "format"u8;

    /// <summary>Origin of the log, UTF-8.</summary>
    public static ReadOnlySpan<byte> Origin => "origin"u8;

    /// <summary>Verifier key of the log, text.</summary>
    public static ReadOnlySpan<byte> LogKey => "log-key"u8;

    /// <summary>The tree's head, see <see cref="StoredHead"/>.</summary>
    public static ReadOnlySpan<byte> Head => "head"u8;

    /// <summary>Entries of a log that was followed, 8 bytes; a log that was decided here from its start on has no such row.</summary>
    public static ReadOnlySpan<byte> Followed => "followed"u8;

    /// <summary>Writes a number as a key or value.</summary>
    public static void WriteNumber(long number, Span<byte> destination) =>
        BinaryPrimitives.WriteInt64BigEndian(destination, number);

    /// <summary>Reads a number from a key or value that holds nothing else.</summary>
    /// <exception cref="StoreException">It is of another length: this program did not write it so.</exception>
    public static long ReadNumber(ReadOnlySpan<byte> source) =>
        source.Length == NumberBytes
            ? BinaryPrimitives.ReadInt64BigEndian(source)
            : throw new StoreException(
                $"The store has {Convert.ToHexStringLower(source)} where a number of {NumberBytes} bytes must be. {StoreException.Remedy}"
            );

    /// <summary>Writes the key of a tile.</summary>
    public static void WriteTileKey(int level, long number, Span<byte> destination)
    {
        destination[0] = (byte)level;
        WriteNumber(number, destination[1..]);
    }

    /// <summary>Writes the key of an operation id.</summary>
    public static void WriteOperationIdKey(ReadOnlySpan<byte> operationId, Span<byte> destination)
    {
        destination[0] = (byte)'I';
        operationId.CopyTo(destination[1..]);
    }

    /// <summary>Version of the state map whose nodes are written, 8 bytes.</summary>
    public static ReadOnlySpan<byte> MapFlushed => "F"u8;

    /// <summary>Version of the state map whose nodes are being written, 8 bytes; not there otherwise.</summary>
    public static ReadOnlySpan<byte> MapFlushing => "G"u8;

    /// <summary>What the keys of the leaves of the state map start with.</summary>
    public const byte MapLeafMark = (byte)'L';

    /// <summary>What the keys of rows with the changes of the state map start with.</summary>
    public const byte MapChangesMark = (byte)'C';

    /// <summary>Writes the key of a leaf of the state map.</summary>
    public static void WriteMapLeafKey(ReadOnlySpan<byte> keyHash, Span<byte> destination)
    {
        destination[0] = MapLeafMark;
        keyHash.CopyTo(destination[1..]);
    }

    /// <summary>The key of a node of the state map.</summary>
    /// <param name="path">A hash that begins with its path.</param>
    /// <param name="depth">Length of the path, in half bytes.</param>
    public static byte[] MapNodeKey(ReadOnlySpan<byte> path, int depth)
    {
        byte[] key = [(byte)'N', (byte)depth, .. path[..((depth + 1) / 2)]];
        if ((depth & 1) != 0)
        {
            key[^1] &= 0xf0;
        }

        return key;
    }

    /// <summary>The key of the row with the changes of a version of the state map.</summary>
    public static byte[] MapChangesKey(long version)
    {
        byte[] key = new byte[1 + NumberBytes];
        key[0] = MapChangesMark;
        WriteNumber(version, key.AsSpan(1));
        return key;
    }

    /// <summary>Writes the key of a published checkpoint.</summary>
    public static void WriteCheckpointKey(long size, Span<byte> destination)
    {
        destination[0] = (byte)'c';
        WriteNumber(size, destination[1..]);
    }

    /// <summary>What the keys of a record's superseded versions start with. No identifier holds a zero byte.</summary>
    public static byte[] VersionPrefix(ReadOnlySpan<byte> recordKey) => [.. recordKey, 0];

    /// <summary>
    /// The key of a superseded version: versions of one record lie side by side, oldest first. Their times ascend with their
    /// indexes, so that the newest one at a time is one seek away.
    /// </summary>
    /// <param name="recordKey">The record's key.</param>
    /// <param name="timeMs">Time of the entry that wrote the version.</param>
    /// <param name="index">Index of that entry.</param>
    public static byte[] VersionKey(ReadOnlySpan<byte> recordKey, long timeMs, long index)
    {
        byte[] key = [.. recordKey, 0, .. new byte[2 * NumberBytes]];
        WriteNumber(timeMs, key.AsSpan(recordKey.Length + 1));
        WriteNumber(index, key.AsSpan(recordKey.Length + 1 + NumberBytes));
        return key;
    }
}
