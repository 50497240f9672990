using Ledger.Rules.Authority;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

internal static class RoleRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<RenewParty>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<ExitParty>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<GrantRole>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<RevokeRole>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<RecordErasure>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class AccountRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<SetPlatformState>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<SetSupervisorState>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class PilotFileRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<AmendPilot>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<MovePilot>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<SetParticipant>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<PlanMilestone>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<MoveMilestone>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<PlanTranche>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<MoveTranche>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<AddEvidence>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<EvaluatePilot>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class PolicyRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<ProposePolicy>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<ApprovePolicy>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<RejectPolicy>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class ClassRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<PauseClass>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<UnpauseClass>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class ConsentRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<OfferToken>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<AcceptOffer>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<EndOffer>(new(Permissions.AnyParty, Relations.None), static (_, _) => ReasonCode.NotAuthorised),
            VerbRule.Of<ApproveToken>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<SetOperator>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<SetUser>(new(Permissions.AnyParty, Relations.None), static (_, _) => ReasonCode.NotAuthorised),
        ];
}

internal static class MetadataRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<AppendMetadata>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<FreezeMetadata>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class LockRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<LockToken>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<SettleLock>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}

internal static class FreezeRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<FreezeToken>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<UnfreezeToken>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<ForcedTransfer>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
            VerbRule.Of<ForcedBurn>(
                new(Permissions.AnyParty, Relations.None),
                static (_, _) => ReasonCode.NotAuthorised
            ),
        ];
}
