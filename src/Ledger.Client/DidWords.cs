using System.Globalization;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>What becomes of a DID, in words: what a person reads before signing, and in a history.</summary>
public static class DidWords
{
    /// <summary>How a document differs from the one before it, a sentence without a full stop a change; none: it does not.</summary>
    /// <param name="before">The document before.</param>
    /// <param name="after">The document that followed.</param>
    public static IReadOnlyList<string> Changes(DidDocument before, DidDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        List<string> changes = [];
        AddKeys(changes, before, after);
        AddSet(changes, "the controller", before.Controllers, after.Controllers, static did => did);
        AddNamed(
            changes,
            "the service",
            before.Services,
            after.Services,
            static service => service.Fragment,
            static service => $"{service.Fragment} ({Text(service.Type)}, {Text(service.Endpoint)})"
        );
        AddSet(changes, "the alias", before.AlsoKnownAs, after.AlsoKnownAs, Text);
        if (UpdateKeys.Threshold(before) != UpdateKeys.Threshold(after))
        {
            changes.Add(
                $"asks for {Signatures(UpdateKeys.Threshold(after))} of update keys instead of {UpdateKeys.Threshold(before)}"
            );
        }
        if (!before.NextKeysCommitment.Equals(after.NextKeysCommitment))
        {
            changes.Add(
                after.NextKeysCommitment.IsEmpty
                    ? "commits to no next update keys"
                    : $"commits to next update keys, {Hex(after.NextKeysCommitment)}"
            );
        }
        return changes;
    }

    /// <summary>What a version of a DID brought, a sentence without a full stop a change.</summary>
    /// <param name="before">The version before it; null: it is the first.</param>
    /// <param name="after">The version.</param>
    /// <param name="timeMs">When it was written, Unix milliseconds.</param>
    public static IReadOnlyList<string> Changes(DidRecord? before, DidRecord after, ulong timeMs)
    {
        ArgumentNullException.ThrowIfNull(after);
        List<string> changes = [];
        if (before is null)
        {
            changes.Add($"registered with {Count(after.Document.VerificationMethods.Count, "key")}");
            changes.AddRange(Changes(new DidDocument(), after.Document));
            if (after.Recovery is { } first)
            {
                changes.Add($"can be taken back by {Policy(first)}");
            }
            return changes;
        }
        changes.AddRange(Changes(before.Document, after.Document));
        RecoveryPolicy? inForce = before.Recovery;
        bool hasTakenEffect = before.Pending is { } waiting && waiting.EffectiveMs <= timeMs;
        if (hasTakenEffect)
        {
            inForce = before.Pending!.Recovery;
            changes.Add(
                $"the recovery policy that was proposed took effect before, at {TimeText.OfMs(before.Pending.EffectiveMs)}"
            );
        }
        if (!Equals(inForce, after.Recovery))
        {
            changes.Add($"can be taken back by {Policy(after.Recovery)} from now on");
        }
        PendingRecovery? stillPending = hasTakenEffect ? null : before.Pending;
        if (after.Pending is { } proposed && !Equals(stillPending, proposed))
        {
            changes.Add(
                $"{Proposer(proposed)} propose{(proposed.Rank == 0 ? "" : "s")} that it can be taken back by {Policy(proposed.Recovery)}, from {TimeText.OfMs(proposed.EffectiveMs)} on"
            );
        }
        if (after.Pending is null && stillPending is not null)
        {
            changes.Add("the change of the recovery policy that was pending is cancelled");
        }
        if (after.Deactivated && !before.Deactivated)
        {
            changes.Add("ended for writes, for ever");
        }
        return changes;
    }

    /// <summary>A recovery policy in words: who, in the order of their rank, and the delay.</summary>
    /// <param name="policy">The policy; null: there is none.</param>
    public static string Policy(RecoveryPolicy? policy) =>
        policy is null || policy.Keys.Count == 0
            ? "nobody"
            : $"{string.Join(", then ", policy.Keys.Select(Key))}; changes of that wait {Delay(policy)}";

    /// <summary>A key of a document in words: its name, the key, and what it is for.</summary>
    /// <param name="key">The key.</param>
    public static string Method(VerificationMethod key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return $"{Key(key)}, {Uses(key)}";
    }

