using Ledger.V1;

namespace Ledger.Rules.State;

/// <summary>Where a pilot stands at a moment: the end of its boundary comes by time alone, so a record is read with the moment.</summary>
public static class Pilots
{
    /// <summary>Whether the end of its boundary can still make it EXPIRED.</summary>
    public static bool CanExpire(PilotRecord pilot)
    {
        ArgumentNullException.ThrowIfNull(pilot);
        return pilot.Terms?.Boundary is { End: not 0 }
            && pilot.State is (PilotState.Approved or PilotState.Running or PilotState.Suspended);
    }

    /// <summary>Where a pilot stands.</summary>
    /// <param name="pilot">A version of it, the newest at that moment.</param>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static PilotState StateAt(PilotRecord pilot, ulong timeMs) =>
        CanExpire(pilot) && timeMs / 1000 >= pilot.Terms.Boundary.End ? PilotState.Expired : pilot.State;
}
