using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol.Tests;

public sealed class ProofBundleTests : IDisposable
{
    private readonly Ed25519PrivateKey _key = Samples.Ed25519Key("log");

    public void Dispose() => _key.Dispose();

    private VerifierKey LogKey => VerifierKey.ForEd25519(Samples.Origin, _key.PublicKey);

    [Fact]
    public void Verify_EveryEntryOfEverySmallTree_IsProved()
    {
        for (int size = 1; size <= 17; size++)
        {
            for (int index = 0; index < size; index++)
            {
                byte[] bundle = Bundle(index, size);
                Assert.True(
                    ProofBundle.Verify(Entry(index), bundle, LogKey, out Checkpoint? checkpoint, out string problem),
                    problem
                );
                Assert.Equal(size, checkpoint.Size);
                Assert.False(ProofBundle.Verify(Entry(index + 1), bundle, LogKey, out checkpoint, out problem));
                Assert.Null(checkpoint);
                Assert.NotEqual("", problem);
            }
        }
    }

    [Fact]
    public void Write_WithAndWithoutExtra_IsParsedAsItWas()
    {
        (byte[] hashes, byte[] checkpoint) = Prove(5, 11);
        foreach (
            byte[] extra in (byte[][])
                [
                    [],
                    [0],
                    Entry(5),
                    new byte[Limits.EntryBytesMax],
                ]
        )
        {
            byte[] bytes = ProofBundle.Write(5, hashes, checkpoint, extra);
            Assert.True(ProofBundle.TryParse(bytes, out ProofBundle? bundle, out string problem), problem);
            Assert.Equal(5, bundle.Index);
            Assert.Equal(hashes, bundle.Hashes.ToArray());
            Assert.Equal(checkpoint, bundle.Checkpoint.ToArray());
            Assert.Equal(extra, bundle.Extra.ToArray());
            Assert.True(bundle.Verify(Entry(5), LogKey, out _, out _));
        }
    }

    [Fact]
    public void Write_Bundle_HasTheLinesOfTheSpecification()
    {
        (byte[] hashes, byte[] checkpoint) = Prove(1, 2);
        string expected =
            $"c2sp.org/tlog-proof@v1\nextra AQI=\nindex 1\n{Convert.ToBase64String(hashes)}\n\n"
            + Encoding.UTF8.GetString(checkpoint);
        Assert.Equal(expected, Encoding.UTF8.GetString(ProofBundle.Write(1, hashes, checkpoint, [1, 2])));
    }

    [Fact]
    public void Verify_ExtraChanged_IsStillProved()
    {
        (byte[] hashes, byte[] checkpoint) = Prove(5, 11);
        byte[] bundle = ProofBundle.Write(5, hashes, checkpoint, "another entry"u8);
        Assert.True(ProofBundle.Verify(Entry(5), bundle, LogKey, out _, out _));
        Assert.False(ProofBundle.Verify("another entry"u8, bundle, LogKey, out _, out _));
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsRefused()
    {
        byte[] bundle = Bundle(5, 11);
        for (int bit = 0; bit < bundle.Length * 8; bit++)
        {
            byte[] flipped = [.. bundle];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ProofBundle.Verify(Entry(5), flipped, LogKey, out _, out _), $"bit {bit}");
        }
    }

    [Fact]
    public void Verify_AnyByteRemovedOrDoubled_IsRefused()
    {
        byte[] bundle = Bundle(5, 11);
        for (int i = 0; i < bundle.Length; i++)
        {
            Assert.False(
                ProofBundle.Verify(Entry(5), [.. bundle[..i], .. bundle[(i + 1)..]], LogKey, out _, out _),
                $"without byte {i}"
            );
            Assert.False(
                ProofBundle.Verify(Entry(5), [.. bundle[..i], bundle[i], .. bundle[i..]], LogKey, out _, out _),
                $"with byte {i} twice"
            );
            Assert.False(ProofBundle.Verify(Entry(5), bundle.AsSpan(0, i), LogKey, out _, out _), $"first {i} bytes");
        }
    }

