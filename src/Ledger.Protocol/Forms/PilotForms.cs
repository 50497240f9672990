using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs on pilots.</summary>
internal static class PilotForms
{
    public static VerbForm[] All =>
        [
            VerbForm.Of<CreatePilot>(Check),
            VerbForm.Of<AmendPilot>(Check),
            VerbForm.Of<MovePilot>(Check),
            VerbForm.Of<SetParticipant>(Check),
            VerbForm.Of<PlanMilestone>(Check),
            VerbForm.Of<MoveMilestone>(Check),
            VerbForm.Of<PlanTranche>(Check),
            VerbForm.Of<MoveTranche>(Check),
            VerbForm.Of<AddEvidence>(Check),
            VerbForm.Of<EvaluatePilot>(Check),
        ];

    private static string? Check(CreatePilot body) =>
        CheckId("id", body.Id)
        ?? CheckTitle(body.Title)
        ?? CheckDid("sponsor", body.Sponsor)
        ?? Within("terms", CheckTerms(body.Terms));

    private static string? Check(AmendPilot body) =>
        CheckId("pilot_id", body.PilotId) ?? CheckTitle(body.Title) ?? Within("terms", CheckTerms(body.Terms));

    private static string? CheckTitle(string title) => TextSyntax.IsTitle(title) ? null : "title: " + NotATitle;

