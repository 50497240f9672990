using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Ledger.Protocol;

/// <summary>
/// Names a record in the authenticated state map, and in the store: kind ‖ 0x00 ‖ identifier in UTF-8. The identifiers of each kind are
/// those of docs/formats.md.
/// </summary>
public static class StateKey
{
    private const int HeaderBytes = 2;

    /// <summary>The length of a key.</summary>
    public static int CountBytes(string id) => HeaderBytes + Encoding.UTF8.GetByteCount(id);

    /// <summary>Writes a key.</summary>
    /// <param name="kind">Kind of record.</param>
    /// <param name="id">Identifier within the kind.</param>
    /// <param name="destination">As long as <see cref="CountBytes"/> says.</param>
    public static void Write(RecordKind kind, string id, Span<byte> destination)
    {
        destination[0] = (byte)kind;
        destination[1] = 0;
        Encoding.UTF8.GetBytes(id, destination[HeaderBytes..]);
    }

    /// <summary>The key of a record.</summary>
    /// <param name="kind">Kind of record.</param>
    /// <param name="id">Identifier within the kind.</param>
    public static byte[] Of(RecordKind kind, string id)
    {
        byte[] key = new byte[CountBytes(id)];
        Write(kind, id, key);
        return key;
    }

    /// <summary>Reads a key.</summary>
    /// <param name="key">Any bytes.</param>
    /// <param name="kind">Kind of record, when this returns true.</param>
    /// <param name="id">Identifier within the kind, when this returns true.</param>
    public static bool TryParse(ReadOnlySpan<byte> key, out RecordKind kind, [NotNullWhen(true)] out string? id)
    {
        bool isKey =
            key.Length is >= HeaderBytes and <= Limits.StateKeyBytesMax
            && key[1] == 0
            && RecordKinds.Find((RecordKind)key[0]) is not null
            && Utf8.IsValid(key[HeaderBytes..]);
        kind = isKey ? (RecordKind)key[0] : default;
        id = isKey ? Encoding.UTF8.GetString(key[HeaderBytes..]) : null;
        return isKey;
    }
}
