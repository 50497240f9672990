using Google.Protobuf;
using Ledger.Protocol;

namespace Ledger.Rules.State;

/// <summary>
/// Names one record; as bytes, see <see cref="StateKey"/>.
/// </summary>
/// <param name="Kind">Kind of record.</param>
/// <param name="Id">
/// Identifier within the kind. Identifiers and DIDs hold neither '/' nor NUL, so that a joined one has one reading.
/// </param>
public readonly record struct RecordKey(RecordKind Kind, string Id)
{
    /// <summary>The record of the ledger itself.</summary>
    public static RecordKey Ledger { get; } = new(RecordKind.Ledger, "");

    /// <summary>The record of a DID.</summary>
    public static RecordKey Did(string did) => new(RecordKind.Did, did);

    /// <summary>When a DID was changed.</summary>
    public static RecordKey DidChanges(string did) => new(RecordKind.DidChanges, did);

    /// <summary>The party record of a DID.</summary>
    public static RecordKey Party(string did) => new(RecordKind.Party, did);

    /// <summary>The record of a pilot.</summary>
    public static RecordKey Pilot(string pilotId) => new(RecordKind.Pilot, pilotId);

    /// <summary>The record of a class.</summary>
    public static RecordKey Class(string classId) => new(RecordKind.Class, classId);

    /// <summary>What was issued of a class.</summary>
    public static RecordKey Supply(string classId) => new(RecordKind.Supply, classId);

    /// <summary>The record of a token: <c>class/token</c>.</summary>
    public static RecordKey Token(string classId, string tokenId) =>
        new(RecordKind.Token, string.Concat(classId, "/", tokenId));

    /// <summary>The balance of a party in a class: <c>did/class</c>.</summary>
    public static RecordKey Balance(string did, string classId) =>
        new(RecordKind.Balance, string.Concat(did, "/", classId));

    /// <summary>Roles that a party was granted in one scope: <c>did/scope</c>.</summary>
    public static RecordKey Grants(string did, RoleScope scope) =>
        new(RecordKind.Grants, string.Concat(did, "/", scope.ToString()));

    /// <summary>That a party acts for an owner in a class: <c>owner/class/operator</c>.</summary>
    public static RecordKey Operator(string owner, string classId, string operatorDid) =>
        new(RecordKind.Operator, string.Concat(owner, "/" + classId + "/", operatorDid));

    /// <summary>How many tokens of a class an owner gave on a day: <c>did/class</c>.</summary>
    public static RecordKey Given(string did, string classId) =>
        new(RecordKind.Given, string.Concat(did, "/", classId));

    /// <summary>Where a party stands in a pilot: <c>pilot/did</c>.</summary>
    public static RecordKey Participant(string pilotId, string did) =>
        new(RecordKind.Participant, string.Concat(pilotId, "/", did));

    /// <summary>A milestone: <c>pilot/milestone</c>.</summary>
    public static RecordKey Milestone(string pilotId, string milestoneId) =>
        new(RecordKind.Milestone, string.Concat(pilotId, "/", milestoneId));

    /// <summary>A tranche: <c>pilot/tranche</c>.</summary>
    public static RecordKey Tranche(string pilotId, string trancheId) =>
        new(RecordKind.Tranche, string.Concat(pilotId, "/", trancheId));

    /// <summary>A document in a pilot's file: <c>pilot/number</c>, the number with 20 digits.</summary>
    public static RecordKey Evidence(string pilotId, ulong number) =>
        new(RecordKind.Evidence, string.Concat(pilotId, "/", IndexKey.Number(number)));

    /// <summary>A pilot in numbers.</summary>
    public static RecordKey PilotFigures(string pilotId) => new(RecordKind.PilotFigures, pilotId);

    /// <summary>What was refused in a pilot, in numbers.</summary>
    public static RecordKey PilotRefusals(string pilotId) => new(RecordKind.PilotRefusals, pilotId);

    /// <summary>How many pilots stand where.</summary>
    public static RecordKey PilotCounts { get; } = new(RecordKind.PilotCounts, "");

    /// <summary>A policy.</summary>
    public static RecordKey Policy(string policyId) => new(RecordKind.Policy, policyId);

    /// <summary>What a supervisor did: index of the entry with 20 digits <c>/</c> step with 20 digits.</summary>
    public static RecordKey Action(ulong index, uint step) =>
        new(RecordKind.SupervisoryAction, string.Concat(IndexKey.Number(index), "/", IndexKey.Number(step)));

    /// <summary>An operation that the rules refused: index of the entry with 20 digits.</summary>
    public static RecordKey Refusal(ulong index) => new(RecordKind.Refusal, IndexKey.Number(index));

    /// <summary>A commitment behind which nothing is any more: in hexadecimal.</summary>
    public static RecordKey Erasure(ByteString commitment)
    {
        ArgumentNullException.ThrowIfNull(commitment);
        return new(RecordKind.Erasure, Convert.ToHexStringLower(commitment.Span));
    }

    /// <summary>The key as it is stored.</summary>
    public byte[] ToBytes() => StateKey.Of(Kind, Id);

    /// <summary>How many bytes the stored key has.</summary>
    public int CountBytes() => StateKey.CountBytes(Id);

    /// <summary>Writes the key as it is stored.</summary>
    /// <param name="destination">As long as <see cref="CountBytes"/> says.</param>
    public void Write(Span<byte> destination) => StateKey.Write(Kind, Id, destination);

    /// <summary>The kind's letter and the identifier, for messages.</summary>
    public override string ToString() => $"{(char)Kind}:{Id}";
}
