using System.Security.Cryptography;
using System.Text;

namespace Ledger.Crypto.Tests.Map;

/// <summary>The map {hello: world, goodbye: world}, whose root is published (penumbra-zone/jmt, sha2_256_vectors.json).</summary>
public class MapProofTests
{
    private static readonly byte[] Root = Convert.FromHexString(
        "e1e1e220d4b4a9611a9a09dbcee964b4a6c3a40f6f4dee265ad45cf64568790b"
    );

    private static readonly byte[] Hello = SHA256.HashData("hello"u8);
    private static readonly byte[] Goodbye = SHA256.HashData("goodbye"u8);
    private static readonly byte[] World = SHA256.HashData("world"u8);

    // Hello begins with the bit 0, goodbye with 1: each is the only leaf of its half.
    private static byte[] HelloProof => Leaf(Goodbye, World);

    private static byte[] GoodbyeProof => Leaf(Hello, World);

    [Fact]
    public void Constants_AreThoseOfTheJellyfishForm()
    {
        Assert.Equal(
            "5350415253455f4d45524b4c455f504c414345484f4c4445525f484153485f5f",
            Convert.ToHexStringLower(MapHash.Empty)
        );
        Assert.Equal(
            "6b97115f56e533f2fd443f7e76e4d1ff94d34e6b2e233f2dbdf5cfd1ec39a30c",
            Convert.ToHexStringLower(Leaf(Hello, World))
        );
        byte[] pair = [.. Leaf(Hello, World), .. Leaf(Goodbye, World)];
        byte[] node = new byte[32];
        MapHash.HashNodes(pair, node);
        Assert.Equal(Root, node);
        Assert.Equal(SHA256.HashData([.. Encoding.ASCII.GetBytes("JMT::IntrnalNode"), .. pair]), node);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(1_024)]
    [InlineData(2_500)]
    public void HashLeaves_AnyNumber_AreThoseOfThePlatform(int count)
    {
        byte[] leaves = new byte[count * 64];
        new Random(count).NextBytes(leaves);
        byte[] hashes = new byte[count * 32];
        MapHash.HashLeaves(leaves, hashes);
        for (int i = 0; i < count; i++)
        {
            byte[] expected = SHA256.HashData([.. "JMT::LeafNode"u8, .. leaves.AsSpan(i * 64, 64)]);
            Assert.Equal(expected, hashes[(i * 32)..((i + 1) * 32)]);
        }
    }

    [Fact]
    public void VerifyPresence_PublishedMap_HoldsBoth()
    {
        Assert.True(MapProof.VerifyPresence(Root, Hello, World, HelloProof));
        Assert.True(MapProof.VerifyPresence(Root, Goodbye, World, GoodbyeProof));
        Assert.True(MapProof.VerifyPresence(Leaf(Hello, World), Hello, World, []));
        Assert.False(MapProof.VerifyPresence(Root, Hello, World, GoodbyeProof));
        Assert.False(MapProof.VerifyPresence(Root, Goodbye, World, HelloProof));
    }

    [Fact]
    public void VerifyPresence_AnyBitChanged_IsFalse()
    {
        byte[][] parts = [Root, Hello, World, HelloProof];
        for (int part = 0; part < parts.Length; part++)
        {
            for (int bit = 0; bit < 256; bit++)
            {
                byte[][] changed = [.. parts.Select(static p => (byte[])[.. p])];
                changed[part][bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(MapProof.VerifyPresence(changed[0], changed[1], changed[2], changed[3]), $"{part}.{bit}");
            }
        }
    }

    [Fact]
    public void Verify_WrongLengths_IsFalse()
    {
        byte[] empty = MapHash.Empty.ToArray();
        for (int length = 0; length <= 70; length++)
        {
            byte[] some = new byte[length];
            Assert.False(MapProof.VerifyPresence(some, Hello, World, HelloProof));
            Assert.False(MapProof.VerifyPresence(Root, Hello, World, some));
            if (length != 32)
            {
                Assert.False(MapProof.VerifyPresence(Root, some, World, HelloProof));
                Assert.False(MapProof.VerifyPresence(Root, Hello, some, HelloProof));
                Assert.False(MapProof.VerifyAbsence(some, Hello, default, []));
                Assert.False(MapProof.VerifyAbsence(empty, some, default, []));
            }

            if (length is not 0 and not 64)
            {
                Assert.False(MapProof.VerifyAbsence(Leaf(Goodbye, World), Hello, some, []));
            }
        }

        // As long as a path can be, and one more.
        foreach (int hashes in (int[])[255, 256, 257, 300, 100_000])
        {
            Assert.False(MapProof.VerifyPresence(Root, Hello, World, new byte[32 * hashes]));
            Assert.False(MapProof.VerifyAbsence(Root, Hello, default, new byte[32 * hashes]));
            Assert.False(MapProof.VerifyAbsence(Root, Hello, [.. Goodbye, .. World], new byte[32 * hashes]));
        }
    }

    [Fact]
    public void VerifyAbsence_EndsAtNothingOrAtAnothersLeaf_IsTrue()
    {
        Assert.True(MapProof.VerifyAbsence(MapHash.Empty, Hello, default, []));
        Assert.True(MapProof.VerifyAbsence(Leaf(Goodbye, World), Hello, [.. Goodbye, .. World], []));

        // Beside hello, in the half that it is the only leaf of; and below it, in a map that is deeper there than it may be.
        byte[] other = [.. Hello];
        other[^1] ^= 1;
        Assert.True(MapProof.VerifyAbsence(Root, other, [.. Hello, .. World], HelloProof));
        Assert.False(MapProof.VerifyAbsence(Root, other, [.. Goodbye, .. World], HelloProof));
        Assert.False(MapProof.VerifyAbsence(Root, other, [.. Goodbye, .. World], GoodbyeProof));
        Assert.False(MapProof.VerifyAbsence(Root, Hello, [.. Hello, .. World], HelloProof));
        Assert.False(MapProof.VerifyAbsence(Root, other, default, HelloProof));
        Assert.False(MapProof.VerifyAbsence(Root, other, default, []));
    }

    private static byte[] Leaf(byte[] key, byte[] value)
    {
        byte[] hash = new byte[32];
        MapHash.HashLeaves([.. key, .. value], hash);
        return hash;
    }
}
