using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>The ledger itself and its parties: found, admit, renew, exit, record an erasure.</summary>
internal static class PartyRules
{
    private static readonly RoleSet Admitters = RoleSet.Of(Role.Supervisor, Role.Registrar);

    public static VerbRule[] All =>
        [
            VerbRule.Of<FoundLedger>(new(null, Relations.NewDid, "the first operation of a log, and only that"), Found),
            VerbRule.Of<AdmitParty>(
                new(
                    Admitters,
                    Relations.None,
                    "every role granted must be one that a role of the actor grants; SUPERVISOR with approval"
                ),
                Admit
            ),
            VerbRule.Of<RenewParty>(
                new(
                    Admitters,
                    Relations.None,
                    "of a party whose every role it grants; SUPERVISOR with approval; never its own"
                ),
                Renew
            ),
            VerbRule.Of<ExitParty>(
                new(
                    Permissions.AnyParty,
                    Relations.None,
                    "the party itself, or who grants its every role; SUPERVISOR with approval"
                ),
                Exit
            ),
            VerbRule.Of<RecordErasure>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Registrar, Role.Platform, Role.Sponsor, Role.Issuer),
                    Relations.None
                ),
                RecordErasure
            ),
        ];

    /// <summary>Names the network and the first supervisor, the one party that nobody admits.</summary>
    public static ReasonCode Found(Turn turn, FoundLedger body)
    {
        turn.Put(
            RecordKey.Ledger,
            new LedgerRecord
            {
                Origin = turn.Operation.Ledger,
                Network = body.Network,
                Supervisor = turn.Actor,
                DidQuota = body.DidQuota,
            }
        );
        turn.Emit(
            new Effect
            {
                LedgerFounded = new LedgerFounded { Network = body.Network, Supervisor = turn.Actor },
            }
        );
        DidRules.Register(turn, body.Supervisor, body.Recovery);
        PutParty(turn, new PartyRecord { Did = turn.Actor, Roles = { Role.Supervisor } });
        return ReasonCode.Applied;
    }

    /// <summary>
    /// Admits a DID, for the first time or after it has exited. What was ordered of its account stays: leaving and coming back thaws
    /// nothing.
    /// </summary>
    public static ReasonCode Admit(Turn turn, AdmitParty body)
    {
        if (JudgeGrant(turn, body.Roles) is var grant and not ReasonCode.Applied)
        {
            return grant;
        }

        DidRecord? did = turn.Find<DidRecord>(RecordKey.Did(body.Party));
        if (did is null)
        {
            return ReasonCode.DidNotFound;
        }

        if (did.Deactivated)
        {
            return ReasonCode.DidDeactivated;
        }

        PartyRecord? before = turn.Find<PartyRecord>(RecordKey.Party(body.Party));
        if (before is { Exited: false })
        {
            return ReasonCode.AlreadyAdmitted;
        }

        if (JudgeAttestation(turn, body.Attestation) is var attestation and not ReasonCode.Applied)
        {
            return attestation;
        }

        PartyRecord party = new()
        {
            Did = body.Party,
            Roles = { body.Roles },
            CredentialCommitment = body.CredentialCommitment,
            AssuranceLevel = body.AssuranceLevel,
            AdmittedBy = turn.Actor,
            Attestation = body.Attestation,
            PlatformHold = before is null ? null : PlatformHoldOf(before, body.Attestation),
            SupervisorHold = before?.SupervisorHold,
            Readmissions = before is null ? 0 : checked(before.Readmissions + 1),
        };
        PutParty(turn, party);
        if (before is not null)
        {
            EmitPlatformEnd(turn, before, party);
        }

        return ReasonCode.Applied;
    }

    public static ReasonCode Renew(Turn turn, RenewParty body)
    {
        if (Parties.FindAdmitted(turn.State, body.Party) is not { } before)
        {
            return ReasonCode.NotAParty;
        }

        if (JudgeGrant(turn, StandingOf(before)) is var standing and not ReasonCode.Applied)
        {
            return standing;
        }

        if (turn.IsOneHand(turn.Actor, body.Party))
        {
            return ReasonCode.SelfApproval;
        }

        if (JudgeAttestation(turn, body.Attestation) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        PartyRecord changed = before.Clone();
        changed.CredentialCommitment = body.CredentialCommitment;
        changed.AssuranceLevel = body.AssuranceLevel;
        changed.AdmittedBy = turn.Actor;
        changed.Attestation = body.Attestation;
        changed.PlatformHold = PlatformHoldOf(before, body.Attestation);
        turn.Put(RecordKey.Party(body.Party), changed);
        turn.Emit(new Effect { PartyRenewed = EffectOf(changed) });
        EmitPlatformEnd(turn, before, changed);
        return ReasonCode.Applied;
    }

    public static ReasonCode Exit(Turn turn, ExitParty body)
    {
        if (Parties.FindAdmitted(turn.State, body.Party) is not { } before)
        {
            return ReasonCode.NotAParty;
        }

        if (turn.Actor != body.Party && JudgeGrant(turn, StandingOf(before)) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        PartyRecord changed = before.Clone();
        changed.Exited = true;
        turn.Put(RecordKey.Party(body.Party), changed);
        turn.Emit(new Effect { PartyExited = EffectOf(changed) });
        return ReasonCode.Applied;
    }

    public static ReasonCode RecordErasure(Turn turn, RecordErasure body)
    {
        RecordKey key = RecordKey.Erasure(body.Commitment);
        if (turn.State.Find(key) is not null)
        {
            return ReasonCode.AlreadyErased;
        }

        turn.Put(key, new ErasureRecord { Commitment = body.Commitment, By = turn.Actor });
        turn.Emit(new Effect { ErasureRecorded = new ErasureEffect { Commitment = body.Commitment } });
        return ReasonCode.Applied;
    }

    /// <summary>Whether the actor grants every one of some roles, in the scope of the operation, with the approval that SUPERVISOR needs.</summary>
    public static ReasonCode JudgeGrant(Turn turn, IReadOnlyList<Role> roles) =>
        !Permissions.MayGrant(Parties.RolesOf(turn.State, turn.Actor, turn.Scope, turn.TimeMs), roles)
            ? ReasonCode.NotAuthorised
        : roles.Contains(Role.Supervisor)
            ? turn.Format >= 2 ? turn.JudgeApproval(Permissions.SecondParty)
                : ReasonCode.NotAuthorised
        : ReasonCode.Applied;

    private static ReasonCode JudgeAttestation(Turn turn, Attestation? attestation) =>
        attestation is null ? ReasonCode.Applied
        : !Holds.IsCurrent(attestation.ValidUntil, turn.TimeMs) ? ReasonCode.AlreadyExpired
        : attestation.Platform.Length != 0 && !turn.IsInRole(attestation.Platform, Role.Platform) ? ReasonCode.NotInRole
        : ReasonCode.Applied;

    // Every role that a party holds on the ledger by its admission, or ever got since, wherever.
    private static Role[] StandingOf(PartyRecord party) => [.. party.Roles.Concat(party.Granted).Distinct()];

    // The side of a platform ends with the platform.
    private static AccountHold? PlatformHoldOf(PartyRecord before, Attestation? attestation) =>
        (before.Attestation?.Platform ?? "") == (attestation?.Platform ?? "") ? before.PlatformHold : null;

    private static void EmitPlatformEnd(Turn turn, PartyRecord before, PartyRecord after)
    {
        if (before.PlatformHold is not null && after.PlatformHold is null)
        {
            turn.Emit(new Effect { PlatformStateSet = new AccountEffect { Party = after.Did } });
        }
    }

    private static void PutParty(Turn turn, PartyRecord party)
    {
        turn.Put(RecordKey.Party(party.Did), party);
        turn.Emit(new Effect { PartyAdmitted = EffectOf(party) });
    }

    private static PartyEffect EffectOf(PartyRecord party) => new() { Party = party.Did, Roles = { party.Roles } };
}
