using Ledger.Audit;
using Ledger.Rules.Audit;
using Ledger.Tests.Log;

namespace Ledger.Tests.Audit;

/// <summary>A stopped store whose newest entries no checkpoint at hand covers, as a crash leaves it.</summary>
public class UncoveredEntriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Run_LastSignedIsGone_AuditsToTheLastSealAndSaysWhatIsNotCovered(int more)
    {
        await using TemporaryLedger ledger = await Filled(more);
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));

        AuditReport report = await Audit(ledger, default);

        Assert.Null(report.Finding);
        Assert.Equal(ledger.Ledger.Head.Size, report.Auditor.Size);
        Assert.Equal(2, report.Uncovered);
        Assert.Equal(more > 0, report.Checkpoint is not null);
        Assert.Equal(more == 0, report.CheckpointNote.IsEmpty);
    }

    [Fact]
    public async Task Run_LastSignedIsBehind_TakesTheNewestOfTheStore()
    {
        await using TemporaryLedger ledger = await Filled(0);
        byte[] old = await File.ReadAllBytesAsync(Path.Combine(ledger.Folder, "last-signed"), Cancel);
        ledger.Reopen();
        for (int i = 0; i < 2; i++)
        {
            ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
            await ledger.Register();
        }

        await ledger.Ledger.StopAsync();
        await File.WriteAllBytesAsync(Path.Combine(ledger.Folder, "last-signed"), old, Cancel);

        AuditReport report = await Audit(ledger, default);

        Assert.Null(report.Finding);
        Assert.Equal(ledger.Ledger.Head.Size - 2, report.Checkpoint!.Size);
        Assert.Equal(2, report.Uncovered);
    }

    [Fact]
    public async Task Run_LastSignedIsGoneAndTheHeadIsRemembered_IsSoundAndCovered()
    {
        await using TemporaryLedger ledger = await Filled(2);
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));
        ReadOnlyMemory<byte> remembered = ledger.Ledger.Head.Note;

        AuditReport report = await Audit(ledger, remembered);

        Assert.Null(report.Finding);
        Assert.Equal(0, report.Uncovered);
        Assert.True(report.CheckpointNote.Span.SequenceEqual(remembered.Span));
    }

    [Fact]
    public async Task Run_LastSignedIsGoneAndTheRememberedHeadIsOfAnotherLog_IsFound()
    {
        await using TemporaryLedger other = await Filled(2);
        await using TemporaryLedger ledger = await Filled(2);
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));

        AuditReport report = await Audit(ledger, other.Ledger.Head.Note);

        Assert.Contains("do not have the root that this auditor saw", report.Finding?.What, StringComparison.Ordinal);
    }

    private static async Task<AuditReport> Audit(TemporaryLedger ledger, ReadOnlyMemory<byte> remembered)
    {
        using StoreSource source = new(ledger.Folder);
        return await LogAudit.RunAsync(source, ledger.Verifier, remembered, null, Cancel);
    }

    private static async Task<TemporaryLedger> Filled(int more)
    {
        TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        for (int i = 0; i < more; i++)
        {
            ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
            await ledger.Register();
        }

        await ledger.Ledger.StopAsync();
        return ledger;
    }
}
