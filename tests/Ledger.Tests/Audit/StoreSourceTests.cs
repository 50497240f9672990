using Google.Protobuf;
using Ledger.Audit;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Tests.Audit;

public class StoreSourceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EntriesAsync_StoppedStore_GivesWhatTheLogHeldUpToTheSize()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await Make(ledger);
        byte[][] entries;
        using (ReadView view = ledger.Ledger.Read())
        {
            entries = [.. view.Entries(0)];
        }

        await ledger.Ledger.StopAsync();
        using StoreSource source = new(ledger.Folder);
        Assert.Equal(ledger.Verifier.ToString(), source.LogKey);
        Assert.Equal(entries, await Read(source, entries.Length));
        Assert.Equal(entries[..3], await Read(source, 3));
        Assert.Equal(entries[1..3], await Read(source, 3, first: 1));
        Assert.Empty(await Read(source, 3, first: 3));

        static async Task<List<byte[]>> Read(StoreSource source, long size, long first = 0)
        {
            List<byte[]> read = [];
            await foreach (ReadOnlyMemory<byte> entry in source.EntriesAsync(first, size, Cancel))
            {
                read.Add(entry.ToArray());
            }

            return read;
        }
    }

    [Fact]
    public async Task NewestCheckpointAsync_FileBesideTheStoreOrNone_IsTheLastSignedOne()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        byte[] stored = ledger.Ledger.Head.Note.ToArray();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
        byte[] newest = ledger.Ledger.Head.Note.ToArray();
        await ledger.Ledger.StopAsync();
        using StoreSource source = new(ledger.Folder);

        Assert.Equal(newest, (await source.NewestCheckpointAsync(Cancel))?.ToArray());
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));
        Assert.Equal(stored, (await source.NewestCheckpointAsync(Cancel))?.ToArray());
    }

    [Fact]
    public async Task NewestCheckpointAsync_EmptyLogWithoutTheFile_IsNone()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Ledger.StopAsync();
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));
        using StoreSource source = new(ledger.Folder);
        Assert.Null(await source.NewestCheckpointAsync(Cancel));
    }

    [Fact]
    public async Task Run_StoppedStore_IsSoundAndRemembersWhatItSaw()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await Make(ledger);
        byte[] seen = ledger.Ledger.Head.Note.ToArray();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
        await ledger.Ledger.StopAsync();
        using StoreSource source = new(ledger.Folder);

        AuditReport first = await LogAudit.RunAsync(source, ledger.Verifier, default, null, Cancel);
        AuditReport second = await LogAudit.RunAsync(source, ledger.Verifier, seen, null, Cancel);

        Assert.Null(first.Finding);
        Assert.Null(second.Finding);
        Assert.Equal(first.Auditor.Seals, first.Auditor.Checkpoints + 1);
    }

    [Fact]
    public async Task Run_LogThatDoesNotContinueWhatWasSeen_IsFound()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await Make(ledger);
        byte[] seen = ledger.Ledger.Head.Note.ToArray();
        await using TemporaryLedger other = TemporaryLedger.Open();
        await Make(other);
        await other.Register();
        await other.Ledger.StopAsync();
        using StoreSource source = new(other.Folder);

        // Same key, same origin, another history; and one that is shorter than what was seen.
        AuditReport rewritten = await LogAudit.RunAsync(source, other.Verifier, seen, null, Cancel);
        byte[] longer = new Checkpoint(TemporaryLedger.Origin, 1_000, new byte[32]).Sign(other.LogKey);
        AuditReport shrunk = await LogAudit.RunAsync(source, other.Verifier, longer, null, Cancel);

        Assert.Contains("rewritten", rewritten.Finding!.What, StringComparison.Ordinal);
        Assert.Contains("shrunk", shrunk.Finding!.What, StringComparison.Ordinal);
    }

    // A batch each, of a second each.
    private static async Task Make(TemporaryLedger ledger)
    {
        await ledger.Found();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
    }
}