    [Fact]
    public void Verify_AnyLineRemovedDoubledOrMoved_IsRefused()
    {
        string[] lines = Encoding.UTF8.GetString(Bundle(5, 11)).Split('\n')[..^1];
        for (int i = 0; i < lines.Length; i++)
        {
            AssertRefused([.. lines[..i], .. lines[(i + 1)..]]);
            // A second signature line of the log says the same again, and is let be.
            if (i < lines.Length - 1)
            {
                AssertRefused([.. lines[..i], lines[i], .. lines[i..]]);
                AssertRefused([.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]]);
            }
        }

        void AssertRefused(string[] changed) =>
            Assert.False(
                ProofBundle.Verify(
                    Entry(5),
                    Encoding.UTF8.GetBytes(string.Join('\n', changed) + "\n"),
                    LogKey,
                    out _,
                    out _
                ),
                string.Join('\n', changed)
            );
    }

    [Fact]
    public void Verify_HashesDroppedAddedOrSwapped_AreRefused()
    {
        (byte[] hashes, byte[] checkpoint) = Prove(5, 11);
        Assert.Equal(4 * 32, hashes.Length);
        byte[][] wrong =
        [
            [],
            hashes[32..],
            hashes[..^32],
            [.. hashes, .. new byte[32]],
            [.. hashes, .. hashes[..32]],
            [.. new byte[32], .. hashes],
            [.. hashes[32..64], .. hashes[..32], .. hashes[64..]],
        ];
        foreach (byte[] proof in wrong)
        {
            byte[] bundle = ProofBundle.Write(5, proof, checkpoint);
            Assert.False(ProofBundle.Verify(Entry(5), bundle, LogKey, out _, out string problem));
            Assert.Contains("proof", problem, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Verify_SizeOrIndexOffByOne_IsRefused(int by)
    {
        (byte[] hashes, byte[] checkpoint) = Prove(5, 11);
        byte[] otherIndex = ProofBundle.Write(5 + by, hashes, checkpoint);
        Assert.False(ProofBundle.Verify(Entry(5), otherIndex, LogKey, out _, out _));
        // The signature covers the size; and a checkpoint that the log did sign for the other size has another root.
        string text = Encoding.UTF8.GetString(ProofBundle.Write(5, hashes, checkpoint));
        string otherSize = text.Replace("\n11\n", $"\n{11 + by}\n", StringComparison.Ordinal);
        Assert.NotEqual(text, otherSize);
        Assert.False(ProofBundle.Verify(Entry(5), Encoding.UTF8.GetBytes(otherSize), LogKey, out _, out _));
        byte[] otherTree = ProofBundle.Write(5, hashes, Prove(5, 11 + by).Checkpoint);
        Assert.False(ProofBundle.Verify(Entry(5), otherTree, LogKey, out _, out _));
    }

    [Fact]
    public void Verify_IndexBeyondTheTree_IsRefused()
    {
        (byte[] hashes, byte[] checkpoint) = Prove(10, 11);
        foreach (long index in (long[])[11, 26, long.MaxValue])
        {
            byte[] bundle = ProofBundle.Write(index, hashes, checkpoint);
            Assert.False(ProofBundle.Verify(Entry(10), bundle, LogKey, out _, out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2sp.org/tlog-proof@v2\nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1 \nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\n{0}")]
    [InlineData("\nc2sp.org/tlog-proof@v1\nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex \n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 00\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex -0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0 \n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra\nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra ??\nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AQ==\nextra AQ==\nindex 0\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nextra AQ==\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nAQ==\n\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n{0}")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\n\n\n{0}")]
    public void TryParse_AnythingElse_IsRefused(string format)
    {
        string checkpoint = Encoding.UTF8.GetString(Prove(0, 1).Checkpoint);
        string right = $"c2sp.org/tlog-proof@v1\nindex 0\n\n{checkpoint}";
        Assert.True(
            ProofBundle.Verify(Entry(0), Encoding.UTF8.GetBytes(right), LogKey, out _, out string problem),
            problem
        );

        byte[] wrong = Encoding.UTF8.GetBytes(format.Replace("{0}", checkpoint, StringComparison.Ordinal));
        bool taken =
            ProofBundle.TryParse(wrong, out _, out problem)
            && ProofBundle.Verify(Entry(0), wrong, LogKey, out _, out problem);
        Assert.False(taken);
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void TryParse_TooManyHashesOrBytes_IsRefused()
    {
        string checkpoint = Encoding.UTF8.GetString(Prove(0, 1).Checkpoint);
        string hash = Convert.ToBase64String(new byte[32]) + "\n";
        string Text(int hashes) =>
            $"c2sp.org/tlog-proof@v1\nindex 0\n{string.Concat(Enumerable.Repeat(hash, hashes))}\n{checkpoint}";
        Assert.True(ProofBundle.TryParse(Encoding.UTF8.GetBytes(Text(Limits.ProofHashesMax)), out _, out _));
        Assert.False(ProofBundle.TryParse(Encoding.UTF8.GetBytes(Text(Limits.ProofHashesMax + 1)), out _, out _));
        Assert.False(ProofBundle.TryParse(new byte[Limits.ProofBundleBytesMax + 1], out _, out string problem));
        Assert.Contains("large", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_RandomGarbage_IsRefused()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[][] samples = [Bundle(0, 1), Bundle(5, 11), Bundle(16, 17)];
        for (int i = 0; i < 5_000; i++)
        {
            byte[] mutated = Mutation.Of(random, samples);
            if (samples.Any(sample => sample.AsSpan().SequenceEqual(mutated)))
            {
                continue;
            }
            bool proved = ProofBundle.Verify(Entry(5), mutated, LogKey, out Checkpoint? checkpoint, out _);
            // What is still proved can only be the same claim with a line of somebody else's below it.
            Assert.True(!proved || checkpoint!.Size == 11, $"seed {seed}, round {i}");
            byte[] noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            Assert.False(ProofBundle.TryParse(noise, out _, out _), $"seed {seed}, round {i}");
        }
    }

    [Fact]
    public void Write_NotABundle_IsABug()
    {
        (byte[] hashes, byte[] checkpoint) = Prove(5, 11);
        Assert.Throws<ArgumentException>(() => ProofBundle.Write(-1, hashes, checkpoint));
        Assert.Throws<ArgumentException>(() => ProofBundle.Write(5, hashes.AsSpan(1), checkpoint));
        Assert.Throws<ArgumentException>(() => ProofBundle.Write(5, new byte[65 * 32], checkpoint));
        Assert.Throws<ArgumentException>(() => ProofBundle.Write(5, hashes, "not a note\n"u8));
        Assert.Throws<ArgumentException>(() => ProofBundle.Write(5, hashes, checkpoint, new byte[65_536]));
    }

    private static byte[] Entry(int index) => Encoding.ASCII.GetBytes($"entry {index}");

    private byte[] Bundle(int index, int size)
    {
        (byte[] hashes, byte[] checkpoint) = Prove(index, size);
        return ProofBundle.Write(index, hashes, checkpoint);
    }

    private (byte[] Hashes, byte[] Checkpoint) Prove(int index, int size)
    {
        byte[] proof = new byte[64 * 32];
        int length = InclusionProof.Prove(new Subtrees(), index, size, proof);
        byte[] root = new byte[32];
        Range(size).Root(root);
        return (proof[..length], new Checkpoint(Samples.Origin, size, root).Sign(_key));
    }

    private static CompactRange Range(int size, int first = 0)
    {
        CompactRange range = new();
        for (int i = 0; i < size; i++)
        {
            byte[] leaf = new byte[32];
            MerkleHash.HashLeaf(Entry(first + i), leaf);
            range.Append(leaf);
        }
        return range;
    }

    /// <summary>The nodes of the tree of all entries, hashed anew for each.</summary>
    private readonly struct Subtrees : IMerkleNodes
    {
        public void Node(int level, long index, Span<byte> destination) =>
            Range(1 << level, (int)index << level).Root(destination);
    }
}
