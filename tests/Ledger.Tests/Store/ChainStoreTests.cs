using Ledger.Rules;
using Ledger.Store;
using RocksDbSharp;

namespace Ledger.Tests.Store;

public sealed class ChainStoreTests : IDisposable
{
    private const string Origin = "ledger.test/store";
    private const string Key = "a verifier key";

    private readonly TemporaryFolder _folder = new();

    private string Path => EmbeddedLedger.StorePath(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_MissingFolder_FoundsAStoreThatKnowsItsLog()
    {
        Assert.False(ChainStore.IsStore(Path));
        for (int opening = 0; opening < 2; opening++)
        {
            using ChainStore store = Open();
            Assert.Equal((Path, Origin, Key), (store.Path, store.Origin, store.LogKey));
            Assert.Equal(ChainHead.Empty, store.Head().Chain);
        }

        Assert.True(ChainStore.IsStore(Path));
        byte[] format = RawStore.Read(_folder.Path, StoreKeys.Meta, StoreKeys.Format.ToArray())!;
        Assert.Equal([0, 0, 0, (byte)StoreKeys.FormatVersion], format);
    }

    [Fact]
    public void Open_FirstStartWasInterrupted_FoundsIt()
    {
        // The database was made, and nothing written into it.
        ColumnFamilies families = [];
        foreach (string name in StoreKeys.All)
        {
            families.Add(name, new ColumnFamilyOptions());
        }

        Directory.CreateDirectory(Path);
        RocksDb
            .Open(new DbOptions().SetCreateIfMissing(true).SetCreateMissingColumnFamilies(true), Path, families)
            .Dispose();
        AssertRefused(() => ChainStore.OpenReadOnly(Path), "has no format version");
        using ChainStore store = Open();
        Assert.Equal((Origin, Key), (store.Origin, store.LogKey));
    }

    [Fact]
    public void Open_AnotherLog_IsRefused()
    {
        Open().Dispose();
        AssertRefused(() => ChainStore.Open(Path, "other", Key), $"belongs to the log {Origin}, not other");
        AssertRefused(() => ChainStore.Open(Path, Origin, "other"), $"was signed with the key {Key}, not other");
        Open().Dispose();
    }

    [Fact]
    public void Open_InUse_IsRefusedAndLeavesTheOtherOpen()
    {
        using ChainStore store = Open();
        AssertRefused(() => Open(), "in use by another process");
        Assert.Equal(Origin, store.Origin);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 6 }, "has format version 6; this program reads version 5")]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "has format version 0; this program reads version 5")]
    [InlineData(new byte[] { 2 }, "has no format version")]
    [InlineData(null, "has no format version")]
    public void Open_FormatOfAnotherVersionOrNone_IsRefused(byte[]? format, string what)
    {
        Open().Dispose();
        RawStore.Write(_folder.Path, StoreKeys.Meta, StoreKeys.Format.ToArray(), format);
        AssertRefused(() => Open(), what);
        AssertRefused(() => ChainStore.OpenReadOnly(Path), what);
    }

    [Fact]
    public void Open_IdentityIsGone_IsRefused()
    {
        Open().Dispose();
        RawStore.Write(_folder.Path, StoreKeys.Meta, StoreKeys.LogKey.ToArray(), null);
        AssertRefused(() => Open(), "lacks its log-key record");
        RawStore.Write(_folder.Path, StoreKeys.Meta, StoreKeys.Origin.ToArray(), null);
        AssertRefused(() => Open(), "lacks its origin record");
    }

    [Fact]
    public void OpenReadOnly_NoStore_IsRefusedAndMakesNothing()
    {
        AssertRefused(() => ChainStore.OpenReadOnly(Path), "There is no store");
        Assert.False(Directory.Exists(Path));
    }

    [Fact]
    public void OpenReadOnly_Store_ReadsAllAndWritesNothing()
    {
        Open().Dispose();
        string[] before = Contents();
        using (ChainStore store = ChainStore.OpenReadOnly(Path))
        {
            Assert.Equal((Origin, Key), (store.Origin, store.LogKey));
            using ChainStore beside = ChainStore.OpenReadOnly(Path); // and needs no lock
            Assert.Equal(before, Contents());
        }

        Assert.Equal(before, Contents());
    }

    [Fact]
    public void OpenReadOnly_WhileItIsWritten_SeesWhatWasThere()
    {
        using ChainStore writer = Open();
        using ChainStore reader = ChainStore.OpenReadOnly(Path);
        Assert.Equal(Origin, reader.Origin);
    }

    [Fact]
    public void Tile_NotThere_IsNamed()
    {
        using ChainStore store = Open();
        AssertRefused(() => store.Tile(1, 2), "Tile 2 of level 1 is missing");
    }

    private ChainStore Open() => ChainStore.Open(Path, Origin, Key);

    // Every file but the log of messages, with its length and time of change.
    private string[] Contents() =>
        [
            .. new DirectoryInfo(Path)
                .GetFiles()
                .Where(file => !file.Name.StartsWith("LOG", StringComparison.Ordinal))
                .Select(file => $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}")
                .Order(),
        ];

    private static void AssertRefused(Func<object> open, string what)
    {
        StoreException refused = Assert.Throws<StoreException>(open);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
    }
}
