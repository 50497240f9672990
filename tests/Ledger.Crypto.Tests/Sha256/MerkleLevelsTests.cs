using System.Security.Cryptography;

namespace Ledger.Crypto.Tests.Sha256;

public sealed class MerkleLevelsTests
{
    /// <summary>The roots that RFC 6962 implementations share for the first n of eight entries.</summary>
    [Fact]
    public void Root_Rfc6962Entries_GivesPublishedRoots()
    {
        byte[] entries = Convert.FromHexString("001020213031404142435051525354555657606162636465666768696a6b6c6d6e6f");
        int[] lengths = [0, 1, 1, 2, 2, 4, 8, 16];
        string[] roots =
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        foreach (Sha256Path path in Enum.GetValues<Sha256Path>().Where(Sha256Lanes.IsSupported))
        {
            for (int count = 1; count <= 8; count++)
            {
                byte[] hashes = new byte[32 * count];
                ReadOnlySpan<int> first = lengths.AsSpan(0, count);
                Sha256Lanes.HashMany([0], entries.AsSpan(0, lengths.Take(count).Sum()), first, hashes, path);
                byte[] root = new byte[32];

                MerkleLevels.Root(hashes, root, path);

                Assert.Equal(roots[count - 1], Convert.ToHexStringLower(root));
            }
        }
    }

    [Fact]
    public void Root_EverySizeUpTo300AndSomeLarge_AgreesWithDefinition()
    {
        int[] sizes = [.. Enumerable.Range(1, 300), 4095, 4096, 4097, 8191, 8193, 12_345, 65_535, 65_537];
        foreach (int size in sizes)
        {
            byte[] hashes = new byte[32 * size];
            new Random(size).NextBytes(hashes);
            byte[] expected = Definition(hashes);
            foreach (Sha256Path path in Enum.GetValues<Sha256Path>().Where(Sha256Lanes.IsSupported))
            {
                byte[] copy = [.. hashes];
                MerkleLevels.Root(copy, copy.AsSpan(0, 32), path);
                Assert.True(expected.AsSpan().SequenceEqual(copy.AsSpan(0, 32)), $"{size} leaves, {path}");
            }
        }
    }

    [Fact]
    public void Root_WrongLengths_Throws()
    {
        byte[] root = new byte[32];
        Assert.Throws<ArgumentException>(() => MerkleLevels.Root([], root));
        Assert.Throws<ArgumentException>(() => MerkleLevels.Root(new byte[33], root));
        Assert.Throws<ArgumentException>(() => MerkleLevels.Root(new byte[32], root.AsSpan(1)));
    }

    // RFC 9162 §2.1.1, word for word.
    private static byte[] Definition(ReadOnlySpan<byte> hashes)
    {
        int count = hashes.Length / 32;
        if (count == 1)
        {
            return hashes.ToArray();
        }
        int k = 1;
        while (2 * k < count)
        {
            k *= 2;
        }
        return SHA256.HashData([1, .. Definition(hashes[..(32 * k)]), .. Definition(hashes[(32 * k)..])]);
    }
}
