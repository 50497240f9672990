using System.Text.Json;
using Ledger.Crypto.Tests.Reference;

namespace Ledger.Crypto.Tests.Merkle;

public sealed class ConsistencyProofTests(TreeFixture tree) : IClassFixture<TreeFixture>
{
    [Fact]
    public void Prove_EveryPairOfSizes_IsReferenceProofAndVerifies()
    {
        byte[] proof = new byte[MerkleHash.ProofHashesMax * 32];
        for (int size2 = 1; size2 <= TreeFixture.SizeMax; size2++)
        {
            tree.Nodes.Size = size2;
            for (int size1 = 1; size1 <= size2; size1++)
            {
                int bytes = ConsistencyProof.Prove(tree.Nodes, size1, size2, proof);

                Assert.Equal(Rfc9162.Proof(size1, tree.Entries.AsSpan(0, size2)).SelectMany(h => h), proof.Take(bytes));
                Assert.Equal(bytes, 32 * ConsistencyProof.Count(size1, size2));
                Assert.True(Verify(size1, size2, proof.AsSpan(0, bytes)), $"{size1} to {size2}");
            }
        }
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsFalse()
    {
        foreach (
            (int size1, int size2) in (ReadOnlySpan<(int, int)>)[(1, 1), (1, 2), (4, 8), (6, 7), (65, 128), (77, 130)]
        )
        {
            byte[] root1 = [.. tree.Roots[size1]];
            byte[] root2 = [.. tree.Roots[size2]];
            byte[] proof = Prove(size1, size2);
            foreach (byte[] part in (byte[][])[root1, root2, proof])
            {
                for (int bit = 0; bit < part.Length * 8; bit++)
                {
                    part[bit / 8] ^= (byte)(1 << (bit % 8));
                    Assert.False(
                        ConsistencyProof.Verify(size1, size2, root1, root2, proof),
                        $"{size1} to {size2}, bit {bit}"
                    );
                    part[bit / 8] ^= (byte)(1 << (bit % 8));
                }
            }
            Assert.True(ConsistencyProof.Verify(size1, size2, root1, root2, proof));
        }
    }

    [Fact]
    public void Verify_HashAddedDroppedOrCut_IsFalse()
    {
        for (int size2 = 1; size2 <= TreeFixture.SizeMax; size2++)
        {
            for (int size1 = 1; size1 <= size2; size1++)
            {
                byte[] proof = Prove(size1, size2);
                for (int at = 0; at <= proof.Length; at += 32)
                {
                    Assert.False(Verify(size1, size2, [.. proof[..at], .. tree.Roots[size1], .. proof[at..]]));
                    Assert.False(Verify(size1, size2, [.. proof[..at], .. tree.Roots[size2], .. proof[at..]]));
                }
                for (int at = 0; at < proof.Length; at += 32)
                {
                    Assert.False(Verify(size1, size2, [.. proof[..at], .. proof[(at + 32)..]]));
                }
                Assert.False(Verify(size1, size2, [.. proof, 0]));
                Assert.False(proof.Length > 0 && Verify(size1, size2, proof.AsSpan(1)));
            }
        }
    }

    [Fact]
    public void Verify_MoreHashesThanLevelsUpToFittingRoots_IsFalse()
    {
        // A node put above both true roots makes roots that the longer proof leads to, but not trees of these sizes.
        byte[] above1 = new byte[32];
        byte[] above2 = new byte[32];
        for (int size2 = 2; size2 <= 20; size2++)
        {
            for (int size1 = 1; size1 < size2; size1++)
            {
                byte[] longer = [.. Prove(size1, size2), .. tree.Roots[3]];
                MerkleHash.HashNode(tree.Roots[3], tree.Roots[size1], above1);
                MerkleHash.HashNode(tree.Roots[3], tree.Roots[size2], above2);
                Assert.False(ConsistencyProof.Verify(size1, size2, above1, above2, longer));
                Assert.False(ConsistencyProof.Verify(size1, size2, tree.Roots[size1], above2, longer));
            }
        }
    }

    [Fact]
    public void Verify_OtherSizesWithTheirRoots_IsFalse()
    {
        for (int size2 = 1; size2 <= TreeFixture.SizeMax; size2++)
        {
            for (int size1 = 1; size1 < size2; size1++)
            {
                byte[] proof = Prove(size1, size2);
                foreach (int other in (ReadOnlySpan<int>)[size1 - 1, size1 + 1, size1 * 2, size1 / 2, 0, -size1])
                {
                    Assert.False(other != size1 && Verify(other, size2, proof), $"{size1} as {other} to {size2}");
                }
                foreach (int other in (ReadOnlySpan<int>)[size2 - 1, size2 + 1, size2 * 2, size2 / 2, 0, -size2])
                {
                    Assert.False(other != size2 && Verify(size1, other, proof), $"{size1} to {size2} as {other}");
                }
                Assert.False(
                    ConsistencyProof.Verify(size1, size2, tree.Roots[size2], tree.Roots[size1], proof),
                    $"{size1} to {size2}, roots swapped"
                );
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(-1, 5)]
    [InlineData(-1, -1)]
    [InlineData(long.MinValue, long.MaxValue)]
    [InlineData(5, 4)]
    [InlineData(1, long.MaxValue)]
    [InlineData(long.MaxValue - 1, long.MaxValue)]
    public void Verify_ExtremeSizes_IsFalse(long size1, long size2)
    {
        for (int hashes = 0; hashes <= MerkleHash.ProofHashesMax + 2; hashes++)
        {
            byte[] root = new byte[32];
            Assert.False(ConsistencyProof.Verify(size1, size2, root, root, new byte[32 * hashes]));
            Assert.False(
                ConsistencyProof.Verify(size1, size2, MerkleHash.EmptyRoot, MerkleHash.EmptyRoot, new byte[32 * hashes])
            );
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Verify_RootOfAnotherLength_IsFalse(int length)
    {
        byte[] root = new byte[length];
        Assert.False(ConsistencyProof.Verify(1, 1, root, root, []));
        Assert.False(ConsistencyProof.Verify(1, 1, root, new byte[32], []));
        Assert.False(ConsistencyProof.Verify(1, 1, new byte[32], root, []));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(-1, 1)]
    public void Prove_SizesOutOfRange_Throws(long size1, long size2) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            ConsistencyProof.Prove(tree.Nodes, size1, size2, new byte[2048])
        );

    [Fact]
    public void Prove_SpanTooShort_Throws() =>
        Assert.Throws<ArgumentException>(() => ConsistencyProof.Prove(tree.Nodes, 3, 8, new byte[127]));

    [Fact]
    public void Verify_TallestTree_FollowsTheProver()
    {
        UniformNodes nodes = new();
        byte[] root1 = new byte[32];
        byte[] root2 = new byte[32];
        CompactRange.FromNodes(nodes, long.MaxValue).Root(root2);
        byte[] proof = new byte[2048];
        int most = 0;
        foreach (long size1 in (ReadOnlySpan<long>)[1, 3, 1L << 62, (1L << 62) + 1, (1L << 62) - 1, long.MaxValue - 1])
        {
            CompactRange.FromNodes(nodes, size1).Root(root1);
            int bytes = ConsistencyProof.Prove(nodes, size1, long.MaxValue, proof);
            most = Math.Max(most, bytes);
            Assert.True(ConsistencyProof.Verify(size1, long.MaxValue, root1, root2, proof.AsSpan(0, bytes)));
            Assert.False(ConsistencyProof.Verify(size1, long.MaxValue, root1, root2, proof.AsSpan(0, bytes - 32)));
            Assert.False(ConsistencyProof.Verify(size1, long.MaxValue, root1, root2, new byte[bytes + 32]));
        }
        Assert.Equal(64 * 32, most);
    }

    // Its two equal roots are 12 bytes of text. The published verifier compares them and is content; ours is stricter.
    private const string StricterProbe = "sizes-are-equal-one-and-proof-is-empty.json";

    [Fact]
    public void Verify_PublishedProbes_AgreesWithEachButOne()
    {
        int count = 0;
        foreach (string path in Probes.Files("consistency"))
        {
            JsonElement probe = Probes.Read(path);
            bool valid =
                Probes.TryJoin(probe.GetProperty("proof"), out byte[] proof)
                && ConsistencyProof.Verify(
                    Probes.Number(probe, "size1"),
                    Probes.Number(probe, "size2"),
                    Probes.Bytes(probe, "root1"),
                    Probes.Bytes(probe, "root2"),
                    proof
                );
            bool stricter = path.EndsWith("/" + StricterProbe, StringComparison.Ordinal);
            Assert.True(valid == (!stricter && !probe.GetProperty("wantErr").GetBoolean()), path);
            count++;
        }
        Assert.Equal(98, count);
    }

    private byte[] Prove(int size1, int size2)
    {
        tree.Nodes.Size = size2;
        byte[] proof = new byte[32 * ConsistencyProof.Count(size1, size2)];
        Assert.Equal(proof.Length, ConsistencyProof.Prove(tree.Nodes, size1, size2, proof));
        return proof;
    }

    private bool Verify(int size1, int size2, ReadOnlySpan<byte> proof) =>
        ConsistencyProof.Verify(size1, size2, tree.Roots[Math.Max(size1, 0)], tree.Roots[Math.Max(size2, 0)], proof);
}
