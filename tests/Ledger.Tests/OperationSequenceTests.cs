using Ledger.Protocol;
using Ledger.Store;
using Ledger.Tests.Store;
using Ledger.V1;

namespace Ledger.Tests;

/// <summary>Operations of one call: each sees what those before it did, and none is refused for want of what they may bring.</summary>
public sealed class OperationSequenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubmitAll_FoundThenCreateThenAct_IsAllApplied()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        Signer supervisor = new(ledger.Time);
        SignedOperation found = supervisor.Sign(Operations.Found(TemporaryLedger.Network, supervisor.Document));
        supervisor.Did = DidOf(found);
        Signer other = new(ledger.Time, type: KeyType.Ed25519);
        SignedOperation create = other.SignCreate();
        other.Did = DidOf(create);

        Assert.Equal(
            [ReasonCode.Applied, ReasonCode.Applied, ReasonCode.Applied, ReasonCode.ClassNotFound],
            await Reasons(
                ledger,
                found,
                create,
                supervisor.Sign(Operations.Admit(other.Did, Role.Participant)),
                other.Sign(Operations.Burn("c", "t"))
            )
        );
    }

    [Fact]
    public async Task SubmitAll_KeyRotated_TheNewOneActsAndTheOldOneNoMore()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer signer = new(ledger.Time);
        SignedOperation create = signer.SignCreate();
        signer.Did = DidOf(create);
        Signer next = new(ledger.Time) { Did = signer.Did };
        SignedOperation rotate = signer.Sign(Operations.Update(signer.Did, IdOf(create), next.Document));

        // Recorded with the rules' refusal: the key acted. By the old key nothing is recorded.
        Assert.Equal(
            [
                ReasonCode.Applied,
                ReasonCode.NotAdmitted,
                ReasonCode.Applied,
                ReasonCode.NotAdmitted,
                ReasonCode.BadSignature,
            ],
            await Reasons(
                ledger,
                create,
                signer.Sign(Operations.Burn("c", "t")),
                rotate,
                next.Sign(Operations.Burn("c", "t")),
                signer.Sign(Operations.Burn("c", "t"))
            )
        );
    }

    [Fact]
    public async Task SubmitAll_KeyRotatedByAController_CountsToo()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer controller = await ledger.Register();
        Signer signer = new(ledger.Time);
        DidDocument document = signer.Document;
        document.Controllers.Add(controller.Did);
        SignedOperation create = signer.Sign(Operations.Create(document));
        signer.Did = DidOf(create);
        await ledger.Apply(create);
        Signer next = new(ledger.Time) { Did = signer.Did };

        Assert.Equal(
            [ReasonCode.Applied, ReasonCode.NotAdmitted],
            await Reasons(
                ledger,
                controller.Sign(Operations.Update(signer.Did, IdOf(create), next.Document)),
                next.Sign(Operations.Burn("c", "t"))
            )
        );
    }

    [Fact]
    public async Task SubmitAll_DeactivatedThenActs_IsRefusedUnrecorded()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        Signer signer = new(ledger.Time);
        SignedOperation create = signer.SignCreate();
        signer.Did = DidOf(create);

        Submission[] answers = await ledger.Ledger.SubmitAllAsync(
            [
                create,
                signer.Sign(Operations.Deactivate(signer.Did, IdOf(create))),
                signer.Sign(Operations.Burn("c", "t")),
            ],
            Cancel
        );

        Assert.Equal(
            [ReasonCode.Applied, ReasonCode.Applied, ReasonCode.ActorDeactivated],
            answers.Select(answer => answer.Judgement.Reason)
        );
        Assert.Null(answers[2].Receipt);
    }

    [Fact]
    public async Task SubmitAll_OneOperationTwice_HasOneReceipt()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        long size = ledger.Ledger.Head.Size;
        SignedOperation create = new Signer(ledger.Time).SignCreate();

        Submission[] answers = await ledger.Ledger.SubmitAllAsync([create, create, create.Clone()], Cancel);

        Assert.All(answers, answer => Assert.Equal(Judgement.Ok, answer.Judgement));
        Assert.All(answers, answer => Assert.Equal(answers[0].Receipt, answer.Receipt));
        Assert.All(answers, answer => Assert.True(answer.Head!.Size > (long)answer.Receipt!.Index));
        Assert.Equal(size + 2, ledger.Ledger.Head.Size);
    }

    [Fact]
    public async Task SubmitAll_BadOnesAmongGoodOnes_AreAnsweredInTheirPlaces()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        SignedOperation forged = new Signer(ledger.Time).SignCreate();
        forged.Signatures[0] = new Signer(ledger.Time).SignCreate().Signatures[0];
        Signer nobody = new(ledger.Time) { Did = $"did:pilot:{TemporaryLedger.Network}:{new string('a', 52)}" };

        Assert.Equal(
            [
                ReasonCode.Applied,
                ReasonCode.Empty,
                ReasonCode.BadSignature,
                ReasonCode.UnknownActor,
                ReasonCode.Applied,
            ],
            await Reasons(
                ledger,
                new Signer(ledger.Time).SignCreate(),
                new SignedOperation(),
                forged,
                nobody.Sign(Operations.Burn("c", "t")),
                new Signer(ledger.Time).SignCreate()
            )
        );
    }

    [Fact]
    public async Task Add_NoRoomForOneCallersOwnOperations_WaitsForThem()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: options =>
            EmbeddedLedger.Open(options with { PoolOperationsMax = 2 })
        );
        Signer supervisor = new(ledger.Time);
        SignedOperation found = supervisor.Sign(Operations.Found(TemporaryLedger.Network, supervisor.Document));
        SignedOperation[] creates = [.. Enumerable.Range(0, 9).Select(_ => new Signer(ledger.Time).SignCreate())];
        Assert.All(await Reasons(ledger, [found, .. creates]), reason => Assert.Equal(ReasonCode.Applied, reason));
    }

    [Fact]
    public async Task Add_NoRoomForAnothersOperation_IsOverloadedUntilTheyAreAnswered()
    {
        using ManualResetEventSlim gate = new(initialState: true);
        await using TemporaryLedger ledger = TemporaryLedger.Open(
            open: Gated(gate, options => options with { PoolOperationsMax = 2 })
        );
        await ledger.Found();
        gate.Reset();
        OperationSequence first = ledger.Ledger.OpenSequence();
        Task<Submission> one = await first.AddAsync(new Signer(ledger.Time).SignCreate(), Cancel);
        Task<Submission> two = await first.AddAsync(new Signer(ledger.Time).SignCreate(), Cancel);
        first.HandOver();

        Submission turnedAway = await ledger.Submit(new Signer(ledger.Time).SignCreate());
        gate.Set();
        await one;
        await two;

        Assert.Equal(ReasonCode.Overloaded, turnedAway.Judgement.Reason);
        await ledger.Register();
    }

    [Fact]
    public async Task Add_MoreWeightThanACallMayHave_WaitsInsteadOfRefusing()
    {
        using ManualResetEventSlim gate = new(initialState: true);
        await using TemporaryLedger ledger = TemporaryLedger.Open(open: Gated(gate));
        Scene scene = await Scene.SetAsync(ledger.Ledger, ledger.Time);
        gate.Reset();
        OperationSequence sequence = ledger.Ledger.OpenSequence();
        List<Task<Submission>> answers = [];

        // A thousand tokens weigh 192,000: what the call may have under way is passed by the 22nd, and the next one waits.
        ValueTask<Task<Submission>> last;
        while ((last = sequence.AddAsync(Mint(), Cancel)).IsCompleted)
        {
            answers.Add(await last);
        }

        Assert.Equal((Limits.CallWeightMax / (3 * 1_000 * Limits.RowWeight)) + 1, answers.Count);
        OperationSequence other = ledger.Ledger.OpenSequence();
        answers.Add(await other.AddAsync(Mint(), Cancel)); // another call has room
        other.HandOver();
        gate.Set();
        answers.Add(await last);
        sequence.HandOver();
        foreach (Submission answer in await Task.WhenAll(answers))
        {
            Assert.Equal(Judgement.Ok, answer.Judgement);
        }

        SignedOperation Mint() =>
            scene.Issuer.Sign(Operations.BatchMint(Scene.Class, scene.Alice.Did, Limits.MintItemsMax));
    }

    [Fact]
    public async Task Add_CallerGoneWhileItWaits_GivesTheRoomBackAndLeavesTheOthers()
    {
        using ManualResetEventSlim gate = new(initialState: true);
        await using TemporaryLedger ledger = TemporaryLedger.Open(
            open: Gated(gate, options => options with { PoolOperationsMax = 2 })
        );
        await ledger.Found();
        gate.Reset();
        using CancellationTokenSource gone = new();
        OperationSequence sequence = ledger.Ledger.OpenSequence();
        Signer signer = new(ledger.Time);
        SignedOperation create = signer.SignCreate();
        signer.Did = DidOf(create);
        Task<Submission> created = await sequence.AddAsync(create, gone.Token);
        ValueTask<Task<Submission>> waits = sequence.AddAsync(signer.Sign(Operations.Burn("c", "t")), gone.Token);
        Assert.False(waits.IsCompleted); // for what may bring its actor

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waits);

        // One place is free again, and what was added before is recorded.
        OperationSequence other = ledger.Ledger.OpenSequence();
        Task<Submission> another = await other.AddAsync(new Signer(ledger.Time).SignCreate(), Cancel);
        other.HandOver();
        gate.Set();
        Assert.Equal(Judgement.Ok, (await created).Judgement);
        Assert.Equal(Judgement.Ok, (await another).Judgement);
    }

    [Fact]
    public async Task Submit_StoreCannotBeRead_ThrowsAndGivesTheRoomBack()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        Signer supervisor = new(ledger.Time);
        SignedOperation found = supervisor.Sign(Operations.Found(TemporaryLedger.Network, supervisor.Document));
        await ledger.Apply(found);
        SignedOperation[] many = [.. Enumerable.Range(0, 300).Select(_ => new Signer(ledger.Time).SignCreate())];
        await ledger.Ledger.SubmitAllAsync(many, Cancel);
        await ledger.Ledger.StopAsync();

        // An entry that opening does not look at is gone, and a retry asks for its receipt.
        RawStore.Write(ledger.Folder, StoreKeys.Entries, RawStore.Number(0), null);
        ledger.Reopen(options => EmbeddedLedger.Open(options with { PoolOperationsMax = 1 }));
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<StoreException>(() => ledger.Submit(found));
        }

        await ledger.Register();

        // Those before it in one call have been let in, and are finished.
        SignedOperation before = new Signer(ledger.Time).SignCreate();
        await Assert.ThrowsAsync<StoreException>(async () =>
            await ledger.Ledger.SubmitAllAsync([before, found], Cancel)
        );
        long size = ledger.Ledger.Head.Size;
        await ledger.Apply(before);
        Assert.Equal(size, ledger.Ledger.Head.Size);
    }

    [Fact]
    public async Task Add_AfterTheStop_IsToldThatTheNodeIsStopping()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        OperationSequence sequence = ledger.Ledger.OpenSequence();
        Task<Submission> added = await sequence.AddAsync(new Signer(ledger.Time).SignCreate(), Cancel);
        Task draining = ledger.Ledger.DrainAsync();
        Task<Submission> late = await sequence.AddAsync(new Signer(ledger.Time).SignCreate(), Cancel);

        Assert.Equal(ReasonCode.Stopping, (await late).Judgement.Reason);
        Assert.False(draining.IsCompleted); // it was let in, and is not on its way yet
        sequence.HandOver();
        Assert.Equal(Judgement.Ok, (await added).Judgement);
        await draining;
    }

    private static async Task<IEnumerable<ReasonCode>> Reasons(
        TemporaryLedger ledger,
        params SignedOperation[] operations
    ) => (await ledger.Ledger.SubmitAllAsync(operations, Cancel)).Select(answer => answer.Judgement.Reason);

    // A ledger whose writes wait for a gate.
    private static Func<LedgerOptions, EmbeddedLedger> Gated(
        ManualResetEventSlim gate,
        Func<LedgerOptions, LedgerOptions>? change = null
    ) =>
        options =>
            EmbeddedLedger.Open(
                change?.Invoke(options) ?? options,
                store =>
                    store.AroundWrite = write =>
                    {
                        gate.Wait(Cancel);
                        write();
                    }
            );

    private static Google.Protobuf.ByteString IdOf(SignedOperation signed)
    {
        byte[] id = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(signed.Operation.Span, id);
        return Google.Protobuf.ByteString.CopyFrom(id);
    }

    private static string DidOf(SignedOperation signed) =>
        DidSyntax.FromOperationId(TemporaryLedger.Network, IdOf(signed).Span);
}
