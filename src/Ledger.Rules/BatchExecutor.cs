using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Rules;

/// <summary>
/// Everything that the ledger decides, as one pure function: records, head and proposed batch in, applied batch out. No clock, key,
/// store, network or randomness. The sequencer, the auditor, the check of a store and the model test all use it and nothing else.
///
/// <para>An operation is judged in this order; the first that fails is the one code it gets.</para>
/// <list type="number">
/// <item>Form, before it comes here: <see cref="OperationCodec"/>.</item>
/// <item>Whether it was recorded before: it is recorded once for ever.</item>
/// <item>Deadline, network, actor, keys and quota: <see cref="Admission"/>. Refusals are not recorded.</item>
/// <item>The account of the actor, its role and who has to approve, from <see cref="VerbRules"/>. From here on refusals are recorded
/// outcomes.</item>
/// <item>The DID, pilot or class that the operation is about, the actor's relation to it, states and limits.</item>
/// <item>The token: whether it exists and lives, its owner, who may act for the owner; whether it is frozen or locked.</item>
/// <item>The other party: receiver, sponsor, party to admit.</item>
/// <item>Transferability, and the policy of the class.</item>
/// </list>
/// </summary>
public static class BatchExecutor
{
    // What seals of formats that name no state map have in the place of its root.
    private static readonly ByteString NoStateRoot = ByteString.CopyFrom(new byte[MerkleHash.HashBytes]);

    /// <summary>Judges and applies a batch.</summary>
    /// <param name="records">The records before the batch.</param>
    /// <param name="map">The state map of those records.</param>
    /// <param name="head">Where the chain stands.</param>
    /// <param name="batch">What is proposed.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The batch's time lies before the head's, or this version does not know its format.
    /// </exception>
    public static AppliedBatch Execute(IRecords records, StateMap map, ChainHead head, ProposedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch.TimeMs, head.TimeMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Format, EntryCodec.LatestFormat);

        BatchState state = new(records, batch.TimeMs, batch.Format);
        List<byte[]> entries = new(batch.Operations.Count + 1);
        AppliedOperation[] operations = new AppliedOperation[batch.Operations.Count];
        for (int i = 0; i < operations.Length; i++)
        {
            operations[i] = Take(state, batch.Operations[i], head.Size + entries.Count, entries);
        }

        if (entries.Count == 0)
        {
            return new AppliedBatch(head, head, state, operations, entries, [], MapChanges.None, map);
        }

        // The last entry of every batch names the seal before it, and everything that there is after the batch.
        MapChanges written = MapChanges.Of([.. state.Records]);
        StateMap next = map.Next(written.Leaves);
        byte[] seal = EncodeSeal(head, head.Size + entries.Count, batch, next);
        entries.Add(seal);
        ChainHead after = new(head.Size + entries.Count, head.Height + 1, batch.TimeMs, SHA256.HashData(seal));
        return new AppliedBatch(head, after, state, operations, entries, HashLeaves(entries), written, next);
    }

    /// <summary>Judges an operation that <see cref="Admission"/> took, and applies it when no rule refuses it.</summary>
    /// <param name="state">The batch so far.</param>
    /// <param name="op">The operation.</param>
    /// <param name="index">Index of the entry that records it.</param>
    /// <returns>
    /// The outcome that the entry records, with its verdict. Unless it is <see cref="ReasonCode.Applied"/>, nothing was written but that
    /// it was refused.
    /// </returns>
    internal static Judgement Apply(BatchState state, SubmittedOperation op, long index)
    {
        VerbRule rule = VerbRules.Of(op.Verb);
        string actor = op.ActorDid(state.Find<LedgerRecord>(RecordKey.Ledger)?.Network ?? "");
        Turn turn = new(
            state,
            op.Operation,
            op.Id,
            op.Signatures,
            op.Operation,
            actor,
            rule,
            index,
            Step: 0,
            new Verdict()
        );
        ReasonCode outcome;
        using (BatchState.Scope entry = state.Open(index))
        {
            outcome = Run(turn);
            if (outcome != ReasonCode.Applied)
            {
                Refusals.Note(turn, outcome);
            }

            entry.Keep();
        }

        state.EndEntry(actor, op.Operation.Approver);
        return (outcome == ReasonCode.Applied ? Judgement.Ok : Judgement.Refuse(outcome)) with
        {
            Verdict = turn.Verdict.CalculateSize() == 0 ? null : turn.Verdict,
        };
    }

    /// <summary>Judges a turn and does what is asked, within the open entry. What was written stays only if nothing was refused.</summary>
    internal static ReasonCode Run(in Turn turn)
    {
        using BatchState.Scope scope = turn.State.OpenWithin();
        ReasonCode outcome = turn.Rule.JudgeActor(turn);
        if (outcome == ReasonCode.Applied)
        {
            outcome = turn.Rule.Apply(turn);
        }

        if (outcome == ReasonCode.Applied)
        {
            scope.Keep();
        }

        return outcome;
    }

    private static AppliedOperation Take(
        BatchState state,
        in ProposedOperation proposed,
        long index,
        List<byte[]> entries
    )
    {
        SubmittedOperation op = proposed.Operation;
        if (state.IndexOf(op.Id.Span) is { } earlier)
        {
            return new AppliedOperation(op, Judgement.Ok, earlier, IsRecorded: false, []);
        }

        // THE judgement of deadline and keys: every node makes it here, with the records at the operation's turn. Whoever looked
        // before only saved work.
        Judgement judgement = Admission.Judge(
            state,
            op,
            proposed.VerifiedWith,
            out IReadOnlyList<VerificationMethod> keys
        );
        if (!judgement.IsOk)
        {
            return new AppliedOperation(op, judgement, -1, IsRecorded: false, []);
        }

        judgement = Apply(state, op, index);
        state.Record(op.Id.Span, index);
        entries.Add(EntryCodec.EncodeOperation(index, state.TimeMs, op, judgement.Reason, judgement.Verdict));
        return new AppliedOperation(op, judgement, index, IsRecorded: true, keys);
    }

    private static byte[] EncodeSeal(ChainHead head, long index, ProposedBatch batch, StateMap map) =>
        EntryCodec.EncodeSeal(
            index,
            batch.TimeMs,
            new Seal
            {
                Height = (ulong)head.Height,
                PreviousSeal = ByteString.CopyFrom(head.SealHash.Span),
                FirstIndex = (ulong)head.Size,
                StateRoot = EntryCodec.NamesStateMap(batch.Format) ? ByteString.CopyFrom(map.Root.Span) : NoStateRoot,
                Format = batch.Format,
            }
        );

    private static byte[] HashLeaves(List<byte[]> entries)
    {
        int[] lengths = new int[entries.Count];
        int bytes = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = entries[i].Length;
            bytes += lengths[i];
        }

        byte[] joined = new byte[bytes];
        int at = 0;
        foreach (byte[] entry in entries)
        {
            entry.CopyTo(joined, at);
            at += entry.Length;
        }

        byte[] hashes = new byte[lengths.Length * MerkleHash.HashBytes];
        MerkleHash.HashLeaves(joined, lengths, hashes);
        return hashes;
    }
}
