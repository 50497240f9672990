using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>Parties, roles and accounts.</summary>
internal sealed partial class RegistryModel
{
    private PartyRecord? Admitted(string did) =>
        Find<PartyRecord>($"Party {did}") is { Exited: false } party ? party : null;

    private AccountState SideOf(AccountHold? side) =>
        side is not null && InForce(side.Hold) ? side.State : AccountState.Active;

    private AccountState StateOf(PartyRecord party) =>
        (AccountState)Math.Max((int)SideOf(party.PlatformHold), (int)SideOf(party.SupervisorHold));

    private bool IsCurrent(PartyRecord party) => Lasts(party.Attestation?.ValidUntil ?? 0);

    // Whether a party may act.
    private ReasonCode AccountOf(string did) =>
        Admitted(did) is not { } party ? ReasonCode.NotAdmitted
        : !IsCurrent(party) ? ReasonCode.AdmissionEnded
        : StateOf(party) switch
        {
            AccountState.Frozen => ReasonCode.AccountFrozen,
            AccountState.Restricted => ReasonCode.AccountRestricted,
            _ => ReasonCode.Applied,
        };

    // Whether a party has a role for the whole ledger, in a pilot, or in a class.
    private bool Has(string did, Role role, (string PilotId, string ClassId) scope)
    {
        if (Admitted(did) is not { } party)
        {
            return false;
        }

        if (party.Roles.Contains(role))
        {
            return true;
        }

        List<string> scopes = [""];
        if (scope.PilotId.Length != 0)
        {
            scopes.Add($"p:{scope.PilotId}");
        }

        if (scope.ClassId.Length != 0)
        {
            scopes.Add($"c:{scope.ClassId}");
        }

        return scopes.Exists(it =>
            Find<GrantsRecord>($"Grants {did}/{it}") is { } grants
            && grants.Grants.Any(grant =>
                grant.Role == role && grant.Readmissions == party.Readmissions && Lasts(grant.ValidUntil)
            )
        );
    }

    private bool ActorIs((string PilotId, string ClassId) scope, params Role[] roles) =>
        Array.Exists(roles, role => Has(_actor, role, scope));

    private static (string PilotId, string ClassId) WholeLedger => ("", "");

    // What a role lets its holder give to others.
    private static bool Grants(Role by, Role role) =>
        by switch
        {
            Role.Supervisor => true,
            Role.Registrar => role is Role.Platform or Role.Sponsor or Role.Issuer or Role.Participant,
            _ => false,
        };

    private bool MayGrant(Role role, (string PilotId, string ClassId) scope) =>
        Enum.GetValues<Role>().Any(by => Grants(by, role) && Has(_actor, by, scope));

    // Whether the actor may give every one of some roles, and take them; SUPERVISOR asks for a second party.
    private ReasonCode MayGiveRoles(IReadOnlyCollection<Role> roles, (string PilotId, string ClassId) scope) =>
        !roles.All(role => MayGrant(role, scope)) ? ReasonCode.NotAuthorised
        : roles.Contains(Role.Supervisor) ? Approval(scope)
        : ReasonCode.Applied;

    // Whoever ends or renews an admission gives all that came of it, wherever and whenever.
    private static Role[] EverGiven(PartyRecord party) => [.. party.Roles.Union(party.Granted)];

    // Whether somebody may be named as a part of something: it is admitted, and its DID in use.
    private bool CanBeNamed(string did) => Admitted(did) is { } party && IsCurrent(party) && !Deactivated.Contains(did);

    // Whether somebody may be named for a role.
    private bool IsInRole(string did, (string PilotId, string ClassId) scope, Role role) =>
        CanBeNamed(did) && Has(did, role, scope);

