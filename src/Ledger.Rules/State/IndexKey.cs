using System.Globalization;
using System.Text;

namespace Ledger.Rules.State;

/// <summary>Secondary indexes, and the first byte of their keys in the column family <c>indexes</c>.</summary>
public enum IndexKind : byte
{
    /// <summary>Live tokens by owner: owner ‖ 0 ‖ class ‖ 0 ‖ token.</summary>
    OwnerTokens = (byte)'O',

    /// <summary>Tokens by class, burned ones included: class ‖ 0 ‖ token.</summary>
    ClassTokens = (byte)'K',

    /// <summary>Classes by pilot: pilot ‖ 0 ‖ class.</summary>
    PilotClasses = (byte)'Q',

    /// <summary>All classes: class.</summary>
    Classes = (byte)'R',

    /// <summary>All pilots: pilot.</summary>
    Pilots = (byte)'S',

    /// <summary>Scopes in which a party was granted roles: party ‖ 0 ‖ scope.</summary>
    PartyGrants = (byte)'G',

    /// <summary>Pilots by the state that their records say: state with 20 digits ‖ 0 ‖ pilot.</summary>
    PilotStates = (byte)'T',

    /// <summary>Pilots by district: district ‖ 0 ‖ pilot.</summary>
    PilotDistricts = (byte)'D',

    /// <summary>Pilots by field: field ‖ 0 ‖ pilot.</summary>
    PilotFields = (byte)'F',

    /// <summary>Pilots that are cases for others: pilot.</summary>
    PilotCases = (byte)'C',

    /// <summary>Pilots that can still expire, by the end of their boundary: Unix seconds with 20 digits ‖ 0 ‖ pilot.</summary>
    PilotEnds = (byte)'E',

    /// <summary>Participants by pilot: pilot ‖ 0 ‖ DID.</summary>
    Participants = (byte)'N',

    /// <summary>Milestones by pilot: pilot ‖ 0 ‖ milestone.</summary>
    Milestones = (byte)'M',

    /// <summary>Tranches by pilot: pilot ‖ 0 ‖ tranche.</summary>
    Tranches = (byte)'W',

    /// <summary>Documents by pilot: pilot ‖ 0 ‖ number with 20 digits.</summary>
    Evidence = (byte)'V',

    /// <summary>Policies by pilot: pilot ‖ 0 ‖ policy.</summary>
    Policies = (byte)'Y',

    /// <summary>Supervisory actions, newest first: counted down from 2^64 − 1, index ‖ 0 ‖ step, each with 20 digits.</summary>
    Actions = (byte)'A',

    /// <summary>Supervisory actions by party, newest first: party ‖ 0 ‖ as <see cref="Actions"/>.</summary>
    PartyActions = (byte)'B',

    /// <summary>Supervisory actions by pilot, newest first: pilot ‖ 0 ‖ as <see cref="Actions"/>.</summary>
    PilotActions = (byte)'P',

    /// <summary>Supervisory actions by class, newest first: class ‖ 0 ‖ as <see cref="Actions"/>.</summary>
    ClassActions = (byte)'L',

    /// <summary>Refused operations, newest first: index counted down from 2^64 − 1, with 20 digits.</summary>
    Refusals = (byte)'X',

    /// <summary>Refused operations by actor, newest first: DID ‖ 0 ‖ as <see cref="Refusals"/>.</summary>
    ActorRefusals = (byte)'Z',

    /// <summary>Refused operations by pilot, newest first: pilot ‖ 0 ‖ as <see cref="Refusals"/>.</summary>
    PilotRefusals = (byte)'U',

    /// <summary>Operations by id: the id's 32 bytes → index of the entry. Written by the commit, never by the rules.</summary>
    Operations = (byte)'I',
}

