using Google.Protobuf;
using Ledger.Audit;
using Ledger.Crypto;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.V1;
using InclusionProof = Ledger.Crypto.InclusionProof;

namespace Ledger.Tests;

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
        Submission late = await ledger.Submit(operations[0]);
        Assert.Equal(ReasonCode.Stopping, late.Judgement.Reason);
        Assert.Throws<ObjectDisposedException>(() => ledger.Ledger.Read());
        Assert.Null(await ledger.Ledger.WaitForSizeAsync(ledger.Ledger.Head.Size + 1, Cancel));
    }

    [Fact]
    public async Task Open_OldCopyOfTheStore_RefusesToSign()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Ledger.StopAsync();
        string store = EmbeddedLedger.StorePath(ledger.Folder);
        TemporaryFolder.Copy(store, store + ".old");
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
        TemporaryFolder.Copy(store, store + ".fork");
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
}
