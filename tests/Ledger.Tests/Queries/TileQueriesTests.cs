using System.Security.Cryptography;
using Ledger.Protocol;
using Ledger.Queries;

namespace Ledger.Tests.Queries;

/// <summary>Tiles of a real log against what its entries come to, tile by tile, as the specification writes it down.</summary>
public sealed class TileQueriesTests
{
    [Fact]
    public async Task FindHashes_EveryTileOfAGrowingLog_IsTheHashesOfItsEntries()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Random random = Seeds.Random(1);
        while (ledger.Ledger.Head.Size < 600)
        {
            await Register(ledger, random.Next(1, 150));
            Check(ledger, width => random.Next(20) == 0);
        }

        // And when they come from the store again.
        await ledger.Ledger.DisposeAsync();
        ledger.Reopen();
        Check(ledger, _ => true);
    }

    [Fact]
    public async Task Find_InAnEmptyLog_IsNothing()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        using ReadView view = ledger.Ledger.Read();

        Assert.Null(TileQueries.FindHashes(view, new TilePath(0, 0, 1)));
        Assert.Null(TileQueries.FindLeafHashes(view, new TilePath(TilePath.Entries, 0, 1)));
    }

    [Fact]
    public async Task Find_WhatTheHeadDoesNotHave_IsNothing()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await Register(ledger, 300);
        using ReadView view = ledger.Ledger.Read();
        int rest = (int)(view.Head.Size % 256);

        Assert.NotNull(TileQueries.FindHashes(view, new TilePath(0, 1, rest)));
        foreach (
            TilePath beyond in (TilePath[])
                [
                    new(0, 1, rest + 1),
                    new(0, 1),
                    new(0, 2, 1),
                    new(1, 0, 2),
                    new(1, 0),
                    new(1, 1, 1),
                    new(2, 0, 1),
                    new(8, 0, 1),
                    new(63, 0, 1),
                    new(63, long.MaxValue),
                    new(0, long.MaxValue, 1),
                ]
        )
        {
            Assert.Null(TileQueries.FindHashes(view, beyond));
            Assert.Null(TileQueries.FindLeafHashes(view, beyond));
            Assert.Null(TileQueries.FindLeafHashes(view, beyond with { Level = TilePath.Entries, Index = 2 }));
        }

        Assert.Null(TileQueries.FindHashes(view, new TilePath(TilePath.Entries, 0)));
        Assert.Null(TileQueries.FindLeafHashes(view, new TilePath(TilePath.Entries, 1, rest + 1)));
    }

    private static void Check(TemporaryLedger ledger, Predicate<int> isWidthOfBundles)
    {
        using ReadView view = ledger.Ledger.Read();
        byte[][] entries = [.. view.Entries(0)];
        Assert.Equal(view.Head.Size, entries.Length);
        byte[][] leaves = [.. entries.Select(static entry => SHA256.HashData([0, .. entry]))];
        for (int level = 0; level < 3; level++)
        {
            int span = 1 << (8 * level);
            for (int first = 0; first < leaves.Length / span; first += 256)
            {
                int count = Math.Min(256, (leaves.Length / span) - first);
                byte[] expected =
                [
                    .. Enumerable.Range(first, count).SelectMany(i => Root(leaves[(i * span)..((i + 1) * span)])),
                ];
                for (int width = 1; width <= count; width++)
                {
                    TilePath tile = new(level, first / 256, width);

                    Assert.Equal(
                        Convert.ToHexString(expected.AsSpan(0, 32 * width)),
                        Convert.ToHexString(TileQueries.FindHashes(view, tile)!.Value.Span)
                    );
                    if (level == 0 && isWidthOfBundles(width))
                    {
                        CheckBundle(view, tile with { Level = TilePath.Entries }, entries[first..(first + width)]);
                    }
                }
            }
        }
    }

    private static void CheckBundle(ReadView view, TilePath bundle, byte[][] entries)
    {
        byte[] expected =
        [
            .. entries.SelectMany(static entry => (byte[])[(byte)(entry.Length >> 8), (byte)entry.Length, .. entry]),
        ];
        Assert.Equal(
            entries.SelectMany(static entry => SHA256.HashData([0, .. entry])),
            TileQueries.FindLeafHashes(view, bundle)!.Value.ToArray()
        );
        Assert.True(TileQueries.TakeEntries(view, bundle, 0, int.MaxValue).Bytes.Span.SequenceEqual(expected));

        // In parts, each of one entry at least, they are the same.
        List<byte> parts = [];
        for (int next = 0; next < bundle.Width; )
        {
            BundlePart part = TileQueries.TakeEntries(view, bundle, next, 2_000);
            Assert.InRange(part.Next, next + 1, bundle.Width);
            parts.AddRange(part.Bytes.Span);
            next = part.Next;
        }

        Assert.True(parts.SequenceEqual(expected));
    }

    // MTH of RFC 6962, section 2.1.
    private static byte[] Root(byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int half = leaves.Length / 2;
        return SHA256.HashData([1, .. Root(leaves[..half]), .. Root(leaves[half..])]);
    }

    private static async Task Register(TemporaryLedger ledger, int count)
    {
        Submission[] answers = await ledger.Ledger.SubmitAllAsync(
            [.. Enumerable.Range(0, count).Select(_ => new Signer(ledger.Time).SignCreate())],
            TestContext.Current.CancellationToken
        );
        Assert.All(answers, answer => Assert.Equal(Judgement.Ok, answer.Judgement));
    }
}
