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

    /// <summary>Whether a pilot has reached an end from which nothing but evidence, evaluation and archiving leads on.</summary>
    public static bool IsFinal(PilotState state) =>
        state
            is PilotState.Rejected
                or PilotState.Withdrawn
                or PilotState.Revoked
                or PilotState.TerminatedBySponsor
                or PilotState.Expired
                or PilotState.Evaluated
                or PilotState.Archived;

    /// <summary>Whether a pilot is over, final or not.</summary>
    public static bool IsOver(PilotState state) => state == PilotState.Concluded || IsFinal(state);

    /// <summary>Whether others examine the application, so that it does not change.</summary>
    public static bool IsUnderExamination(PilotState state) =>
        state is PilotState.Submitted or PilotState.UnderReview or PilotState.PublicNotice;
}