    // A second party approves: a supervisor or a deputy, who is somebody else than the actor.
    private ReasonCode Approval((string PilotId, string ClassId) scope)
    {
        string approver = _op.Approver;
        return approver.Length == 0 ? ReasonCode.ApprovalRequired
            : AccountOf(approver) != ReasonCode.Applied
            || !(Has(approver, Role.Supervisor, scope) || Has(approver, Role.SupervisorDeputy, scope))
                ? ReasonCode.ApproverNotAuthorised
            : AreOne(_actor, approver) ? ReasonCode.SelfApproval
            : ReasonCode.Applied;
    }

    // Nobody knows whose a DID is that is not registered: it may be anybody's.
    private bool AreOne(string one, string other) =>
        one == other
        || !Documents.ContainsKey(one)
        || !Documents.ContainsKey(other)
        || Documents[one].Controllers.Contains(other)
        || Documents[other].Controllers.Contains(one)
        || Documents[one]
            .VerificationMethods.Select(method => method.PublicKey)
            .Intersect(Documents[other].VerificationMethods.Select(method => method.PublicKey))
            .Any();

    private ReasonCode CheckAttestation(Attestation? attestation) =>
        attestation is null ? ReasonCode.Applied
        : !Lasts(attestation.ValidUntil) ? ReasonCode.AlreadyExpired
        : attestation.Platform.Length != 0 && !IsInRole(attestation.Platform, WholeLedger, Role.Platform)
            ? ReasonCode.NotInRole
        : ReasonCode.Applied;

    private ReasonCode Do(AdmitParty body)
    {
        if (MayGiveRoles(body.Roles, WholeLedger) is var grant && grant != ReasonCode.Applied)
        {
            return grant;
        }

        if (!Documents.ContainsKey(body.Party))
        {
            return ReasonCode.DidNotFound;
        }

        if (Deactivated.Contains(body.Party))
        {
            return ReasonCode.DidDeactivated;
        }

        PartyRecord? before = Find<PartyRecord>($"Party {body.Party}");
        if (before is { Exited: false })
        {
            return ReasonCode.AlreadyAdmitted;
        }

        if (CheckAttestation(body.Attestation) is var attested && attested != ReasonCode.Applied)
        {
            return attested;
        }

        // Who comes back finds the account as it was left: nobody thaws it by leaving.
        PartyRecord party = before?.Clone() ?? new PartyRecord { Did = body.Party };
        party.Readmissions = before is null ? 0 : before.Readmissions + 1;
        party.Exited = false;
        party.Roles.Clear();
        party.Granted.Clear();
        party.Roles.Add(body.Roles);
        party.CredentialCommitment = body.CredentialCommitment;
        party.AssuranceLevel = body.AssuranceLevel;
        party.AdmittedBy = _actor;
        Attest(party, body.Attestation);
        Put($"Party {body.Party}", party);
        return ReasonCode.Applied;
    }

    // What a platform ordered ends when the party uses another.
    private static void Attest(PartyRecord party, Attestation? attestation)
    {
        if ((party.Attestation?.Platform ?? "") != (attestation?.Platform ?? ""))
        {
            party.PlatformHold = null;
        }

        party.Attestation = attestation;
    }

    private ReasonCode Do(RenewParty body)
    {
        if (!ActorIs(WholeLedger, Role.Supervisor, Role.Registrar))
        {
            return ReasonCode.NotAuthorised;
        }

        if (Admitted(body.Party) is not { } before)
        {
            return ReasonCode.NotAParty;
        }

        if (MayGiveRoles(EverGiven(before), WholeLedger) is var grant && grant != ReasonCode.Applied)
        {
            return grant;
        }

        if (AreOne(_actor, body.Party))
        {
            return ReasonCode.SelfApproval;
        }

        if (CheckAttestation(body.Attestation) is var attested && attested != ReasonCode.Applied)
        {
            return attested;
        }

        PartyRecord party = before.Clone();
        party.CredentialCommitment = body.CredentialCommitment;
        party.AssuranceLevel = body.AssuranceLevel;
        party.AdmittedBy = _actor;
        Attest(party, body.Attestation);
        Put($"Party {body.Party}", party);
        return ReasonCode.Applied;
    }

