using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>
/// Both sides of every range that the protocol documents for the verbs on parties, pilots, policies, classes and tokens that
/// <see cref="OperationFormTests"/> has not yet.
/// </summary>
internal static class RegistryFormCases
{
    private const ulong TimeMax = 253_402_300_799;
    private const string NotADid = "did:web:bob.example";

    public static List<(string Detail, Operation Operation)> Refused =>
        [
            .. RefusedEnvelopes,
            .. RefusedOfParties,
            .. RefusedOfPilots,
            .. RefusedOfPolicies,
            .. RefusedOfTokens,
            .. RefusedOrders,
            .. RefusedGroups,
        ];

    public static List<Operation> Taken =>
        [.. TakenOfParties, .. TakenOfPilots, .. TakenOfPolicies, .. TakenOfTokens, .. TakenOrders, .. TakenGroups];

    private static List<(string, Operation)> RefusedEnvelopes =>
        [
            ("approver: must be a DID", Around<ForcedBurn>(o => o.Approver = NotADid)),
            ("approver: is the actor", Around<ForcedBurn>(o => o.Approver = o.Actor)),
            ("approver: nobody approves", Around<UpdateDid>(o => o.Approver = Samples.Bob)),
            ("approver: nobody approves", Around<RecoverDid>(o => o.Approver = Samples.Bob)),
        ];

    private static List<(string, Operation)> RefusedOfParties =>
        [
            ("admit_party.attestation.region:", Of<AdmitParty>(b => b.Attestation.Region = new string('1', 13))),
            ("admit_party.attestation.region:", Of<AdmitParty>(b => b.Attestation.Region = "CN_SH")),
            ("admit_party.attestation.region:", Of<AdmitParty>(b => b.Attestation.Region = "上海")),
            ("admit_party.attestation.age_band:", Of<AdmitParty>(b => b.Attestation.AgeBand = (AgeBand)4)),
            ("admit_party.attestation.age_band:", Of<AdmitParty>(b => b.Attestation.AgeBand = (AgeBand)(-1))),
            ("admit_party.attestation.platform:", Of<AdmitParty>(b => b.Attestation.Platform = NotADid)),
            ("admit_party.attestation.valid_until:", Of<AdmitParty>(b => b.Attestation.ValidUntil = TimeMax + 1)),
            ("renew_party.party:", Of<RenewParty>(b => b.Party = "")),
            ("renew_party.credential_commitment:", Of<RenewParty>(b => b.CredentialCommitment = Zeros(31))),
            ("renew_party.credential_commitment:", Of<RenewParty>(b => b.CredentialCommitment = Zeros(33))),
            ("renew_party.assurance_level:", Of<RenewParty>(b => b.AssuranceLevel = AssuranceLevel.Unspecified)),
            ("renew_party.assurance_level:", Of<RenewParty>(b => b.AssuranceLevel = (AssuranceLevel)4)),
            ("renew_party.attestation.region:", Of<RenewParty>(b => b.Attestation.Region = " ")),
            ("renew_party.attestation.valid_until:", Of<RenewParty>(b => b.Attestation.ValidUntil = ulong.MaxValue)),
            ("exit_party.party:", Of<ExitParty>(b => b.Party = NotADid)),
            ("grant_role.party:", Of<GrantRole>(b => b.Party = "")),
            ("grant_role.role:", Of<GrantRole>(b => b.Role = Role.Unspecified)),
            ("grant_role.role:", Of<GrantRole>(b => b.Role = (Role)11)),
            ("grant_role.pilot_id:", Of<GrantRole>(b => b.PilotId = "P")),
            ("grant_role.pilot_id:", Of<GrantRole>(b => b.PilotId = new string('a', 65))),
            ("grant_role.class_id: must be empty", Of<GrantRole>(b => b.ClassId = "class:1")),
            (
                "grant_role.class_id:",
                Of<GrantRole>(b =>
                {
                    b.PilotId = "";
                    b.ClassId = "a/b";
                })
            ),
            ("grant_role.valid_until:", Of<GrantRole>(b => b.ValidUntil = TimeMax + 1)),
            ("revoke_role.party:", Of<RevokeRole>(b => b.Party = "")),
            ("revoke_role.role:", Of<RevokeRole>(b => b.Role = (Role)(-1))),
            ("revoke_role.class_id: must be empty", Of<RevokeRole>(b => b.PilotId = "pilot-1")),
            ("set_platform_state.party:", Of<SetPlatformState>(b => b.Party = "")),
            ("set_platform_state.state:", Of<SetPlatformState>(b => b.State = (AccountState)3)),
            ("set_platform_state.order: is missing", Of<SetPlatformState>(b => b.Order = null)),
            ("set_platform_state.order.expires:", Of<SetPlatformState>(b => b.State = AccountState.Active)),
            ("set_supervisor_state.party:", Of<SetSupervisorState>(b => b.Party = NotADid)),
            ("set_supervisor_state.state:", Of<SetSupervisorState>(b => b.State = (AccountState)(-1))),
            ("set_supervisor_state.order: is missing", Of<SetSupervisorState>(b => b.Order = null)),
            ("set_supervisor_state.order.expires:", Of<SetSupervisorState>(b => b.State = AccountState.Active)),
            ("record_erasure.commitment:", Of<RecordErasure>(b => b.Commitment = ByteString.Empty)),
            ("record_erasure.commitment:", Of<RecordErasure>(b => b.Commitment = Zeros(31))),
            ("record_erasure.commitment:", Of<RecordErasure>(b => b.Commitment = Zeros(33))),
        ];

