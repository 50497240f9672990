using System.Text;

namespace Ledger.Rules.State;

/// <summary>
/// Names one record. As bytes: kind ‖ 0x00 ‖ identifier in UTF-8; also the key of the authenticated state map.
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

    /// <summary>The key as it is stored.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[2 + Encoding.UTF8.GetByteCount(Id)];
        bytes[0] = (byte)Kind;
        Encoding.UTF8.GetBytes(Id, bytes.AsSpan(2));
        return bytes;
    }

    /// <summary>Reads a stored key.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <exception cref="FormatException">The bytes are no record key: what was stored is damaged.</exception>
    public static RecordKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes[1] != 0 || RecordKinds.Find((RecordKind)bytes[0]) is null)
        {
            throw new FormatException("A stored record key is damaged.");
        }

        return new RecordKey((RecordKind)bytes[0], Encoding.UTF8.GetString(bytes[2..]));
    }

    /// <summary>The kind's letter and the identifier, for messages.</summary>
    public override string ToString() => $"{(char)Kind}:{Id}";
}
