using System.Text.Json;
using Ledger.Crypto.Tests.Reference;

namespace Ledger.Crypto.Tests.Merkle;

public sealed class InclusionProofTests(TreeFixture tree) : IClassFixture<TreeFixture>
{
    [Fact]
    public void Prove_EveryIndexOfEverySize_IsReferencePathAndVerifies()
    {
        byte[] proof = new byte[MerkleHash.ProofHashesMax * 32];
        for (int size = 1; size <= TreeFixture.SizeMax; size++)
        {
            tree.Nodes.Size = size;
            for (int index = 0; index < size; index++)
            {
                int bytes = InclusionProof.Prove(tree.Nodes, index, size, proof);

                Assert.Equal(Rfc9162.Path(index, tree.Entries.AsSpan(0, size)).SelectMany(h => h), proof.Take(bytes));
                Assert.Equal(bytes, 32 * InclusionProof.Count(index, size));
                Assert.True(Verify(index, size, proof.AsSpan(0, bytes)), $"index {index} of {size}");
            }
        }
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsFalse()
    {
        foreach ((int index, int size) in (ReadOnlySpan<(int, int)>)[(0, 1), (0, 8), (5, 7), (64, 65), (77, 130)])
        {
            byte[] leaf = tree.LeafHash(index).ToArray();
            byte[] root = [.. tree.Roots[size]];
            byte[] proof = Prove(index, size);
            foreach (byte[] part in (byte[][])[leaf, root, proof])
            {
                for (int bit = 0; bit < part.Length * 8; bit++)
                {
                    part[bit / 8] ^= (byte)(1 << (bit % 8));
                    Assert.False(
                        InclusionProof.Verify(index, size, leaf, proof, root),
                        $"{index} of {size}, bit {bit}"
                    );
                    part[bit / 8] ^= (byte)(1 << (bit % 8));
                }
            }
            Assert.True(InclusionProof.Verify(index, size, leaf, proof, root));
        }
    }

    [Fact]
    public void Verify_HashAddedDroppedOrCut_IsFalse()
    {
        for (int size = 1; size <= TreeFixture.SizeMax; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[] proof = Prove(index, size);
                for (int at = 0; at <= proof.Length; at += 32)
                {
                    Assert.False(Verify(index, size, [.. proof[..at], .. tree.Roots[size], .. proof[at..]]));
                    Assert.False(Verify(index, size, [.. proof[..at], .. tree.LeafHash(index), .. proof[at..]]));
                }
                for (int at = 0; at < proof.Length; at += 32)
                {
                    Assert.False(Verify(index, size, [.. proof[..at], .. proof[(at + 32)..]]));
                }
                Assert.False(Verify(index, size, [.. proof, 0]));
                Assert.False(proof.Length > 0 && Verify(index, size, proof.AsSpan(1)));
            }
        }
    }