    private static List<Operation> TakenOfParties =>
        [
            Of<AdmitParty>(b => b.Attestation = null),
            Of<AdmitParty>(b => b.Attestation = new Attestation()),
            Of<AdmitParty>(b => b.Attestation.Region = new string('Z', 12)),
            Of<AdmitParty>(b => b.Attestation.ValidUntil = TimeMax),
            Of<RenewParty>(b => b.AssuranceLevel = AssuranceLevel.Low),
            Of<RenewParty>(b => b.AssuranceLevel = AssuranceLevel.High),
            Of<RenewParty>(b => b.Attestation.AgeBand = AgeBand.Unspecified),
            Of<ExitParty>(b => b.Party = Samples.Alice),
            Of<GrantRole>(b => b.Role = Role.Supervisor), // nobody grants it, says the rule
            Of<GrantRole>(b => b.Role = Role.Relayer),
            Of<GrantRole>(b => b.PilotId = ""), // the whole ledger
            Of<GrantRole>(b => b.ValidUntil = 0),
            Of<GrantRole>(b => b.ValidUntil = TimeMax),
            Of<RevokeRole>(b => b.ClassId = ""),
            Active(Of<SetPlatformState>(_ => { }).SetPlatformState),
            Active(Of<SetSupervisorState>(_ => { }).SetSupervisorState),
        ];