    private static string? Check(MovePilot body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckValue("state", body.State, PilotState.Running, PilotState.Expired)
        ?? CheckValue("reason", body.Reason, PilotReason.ApplicationComplete, PilotReason.SponsorDecision)
        ?? CheckHash("evidence_hash", body.EvidenceHash)
        ?? (
            body.State == PilotState.PublicNotice
                ? CheckRange("objection_seconds", body.ObjectionSeconds, 1, Limits.ObjectionSecondsMax)
                : CheckAbsent("objection_seconds", body.ObjectionSeconds == 0)
        )
        ?? (
            body.State == PilotState.Concluded
                ? CheckValue("conclusion", body.Conclusion, PilotConclusion.Graduated, PilotConclusion.NotAchieved)
                : CheckAbsent("conclusion", body.Conclusion == PilotConclusion.Unspecified)
        )
        ?? (
            body.State is PilotState.Suspended or PilotState.Revoked
                ? SupervisionForms.CheckOrder(body.Order, lasts: false)
                : CheckAbsent("order", body.Order is null)
        );

    private static string? CheckAbsent(string field, bool isAbsent) =>
        isAbsent ? null : field + ": does not belong to this state";

    private static string? Check(SetParticipant body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckDid("party", body.Party)
        ?? CheckValue("state", body.State, ParticipantState.Invited, ParticipantState.Removed)
        ?? (
            body.State == ParticipantState.Admitted
                ? CheckHash("consent_hash", body.ConsentHash)
                : CheckAbsent("consent_hash", body.ConsentHash.IsEmpty)
        );

    private static string? Check(PlanMilestone body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckId("milestone_id", body.MilestoneId)
        ?? CheckId("kpi", body.Kpi)
        ?? CheckRange("due", body.Due, 1, Limits.ValidUntilMax);

    private static string? Check(MoveMilestone body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckId("milestone_id", body.MilestoneId)
        ?? CheckValue("state", body.State, MilestoneState.Reported, MilestoneState.Waived)
        ?? CheckAbsent("reached", body.State == MilestoneState.Reported || body.Reached == 0)
        ?? CheckHash("evidence_hash", body.EvidenceHash);

    private static string? Check(PlanTranche body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckId("tranche_id", body.TrancheId)
        ?? CheckId("milestone_id", body.MilestoneId)
        ?? CheckRange("amount_fen", body.AmountFen, 1, Limits.AmountFenMax);

    private static string? Check(MoveTranche body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckId("tranche_id", body.TrancheId)
        ?? CheckValue("state", body.State, TrancheState.Released, TrancheState.ClawedBack)
        ?? CheckHash("evidence_hash", body.EvidenceHash);

    private static string? Check(AddEvidence body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckValue("kind", body.Kind, EvidenceKind.Assessment, EvidenceKind.Other)
        ?? CheckHash("commitment", body.Commitment)
        ?? CheckMediaType("media_type", body.MediaType);

    private static string? Check(EvaluatePilot body) =>
        CheckId("pilot_id", body.PilotId)
        ?? CheckValue("grade", body.Grade, EvaluationGrade.Excellent, EvaluationGrade.Poor)
        ?? CheckHash("report_hash", body.ReportHash)
        ?? (
            body.Replicable ? CheckHash("case_hash", body.CaseHash)
            : body.CaseHash.IsEmpty ? null
            : "case_hash: belongs to a replicable case alone"
        );

    private static string? CheckTerms(PilotTerms? terms) =>
        terms is null
            ? null
            : CheckIdOrEmpty("programme", terms.Programme)
                ?? CheckValue("kind", terms.Kind, PilotKind.Unspecified, PilotKind.Filing)
                ?? CheckTexts("fields", terms.Fields, Limits.PilotFieldsMax, TextSyntax.IsId, NotAnId)
                ?? (
                    terms.District.Length == 0 || TextSyntax.IsRegion(terms.District)
                        ? null
                        : $"district: {NotARegion}, or empty"
                )
                ?? CheckDids("supervisors", terms.Supervisors, Limits.PilotPartiesMax)
                ?? CheckDidOrEmpty("operator", terms.Operator)
                ?? CheckDids("auditors", terms.Auditors, Limits.PilotPartiesMax)
                ?? CheckDidOrEmpty("venue", terms.Venue)
                ?? CheckExternalIds(terms)
                ?? Within("boundary", CheckBoundary(terms.Boundary))
                ?? CheckSafeguards(terms);

    private static string? CheckExternalIds(PilotTerms terms)
    {
        for (int i = 0; i < terms.ExternalIds.Count; i++)
        {
            ExternalId id = terms.ExternalIds[i];
            if (Within("external_ids", i, CheckExternalId(id)) is string problem)
            {
                return problem;
            }
            if (i > 0 && terms.ExternalIds[i - 1].Scheme >= id.Scheme)
            {
                return "external_ids: not ascending by scheme";
            }
        }
        return null;
    }

    private static string? CheckExternalId(ExternalId id) =>
        CheckValue("scheme", id.Scheme, ExternalIdScheme.CacFiling, ExternalIdScheme.Lei)
        ?? id.Scheme switch
        {
            ExternalIdScheme.Uscc => OrganisationCodes.IsUscc(id.Value)
                ? null
                : "value: must be 18 characters with the check character of GB 32100-2015",
            ExternalIdScheme.Lei => OrganisationCodes.IsLei(id.Value)
                ? null
                : "value: must be 20 characters with the check digits of ISO 17442",
            _ => TextSyntax.IsExternalId(id.Value)
                ? null
                : "value: must be 1 to 64 of A-Z, a-z, 0-9, '-', '.', '/', '(' and ')'",
        };

    private static string? CheckBoundary(PilotBoundary? boundary) =>
        boundary is null
            ? null
            : CheckTime("start", boundary.Start)
                ?? CheckTime("end", boundary.End)
                ?? (boundary.End != 0 && boundary.End <= boundary.Start ? "end: must be after start" : null)
                ?? CheckTexts("regions", boundary.Regions, Limits.RegionsMax, TextSyntax.IsRegion, NotARegion);

    private static string? CheckSafeguards(PilotTerms terms)
    {
        for (int i = 0; i < terms.Safeguards.Count; i++)
        {
            Safeguard safeguard = terms.Safeguards[i];
            string? problem =
                CheckValue("kind", safeguard.Kind, SafeguardKind.Exit, SafeguardKind.PrivacyImpact)
                ?? CheckHash("document_hash", safeguard.DocumentHash);
            if (problem is not null)
            {
                return Within("safeguards", i, problem);
            }
            if (i > 0 && terms.Safeguards[i - 1].Kind >= safeguard.Kind)
            {
                return "safeguards: not ascending by kind";
            }
        }
        return null;
    }
}