    private ReasonCode Do(ExitParty body)
    {
        if (Admitted(body.Party) is not { } before)
        {
            return ReasonCode.NotAParty;
        }

        if (
            body.Party != _actor
            && MayGiveRoles(EverGiven(before), WholeLedger) is var grant
            && grant != ReasonCode.Applied
        )
        {
            return grant;
        }

        PartyRecord party = before.Clone();
        party.Exited = true;
        Put($"Party {body.Party}", party);
        return ReasonCode.Applied;
    }

    // What is there of a place in which a role is to hold.
    private ReasonCode CheckScope(string pilotId, string classId) =>
        pilotId.Length != 0 && Find<PilotRecord>($"Pilot {pilotId}") is null ? ReasonCode.PilotNotFound
        : classId.Length != 0 && Find<ClassRecord>($"Class {classId}") is null ? ReasonCode.ClassNotFound
        : ReasonCode.Applied;

    private static string ScopeText(string pilotId, string classId) =>
        classId.Length != 0 ? $"c:{classId}"
        : pilotId.Length != 0 ? $"p:{pilotId}"
        : "";

    private ReasonCode Do(GrantRole body)
    {
        (string PilotId, string ClassId) scope = ScopeOf(new Operation { GrantRole = body });
        ReasonCode outcome = First(
            () => Require(ActorIs(scope, Role.Supervisor, Role.Registrar), ReasonCode.NotAuthorised),
            () => CheckScope(body.PilotId, body.ClassId),
            () => MayGiveRoles([body.Role], scope),
            () => Require(!AreOne(_actor, body.Party), ReasonCode.SelfApproval),
            () => Require(Admitted(body.Party) is not null, ReasonCode.NotAParty),
            () => Require(Lasts(body.ValidUntil), ReasonCode.AlreadyExpired)
        );
        if (outcome != ReasonCode.Applied)
        {
            return outcome;
        }

        PartyRecord party = Admitted(body.Party)!;
        string key = $"Grants {body.Party}/{ScopeText(body.PilotId, body.ClassId)}";
        RoleGrant[] held = [.. Held(key, party)];
        if (
            held.Any(it => it.Role == body.Role && it.ValidUntil == body.ValidUntil)
            || (ScopeText(body.PilotId, body.ClassId).Length == 0 && party.Roles.Contains(body.Role))
        )
        {
            return ReasonCode.Unchanged;
        }

        RoleGrant grant = new()
        {
            Role = body.Role,
            ValidUntil = body.ValidUntil,
            GrantedBy = _actor,
            Readmissions = party.Readmissions,
        };
        PutGrants(
            key,
            body.Party,
            body.PilotId,
            body.ClassId,
            held.Where(it => it.Role != body.Role).Append(grant).OrderBy(it => it.Role)
        );
        PartyRecord told = party.Clone();
        told.Granted.Clear();
        told.Granted.Add(party.Granted.Append(body.Role).Distinct().Order());
        Put($"Party {body.Party}", told);
        return ReasonCode.Applied;
    }

    // What a party was granted there and still holds; what has ended leaves the record when it is written.
    private IEnumerable<RoleGrant> Held(string key, PartyRecord party) =>
        Find<GrantsRecord>(key)?.Grants.Where(it => it.Readmissions == party.Readmissions && Lasts(it.ValidUntil))
        ?? [];

    private void PutGrants(string key, string party, string pilotId, string classId, IEnumerable<RoleGrant> grants) =>
        Put(
            key,
            new GrantsRecord
            {
                Party = party,
                PilotId = pilotId,
                ClassId = classId,
                Grants = { grants },
            }
        );

