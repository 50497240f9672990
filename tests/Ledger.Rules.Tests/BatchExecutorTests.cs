using System.Security.Cryptography;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests;

public sealed class BatchExecutorTests
{
    private static readonly string Nobody = $"did:pilot:{RulesLedger.Network}:{new string('a', 52)}";

    private readonly RulesLedger _ledger = new();

    [Fact]
    public void Execute_NothingProposed_DoesNothing()
    {
        _ledger.Found();
        ChainHead head = _ledger.Head;

        AppliedBatch batch = _ledger.Execute();

        Assert.True(batch.IsEmpty);
        Assert.Same(head, batch.Before);
        Assert.Same(head, batch.Head);
        Assert.Empty(batch.Operations);
        Assert.Empty(batch.Entries);
        Assert.True(batch.LeafHashes.IsEmpty);
        Assert.Empty(batch.State.Changes);
    }

    [Fact]
    public void Execute_AllTurnedAway_SaysWhyAndRecordsNothing()
    {
        string did = _ledger.Found();
        ChainHead head = _ledger.Head;
        Operation late = BurnBy(did);
        late.NotAfter = 1;

        AppliedBatch batch = _ledger.Execute(
            Unverified(_ledger.Sign(BurnBy(Nobody))),
            Unverified(_ledger.Sign(late)),
            Unverified(_ledger.Sign(BurnBy(did), "other"))
        );

        Assert.True(batch.IsEmpty);
        Assert.Same(head, batch.Head);
        Assert.Equal(
            [ReasonCode.UnknownActor, ReasonCode.Expired, ReasonCode.UnknownKey],
            batch.Operations.Select(operation => operation.Judgement.Reason)
        );
        Assert.All(batch.Operations, operation => Assert.Equal(-1, operation.Index));
        Assert.All(batch.Operations, operation => Assert.False(operation.IsRecorded || operation.IsRepeated));
        Assert.All(batch.Operations, operation => Assert.Empty(operation.Keys));
    }

    [Fact]
    public void Execute_OperationRecordedBefore_IsNamedAndNotRecordedAgain()
    {
        string did = _ledger.Found();
        SubmittedOperation before = _ledger.Sign(BurnBy(did));
        SubmittedOperation twice = _ledger.Sign(BurnBy(did));
        _ledger.Execute(Unverified(before));
        long first = _ledger.NextIndex;

        AppliedBatch batch = _ledger.Execute(Unverified(before), Unverified(twice), Unverified(twice));

        Assert.Equal([first - 2, first, first], batch.Operations.Select(operation => operation.Index));
        Assert.Equal([true, false, true], batch.Operations.Select(operation => operation.IsRepeated));
        Assert.Equal([false, true, false], batch.Operations.Select(operation => operation.IsRecorded));
        Assert.Equal(2, batch.Entries.Count); // the one and the seal
        ChainHead head = batch.Head;
        Assert.Same(head, _ledger.Execute(Unverified(before), Unverified(twice)).Head);
    }

    [Fact]
    public void Execute_OperationThatTheRulesRefuse_IsRecordedAndNotedAndChangesNothingElse()
    {
        string did = _ledger.Found();

        AppliedBatch batch = _ledger.Execute(Unverified(_ledger.Sign(BurnBy(did))));

        AppliedOperation refused = Assert.Single(batch.Operations);
        Assert.Equal(ReasonCode.ClassNotFound, refused.Judgement.Reason);
        Assert.True(refused.IsRecorded);
        Assert.Equal(ReasonCode.ClassNotFound, Decode(batch.Entries[0]).Operation.Outcome);
        Assert.Equal([RecordKey.Refusal((ulong)refused.Index)], batch.State.Changes.Select(change => change.Key));
    }

    [Fact]
    public void Execute_Batch_LaterOperationsSeeWhatEarlierOnesDid()
    {
        string did = _ledger.Found();
        SubmittedOperation create = _ledger.Sign(Operations.Create(RulesLedger.Document(7)));
        string created = create.ActorDid(RulesLedger.Network);
        Operation admit = Operations.Admit(created, Role.Sponsor);
        admit.Actor = did;
        Operation pilot = Operations.Pilot("p", created);
        pilot.Actor = created;

        AppliedBatch batch = _ledger.Execute(
            Unverified(_ledger.Sign(BurnBy(created))),
            Unverified(create),
            Unverified(_ledger.Sign(admit)),
            Unverified(_ledger.Sign(pilot)),
            Unverified(_ledger.Sign(BurnBy(created)))
        );

        Assert.Equal(
            [
                ReasonCode.UnknownActor,
                ReasonCode.Applied,
                ReasonCode.Applied,
                ReasonCode.Applied,
                ReasonCode.ClassNotFound,
            ],
            batch.Operations.Select(operation => operation.Judgement.Reason)
        );
    }