    private static List<(string, Operation)> RefusedOfPilots =>
        [
            ("create_pilot.terms.programme:", Terms(t => t.Programme = "City")),
            ("create_pilot.terms.programme:", Terms(t => t.Programme = new string('a', 65))),
            ("create_pilot.terms.kind:", Terms(t => t.Kind = (PilotKind)6)),
            ("create_pilot.terms.kind:", Terms(t => t.Kind = (PilotKind)(-1))),
            ("create_pilot.terms.fields: must be at most 16", Terms(t => Fill(t.Fields, 17, i => $"f{i:d2}"))),
            ("create_pilot.terms.fields: not ascending", Terms(t => t.Fields.Add("a"))),
            ("create_pilot.terms.fields: not ascending", Terms(t => t.Fields.Add("culture"))),
            ("create_pilot.terms.fields[2]:", Terms(t => t.Fields.Add("Z"))),
            ("create_pilot.terms.district:", Terms(t => t.District = new string('1', 13))),
            ("create_pilot.terms.district:", Terms(t => t.District = "3101 01")),
            ("create_pilot.terms.supervisors: must be at most 8", Terms(t => Fill(t.Supervisors, 9, Nth))),
            (
                "create_pilot.terms.supervisors[2]: is supervisors[0] again",
                Terms(t => t.Supervisors.Add(t.Supervisors[0]))
            ),
            ("create_pilot.terms.supervisors[2]:", Terms(t => t.Supervisors.Add(""))),
            ("create_pilot.terms.operator:", Terms(t => t.Operator = NotADid)),
            ("create_pilot.terms.auditors: must be at most 8", Terms(t => Fill(t.Auditors, 9, Nth))),
            ("create_pilot.terms.auditors[1]: is auditors[0] again", Terms(t => t.Auditors[1] = t.Auditors[0])),
            ("create_pilot.terms.venue:", Terms(t => t.Venue = NotADid)),
            ("create_pilot.terms.external_ids[0].scheme:", External(x => x.Scheme = ExternalIdScheme.Unspecified)),
            ("create_pilot.terms.external_ids[0].scheme:", External(x => x.Scheme = (ExternalIdScheme)8)),
            ("create_pilot.terms.external_ids[0].value:", External(x => x.Value = "")),
            ("create_pilot.terms.external_ids[0].value:", External(x => x.Value = "a b")),
            ("create_pilot.terms.external_ids[0].value:", External(x => x.Value = new string('1', 65))),
            ("create_pilot.terms.external_ids[1].value:", Terms(t => t.ExternalIds[1].Value = RegistrySamples.Lei)),
            ("create_pilot.terms.external_ids[2].value:", Terms(t => t.ExternalIds[2].Value = RegistrySamples.Uscc)),
            (
                "create_pilot.terms.external_ids: not ascending by scheme",
                Terms(t => t.ExternalIds.Add(t.ExternalIds[2].Clone()))
            ),
            ("create_pilot.terms.boundary.start:", Boundary(b => b.Start = TimeMax + 1)),
            ("create_pilot.terms.boundary.end:", Boundary(b => b.End = TimeMax + 1)),
            ("create_pilot.terms.boundary.end: must be after start", Boundary(b => b.End = b.Start)),
            (
                "create_pilot.terms.boundary.regions: must be at most 64",
                Boundary(b => Fill(b.Regions, 65, i => $"{i:d6}"))
            ),
            ("create_pilot.terms.boundary.regions: not ascending", Boundary(b => b.Regions.Add("310000"))),
            ("create_pilot.terms.boundary.regions[0]:", Boundary(b => b.Regions[0] = "")),
            ("create_pilot.terms.safeguards[0].kind:", Safeguard(s => s.Kind = SafeguardKind.Unspecified)),
            ("create_pilot.terms.safeguards[0].kind:", Safeguard(s => s.Kind = (SafeguardKind)6)),
            ("create_pilot.terms.safeguards[0].document_hash:", Safeguard(s => s.DocumentHash = Zeros(31))),
            ("create_pilot.terms.safeguards: not ascending", Safeguard(s => s.Kind = SafeguardKind.PrivacyImpact)),
            ("amend_pilot.pilot_id:", Of<AmendPilot>(b => b.PilotId = "")),
            ("amend_pilot.title:", Of<AmendPilot>(b => b.Title = "")),
            ("amend_pilot.title:", Of<AmendPilot>(b => b.Title = new string('é', 129))),
            ("amend_pilot.terms.programme:", Of<AmendPilot>(b => b.Terms.Programme = " ")),
            ("move_pilot.pilot_id:", Of<MovePilot>(b => b.PilotId = "")),
            ("move_pilot.state:", Of<MovePilot>(b => b.State = PilotState.Unspecified)),
            ("move_pilot.state:", Of<MovePilot>(b => b.State = (PilotState)17)),
            ("move_pilot.reason:", Of<MovePilot>(b => b.Reason = PilotReason.Unspecified)),
            ("move_pilot.reason:", Of<MovePilot>(b => b.Reason = (PilotReason)13)),
            ("move_pilot.evidence_hash:", Of<MovePilot>(b => b.EvidenceHash = ByteString.Empty)),
            ("move_pilot.evidence_hash:", Of<MovePilot>(b => b.EvidenceHash = Zeros(33))),
            ("move_pilot.objection_seconds:", Move(PilotState.PublicNotice, b => b.ObjectionSeconds = 0)),
            ("move_pilot.objection_seconds:", Move(PilotState.PublicNotice, b => b.ObjectionSeconds = 31_536_001)),
            ("move_pilot.objection_seconds: does not belong", Move(PilotState.Concluded, b => b.ObjectionSeconds = 1)),
            ("move_pilot.conclusion:", Move(PilotState.Concluded, b => b.Conclusion = PilotConclusion.Unspecified)),
            ("move_pilot.conclusion:", Move(PilotState.Concluded, b => b.Conclusion = (PilotConclusion)4)),
            (
                "move_pilot.conclusion: does not belong",
                Move(PilotState.Suspended, b => b.Conclusion = PilotConclusion.Completed)
            ),
            ("move_pilot.order: is missing", Move(PilotState.Suspended, b => b.Order = null)),
            (
                "move_pilot.order: is missing",
                Move(
                    PilotState.Suspended,
                    b =>
                    {
                        b.State = PilotState.Revoked;
                        b.Order = null;
                    }
                )
            ),
            (
                "move_pilot.order: does not belong",
                Move(PilotState.PublicNotice, b => b.Order = RegistrySamples.Order())
            ),
            ("move_pilot.order.expires:", Move(PilotState.Suspended, b => b.Order.Expires = 1)),
            ("set_participant.pilot_id:", Of<SetParticipant>(b => b.PilotId = "")),
            ("set_participant.party:", Of<SetParticipant>(b => b.Party = "")),
            ("set_participant.state:", Of<SetParticipant>(b => b.State = ParticipantState.Unspecified)),
            ("set_participant.state:", Of<SetParticipant>(b => b.State = (ParticipantState)6)),
            ("set_participant.consent_hash:", Of<SetParticipant>(b => b.ConsentHash = ByteString.Empty)),
            ("set_participant.consent_hash:", Of<SetParticipant>(b => b.ConsentHash = Zeros(31))),
            (
                "set_participant.consent_hash: does not belong",
                Of<SetParticipant>(b => b.State = ParticipantState.Invited)
            ),
            ("plan_milestone.pilot_id:", Of<PlanMilestone>(b => b.PilotId = "")),
            ("plan_milestone.milestone_id:", Of<PlanMilestone>(b => b.MilestoneId = "")),
            ("plan_milestone.kpi:", Of<PlanMilestone>(b => b.Kpi = "Works registered")),
            ("plan_milestone.due:", Of<PlanMilestone>(b => b.Due = 0)),
            ("plan_milestone.due:", Of<PlanMilestone>(b => b.Due = TimeMax + 1)),
            ("move_milestone.pilot_id:", Of<MoveMilestone>(b => b.PilotId = "")),
            ("move_milestone.milestone_id:", Of<MoveMilestone>(b => b.MilestoneId = new string('m', 65))),
            ("move_milestone.state:", Of<MoveMilestone>(b => b.State = MilestoneState.Planned)),
            ("move_milestone.state:", Of<MoveMilestone>(b => b.State = (MilestoneState)6)),
            ("move_milestone.reached: does not", Of<MoveMilestone>(b => b.State = MilestoneState.Accepted)),
            ("move_milestone.evidence_hash:", Of<MoveMilestone>(b => b.EvidenceHash = ByteString.Empty)),
            ("plan_tranche.pilot_id:", Of<PlanTranche>(b => b.PilotId = "")),
            ("plan_tranche.tranche_id:", Of<PlanTranche>(b => b.TrancheId = "")),
            ("plan_tranche.milestone_id:", Of<PlanTranche>(b => b.MilestoneId = "")),
            ("plan_tranche.amount_fen:", Of<PlanTranche>(b => b.AmountFen = 0)),
            ("plan_tranche.amount_fen:", Of<PlanTranche>(b => b.AmountFen = 1_000_000_000_001)),
            ("move_tranche.pilot_id:", Of<MoveTranche>(b => b.PilotId = "")),
            ("move_tranche.tranche_id:", Of<MoveTranche>(b => b.TrancheId = "")),
            ("move_tranche.state:", Of<MoveTranche>(b => b.State = TrancheState.Planned)),
            ("move_tranche.state:", Of<MoveTranche>(b => b.State = (TrancheState)5)),
            ("move_tranche.evidence_hash:", Of<MoveTranche>(b => b.EvidenceHash = Zeros(31))),
            ("add_evidence.pilot_id:", Of<AddEvidence>(b => b.PilotId = "")),
            ("add_evidence.kind:", Of<AddEvidence>(b => b.Kind = EvidenceKind.Unspecified)),
            ("add_evidence.kind:", Of<AddEvidence>(b => b.Kind = (EvidenceKind)9)),
            ("add_evidence.commitment:", Of<AddEvidence>(b => b.Commitment = ByteString.Empty)),
            ("add_evidence.media_type:", Of<AddEvidence>(b => b.MediaType = "")),
            ("add_evidence.media_type:", Of<AddEvidence>(b => b.MediaType = "Application/PDF")),
            ("add_evidence.media_type:", Of<AddEvidence>(b => b.MediaType = "a/" + new string('b', 126))),
            ("evaluate_pilot.pilot_id:", Of<EvaluatePilot>(b => b.PilotId = "")),
            ("evaluate_pilot.grade:", Of<EvaluatePilot>(b => b.Grade = EvaluationGrade.Unspecified)),
            ("evaluate_pilot.grade:", Of<EvaluatePilot>(b => b.Grade = (EvaluationGrade)5)),
            ("evaluate_pilot.report_hash:", Of<EvaluatePilot>(b => b.ReportHash = ByteString.Empty)),
            ("evaluate_pilot.case_hash:", Of<EvaluatePilot>(b => b.CaseHash = ByteString.Empty)),
            ("evaluate_pilot.case_hash: belongs", Of<EvaluatePilot>(b => b.Replicable = false)),
        ];

