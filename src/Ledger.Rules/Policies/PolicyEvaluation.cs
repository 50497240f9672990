using Google.Protobuf.Collections;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;
using Case = Ledger.V1.PolicyRule.RuleOneofCase;

namespace Ledger.Rules.Policies;

/// <summary>
/// Judges a transfer by a policy: pure, without a clock, and of a cost that the 64 rules of the form bound. Where everything holds,
/// nothing is asked twice and no path is built; only a policy that fails is walked again, to say where and until when.
///
/// <para>Nothing is assumed of a party that is not admitted at the moment: one that never was, has exited, or whose admission has
/// ended has no role, level, account, age band, region or platform. What each rule reads is told in docs/policies.md.</para>
/// </summary>
public static class PolicyEvaluation
{
    /// <summary>The version of a policy that judges at a moment; null when none was approved whose time has come.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static PolicyVersion? InForce(PolicyRecord policy, ulong timeMs) =>
        policy.Next is { } next && next.EffectiveMs <= timeMs ? next : policy.Current;

    /// <summary>Judges a transfer.</summary>
    /// <param name="rule">A rule whose form is right, with all within it.</param>
    /// <param name="facts">The transfer.</param>
    public static PolicyFinding Evaluate(PolicyRule rule, TransferFacts facts) =>
        IsTrue(rule, facts)
            ? PolicyFinding.Allowed
            : new PolicyFinding(false, PathOfFirstFailed(rule, facts), RetryAt(rule, facts));

    private static bool IsTrue(PolicyRule rule, TransferFacts facts) =>
        rule.RuleCase switch
        {
            Case.All => FirstFailed(rule.All.Rules, facts) is null,
            Case.Any => AnyIsTrue(rule.Any.Rules, facts),
            Case.Not => !IsTrue(rule.Not, facts),
            Case.Role => IsTrue(rule.Role, facts),
            Case.Admission => PartyOf(rule.Admission.Subject, facts) is { } party
                && party.AssuranceLevel >= rule.Admission.Level,
            Case.Account => PartyOf(rule.Account.Subject, facts) is { } party
                && Holds.StateAt(party, facts.TimeMs) <= rule.Account.State,
            Case.Category => rule.Category.Categories.Contains(facts.Class.Category),
            Case.TimeWindow => OpensAt(rule.TimeWindow, facts.TimeMs) == facts.TimeMs,
            Case.FirstHold => WasGiven(facts) || facts.TimeMs >= EndOf(rule.FirstHold, facts),
            Case.Rehold => !WasGiven(facts) || facts.TimeMs >= EndOf(rule.Rehold, facts),
            Case.GiftsPerDay => GiftsToday(facts) < rule.GiftsPerDay.Below,
            Case.Age => AttestationOf(rule.Age.Subject, facts) is { } attested
                && rule.Age.Bands.Contains(attested.AgeBand),
            Case.ReceiverHolds => HeldByReceiver(facts) < rule.ReceiverHolds.Below,
            Case.PilotTransfersPerDay => PilotTransfersToday(facts) < rule.PilotTransfersPerDay.Below,
            Case.Region => AttestationOf(rule.Region.Subject, facts) is { } attested
                && rule.Region.Regions.Contains(attested.Region),
            Case.Platform => AttestationOf(rule.Platform.Subject, facts) is { } attested
                && rule.Platform.Dids.Contains(attested.Platform),
            Case.PilotState => rule.PilotState.States.Contains(Pilots.StateAt(facts.Pilot, facts.TimeMs)),
            Case.Counterparty => rule.Counterparty.Dids.Contains(DidOf(rule.Counterparty.Subject, facts)),
            _ => throw NotARule(rule),
        };