    /// <summary>Who proposed a change of the recovery policy, in words.</summary>
    /// <param name="pending">The change.</param>
    public static string Proposer(PendingRecovery pending)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return pending.Rank == 0
            ? "update keys"
            : string.Create(CultureInfo.InvariantCulture, $"the recovery key of rank {pending.Rank}");
    }

    /// <summary>How long a change of a policy waits: the delay that it names, or the usual one.</summary>
    /// <param name="policy">The policy.</param>
    public static TimeSpan DelayOf(RecoveryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return TimeSpan.FromSeconds(Limits.RecoveryDelaySeconds(policy));
    }

    /// <summary>A stretch of time in its largest whole unit: "3 days", "90 minutes".</summary>
    internal static string Duration(ulong seconds) =>
        seconds switch
        {
            > 0 when seconds % 86_400 == 0 => Count(seconds / 86_400, "day"),
            > 0 when seconds % 3_600 == 0 => Count(seconds / 3_600, "hour"),
            > 0 when seconds % 60 == 0 => Count(seconds / 60, "minute"),
            _ => Count(seconds, "second"),
        };

    /// <summary>
    /// A text of the operation as it is shown: itself, or in JSON's quotes with escapes when it has anything but visible ASCII, so that
    /// no character can pass for what it is not.
    /// </summary>
    internal static string Text(string text) =>
        text.Length > 0 && text.All(static c => c is > ' ' and < '\x7F' and not '"')
            ? text
            : $"\"{System.Text.Encodings.Web.JavaScriptEncoder.Default.Encode(text)}\"";

    internal static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    private static string Delay(RecoveryPolicy policy) => Duration(Limits.RecoveryDelaySeconds(policy));

    private static void AddKeys(List<string> changes, DidDocument before, DidDocument after)
    {
        foreach (VerificationMethod old in before.VerificationMethods)
        {
            VerificationMethod? now = after.VerificationMethods.FirstOrDefault(m => m.Fragment == old.Fragment);
            if (now is null)
            {
                changes.Add($"removes the key {Key(old)}");
            }
            else if (now.Type != old.Type || !now.PublicKey.Equals(old.PublicKey))
            {
                changes.Add($"replaces the key {Key(old)} by {Key(now)}, {Uses(now)}");
            }
            else if (!now.Equals(old))
            {
                changes.Add($"keeps the key {Key(now)}, now {Uses(now)}");
            }
        }
        changes.AddRange(
            after
                .VerificationMethods.Where(m => before.VerificationMethods.All(old => old.Fragment != m.Fragment))
                .Select(static added => $"adds the key {Key(added)}, {Uses(added)}")
        );
    }

    private static string Key(VerificationMethod key) => $"{key.Fragment} ({KeyText.Of(key)})";

    private static string Uses(VerificationMethod key)
    {
        string uses = string.Join(
            ", ",
            key.Purposes.Select(static purpose =>
                purpose switch
                {
                    KeyPurpose.Authentication => "authentication",
                    KeyPurpose.AssertionMethod => "assertions",
                    KeyPurpose.CapabilityInvocation => "changes of DIDs",
                    KeyPurpose.CapabilityDelegation => "delegation",
                    KeyPurpose.KeyAgreement => "key agreement",
                    _ => purpose.ToString("D"),
                }
            )
        );
        return key.ValidUntil == 0 ? $"for {uses}" : $"for {uses}, until {Second(key.ValidUntil)}";
    }

    /// <summary>A time in whole seconds.</summary>
    internal static string Second(ulong unixSeconds) =>
        unixSeconds > Limits.ValidUntilMax
            ? string.Create(CultureInfo.InvariantCulture, $"{unixSeconds} s")
            : TimeText.OfSeconds(unixSeconds);

    private static void AddSet(
        List<string> changes,
        string what,
        IReadOnlyList<string> before,
        IReadOnlyList<string> after,
        Func<string, string> show
    )
    {
        changes.AddRange(before.Except(after).Select(gone => $"removes {what} {show(gone)}"));
        changes.AddRange(after.Except(before).Select(added => $"adds {what} {show(added)}"));
    }

    private static void AddNamed<T>(
        List<string> changes,
        string what,
        IReadOnlyList<T> before,
        IReadOnlyList<T> after,
        Func<T, string> name,
        Func<T, string> show
    )
        where T : class
    {
        foreach (T old in before)
        {
            T? now = after.FirstOrDefault(item => name(item) == name(old));
            if (now is null)
            {
                changes.Add($"removes {what} {show(old)}");
            }
            else if (!now.Equals(old))
            {
                changes.Add($"replaces {what} {show(old)} by {show(now)}");
            }
        }
        changes.AddRange(
            after
                .Where(item => before.All(old => name(old) != name(item)))
                .Select(added => $"adds {what} {show(added)}")
        );
    }

    private static string Signatures(int count) => count == 1 ? "1 signature" : $"{count} signatures";

    private static string Count(ulong count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Count(int count, string what) => Count((ulong)count, what);
}
