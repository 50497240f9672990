using System.Globalization;
using Ledger.V1;

namespace Ledger.Rules.Policies;

/// <summary>The words of one language in which policies are explained. Each thing has its name once.</summary>
internal abstract class PolicyWords
{
    /// <summary>The words of a language.</summary>
    public static PolicyWords Of(PolicyLanguage language) =>
        language switch
        {
            PolicyLanguage.English => new EnglishPolicyWords(),
            PolicyLanguage.Chinese => new ChinesePolicyWords(),
            _ => throw new ArgumentOutOfRangeException(nameof(language), language, "No such language."),
        };

    public abstract string All { get; }
    public abstract string Any { get; }
    public abstract string Not { get; }

    /// <summary>Puts names together, the last of them with an "or".</summary>
    public abstract string Or(IReadOnlyList<string> names);

    public abstract string Of(PolicySubject subject);
    public abstract string Of(Role role);
    public abstract string Of(AssuranceLevel level);
    public abstract string Of(ClassCategory category);
    public abstract string Of(AgeBand band);
    public abstract string Of(PilotState state);

    public abstract string Role(string party, string roles);
    public abstract string Admission(string party, string level);
    public abstract string Account(string party, bool mayBeRestricted);
    public abstract string Category(string categories);
    public abstract string TimeWindow(string? from, string? until, (string From, string Until)? hours);
    public abstract string FirstHold(string time);
    public abstract string Rehold(string time);
    public abstract string GiftsPerDay(ulong below);
    public abstract string Age(string party, string bands);
    public abstract string ReceiverHolds(ulong below);
    public abstract string PilotTransfersPerDay(ulong below);
    public abstract string Region(string party, string regions);
    public abstract string Platform(string party, string dids);
    public abstract string PilotState(string states);
    public abstract string Counterparty(string party, string dids);

    /// <summary>A length of time in days, hours, minutes and seconds, without those that are none.</summary>
    public abstract string Time(ulong days, ulong hours, ulong minutes, ulong seconds);

    /// <summary>A number as people write it: 1,000.</summary>
    protected static string Number(ulong number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
