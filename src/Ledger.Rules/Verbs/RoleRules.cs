using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Roles for the ledger, for a pilot or for a class: grant, revoke.</summary>
internal static class RoleRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<GrantRole>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Registrar),
                    Relations.None,
                    "the role must be one that a role of the actor grants there; SUPERVISOR with approval; never to oneself"
                ),
                Grant
            ),
            VerbRule.Of<RevokeRole>(
                new(
                    Permissions.AnyParty,
                    Relations.None,
                    "the holder itself, or who grants the role there; SUPERVISOR with approval"
                ),
                Revoke
            ),
        ];

    public static ReasonCode Grant(Turn turn, GrantRole body)
    {
        if (JudgeScope(turn, body.PilotId, body.ClassId) is var there and not ReasonCode.Applied)
        {
            return there;
        }

        if (PartyRules.JudgeGrant(turn, [body.Role]) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        if (turn.IsOneHand(turn.Actor, body.Party))
        {
            return ReasonCode.SelfApproval;
        }

        if (Parties.FindAdmitted(turn.State, body.Party) is not { } party)
        {
            return ReasonCode.NotAParty;
        }

        if (!Holds.IsCurrent(body.ValidUntil, turn.TimeMs))
        {
            return ReasonCode.AlreadyExpired;
        }

        RoleGrant grant = new()
        {
            Role = body.Role,
            ValidUntil = body.ValidUntil,
            GrantedBy = turn.Actor,
            Readmissions = party.Readmissions,
        };
        GrantsRecord changed = Current(turn, party, body.PilotId, body.ClassId);
        RoleGrant? before = changed.Grants.FirstOrDefault(held => held.Role == body.Role);
        if (before is not null && before.ValidUntil == body.ValidUntil || IsFromAdmission(turn, party, body.Role))
        {
            return ReasonCode.Unchanged;
        }

        if (before is not null)
        {
            changed.Grants.Remove(before);
        }

        changed.Grants.Insert(changed.Grants.Count(held => held.Role < body.Role), grant);
        Put(turn, changed);
        if (!party.Granted.Contains(body.Role))
        {
            PartyRecord told = party.Clone();
            told.Granted.Insert(told.Granted.Count(role => role < body.Role), body.Role);
            turn.Put(RecordKey.Party(body.Party), told);
        }

        turn.Emit(new Effect { RoleGranted = EffectOf(body.Party, body.Role, body.PilotId, body.ClassId) });
        return ReasonCode.Applied;
    }

    public static ReasonCode Revoke(Turn turn, RevokeRole body)
    {
        if (JudgeScope(turn, body.PilotId, body.ClassId) is var there and not ReasonCode.Applied)
        {
            return there;
        }

        if (
            turn.Actor != body.Party
            && PartyRules.JudgeGrant(turn, [body.Role]) is var reason and not ReasonCode.Applied
        )
        {
            return reason;
        }

        if (Parties.FindAdmitted(turn.State, body.Party) is not { } party)
        {
            return ReasonCode.NotAParty;
        }

        GrantsRecord changed = Current(turn, party, body.PilotId, body.ClassId);
        RoleGrant? granted = changed.Grants.FirstOrDefault(held => held.Role == body.Role);
        bool isFromAdmission = IsFromAdmission(turn, party, body.Role);
        if (granted is null && !isFromAdmission)
        {
            return ReasonCode.RoleNotHeld;
        }

        if (granted is not null)
        {
            changed.Grants.Remove(granted);
            Put(turn, changed);
        }

        if (isFromAdmission)
        {
            PartyRecord without = party.Clone();
            without.Roles.Remove(body.Role);
            turn.Put(RecordKey.Party(body.Party), without);
        }

        turn.Emit(new Effect { RoleRevoked = EffectOf(body.Party, body.Role, body.PilotId, body.ClassId) });
        return ReasonCode.Applied;
    }

    private static ReasonCode JudgeScope(Turn turn, string pilotId, string classId) =>
        classId.Length != 0 && turn.Scope.ClassId.Length == 0 ? ReasonCode.ClassNotFound
        : pilotId.Length != 0 && turn.Scope.PilotId.Length == 0 ? ReasonCode.PilotNotFound
        : ReasonCode.Applied;

    // Roles of the admission hold on the whole ledger.
    private static bool IsFromAdmission(Turn turn, PartyRecord party, Role role) =>
        turn.Scope == RoleScope.WholeLedger && party.Roles.Contains(role);

    // What the party holds in the scope, without what has ended: a grant that is no longer in force is as good as none.
    private static GrantsRecord Current(Turn turn, PartyRecord party, string pilotId, string classId)
    {
        GrantsRecord record = new()
        {
            Party = party.Did,
            PilotId = pilotId,
            ClassId = classId,
        };
        ulong timeMs = turn.TimeMs;
        if (turn.Find<GrantsRecord>(RecordKey.Grants(party.Did, turn.Scope)) is { } before)
        {
            record.Grants.AddRange(
                before.Grants.Where(grant =>
                    grant.Readmissions == party.Readmissions && Holds.IsCurrent(grant.ValidUntil, timeMs)
                )
            );
        }

        return record;
    }

    private static void Put(Turn turn, GrantsRecord record) =>
        turn.Put(RecordKey.Grants(record.Party, turn.Scope), record);

    private static RoleEffect EffectOf(string party, Role role, string pilotId, string classId) =>
        new()
        {
            Party = party,
            Role = role,
            PilotId = pilotId,
            ClassId = classId,
        };
}
