using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Testing;

namespace Ledger.Rules.Tests.Audit;

public sealed class LogAuditTests
{
    private readonly SignedLog _log = new();
    private readonly MemorySource _source;

    public LogAuditTests()
    {
        _log.Found();
        _log.Register(_log.NewSigner(), _log.NewSigner());
        _log.Register(_log.NewSigner());
        _source = new MemorySource(_log);
    }

    [Fact]
    public async Task Run_SoundLog_FindsNothingAndComparesEveryCheckpoint()
    {
        List<(long, long)> progress = [];
        AuditReport report = await Run(progress: (done, all) => progress.Add((done, all)));

        Assert.Null(report.Finding);
        Assert.Equal(_log.Checkpoints[^1].Body, report.Checkpoint!.Body);
        Assert.Equal(_source.Newest, report.CheckpointNote.ToArray());
        Assert.Equal(2, report.Auditor.Checkpoints);
        Assert.Equal(4, report.Auditor.Signatures);
        Assert.Equal(Enumerable.Range(1, 7).Select(i => ((long)i, 7L)), progress);
    }

    [Fact]
    public async Task Run_NewestCheckpointOfAnotherKeyOrNone_IsFound()
    {
        using Ed25519PrivateKey other = TestKeys.Ed25519(9);
        _source.Newest = _log.Checkpoints[^1].Sign(other);
        AuditReport report = await Run();
        AssertFinding(report, -1, "the newest checkpoint is not one of this log");
        Assert.Null(report.Checkpoint);

        _source.Newest = [1, 2];
        AssertFinding(await Run(), -1, "the newest checkpoint is not one of this log");
    }

    [Fact]
    public async Task Run_SourceThatFindsSomethingItself_IsThatUnlessAnythingBeforeIsWrong()
    {
        _source.Finding = new Finding(5, "the tile is another");
        AssertFinding(await Run(), 5, "the tile is another");

        // The signature of entry 3, which waits for its turn, comes before.
        _source.Entries[3][^20] ^= 1;
        AssertFinding(await Run(), 3, "does not verify under the key in force");

        _source.Finding = new Finding(-1, "the edge is another");
        AssertFinding(await Run(SignedLog.Sign(_log.Checkpoints[0])), -1, "the edge is another");
    }

    [Fact]
    public async Task Run_RememberedCheckpoint_MustBeContinued()
    {
        byte[] remembered = SignedLog.Sign(_log.Checkpoints[0]);
        AssertFinding(await Run(remembered), 2, "history was rewritten");
        _source.Proof = ProveConsistency(2);
        Assert.Null((await Run(remembered)).Finding);
        AssertFinding(await Run([1, 2]), -1, "that this auditor remembers is not one of this log");
        byte[] longer = SignedLog.Sign(new Checkpoint(SignedLog.Origin, 8, new byte[32]));
        AssertFinding(await Run(longer), 7, "the log has shrunk");
        byte[] empty = SignedLog.Sign(new Checkpoint(SignedLog.Origin, 0, SignedLog.RootOf([])));
        Assert.Null((await Run(empty)).Finding);
    }

    [Fact]
    public async Task Run_EntriesOfAnotherTreeThanTheCheckpoints_AreFound()
    {
        // Two logs of one key and one length: what one says goes with what the other has.
        SignedLog other = new();
        other.Found();
        other.Register(other.NewSigner(), other.NewSigner());
        other.Register(other.NewSigner());
        _source.Entries = other.Entries;
        AssertFinding(await Run(), 2, "the published checkpoint's root is not the root of the entries");
        _source.Published = [.. other.Checkpoints.SkipLast(1).Select(SignedLog.Sign)];
        AssertFinding(await Run(), 7, "the newest checkpoint's root is not the root of the entries");
        _source.Published = [];
        _source.Proof = ProveConsistency(2);
        AssertFinding(await Run(SignedLog.Sign(_log.Checkpoints[0])), 2, "the root that this auditor saw");
    }

    [Fact]
    public async Task Run_EntriesAreMissing_IsFound()
    {
        _source.Entries = _source.Entries[..5];
        AssertFinding(await Run(), 5, "names 7 entries, but there are 5");
        _source.Entries = _source.Entries[..4];
        AssertFinding(await Run(), 4, "no seal");
    }

    [Fact]
    public async Task Run_PublishedCheckpointOfNoUse_IsFound()
    {
        _source.Published[1] = [1, 2];
        AssertFinding(await Run(), 2, "a published checkpoint is not one of this log");
        _source.Published = [SignedLog.Sign(_log.Checkpoints[1]), SignedLog.Sign(_log.Checkpoints[0])];
        AssertFinding(await Run(), 5, "a checkpoint of 2 entries was published here");
    }

    [Fact]
    public async Task Run_WrongEntry_IsFound()
    {
        _source.Entries = _log.With(3, e => e.TimeMs++);
        AssertFinding(await Run(), 3, "time changes");
    }

    private Task<AuditReport> Run(byte[]? remembered = null, Action<long, long>? progress = null) =>
        LogAudit.RunAsync(_source, SignedLog.Key, remembered, progress, TestContext.Current.CancellationToken);

    // RFC 6962, section 2.1.2, from the first two entries to all seven: PROOF(2, D[7]) = { MTH(D[2:4]), MTH(D[4:7]) }.
    private byte[] ProveConsistency(int size)
    {
        Assert.Equal((2, 7), (size, _log.Entries.Count));
        return [.. SignedLog.RootOf(_log.Entries[2..4]), .. SignedLog.RootOf(_log.Entries[4..])];
    }

    private static void AssertFinding(AuditReport report, long index, string what)
    {
        Assert.Equal(index, report.Finding?.Index);
        Assert.Contains(what, report.Finding!.What, StringComparison.Ordinal);
    }
}
