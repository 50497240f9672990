using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The form of the verb that defines a class of tokens.</summary>
internal static class ClassForms
{
    public static VerbForm[] All => [VerbForm.Of<CreateClass>(Check)];

    private static string? Check(CreateClass body) =>
        CheckId("id", body.Id)
        ?? CheckId("pilot_id", body.PilotId)
        ?? (TextSyntax.IsTitle(body.Name) ? null : "name: " + NotATitle)
        ?? CheckValue("category", body.Category, ClassCategory.Cultural, ClassCategory.Other)
        ?? CheckRange("max_supply", body.MaxSupply, 1, Limits.SupplyMax)
        ?? CheckValue("transferability", body.Transferability, Transferability.Free, Transferability.Soulbound)
        ?? CheckValue("burn_authority", body.BurnAuthority, BurnAuthority.Issuer, BurnAuthority.Neither)
        ?? CheckValue(
            "metadata_mutability",
            body.MetadataMutability,
            MetadataMutability.Unspecified,
            MetadataMutability.AppendVersion
        )
        ?? CheckValue("receiver_consent", body.ReceiverConsent, ReceiverConsent.Unspecified, ReceiverConsent.Required)
        ?? (
            body.Powers.Count == 0
                ? null
                : CheckAscending("powers", body.Powers, ClassPower.Pause, ClassPower.UserGrant)
        )
        ?? CheckIdOrEmpty("policy_id", body.PolicyId);
}
