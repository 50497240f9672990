using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Authority;

/// <summary>Who is a party at a moment, what its account may do, and which roles it holds where.</summary>
internal static class Parties
{
    /// <summary>Whether a party can act: it is admitted, and its account is active on both sides.</summary>
    public static ReasonCode JudgeActor(IRecords records, string did, ulong timeMs)
    {
        PartyRecord? party = records.Find<PartyRecord>(RecordKey.Party(did));
        return party is null || party.Exited ? ReasonCode.NotAdmitted
            : !IsCurrent(party, timeMs) ? ReasonCode.AdmissionEnded
            : Holds.StateAt(party, timeMs) switch
            {
                AccountState.Frozen => ReasonCode.AccountFrozen,
                AccountState.Restricted => ReasonCode.AccountRestricted,
                _ => ReasonCode.Applied,
            };
    }

    /// <summary>Whether others may name a party as the one who gets something.</summary>
    /// <param name="records">The state at the operation's turn.</param>
    /// <param name="did">The party.</param>
    /// <param name="timeMs">Time of the batch, Unix milliseconds.</param>
    /// <param name="format">Format of the batch.</param>
    public static ReasonCode JudgeReceiver(IRecords records, string did, ulong timeMs, uint format)
    {
        PartyRecord? party = records.Find<PartyRecord>(RecordKey.Party(did));
        return party is null || party.Exited ? ReasonCode.ReceiverNotAdmitted
            : records.Find<DidRecord>(RecordKey.Did(did)) is not { Deactivated: false }
                ? format >= 1 ? ReasonCode.ReceiverDeactivated
                    : ReasonCode.ReceiverNotAdmitted
            : !IsCurrent(party, timeMs) ? ReasonCode.ReceiverAdmissionEnded
            : Holds.StateAt(party, timeMs) == AccountState.Frozen ? ReasonCode.ReceiverFrozen
            : ReasonCode.Applied;
    }

    /// <summary>The party that an operation is about: admitted, whatever its account may do; null when there is none.</summary>
    public static PartyRecord? FindAdmitted(IRecords records, string did) =>
        records.Find<PartyRecord>(RecordKey.Party(did)) is { Exited: false } party ? party : null;

    /// <summary>Whether the time until which a party is admitted has not passed.</summary>
    public static bool IsCurrent(PartyRecord party, ulong timeMs) =>
        party.Attestation is not { } attestation || Holds.IsCurrent(attestation.ValidUntil, timeMs);

    /// <summary>Whether a party holds one of some roles in a scope: there, or in what the scope is part of.</summary>
    public static bool HasAny(IRecords records, string did, RoleSet roles, RoleScope scope, ulong timeMs) =>
        FindAdmitted(records, did) is { } party
        && (
            RoleSet.Of(party.Roles).Overlaps(roles)
            || GrantedIn(records, party, RoleScope.WholeLedger, timeMs).Overlaps(roles)
            || (
                scope.PilotId.Length != 0
                && GrantedIn(records, party, new RoleScope(scope.PilotId, ""), timeMs).Overlaps(roles)
            )
            || (scope.ClassId.Length != 0 && GrantedIn(records, party, scope, timeMs).Overlaps(roles))
        );

    /// <summary>Every role that a party holds in a scope.</summary>
    public static RoleSet RolesOf(IRecords records, string did, RoleScope scope, ulong timeMs)
    {
        if (FindAdmitted(records, did) is not { } party)
        {
            return default;
        }

        RoleSet roles = RoleSet.Of(party.Roles).Union(GrantedIn(records, party, RoleScope.WholeLedger, timeMs));
        if (scope.PilotId.Length != 0)
        {
            roles = roles.Union(GrantedIn(records, party, new RoleScope(scope.PilotId, ""), timeMs));
        }

        return scope.ClassId.Length == 0 ? roles : roles.Union(GrantedIn(records, party, scope, timeMs));
    }

    /// <summary>The scope that an operation is about: the class that it names, or the pilot, or that of its policy.</summary>
    /// <param name="records">The state at the operation's turn.</param>
    /// <param name="verb">The operation's verb.</param>
    /// <param name="operation">The operation, or a step of a group.</param>
    /// <returns>The whole ledger when it names none of these, or none that exists.</returns>
    public static RoleScope ScopeOf(IRecords records, Protocol.Verb verb, Operation operation)
    {
        string classId = verb.ClassOf(operation);
        if (classId.Length != 0)
        {
            return records.Find<ClassRecord>(RecordKey.Class(classId)) is { } found
                ? new RoleScope(found.PilotId, classId)
                : RoleScope.WholeLedger;
        }

        string pilotId = verb.PilotOf(operation);
        if (pilotId.Length == 0 && verb.PolicyOf(operation) is { Length: not 0 } policyId)
        {
            pilotId = records.Find<PolicyRecord>(RecordKey.Policy(policyId))?.PilotId ?? "";
        }

        return pilotId.Length != 0 && records.Find(RecordKey.Pilot(pilotId)) is not null
            ? new RoleScope(pilotId, "")
            : RoleScope.WholeLedger;
    }

    /// <summary>What a party was granted in a scope itself, and still holds.</summary>
    public static RoleSet GrantedIn(IRecords records, PartyRecord party, RoleScope scope, ulong timeMs)
    {
        RoleSet roles = default;
        if (records.Find<GrantsRecord>(RecordKey.Grants(party.Did, scope)) is { } granted)
        {
            foreach (RoleGrant grant in granted.Grants)
            {
                if (grant.Readmissions == party.Readmissions && Holds.IsCurrent(grant.ValidUntil, timeMs))
                {
                    roles = roles.Union(RoleSet.Of(grant.Role));
                }
            }
        }

        return roles;
    }
}
