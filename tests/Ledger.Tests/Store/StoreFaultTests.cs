using Ledger.Audit;
using Ledger.Store;
using Ledger.Tests.Log;

namespace Ledger.Tests.Store;

public class StoreFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // What RocksDB says, with the system's words.
    [Theory]
    [InlineData("IO error: No space left on device: While appending to file: /d/store/000012.log", "Make room")]
    [InlineData("IO error: While open a file for random read: /d/store/9.sst: Too many open files", "ulimit -n")]
    [InlineData("IO error: While open a file for lock: /d/store/LOCK: Permission denied", "chown")]
    [InlineData("IO error: While mkdir: /d/store: Read-only file system", "cannot be written")]
    [InlineData("IO error: While lock file: /d/store/LOCK: Resource temporarily unavailable", "in use by another")]
    [InlineData("IO error: While pread offset 0 len 9: /d/store/9.sst: Input/output error", "Look at the disk")]
    [InlineData("Invalid argument: Column families not opened: x", "does not know")]
    public void Describe_WhatIsNoDamage_DoesNotAskForABackup(string message, string advice)
    {
        StoreException e = StoreFault.Describe("The store in /d", new IOException(message));

        Assert.Contains(advice, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("backup", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_Corruption_AsksForABackup()
    {
        StoreException e = StoreFault.Describe(
            "The store in /d",
            new IOException("Corruption: block checksum mismatch")
        );

        Assert.Contains("restore a backup", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Require_LessRoomThanTheLogsNeed_SaysHowMuchAndTouchesNothing()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        string store = EmbeddedLedger.StorePath(ledger.Folder);
        await File.WriteAllBytesAsync(Path.Combine(store, "999999.log"), new byte[5 * 1024 * 1024], Cancel);
        long needed = StoreRoom.Needed(store);

        StoreRoom.Require(store, needed);
        StoreException e = Assert.Throws<StoreException>(() => StoreRoom.Require(store, needed - 1));

        Assert.InRange(needed, 21 * 1024 * 1024, 22 * 1024 * 1024);
        Assert.Contains("22 MiB are needed, and 21 are free", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenReadOnly_Store_LeavesTheFolderAsItWas()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        string[] before = Listing(ledger.Folder);

        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));

        Assert.Equal(before, Listing(ledger.Folder));
    }

    private static string[] Listing(string folder) =>
        [
            .. Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(static file => $"{file} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file).Ticks}"),
        ];
}
