using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Policies;

/// <summary>One transfer as a policy sees it, before it takes place. What else a rule asks for is read when it is asked for.</summary>
/// <param name="Records">The state at the operation's turn.</param>
/// <param name="TimeMs">Time of the batch, Unix milliseconds.</param>
/// <param name="Class">The class of the token.</param>
/// <param name="Pilot">The pilot of the class.</param>
/// <param name="Token">The token: its owner gives.</param>
/// <param name="Receiver">DID that gets it.</param>
public sealed record TransferFacts(
    IRecords Records,
    ulong TimeMs,
    ClassRecord Class,
    PilotRecord Pilot,
    TokenRecord Token,
    string Receiver
)
{
    /// <summary>The day of the batch.</summary>
    public ulong Day => UtcDays.Of(TimeMs);

    /// <summary>When the next day begins, Unix milliseconds.</summary>
    public ulong NextDayMs => UtcDays.NextMs(TimeMs);
}
