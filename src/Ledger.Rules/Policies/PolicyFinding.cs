namespace Ledger.Rules.Policies;

/// <summary>What a policy says of one transfer.</summary>
/// <param name="Holds">Whether it allows the transfer.</param>
/// <param name="FailedRule">
/// Path of the first rule that fails, for example <c>all[1].first_hold</c>: up to 256 characters; empty when none does.
/// </param>
/// <param name="RetryAtMs">
/// From when on that rule may hold, Unix milliseconds, as far as it can tell; 0 when it cannot, or when none fails.
/// </param>
public readonly record struct PolicyFinding(bool Holds, string FailedRule, ulong RetryAtMs)
{
    /// <summary>The transfer is allowed.</summary>
    public static PolicyFinding Allowed { get; } = new(true, "", 0);
}