/// <summary>
/// One key of an index that the rules keep; it has no value. As bytes: kind ‖ parts in UTF-8, joined by NUL, so that the keys
/// of one prefix lie together in the order of their identifiers.
/// </summary>
/// <param name="Kind">Which index.</param>
/// <param name="Path">The parts, joined by NUL. No part holds NUL.</param>
public readonly record struct IndexKey(IndexKind Kind, string Path)
{
    private const string Separator = "\0";

    /// <summary>A live token of an owner.</summary>
    public static IndexKey OwnerToken(string owner, string classId, string tokenId) =>
        new(IndexKind.OwnerTokens, string.Join(Separator, owner, classId, tokenId));

    /// <summary>A token of a class.</summary>
    public static IndexKey ClassToken(string classId, string tokenId) =>
        new(IndexKind.ClassTokens, string.Concat(classId, Separator, tokenId));

    /// <summary>A class of a pilot.</summary>
    public static IndexKey PilotClass(string pilotId, string classId) =>
        new(IndexKind.PilotClasses, string.Concat(pilotId, Separator, classId));

    /// <summary>A class.</summary>
    public static IndexKey Class(string classId) => new(IndexKind.Classes, classId);

    /// <summary>A pilot.</summary>
    public static IndexKey Pilot(string pilotId) => new(IndexKind.Pilots, pilotId);

    /// <summary>A key of an index by the parts of it.</summary>
    /// <param name="kind">Which index.</param>
    /// <param name="parts">All parts, in its order.</param>
    public static IndexKey Of(IndexKind kind, params ReadOnlySpan<string> parts) =>
        new(kind, string.Join(Separator, parts));

    /// <summary>A number as identifiers and keys hold it, so that their order is that of the numbers: 20 digits.</summary>
    public static string Number(ulong number) => number.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>A number as keys of lists hold it that begin with the largest: counted down from 2^64 − 1, 20 digits.</summary>
    public static string Descending(ulong number) => Number(ulong.MaxValue - number);

    /// <summary>The number that <see cref="Descending"/> wrote.</summary>
    /// <exception cref="FormatException">The text is none: what was stored is damaged.</exception>
    public static ulong Ascend(string descending) =>
        ulong.MaxValue - ulong.Parse(descending, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>
    /// The bytes that all keys of an index below the given parts start with: <c>Prefix(OwnerTokens, owner, classId)</c> is
    /// followed by token identifiers, <c>Prefix(OwnerTokens, owner)</c> by class ‖ 0 ‖ token, <c>Prefix(Pilots)</c> by pilots.
    /// </summary>
    /// <param name="kind">Which index.</param>
    /// <param name="parts">Leading parts of the key, fewer than the index has.</param>
    public static byte[] Prefix(IndexKind kind, params ReadOnlySpan<string> parts)
    {
        string path = parts.IsEmpty ? "" : string.Join(Separator, parts) + Separator;
        return new IndexKey(kind, path).ToBytes();
    }

    /// <summary>The parts of a path or of what follows a prefix: UTF-8, joined by NUL.</summary>
    public static string[] Split(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path).Split('\0');

    /// <summary>The key as it is stored.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[1 + Encoding.UTF8.GetByteCount(Path)];
        bytes[0] = (byte)Kind;
        Encoding.UTF8.GetBytes(Path, bytes.AsSpan(1));
        return bytes;
    }

    /// <summary>Reads a stored key of an index that the rules keep.</summary>
    /// <param name="bytes">What <see cref="ToBytes"/> made.</param>
    /// <exception cref="FormatException">The bytes are no such key: what was stored is damaged.</exception>
    public static IndexKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || !Enum.IsDefined((IndexKind)bytes[0]) || bytes[0] == (byte)IndexKind.Operations)
        {
            throw new FormatException("A stored index key is damaged.");
        }

        return new IndexKey((IndexKind)bytes[0], Encoding.UTF8.GetString(bytes[1..]));
    }

    /// <summary>The kind's letter and the parts, for messages.</summary>
    public override string ToString() => $"{(char)Kind}:{Path.Replace('\0', '/')}";
}
