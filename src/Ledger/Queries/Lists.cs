using Google.Protobuf;
using Ledger.Rules.State;

namespace Ledger.Queries;

/// <summary>Pages of the lists that the store keeps in order.</summary>
internal static class Lists
{
    // The tag and the length of a record in the answer.
    private const int FieldBytes = 8;

    /// <summary>A page of a list.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="prefix">What every key of the list starts with: it also names the list.</param>
    /// <param name="pageSize">As the caller asked.</param>
    /// <param name="pageToken">As the caller sent it.</param>
    /// <param name="find">The record that the identifiers in a key name.</param>
    /// <param name="isWanted">Which of the records; null: all.</param>
    public static Answer<Page<T>> Page<T>(
        ReadView view,
        byte[] prefix,
        uint pageSize,
        string pageToken,
        Func<string[], T> find,
        Func<T, bool>? isWanted = null
    )
        where T : class, IMessage
    {
        string list = Convert.ToHexStringLower(prefix);
        Answer<byte[]> rest = Pages.After(list, pageToken);
        if (!rest.IsOk)
        {
            return rest.Judgement;
        }

        byte[] after = rest.Value.Length == 0 ? [] : [.. prefix, .. rest.Value];
        return Page(
            view.ScanIndex(prefix, after).Select(key => (key[prefix.Length..], find(IndexKey.Split(key.AsSpan(1))))),
            pageSize,
            list,
            isWanted
        );
    }

    /// <summary>A page of records.</summary>
    /// <param name="rows">The records from where the page starts, each with what names it in a page token.</param>
    /// <param name="pageSize">As the caller asked.</param>
    /// <param name="list">What names the list.</param>
    /// <param name="isWanted">Which of the records; null: all.</param>
    public static Answer<Page<T>> Page<T>(
        IEnumerable<(byte[] Key, T Record)> rows,
        uint pageSize,
        string list,
        Func<T, bool>? isWanted = null
    )
        where T : class, IMessage
    {
        Answer<int> size = Pages.Size(pageSize);
        return size.IsOk
            ? Pages
                .Take(
                    rows,
                    size.Value,
                    list,
                    static row => row.Key,
                    static row => row.Record.CalculateSize() + FieldBytes,
                    isWanted is null ? null : row => isWanted(row.Record)
                )
                .Map(static row => row.Record)
            : size.Judgement;
    }
}
