using Ledger.V1;

namespace Ledger.Client;

/// <summary>A pilot. The entry is proven; see <see cref="Written{T}"/>.</summary>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry that wrote this version of it.</param>
/// <param name="State">Where it stands at the log's time, by the node's word: EXPIRED by time alone, for one.</param>
/// <param name="Current">What proves the record whole, and that it is the newest; see <see cref="Written{T}"/>.</param>
public sealed record ResolvedPilot(
    PilotRecord Record,
    ProvenEntry Entry,
    PilotState State,
    ProvenRecord? Current = null
);

/// <summary>A party. The entry is proven; see <see cref="Written{T}"/>.</summary>
/// <param name="Record">The record, with the roles of its admission.</param>
/// <param name="Entry">The entry that wrote this version of it.</param>
/// <param name="Grants">The roles that it was granted besides, one record a scope, by the node's word.</param>
/// <param name="Current">What proves the record whole, and that it is the newest; see <see cref="Written{T}"/>.</param>
public sealed record ResolvedParty(
    PartyRecord Record,
    ProvenEntry Entry,
    IReadOnlyList<GrantsRecord> Grants,
    ProvenRecord? Current = null
);

/// <summary>A policy. The entry is proven; see <see cref="Written{T}"/>.</summary>
/// <param name="Record">The record.</param>
/// <param name="Entry">The entry that wrote this version of it.</param>
/// <param name="VersionInForce">The version that judges at the log's time, by the node's word; 0: none does.</param>
/// <param name="Current">What proves the record whole, and that it is the newest; see <see cref="Written{T}"/>.</param>
public sealed record ResolvedPolicy(
    PolicyRecord Record,
    ProvenEntry Entry,
    ulong VersionInForce,
    ProvenRecord? Current = null
);

/// <summary>That what is behind a commitment was destroyed. The node's word.</summary>
/// <param name="Record">The record.</param>
/// <param name="Version">The entry that recorded it.</param>
public sealed record Erasure(ErasureRecord Record, RecordVersion Version);

/// <summary>A pilot in numbers. The node's word.</summary>
/// <param name="Figures">What happened in it.</param>
/// <param name="Refusals">What was refused, by reason.</param>
/// <param name="DaysLeft">Whole days until the end of its boundary, by the log's time; null: the boundary has no end.</param>
public sealed record PilotFigures(PilotFiguresRecord Figures, IReadOnlyList<RefusalCount> Refusals, ulong? DaysLeft);

/// <summary>Whether a party acts for an owner with its tokens of a class. The node's word.</summary>
/// <param name="IsApproved">Whether it may act, at the log's time.</param>
/// <param name="Record">The record; null: it was never set.</param>
public sealed record OperatorStanding(bool IsApproved, OperatorRecord? Record);

/// <summary>What the rules would say of a transfer. The node's word.</summary>
/// <param name="Outcome">Applied, or the rule that would refuse it.</param>
/// <param name="Verdict">What else the judgement would say: the failing rule of a policy, and when to try again. Null: nothing.</param>
/// <param name="Message">What is wrong and what to do, in the node's words; empty when it would be applied.</param>
/// <param name="Size">Size of the log at which it was judged.</param>
/// <param name="TimeMs">Time at which it was judged, Unix milliseconds.</param>
public sealed record TransferCheck(ReasonCode Outcome, Verdict? Verdict, string Message, ulong Size, ulong TimeMs)
{
    /// <summary>Whether the transfer would be applied.</summary>
    public bool IsAllowed => Outcome == ReasonCode.Applied;
}

/// <summary>Which pilots are listed: one of four questions.</summary>
public sealed class PilotFilter
{
    private readonly ListPilotsRequest _request;

    private PilotFilter(ListPilotsRequest request) => _request = request;

    /// <summary>Those that are evaluated as cases for others.</summary>
    public static PilotFilter Replicable { get; } = new(new ListPilotsRequest { Replicable = true });

    /// <summary>Those that stand there at the log's time.</summary>
    public static PilotFilter InState(PilotState state) => new(new ListPilotsRequest { State = state });

    /// <summary>Those in a district.</summary>
    public static PilotFilter InDistrict(string district) => new(new ListPilotsRequest { District = district });

    /// <summary>Those in a field.</summary>
    public static PilotFilter InField(string field) => new(new ListPilotsRequest { Field = field });

    internal ListPilotsRequest ToRequest() => _request.Clone();
}

/// <summary>About whom or what supervisory actions are listed.</summary>
public sealed class ActionSubject
{
    private readonly ListActionsRequest _request;

    private ActionSubject(ListActionsRequest request) => _request = request;

    /// <summary>A party.</summary>
    public static ActionSubject Party(string did) => new(new ListActionsRequest { Party = did });

    /// <summary>A pilot.</summary>
    public static ActionSubject Pilot(string pilotId) => new(new ListActionsRequest { PilotId = pilotId });

    /// <summary>A class and its tokens.</summary>
    public static ActionSubject Class(string classId) => new(new ListActionsRequest { ClassId = classId });

    internal ListActionsRequest ToRequest() => _request.Clone();
}
