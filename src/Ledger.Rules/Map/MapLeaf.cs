using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Ledger.Crypto;

namespace Ledger.Rules.Map;

/// <summary>What the map holds under one key: the hash of the key and the hash of the value, 32 bytes each.</summary>
[InlineArray(MapHash.LeafBytes)]
public struct MapLeaf
{
    private byte _first;

    /// <summary>A leaf.</summary>
    /// <param name="keyHash">32 bytes.</param>
    /// <param name="valueHash">32 bytes.</param>
    public MapLeaf(ReadOnlySpan<byte> keyHash, ReadOnlySpan<byte> valueHash)
    {
        keyHash.CopyTo(((Span<byte>)this)[..MapHash.HashBytes]);
        valueHash.CopyTo(((Span<byte>)this)[MapHash.HashBytes..]);
    }

    /// <summary>Both hashes, that of the key first.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Bytes => this;

    /// <summary>SHA-256 of the key.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> KeyHash => Bytes[..MapHash.HashBytes];

    /// <summary>SHA-256 of the value.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> ValueHash => Bytes[MapHash.HashBytes..];

    /// <summary>The order of paths.</summary>
    internal static int Compare(MapLeaf one, MapLeaf other) => one.KeyHash.SequenceCompareTo(other.KeyHash);
}
