using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests.Audit;

/// <summary>Every way in which a log can be wrong, and that the first wrong index is the one that is named.</summary>
public sealed class AuditorTests
{
    // Founding and its seal; five operations and their seal; two and theirs.
    private const int First = 2;
    private const int FirstSeal = 7;
    private const int Second = 8;
    private const int SecondSeal = 10;
    private const int Size = 11;

    private readonly SignedLog _log = new();
    private readonly Signer _supervisor;
    private readonly Signer _stranger;

    public AuditorTests()
    {
        _supervisor = _log.Found();
        _stranger = _log.NewSigner();
        _log.Register(
            _stranger,
            _log.NewSigner(KeyType.Ed25519),
            _log.NewSigner(),
            _log.NewSigner(KeyType.Ed25519),
            _log.NewSigner()
        );
        _log.Time.Now += TimeSpan.FromSeconds(1);
        _log.Append(_stranger.Sign(Operations.Pilot("p", _stranger.Did)), _log.NewSigner().SignCreate());
        Assert.Equal(Size, _log.Entries.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(16)]
    public void Add_SoundLog_FindsNothingAndReachesTheRoot(int threads)
    {
        List<AppliedBatch> batches = [];
        Auditor auditor = new(SignedLog.Key, threads) { BatchReplayed = batches.Add };
        int published = 0;
        foreach (byte[] entry in _log.Entries)
        {
            Assert.Null(auditor.Add(entry));
            if (auditor.AtSeal)
            {
                Assert.Null(auditor.Compare(_log.Checkpoints[published++]));
            }
        }

        Assert.Null(auditor.Finish());
        Assert.Equal(SignedLog.RootOf(_log.Entries), auditor.Root());
        Assert.Equal((Size, 8, 1), (auditor.Size, auditor.Operations, auditor.Refused));
        Assert.Equal((8, 3, 3), (auditor.Signatures, auditor.Seals, auditor.Checkpoints));
        Assert.Equal([1, 5, 2], batches.Select(batch => batch.Operations.Count));
        Assert.Equal(_log.Entries, batches.SelectMany(batch => batch.Entries));
    }

    [Fact]
    public void Add_AnyByteOfAnyEntryFlipped_IsFoundThere()
    {
        for (int index = 0; index < Size; index++)
        {
            // Every byte of the first batch, then a sample: each flip replays the log up to it.
            int step = index < First ? 1 : 13;
            for (int at = 0; at < _log.Entries[index].Length; at += step)
            {
                List<byte[]> changed = [.. _log.Entries];
                changed[index] = [.. _log.Entries[index]];
                changed[index][at] ^= (byte)(1 << (at % 8));

                Finding? finding = Replay(changed);

                // A batch's time stands in each of its entries: when the first is late, the second is the one that disagrees.
                long shift = finding?.What == "time changes within the batch" ? finding.Index - index : 0;
                Assert.True(shift is 0 or 1, $"entry {index} byte {at}: {finding}");
                Assert.True(finding?.Index == index + shift, $"entry {index} byte {at}: {finding}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(16)]
    public void Add_SignatureOfAnotherOperation_IsFoundThoughLaterEntriesAreWrongToo(int threads)
    {
        // A bad signature, then: an entry of the same batch that is none; one of a later batch; a wrong outcome; no seal.
        List<byte[]> forged = WithSignatureOf(First + 2, First);
        AssertFinding([.. forged[..(First + 4)], [1, 2, 3]], First + 2, "does not verify", threads);
        AssertFinding([.. forged[..SecondSeal], [1, 2, 3]], First + 2, "does not verify", threads);
        forged[Second] = _log.With(Second, e => e.Operation.Outcome = ReasonCode.Applied)[Second];
        AssertFinding(forged, First + 2, "does not verify", threads);
        AssertFinding(forged[..(First + 4)], First + 2, "does not verify", threads);
    }

    [Fact]
    public void Add_OutcomeThatTheRulesDoNotGive_IsFoundThoughLaterEntriesAreWrongToo()
    {
        List<byte[]> forged = _log.With(Second, e => e.Operation.Outcome = ReasonCode.Applied);
        AssertFinding(forged, Second, "the entry says APPLIED; by the rules the outcome is NOT_ADMITTED");
        AssertFinding(_log.With(First, e => e.Operation.Outcome = ReasonCode.NotAuthorised), First, "by the rules");
        AssertFinding([.. forged[..(Second + 1)], [1, 2, 3]], Second, "by the rules");
    }

    [Fact]
    public void Finish_UnsealedBatch_NamesWhatIsWrongInItBeforeThatItHasNoSeal()
    {
        AssertFinding(_log.Entries[..SecondSeal], SecondSeal, "no seal");
        List<byte[]> outcome = _log.With(Second, e => e.Operation.Outcome = ReasonCode.Applied);
        AssertFinding(outcome[..SecondSeal], Second, "by the rules");
        AssertFinding(WithSignatureOf(Second + 1, First)[..SecondSeal], Second + 1, "does not verify");

        // Both: the signature comes first.
        List<byte[]> both = WithSignatureOf(First, First + 2);
        both[Second] = outcome[Second];
        AssertFinding(both[..SecondSeal], First, "does not verify");
    }

    [Fact]
    public void Add_Seals_EachFieldThatIsWrongIsNamed()
    {
        void AssertSeal(Action<Entry> change, string what) =>
            AssertFinding(_log.With(SecondSeal, change), SecondSeal, what);
        AssertSeal(e => e.Seal.Height++, "height is 3, not 2");
        AssertSeal(e => e.Seal.FirstIndex--, "starts at 7, not 8");
        AssertSeal(e => e.Seal.PreviousSeal = ByteString.CopyFrom(new byte[32]), "does not name the seal before it");
        AssertSeal(e => e.Seal.StateRoot = ByteString.CopyFrom([.. new byte[31], 1]), "the state root is");
        AssertSeal(e => e.Seal.StateVersion++, "state map");
        AssertSeal(e => e.TimeMs++, "time changes");
        AssertFinding([.. _log.Entries[..First], SealAt(First)], First, "the batch is empty");
        AssertFinding([SealAt(0)], 0, "the batch is empty");
    }

    [Fact]
    public void Add_Time_NeverGoesBack()
    {
        List<byte[]> back = [.. _log.Entries];
        for (int index = Second; index < Size; index++)
        {
            back[index] = _log.With(index, e => e.TimeMs -= 1_001)[index];
        }

        AssertFinding(back, Second, "time goes backwards");
        AssertFinding(_log.With(First + 1, e => e.TimeMs++), First + 1, "time changes");
    }

    [Fact]
    public void Add_EntryRepeatedOrLeftOut_IsFound()
    {
        AssertFinding([.. _log.Entries[..First], .. _log.Entries[(First + 1)..]], First, "says that it is number 3");
        List<byte[]> moved = _log.With(First, e => e.Index++);
        AssertFinding([.. _log.Entries[..(First + 1)], moved[First]], First + 1, "recorded before");
        moved = _log.With(
            First,
            e =>
            {
                e.Index = Size;
                e.TimeMs = (ulong)_log.Time.NowMs;
            }
        );
        AssertFinding([.. _log.Entries, moved[First]], Size, "recorded before");
    }

    [Fact]
    public void Add_OperationThatShouldNotHaveBeenTaken_IsFound()
    {
        Operation late = _stranger.Complete(Operations.Burn("c", "t"));
        late.NotAfter = 1;
        AssertTaken(_stranger.Sign(late), ReasonCode.Expired);
        Signer nobody = _log.NewSigner();
        nobody.Did = $"did:pilot:{SignedLog.Network}:{new string('a', 52)}";
        AssertTaken(nobody.Sign(Operations.Burn("c", "t")), ReasonCode.UnknownActor);
        AssertTaken(_supervisor.Sign(Operations.Found("other", _supervisor.Document)), ReasonCode.AlreadyFounded);
        SignedOperation named = _stranger.Sign(Operations.Burn("c", "t"));
        named.Signatures[0].VerificationMethod = "other";
        AssertTaken(named, ReasonCode.UnknownKey);

        // Form is judged before the batch is: another ledger's operation.
        List<byte[]> foreign = _log.With(
            First,
            e =>
            {
                Operation operation = Operation.Parser.ParseFrom(e.Operation.Operation);
                operation.Ledger = "other.test/log";
                e.Operation.Operation = operation.ToByteString();
            }
        );
        AssertFinding(foreign, First, "should not have been taken: WRONG_LEDGER");

        void AssertTaken(SignedOperation operation, ReasonCode reason) =>
            AssertFinding(
                [.. _log.Entries, _log.EntryOf(operation, ReasonCode.ClassNotFound)],
                Size,
                $"should not have been taken: {Reasons.Name(reason)}"
            );
    }

    [Fact]
    public void Add_BatchOfMoreOperationsThanMayBe_IsFoundAtTheFirstTooMany()
    {
        SignedOperation[] operations =
        [
            .. Enumerable
                .Range(0, Limits.BatchOperationsMax + 1)
                .Select(_ => _stranger.Sign(Operations.Burn("c", "t"))),
        ];
        IEnumerable<byte[]> entries = operations.Select(
            (operation, i) => _log.EntryOf(operation, ReasonCode.NotAdmitted, i)
        );
        AssertFinding([.. _log.Entries, .. entries], Size + Limits.BatchOperationsMax, "larger than a batch may be");
    }

    [Fact]
    public void Add_BatchOfMoreBytesThanMayBe_IsFoundAtTheFirstTooMany()
    {
        Operation large = Operations.BatchMint("c", _stranger.Did, 0);
        for (int i = 0; i < 100; i++)
        {
            large.BatchMint.Items.Add(
                new MintItem { Content = new TokenContent { Uri = $"urn:{new string('x', 500)}" } }
            );
            large.BatchMint.Items[i].Content.Multihash = ByteString.CopyFrom([0x12, 0x20, .. new byte[32]]);
            large.BatchMint.Items[i].Content.MediaType = "image/png";
            large.BatchMint.Items[i].Content.Size = 1;
        }

        List<byte[]> entries = [.. _log.Entries];
        long bytes = 0;
        int tooMany = -1;
        for (int i = 0; tooMany < 0; i++)
        {
            SignedOperation operation = _stranger.Sign(large);
            bytes += operation.Operation.Length;
            tooMany = bytes > Limits.BatchBytesMax ? Size + i : -1;
            entries.Add(_log.EntryOf(operation, ReasonCode.NotAdmitted, i));
        }

        AssertFinding(entries, tooMany, "larger than a batch may be");
        AssertFinding(entries[..tooMany], tooMany, "no seal");
    }

    [Fact]
    public void Add_NewerFormat_IsNoWrong()
    {
        List<byte[]> newer = _log.With(SecondSeal, e => e.Seal.Format = uint.MaxValue);
        Finding? finding = Replay(newer);
        Assert.Equal((SecondSeal, FindingKind.NewerFormat), (finding?.Index, finding?.Kind));

        // But what is wrong before it is.
        newer[Second] = _log.With(Second, e => e.Operation.Outcome = ReasonCode.Applied)[Second];
        finding = Replay(newer);
        Assert.Equal((Second, FindingKind.Wrong), (finding?.Index, finding?.Kind));
    }

    [Fact]
    public void Add_AfterAFinding_AddsNothing()
    {
        Auditor auditor = new(SignedLog.Key);
        Finding? first = auditor.Add(new byte[] { 1, 2, 3 });
        Assert.NotNull(first);
        long size = auditor.Size;
        Assert.Same(first, auditor.Add(_log.Entries[0]));
        Assert.Same(first, auditor.Finish());
        Assert.Same(first, auditor.Compare(_log.Checkpoints[0]));
        Assert.Equal(size, auditor.Size);
    }

    [Fact]
    public void Add_ManySignatures_AreVerifiedOnTheWay()
    {
        Signer[] signers = [.. Enumerable.Range(0, 50).Select(_ => _log.NewSigner())];
        for (int batch = 0; batch < 90; batch++)
        {
            _log.Append(Array.ConvertAll(signers, signer => signer.SignCreate()));
        }

        Auditor auditor = new(SignedLog.Key);
        Assert.All(_log.Entries, entry => Assert.Null(auditor.Add(entry)));
        Assert.InRange(auditor.Signatures, 4_096, 4_500); // bounded: what waits does not grow with the log
        Assert.Null(auditor.Finish());
        Assert.Equal(4_508, auditor.Signatures);
    }

    [Fact]
    public void Compare_CheckpointThatTheLogItselfSigned_IsHeldAgainstTheEntries()
    {
        Assert.Null(Compare(_log.Entries, _log.Checkpoints[^1]));
        byte[] root = _log.Checkpoints[^1].Root.ToArray();
        root[31] ^= 1;
        AssertCompared(_log.Entries, new(SignedLog.Origin, Size, root), Size, "root");
        AssertCompared(_log.Entries, _log.Checkpoints[0], Size, "a checkpoint of 2 entries");
        List<byte[]> unsealed = _log.Entries[..SecondSeal];
        Checkpoint inside = new(SignedLog.Origin, SecondSeal, SignedLog.RootOf(unsealed));
        AssertCompared(unsealed, inside, SecondSeal, "does not end with a seal");
    }

    [Fact]
    public void Compare_EntriesBeforeAreWrong_NamesTheFirstOfThem()
    {
        AssertCompared(WithSignatureOf(First, First + 2), _log.Checkpoints[^1], First, "does not verify");
        List<byte[]> outcome = _log.With(Second, e => e.Operation.Outcome = ReasonCode.Applied);
        AssertCompared(outcome[..SecondSeal], _log.Checkpoints[^1], Second, "by the rules");
    }

    private List<byte[]> WithSignatureOf(int index, int other)
    {
        Signature signature = Entry.Parser.ParseFrom(_log.Entries[other]).Operation.Signatures[0];
        return _log.With(index, e => e.Operation.Signatures[0] = signature);
    }

    private byte[] SealAt(int index) =>
        _log.With(
            FirstSeal,
            e =>
            {
                e.Index = (ulong)index;
                e.TimeMs = Entry.Parser.ParseFrom(_log.Entries[0]).TimeMs;
            }
        )[FirstSeal];

    private static Finding? Compare(List<byte[]> entries, Checkpoint checkpoint)
    {
        Auditor auditor = new(SignedLog.Key);
        Assert.All(entries, entry => Assert.Null(auditor.Add(entry)));
        return auditor.Compare(checkpoint);
    }

    private static void AssertCompared(List<byte[]> entries, Checkpoint checkpoint, int index, string what)
    {
        Finding? finding = Compare(entries, checkpoint);
        Assert.Equal(index, finding?.Index);
        Assert.Contains(what, finding!.What, StringComparison.Ordinal);
    }

    private static void AssertFinding(List<byte[]> entries, int index, string what, int threads = 0)
    {
        Finding? finding = Replay(entries, threads);
        Assert.Equal((index, FindingKind.Wrong), (finding?.Index, finding?.Kind));
        Assert.Contains(what, finding!.What, StringComparison.Ordinal);
    }

    private static Finding? Replay(List<byte[]> entries, int threads = 0)
    {
        Auditor auditor = new(SignedLog.Key, threads);
        return entries.Select(entry => auditor.Add(entry)).FirstOrDefault(finding => finding is not null)
            ?? auditor.Finish();
    }
}
