using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>
/// Policies: propose, approve, reject. A version that was approved begins to judge by time alone, see
/// <see cref="Policies.PolicyEvaluation.InForce"/>.
/// </summary>
internal static class PolicyRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<ProposePolicy>(
                new(RoleSet.Of(Role.Operator, Role.Platform, Role.Sponsor, Role.Issuer), Relations.None),
                Propose
            ),
            VerbRule.Of<ApprovePolicy>(
                new(RoleSet.Of(Role.Supervisor), Relations.None, "in no way the proposer"),
                Approve
            ),
            VerbRule.Of<RejectPolicy>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Operator, Role.Platform, Role.Sponsor, Role.Issuer),
                    Relations.Proposer,
                    "a supervisor rejects what others proposed"
                ),
                Reject
            ),
        ];

    /// <summary>Puts a version up for approval: the first makes the policy. A proposer's new version replaces its own.</summary>
    public static ReasonCode Propose(Turn turn, ProposePolicy body)
    {
        ReasonCode reason = JudgePilot(turn, body.PilotId);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        RecordKey key = RecordKey.Policy(body.PolicyId);
        PolicyRecord policy =
            turn.Find<PolicyRecord>(key)?.Clone() ?? new PolicyRecord { Id = body.PolicyId, PilotId = body.PilotId };
        if (policy.PilotId != body.PilotId)
        {
            return ReasonCode.OtherPilot;
        }

        if (policy.Proposed is { } waiting && waiting.ProposedBy != turn.Actor)
        {
            return ReasonCode.PolicyPending;
        }

        policy.LastVersion = checked(policy.LastVersion + 1);
        policy.Proposed = new PolicyVersion
        {
            Version = policy.LastVersion,
            Rule = body.Rule,
            ProposedBy = turn.Actor,
        };
        turn.Put(key, policy);
        turn.Emit(new Effect { PolicyProposed = EffectOf(policy, policy.Proposed) });
        return ReasonCode.Applied;
    }

    /// <summary>
    /// Lets the version that is proposed judge from a moment on. There is room for one that waits for its time: the one before it
    /// judges until then.
    /// </summary>
    public static ReasonCode Approve(Turn turn, ApprovePolicy body)
    {
        ReasonCode reason = FindProposed(turn, body.PolicyId, body.Version, out PolicyRecord policy);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        PolicyVersion approved = policy.Proposed;
        if (turn.IsOneHand(turn.Actor, approved.ProposedBy))
        {
            return ReasonCode.SelfApproval;
        }

        ulong effectiveMs = body.Effective * 1000;
        if (effectiveMs <= turn.TimeMs)
        {
            return ReasonCode.EffectiveNotInFuture;
        }

        if (policy.Next is { } next && next.EffectiveMs > turn.TimeMs)
        {
            return ReasonCode.PolicyPending;
        }

        approved.ApprovedBy = turn.Actor;
        approved.EffectiveMs = effectiveMs;
        policy.Current = policy.Next;
        policy.Next = approved;
        policy.Proposed = null;
        turn.Put(RecordKey.Policy(policy.Id), policy);
        turn.Emit(new Effect { PolicyApproved = EffectOf(policy, approved) });
        return ReasonCode.Applied;
    }

    /// <summary>Turns the version down that is proposed. Its number is not used again.</summary>
    public static ReasonCode Reject(Turn turn, RejectPolicy body)
    {
        ReasonCode reason = FindProposed(turn, body.PolicyId, body.Version, out PolicyRecord policy);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        PolicyVersion rejected = policy.Proposed;
        Relations relations = rejected.ProposedBy == turn.Actor ? Relations.Proposer : Relations.None;
        if (!turn.Allows(relations) && !turn.ActorHas(Role.Supervisor))
        {
            return ReasonCode.NotAuthorised;
        }

        policy.Proposed = null;
        turn.Put(RecordKey.Policy(policy.Id), policy);
        turn.Emit(new Effect { PolicyRejected = EffectOf(policy, rejected) });
        return ReasonCode.Applied;
    }

    // The policy with the version that waits, to be changed; it means nothing when a reason is returned.
    private static ReasonCode FindProposed(Turn turn, string policyId, ulong version, out PolicyRecord policy)
    {
        policy = turn.Find<PolicyRecord>(RecordKey.Policy(policyId))?.Clone()!;
        if (policy is null)
        {
            return ReasonCode.PolicyNotFound;
        }

        ReasonCode reason = JudgePilot(turn, policy.PilotId);
        return reason != ReasonCode.Applied ? reason
            : policy.Proposed?.Version != version ? ReasonCode.NoSuchProposal
            : ReasonCode.Applied;
    }

    // Rules are made until a pilot is over.
    private static ReasonCode JudgePilot(Turn turn, string pilotId)
    {
        PilotRecord? pilot = turn.Find<PilotRecord>(RecordKey.Pilot(pilotId));
        return pilot is null ? ReasonCode.PilotNotFound
            : Pilots.IsOver(Pilots.StateAt(pilot, turn.TimeMs)) ? ReasonCode.PilotClosed
            : ReasonCode.Applied;
    }

    private static PolicyEffect EffectOf(PolicyRecord policy, PolicyVersion version) =>
        new()
        {
            PolicyId = policy.Id,
            PilotId = policy.PilotId,
            Version = version.Version,
            EffectiveMs = version.EffectiveMs,
        };
}
