using Ledger.Testing;

namespace Ledger.Protocol.Tests;

public sealed class EntryBundleTests
{
    [Fact]
    public void TryRead_WhatWasWritten_IsTheEntries()
    {
        Random random = Seeds.Random(1);
        foreach (int count in (int[])[0, 1, 2, 17, 255, 256])
        {
            ReadOnlyMemory<byte>[] entries =
            [
                .. Enumerable.Range(0, count).Select(_ => Entry(random, random.Next(700))),
            ];

            byte[] bundle = EntryBundle.Write(entries);

            Assert.Equal(entries.Sum(static entry => 2 + entry.Length), bundle.Length);
            Assert.True(
                EntryBundle.TryRead(bundle, count, out ReadOnlyMemory<byte>[]? read, out string problem),
                problem
            );
            Assert.Equal(entries.Select(static e => e.ToArray()), read.Select(static e => e.ToArray()));
        }
    }

    [Fact]
    public void Write_EntriesOfAnyLength_HaveSixteenBitsOfIt()
    {
        Assert.Equal([0, 0, 0, 1, 7], EntryBundle.Write([default, new byte[] { 7 }]));
        byte[] longest = EntryBundle.Write([new byte[65_535]]);
        Assert.Equal(EntryBundle.EntryBytesMax, longest.Length);
        Assert.Equal([0xff, 0xff], longest[..2]);
        Assert.Throws<OverflowException>(() => EntryBundle.Write([new byte[65_536]]));
    }

    [Fact]
    public void TryRead_AnythingElse_IsRefused()
    {
        byte[] bundle = EntryBundle.Write([new byte[3], default, new byte[300]]);

        for (int length = 0; length < bundle.Length; length++)
        {
            Assert.False(EntryBundle.TryRead(bundle.AsMemory(0, length), 3, out _, out string problem));
            Assert.StartsWith("it ends within entry", problem, StringComparison.Ordinal);
        }

        Assert.False(EntryBundle.TryRead(new byte[bundle.Length + 1], 3, out _, out _));
        Assert.False(EntryBundle.TryRead((byte[])[.. bundle, 0], 3, out _, out string more));
        Assert.Equal("1 bytes follow its 3 entries", more);
        Assert.False(EntryBundle.TryRead(bundle, 2, out _, out _));
        Assert.False(EntryBundle.TryRead(bundle, 4, out _, out _));
        Assert.False(EntryBundle.TryRead(bundle, 256, out _, out _));
    }

    private static ReadOnlyMemory<byte> Entry(Random random, int length)
    {
        byte[] entry = new byte[length];
        random.NextBytes(entry);
        return entry;
    }
}
