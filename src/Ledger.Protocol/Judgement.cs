using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// What a check found: nothing wrong, or the reason of a refusal. Refused input is this value, never an exception.
/// </summary>
/// <param name="Reason"><see cref="ReasonCode.Applied"/> when nothing is wrong.</param>
/// <param name="Detail">What exactly is wrong, for a person; names fields, never contents. Empty when nothing is.</param>
public readonly record struct Judgement(ReasonCode Reason, string Detail)
{
    /// <summary>
    /// After how many milliseconds, from the moment of the judgement, the same would not be refused for this reason; 0: that is not
    /// known.
    /// </summary>
    public long RetryAfterMs { get; init; }

    /// <summary>What the rules said beside the reason, as the entry records it; null: nothing.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Nothing is wrong.</summary>
    public static readonly Judgement Ok = new(ReasonCode.Applied, "");

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsOk => Reason == ReasonCode.Applied;

    /// <summary>A refusal.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="detail">What exactly is wrong; empty: the reason says it all.</param>
    public static Judgement Refuse(ReasonCode reason, string detail = "") => new(reason, detail);
}
