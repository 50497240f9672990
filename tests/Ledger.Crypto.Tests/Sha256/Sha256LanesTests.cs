using System.Security.Cryptography;
using System.Text;

namespace Ledger.Crypto.Tests.Sha256;

public sealed class Sha256LanesTests
{
    private const int LengthMax = 520;
    private const int CountMax = 40;

    public static TheoryData<int> Paths => [(int)Sha256Path.Platform, (int)Sha256Path.Avx2, (int)Sha256Path.Avx512];

    /// <summary>FIPS 180-4 examples of NIST: one block, two blocks, and the 896-bit message.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_NistExamples_GivesPublishedDigests(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        (string Message, string Digest)[] examples =
        [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                    + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
        ];
        // Repeated, so that lanes are used.
        const int Repeats = 8;
        byte[] messages = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat(string.Concat(examples.Select(e => e.Message)), Repeats))
        );
        int[] lengths = [.. Enumerable.Repeat(examples.Select(e => e.Message.Length), Repeats).SelectMany(l => l)];
        byte[] digests = new byte[32 * lengths.Length];

        Sha256Lanes.HashMany([], messages, lengths, digests, path);

        for (int i = 0; i < lengths.Length; i++)
        {
            Assert.Equal(examples[i % examples.Length].Digest, Convert.ToHexStringLower(digests.AsSpan(32 * i, 32)));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_EveryLength_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(1);
        for (int length = 0; length <= LengthMax; length++)
        {
            // A full set of lanes and some; the prefix lengths take turns.
            int prefixBytes = length % (Sha256Lanes.PrefixBytesMax + 1);
            AssertAgrees(path, random, prefixBytes, [.. Enumerable.Repeat(length, 19)], $"length {length}");
            AssertAgrees(path, random, 1, [.. Enumerable.Repeat(length, 16)], $"leaf of length {length}");
            AssertAgrees(path, random, 0, [.. Enumerable.Repeat(length, 16)], $"bare length {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_EveryCount_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(2);
        for (int count = 0; count <= CountMax; count++)
        {
            foreach (int length in (int[])[0, 1, 54, 55, 56, 62, 63, 64, 119, 300])
            {
                AssertAgrees(path, random, 1, [.. Enumerable.Repeat(length, count)], $"{count} of length {length}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_MixedLengths_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            int[] lengths = new int[random.Next(CountMax * 2)];
            for (int i = 0; i < lengths.Length; i++)
            {
                lengths[i] = random.Next(random.Next(1, LengthMax + 1) + 1);
            }
            AssertAgrees(path, random, random.Next(Sha256Lanes.PrefixBytesMax + 1), lengths, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_FewLongAmongManyShort_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(3);
        int[] lengths = [.. Enumerable.Range(0, 100).Select(i => i % 33 == 7 ? 65_535 - i : i * 5)];
        AssertAgrees(path, random, 20, lengths, "long among short");
        AssertAgrees(path, random, 20, [65_535], "one long");
        AssertAgrees(path, random, 1, [.. Enumerable.Repeat(20_000, 17)], "all long");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashNodes_EveryCountAndOffset_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(4);
        for (int count = 0; count <= CountMax; count++)
        {
            for (int offset = 0; offset < 65; offset += 1 + (offset / 4))
            {
                byte[] buffer = new byte[offset + (64 * count)];
                random.NextBytes(buffer);
                byte[] output = new byte[offset + (32 * count) + 1];
                output.AsSpan().Fill(0x5a);

                Sha256Lanes.HashNodes(buffer.AsSpan(offset), output.AsSpan(offset, 32 * count), path);

                Assert.Equal(Nodes(buffer.AsSpan(offset)), output.AsSpan(offset, 32 * count).ToArray());
                Assert.All(output[..offset], b => Assert.Equal(0x5a, b));
                Assert.Equal(0x5a, output[^1]);
            }
        }
    }

    /// <summary>
    /// The last byte of a pair is alone in the second block, which has its own code: every value of it, in every lane.
    /// </summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void HashNodes_EveryLastByte_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        byte[] pairs = new byte[64 * 257];
        new Random(5).NextBytes(pairs);
        for (int i = 0; i < 257; i++)
        {
            pairs[(64 * i) + 63] = (byte)i;
        }
        for (int first = 0; first < 16; first++)
        {
            Span<byte> some = pairs.AsSpan(64 * first);
            byte[] digests = new byte[some.Length / 2];
            Sha256Lanes.HashNodes(some, digests, path);
            Assert.Equal(Nodes(some), digests);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashNodes_DestinationOverPairsAlreadyRead_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(6);
        foreach (int shift in (int[])[-1000, -64, -33, -32, -1, 0, 1, 31, 32])
        {
            for (int count = 1; count <= CountMax; count++)
            {
                byte[] buffer = new byte[1000 + (64 * count) + 32];
                random.NextBytes(buffer);
                Span<byte> pairs = buffer.AsSpan(1000, 64 * count);
                byte[] expected = Nodes(pairs);
                Span<byte> destination = buffer.AsSpan(1000 + shift, 32 * count);

                Sha256Lanes.HashNodes(pairs, destination, path);

                Assert.Equal(expected, destination.ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void HashNodes_DestinationOverPairsStillToBeRead_Throws(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        byte[] buffer = new byte[64 * 8];
        Assert.Throws<ArgumentException>(() =>
            Sha256Lanes.HashNodes(buffer.AsSpan(0, 64 * 4), buffer.AsSpan(33, 32 * 4), path)
        );
        Assert.Throws<ArgumentException>(() =>
            Sha256Lanes.HashNodes(buffer.AsSpan(0, 64 * 4), buffer.AsSpan(255, 32 * 4), path)
        );
    }

    [Fact]
    public void HashNodes_LengthsThatDisagree_Throws()
    {
        byte[] buffer = new byte[256];
        byte[] output = new byte[256];
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashNodes(buffer.AsSpan(0, 63), output.AsSpan(0, 0)));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashNodes(buffer.AsSpan(0, 128), output.AsSpan(0, 63)));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashNodes(buffer.AsSpan(0, 128), output.AsSpan(0, 96)));
    }

    [Fact]
    public void HashMany_LengthsThatDisagree_Throws()
    {
        byte[] buffer = new byte[256];
        byte[] output = new byte[256];
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashLeaves(buffer, [255], output.AsSpan(0, 32)));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashLeaves(buffer, [257], output.AsSpan(0, 32)));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashLeaves(buffer, [256], output.AsSpan(0, 33)));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashLeaves(buffer, [256], output.AsSpan(0, 64)));
        Assert.Throws<ArgumentException>(() =>
            Sha256Lanes.HashLeaves(buffer, [int.MaxValue, int.MaxValue, 258], output.AsSpan(0, 96))
        );
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Sha256Lanes.HashLeaves(buffer, [257, -1], output.AsSpan(0, 64))
        );
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashLeaves(buffer, [256], buffer.AsSpan(10, 32)));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashMany(new byte[64], buffer, [256], output.AsSpan(0, 32)));
    }

    [Fact]
    public void HashMany_NextToUnreadableMemory_StaysInside()
    {
        // The messages lie between two pages that must not be touched.
        using GuardedMemory memory = new(4096);
        new Random(7).NextBytes(memory.Span);
        foreach (Sha256Path path in Enum.GetValues<Sha256Path>().Where(Sha256Lanes.IsSupported))
        {
            byte[] digests = new byte[32 * 64];
            Sha256Lanes.HashNodes(memory.Span, digests, path);
            Assert.Equal(Nodes(memory.Span), digests);

            int[] lengths = [.. Enumerable.Repeat(96, 42), 64];
            byte[] leaves = new byte[32 * 43];
            Sha256Lanes.HashMany([0], memory.Span, lengths, leaves, path);
            Assert.Equal(Hashes([0], memory.Span, lengths), leaves);
            Sha256Lanes.HashMany([], memory.Span, lengths, leaves, path);
            Assert.Equal(Hashes([], memory.Span, lengths), leaves);
        }
    }

    /// <summary>
    /// Each message reaches to the first or to the last readable byte, alone, among others and in every lane: rows that
    /// begin before the input or end behind it must not be read there.
    /// </summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_EveryLengthNextToUnreadableMemory_StaysInside(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        using GuardedMemory memory = new(4 * 4096);
        Random random = new(8);
        random.NextBytes(memory.Span);
        byte[] digests = new byte[32 * 40];
        foreach (int count in (int[])[2, 16, 17, 32, 40])
        {
            for (int length = 0; length <= 400; length += count == 40 ? 1 : 7)
            {
                int[] lengths = [.. Enumerable.Range(0, count).Select(i => Math.Max(length - (i % 5 * 3), 0))];
                int bytes = lengths.Sum();
                byte[] prefix = new byte[length % (Sha256Lanes.PrefixBytesMax + 1)];
                random.NextBytes(prefix);
                Span<byte> output = digests.AsSpan(0, 32 * count);
                foreach (Range place in (Range[])[new(0, bytes), new(^bytes, ^0)])
                {
                    Sha256Lanes.HashMany(prefix, memory.Span[place], lengths, output, path);
                    Assert.True(
                        Hashes(prefix, memory.Span[place], lengths).AsSpan().SequenceEqual(output),
                        $"{length}"
                    );
                }
            }
        }
    }

    /// <summary>Nothing but empty messages is an input without an address.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_OnlyEmptyMessages_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        for (int prefixBytes = 0; prefixBytes <= Sha256Lanes.PrefixBytesMax; prefixBytes++)
        {
            byte[] prefix = new byte[prefixBytes];
            new Random(prefixBytes).NextBytes(prefix);
            int[] lengths = new int[50];
            byte[] digests = new byte[32 * 50];
            Sha256Lanes.HashMany(prefix, default, lengths, digests, path);
            Assert.Equal(Hashes(prefix, default, lengths), digests);
        }
    }

    /// <summary>Every prefix with every length around the ends of blocks, in two whole sets of lanes.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_EveryPrefixAroundBlockEnds_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(9);
        for (int prefixBytes = 0; prefixBytes <= Sha256Lanes.PrefixBytesMax; prefixBytes++)
        {
            foreach (int blockEnd in (int[])[56, 64, 120, 128, 184, 192, 320])
            {
                int length = Math.Max(blockEnd - prefixBytes, 0);
                for (int around = Math.Max(length - 2, 0); around <= length + 2; around++)
                {
                    AssertAgrees(path, random, prefixBytes, [.. Enumerable.Repeat(around, 32)], $"{around}");
                }
            }
        }
    }

    /// <summary>Two sets of lanes that go together as far as both last, each of which may end first.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void HashMany_SetsOfDifferentLengths_AgreesWithPlatform(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        Random random = new(10);
        foreach (int first in (int[])[0, 55, 56, 63, 64, 119, 200, 300])
        {
            foreach (int second in (int[])[0, 55, 56, 63, 64, 119, 200, 300, 400])
            {
                int[] lengths = [.. Enumerable.Repeat(first, 16), .. Enumerable.Repeat(second, 16)];
                AssertAgrees(path, random, 1, lengths, $"{first} and {second}");
                for (int i = 0; i < 32; i++)
                {
                    lengths[i] += random.Next(70);
                }
                AssertAgrees(path, random, 1, lengths, $"about {first} and {second}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Hash_Always_AllocatesNothing(int pathNumber)
    {
        Sha256Path path = Require(pathNumber);
        byte[] messages = new byte[50_000];
        byte[] digests = new byte[32 * 100];
        int[] lengths = [.. Enumerable.Repeat(300, 99), 20_300];
        byte[] pairs = new byte[64 * 100];
        Allocation.AssertNone(() =>
        {
            Sha256Lanes.HashMany("prefix"u8, messages, lengths, digests, path);
            Sha256Lanes.HashNodes(pairs, digests, path);
        });
    }

    private static Sha256Path Require(int pathNumber)
    {
        Sha256Path path = (Sha256Path)pathNumber;
        Assert.SkipUnless(Sha256Lanes.IsSupported(path), $"This process cannot take the path {path}.");
        return path;
    }

    private static void AssertAgrees(Sha256Path path, Random random, int prefixBytes, int[] lengths, string what)
    {
        byte[] prefix = new byte[prefixBytes];
        random.NextBytes(prefix);
        int before = random.Next(65);
        byte[] buffer = new byte[before + lengths.Sum()];
        random.NextBytes(buffer);
        ReadOnlySpan<byte> messages = buffer.AsSpan(before);
        byte[] output = new byte[before + (32 * lengths.Length) + 1];
        output.AsSpan().Fill(0x5a);

        Sha256Lanes.HashMany(prefix, messages, lengths, output.AsSpan(before, 32 * lengths.Length), path);

        Assert.True(
            Hashes(prefix, messages, lengths).AsSpan().SequenceEqual(output.AsSpan(before, 32 * lengths.Length)),
            $"{path}, {what}: prefix of {prefixBytes}, lengths {string.Join(' ', lengths)}"
        );
        Assert.True(output.AsSpan(0, before).IndexOfAnyExcept((byte)0x5a) < 0 && output[^1] == 0x5a, what);
    }

    private static byte[] Hashes(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> messages, int[] lengths)
    {
        byte[] digests = new byte[32 * lengths.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            SHA256.HashData([.. prefix, .. messages[..lengths[i]]], digests.AsSpan(32 * i));
            messages = messages[lengths[i]..];
        }
        return digests;
    }

    private static byte[] Nodes(ReadOnlySpan<byte> pairs) =>
        Hashes([1], pairs, [.. Enumerable.Repeat(64, pairs.Length / 64)]);
}
