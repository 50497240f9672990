using System.CommandLine;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>Options that say who can take a DID back.</summary>
internal sealed class RecoveryOptions
{
    private readonly Option<string[]> _keys = new("--recovery-key")
    {
        Description =
            $"Key that can take the DID back, the one of the highest rank first: {KeyNames.Form} Can be repeated. Keep it elsewhere.",
        HelpName = "KEY",
    };

    private readonly Option<string?> _delay = new("--recovery-delay")
    {
        Description =
            $"How long a change of the recovery keys waits, and can be cancelled by one of them: {Durations.Form}. Default: 72h.",
        HelpName = "TIME",
    };

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_keys);
        command.Add(_delay);
    }

    /// <summary>The names of keys that are the person's own.</summary>
    public IReadOnlyList<string> OwnKeys(ParseResult line) =>
        [.. (line.GetValue(_keys) ?? []).Where(static text => !KeyNames.IsPublic(text))];

    /// <summary>The policy that the command line names; null: it names none.</summary>
    /// <exception cref="CommandFailure">A delay without keys, two keys of one name, or a delay out of its range.</exception>
    public RecoveryPolicy? Read(ParseResult line, KeyRing keys)
    {
        string[] named = line.GetValue(_keys) ?? [];
        string? delay = line.GetValue(_delay);
        if (named.Length == 0)
        {
            return delay is null
                ? null
                : throw CommandFailure.Usage($"{_delay.Name} says nothing without {_keys.Name}.");
        }

        RecoveryPolicy policy = new() { DelaySeconds = delay is null ? 0 : Seconds(delay) };
        foreach (string text in named)
        {
            VerificationMethod key = KeyNames.Key(text, keys);
            policy.Keys.Add(
                policy.Keys.All(other => other.Fragment != key.Fragment)
                    ? key
                    : throw CommandFailure.Usage(
                        $"Two recovery keys have the name {key.Fragment}: make one with `ledger keys new` and another --fragment."
                    )
            );
        }

        return policy;
    }

    private uint Seconds(string delay)
    {
        double seconds = Durations.Parse(delay).TotalSeconds;
        return seconds <= Limits.RecoveryDelaySecondsMax
            ? (uint)seconds
            : throw CommandFailure.Usage($"{_delay.Name} is at most 90 days.");
    }
}
