using Google.Protobuf.Collections;
using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs on policies, and of their rules.</summary>
public static class PolicyForms
{
    private const uint MinutesOfDay = 24 * 60;

    internal static VerbForm[] All =>
        [
            VerbForm.Of<ProposePolicy>(static body =>
                CheckId("policy_id", body.PolicyId) ?? CheckId("pilot_id", body.PilotId) ?? CheckRules(body.Rule)
            ),
            VerbForm.Of<ApprovePolicy>(static body =>
                CheckVersion(body.PolicyId, body.Version)
                ?? CheckRange("effective", body.Effective, 1, Limits.ValidUntilMax)
            ),
            VerbForm.Of<RejectPolicy>(static body => CheckVersion(body.PolicyId, body.Version)),
        ];

    private static string? CheckVersion(string policyId, ulong version) =>
        CheckId("policy_id", policyId) ?? (version == 0 ? "version: is missing" : null);

    /// <summary>A rule with all within it: their number and depth too.</summary>
    /// <returns>Null, or the path of the first field that is wrong and what is wrong with it.</returns>
    public static string? CheckRules(PolicyRule? rule)
    {
        int count = 0;
        return rule is null ? "rule: is missing" : Within("rule", Check(rule, depth: 1, ref count));
    }

    private static string? Check(PolicyRule rule, int depth, ref int count)
    {
        if (depth > Limits.PolicyDepthMax)
        {
            return $"rule: is more than {Limits.PolicyDepthMax} deep";
        }
        if (++count > Limits.PolicyRulesMax)
        {
            return $"rule: there are more than {Limits.PolicyRulesMax} rules";
        }
        return rule.RuleCase switch
        {
            PolicyRule.RuleOneofCase.None => "rule: is missing",
            PolicyRule.RuleOneofCase.All => CheckList("all", rule.All, depth, ref count),
            PolicyRule.RuleOneofCase.Any => CheckList("any", rule.Any, depth, ref count),
            PolicyRule.RuleOneofCase.Not => Within("not", Check(rule.Not, depth + 1, ref count)),
            _ => CheckLeaf(rule),
        };
    }

    private static string? CheckList(string name, PolicyRules list, int depth, ref int count)
    {
        if (list.Rules.Count == 0)
        {
            return name + ".rules: is missing";
        }
        for (int i = 0; i < list.Rules.Count; i++)
        {
            if (Within(name, i, Check(list.Rules[i], depth + 1, ref count)) is string problem)
            {
                return problem;
            }
        }
        return null;
    }

    private static string? CheckLeaf(PolicyRule rule) =>
        rule.RuleCase switch
        {
            PolicyRule.RuleOneofCase.Role => Within(
                "role",
                CheckSubject(rule.Role.Subject)
                    ?? CheckAscending("roles", rule.Role.Roles, Role.Supervisor, Role.Relayer)
            ),
            PolicyRule.RuleOneofCase.Admission => Within(
                "admission",
                CheckSubject(rule.Admission.Subject)
                    ?? CheckValue("level", rule.Admission.Level, AssuranceLevel.Low, AssuranceLevel.High)
            ),
            PolicyRule.RuleOneofCase.Account => Within(
                "account",
                CheckSubject(rule.Account.Subject)
                    ?? CheckValue("state", rule.Account.State, AccountState.Active, AccountState.Restricted)
            ),
            PolicyRule.RuleOneofCase.Category => Within(
                "category",
                CheckAscending("categories", rule.Category.Categories, ClassCategory.Cultural, ClassCategory.Other)
            ),
            PolicyRule.RuleOneofCase.TimeWindow => Within("time_window", Check(rule.TimeWindow)),
            PolicyRule.RuleOneofCase.FirstHold => Within("first_hold", Check(rule.FirstHold)),
            PolicyRule.RuleOneofCase.Rehold => Within("rehold", Check(rule.Rehold)),
            PolicyRule.RuleOneofCase.GiftsPerDay => Within("gifts_per_day", Check(rule.GiftsPerDay)),
            PolicyRule.RuleOneofCase.Age => Within(
                "age",
                CheckSubject(rule.Age.Subject) ?? CheckAscending("bands", rule.Age.Bands, AgeBand.Child, AgeBand.Adult)
            ),
            PolicyRule.RuleOneofCase.ReceiverHolds => Within("receiver_holds", Check(rule.ReceiverHolds)),
            PolicyRule.RuleOneofCase.PilotTransfersPerDay => Within(
                "pilot_transfers_per_day",
                Check(rule.PilotTransfersPerDay)
            ),
            PolicyRule.RuleOneofCase.Region => Within(
                "region",
                CheckSubject(rule.Region.Subject)
                    ?? CheckSome("regions", rule.Region.Regions, Limits.RegionsMax, TextSyntax.IsRegion, NotARegion)
            ),
            PolicyRule.RuleOneofCase.Platform => Within("platform", Check(rule.Platform)),
            PolicyRule.RuleOneofCase.PilotState => Within(
                "pilot_state",
                CheckAscending("states", rule.PilotState.States, PilotState.Running, PilotState.Expired)
            ),
            PolicyRule.RuleOneofCase.Counterparty => Within("counterparty", Check(rule.Counterparty)),
            _ => throw new InvalidOperationException($"The rule {rule.RuleCase} has no form."),
        };

    private static string? CheckSubject(PolicySubject subject) =>
        CheckValue("subject", subject, PolicySubject.Giver, PolicySubject.Receiver);

    private static string? Check(TimeWindowRule window) =>
        CheckTime("from", window.From)
        ?? CheckTime("until", window.Until)
        ?? (window.Until != 0 && window.Until <= window.From ? "until: must be after from" : null)
        ?? (window.FromMinute < MinutesOfDay ? null : $"from_minute: must be below {MinutesOfDay}")
        ?? (window.UntilMinute <= MinutesOfDay ? null : $"until_minute: must be at most {MinutesOfDay}");

    private static string? Check(HoldRule hold) => CheckRange("seconds", hold.Seconds, 1, Limits.HoldSecondsMax);

    private static string? Check(CountRule count) => CheckRange("below", count.Below, 1, Limits.SupplyMax);

    private static string? Check(DidRule dids) =>
        CheckSubject(dids.Subject)
        ?? CheckSome("dids", dids.Dids, Limits.PolicyDidsMax, static did => DidSyntax.IsDid(did), NotADid);

    private static string? CheckSome(
        string field,
        RepeatedField<string> texts,
        int countMax,
        Func<string, bool> isRight,
        string wrong
    ) => texts.Count == 0 ? field + ": is missing" : CheckTexts(field, texts, countMax, isRight, wrong);
}
