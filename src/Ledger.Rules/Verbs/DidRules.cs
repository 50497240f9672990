using Google.Protobuf;
using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>DIDs: create, update, deactivate; their recovery, and how often they may be changed.</summary>
internal static class DidRules
{
    private const string ByRecoveryKey = "signed by a recovery key of that DID";

    public static VerbRule[] All =>
        [
            VerbRule.Of<CreateDid>(new(null, Relations.NewDid), Create),
            VerbRule.Of<UpdateDid>(new(null, Relations.Subject | Relations.Controller), Update),
            VerbRule.Of<DeactivateDid>(new(null, Relations.Subject | Relations.Controller), Deactivate),
            VerbRule.Of<ChangeRecovery>(new(null, Relations.Subject | Relations.Controller), ChangeRecovery),
            VerbRule.Of<RecoverDid>(new(null, Relations.Subject, ByRecoveryKey), Recover),
            VerbRule.Of<CancelRecovery>(new(null, Relations.Subject, ByRecoveryKey), CancelRecovery),
            VerbRule.Of<SetDidQuota>(new(RoleSet.Of(Role.Supervisor), Relations.None), SetQuota),
        ];

    public static ReasonCode Create(Turn turn, CreateDid body)
    {
        Register(turn, body.Document, body.Recovery);
        return ReasonCode.Applied;
    }

    /// <summary>Registers the actor's DID. Nothing can refuse it: its name is the hash of an operation taken once.</summary>
    /// <exception cref="InvalidOperationException">The log took one operation twice.</exception>
    public static void Register(Turn turn, DidDocument document, RecoveryPolicy? recovery)
    {
        RecordKey key = RecordKey.Did(turn.Actor);
        if (turn.State.Find(key) is not null)
        {
            // Going on would give a DID back to the keys that it was created with.
            throw new InvalidOperationException("An operation that creates a DID was applied twice.");
        }

        turn.Put(
            key,
            new DidRecord
            {
                Did = turn.Actor,
                Document = document,
                CreatedMs = turn.TimeMs,
                Recovery = OrNone(recovery),
                LastOperation = turn.Id,
            }
        );
        turn.Emit(new Effect { DidRegistered = EffectOf(turn.Actor) });
    }

    public static ReasonCode Update(Turn turn, UpdateDid body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out DidRecord current, out DidRecord changed);
        reason = reason == ReasonCode.Applied ? CheckDocument(turn, body.Did, body.Document) : reason;
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (!UpdateKeys.KeepCommitment(current.Document, body.Document))
        {
            return ReasonCode.CommitmentMismatch;
        }

