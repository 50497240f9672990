using System.Buffers.Binary;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>Pages of a record's versions.</summary>
internal static class Versions
{
    /// <summary>A page of the versions of a record.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="key">The record.</param>
    /// <param name="missing">Why there is none, when there is no such record.</param>
    /// <param name="list">What names the list, with the record.</param>
    /// <param name="newestFirst">Whether the newest comes first; otherwise the oldest does.</param>
    /// <param name="pageSize">As the caller asked.</param>
    /// <param name="pageToken">As the caller sent it.</param>
    /// <param name="weighMore">Bytes that a version adds to the answer beside its record; null: none.</param>
    public static Answer<Page<Versioned<T>>> Page<T>(
        ReadView view,
        RecordKey key,
        ReasonCode missing,
        string list,
        bool newestFirst,
        uint pageSize,
        string pageToken,
        Func<VersionedRecord, int>? weighMore = null
    )
        where T : class, IMessage
    {
        Answer<int> size = Pages.Size(pageSize);
        if (!size.IsOk)
        {
            return size.Judgement;
        }

        if (view.Find(key) is null)
        {
            return Judgement.Refuse(missing);
        }

        string name = $"{list} {key.Id}{(newestFirst ? " backward" : "")}";
        Answer<byte[]> rest = Pages.After(name, pageToken);
        if (!rest.IsOk)
        {
            return rest.Judgement;
        }

        return TryReadIndex(rest.Value, out long last)
            ? Pages
                .Take(
                    newestFirst
                        ? view.VersionsBackward(key, rest.Value.Length == 0 ? long.MaxValue : last)
                        : view.Versions(key, last),
                    size.Value,
                    name,
                    static version => Key(version.Index),
                    version => version.Record.CalculateSize() + (weighMore?.Invoke(version) ?? 0)
                )
                .Map(static version => new Versioned<T>(version))
            : Judgement.Refuse(ReasonCode.BadPageToken);
    }

    private static byte[] Key(long index)
    {
        byte[] key = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, index);
        return key;
    }

    // A token is a caller's text: it may name any number.
    private static bool TryReadIndex(byte[] key, out long index)
    {
        index = key.Length == sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(key) : -1;
        return key.Length == 0 || index is >= 0 and < long.MaxValue;
    }
}