    private static List<Operation> TakenOfPilots =>
        [
            Of<CreatePilot>(b => b.Terms = new PilotTerms()),
            Terms(t => t.Kind = PilotKind.Filing),
            Terms(t => Fill(t.Fields, 16, i => $"f{i:d2}")),
            Terms(t => Fill(t.Supervisors, 8, Nth)),
            Terms(t => Fill(t.Auditors, 8, Nth)),
            Terms(t => t.Boundary = new PilotBoundary()),
            External(x => x.Value = new string('A', 64)),
            External(x => x.Value = "ICP/2026-(1).a"),
            Boundary(b => b.End = b.Start + 1),
            Boundary(b => b.End = 0),
            Boundary(b => b.End = TimeMax),
            Boundary(b => b.MaxTokens = ulong.MaxValue),
            Boundary(b => Fill(b.Regions, 64, i => $"{i:d6}")),
            Safeguard(s => s.Kind = SafeguardKind.Compensation),
            Of<AmendPilot>(b => b.Terms = null),
            Move(
                PilotState.PublicNotice,
                b =>
                {
                    b.State = PilotState.Expired; // never moved to, says the rule
                    b.ObjectionSeconds = 0;
                }
            ),
            Of<MovePilot>(b => b.Reason = PilotReason.ApplicationComplete),
            Of<MovePilot>(b => b.Reason = PilotReason.SponsorDecision),
            Move(PilotState.PublicNotice, b => b.ObjectionSeconds = 1),
            Move(PilotState.PublicNotice, b => b.ObjectionSeconds = 31_536_000),
            Move(PilotState.Concluded, b => b.Conclusion = PilotConclusion.NotAchieved),
            Move(PilotState.Suspended, b => b.State = PilotState.Revoked),
            Of<SetParticipant>(b =>
            {
                b.State = ParticipantState.Removed;
                b.ConsentHash = ByteString.Empty;
            }),
            Of<PlanMilestone>(b => b.Due = 1),
            Of<PlanMilestone>(b => b.Due = TimeMax),
            Of<PlanMilestone>(b => b.Target = ulong.MaxValue),
            Of<MoveMilestone>(b => b.Reached = 0),
            Of<MoveMilestone>(b =>
            {
                b.State = MilestoneState.Waived;
                b.Reached = 0;
            }),
            Of<PlanTranche>(b => b.AmountFen = 1),
            Of<PlanTranche>(b => b.AmountFen = 1_000_000_000_000),
            Of<MoveTranche>(b => b.State = TrancheState.ClawedBack),
            Of<AddEvidence>(b => b.Kind = EvidenceKind.Other),
            Of<AddEvidence>(b => b.Size = 0),
            Of<AddEvidence>(b => b.MediaType = "a/" + new string('b', 125)),
            Of<EvaluatePilot>(b => b.Grade = EvaluationGrade.Poor),
            Of<EvaluatePilot>(b =>
            {
                b.Replicable = false;
                b.CaseHash = ByteString.Empty;
            }),
        ];

