using Ledger.V1;

namespace Ledger.Rules.Authority;

/// <summary>Who may make a move of a pilot.</summary>
public enum PilotMover
{
    /// <summary>Its sponsor.</summary>
    Sponsor,

    /// <summary>A supervisor who is not its sponsor.</summary>
    Supervisor,

    /// <summary>Either.</summary>
    SponsorOrSupervisor,
}

/// <summary>A move that a pilot can make.</summary>
/// <param name="From">Where it stands.</param>
/// <param name="To">Where it goes.</param>
/// <param name="By">Who may move it.</param>
/// <param name="Asks">What else is asked, for the documentation; may be empty.</param>
public sealed record PilotMove(PilotState From, PilotState To, PilotMover By, string Asks = "");

/// <summary>
/// The one table of the moves of pilots by <c>move_pilot</c>. Beside it, <c>evaluate_pilot</c> makes a CONCLUDED pilot EVALUATED, and
/// the end of its boundary makes one EXPIRED that is APPROVED, RUNNING or SUSPENDED.
/// </summary>
public static class PilotMoves
{
    /// <summary>Every move.</summary>
    public static IReadOnlyList<PilotMove> All { get; } =
    [
        new(PilotState.Draft, PilotState.Submitted, PilotMover.Sponsor),
        new(PilotState.Submitted, PilotState.UnderReview, PilotMover.Supervisor),
        new(PilotState.UnderReview, PilotState.Returned, PilotMover.Supervisor, "the assessment is void"),
        new(PilotState.Returned, PilotState.UnderReview, PilotMover.Sponsor),
        new(PilotState.UnderReview, PilotState.PublicNotice, PilotMover.Supervisor, "a window for objections"),
        new(
            PilotState.PublicNotice,
            PilotState.Approved,
            PilotMover.Supervisor,
            "an assessment, and that the window for objections is over"
        ),
        new(
            PilotState.Approved,
            PilotState.Running,
            PilotMover.SponsorOrSupervisor,
            "that the start of the boundary has come"
        ),
        new(PilotState.Running, PilotState.Suspended, PilotMover.Supervisor, "an order"),
        new(PilotState.Suspended, PilotState.Running, PilotMover.Supervisor),
        new(PilotState.Running, PilotState.Concluded, PilotMover.SponsorOrSupervisor, "a conclusion"),
        new(PilotState.Suspended, PilotState.Concluded, PilotMover.SponsorOrSupervisor, "a conclusion"),
        new(PilotState.Submitted, PilotState.Rejected, PilotMover.Supervisor),
        new(PilotState.UnderReview, PilotState.Rejected, PilotMover.Supervisor),
        new(PilotState.PublicNotice, PilotState.Rejected, PilotMover.Supervisor),
        new(PilotState.Submitted, PilotState.Withdrawn, PilotMover.Sponsor),
        new(PilotState.UnderReview, PilotState.Withdrawn, PilotMover.Sponsor),
        new(PilotState.PublicNotice, PilotState.Withdrawn, PilotMover.Sponsor),
        new(PilotState.Approved, PilotState.Revoked, PilotMover.Supervisor, "an order, and approval"),
        new(PilotState.Running, PilotState.Revoked, PilotMover.Supervisor, "an order, and approval"),
        new(PilotState.Suspended, PilotState.Revoked, PilotMover.Supervisor, "an order, and approval"),
        new(PilotState.Approved, PilotState.TerminatedBySponsor, PilotMover.Sponsor),
        new(PilotState.Running, PilotState.TerminatedBySponsor, PilotMover.Sponsor),
        new(PilotState.Suspended, PilotState.TerminatedBySponsor, PilotMover.Sponsor),
        new(PilotState.Evaluated, PilotState.Archived, PilotMover.Supervisor),
        new(PilotState.Rejected, PilotState.Archived, PilotMover.Supervisor),
        new(PilotState.Withdrawn, PilotState.Archived, PilotMover.Supervisor),
        new(PilotState.Revoked, PilotState.Archived, PilotMover.Supervisor),
        new(PilotState.TerminatedBySponsor, PilotState.Archived, PilotMover.Supervisor),
        new(PilotState.Expired, PilotState.Archived, PilotMover.Supervisor),
    ];

    /// <summary>A move; null when it is none.</summary>
    public static PilotMove? Find(PilotState from, PilotState to)
    {
        foreach (PilotMove move in All)
        {
            if (move.From == from && move.To == to)
            {
                return move;
            }
        }

        return null;
    }
}
