using Ledger.V1;

namespace Ledger.Rules.Policies;

/// <summary>Policies in English.</summary>
internal sealed class EnglishPolicyWords : PolicyWords
{
    public override string All => "All of the following hold:";
    public override string Any => "At least one of the following holds:";
    public override string Not => "The following does not hold:";

    public override string Or(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";

    public override string Of(PolicySubject subject) => subject == PolicySubject.Giver ? "The giver" : "The receiver";

    public override string Of(Role role) =>
        role switch
        {
            V1.Role.Supervisor => "supervisor",
            V1.Role.SupervisorDeputy => "deputy of a supervisor",
            V1.Role.Registrar => "registrar",
            V1.Role.Operator => "operator",
            V1.Role.Platform => "platform",
            V1.Role.Sponsor => "sponsor",
            V1.Role.Issuer => "issuer",
            V1.Role.Participant => "participant",
            V1.Role.Auditor => "auditor",
            V1.Role.Relayer => "relayer",
            _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No such role."),
        };

    public override string Of(AssuranceLevel level) =>
        level switch
        {
            AssuranceLevel.Low => "low",
            AssuranceLevel.Substantial => "substantial",
            AssuranceLevel.High => "high",
            _ => throw new ArgumentOutOfRangeException(nameof(level), level, "No such level."),
        };

    public override string Of(ClassCategory category) =>
        category switch
        {
            ClassCategory.Cultural => "cultural works",
            ClassCategory.DigitalCreative => "digital creative works",
            ClassCategory.Consumer => "consumer rights",
            ClassCategory.Brand => "brands",
            ClassCategory.Industrial => "industrial records",
            ClassCategory.DataIp => "intellectual property in data",
            ClassCategory.Certificate => "certificates",
            ClassCategory.DataProduct => "data products",
            ClassCategory.Other => "other things",
            _ => throw new ArgumentOutOfRangeException(nameof(category), category, "No such category."),
        };

    public override string Of(AgeBand band) =>
        band switch
        {
            AgeBand.Child => "under 14",
            AgeBand.Minor => "14 to 17",
            AgeBand.Adult => "18 and above",
            _ => throw new ArgumentOutOfRangeException(nameof(band), band, "No such age band."),
        };

    public override string Of(PilotState state) =>
        state switch
        {
            V1.PilotState.Running => "running",
            V1.PilotState.Draft => "a draft",
            V1.PilotState.Submitted => "submitted",
            V1.PilotState.UnderReview => "under review",
            V1.PilotState.Returned => "returned",
            V1.PilotState.PublicNotice => "in public notice",
            V1.PilotState.Approved => "approved",
            V1.PilotState.Suspended => "suspended",
            V1.PilotState.Concluded => "concluded",
            V1.PilotState.Evaluated => "evaluated",
            V1.PilotState.Archived => "archived",
            V1.PilotState.Rejected => "rejected",
            V1.PilotState.Withdrawn => "withdrawn",
            V1.PilotState.Revoked => "revoked",
            V1.PilotState.TerminatedBySponsor => "terminated by its sponsor",
            V1.PilotState.Expired => "expired",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such state."),
        };

    public override string Role(string party, string roles) =>
        $"{party} has the role {roles}, on the ledger, in the pilot or in the class.";

    public override string Admission(string party, string level) =>
        $"{party}'s real name was checked with at least {level} assurance.";

    public override string Account(string party, bool mayBeRestricted) =>
        mayBeRestricted ? $"{party}'s account is not frozen." : $"{party}'s account is neither restricted nor frozen.";

    public override string Category(string categories) => $"The token belongs to a class of {categories}.";

    public override string TimeWindow(string? from, string? until, (string From, string Until)? hours)
    {
        string days = (from, until) switch
        {
            (null, null) => "",
            (not null, null) => $" from {from} on",
            (null, not null) => $" before {until}",
            _ => $" from {from} on and before {until}",
        };
        string daily = hours is { } h ? $" between {h.From} and {h.Until} UTC" : "";
        string join = days.Length != 0 && daily.Length != 0 ? "," : "";
        return days.Length + daily.Length == 0
            ? "The transfer takes place at any time."
            : $"The transfer takes place{days}{join}{daily}.";
    }

    public override string FirstHold(string time) =>
        $"If the giver is the first owner of the token, they have held it for at least {time}.";

    public override string Rehold(string time) =>
        $"If the giver was given the token by another owner, they have held it for at least {time}.";

    public override string GiftsPerDay(ulong below) =>
        $"The giver gives no more than {Count(below, "token")} of this class on one day (UTC), this one included.";

    public override string Age(string party, string bands) => $"{party}'s attested age is {bands}.";

    public override string ReceiverHolds(ulong below) =>
        $"The receiver holds no more than {Count(below, "token")} of this class, this one included.";

    public override string PilotTransfersPerDay(ulong below) =>
        $"No more than {Count(below, "transfer")} take place in the pilot on one day (UTC), this one included.";

    public override string Region(string party, string regions) => $"{party} is attested to belong to {regions}.";

    public override string Platform(string party, string dids) => $"{party} is attested to use the platform {dids}.";

    public override string PilotState(string states) => $"The pilot is {states}.";

    public override string Counterparty(string party, string dids) => $"{party} is {dids}.";

    public override string Time(ulong days, ulong hours, ulong minutes, ulong seconds)
    {
        (ulong Count, string Name)[] parts = [(days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second")];
        return string.Join(" ", parts.Where(part => part.Count != 0).Select(part => Count(part.Count, part.Name)));
    }

    private static string Count(ulong count, string name) => $"{Number(count)} {name}{(count == 1 ? "" : "s")}";
}
