using System.Buffers.Binary;
using System.Numerics;
using Ledger.Crypto;

namespace Ledger.Rules.Map;

/// <summary>
/// Four levels of the map's tree at once: sixteen places, one for each half byte that may follow the node's path, and the nodes
/// between them and this one. What is in a place is nothing, a leaf, or a node of the same kind; a node that is not the root has
/// two leaves below it at least. Never changed once its <see cref="MapUpdate"/> is done, but that a child may come into memory.
/// </summary>
/// <remarks>
/// The levels are a heap: position 1 is the node itself, 2p and 2p + 1 are the halves of p, 16 to 31 are the places. A position with
/// nothing below it is the empty subtree, one with a single leaf below it is that leaf: neither has a hash of its own, and most
/// nodes are deep ones with a few leaves, so that only the hashes that there are take room.
/// </remarks>
internal sealed class MapNode
{
    /// <summary>Places of a node.</summary>
    public const int Places = 16;

    /// <summary>A node with at most so many leaves below it is not kept: it is made again from its leaves.</summary>
    public const int LeavesUnkeptMax = 32;

    private const int LeavesStep = 2;
    private const int BitmapBytes = 2 * sizeof(ushort);

    // Positions from 2 to 31 that have a hash of their own, a bit each, and those hashes in order. Of a node that is being changed they
    // are the earlier node's, until it is settled.
    private uint _hashed;
    private byte[] _hashes;

    // Those in the places, in order, with room for more.
    private MapLeaf[] _leaves;

    // By place; null where there is no node or it is not in memory. Empty when no place has a node.
    private MapNode?[] _children;

    private MapNode(long version, uint hashed, byte[] hashes, MapLeaf[] leaves, MapNode?[] children)
    {
        Version = version;
        _hashed = hashed;
        _hashes = hashes;
        _leaves = leaves;
        _children = children;
    }

    /// <summary>A node with nothing below it.</summary>
    /// <param name="version">Version of the map that it is made for.</param>
    public MapNode(long version)
        : this(version, 0, [], [], []) { }

    /// <summary>Version of the map that this node was made for; 0: it was read.</summary>
    public long Version { get; }

    /// <summary>Leaves below it, or one more than <see cref="LeavesUnkeptMax"/> when there are more.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it has so many leaves below it that it is kept.</summary>
    public bool IsKept => Count > LeavesUnkeptMax;

    /// <summary>Places with a leaf, a bit each.</summary>
    public ushort Leaves { get; private set; }

    /// <summary>Places with a node, a bit each.</summary>
    public ushort Nodes { get; private set; }

    /// <summary>Places with anything, a bit each.</summary>
    public ushort Taken => (ushort)(Leaves | Nodes);

    /// <summary>The half byte that follows a path of a length.</summary>
    public static int PlaceOf(ReadOnlySpan<byte> keyHash, int depth) =>
        (depth & 1) == 0 ? keyHash[depth >> 1] >> 4 : keyHash[depth >> 1] & 15;

    /// <summary>The places below a position, a bit each.</summary>
    public static ushort PlacesBelow(int position)
    {
        int row = BitOperations.Log2((uint)position);
        int width = Places >> row;
        int first = (position - (1 << row)) * width;
        return (ushort)(((1 << width) - 1) << first);
    }

    /// <summary>The node with the same below it, to be changed for a version and then settled.</summary>
    public MapNode Copy(long version)
    {
        MapNode?[] children = new MapNode?[_children.Length];
        for (int i = 0; i < children.Length; i++)
        {
            children[i] = Volatile.Read(ref _children[i]);
        }

        return new MapNode(version, _hashed, _hashes, [.. _leaves], children)
        {
            Leaves = Leaves,
            Nodes = Nodes,
            Count = Count,
        };
    }

    /// <summary>The same node with other children in memory.</summary>
    /// <param name="children">By place.</param>
    public MapNode With(MapNode?[] children) =>
        new(Version, _hashed, _hashes, _leaves, children)
        {
            Leaves = Leaves,
            Nodes = Nodes,
            Count = Count,
        };

