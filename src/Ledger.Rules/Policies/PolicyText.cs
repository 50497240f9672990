using System.Globalization;
using System.Text;
using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.V1;
using Case = Ledger.V1.PolicyRule.RuleOneofCase;

namespace Ledger.Rules.Policies;

/// <summary>Policies in plain words, for those who approve them and those whom they bind.</summary>
public static class PolicyText
{
    /// <summary>Tells a policy as an indented list: a line for each rule, and two spaces for each rule that it lies in.</summary>
    /// <param name="rule">A rule whose form is right, with all within it.</param>
    /// <param name="language">In which language.</param>
    /// <returns>Lines, each of which ends with a line feed.</returns>
    public static string Explain(PolicyRule rule, PolicyLanguage language)
    {
        ArgumentNullException.ThrowIfNull(rule);
        StringBuilder text = new();
        Append(text, rule, PolicyWords.Of(language), depth: 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, PolicyRule rule, PolicyWords words, int depth)
    {
        text.Append(' ', 2 * depth).Append("- ");
        switch (rule.RuleCase)
        {
            case Case.All:
                text.Append(words.All).Append('\n');
                AppendEach(text, rule.All.Rules, words, depth + 1);
                break;
            case Case.Any:
                text.Append(words.Any).Append('\n');
                AppendEach(text, rule.Any.Rules, words, depth + 1);
                break;
            case Case.Not:
                text.Append(words.Not).Append('\n');
                Append(text, rule.Not, words, depth + 1);
                break;
            default:
                text.Append(Sentence(rule, words)).Append('\n');
                break;
        }
    }

    private static void AppendEach(StringBuilder text, RepeatedField<PolicyRule> rules, PolicyWords words, int depth)
    {
        foreach (PolicyRule rule in rules)
        {
            Append(text, rule, words, depth);
        }
    }

    private static string Sentence(PolicyRule rule, PolicyWords words) =>
        rule.RuleCase switch
        {
            Case.Role => words.Role(words.Of(rule.Role.Subject), words.Or([.. rule.Role.Roles.Select(words.Of)])),
            Case.Admission => words.Admission(words.Of(rule.Admission.Subject), words.Of(rule.Admission.Level)),
            Case.Account => words.Account(
                words.Of(rule.Account.Subject),
                mayBeRestricted: rule.Account.State == AccountState.Restricted
            ),
            Case.Category => words.Category(words.Or([.. rule.Category.Categories.Select(words.Of)])),
            Case.TimeWindow => Sentence(rule.TimeWindow, words),
            Case.FirstHold => words.FirstHold(Time(rule.FirstHold, words)),
            Case.Rehold => words.Rehold(Time(rule.Rehold, words)),
            Case.GiftsPerDay => words.GiftsPerDay(rule.GiftsPerDay.Below),
            Case.Age => words.Age(words.Of(rule.Age.Subject), words.Or([.. rule.Age.Bands.Select(words.Of)])),
            Case.ReceiverHolds => words.ReceiverHolds(rule.ReceiverHolds.Below),
            Case.PilotTransfersPerDay => words.PilotTransfersPerDay(rule.PilotTransfersPerDay.Below),
            Case.Region => words.Region(words.Of(rule.Region.Subject), words.Or(rule.Region.Regions)),
            Case.Platform => words.Platform(words.Of(rule.Platform.Subject), words.Or(rule.Platform.Dids)),
            Case.PilotState => words.PilotState(words.Or([.. rule.PilotState.States.Select(words.Of)])),
            Case.Counterparty => words.Counterparty(
                words.Of(rule.Counterparty.Subject),
                words.Or(rule.Counterparty.Dids)
            ),
            _ => throw new InvalidOperationException($"The rule {rule.RuleCase} has no words."),
        };

    private static string Sentence(TimeWindowRule window, PolicyWords words)
    {
        const uint MinutesOfDay = 24 * 60;
        uint until = window.UntilMinute == 0 ? MinutesOfDay : window.UntilMinute;
        bool isWholeDay = window.FromMinute == until || (window.FromMinute == 0 && until == MinutesOfDay);
        return words.TimeWindow(
            Moment(window.From),
            Moment(window.Until),
            isWholeDay ? null : (TimeOfDay(window.FromMinute), TimeOfDay(until))
        );
    }

    private static string? Moment(ulong seconds) => seconds == 0 ? null : TimeText.OfSeconds(seconds);

    private static string TimeOfDay(uint minute) =>
        string.Create(CultureInfo.InvariantCulture, $"{minute / 60:d2}:{minute % 60:d2}");

    private static string Time(HoldRule hold, PolicyWords words)
    {
        ulong seconds = hold.Seconds;
        return words.Time(seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    }
}
