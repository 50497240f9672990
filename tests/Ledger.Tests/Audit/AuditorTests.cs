using Google.Protobuf;
using Ledger.Audit;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Tests.Audit;

public class AuditorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_SoundLog_FindsNothingAndReachesTheSignedRoot()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);
        Auditor auditor = new(ledger.Verifier);

        Assert.All(log, entry => Assert.Null(auditor.Add(entry)));

        Assert.Null(auditor.Finish());
        Assert.True(auditor.RootIs(ledger.Ledger.Head.Checkpoint.Root.Span));
        Assert.Null(auditor.Compare(ledger.Ledger.Head.Checkpoint));
        Assert.Equal(log.Count, auditor.Operations + auditor.Seals);
        Assert.Equal(1, auditor.Refused);
    }

    [Fact]
    public async Task Add_AnyByteOfAnyEntryFlipped_IsFoundThere()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);

        for (int index = 0; index < log.Count; index++)
        {
            // Every byte of the first entries, then a sample: each flip replays the log up to it.
            int step = index < 3 ? 1 : 17;
            for (int at = 0; at < log[index].Length; at += step)
            {
                List<byte[]> changed = [.. log];
                changed[index] = [.. log[index]];
                changed[index][at] ^= (byte)(1 << (at % 8));

                Finding? finding = Replay(new Auditor(ledger.Verifier), changed);

                // A batch's time stands in each of its entries: when the first is late, the second is the one that disagrees.
                long shift = finding?.What == "time changes within the batch" ? finding.Index - index : 0;
                Assert.True(shift is 0 or 1, $"entry {index} byte {at}: {finding}");
                Assert.True(finding?.Index == index + shift, $"entry {index} byte {at}: {finding}");
            }
        }
    }

    [Fact]
    public async Task Add_OutcomeThatTheRulesDoNotGive_IsFound()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);
        int refused = log.FindIndex(e => Entry.Parser.ParseFrom(e).Operation?.Outcome == ReasonCode.NotAdmitted);

        AssertFinding(
            ledger,
            Rewrite(log, refused, e => e.Operation.Outcome = ReasonCode.Applied),
            refused,
            "by the rules"
        );
        AssertFinding(ledger, Rewrite(log, 0, e => e.Operation.Outcome = ReasonCode.NotAuthorised), 0, "by the rules");
    }

    [Fact]
    public async Task Add_SignatureOfAnotherOperation_IsFoundThoughLaterEntriesAreWrongToo()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);
        int[] creates = [.. Enumerable.Range(0, log.Count).Where(i => IsCreate(log[i]))];
        Signature other = Entry.Parser.ParseFrom(log[creates[1]]).Operation.Signatures[0];
        List<byte[]> forged = Rewrite(log, creates[0], e => e.Operation.Signatures[0] = other);
        forged[^1] = [1, 2, 3];

        AssertFinding(ledger, forged, creates[0], "does not verify");
    }

    [Fact]
    public async Task Add_SealsOutOfOrder_AreFound()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);
        int seal = log.FindLastIndex(e => Entry.Parser.ParseFrom(e).Seal is not null);

        AssertFinding(ledger, Rewrite(log, seal, e => e.Seal.Height++), seal, "height");
        AssertFinding(ledger, Rewrite(log, seal, e => e.Seal.FirstIndex--), seal, "starts at");
        AssertFinding(
            ledger,
            Rewrite(log, seal, e => e.Seal.PreviousSeal = ByteString.CopyFrom(new byte[32])),
            seal,
            "seal before"
        );
        AssertFinding(
            ledger,
            Rewrite(log, seal, e => e.Seal.StateRoot = ByteString.CopyFrom([.. new byte[31], 1])),
            seal,
            "state map"
        );
        AssertFinding(ledger, Rewrite(log, seal, e => e.TimeMs++), seal, "time changes");
        AssertFinding(ledger, [.. log.Take(seal)], seal, "no seal");
    }

    [Fact]
    public async Task Add_EntryRepeatedOrLeftOut_IsFound()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);
        int create = log.FindIndex(IsCreate);

        AssertFinding(ledger, [.. log.Take(create), .. log.Skip(create + 1)], create, "number");
        List<byte[]> repeated = [.. log.Take(create + 1), WithIndex(log[create], create + 1), .. log.Skip(create + 1)];
        AssertFinding(ledger, repeated, create + 1, "before");
    }

    [Fact]
    public async Task Compare_CheckpointOfAnotherTreeSignedByTheLogItself_IsFound()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        List<byte[]> log = await Make(ledger);
        Auditor auditor = new(ledger.Verifier);
        Assert.Null(Replay(auditor, log));
        byte[] root = ledger.Ledger.Head.Checkpoint.Root.ToArray();
        root[0] ^= 1;

        Finding? finding = auditor.Compare(new Checkpoint(TemporaryLedger.Origin, log.Count, root));

        Assert.Equal(log.Count, finding!.Index);
    }

    [Fact]
    public async Task Run_StoppedStore_IsSoundAndRemembersWhatItSaw()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await Make(ledger);
        byte[] seen = ledger.Ledger.Head.Note.ToArray();
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

    private static void AssertFinding(TemporaryLedger ledger, List<byte[]> log, int index, string what)
    {
        Finding? finding = Replay(new Auditor(ledger.Verifier), log);
        Assert.NotNull(finding);
        Assert.Equal(index, finding.Index);
        Assert.Contains(what, finding.What, StringComparison.Ordinal);
    }

    private static Finding? Replay(Auditor auditor, List<byte[]> log) =>
        log.Select(entry => auditor.Add(entry)).FirstOrDefault(f => f is not null) ?? auditor.Finish();

    private static List<byte[]> Rewrite(List<byte[]> log, int index, Action<Entry> change)
    {
        Entry entry = Entry.Parser.ParseFrom(log[index]);
        change(entry);
        List<byte[]> rewritten = [.. log];
        rewritten[index] = entry.ToByteArray();
        return rewritten;
    }

    private static byte[] WithIndex(byte[] entry, int index)
    {
        Entry moved = Entry.Parser.ParseFrom(entry);
        moved.Index = (ulong)index;
        return moved.ToByteArray();
    }

    private static bool IsCreate(byte[] entry) =>
        Entry.Parser.ParseFrom(entry).Operation is { } operation
        && Operation.Parser.ParseFrom(operation.Operation).CreateDid is not null;

    // A founded ledger, two DIDs, an update and a refused operation: a batch each.
    private static async Task<List<byte[]>> Make(TemporaryLedger ledger)
    {
        await ledger.Found();
        Signer stranger = await ledger.Register();
        await ledger.Register();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Submit(
            stranger.Sign(
                new Operation
                {
                    CreatePilot = new CreatePilot
                    {
                        Id = "p",
                        Title = "P",
                        Sponsor = stranger.Did,
                    },
                }
            )
        );
        using ReadView view = ledger.Ledger.Read();
        return [.. view.Entries(0)];
    }
}
