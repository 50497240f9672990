using System.Buffers.Binary;
using Ledger.Crypto;

namespace Ledger.Store;

/// <summary>Where the log stands, stored with every batch: enough to go on, and to notice that a store is not whole.</summary>
/// <param name="Size">Entries, the last of which is a seal.</param>
/// <param name="TimeMs">Time of the last batch, Unix milliseconds.</param>
/// <param name="Height">Batches so far.</param>
/// <param name="SealHash">SHA-256 of the last seal's entry bytes, 32 bytes.</param>
/// <param name="CompactRange">Hashes of the perfect subtrees of the tree, largest first.</param>
internal sealed record StoredHead(long Size, long TimeMs, long Height, byte[] SealHash, byte[] CompactRange)
{
    /// <summary>Before the first batch.</summary>
    public static readonly StoredHead Empty = new(0, 0, 0, new byte[MerkleHash.HashBytes], []);

    /// <summary>Three 8-byte numbers, the seal hash, the compact range.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[24 + MerkleHash.HashBytes + CompactRange.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Size);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), TimeMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), Height);
        SealHash.CopyTo(bytes.AsSpan(24));
        CompactRange.CopyTo(bytes.AsSpan(24 + MerkleHash.HashBytes));
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="StoreException">The bytes are not a head.</exception>
    public static StoredHead Decode(ReadOnlySpan<byte> bytes)
    {
        int fixedBytes = 24 + MerkleHash.HashBytes;
        if (bytes.Length < fixedBytes || (bytes.Length - fixedBytes) % MerkleHash.HashBytes != 0)
        {
            throw new StoreException(
                "The store's head record is damaged. Restore a backup or copy the log from a peer."
            );
        }

        return new StoredHead(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[16..]),
            bytes[24..fixedBytes].ToArray(),
            bytes[fixedBytes..].ToArray()
        );
    }
}