    private static List<(string, Operation)> RefusedOfPolicies =>
        [
            ("propose_policy.policy_id:", Of<ProposePolicy>(b => b.PolicyId = "")),
            ("propose_policy.pilot_id:", Of<ProposePolicy>(b => b.PilotId = "")),
            ("propose_policy.rule: is missing", Of<ProposePolicy>(b => b.Rule = null)),
            ("propose_policy.rule.rule: is missing", Rule(new PolicyRule())),
            ("propose_policy.rule.all.rules: is missing", Rule(new PolicyRule { All = new() })),
            ("propose_policy.rule.any.rules: is missing", Rule(new PolicyRule { Any = new() })),
            ("propose_policy.rule.not.rule: is missing", Rule(new PolicyRule { Not = new() })),
            ("propose_policy.rule.all[1].rule: is missing", Rule(RegistrySamples.All(Leaf, new()))),
            ("propose_policy.rule.not.not.not.not.not.not.not.not.rule: is more than 8", Rule(Deep(9))),
            ("propose_policy.rule.all[63].rule: there are more than 64 rules", Rule(Wide(65))),
            ("propose_policy.rule.role.subject:", Roles(r => r.Subject = PolicySubject.Unspecified)),
            ("propose_policy.rule.role.subject:", Roles(r => r.Subject = (PolicySubject)3)),
            ("propose_policy.rule.role.roles: is missing", Roles(r => r.Roles.Clear())),
            ("propose_policy.rule.role.roles: not ascending", Roles(r => r.Roles.Add(Role.Issuer))),
            ("propose_policy.rule.role.roles[1]:", Roles(r => r.Roles.Add((Role)11))),
            ("propose_policy.rule.admission.level:", Admission(AssuranceLevel.Unspecified)),
            ("propose_policy.rule.admission.level:", Admission((AssuranceLevel)4)),
            ("propose_policy.rule.account.state:", Account(AccountState.Frozen)),
            ("propose_policy.rule.account.state:", Account((AccountState)(-1))),
            ("propose_policy.rule.category.categories: is missing", Categories()),
            ("propose_policy.rule.category.categories[0]:", Categories(ClassCategory.Unspecified)),
            ("propose_policy.rule.category.categories[0]:", Categories((ClassCategory)10)),
            (
                "propose_policy.rule.category.categories: not ascending",
                Categories(ClassCategory.Brand, ClassCategory.Cultural)
            ),
            ("propose_policy.rule.time_window.from:", Window(w => w.From = TimeMax + 1)),
            ("propose_policy.rule.time_window.until:", Window(w => w.Until = TimeMax + 1)),
            (
                "propose_policy.rule.time_window.until: must be after from",
                Window(w =>
                {
                    w.From = 9;
                    w.Until = 9;
                })
            ),
            ("propose_policy.rule.time_window.from_minute:", Window(w => w.FromMinute = 1_440)),
            ("propose_policy.rule.time_window.until_minute:", Window(w => w.UntilMinute = 1_441)),
            ("propose_policy.rule.first_hold.seconds:", Rule(new() { FirstHold = new() })),
            ("propose_policy.rule.first_hold.seconds:", Rule(new() { FirstHold = new() { Seconds = 315_360_001 } })),
            ("propose_policy.rule.rehold.seconds:", Rule(new() { Rehold = new() })),
            ("propose_policy.rule.rehold.seconds:", Rule(new() { Rehold = new() { Seconds = ulong.MaxValue } })),
            ("propose_policy.rule.gifts_per_day.below:", Rule(new() { GiftsPerDay = new() })),
            ("propose_policy.rule.gifts_per_day.below:", Rule(new() { GiftsPerDay = new() { Below = CountMax + 1 } })),
            ("propose_policy.rule.receiver_holds.below:", Rule(new() { ReceiverHolds = new() })),
            (
                "propose_policy.rule.receiver_holds.below:",
                Rule(new() { ReceiverHolds = new() { Below = CountMax + 1 } })
            ),
            ("propose_policy.rule.pilot_transfers_per_day.below:", Rule(new() { PilotTransfersPerDay = new() })),
            (
                "propose_policy.rule.pilot_transfers_per_day.below:",
                Rule(new() { PilotTransfersPerDay = new() { Below = CountMax + 1 } })
            ),
            ("propose_policy.rule.age.bands: is missing", Ages()),
            ("propose_policy.rule.age.bands[0]:", Ages(AgeBand.Unspecified)),
            ("propose_policy.rule.age.bands[1]:", Ages(AgeBand.Adult, (AgeBand)4)),
            ("propose_policy.rule.region.regions: is missing", Regions(r => r.Clear())),
            ("propose_policy.rule.region.regions: must be at most 64", Regions(r => Fill(r, 65, i => $"{i:d6}"))),
            ("propose_policy.rule.region.regions: not ascending", Regions(r => r.Add("000000"))),
            ("propose_policy.rule.region.regions[0]:", Regions(r => r[0] = new string('1', 13))),
            ("propose_policy.rule.platform.dids: is missing", Platforms(d => d.Clear())),
            ("propose_policy.rule.platform.dids: must be at most 64", Platforms(d => Fill(d, 65, Nth))),
            ("propose_policy.rule.platform.dids: not ascending", Platforms(d => d.Add(d[0]))),
            ("propose_policy.rule.platform.dids[0]:", Platforms(d => d[0] = NotADid)),
            ("propose_policy.rule.pilot_state.states: is missing", States()),
            ("propose_policy.rule.pilot_state.states[0]:", States((PilotState)17)),
            ("propose_policy.rule.pilot_state.states: not ascending", States(PilotState.Draft, PilotState.Running)),
            (
                "propose_policy.rule.counterparty.subject:",
                Rule(new() { Counterparty = new() { Dids = { Samples.Bob } } })
            ),
            (
                "propose_policy.rule.counterparty.dids: is missing",
                Rule(new() { Counterparty = new() { Subject = PolicySubject.Giver } })
            ),
            ("approve_policy.policy_id:", Of<ApprovePolicy>(b => b.PolicyId = "")),
            ("approve_policy.version: is missing", Of<ApprovePolicy>(b => b.Version = 0)),
            ("approve_policy.effective:", Of<ApprovePolicy>(b => b.Effective = 0)),
            ("approve_policy.effective:", Of<ApprovePolicy>(b => b.Effective = TimeMax + 1)),
            ("reject_policy.policy_id:", Of<RejectPolicy>(b => b.PolicyId = "Gifts")),
            ("reject_policy.version: is missing", Of<RejectPolicy>(b => b.Version = 0)),
        ];

    private static List<Operation> TakenOfPolicies =>
        [
            Rule(Deep(8)),
            Rule(Wide(64)),
            Roles(r => r.Roles.Add(Role.Relayer)),
            Roles(r => r.Subject = PolicySubject.Giver),
            Admission(AssuranceLevel.Low),
            Admission(AssuranceLevel.High),
            Account(AccountState.Active),
            Account(AccountState.Restricted),
            Categories(ClassCategory.Cultural, ClassCategory.Other),
            Window(_ => { }),
            Window(w =>
            {
                w.From = TimeMax - 1;
                w.Until = TimeMax;
            }),
            Window(w => w.FromMinute = 1_439),
            Window(w => w.UntilMinute = 1_440),
            Rule(new() { FirstHold = new() { Seconds = 1 } }),
            Rule(new() { FirstHold = new() { Seconds = 315_360_000 } }),
            Rule(new() { Rehold = new() { Seconds = 315_360_000 } }),
            Rule(new() { GiftsPerDay = new() { Below = 1 } }),
            Rule(new() { GiftsPerDay = new() { Below = CountMax } }),
            Rule(new() { ReceiverHolds = new() { Below = CountMax } }),
            Rule(new() { PilotTransfersPerDay = new() { Below = CountMax } }),
            Ages(AgeBand.Child, AgeBand.Adult),
            Regions(r => Fill(r, 64, i => $"{i:d6}")),
            Platforms(d => Fill(d, 64, Nth)),
            States(PilotState.Running, PilotState.Expired),
            Of<ApprovePolicy>(b => b.Version = ulong.MaxValue),
            Of<ApprovePolicy>(b => b.Effective = 1), // has passed, says the rule
            Of<ApprovePolicy>(b => b.Effective = TimeMax),
        ];

