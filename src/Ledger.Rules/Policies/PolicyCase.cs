using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Policies;

/// <summary>
/// A transfer that a policy is tried on, with what it is expected to say: the rows of a table of cases, see docs/policies.md. What the
/// case says is put into records, so that what tries it is what judges.
/// </summary>
public sealed class PolicyCase
{
    private PolicyCase(string name, TransferFacts facts, PolicyFinding expected)
    {
        Name = name;
        Facts = facts;
        Expected = expected;
    }

    /// <summary>What the case is about.</summary>
    public string Name { get; }

    /// <summary>The transfer.</summary>
    public TransferFacts Facts { get; }

    /// <summary>What the policy is expected to say.</summary>
    public PolicyFinding Expected { get; }

    /// <summary>Whether what a policy says is what was expected. A moment that the case does not name may be any.</summary>
    public bool IsExpected(PolicyFinding finding) =>
        finding.Holds == Expected.Holds
        && finding.FailedRule == Expected.FailedRule
        && (Expected.RetryAtMs == 0 || finding.RetryAtMs == Expected.RetryAtMs);

    /// <summary>Reads a table of cases.</summary>
    /// <param name="json">The table.</param>
    /// <exception cref="FormatException">It is no such table; the message says where and why.</exception>
    public static IReadOnlyList<PolicyCase> Parse(string json)
    {
        try
        {
            JsonArray cases =
                JsonNode.Parse(json)?["cases"]?.AsArray() ?? throw new FormatException("cases: is missing");
            return [.. cases.Select((item, i) => Parse(item?.AsObject(), $"cases[{i}]"))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static PolicyCase Parse(JsonObject? item, string path)
    {
        JsonObject given = item ?? throw new FormatException($"{path}: is missing");
        string failedRule = TextOf(given, "failed_rule");
        string retryAt = TextOf(given, "retry_at");
        return new PolicyCase(
            TextOf(given, "name"),
            FactsOf(given, path),
            new PolicyFinding(
                failedRule.Length == 0,
                failedRule,
                retryAt.Length == 0 ? 0 : TimeMs(retryAt, path, "retry_at")
            )
        );
    }

    private static TransferFacts FactsOf(JsonObject given, string path)
    {
        ulong timeMs = TimeMs(TextOf(given, "time"), path, "time");
        ClassRecord tokenClass = Record<ClassRecord>(given["class"], path, "class");
        PilotRecord pilot = Record<PilotRecord>(given["pilot"], path, "pilot");
        TokenRecord token = Record<TokenRecord>(given["token"], path, "token");
        BatchState state = new(new MemoryRecords(), (long)timeMs);
        using (BatchState.Scope scope = state.Open(index: 0))
        {
            foreach (PartyRecord party in Records<PartyRecord>(given, path, "parties"))
            {
                state.Put(RecordKey.Party(party.Did), party);
            }

            foreach (GrantsRecord grants in Records<GrantsRecord>(given, path, "grants"))
            {
                string pilotId = grants.ClassId.Length == 0 ? grants.PilotId : pilot.Id;
                state.Put(RecordKey.Grants(grants.Party, new RoleScope(pilotId, grants.ClassId)), grants);
            }

            foreach (GivenRecord gifts in Records<GivenRecord>(given, path, "given"))
            {
                state.Put(RecordKey.Given(gifts.Owner, gifts.ClassId), gifts);
            }

            foreach (BalanceRecord balance in Records<BalanceRecord>(given, path, "balances"))
            {
                state.Put(RecordKey.Balance(balance.Owner, balance.ClassId), balance);
            }

            foreach (PilotFiguresRecord figures in Records<PilotFiguresRecord>(given, path, "figures"))
            {
                state.Put(RecordKey.PilotFigures(figures.PilotId), figures);
            }

            scope.Keep();
        }

        MemoryRecords records = new();
        records.Apply(state);
        return new TransferFacts(records, timeMs, tokenClass, pilot, token, TextOf(given, "receiver"));
    }

    private static IEnumerable<T> Records<T>(JsonObject given, string path, string field)
        where T : class, IMessage<T>, new() =>
        given[field]?.AsArray().Select((node, i) => Record<T>(node, path, $"{field}[{i}]")) ?? [];

    // A record in the JSON of protobuf, with names as in the .proto or in camel case.
    private static T Record<T>(JsonNode? node, string path, string field)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return JsonParser.Default.Parse<T>((node ?? new JsonObject()).ToJsonString());
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FormatException($"{path}.{field}: {e.Message}", e);
        }
    }

    private static string TextOf(JsonObject given, string field) => given[field]?.GetValue<string>() ?? "";

    private static ulong TimeMs(string text, string path, string field) =>
        TimeText.TryParseSeconds(text, out ulong seconds, out string problem)
            ? seconds * 1000
            : throw new FormatException($"{path}.{field}: {problem}");
}
