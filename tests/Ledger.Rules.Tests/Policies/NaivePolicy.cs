using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Rules.Tests.Policies;

/// <summary>
/// The vocabulary of policies as docs/policies.md tells it, read from the JSON of a policy and from what a test says of a transfer: a
/// table of every rule with whether it holds and from when on it may, by path. Slow, and nothing like the evaluator.
/// </summary>
internal sealed class NaivePolicy
{
    private static readonly JsonFormatter Formatter = new(
        JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true)
    );

    private static readonly Dictionary<string, int> Freedom = new()
    {
        ["ACCOUNT_STATE_ACTIVE"] = 0,
        ["ACCOUNT_STATE_RESTRICTED"] = 1,
        ["ACCOUNT_STATE_FROZEN"] = 2,
    };

    private static readonly List<string> Levels =
    [
        "ASSURANCE_LEVEL_UNSPECIFIED",
        "ASSURANCE_LEVEL_LOW",
        "ASSURANCE_LEVEL_SUBSTANTIAL",
        "ASSURANCE_LEVEL_HIGH",
    ];

    private readonly PlainTransfer _transfer;
    private readonly SortedDictionary<string, (bool Holds, ulong Retry)> _table = new(StringComparer.Ordinal);

    private NaivePolicy(PlainTransfer transfer) => _transfer = transfer;

    public static (bool Holds, string FailedRule, ulong RetryAtMs) Evaluate(PolicyRule rule, PlainTransfer transfer)
    {
        NaivePolicy policy = new(transfer);
        JsonObject json = JsonNode.Parse(Formatter.Format(rule))!.AsObject();
        policy.Tabulate("", json);
        string root = json.Single().Key;
        if (policy._table[root].Holds)
        {
            return (true, "", 0);
        }

        // Down through every `all`, along the first that fails.
        string path = root;
        while (path.EndsWith("all", StringComparison.Ordinal))
        {
            int i = 0;
            string failed;
            while ((failed = policy.ChildOf($"{path}[{i}]")) is { } child && policy._table[child].Holds)
            {
                i++;
            }

            path = failed;
        }

        return (false, path, policy._table[path].Retry);
    }

    private string ChildOf(string prefix) =>
        _table.Keys.Single(path =>
            path.StartsWith(prefix + ".", StringComparison.Ordinal) && !path[(prefix.Length + 1)..].Contains('.')
        );

    private (bool Holds, ulong Retry) Tabulate(string prefix, JsonObject rule)
    {
        (string name, JsonNode? body) = rule.Single();
        string path = prefix + name;
        (bool, ulong) row;
        if (name is "all" or "any")
        {
            (bool Holds, ulong Retry)[] rows =
            [
                .. body!["rules"]!.AsArray().Select((child, i) => Tabulate($"{path}[{i}].", child!.AsObject())),
            ];
            if (name == "all")
            {
                bool holds = rows.All(r => r.Holds);
                row = (holds, holds ? 0 : rows.First(r => !r.Holds).Retry);
            }
            else
            {
                row = (rows.Any(r => r.Holds), rows.Select(r => r.Retry).Where(r => r != 0).DefaultIfEmpty().Min());
            }
        }
        else if (name == "not")
        {
            row = (!Tabulate(path + ".", body!.AsObject()).Holds, 0);
        }
        else
        {
            row = Leaf(name, body!.AsObject());
        }

        _table[path] = row;
        return row;
    }

    private (bool Holds, ulong Retry) Leaf(string name, JsonObject rule)
    {
        PlainParty party = rule["subject"]?.GetValue<string>() switch
        {
            "POLICY_SUBJECT_GIVER" => _transfer.Giver,
            "POLICY_SUBJECT_RECEIVER" => _transfer.Receiver,
            _ => new PlainParty("nobody"),
        };
        bool isAdmitted = party is { IsParty: true, Exited: false } && (!party.IsAttested || Lasts(party.ValidUntil));
        bool isAttested = isAdmitted && party.IsAttested;
        ulong today = _transfer.TimeMs / 86_400_000;
        ulong tomorrow = (today + 1) * 86_400_000;
        switch (name)
        {
            case "role":
                HashSet<string> held = [.. party.Roles.Select(Name)];
                foreach ((string where, Role role, ulong until) in party.Grants)
                {
                    if (where is "ledger" or "pilot" or "class" && Lasts(until))
                    {
                        held.Add(Name(role));
                    }
                }

                return (isAdmitted && Texts(rule, "roles").Any(held.Contains), 0);
            case "admission":
                return (isAdmitted && Levels.IndexOf(Name(party.Level)) >= Levels.IndexOf(Text(rule, "level")), 0);
            case "account":
                int worst = Math.Max(State(party.PlatformHold), State(party.SupervisorHold));
                return (
                    isAdmitted
                        && worst <= Freedom[Text(rule, "state") is "" ? Freedom.Keys.First() : Text(rule, "state")],
                    0
                );
            case "category":
                return (Texts(rule, "categories").Contains(Name(_transfer.Category)), 0);
            case "time_window":
                ulong[] open = [.. Moments(rule).Where(moment => IsOpen(rule, moment)).Order()];
                return (IsOpen(rule, _transfer.TimeMs), open.FirstOrDefault());
            case "first_hold":
            case "rehold":
                ulong end = _transfer.AcquiredMs + Number(rule, "seconds") * 1000;
                return (_transfer.WasGiven == (name == "first_hold") || _transfer.TimeMs >= end, end);
            case "gifts_per_day":
                return (CountOn(_transfer.Gifts, today) < Number(rule, "below"), tomorrow);
            case "pilot_transfers_per_day":
                return (CountOn(_transfer.PilotTransfers, today) < Number(rule, "below"), tomorrow);
            case "receiver_holds":
                return ((_transfer.Held ?? 0) < Number(rule, "below"), 0);
            case "age":
                return (isAttested && Texts(rule, "bands").Contains(Name(party.Band)), 0);
            case "region":
                return (isAttested && Texts(rule, "regions").Contains(party.Region), 0);
            case "platform":
                return (isAttested && Texts(rule, "dids").Contains(party.Platform), 0);
            case "counterparty":
                return (Texts(rule, "dids").Contains(party.Did), 0);
            case "pilot_state":
                bool isOpen = _transfer.Pilot is PilotState.Approved or PilotState.Running or PilotState.Suspended;
                bool expired = isOpen && _transfer.PilotEnd != 0 && _transfer.TimeMs / 1000 >= _transfer.PilotEnd;
                return (Texts(rule, "states").Contains(Name(expired ? PilotState.Expired : _transfer.Pilot)), 0);
            default:
                throw new InvalidOperationException($"{name} is not in the vocabulary.");
        }
    }

    // Now, and every moment from now on at which a window can open: its beginning, and its minute of the days around both.
    private IEnumerable<ulong> Moments(JsonObject window)
    {
        ulong begins = Math.Max(_transfer.TimeMs, Number(window, "from") * 1000);
        yield return begins;
        for (ulong day = begins / 86_400_000; day <= begins / 86_400_000 + 2; day++)
        {
            ulong opens = day * 86_400_000 + Number(window, "from_minute") * 60_000;
            if (opens >= begins)
            {
                yield return opens;
            }
        }
    }

    private static bool IsOpen(JsonObject window, ulong moment)
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds((long)moment);
        ulong until = Number(window, "until");
        if (moment < Number(window, "from") * 1000 || (until != 0 && moment >= until * 1000))
        {
            return false;
        }

        // Minute by minute, from the first on, until the minute of the end.
        int minute = (int)Number(window, "from_minute");
        int end = Number(window, "until_minute") == 0 ? 0 : (int)Number(window, "until_minute") % 1_440;
        do
        {
            if (minute == at.Hour * 60 + at.Minute)
            {
                return true;
            }

            minute = (minute + 1) % 1_440;
        } while (minute != end);
        return false;
    }

    private int State(AccountHold? hold) =>
        hold is null
        || _transfer.TimeMs < hold.Hold.FromMs
        || (hold.Hold.UntilMs > 0 && hold.Hold.UntilMs < _transfer.TimeMs)
            ? 0
            : Freedom[Name(hold.State)];

    private bool Lasts(ulong lastSecond) => lastSecond is 0 || _transfer.TimeMs <= lastSecond * 1000;

    private static ulong CountOn((ulong Day, ulong Count)? counter, ulong day) =>
        counter?.Day == day ? counter.Value.Count : 0;

    private static string Text(JsonObject rule, string field) => rule[field]?.GetValue<string>() ?? "";

    private static IEnumerable<string> Texts(JsonObject rule, string field) =>
        rule[field]!.AsArray().Select(text => text!.GetValue<string>());

    // Numbers of 64 bits are texts in JSON; those of 32 are not; a zero is left out.
    private static ulong Number(JsonObject rule, string field) =>
        rule[field] is { } node ? ulong.Parse(node.ToString(), CultureInfo.InvariantCulture) : 0;

    private static string Name<T>(T value)
        where T : struct, Enum =>
        typeof(T).GetField(value.ToString())!.GetCustomAttribute<OriginalNameAttribute>()!.Name;
}
