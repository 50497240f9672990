using Google.Protobuf;
using Ledger.Audit;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.Testing;
using Ledger.V1;
using InclusionProof = Ledger.Crypto.InclusionProof;

namespace Ledger.Tests.Log;

public class EmbeddedLedgerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_Operation_ReceiptIsProvedByTheSignedCheckpoint()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        SignedOperation operation = new Signer(ledger.Time).SignCreate();

        Submission submission = await ledger.Submit(operation);

        Receipt receipt = submission.Receipt!;
        LogHead head = submission.Head!;
        Assert.True(
            Checkpoint.TryOpen(head.Note.Span, ledger.Verifier, out Checkpoint? checkpoint, out string problem),
            problem
        );
        OperationCodec.Decode(operation, TemporaryLedger.Origin, out SubmittedOperation? submitted);
        byte[] entry = EntryCodec.EncodeOperation(
            (long)receipt.Index,
            (long)receipt.TimeMs,
            submitted!,
            receipt.Outcome
        );
        byte[] leafHash = new byte[32];
        MerkleHash.HashLeaf(entry, leafHash);
        Assert.Equal(leafHash, receipt.LeafHash.ToByteArray());
        byte[] proof = [.. head.InclusionProof((long)receipt.Index).SelectMany(h => h)];
        Assert.True(InclusionProof.Verify((long)receipt.Index, checkpoint.Size, leafHash, proof, checkpoint.Root.Span));
    }

    [Fact]
    public async Task Submit_SameOperationTwice_SecondGetsTheFirstReceipt()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        SignedOperation operation = new Signer(ledger.Time).SignCreate();

        Task<Submission>[] together = [.. Enumerable.Range(0, 8).Select(_ => ledger.Submit(operation))];
        Submission[] first = await Task.WhenAll(together);
        Submission later = await ledger.Submit(operation);

        Assert.All(first, s => Assert.Equal(first[0].Receipt, s.Receipt));
        Assert.Equal(first[0].Receipt, later.Receipt);
    }

    [Fact]
    public async Task Submit_RetryOfTheOperationThatEndedItsOwnKey_GetsTheFirstReceipt()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer signer = new(ledger.Time);
        Submission created = await ledger.Submit(signer.SignCreate());
        signer.Did = DidSyntax.FromOperationId(TemporaryLedger.Network, created.Receipt!.OperationId.Span);
        SignedOperation end = signer.Sign(
            new Operation
            {
                DeactivateDid = new DeactivateDid { Did = signer.Did, Previous = created.Receipt.OperationId },
            }
        );

        Submission first = await ledger.Submit(end);
        Submission retry = await ledger.Submit(end);

        Assert.Equal(ReasonCode.Applied, first.Judgement.Reason);
        Assert.Equal(first.Receipt, retry.Receipt);
    }

    [Fact]
    public async Task Submit_RefusedByTheRules_IsRecordedWithItsOutcome()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer stranger = await ledger.Register();

        Submission refused = await ledger.Submit(
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

        Assert.Equal(ReasonCode.NotAdmitted, refused.Judgement.Reason);
        Assert.Equal(ReasonCode.NotAdmitted, refused.Receipt!.Outcome);
        using ReadView view = ledger.Ledger.Read();
        EntryCodec.Decode(view.Entry((long)refused.Receipt.Index)!, out Entry? entry);
        Assert.Equal(ReasonCode.NotAdmitted, entry!.Operation.Outcome);
    }

    [Fact]
    public async Task Submit_BadSignature_LeavesNothing()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        long size = ledger.Ledger.Head.Size;
        SignedOperation operation = new Signer(ledger.Time).SignCreate();
        operation.Signatures[0] = new Signer(ledger.Time).SignCreate().Signatures[0];

        Submission submission = await ledger.Submit(operation);

        Assert.Equal(ReasonCode.BadSignature, submission.Judgement.Reason);
        Assert.Null(submission.Receipt);
        Assert.Equal(size, ledger.Ledger.Head.Size);
    }

    [Fact]
    public async Task Submit_DeadlinePassedByTheBatchTime_IsRefusedUnrecorded()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        SignedOperation operation = new Signer(ledger.Time).SignCreate();
        ledger.Time.Now = ledger.Time.Now.AddHours(2);

        Submission submission = await ledger.Submit(operation);

        Assert.Equal(ReasonCode.Expired, submission.Judgement.Reason);
        Assert.Null(submission.Receipt);
    }

    [Fact]
    public async Task Time_ClockJumpsBack_LogTimeStands()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        long before = ledger.Ledger.Head.TimeMs;
        Signer signer = new(ledger.Time);
        SignedOperation operation = signer.SignCreate();
        ledger.Time.Now = ledger.Time.Now.AddDays(-1);

        Submission submission = await ledger.Submit(operation);

        Assert.Equal((ulong)before, submission.Receipt!.TimeMs);
    }

    [Fact]
    public async Task Open_AfterStop_GoesOnAndAudits()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        for (int round = 0; round < 3; round++)
        {
            // More than one tile, in batches of every size.
            SignedOperation[] operations =
            [
                .. Enumerable.Range(0, 150).Select(_ => new Signer(ledger.Time).SignCreate()),
            ];
            Submission[] submissions = await ledger.Ledger.SubmitAllAsync(operations, Cancel);
            Assert.All(submissions, s => Assert.True(s.Judgement.IsOk));
            LogHead head = ledger.Ledger.Head;
            await ledger.Ledger.StopAsync();
            Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
            ledger.Reopen();
            Assert.Equal(head.Note.ToArray(), ledger.Ledger.Head.Note.ToArray());
        }
    }

    [Fact]
    public async Task Stop_WhileOperationsAreUnderWay_AnswersEveryOneAndRefusesNewOnes()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        SignedOperation[] operations = [.. Enumerable.Range(0, 200).Select(_ => new Signer(ledger.Time).SignCreate())];

        ValueTask<Submission[]> underWay = ledger.Ledger.SubmitAllAsync(operations, Cancel);
        Task stopping = ledger.Ledger.StopAsync();
        Submission[] answers = await underWay;
        await stopping;

        Assert.All(answers, s => Assert.Equal(ReasonCode.Applied, s.Judgement.Reason));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_Fails_CallerIsToldNothingFalseAndTheLogStops(bool persisted)
    {
        // The fault table's two rows: the write failed and nothing is there; the write failed and all of it is there.
        bool failing = false;
        await using TemporaryLedger ledger = TemporaryLedger.Open(
            open: AroundWrite(write =>
            {
                if (persisted || !failing)
                {
                    write();
                }

                if (failing)
                {
                    throw new IOException("injected");
                }
            })
        );
        await ledger.Found();
        LogHead before = ledger.Ledger.Head;
        failing = true;

        SignedOperation operation = new Signer(ledger.Time).SignCreate();
        Submission uncertain = await ledger.Submit(operation);
        Submission after = await ledger.Submit(new Signer(ledger.Time).SignCreate());

        Assert.Equal(ReasonCode.Internal, uncertain.Judgement.Reason);
        Assert.Null(uncertain.Receipt);
        Assert.NotEqual(ReasonCode.Applied, after.Judgement.Reason);
        Assert.IsType<IOException>(Assert.Single(ledger.Fatal));
        Assert.Equal(before.Size, ledger.Ledger.Head.Size);
        await ledger.Ledger.StopAsync();

        // Recovery shows which of the two it was, and the same operation again settles it either way.
        ledger.Reopen();
        Assert.Equal(before.Size + (persisted ? 2 : 0), ledger.Ledger.Head.Size);
        Submission retry = await ledger.Submit(operation);
        Assert.Equal(ReasonCode.Applied, retry.Judgement.Reason);
        await ledger.Ledger.StopAsync();
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
    }

    [Fact]
    public async Task Open_OldCopyOfTheStore_RefusesToSign()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        string store = EmbeddedLedger.StorePath(ledger.Folder);
        Copy(store, store + ".old");
        ledger.Reopen();
        await ledger.Register();
        await ledger.Ledger.StopAsync();
        Directory.Delete(store, recursive: true);
        Directory.Move(store + ".old", store);

        StoreException refused = Assert.Throws<StoreException>(() => ledger.Reopen());

        Assert.Contains("already signed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ForkOfTheStore_RefusesToSign()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        string store = EmbeddedLedger.StorePath(ledger.Folder);
        Copy(store, store + ".fork");
        ledger.Reopen();
        await ledger.Register();
        await ledger.Ledger.StopAsync();
        byte[] signed = await File.ReadAllBytesAsync(Path.Combine(ledger.Folder, "last-signed"), Cancel);

        // The copy goes its own way to the same size, then meets what was signed before.
        Directory.Delete(store, recursive: true);
        Directory.Move(store + ".fork", store);
        File.Delete(Path.Combine(ledger.Folder, "last-signed"));
        ledger.Reopen();
        await ledger.Register();
        await ledger.Ledger.StopAsync();
        await File.WriteAllBytesAsync(Path.Combine(ledger.Folder, "last-signed"), signed, Cancel);

        StoreException refused = Assert.Throws<StoreException>(() => ledger.Reopen());

        Assert.Contains("not the one that this log has signed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastSigned_CannotBeWritten_IsFatal()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();

        // A folder stands where the file should go.
        Directory.CreateDirectory(Path.Combine(ledger.Folder, "last-signed.new"));
        await ledger.Found();
        await ledger.Ledger.StopAsync();

        Exception fatal = Assert.Single(ledger.Fatal);
        Assert.True(fatal is IOException or UnauthorizedAccessException, fatal.ToString());
    }

    [Fact]
    public async Task Open_SecondProcessOnOneStore_IsRefused()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();

        StoreException refused = Assert.Throws<StoreException>(() => TemporaryLedger.Open(ledger.Folder));

        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AnotherOriginOrKey_IsRefused()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Ledger.StopAsync();
        LedgerOptions options = new()
        {
            Directory = ledger.Folder,
            Origin = TemporaryLedger.Origin,
            SigningKey = ledger.LogKey,
        };
        using Ed25519PrivateKey other = Ed25519PrivateKey.Generate();

        Assert.Throws<StoreException>(() => EmbeddedLedger.Open(options with { Origin = "other.test/log" }));
        Assert.Throws<StoreException>(() => EmbeddedLedger.Open(options with { SigningKey = other }));
    }

    [Fact]
    public async Task FindVersionAt_ManyVersions_AgreesWithAWalkThroughAll()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer signer = new(ledger.Time);
        Submission last = await ledger.Submit(signer.SignCreate());
        signer.Did = DidSyntax.FromOperationId(TemporaryLedger.Network, last.Receipt!.OperationId.Span);
        for (int i = 0; i < 12; i++)
        {
            ledger.Time.Now = ledger.Time.Now.AddSeconds(i % 3);
            await ledger.Register();
            last = await ledger.Submit(
                signer.Sign(
                    new Operation
                    {
                        UpdateDid = new UpdateDid
                        {
                            Did = signer.Did,
                            Previous = last.Receipt!.OperationId,
                            Document = signer.Document,
                        },
                    }
                )
            );
            Assert.Equal(ReasonCode.Applied, last.Judgement.Reason);
        }

        using ReadView view = ledger.Ledger.Read();
        RecordKey key = RecordKey.Did(signer.Did);
        List<VersionedRecord> all = [.. view.Versions(key, -1)];
        Assert.Equal(13, all.Count);
        for (long time = all[0].TimeMs - 1_500; time <= all[^1].TimeMs + 1_500; time += 500)
        {
            Assert.Equal(all.LastOrDefault(v => v.TimeMs <= time)?.Index, view.FindVersionAt(key, time)?.Index);
        }

        for (int i = 0; i < all.Count; i++)
        {
            Assert.Equal(all[i], view.FindVersion(key, all[i].Index));
            Assert.Null(view.FindVersion(key, all[i].Index + 1));
            Assert.Equal(all.ElementAtOrDefault(i + 1)?.Index, view.FindNextVersion(key, all[i].Index)?.Index);
        }
    }

    private static Func<LedgerOptions, EmbeddedLedger> AroundWrite(Action<Action> around) =>
        options => EmbeddedLedger.Open(options, store => store.AroundWrite = around);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