    [Fact]
    public void Execute_Entries_DecodeToWhatWasProposed()
    {
        string did = _ledger.Found();
        ChainHead before = _ledger.Head;
        _ledger.TimeMs += 5;
        SubmittedOperation create = _ledger.Sign(Operations.Create(RulesLedger.Document(7)));
        SubmittedOperation turnedAway = _ledger.Sign(BurnBy(Nobody));
        SubmittedOperation refused = _ledger.Sign(BurnBy(did));

        AppliedBatch batch = _ledger.Execute(Unverified(create), Unverified(turnedAway), Unverified(refused));

        Assert.Equal(3, batch.Entries.Count);
        SubmittedOperation[] recorded = [create, refused];
        ReasonCode[] outcomes = [ReasonCode.Applied, ReasonCode.ClassNotFound];
        for (int i = 0; i < recorded.Length; i++)
        {
            Entry entry = Decode(batch.Entries[i]);
            Assert.Equal((ulong)(before.Size + i), entry.Index);
            Assert.Equal((ulong)_ledger.TimeMs, entry.TimeMs);
            Assert.Equal(outcomes[i], entry.Operation.Outcome);
            Assert.Equal(recorded[i].Bytes.ToArray(), entry.Operation.Operation.ToByteArray());
            Assert.Equal(recorded[i].Signatures, entry.Operation.Signatures);
        }

        Entry last = Decode(batch.Entries[2]);
        Assert.Equal((ulong)before.Size + 2, last.Index);
        Assert.Equal((ulong)_ledger.TimeMs, last.TimeMs);
        Assert.Equal((ulong)before.Size, last.Seal.FirstIndex);
        Assert.Equal((ulong)before.Height, last.Seal.Height);
        Assert.Equal(before.SealHash.ToArray(), last.Seal.PreviousSeal.ToByteArray());
        Assert.Equal(batch.Map.Root.ToArray(), last.Seal.StateRoot.ToByteArray());
        Assert.Equal(
            (before.Size + 3, before.Height + 1, _ledger.TimeMs),
            (batch.Head.Size, batch.Head.Height, batch.Head.TimeMs)
        );
        Assert.Equal(SHA256.HashData(batch.Entries[2]), batch.Head.SealHash.ToArray());
    }

    [Fact]
    public void Execute_FirstBatch_NamesNoSealBeforeIt()
    {
        AppliedBatch batch = _ledger.Execute(
            Unverified(_ledger.Sign(Operations.Found(RulesLedger.Network, RulesLedger.Document(1))))
        );
        Assert.Equal(new byte[32], Decode(batch.Entries[^1]).Seal.PreviousSeal.ToByteArray());
        Assert.Equal(0UL, Decode(batch.Entries[^1]).Seal.Height);
    }

    [Fact]
    public void Execute_LeafHashes_AreThoseOfTheEntries()
    {
        string did = _ledger.Found();
        AppliedBatch batch = _ledger.Execute([
            .. Enumerable.Range(0, 40).Select(_ => Unverified(_ledger.Sign(BurnBy(did)))),
        ]);

        // RFC 6962, section 2.1: SHA-256(0x00 ‖ entry).
        Assert.Equal(41 * 32, batch.LeafHashes.Length);
        for (int i = 0; i < batch.Entries.Count; i++)
        {
            byte[] expected = SHA256.HashData([0, .. batch.Entries[i]]);
            Assert.Equal(expected, batch.LeafHashes.Slice(32 * i, 32).ToArray());
            Assert.Equal(expected, batch.LeafHash(batch.Before.Size + i).ToArray());
        }
    }

