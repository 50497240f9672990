using Ledger.Log;
using Ledger.Rules;
using Ledger.Store;
using Ledger.Tests.Store;

namespace Ledger.Tests.Log;

/// <summary>What a store can say that does not agree, each way of it named, and nothing repaired.</summary>
public sealed class LogRecoveryTests : IAsyncLifetime
{
    private readonly TemporaryLedger _ledger = TemporaryLedger.Open();
    private long _size;

    // A full tile and some more.
    public async ValueTask InitializeAsync()
    {
        await _ledger.Found();
        Ledger.V1.SignedOperation[] many =
        [
            .. Enumerable.Range(0, 300).Select(_ => new Signer(_ledger.Time).SignCreate()),
        ];
        await _ledger.Ledger.SubmitAllAsync(many, TestContext.Current.CancellationToken);
        _size = _ledger.Ledger.Head.Size;
        await _ledger.Ledger.StopAsync();
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public void Load_SoundStore_IsWhereTheLogStopped()
    {
        using ChainStore store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(_ledger.Folder));
        (StoredHead head, MerkleTree tree) = LogRecovery.Load(store);
        Assert.Equal(_size, head.Chain.Size);
        Assert.Equal(_ledger.Ledger.Head.TimeMs, head.Chain.TimeMs);
        Assert.Equal(_ledger.Ledger.Head.Checkpoint.Root.ToArray(), tree.View().Root(_size));
    }

    [Fact]
    public void Load_BlankStore_IsTheEmptyLog()
    {
        using TemporaryFolder folder = new();
        using ChainStore store = ChainStore.Open(folder["store"], "o", "k");
        (StoredHead head, MerkleTree tree) = LogRecovery.Load(store);
        Assert.Equal(ChainHead.Empty, head.Chain);
        Assert.Equal(0, tree.Size);
    }

    [Fact]
    public void Load_LastEntryMissing_IsNamed()
    {
        Write(StoreKeys.Entries, RawStore.Number(_size - 1), null);
        AssertRefused($"names {_size} entries, but the last entry has index {_size - 2}");
    }

    [Fact]
    public void Load_EntryTooMany_IsNamed()
    {
        Write(StoreKeys.Entries, RawStore.Number(_size), [1]);
        AssertRefused($"names {_size} entries, but the last entry has index {_size}");
    }

    [Fact]
    public void Load_LastSealIsAnother_IsNamed()
    {
        byte[] entry = RawStore.Read(_ledger.Folder, StoreKeys.Entries, RawStore.Number(_size - 1))!;
        entry[^1] ^= 1;
        Write(StoreKeys.Entries, RawStore.Number(_size - 1), entry);
        AssertRefused("last entry is not the seal that its head names");
    }

    [Fact]
    public void Load_LastEntryIsNoSeal_IsNamed()
    {
        byte[] entry = RawStore.Read(_ledger.Folder, StoreKeys.Entries, RawStore.Number(_size - 2))!;
        Write(StoreKeys.Entries, RawStore.Number(_size - 1), entry);
        ChangeHead(head => head with { SealHash = System.Security.Cryptography.SHA256.HashData(entry) });
        AssertRefused("last entry is not the seal that its head names");
    }

    [Fact]
    public void Load_HeadOfAnotherHeightOrTime_IsNamed()
    {
        ChangeHead(head => head with { Height = head.Height + 1 });
        AssertRefused("last entry is not the seal that its head names");
        ChangeHead(head => head with { Height = head.Height - 1, TimeMs = head.TimeMs + 1 });
        AssertRefused("last entry is not the seal that its head names");
    }

    [Fact]
    public void Load_EntryAfterTheLastTileMissing_IsNamed()
    {
        Write(StoreKeys.Entries, RawStore.Number(270), null);
        AssertRefused("Entry 270 is missing");
    }

    [Fact]
    public void Load_EntryAfterTheLastTileChanged_IsNamed()
    {
        Write(StoreKeys.Entries, RawStore.Number(270), [1]);
        AssertRefused("last entries and tiles do not add up to its head");
    }

    [Fact]
    public void Load_TileMissingOrCutOrChanged_IsNamed()
    {
        byte[] tile = RawStore.Read(_ledger.Folder, StoreKeys.Tiles, RawStore.TileKey(0, 0))!;
        Write(StoreKeys.Tiles, RawStore.TileKey(0, 0), null);
        AssertRefused("Tile 0 of level 0 is missing");
        Write(StoreKeys.Tiles, RawStore.TileKey(0, 0), tile[..^1]);
        AssertRefused("Tile 0 of level 0 is missing or damaged");
        tile[0] ^= 1;
        Write(StoreKeys.Tiles, RawStore.TileKey(0, 0), tile);
        AssertRefused("last entries and tiles do not add up to its head");
    }

    [Fact]
    public void Load_HeadDamaged_IsNamed()
    {
        byte[] head = RawStore.Read(_ledger.Folder, StoreKeys.Meta, StoreKeys.Head.ToArray())!;
        Write(StoreKeys.Meta, StoreKeys.Head.ToArray(), head[..^1]);
        AssertRefused("head record is damaged");
        Write(StoreKeys.Meta, StoreKeys.Head.ToArray(), null);
        AssertRefused($"names 0 entries, but the last entry has index {_size - 1}");
    }

    private void Write(string family, byte[] key, byte[]? value) => RawStore.Write(_ledger.Folder, family, key, value);

    private void ChangeHead(Func<ChainHead, ChainHead> change)
    {
        StoredHead head = StoredHead.Decode(RawStore.Read(_ledger.Folder, StoreKeys.Meta, StoreKeys.Head.ToArray()));
        Write(StoreKeys.Meta, StoreKeys.Head.ToArray(), (head with { Chain = change(head.Chain) }).Encode());
    }

    private void AssertRefused(string what)
    {
        StoreException refused = Assert.Throws<StoreException>(() => _ledger.Reopen());
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Contains(StoreException.Remedy, refused.Message, StringComparison.Ordinal);
    }
}