    [Fact]
    public void Verify_MoreHashesThanLevelsUpToAFittingRoot_IsFalse()
    {
        // A node put above the true root makes a root that the longer proof leads to, but not a tree of this size.
        byte[] above = new byte[32];
        for (int size = 1; size <= 20; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[] longer = [.. Prove(index, size), .. tree.Roots[3]];
                MerkleHash.HashNode(tree.Roots[3], tree.Roots[size], above);
                Assert.False(InclusionProof.Verify(index, size, tree.LeafHash(index), longer, above));
                MerkleHash.HashNode(tree.Roots[size], tree.Roots[3], above);
                Assert.False(InclusionProof.Verify(index, size, tree.LeafHash(index), longer, above));
            }
        }
    }

    [Fact]
    public void Verify_AnotherIndex_IsFalse()
    {
        for (int size = 1; size <= 70; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[] proof = Prove(index, size);
                for (int other = -1; other <= size; other++)
                {
                    bool valid = InclusionProof.Verify(other, size, tree.LeafHash(index), proof, tree.Roots[size]);
                    Assert.True(valid == (other == index), $"{index} of {size} as {other}");
                }
            }
        }
    }

    [Fact]
    public void Verify_AnotherSizeWithItsRoot_IsFalse()
    {
        for (int size = 1; size <= TreeFixture.SizeMax; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[] proof = Prove(index, size);
                foreach (int other in (ReadOnlySpan<int>)[size - 1, size + 1, size * 2, size / 2, 0, -size])
                {
                    byte[] root = tree.Roots[Math.Max(other, 0)];
                    bool valid = InclusionProof.Verify(index, other, tree.LeafHash(index), proof, root);
                    Assert.True(valid == (other == size), $"{index} of {size} as of {other}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MinValue, long.MaxValue)]
    [InlineData(0, long.MinValue)]
    [InlineData(-1, long.MinValue)]
    [InlineData(0, long.MaxValue)]
    [InlineData(long.MaxValue - 1, long.MaxValue)]
    public void Verify_ExtremeIndexAndSize_IsFalse(long index, long size)
    {
        for (int hashes = 0; hashes <= MerkleHash.ProofHashesMax + 2; hashes++)
        {
            Assert.False(InclusionProof.Verify(index, size, new byte[32], new byte[32 * hashes], new byte[32]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Verify_LeafHashOrRootOfAnotherLength_IsFalse(int length)
    {
        byte[] hash = new byte[length];
        Assert.False(InclusionProof.Verify(0, 1, hash, [], hash));
        Assert.False(InclusionProof.Verify(0, 1, hash, [], new byte[32]));
        Assert.False(InclusionProof.Verify(0, 1, new byte[32], [], hash));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    public void Prove_NoSuchEntry_Throws(long index, long size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InclusionProof.Prove(tree.Nodes, index, size, new byte[2048]));

    [Fact]
    public void Prove_SpanTooShort_Throws() =>
        Assert.Throws<ArgumentException>(() => InclusionProof.Prove(tree.Nodes, 5, 8, new byte[95]));

    [Fact]
    public void Count_TallestTree_Is63() => Assert.Equal(63, InclusionProof.Count(0, long.MaxValue));

    [Fact]
    public void Verify_TallestTree_FollowsTheProver()
    {
        // No tree is this tall, but its nodes can be invented: every leaf is the same, so every level has one hash.
        UniformNodes nodes = new();
        byte[] root = new byte[32];
        CompactRange.FromNodes(nodes, long.MaxValue).Root(root);
        byte[] proof = new byte[2048];
        foreach (long index in (ReadOnlySpan<long>)[0, 1, 1L << 62, (1L << 62) - 1, long.MaxValue - 1])
        {
            int bytes = InclusionProof.Prove(nodes, index, long.MaxValue, proof);
            Assert.True(InclusionProof.Verify(index, long.MaxValue, nodes.Leaf, proof.AsSpan(0, bytes), root));
            Assert.False(InclusionProof.Verify(index, long.MaxValue, nodes.Leaf, proof.AsSpan(0, bytes - 32), root));
            Assert.False(InclusionProof.Verify(index, long.MaxValue, nodes.Leaf, proof.AsSpan(0, bytes + 32), root));
        }
    }

    [Fact]
    public void Verify_PublishedProbes_AgreesWithEach()
    {
        int count = 0;
        foreach (string path in Probes.Files("inclusion"))
        {
            JsonElement probe = Probes.Read(path);
            bool valid =
                Probes.TryJoin(probe.GetProperty("proof"), out byte[] proof)
                && InclusionProof.Verify(
                    Probes.Number(probe, "leafIdx"),
                    Probes.Number(probe, "treeSize"),
                    Probes.Bytes(probe, "leafHash"),
                    proof,
                    Probes.Bytes(probe, "root")
                );
            Assert.True(valid != probe.GetProperty("wantErr").GetBoolean(), path);
            count++;
        }
        Assert.Equal(98, count);
    }

    private byte[] Prove(int index, int size)
    {
        tree.Nodes.Size = size;
        byte[] proof = new byte[32 * InclusionProof.Count(index, size)];
        Assert.Equal(proof.Length, InclusionProof.Prove(tree.Nodes, index, size, proof));
        return proof;
    }

    private bool Verify(int index, int size, ReadOnlySpan<byte> proof) =>
        InclusionProof.Verify(index, size, tree.LeafHash(index), proof, tree.Roots[size]);
}
