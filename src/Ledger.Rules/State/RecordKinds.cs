using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.State;

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
