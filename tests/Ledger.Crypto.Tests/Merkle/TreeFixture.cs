using System.Text;
using Ledger.Crypto.Tests.Reference;

namespace Ledger.Crypto.Tests.Merkle;

/// <summary>A small tree, with what the reference says of it computed once.</summary>
public sealed class TreeFixture
{
    /// <summary>The greatest size that is proved.</summary>
    public const int SizeMax = 130;

    /// <summary>Twice as many entries are known, so that a size can be mistaken for its double.</summary>
    public const int EntriesMax = 2 * SizeMax;

    public TreeFixture()
    {
        Entries = [.. Enumerable.Range(0, EntriesMax).Select(i => Encoding.ASCII.GetBytes($"entry {i}"))];
        Roots = [.. Enumerable.Range(0, EntriesMax + 1).Select(size => Rfc9162.Mth(Entries.AsSpan(0, size)))];
        LeafHashes = [.. Entries.Take(SizeMax).SelectMany(e => Rfc9162.Mth([e]))];
        Nodes = new ReferenceNodes(this);
    }

    public byte[][] Entries { get; }

    /// <summary>The root of each size, from 0 on.</summary>
    public byte[][] Roots { get; }

    /// <summary>The leaf hashes of the first 130 entries, one after the other.</summary>
    public byte[] LeafHashes { get; }

    public ReferenceNodes Nodes { get; }

    public ReadOnlySpan<byte> LeafHash(int index) => LeafHashes.AsSpan(32 * index, 32);

    /// <summary>Nodes as the reference computes them; refuses subtrees that reach past a size.</summary>
    public sealed class ReferenceNodes(TreeFixture tree) : IMerkleNodes
    {
        private readonly Dictionary<(int, long), byte[]> _known = [];

        /// <summary>The size beyond which nothing may be asked for.</summary>
        public long Size { get; set; } = SizeMax;

        public void Node(int level, long index, Span<byte> destination)
        {
            Assert.InRange((index + 1) << level, 1, Size);
            if (!_known.TryGetValue((level, index), out byte[]? hash))
            {
                hash = Rfc9162.Mth(tree.Entries.AsSpan((int)(index << level), 1 << level));
                _known.Add((level, index), hash);
            }
            hash.CopyTo(destination);
        }
    }
}
