using Ledger.Store;

namespace Ledger.Tests.Log;

/// <summary>The last signed checkpoint in a second place tells what the folder alone cannot.</summary>
public class SecondPlaceTests
{
    [Fact]
    public async Task Open_OldCopyOfTheWholeFolder_IsToldByTheSecondPlace()
    {
        using Place place = new();
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: place.Open);
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        Copy(ledger.Folder, place.Path("yesterday"));
        ledger.Reopen(place.Open);
        await ledger.Register();
        await ledger.Ledger.StopAsync();
        Directory.Delete(ledger.Folder, recursive: true);
        Copy(place.Path("yesterday"), ledger.Folder);

        StoreException refused = Assert.Throws<StoreException>(() => ledger.Reopen(place.Open));

        Assert.Contains("already signed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NoStoreUnderAKeyThatHasSigned_BeginsNoSecondLog()
    {
        using Place place = new();
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: place.Open);
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        Copy(ledger.Folder, place.Path("elsewhere"));
        Directory.Delete(ledger.Folder, recursive: true);
        Directory.CreateDirectory(ledger.Folder);

        StoreException refused = Assert.Throws<StoreException>(() => ledger.Reopen(place.Open));

        Assert.Contains("volume mounted", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(ledger.Folder));
    }

    [Fact]
    public async Task Unchecked_NoLastSignedBesideAStore_SaysSo()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        Assert.Null(ledger.Ledger.Unchecked);
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        ledger.Reopen();
        Assert.Null(ledger.Ledger.Unchecked);
        await ledger.Ledger.StopAsync();
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));

        ledger.Reopen();

        Assert.Contains("could not be checked", ledger.Ledger.Unchecked, StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>A folder beside the ledger's.</summary>
    private sealed class Place : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ledger-test-");

        public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

        public EmbeddedLedger Open(LedgerOptions options) =>
            EmbeddedLedger.Open(options with { LastSignedFile = Path("last-signed") });

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
