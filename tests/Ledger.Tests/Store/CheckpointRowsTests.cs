using Ledger.Audit;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Tests.Store;

/// <summary>A store keeps the checkpoints that the rule names, whichever way it came to them.</summary>
public sealed class CheckpointRowsTests : IAsyncDisposable
{
    private readonly TemporaryLedger _ledger = TemporaryLedger.Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Commit_BatchesOverMonths_KeepsWhatTheRuleNames()
    {
        Random random = Seeds.Random(5);
        await _ledger.Found();
        for (int i = 0; i < 150; i++)
        {
            await Register(
                random.Next(6) switch
                {
                    0 => 0,
                    1 => random.Next(900),
                    2 => random.Next(5_000),
                    3 => random.Next(90_000),
                    4 => random.Next(3_000_000),
                    _ => random.Next(8) == 0 ? random.NextInt64(1_500_000_000) : random.Next(300),
                }
            );
        }

        await AssertCheckedAsync();
        Assert.InRange(Sizes().Length, 10, 140);
    }

    [Fact]
    public async Task Open_OlderStoreThatKeptThemAll_IsThinned()
    {
        List<StoredCheckpoint> all = [];
        await _ledger.Found();
        for (int i = 0; i < 60; i++)
        {
            LogHead head = _ledger.Ledger.Head;
            all.Add(new StoredCheckpoint(head.Size, head.Note));
            await Register(i % 5 == 0 ? 1_000_000 : 300);
        }

        await _ledger.Ledger.StopAsync();
        long[] kept = Sizes();
        foreach (StoredCheckpoint checkpoint in all)
        {
            RawStore.Write(_ledger.Folder, StoreKeys.Meta, Key(checkpoint.Size), checkpoint.Note.ToArray());
        }

        Assert.Equal(60, Sizes().Length);
        Finding finding = Assert.Single(StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel));
        Assert.Contains("should be gone by its age", finding.What, StringComparison.Ordinal);

        RawStore.Rewind(_ledger.Folder, 4);
        _ledger.Reopen();

        await AssertCheckedAsync();
        Assert.Equal(kept, Sizes());
    }

    [Fact]
    public async Task ProveInclusion_CheckpointGone_IsProvedStill()
    {
        await _ledger.Found();
        Signer signer = await _ledger.Register();
        LogHead seen = _ledger.Ledger.Head;
        await Register(0);
        await Register(0);
        Assert.NotNull(signer.Did);

        using ReadView view = _ledger.Ledger.Read();
        Assert.Null(view.PublishedCheckpoint(seen.Size));
        Assert.Equal(seen.InclusionProof(0), view.InclusionProof(0, seen.Size));
        byte[][] proof = view.ConsistencyProof(seen.Size, view.Head.Size);
        Assert.True(
            Crypto.ConsistencyProof.Verify(
                seen.Size,
                view.Head.Size,
                seen.Checkpoint.Root.Span,
                view.Head.Checkpoint.Root.Span,
                [.. proof.SelectMany(hash => hash)]
            )
        );
    }

    [Fact]
    public async Task Run_CheckpointThatStaysTakenAwayOrForged_IsFoundAtItsSize()
    {
        await _ledger.Found();
        for (int i = 0; i < 8; i++)
        {
            await Register(1_000);
        }

        await _ledger.Ledger.StopAsync();
        long size = Sizes()[3];
        byte[] note = RawStore.Read(_ledger.Folder, StoreKeys.Meta, Key(size))!;
        RawStore.Write(_ledger.Folder, StoreKeys.Meta, Key(size), null);
        AssertFound(size, "is missing");
        byte[] other = new Checkpoint(TemporaryLedger.Origin, size, new byte[32]).Sign(_ledger.LogKey);
        RawStore.Write(_ledger.Folder, StoreKeys.Meta, Key(size), other);
        AssertFound(size, "root is not the root");
        RawStore.Write(
            _ledger.Folder,
            StoreKeys.Meta,
            Key(size),
            RawStore.Read(_ledger.Folder, StoreKeys.Meta, Key(Sizes()[4]))
        );
        AssertFound(size, "was published here");
        RawStore.Write(_ledger.Folder, StoreKeys.Meta, Key(size), note);
        RawStore.Write(_ledger.Folder, StoreKeys.Meta, Key(size + 1), note);
        AssertFound(size + 1, "does not end with a seal");
    }

    private void AssertFound(long size, string what)
    {
        Finding finding = Assert.Single(StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel));
        Assert.Equal(size, finding.Index);
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
    }

    private async Task Register(long laterMs)
    {
        _ledger.Time.Now = _ledger.Time.Now.AddMilliseconds(laterMs);
        await _ledger.Register();
    }

    private async Task AssertCheckedAsync()
    {
        await _ledger.Ledger.StopAsync();
        Assert.Empty(StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel));
    }

    private long[] Sizes() =>
        [
            .. RawStore
                .Rows(_ledger.Folder, StoreKeys.Meta)
                .Where(row => row.Key.Length == StoreKeys.CheckpointKeyBytes && row.Key[0] == (byte)'c')
                .Select(row => StoreKeys.ReadNumber(row.Key.AsSpan(1))),
        ];

    private static byte[] Key(long size)
    {
        byte[] key = new byte[StoreKeys.CheckpointKeyBytes];
        StoreKeys.WriteCheckpointKey(size, key);
        return key;
    }
}