    private static bool AnyIsTrue(RepeatedField<PolicyRule> rules, TransferFacts facts)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (IsTrue(rules[i], facts))
            {
                return true;
            }
        }

        return false;
    }

    // The place of the first rule that does not hold; null when every one does.
    private static int? FirstFailed(RepeatedField<PolicyRule> rules, TransferFacts facts)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (!IsTrue(rules[i], facts))
            {
                return i;
            }
        }

        return null;
    }

    // Which of the rules of an `any`, and what within a `not`, is to blame cannot be said: the path ends there.
    private static string PathOfFirstFailed(PolicyRule rule, TransferFacts facts)
    {
        string name = NameOf(rule);
        if (rule.RuleCase != Case.All)
        {
            return name;
        }

        int failed = FirstFailed(rule.All.Rules, facts)!.Value;
        return $"{name}[{failed}].{PathOfFirstFailed(rule.All.Rules[failed], facts)}";
    }

    // Of a rule that does not hold: from when on it may, Unix milliseconds; 0 when time alone does not tell.
    private static ulong RetryAt(PolicyRule rule, TransferFacts facts) =>
        rule.RuleCase switch
        {
            Case.All => RetryAt(rule.All.Rules[FirstFailed(rule.All.Rules, facts)!.Value], facts),
            Case.Any => EarliestRetry(rule.Any.Rules, facts),
            Case.TimeWindow => OpensAt(rule.TimeWindow, facts.TimeMs) ?? 0,
            Case.FirstHold => EndOf(rule.FirstHold, facts),
            Case.Rehold => EndOf(rule.Rehold, facts),
            Case.GiftsPerDay or Case.PilotTransfersPerDay => facts.NextDayMs,
            _ => 0,
        };

    private static ulong EarliestRetry(RepeatedField<PolicyRule> rules, TransferFacts facts)
    {
        ulong earliest = 0;
        for (int i = 0; i < rules.Count; i++)
        {
            ulong retry = RetryAt(rules[i], facts);
            if (retry != 0 && (earliest == 0 || retry < earliest))
            {
                earliest = retry;
            }
        }

        return earliest;
    }

    private static bool IsTrue(RoleRule rule, TransferFacts facts)
    {
        string did = DidOf(rule.Subject, facts);
        RoleScope scope = new(facts.Class.PilotId, facts.Class.Id);
        return FindAdmitted(did, facts) is not null
            && Parties.HasAny(facts.Records, did, RoleSet.Of(rule.Roles), scope, facts.TimeMs);
    }

    /// <summary>The first moment at or after a given one at which a window is open; null when it never is again.</summary>
    private static ulong? OpensAt(TimeWindowRule window, ulong timeMs)
    {
        const ulong MinuteMs = 60_000;
        const ulong MinutesOfDay = 24 * 60;
        ulong from = window.FromMinute;
        ulong until = window.UntilMinute == 0 ? MinutesOfDay : window.UntilMinute;

        ulong opens = Math.Max(timeMs, window.From * 1000);
        ulong minute = opens / MinuteMs % MinutesOfDay;
        bool isOpen = from < until ? minute >= from && minute < until : minute >= from || minute < until;
        if (!isOpen)
        {
            ulong midnight = opens / MinuteMs / MinutesOfDay * MinutesOfDay;
            opens = (midnight + from + (minute >= from ? MinutesOfDay : 0)) * MinuteMs;
        }

        return window.Until == 0 || opens < window.Until * 1000 ? opens : null;
    }

    private static bool WasGiven(TransferFacts facts) => facts.Token.TransferredIndex != 0;

    private static ulong EndOf(HoldRule hold, TransferFacts facts) => facts.Token.AcquiredMs + hold.Seconds * 1000;

    private static ulong GiftsToday(TransferFacts facts) =>
        facts.Records.Find<GivenRecord>(RecordKey.Given(facts.Token.Owner, facts.Class.Id)) is { } given
        && given.Day == facts.Day
            ? given.Count
            : 0;

    private static ulong PilotTransfersToday(TransferFacts facts) =>
        facts.Records.Find<PilotFiguresRecord>(RecordKey.PilotFigures(facts.Class.PilotId)) is { } figures
        && figures.Day == facts.Day
            ? figures.TransfersOfDay
            : 0;

    private static ulong HeldByReceiver(TransferFacts facts) =>
        facts.Records.Find<BalanceRecord>(RecordKey.Balance(facts.Receiver, facts.Class.Id))?.Count ?? 0;

    private static string DidOf(PolicySubject subject, TransferFacts facts) =>
        subject == PolicySubject.Giver ? facts.Token.Owner : facts.Receiver;

    private static PartyRecord? PartyOf(PolicySubject subject, TransferFacts facts) =>
        FindAdmitted(DidOf(subject, facts), facts);

    private static Attestation? AttestationOf(PolicySubject subject, TransferFacts facts) =>
        PartyOf(subject, facts)?.Attestation;

    private static PartyRecord? FindAdmitted(string did, TransferFacts facts) =>
        Parties.FindAdmitted(facts.Records, did) is { } party && Parties.IsCurrent(party, facts.TimeMs) ? party : null;

    private static string NameOf(PolicyRule rule) => PolicyRule.Descriptor.FindFieldByNumber((int)rule.RuleCase).Name;

    private static InvalidOperationException NotARule(PolicyRule rule) =>
        new($"The rule {rule.RuleCase} cannot be judged.");
}