    private ReasonCode Do(RevokeRole body)
    {
        (string PilotId, string ClassId) scope = ScopeOf(new Operation { RevokeRole = body });
        ReasonCode outcome = First(
            () => CheckScope(body.PilotId, body.ClassId),
            () => body.Party == _actor ? ReasonCode.Applied : MayGiveRoles([body.Role], scope),
            () => Require(Admitted(body.Party) is not null, ReasonCode.NotAParty)
        );
        if (outcome != ReasonCode.Applied)
        {
            return outcome;
        }

        PartyRecord before = Admitted(body.Party)!;
        string key = $"Grants {body.Party}/{ScopeText(body.PilotId, body.ClassId)}";
        bool byAdmission = key.EndsWith('/') && before.Roles.Contains(body.Role);
        RoleGrant[] held = [.. Held(key, before)];
        bool byGrant = held.Any(it => it.Role == body.Role);
        if (!byAdmission && !byGrant)
        {
            return ReasonCode.RoleNotHeld;
        }

        if (byAdmission)
        {
            PartyRecord party = before.Clone();
            party.Roles.Remove(body.Role);
            Put($"Party {body.Party}", party);
        }

        if (byGrant)
        {
            PutGrants(key, body.Party, body.PilotId, body.ClassId, held.Where(it => it.Role != body.Role));
        }

        return ReasonCode.Applied;
    }

    private ReasonCode Do(SetPlatformState body) =>
        !ActorIs(WholeLedger, Role.Platform) ? ReasonCode.NotAuthorised
        : Admitted(body.Party) is not { } party ? ReasonCode.NotAParty
        : party.Attestation?.Platform != _actor ? ReasonCode.NotAuthorised
        : SetState(body.Party, body.State, body.Order, party.PlatformHold, static (it, hold) => it.PlatformHold = hold);

    private ReasonCode Do(SetSupervisorState body) =>
        !ActorIs(WholeLedger, Role.Supervisor) ? ReasonCode.NotAuthorised
        : Admitted(body.Party) is not { } party ? ReasonCode.NotAParty
        : SetState(
            body.Party,
            body.State,
            body.Order,
            party.SupervisorHold,
            static (it, hold) => it.SupervisorHold = hold
        );

    private ReasonCode SetState(
        string did,
        AccountState state,
        Order order,
        AccountHold? before,
        Action<PartyRecord, AccountHold?> set
    )
    {
        // What is ordered counts, whether it holds already or not.
        if (state == (before is not null && IsOrdered(before.Hold) ? before.State : AccountState.Active))
        {
            return ReasonCode.Unchanged;
        }

        if (IsOver(order))
        {
            return ReasonCode.AlreadyExpired;
        }

        // A side has one measure at a time: what is in force is replaced at once, and what comes later is lifted first.
        bool atOnce = order.EffectiveFrom * 1000 <= _timeMs;
        if (state != AccountState.Active && IsOrdered(before?.Hold) && !(atOnce && InForce(before!.Hold)))
        {
            return ReasonCode.MeasureOrdered;
        }

        PartyRecord party = Find<PartyRecord>($"Party {did}")!.Clone();
        set(party, state == AccountState.Active ? null : new AccountHold { State = state, Hold = HoldOf(order) });
        Put($"Party {did}", party);
        Record(
            state switch
            {
                AccountState.Active => SupervisoryActionKind.RestoreAccount,
                AccountState.Restricted => SupervisoryActionKind.RestrictAccount,
                _ => SupervisoryActionKind.FreezeAccount,
            },
            order,
            party: did
        );
        return ReasonCode.Applied;
    }

    private ReasonCode Do(RecordErasure body)
    {
        if (!ActorIs(WholeLedger, Role.Supervisor, Role.Registrar, Role.Platform, Role.Sponsor, Role.Issuer))
        {
            return ReasonCode.NotAuthorised;
        }

        string key = $"Erasure {Convert.ToHexStringLower(body.Commitment.Span)}";
        if (Find<ErasureRecord>(key) is not null)
        {
            return ReasonCode.AlreadyErased;
        }

        Put(key, new ErasureRecord { Commitment = body.Commitment, By = _actor });
        return ReasonCode.Applied;
    }
}
