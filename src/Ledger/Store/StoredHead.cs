using System.Buffers.Binary;
using Ledger.Crypto;
using Ledger.Rules;

namespace Ledger.Store;

/// <summary>Where the log stands, stored with every batch: enough to go on, and to notice that a store is not whole.</summary>
/// <param name="Chain">Where the chain of batches stands.</param>
/// <param name="StateRoot">Root of the state map, 32 bytes.</param>
/// <param name="CompactRange">Hashes of the perfect subtrees of the tree, largest first.</param>
internal sealed record StoredHead(ChainHead Chain, ReadOnlyMemory<byte> StateRoot, byte[] CompactRange)
{
    private const int SealHashAt = 3 * sizeof(long);
    private const int StateRootAt = SealHashAt + MerkleHash.HashBytes;
    private const int FixedBytes = StateRootAt + MerkleHash.HashBytes;

    /// <summary>Before the first batch.</summary>
    public static readonly StoredHead Empty = new(ChainHead.Empty, MapHash.Empty.ToArray(), []);

    /// <summary>Size, time and height in 8 bytes each, the seal hash, the state root, the compact range.</summary>
    public byte[] Encode()
    {
        byte[] bytes = new byte[FixedBytes + CompactRange.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Chain.Size);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), Chain.TimeMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), Chain.Height);
        Chain.SealHash.Span.CopyTo(bytes.AsSpan(SealHashAt));
        StateRoot.Span.CopyTo(bytes.AsSpan(StateRootAt));
        CompactRange.CopyTo(bytes.AsSpan(FixedBytes));
        return bytes;
    }

    /// <summary>As heads were encoded before they named the state root.</summary>
    public byte[] EncodeWithoutStateRoot()
    {
        byte[] bytes = Encode();
        return [.. bytes[..StateRootAt], .. bytes[FixedBytes..]];
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="StoreException">The bytes are not a head.</exception>
    public static StoredHead Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes || (bytes.Length - FixedBytes) % MerkleHash.HashBytes != 0)
        {
            throw new StoreException($"The store's head record is damaged. {StoreException.Remedy}");
        }

        ChainHead chain = new(
            Size: BinaryPrimitives.ReadInt64BigEndian(bytes),
            Height: BinaryPrimitives.ReadInt64BigEndian(bytes[16..]),
            TimeMs: BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            SealHash: bytes[SealHashAt..StateRootAt].ToArray()
        );
        return new StoredHead(chain, bytes[StateRootAt..FixedBytes].ToArray(), bytes[FixedBytes..].ToArray());
    }
}
