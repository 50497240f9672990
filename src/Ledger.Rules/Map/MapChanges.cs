using System.Buffers.Binary;
using Ledger.Crypto;
using Ledger.Rules.State;

namespace Ledger.Rules.Map;

/// <summary>The records that a batch wrote as the state map takes them: encoded once, hashed together.</summary>
public sealed class MapChanges
{
    /// <summary>A batch that wrote nothing.</summary>
    public static readonly MapChanges None = new([], []);

    private readonly MapLeaf[] _leaves;

    private MapChanges(IReadOnlyList<WrittenRecord> records, MapLeaf[] leaves)
    {
        Records = records;
        _leaves = leaves;
    }

    /// <summary>Each record that was written, as the batch leaves it.</summary>
    public IReadOnlyList<WrittenRecord> Records { get; }

    /// <summary>Their leaves, in the order of the keys' hashes.</summary>
    public ReadOnlySpan<MapLeaf> Leaves => _leaves;

    /// <summary>Encodes and hashes records.</summary>
    /// <param name="records">Each key once.</param>
    public static MapChanges Of(IReadOnlyCollection<KeyValuePair<RecordKey, VersionedRecord>> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        WrittenRecord[] written = new WrittenRecord[records.Count];
        int[] keyLengths = new int[written.Length];
        int[] valueLengths = new int[written.Length];
        int i = 0;
        foreach ((RecordKey key, VersionedRecord record) in records)
        {
            keyLengths[i] = key.CountBytes();
            valueLengths[i++] = MapValue.Bytes(record);
        }

        byte[] keys = new byte[keyLengths.Sum()];
        byte[] values = new byte[valueLengths.Sum()];
        i = 0;
        int keyAt = 0;
        int valueAt = 0;
        foreach ((RecordKey key, VersionedRecord record) in records)
        {
            Memory<byte> keyBytes = keys.AsMemory(keyAt, keyLengths[i]);
            Memory<byte> value = values.AsMemory(valueAt, valueLengths[i]);
            key.Write(keyBytes.Span);
            MapValue.Write(record, value.Span);
            written[i] = new WrittenRecord(key, record, keyBytes, value);
            keyAt += keyLengths[i];
            valueAt += valueLengths[i++];
        }

        return new MapChanges(written, Hash(keys, keyLengths, values, valueLengths));
    }

    private static MapLeaf[] Hash(byte[] keys, int[] keyLengths, byte[] values, int[] valueLengths)
    {
        byte[] keyHashes = new byte[keyLengths.Length * MapHash.HashBytes];
        byte[] valueHashes = new byte[valueLengths.Length * MapHash.HashBytes];
        MapHash.HashMany(keys, keyLengths, keyHashes);
        MapHash.HashMany(values, valueLengths, valueHashes);
        MapLeaf[] leaves = new MapLeaf[keyLengths.Length];
        for (int i = 0; i < leaves.Length; i++)
        {
            int at = i * MapHash.HashBytes;
            leaves[i] = new MapLeaf(keyHashes.AsSpan(at, MapHash.HashBytes), valueHashes.AsSpan(at, MapHash.HashBytes));
        }

        leaves.AsSpan().Sort(MapLeaf.Compare);
        return leaves;
    }
}

/// <summary>A record that a batch wrote, encoded.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Version">The record.</param>
/// <param name="KeyBytes">The key as it is stored and hashed.</param>
/// <param name="Value">The value as it is hashed, see <see cref="MapValue"/>.</param>
public readonly record struct WrittenRecord(
    RecordKey Key,
    VersionedRecord Version,
    ReadOnlyMemory<byte> KeyBytes,
    ReadOnlyMemory<byte> Value
)
{
    /// <summary>Length of the record as it is stored.</summary>
    public int RowBytes => Value.Length - MapValue.IndexBytes + RecordCodec.HeaderBytes;

    /// <summary>Writes the record as it is stored, see <see cref="RecordCodec"/>.</summary>
    /// <param name="destination"><see cref="RowBytes"/> bytes.</param>
    public void WriteRow(Span<byte> destination)
    {
        Value.Span[..MapValue.IndexBytes].CopyTo(destination);
        BinaryPrimitives.WriteInt64BigEndian(destination[MapValue.IndexBytes..], Version.TimeMs);
        Value.Span[MapValue.IndexBytes..].CopyTo(destination[RecordCodec.HeaderBytes..]);
    }
}
