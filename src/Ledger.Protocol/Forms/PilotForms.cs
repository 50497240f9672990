using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs on pilots and on classes of tokens.</summary>
internal static class PilotForms
{
    public static VerbForm[] All => [VerbForm.Of<CreatePilot>(Check), VerbForm.Of<CreateClass>(Check)];

    private static string? Check(CreatePilot body) =>
        !TextSyntax.IsId(body.Id) ? "id: " + NotAnId
        : !TextSyntax.IsTitle(body.Title) ? "title: " + NotATitle
        : !DidSyntax.IsDid(body.Sponsor) ? "sponsor: " + NotADid
        : null;

    private static string? Check(CreateClass body) =>
        !TextSyntax.IsId(body.Id) ? "id: " + NotAnId
        : !TextSyntax.IsId(body.PilotId) ? "pilot_id: " + NotAnId
        : !TextSyntax.IsTitle(body.Name) ? "name: " + NotATitle
        : !IsBetween(body.Category, ClassCategory.Cultural, ClassCategory.Other) ? "category: " + NotAValue
        : body.MaxSupply is 0 or > Limits.SupplyMax ? $"max_supply: must be 1 to {Limits.SupplyMax}"
        : !IsBetween(body.Transferability, Transferability.Free, Transferability.Soulbound)
            ? "transferability: " + NotAValue
        : !IsBetween(body.BurnAuthority, BurnAuthority.Issuer, BurnAuthority.Neither) ? "burn_authority: " + NotAValue
        : null;
}