    [Fact]
    public void Execute_TimeBeforeTheHeads_IsABug()
    {
        string did = _ledger.Found();
        ProposedOperation[] operations = [Unverified(_ledger.Sign(BurnBy(did)))];
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            BatchExecutor.Execute(
                _ledger.Records,
                _ledger.Records.Map,
                _ledger.Head,
                new ProposedBatch(_ledger.TimeMs - 1, operations)
            )
        );
        Assert.False(
            BatchExecutor
                .Execute(
                    _ledger.Records,
                    _ledger.Records.Map,
                    _ledger.Head,
                    new ProposedBatch(_ledger.TimeMs, operations)
                )
                .IsEmpty
        );
    }

    [Fact]
    public void Execute_SameInputs_GivesTheSameBytesOverAnyRecords()
    {
        Scene scene = new();
        ProposedOperation[] operations = [.. Assorted(scene).Select(op => Unverified(scene.Ledger.Sign(op)))];
        ProposedBatch proposed = new(scene.Ledger.TimeMs + 1, operations);

        AppliedBatch first = BatchExecutor.Execute(
            scene.Ledger.Records,
            scene.Ledger.Records.Map,
            scene.Ledger.Head,
            proposed
        );
        AppliedBatch again = BatchExecutor.Execute(
            scene.Ledger.Records,
            scene.Ledger.Records.Map,
            scene.Ledger.Head,
            proposed
        );
        AppliedBatch stored = BatchExecutor.Execute(
            new StoredRecords(scene.Ledger),
            scene.Ledger.Records.Map,
            scene.Ledger.Head,
            proposed
        );

        Assert.Contains(first.Operations, operation => operation.Judgement.IsOk);
        Assert.Contains(first.Operations, operation => operation.IsRecorded && !operation.Judgement.IsOk);
        Assert.Contains(first.Operations, operation => !operation.IsRecorded);
        Assert.Equal(Print(first), Print(again));
        Assert.Equal(Print(first), Print(stored));
    }

    [Fact]
    public void Execute_VerifiedOrNot_GivesTheSameBytesAndTheKeysInForce()
    {
        string did = _ledger.Found();
        SubmittedOperation operation = _ledger.Sign(BurnBy(did));
        VerificationMethod key = _ledger.Did(did).Document.VerificationMethods[1];
        ProposedBatch unverified = new(_ledger.TimeMs, [Unverified(operation)]);
        ProposedBatch verified = new(_ledger.TimeMs, [new ProposedOperation(operation, [key.Clone()])]);

        AppliedBatch first = BatchExecutor.Execute(_ledger.Records, _ledger.Records.Map, _ledger.Head, unverified);
        AppliedBatch second = BatchExecutor.Execute(_ledger.Records, _ledger.Records.Map, _ledger.Head, verified);

        Assert.Equal(Print(first), Print(second));
        Assert.Equal([key], first.Operations[0].Keys);
        Assert.Equal([key], second.Operations[0].Keys);
    }

    [Theory]
    [InlineData("value", ReasonCode.KeyChanged)]
    [InlineData("name", ReasonCode.KeyChanged)]
    [InlineData("purpose", ReasonCode.KeyChanged)]
    [InlineData("another key", ReasonCode.ClassNotFound)]
    [InlineData("deactivated", ReasonCode.ActorDeactivated)]
    public void Execute_KeyChangesEarlierInTheBatch_CountsAsItIsAtTheTurn(string change, ReasonCode expected)
    {
        string did = _ledger.Found();
        DidRecord record = _ledger.Did(did);
        DidDocument document = record.Document.Clone();
        VerificationMethod key = document.VerificationMethods[1];
        Assert.Equal(RulesLedger.AssertKey, key.Fragment);
        switch (change)
        {
            case "value":
                key.PublicKey = RulesLedger.PublicKey(200);
                break;
            case "name":
                key.Fragment = "renamed";
                break;
            case "purpose":
                key.Purposes[0] = KeyPurpose.Authentication;
                break;
            case "another key":
                document.VerificationMethods[0].PublicKey = RulesLedger.PublicKey(200);
                break;
        }

        Operation before =
            change == "deactivated"
                ? Operations.Deactivate(did, record.LastOperation)
                : Operations.Update(did, record.LastOperation, document);
        before.Actor = did;

        AppliedBatch batch = _ledger.Execute(
            Unverified(_ledger.Sign(before)),
            new(_ledger.Sign(BurnBy(did)), [record.Document.VerificationMethods[1]])
        );

        Assert.Equal(ReasonCode.Applied, batch.Operations[0].Judgement.Reason);
        Assert.Equal(expected, batch.Operations[1].Judgement.Reason);
        bool recorded = expected == ReasonCode.ClassNotFound;
        Assert.Equal(recorded, batch.Operations[1].IsRecorded);
        Assert.Equal(recorded ? 3 : 2, batch.Entries.Count);
    }

    [Fact]
    public void Execute_KeyReplacedEarlierInTheBatchAndNobodyVerified_GivesTheNewOne()
    {
        string did = _ledger.Found();
        DidRecord record = _ledger.Did(did);
        DidDocument document = record.Document.Clone();
        document.VerificationMethods[1].PublicKey = RulesLedger.PublicKey(200);
        Operation update = Operations.Update(did, record.LastOperation, document);
        update.Actor = did;

        AppliedBatch batch = _ledger.Execute(Unverified(_ledger.Sign(update)), Unverified(_ledger.Sign(BurnBy(did))));

        Assert.Equal(RulesLedger.PublicKey(200), Assert.Single(batch.Operations[1].Keys).PublicKey);
    }

    [Fact]
    public void Apply_WhatAdmissionRefuses_IsABugThatLeavesNothing()
    {
        SubmittedOperation create = _ledger.Sign(Operations.Create(RulesLedger.Document(1)));
        BatchState empty = new(_ledger.Records, _ledger.TimeMs);
        Assert.Throws<ArgumentException>(() => BatchExecutor.Apply(empty, create, 0));

        // A second founding writes the ledger's record before it meets the DID that is there.
        _ledger.Found();
        BatchState founded = new(_ledger.Records, _ledger.TimeMs);
        Assert.Throws<InvalidOperationException>(() => BatchExecutor.Apply(founded, _ledger.Last, 1));
        Assert.Empty(founded.Changes);

        Assert.Equal(ReasonCode.Applied, BatchExecutor.Apply(founded, create, 2).Reason);
        Assert.Throws<InvalidOperationException>(() => BatchExecutor.Apply(founded, create, 3));
        Assert.Single(founded.Changes);
    }

    private static ProposedOperation Unverified(SubmittedOperation operation) => new(operation, VerifiedWith: null);

    private static Operation BurnBy(string actor)
    {
        Operation operation = Operations.Burn("c", "t");
        operation.Actor = actor;
        return operation;
    }

    private static Entry Decode(byte[] bytes)
    {
        Assert.Equal(Judgement.Ok, EntryCodec.Decode(bytes, out Entry? entry));
        return entry!;
    }

    // Operations of every kind of end.
    private static IEnumerable<Operation> Assorted(Scene scene)
    {
        yield return By(scene.Issuer, Operations.BatchMint("free", scene.Bob, 20));
        yield return By(scene.Issuer, Operations.Mint("free", scene.Alice, "a")); // taken
        yield return By(scene.Alice, Operations.Transfer("free", "a", scene.Alice, scene.Bob));
        yield return By(scene.Bob, Operations.Transfer("free", "a", scene.Bob, scene.Alice));
        yield return By(scene.Nobody, Operations.Burn("free", "a"));
        yield return By(scene.Bob, Operations.Burn("free", "1"));
        yield return By(scene.Supervisor, Operations.Pilot("third", scene.Sponsor));
        yield return By(scene.Issuer, Operations.Class("new", "third"));

        static Operation By(string actor, Operation operation)
        {
            operation.Actor = actor;
            return operation;
        }
    }

    // Everything that an applied batch says, as text.
    private static string[] Print(AppliedBatch batch) =>
        [
            $"{batch.Head.Size} {batch.Head.Height} {Convert.ToHexString(batch.Head.SealHash.Span)}",
            .. batch.Operations.Select(operation =>
                $"{operation.Judgement} {operation.Index} {operation.IsRecorded} {string.Join(' ', operation.Keys)}"
            ),
            .. batch.Entries.Select(Convert.ToHexString),
            Convert.ToHexString(batch.LeafHashes.Span),
            .. batch.State.Records.Select(it => $"{it.Key} {Convert.ToHexString(RecordCodec.Encode(it.Value))}"),
            .. batch.State.Superseded.Select(it => $"{it.Key} {Convert.ToHexString(RecordCodec.Encode(it.Before!))}"),
            .. batch.State.IndexChanges.Select(change => $"{change}"),
        ];

    /// <summary>The records of a ledger as a store would give them: bytes, decoded anew each time.</summary>
    private sealed class StoredRecords(RulesLedger ledger) : IRecords
    {
        private readonly Dictionary<string, byte[]> _rows = ledger.Records.Records.ToDictionary(
            it => Convert.ToHexString(it.Key.ToBytes()),
            it => RecordCodec.Encode(it.Value)
        );

        public VersionedRecord? Find(RecordKey key) =>
            _rows.TryGetValue(Convert.ToHexString(key.ToBytes()), out byte[]? row)
                ? RecordCodec.Decode(key.Kind, row)
                : null;

        public long? IndexOf(ReadOnlySpan<byte> operationId) => ledger.Records.IndexOf(operationId);
    }
}