        changed.Document = body.Document;
        turn.Put(RecordKey.Did(body.Did), changed);
        CountChange(turn, body.Did);
        turn.Emit(new Effect { DidUpdated = EffectOf(body.Did) });
        return ReasonCode.Applied;
    }

    /// <summary>The last document stays in the record, so that the DID resolves to what it was. Nothing is pending any more.</summary>
    public static ReasonCode Deactivate(Turn turn, DeactivateDid body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out _, out DidRecord changed);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        changed.Deactivated = true;
        changed.Pending = null;
        turn.Put(RecordKey.Did(body.Did), changed);
        turn.Emit(new Effect { DidDeactivated = EffectOf(body.Did) });
        return ReasonCode.Applied;
    }

    /// <summary>Proposes another recovery policy with update keys. They never put a change in the place of one that is pending.</summary>
    public static ReasonCode ChangeRecovery(Turn turn, ChangeRecovery body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out _, out DidRecord changed);
        reason =
            reason != ReasonCode.Applied ? reason
            : changed.Pending is not null ? ReasonCode.RecoveryPending
            : Propose(turn, changed, OrNone(body.Recovery), rank: 0);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        turn.Put(RecordKey.Did(body.Did), changed);
        CountChange(turn, body.Did);
        turn.Emit(new Effect { RecoveryProposed = EffectOf(body.Did) });
        return ReasonCode.Applied;
    }

    /// <summary>
    /// Takes a DID back: the document changes at once, whatever it said about threshold and next keys, because whoever recovers may
    /// have lost them all; the recovery policy changes as when update keys propose it.
    /// </summary>
    public static ReasonCode Recover(Turn turn, RecoverDid body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out _, out DidRecord changed);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (body.Document is not null)
        {
            reason = CheckDocument(turn, body.Did, body.Document);
            changed.Document = body.Document;
        }

        if (reason == ReasonCode.Applied && body.Recovery is not null)
        {
            int rank = SignersRank(turn, changed);
            reason =
                changed.Pending is { } pending && rank > Recovery.ProposerRank(pending)
                    ? ReasonCode.RecoveryRank
                    : Propose(turn, changed, OrNone(body.Recovery), rank);
        }

        if (reason == ReasonCode.Applied)
        {
            turn.Put(RecordKey.Did(body.Did), changed);
            if (body.Document is not null)
            {
                turn.Emit(new Effect { DidRecovered = EffectOf(body.Did) });
            }

            if (body.Recovery is not null)
            {
                turn.Emit(new Effect { RecoveryProposed = EffectOf(body.Did) });
            }
        }

        return reason;
    }

    /// <summary>Stops a change of recovery policy, unless a recovery key of a higher rank proposed it.</summary>
    public static ReasonCode CancelRecovery(Turn turn, CancelRecovery body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out _, out DidRecord changed);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        if (changed.Pending is not { } pending)
        {
            return ReasonCode.NoRecoveryPending;
        }

        if (SignersRank(turn, changed) > Recovery.ProposerRank(pending))
        {
            return ReasonCode.RecoveryRank;
        }

        changed.Pending = null;
        turn.Put(RecordKey.Did(body.Did), changed);
        turn.Emit(new Effect { RecoveryCancelled = EffectOf(body.Did) });
        return ReasonCode.Applied;
    }

    /// <summary>Sets the quota of every DID, from this entry on.</summary>
    public static ReasonCode SetQuota(Turn turn, SetDidQuota body)
    {
        LedgerRecord changed = turn.Find<LedgerRecord>(RecordKey.Ledger)!.Clone();
        changed.DidQuota = body.Quota;
        turn.Put(RecordKey.Ledger, changed);
        turn.Emit(new Effect { DidQuotaSet = body.Quota });
        return ReasonCode.Applied;
    }

    private static DidEffect EffectOf(string did) => new() { Did = did };

    // What every change of a DID shares: the checks, and the next version as far as it does not depend on the verb. A recovery policy
    // whose time has come is the policy from here on.
    private static ReasonCode FindToChange(
        Turn turn,
        string did,
        ByteString previous,
        out DidRecord current,
        out DidRecord changed
    )
    {
        current = changed = null!;
        if (turn.Find<DidRecord>(RecordKey.Did(did)) is not { } found)
        {
            return ReasonCode.DidNotFound;
        }

        if (found.Deactivated)
        {
            return ReasonCode.DidDeactivated;
        }

        if (!turn.Allows(RelationsOf(turn.Actor, found)))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!previous.Equals(found.LastOperation))
        {
            return ReasonCode.StalePrevious;
        }

        current = found;
        changed = new DidRecord
        {
            Did = found.Did,
            Document = found.Document,
            CreatedMs = found.CreatedMs,
            UpdatedMs = turn.TimeMs,
            LastOperation = turn.Id,
            Recovery = Recovery.InForce(found, turn.TimeMs),
            Pending = Recovery.Pending(found, turn.TimeMs),
        };
        return ReasonCode.Applied;
    }

    private static Relations RelationsOf(string actor, DidRecord did)
    {
        Relations relations = actor == did.Did ? Relations.Subject : Relations.None;
        RepeatedField<string> controllers = did.Document.Controllers;
        for (int i = 0; i < controllers.Count; i++)
        {
            relations |= controllers[i] == actor ? Relations.Controller : Relations.None;
        }

        return relations;
    }

    private static ReasonCode CheckDocument(Turn turn, string did, DidDocument document) =>
        turn.Format >= 1 && LeadsBack(turn, did, document.Controllers)
            ? ReasonCode.ControllerCycle
            : ReasonCode.Applied;

    // Whether controllers, their controllers and so on come back to the DID, or are too many to know. A DID that is being created
    // cannot be anyone's controller yet: its name is the hash of its own creation.
    private static bool LeadsBack(Turn turn, string did, RepeatedField<string> controllers)
    {
        List<string> chain = [.. controllers];
        HashSet<string> seen = [.. chain];
        for (int i = 0; i < chain.Count; i++)
        {
            if (chain[i] == did || chain.Count > Limits.ControllerChainMax)
            {
                return true;
            }

            if (turn.Find<DidRecord>(RecordKey.Did(chain[i])) is { } controller)
            {
                chain.AddRange(controller.Document.Controllers.Where(seen.Add));
            }
        }

        return false;
    }

    // Puts a policy in force, or, while recovery keys could still object, on its way.
    private static ReasonCode Propose(Turn turn, DidRecord changed, RecoveryPolicy? policy, int rank)
    {
        if (Equals(policy, changed.Recovery))
        {
            return ReasonCode.RecoveryUnchanged;
        }

        if (changed.Recovery is not { Keys.Count: > 0 } inForce)
        {
            changed.Recovery = policy;
            return ReasonCode.Applied;
        }

        changed.Pending = new PendingRecovery
        {
            Recovery = policy,
            EffectiveMs = turn.TimeMs + (1000ul * Limits.RecoveryDelaySeconds(inForce)),
            Operation = turn.Id,
            Rank = (uint)rank,
        };
        return ReasonCode.Applied;
    }

    // The highest rank among the recovery keys that have signed.
    private static int SignersRank(Turn turn, DidRecord changed) =>
        turn.Signatures.Min(signature => Recovery.RankOf(changed.Recovery, signature.VerificationMethod));

    private static void CountChange(Turn turn, string did)
    {
        if (turn.Format >= 1)
        {
            ChangeQuota.Count(turn.State, did);
        }
    }

    // A policy without keys that says nothing else is none.
    private static RecoveryPolicy? OrNone(RecoveryPolicy? policy) =>
        policy is { Keys.Count: 0, DelaySeconds: 0 } ? null : policy;
}