    /// <summary>
    /// Makes room for the hashes of what is below it now, before they are made. Those that it had come along: of what did not change
    /// they are right.
    /// </summary>
    public void Settle()
    {
        uint hashed = PositionsHashed();
        byte[] hashes = new byte[BitOperations.PopCount(hashed) * MapHash.HashBytes];
        if (hashed == _hashed)
        {
            _hashes.CopyTo(hashes, 0);
        }
        else
        {
            for (uint both = hashed & _hashed; both != 0; both &= both - 1)
            {
                int position = BitOperations.TrailingZeroCount(both);
                HashIn(_hashes, _hashed, position).CopyTo(HashIn(hashes, hashed, position));
            }
        }

        _hashed = hashed;
        _hashes = hashes;
    }

    /// <summary>The hash at a position from 2 to 31.</summary>
    public ReadOnlySpan<byte> Hash(int position) =>
        (_hashed & (1u << position)) != 0 ? HashIn(_hashes, _hashed, position)
        : OnlyLeaf(position) is >= 0 and var place ? HashIn(_hashes, _hashed, Places + place)
        : MapHash.Empty;

    /// <summary>Where the hash at a position goes that has one of its own: a taken place, or one with two leaves below it at least.</summary>
    public Span<byte> OwnHash(int position) => HashIn(_hashes, _hashed, position);

    /// <summary>Whether a position has nothing below it.</summary>
    public bool IsEmpty(int position) => (Taken & PlacesBelow(position)) == 0;

    /// <summary>The place of the only leaf below a position; -1 when there is nothing, or more.</summary>
    public int OnlyLeaf(int position)
    {
        int taken = Taken & PlacesBelow(position);
        return BitOperations.IsPow2(taken) && (taken & Leaves) != 0 ? BitOperations.TrailingZeroCount(taken) : -1;
    }

    /// <summary>The leaf in a place that has one.</summary>
    public ref readonly MapLeaf Leaf(int place) => ref _leaves[LeafIndex(place)];

    /// <summary>The node in a place, if it is in memory.</summary>
    public MapNode? Child(int place) => _children.Length == 0 ? null : Volatile.Read(ref _children[place]);

    /// <summary>Keeps the node in a place in memory.</summary>
    public void Remember(int place, MapNode child)
    {
        if (_children.Length == 0)
        {
            Interlocked.CompareExchange(ref _children, new MapNode?[Places], _children);
        }

        Volatile.Write(ref _children[place], child);
    }

    /// <summary>Puts a leaf into a place that has nothing, or a leaf of the same key.</summary>
    public void Put(int place, in MapLeaf leaf)
    {
        int index = LeafIndex(place);
        int bit = 1 << place;
        if ((Leaves & bit) == 0)
        {
            int count = BitOperations.PopCount(Leaves);
            if (count == _leaves.Length)
            {
                Array.Resize(ref _leaves, count + LeavesStep);
            }

            _leaves.AsSpan(index, count - index).CopyTo(_leaves.AsSpan(index + 1));
            Leaves = (ushort)(Leaves | bit);
            Grow(1);
        }

        _leaves[index] = leaf;
    }

    /// <summary>Puts a node into a place, whatever was there.</summary>
    /// <param name="place">The place.</param>
    /// <param name="child">The node.</param>
    /// <param name="more">How many leaves more are below it than were in the place.</param>
    public void Put(int place, MapNode child, int more)
    {
        int bit = 1 << place;
        if ((Leaves & bit) != 0)
        {
            int index = LeafIndex(place);
            _leaves.AsSpan(index + 1).CopyTo(_leaves.AsSpan(index));
            Leaves = (ushort)(Leaves & ~bit);
        }

        if (_children.Length == 0)
        {
            _children = new MapNode?[Places];
        }

        _children[place] = child;
        Nodes = (ushort)(Nodes | bit);
        Grow(more);
    }