    private static List<(string, Operation)> RefusedOfTokens =>
        [
            ("create_class.metadata_mutability:", Of<CreateClass>(b => b.MetadataMutability = (MetadataMutability)3)),
            ("create_class.receiver_consent:", Of<CreateClass>(b => b.ReceiverConsent = (ReceiverConsent)3)),
            ("create_class.receiver_consent:", Of<CreateClass>(b => b.ReceiverConsent = (ReceiverConsent)(-1))),
            ("create_class.powers[0]:", Of<CreateClass>(b => b.Powers[0] = ClassPower.Unspecified)),
            ("create_class.powers[2]:", Of<CreateClass>(b => b.Powers.Add((ClassPower)6))),
            ("create_class.powers: not ascending", Of<CreateClass>(b => b.Powers.Add(ClassPower.Freeze))),
            ("create_class.policy_id:", Of<CreateClass>(b => b.PolicyId = "Gifts")),
            ("pause_class.class_id:", Of<PauseClass>(b => b.ClassId = "")),
            ("pause_class.order: is missing", Of<PauseClass>(b => b.Order = null)),
            ("unpause_class.class_id:", Of<UnpauseClass>(b => b.ClassId = "")),
            ("unpause_class.order: is missing", Of<UnpauseClass>(b => b.Order = null)),
            (
                "mint.content.fields_root:",
                Of<Mint>(b => b.Content = new(RegistrySamples.Content()) { FieldsRoot = Zeros(31) })
            ),
            ("offer_token.class_id:", Of<OfferToken>(b => b.ClassId = "")),
            ("offer_token.token_id:", Of<OfferToken>(b => b.TokenId = "")),
            ("offer_token.to_did:", Of<OfferToken>(b => b.ToDid = "")),
            ("offer_token.expires:", Of<OfferToken>(b => b.Expires = TimeMax + 1)),
            ("accept_offer.class_id:", Of<AcceptOffer>(b => b.ClassId = "")),
            ("accept_offer.token_id:", Of<AcceptOffer>(b => b.TokenId = "T")),
            ("accept_offer.from_did:", Of<AcceptOffer>(b => b.FromDid = NotADid)),
            ("end_offer.class_id:", Of<EndOffer>(b => b.ClassId = "")),
            ("end_offer.token_id:", Of<EndOffer>(b => b.TokenId = "")),
            ("approve_token.class_id:", Of<ApproveToken>(b => b.ClassId = "")),
            ("approve_token.token_id:", Of<ApproveToken>(b => b.TokenId = new string('a', 129))),
            ("approve_token.approved:", Of<ApproveToken>(b => b.Approved = NotADid)),
            ("approve_token.expires: must be 0", Of<ApproveToken>(b => b.Approved = "")),
            ("approve_token.expires:", Of<ApproveToken>(b => b.Expires = TimeMax + 1)),
            ("set_operator.class_id:", Of<SetOperator>(b => b.ClassId = "")),
            ("set_operator.operator:", Of<SetOperator>(b => b.Operator = "")),
            ("set_operator.expires: must be 0", Of<SetOperator>(b => b.Approved = false)),
            ("set_operator.expires:", Of<SetOperator>(b => b.Expires = TimeMax + 1)),
            ("append_metadata.class_id:", Of<AppendMetadata>(b => b.ClassId = "")),
            ("append_metadata.token_id:", Of<AppendMetadata>(b => b.TokenId = "")),
            ("append_metadata.content: is missing", Of<AppendMetadata>(b => b.Content = null)),
            ("append_metadata.content.multihash:", Of<AppendMetadata>(b => b.Content = new TokenContent())),
            ("append_metadata.content.fields_root:", Of<AppendMetadata>(b => b.Content.FieldsRoot = Zeros(33))),
            ("freeze_metadata.class_id:", Of<FreezeMetadata>(b => b.ClassId = "")),
            ("freeze_metadata.token_id:", Of<FreezeMetadata>(b => b.TokenId = "")),
            ("set_user.class_id:", Of<SetUser>(b => b.ClassId = "")),
            ("set_user.token_id:", Of<SetUser>(b => b.TokenId = "")),
            ("set_user.user:", Of<SetUser>(b => b.User = NotADid)),
            ("set_user.expires: must be 0", Of<SetUser>(b => b.User = "")),
            ("set_user.expires:", Of<SetUser>(b => b.Expires = TimeMax + 1)),
            ("lock_token.class_id:", Of<LockToken>(b => b.ClassId = "")),
            ("lock_token.token_id:", Of<LockToken>(b => b.TokenId = "")),
            ("lock_token.target:", Of<LockToken>(b => b.Target = "")),
            ("lock_token.target:", Of<LockToken>(b => b.Target = "Other.example")),
            ("lock_token.target:", Of<LockToken>(b => b.Target = new string('a', 129))),
            ("settle_lock.class_id:", Of<SettleLock>(b => b.ClassId = "")),
            ("settle_lock.token_id:", Of<SettleLock>(b => b.TokenId = "")),
            ("settle_lock.state:", Of<SettleLock>(b => b.State = LockState.Unspecified)),
            ("settle_lock.state:", Of<SettleLock>(b => b.State = LockState.Locked)),
            ("settle_lock.state:", Of<SettleLock>(b => b.State = (LockState)5)),
            ("settle_lock.evidence_hash:", Of<SettleLock>(b => b.EvidenceHash = ByteString.Empty)),
            ("freeze_token.class_id:", Of<FreezeToken>(b => b.ClassId = "")),
            ("freeze_token.token_id:", Of<FreezeToken>(b => b.TokenId = "")),
            ("unfreeze_token.class_id:", Of<UnfreezeToken>(b => b.ClassId = "")),
            ("unfreeze_token.token_id:", Of<UnfreezeToken>(b => b.TokenId = "")),
            ("forced_transfer.class_id:", Of<ForcedTransfer>(b => b.ClassId = "")),
            ("forced_transfer.token_id:", Of<ForcedTransfer>(b => b.TokenId = "")),
            ("forced_transfer.from_did:", Of<ForcedTransfer>(b => b.FromDid = "")),
            ("forced_transfer.to_did:", Of<ForcedTransfer>(b => b.ToDid = "")),
            ("forced_transfer.to_did: is from_did", Of<ForcedTransfer>(b => b.ToDid = b.FromDid)),
            ("forced_transfer.order: is missing", Of<ForcedTransfer>(b => b.Order = null)),
            ("forced_burn.class_id:", Of<ForcedBurn>(b => b.ClassId = "")),
            ("forced_burn.token_id:", Of<ForcedBurn>(b => b.TokenId = "")),
            ("forced_burn.order: is missing", Of<ForcedBurn>(b => b.Order = null)),
        ];

