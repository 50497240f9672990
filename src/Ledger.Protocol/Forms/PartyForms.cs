using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs that found a ledger and admit parties to it.</summary>
internal static class PartyForms
{
    public static VerbForm[] All =>
        [
            VerbForm.Of<FoundLedger>(Check),
            VerbForm.Of<AdmitParty>(Check),
            VerbForm.Of<RenewParty>(Check),
            VerbForm.Of<ExitParty>(Check),
            VerbForm.Of<GrantRole>(Check),
            VerbForm.Of<RevokeRole>(Check),
            VerbForm.Of<RecordErasure>(Check),
        ];

    private static string? Check(FoundLedger body) =>
        !DidSyntax.IsNetwork(body.Network) ? "network: " + NotAName
        : body.Supervisor is null ? "supervisor: is missing"
        : Within("supervisor", DidForms.CheckDocument(body.Supervisor, self: ""))
            ?? Within("recovery", DidForms.CheckRecovery(body.Recovery))
            ?? Within("did_quota", DidForms.CheckQuota(body.DidQuota));

    private static string? Check(AdmitParty body) =>
        !DidSyntax.IsDid(body.Party) ? "party: " + NotADid
        : CheckAscending("roles", body.Roles, Role.Supervisor, Role.Relayer) is string problem ? problem
        : body.CredentialCommitment.Length != Limits.HashBytes ? "credential_commitment: " + NotAHash
        : !IsBetween(body.AssuranceLevel, AssuranceLevel.Low, AssuranceLevel.High) ? "assurance_level: " + NotAValue
        : Within("attestation", CheckAttestation(body.Attestation));

    private static string? Check(RenewParty body) =>
        CheckDid("party", body.Party)
        ?? CheckHash("credential_commitment", body.CredentialCommitment)
        ?? CheckValue("assurance_level", body.AssuranceLevel, AssuranceLevel.Low, AssuranceLevel.High)
        ?? Within("attestation", CheckAttestation(body.Attestation));

    private static string? Check(ExitParty body) => CheckDid("party", body.Party);

    private static string? Check(GrantRole body) =>
        CheckDid("party", body.Party)
        ?? CheckValue("role", body.Role, Role.Supervisor, Role.Relayer)
        ?? CheckScope(body.PilotId, body.ClassId)
        ?? CheckTime("valid_until", body.ValidUntil);

    private static string? Check(RevokeRole body) =>
        CheckDid("party", body.Party)
        ?? CheckValue("role", body.Role, Role.Supervisor, Role.Relayer)
        ?? CheckScope(body.PilotId, body.ClassId);

    private static string? Check(RecordErasure body) => CheckHash("commitment", body.Commitment);

    private static string? CheckScope(string pilotId, string classId) =>
        CheckIdOrEmpty("pilot_id", pilotId)
        ?? CheckIdOrEmpty("class_id", classId)
        ?? (pilotId.Length != 0 && classId.Length != 0 ? "class_id: must be empty where pilot_id is not" : null);

    private static string? CheckAttestation(Attestation? attestation) =>
        attestation is null
            ? null
            : (
                attestation.Region.Length == 0 || TextSyntax.IsRegion(attestation.Region)
                    ? null
                    : $"region: {NotARegion}, or empty"
            )
                ?? CheckValue("age_band", attestation.AgeBand, AgeBand.Unspecified, AgeBand.Adult)
                ?? CheckDidOrEmpty("platform", attestation.Platform)
                ?? CheckTime("valid_until", attestation.ValidUntil);
}
