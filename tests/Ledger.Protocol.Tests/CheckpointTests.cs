using System.Text;
using Ledger.Crypto;
using Ledger.Testing;

namespace Ledger.Protocol.Tests;

public sealed class CheckpointTests
{
    private const string Root = "vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=";

    private const string SampleLogKey =
        "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

    [Fact]
    public void Sign_Checkpoint_OpensWithTheLogsKeyOnly()
    {
        using Ed25519PrivateKey key = Samples.Ed25519Key("log");
        using Ed25519PrivateKey otherKey = Samples.Ed25519Key("other log");
        Checkpoint checkpoint = new("ledger.example/a", 42, Samples.Hash("root"));
        byte[] note = checkpoint.Sign(key);

        Assert.Equal(note, checkpoint.Sign(key));
        VerifierKey logKey = VerifierKey.ForEd25519("ledger.example/a", key.PublicKey);
        Assert.True(Checkpoint.TryOpen(note, logKey, out Checkpoint? opened, out string problem), problem);
        Assert.Equal(checkpoint, opened);
        Assert.Equal(checkpoint.GetHashCode(), opened.GetHashCode());
        Assert.Equal(checkpoint.Body, opened.Body);

        VerifierKey otherName = VerifierKey.ForEd25519("ledger.example/b", key.PublicKey);
        VerifierKey other = VerifierKey.ForEd25519("ledger.example/a", otherKey.PublicKey);
        Assert.False(Checkpoint.TryOpen(note, otherName, out opened, out _));
        Assert.False(Checkpoint.TryOpen(note, other, out opened, out problem));
        Assert.Null(opened);
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void TryOpen_AnotherLogsCheckpointUnderThisKey_IsRefused()
    {
        using Ed25519PrivateKey key = Samples.Ed25519Key("log");
        string body = new Checkpoint("ledger.example/b", 42, Samples.Hash("root")).Body;
        byte[] note = SignedNote.Sign(body, "ledger.example/a", key);
        VerifierKey logKey = VerifierKey.ForEd25519("ledger.example/a", key.PublicKey);
        Assert.False(Checkpoint.TryOpen(note, logKey, out _, out string problem));
        Assert.Contains("another log", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryOpen_SignedNoteThatIsNoCheckpoint_IsRefused()
    {
        using Ed25519PrivateKey key = Samples.Ed25519Key("log");
        byte[] note = SignedNote.Sign("a.example\nten\n", "a.example", key);
        Assert.False(Checkpoint.TryOpen(note, VerifierKey.ForEd25519("a.example", key.PublicKey), out _, out _));
    }

    [Theory]
    [InlineData("a.example\n0\n" + Root + "\n", 0)]
    [InlineData("a.example\n9223372036854775807\n" + Root + "\n", long.MaxValue)]
    [InlineData("go.sum database tree\n35225469\n" + Root + "\n", 35225469)]
    [InlineData("a.example\n5\n" + Root + "\nan extension\nand another\n", 5)]
    public void TryParse_Checkpoints_AreRead(string text, long size)
    {
        Assert.True(Checkpoint.TryParse(text, out Checkpoint? checkpoint, out string problem), problem);
        Assert.Equal(size, checkpoint.Size);
        Assert.Equal(text.Split('\n')[0], checkpoint.Origin);
        Assert.Equal(Root, Convert.ToBase64String(checkpoint.Root.Span));
        Assert.StartsWith(checkpoint.Body, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("a.example\n")]
    [InlineData("a.example\n1\n")]
    [InlineData("\n1\n" + Root + "\n")]
    [InlineData("a.example\n\n" + Root + "\n")]
    [InlineData("a.example\n1\n" + Root)]
    [InlineData("a.example\n1\n" + Root + "\n\n")]
    [InlineData("a.example\n1\n" + Root + "\n\nextension\n")]
    [InlineData("a.example\n01\n" + Root + "\n")]
    [InlineData("a.example\n00\n" + Root + "\n")]
    [InlineData("a.example\n-1\n" + Root + "\n")]
    [InlineData("a.example\n+1\n" + Root + "\n")]
    [InlineData("a.example\n 1\n" + Root + "\n")]
    [InlineData("a.example\n1 \n" + Root + "\n")]
    [InlineData("a.example\n1,000\n" + Root + "\n")]
    [InlineData("a.example\n0x1\n" + Root + "\n")]
    [InlineData("a.example\n١\n" + Root + "\n")]
    [InlineData("a.example\n9223372036854775808\n" + Root + "\n")]
    [InlineData("a.example\n1\n\n")]
    [InlineData("a.example\n1\nvt5T\n")]
    [InlineData("a.example\n1\n " + Root + "\n")]
    [InlineData("a.example\n1\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCR=\n")] // loose bits
    [InlineData("a.example\n1\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ\n")]
    [InlineData("a.example\n1\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQkJA==\n")] // 34 bytes
    [InlineData("a.example\r\n1\r\n" + Root + "\r\n")]
    public void TryParse_AnythingElse_IsRefused(string text)
    {
        Assert.False(Checkpoint.TryParse(text, out Checkpoint? checkpoint, out string problem));
        Assert.Null(checkpoint);
        Assert.NotEqual("", problem);
    }

    [Theory]
    [InlineData("", 0, 32)]
    [InlineData("a\nb", 0, 32)]
    [InlineData("a", -1, 32)]
    [InlineData("a", 0, 31)]
    public void Constructor_OutOfRange_IsABug(string origin, long size, int rootBytes) =>
        Assert.ThrowsAny<ArgumentException>(() => new Checkpoint(origin, size, new byte[rootBytes]));

    [Fact]
    public void TryOpen_PublishedCheckpoints_AreThoseOfTheirTree()
    {
        string folder = Vectors.Path("tlog", "sample-log");
        VerifierKey key = VerifierKey.Parse(SampleLogKey);
        CompactRange range = new();
        List<byte[]> entries = ReadBundle(File.ReadAllBytes(Path.Combine(folder, "tile", "entries", "000.p", "15")));
        Assert.Equal(15, entries.Count);
        for (int size = 0; size <= entries.Count; size++)
        {
            byte[] note = File.ReadAllBytes(Path.Combine(folder, $"checkpoint.{size}"));
            Assert.True(Checkpoint.TryOpen(note, key, out Checkpoint? checkpoint, out string problem), problem);
            Assert.Equal(size, checkpoint.Size);
            byte[] root = new byte[32];
            range.Root(root);
            Assert.Equal(root, checkpoint.Root.ToArray());

            if (size < entries.Count)
            {
                byte[] leaf = new byte[32];
                MerkleHash.HashLeaf(entries[size], leaf);
                range.Append(leaf);
            }
        }
    }

    [Fact]
    public void TryOpen_PublishedCheckpointWithAnyBitFlipped_IsRefused()
    {
        byte[] note = File.ReadAllBytes(Vectors.Path("tlog", "sample-log", "checkpoint.15"));
        VerifierKey key = VerifierKey.Parse(SampleLogKey);
        Assert.True(Checkpoint.TryOpen(note, key, out _, out _));
        for (int bit = 0; bit < note.Length * 8; bit++)
        {
            byte[] flipped = [.. note];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Checkpoint.TryOpen(flipped, key, out _, out _), $"bit {bit}");
        }
    }

    private static List<byte[]> ReadBundle(ReadOnlySpan<byte> bundle)
    {
        List<byte[]> entries = [];
        while (!bundle.IsEmpty)
        {
            int length = (bundle[0] << 8) | bundle[1];
            entries.Add(bundle.Slice(2, length).ToArray());
            bundle = bundle[(2 + length)..];
        }
        return entries;
    }
}