    private static List<Operation> TakenOfTokens =>
        [
            Of<CreateClass>(b => b.Powers.Clear()),
            Of<CreateClass>(b => b.Powers.Add(ClassPower.UserGrant)),
            Of<CreateClass>(b => b.PolicyId = ""),
            Of<CreateClass>(b => b.PolicyId = new string('p', 64)),
            Of<CreateClass>(b => b.MetadataMutability = MetadataMutability.Unspecified),
            Of<CreateClass>(b => b.ReceiverConsent = ReceiverConsent.Unspecified),
            Of<OfferToken>(b => b.Expires = 0),
            Of<OfferToken>(b => b.Expires = TimeMax),
            Of<AcceptOffer>(b => b.TokenId = new string('a', 128)),
            Of<ApproveToken>(b => b.Expires = 0),
            Of<ApproveToken>(b =>
            {
                b.Approved = "";
                b.Expires = 0;
            }),
            Of<SetOperator>(b =>
            {
                b.Approved = false;
                b.Expires = 0;
            }),
            Of<SetOperator>(b => b.Expires = TimeMax),
            Of<AppendMetadata>(b => b.Content.FieldsRoot = ByteString.Empty),
            Of<SetUser>(b => b.Expires = TimeMax),
            Of<SetUser>(b =>
            {
                b.User = "";
                b.Expires = 0;
            }),
            Of<LockToken>(b => b.Target = new string('a', 128)),
            Of<SettleLock>(b => b.State = LockState.Failed),
            Of<ForcedTransfer>(b => b.ToDid = Samples.Did("carol")),
        ];

    // An order is of one form wherever it is given.
    private static List<(string, Operation)> RefusedOrders =>
        [
            ("pause_class.order.reason:", Order(o => o.Reason = SupervisionReason.Unspecified)),
            ("pause_class.order.reason:", Order(o => o.Reason = (SupervisionReason)12)),
            ("pause_class.order.number:", Order(o => o.Number = "")),
            ("pause_class.order.number:", Order(o => o.Number = "2026 123")),
            ("pause_class.order.number:", Order(o => o.Number = "2026,123")),
            ("pause_class.order.number:", Order(o => o.Number = "2026\u200b123")),
            ("pause_class.order.number:", Order(o => o.Number = new string('号', 65))),
            ("pause_class.order.legal_basis:", Order(o => o.LegalBasis = "")),
            ("pause_class.order.legal_basis:", Order(o => o.LegalBasis = "art. 47")),
            ("pause_class.order.legal_basis:", Order(o => o.LegalBasis = new string('a', 129))),
            ("pause_class.order.effective_from:", Order(o => o.EffectiveFrom = TimeMax + 1)),
            ("pause_class.order.expires:", Order(o => o.Expires = TimeMax + 1)),
            ("pause_class.order.expires: must be after", Order(o => o.Expires = o.EffectiveFrom)),
            ("unpause_class.order.expires:", Of<UnpauseClass>(b => b.Order.Expires = 1)),
            ("freeze_token.order.number:", Of<FreezeToken>(b => b.Order.Number = "a b")),
            ("unfreeze_token.order.expires:", Of<UnfreezeToken>(b => b.Order.EffectiveFrom = 1)),
            ("forced_transfer.order.expires:", Of<ForcedTransfer>(b => b.Order.EffectiveFrom = 1)),
            ("forced_burn.order.expires:", Of<ForcedBurn>(b => b.Order.Expires = 1)),
            ("set_platform_state.order.reason:", Of<SetPlatformState>(b => b.Order.Reason = default)),
        ];

    private static List<Operation> TakenOrders =>
        [
            Order(o => o.Reason = SupervisionReason.CauseRemoved),
            Order(o => o.Number = new string('号', 64)),
            Order(o => o.LegalBasis = new string('a', 128)),
            Order(o => o.LegalBasis = "《网络安全法》第47条"),
            Order(o => o.EffectiveFrom = 0),
            Order(o => o.Expires = 0),
            Order(o => o.Expires = o.EffectiveFrom + 1),
            Order(o => o.Expires = TimeMax),
        ];

