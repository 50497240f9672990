using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs that found a ledger and admit parties to it.</summary>
internal static class PartyForms
{
    public static VerbForm[] All => [VerbForm.Of<FoundLedger>(Check), VerbForm.Of<AdmitParty>(Check)];

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
        : null;
}
