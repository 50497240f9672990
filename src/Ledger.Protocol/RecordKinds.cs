using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>Kinds of record, and the first byte of their keys. What else is known of a kind is in <see cref="RecordKinds"/>.</summary>
public enum RecordKind : byte
{
    /// <summary>The ledger itself: one record.</summary>
    Ledger = (byte)'L',

    /// <summary>A DID.</summary>
    Did = (byte)'D',

    /// <summary>When a DID was changed, as far as its quota asks.</summary>
    DidChanges = (byte)'U',

    /// <summary>An admitted party.</summary>
    Party = (byte)'A',

    /// <summary>A pilot.</summary>
    Pilot = (byte)'P',

    /// <summary>A class of tokens: its own terms.</summary>
    Class = (byte)'C',

    /// <summary>What was issued of a class so far.</summary>
    Supply = (byte)'S',

    /// <summary>A token.</summary>
    Token = (byte)'T',

    /// <summary>How many live tokens of a class a party holds.</summary>
    Balance = (byte)'B',

    /// <summary>Roles that a party was granted in one scope.</summary>
    Grants = (byte)'G',

    /// <summary>That a party acts for an owner with all of its tokens of a class.</summary>
    Operator = (byte)'H',

    /// <summary>How many tokens of a class an owner gave on a day.</summary>
    Given = (byte)'W',

    /// <summary>Where a party stands in a pilot.</summary>
    Participant = (byte)'N',

    /// <summary>A milestone of a pilot.</summary>
    Milestone = (byte)'M',

    /// <summary>A tranche of a pilot.</summary>
    Tranche = (byte)'R',

    /// <summary>A document in a pilot's file.</summary>
    Evidence = (byte)'E',

    /// <summary>A pilot in numbers.</summary>
    PilotFigures = (byte)'F',

    /// <summary>What was refused in a pilot, in numbers.</summary>
    PilotRefusals = (byte)'X',

    /// <summary>How many pilots stand where: one record.</summary>
    PilotCounts = (byte)'Y',

    /// <summary>A policy.</summary>
    Policy = (byte)'O',

    /// <summary>What a supervisor did.</summary>
    SupervisoryAction = (byte)'V',

    /// <summary>An operation that the rules refused.</summary>
    Refusal = (byte)'J',

    /// <summary>A commitment behind which nothing is any more.</summary>
    Erasure = (byte)'Z',
}

/// <summary>
/// The one table of the kinds of record. History is kept of what people ask the history of; a counter that every mint touches
/// keeps none, nor does what quotas are judged by: it follows from the entries, and a version of it for each token would be most of
/// the store.
/// </summary>
public static class RecordKinds
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<RecordKindTerms> All { get; } =
    [
        new(RecordKind.Ledger, LedgerRecord.Parser, HasHistory: true),
        new(RecordKind.Did, DidRecord.Parser, HasHistory: true),
        new(RecordKind.DidChanges, DidChangesRecord.Parser, HasHistory: false),
        new(RecordKind.Party, PartyRecord.Parser, HasHistory: true),
        new(RecordKind.Pilot, PilotRecord.Parser, HasHistory: true),
        new(RecordKind.Class, ClassRecord.Parser, HasHistory: true),
        new(RecordKind.Supply, SupplyRecord.Parser, HasHistory: false),
        new(RecordKind.Token, TokenRecord.Parser, HasHistory: true),
        new(RecordKind.Balance, BalanceRecord.Parser, HasHistory: false),
        new(RecordKind.Grants, GrantsRecord.Parser, HasHistory: true),
        new(RecordKind.Operator, OperatorRecord.Parser, HasHistory: true),
        new(RecordKind.Given, GivenRecord.Parser, HasHistory: false),
        new(RecordKind.Participant, ParticipantRecord.Parser, HasHistory: true),
        new(RecordKind.Milestone, MilestoneRecord.Parser, HasHistory: true),
        new(RecordKind.Tranche, TrancheRecord.Parser, HasHistory: true),
        new(RecordKind.Evidence, EvidenceRecord.Parser, HasHistory: true),
        new(RecordKind.PilotFigures, PilotFiguresRecord.Parser, HasHistory: false),
        new(RecordKind.PilotRefusals, PilotRefusalsRecord.Parser, HasHistory: false),
        new(RecordKind.PilotCounts, PilotCountsRecord.Parser, HasHistory: false),
        new(RecordKind.Policy, PolicyRecord.Parser, HasHistory: true),
        new(RecordKind.SupervisoryAction, SupervisoryActionRecord.Parser, HasHistory: true),
        new(RecordKind.Refusal, RefusalRecord.Parser, HasHistory: true),
        new(RecordKind.Erasure, ErasureRecord.Parser, HasHistory: true),
    ];

    // By the kind's byte.
    private static readonly RecordKindTerms?[] ByLetter = ByByte();

    /// <summary>What is known of a kind; null for a byte that stands for none.</summary>
    public static RecordKindTerms? Find(RecordKind kind) => ByLetter[(byte)kind];

    /// <summary>What is known of a kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static RecordKindTerms Of(RecordKind kind) =>
        Find(kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of record.");

    private static RecordKindTerms?[] ByByte()
    {
        RecordKindTerms?[] terms = new RecordKindTerms?[256];
        foreach (RecordKindTerms kind in All)
        {
            terms[(byte)kind.Kind] = kind;
        }

        return terms;
    }
}

/// <summary>What is known of a kind of record.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Parser">Reads its protobuf message.</param>
/// <param name="HasHistory">Whether the versions that were superseded are kept.</param>
public sealed record RecordKindTerms(RecordKind Kind, MessageParser Parser, bool HasHistory);