    private static List<(string, Operation)> RefusedGroups =>
        [
            ("group.steps: must be 1 to 100", Group(g => g.Steps.Clear())),
            ("group.steps: must be 1 to 100", Group(g => FillSteps(g, 101))),
            ("group.steps[0].body: is missing", Group(g => g.Steps[0].ClearBody())),
            ("group.steps[0].group: cannot be a step", Group(g => g.Steps[0].Group = new Group())),
            ("group.steps[0].create_did: cannot be a step", Group(g => g.Steps[0].CreateDid = new CreateDid())),
            ("group.steps[0].update_did: cannot be a step", Group(g => g.Steps[0].UpdateDid = new UpdateDid())),
            ("group.steps[0].found_ledger: cannot be a step", Group(g => g.Steps[0].FoundLedger = new FoundLedger())),
            ("group.steps[0].recover_did: cannot be a step", Group(g => g.Steps[0].RecoverDid = new RecoverDid())),
            ("group.steps[0].ledger, actor", Group(g => g.Steps[0].Ledger = Samples.Origin)),
            ("group.steps[0].ledger, actor", Group(g => g.Steps[0].Actor = Samples.Alice)),
            ("group.steps[0].ledger, actor", Group(g => g.Steps[0].Approver = Samples.Bob)),
            ("group.steps[0].ledger, actor", Group(g => g.Steps[0].Nonce = Zeros(16))),
            ("group.steps[0].ledger, actor", Group(g => g.Steps[0].NotAfter = 1)),
            ("group.steps[1].exit_party.party:", Group(g => g.Steps[1].ExitParty.Party = "")),
        ];

    private static List<Operation> TakenGroups =>
        [Group(g => FillSteps(g, 100)), Group(g => FillSteps(g, 1)), Group(_ => { })];

    private const ulong CountMax = 1_000_000_000_000;

    private static PolicyRule Leaf => new() { FirstHold = new() { Seconds = 1 } };

    // The last sample whose body is of a type, and its body changed.
    private static Operation Of<T>(Action<T> change)
        where T : class, IMessage<T>, new()
    {
        MessageDescriptor body = new T().Descriptor;
        Operation operation = Samples.All().Last(o => Verb.Of(o).Body == body && o.Approver.Length == 0);
        change((T)Verb.Of(operation).BodyOf(operation));
        return operation;
    }

    private static Operation Around<T>(Action<Operation> change)
        where T : class, IMessage<T>, new()
    {
        Operation operation = Of<T>(_ => { });
        change(operation);
        return operation;
    }

    private static Operation Active(IMessage body)
    {
        Operation operation = Samples.With(body);
        switch (body)
        {
            case SetPlatformState platform:
                (platform.State, platform.Order) = (AccountState.Active, RegistrySamples.Order());
                break;
            case SetSupervisorState supervisor:
                (supervisor.State, supervisor.Order) = (AccountState.Active, RegistrySamples.Order());
                break;
        }
        return operation;
    }

    private static Operation Terms(Action<PilotTerms> change) => Of<CreatePilot>(b => change(b.Terms));

    private static Operation External(Action<ExternalId> change) => Terms(t => change(t.ExternalIds[0]));

    private static Operation Boundary(Action<PilotBoundary> change) => Terms(t => change(t.Boundary));

    private static Operation Safeguard(Action<Safeguard> change) => Terms(t => change(t.Safeguards[0]));

    // The sample that moves there.
    private static Operation Move(PilotState state, Action<MovePilot> change)
    {
        MovePilot body = RegistrySamples.Bodies().OfType<MovePilot>().Single(move => move.State == state);
        change(body);
        return Samples.With(body);
    }

    private static Operation Order(Action<Order> change) => Of<PauseClass>(b => change(b.Order));

    private static Operation Group(Action<Group> change) => Of<Group>(change);

    private static void FillSteps(Group group, int count)
    {
        Operation step = group.Steps[1];
        group.Steps.Clear();
        for (int i = 0; i < count; i++)
        {
            group.Steps.Add(step);
        }
    }

    private static Operation Rule(PolicyRule rule) => Of<ProposePolicy>(b => b.Rule = rule);

    private static PolicyRule Deep(int depth) => depth == 1 ? Leaf : new() { Not = Deep(depth - 1) };

    private static PolicyRule Wide(int count) => RegistrySamples.All([.. Enumerable.Repeat(Leaf, count - 1)]);

    private static Operation Roles(Action<RoleRule> change)
    {
        RoleRule rule = new() { Subject = PolicySubject.Receiver, Roles = { Role.Issuer } };
        change(rule);
        return Rule(new PolicyRule { Role = rule });
    }

    private static Operation Admission(AssuranceLevel level) =>
        Rule(
            new()
            {
                Admission = new() { Subject = PolicySubject.Receiver, Level = level },
            }
        );

    private static Operation Account(AccountState state) =>
        Rule(
            new()
            {
                Account = new() { Subject = PolicySubject.Receiver, State = state },
            }
        );

    private static Operation Categories(params ClassCategory[] categories) =>
        Rule(new() { Category = new() { Categories = { categories } } });

    private static Operation Window(Action<TimeWindowRule> change)
    {
        TimeWindowRule rule = new();
        change(rule);
        return Rule(new PolicyRule { TimeWindow = rule });
    }

    private static Operation Ages(params AgeBand[] bands) =>
        Rule(
            new()
            {
                Age = new() { Subject = PolicySubject.Receiver, Bands = { bands } },
            }
        );

    private static Operation Regions(Action<RepeatedField<string>> change)
    {
        RegionRule rule = new() { Subject = PolicySubject.Receiver, Regions = { "310000" } };
        change(rule.Regions);
        return Rule(new PolicyRule { Region = rule });
    }

    private static Operation Platforms(Action<RepeatedField<string>> change)
    {
        DidRule rule = new() { Subject = PolicySubject.Receiver, Dids = { Samples.Bob } };
        change(rule.Dids);
        return Rule(new PolicyRule { Platform = rule });
    }

    private static Operation States(params PilotState[] states) =>
        Rule(new() { PilotState = new() { States = { states } } });

    // Ascending and distinct whatever the texts are.
    private static void Fill(RepeatedField<string> texts, int count, Func<int, string> text)
    {
        texts.Clear();
        texts.Add(Enumerable.Range(0, count).Select(text).Order(StringComparer.Ordinal));
    }

    private static string Nth(int number) => Samples.Did($"party {number}");

    private static ByteString Zeros(int count) => ByteString.CopyFrom(new byte[count]);
}