    /// <summary>
    /// The node as it is kept: places with a leaf (2 bytes, big-endian, the lowest bit the first place), places with a node (likewise),
    /// then for each taken place in order its leaf (64 bytes) or its node's hash (32 bytes).
    /// </summary>
    public byte[] Encode()
    {
        int leaves = BitOperations.PopCount(Leaves);
        int nodes = BitOperations.PopCount(Nodes);
        byte[] row = new byte[BitmapBytes + (leaves * MapHash.LeafBytes) + (nodes * MapHash.HashBytes)];
        BinaryPrimitives.WriteUInt16BigEndian(row, Leaves);
        BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(sizeof(ushort)), Nodes);
        Span<byte> rest = row.AsSpan(BitmapBytes);
        for (int place = 0; place < Places; place++)
        {
            ReadOnlySpan<byte> part =
                (Leaves & (1 << place)) != 0 ? Leaf(place).Bytes
                : (Nodes & (1 << place)) != 0 ? Hash(Places + place)
                : [];
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        return row;
    }

    /// <summary>Reads a kept node; the hashes of its leaves and between the levels are still to be made.</summary>
    /// <param name="row">What <see cref="Encode"/> gave.</param>
    /// <param name="version">Version of the map that it is read for; 0: it is as it was.</param>
    /// <exception cref="FormatException">It is no such row: what was kept is damaged.</exception>
    public static MapNode Decode(ReadOnlySpan<byte> row, long version)
    {
        if (row.Length < BitmapBytes)
        {
            throw Damaged();
        }

        int leaves = BinaryPrimitives.ReadUInt16BigEndian(row);
        int nodes = BinaryPrimitives.ReadUInt16BigEndian(row[sizeof(ushort)..]);
        row = row[BitmapBytes..];
        int bytes =
            (BitOperations.PopCount((uint)leaves) * MapHash.LeafBytes)
            + (BitOperations.PopCount((uint)nodes) * MapHash.HashBytes);
        if ((leaves & nodes) != 0 || row.Length != bytes)
        {
            throw Damaged();
        }

        MapNode node = new(version)
        {
            Leaves = (ushort)leaves,
            Nodes = (ushort)nodes,
            Count = LeavesUnkeptMax + 1,
        };
        node._leaves = new MapLeaf[BitOperations.PopCount((uint)leaves)];
        node.Settle();
        for (int place = 0; place < Places; place++)
        {
            if ((leaves & (1 << place)) != 0)
            {
                node._leaves[node.LeafIndex(place)] = new MapLeaf(
                    row[..MapHash.HashBytes],
                    row[MapHash.HashBytes..MapHash.LeafBytes]
                );
                row = row[MapHash.LeafBytes..];
            }
            else if ((nodes & (1 << place)) != 0)
            {
                row[..MapHash.HashBytes].CopyTo(node.OwnHash(Places + place));
                row = row[MapHash.HashBytes..];
            }
        }

        return node;
    }

    private static FormatException Damaged() => new("A node of the state map is damaged.");

    private void Grow(int more) => Count = Math.Min(Count + more, LeavesUnkeptMax + 1);

    // Taken places, and what has a node or two taken halves below it, from the places up.
    private uint PositionsHashed()
    {
        uint taken = (uint)Taken << Places;
        uint hashed = taken;
        uint branching = (uint)Nodes << Places;
        for (int position = Places - 1; position > 1; position--)
        {
            uint halves = (taken >> (2 * position)) & 3;
            if (halves != 0)
            {
                taken |= 1u << position;
                if (halves == 3 || ((branching >> (2 * position)) & 3) != 0)
                {
                    branching |= 1u << position;
                    hashed |= 1u << position;
                }
            }
        }

        return hashed;
    }

    private static Span<byte> HashIn(byte[] hashes, uint hashed, int position) =>
        hashes.AsSpan(BitOperations.PopCount(hashed & ((1u << position) - 1)) * MapHash.HashBytes, MapHash.HashBytes);

    private int LeafIndex(int place) => BitOperations.PopCount((uint)Leaves & ((1u << place) - 1));
}
