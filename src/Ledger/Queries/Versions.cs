using System.Buffers.Binary;
using Ledger.Rules.State;

namespace Ledger.Node;

/// <summary>Pages of a record's versions.</summary>
internal static class Versions
{
    /// <summary>A page of the versions of a record, oldest first.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="key">The record.</param>
    /// <param name="method">What names the list, with the record.</param>
    /// <param name="token">Where the last page ended; empty: from the start.</param>
    /// <param name="size">Versions on the page.</param>
    public static (List<VersionedRecord> Page, string Next) Page(
        ReadView view,
        RecordKey key,
        string method,
        string token,
        int size
    )
    {
        string list = $"{method} {key.Id}";
        return Pages.Take(
            view.Versions(key, AfterIndex(Pages.After(list, token))),
            size,
            list,
            static version => Key(version.Index),
            static version => version.Record.CalculateSize()
        );
    }

    private static byte[] Key(long index)
    {
        byte[] key = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, index);
        return key;
    }

    // A token is a caller's text: it may name any number.
    private static long AfterIndex(byte[] key) =>
        key.Length == 0 ? -1
        : key.Length == sizeof(long)
        && BinaryPrimitives.ReadInt64BigEndian(key) is >= 0 and < long.MaxValue and var index
            ? index
        : throw Refusals.Error(V1.ReasonCode.BadPageToken);
}
