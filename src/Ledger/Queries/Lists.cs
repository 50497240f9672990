using Ledger.Rules.State;

namespace Ledger.Queries;

/// <summary>Pages of the lists that the store keeps in order.</summary>
internal static class Lists
{
    // Records of pilots, classes and tokens are bounded by the form of the operations that write them: a thousand fit in a page.
    private const int RecordBytesMax = 1_024;

    /// <summary>A page of a list.</summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="prefix">What every key of the list starts with: it also names the list.</param>
    /// <param name="pageSize">As the caller asked.</param>
    /// <param name="pageToken">As the caller sent it.</param>
    /// <param name="find">The record that the identifiers in a key name.</param>
    public static Answer<Page<T>> Page<T>(
        ReadView view,
        byte[] prefix,
        uint pageSize,
        string pageToken,
        Func<string[], T> find
    )
    {
        string list = Convert.ToHexStringLower(prefix);
        Answer<byte[]> rest = Pages.After(list, pageToken);
        if (!rest.IsOk)
        {
            return rest.Judgement;
        }

        Answer<int> size = Pages.Size(pageSize);
        if (!size.IsOk)
        {
            return size.Judgement;
        }

        byte[] after = rest.Value.Length == 0 ? [] : [.. prefix, .. rest.Value];
        return Pages
            .Take(
                view.ScanIndex(prefix, after),
                size.Value,
                list,
                key => key[prefix.Length..],
                static _ => RecordBytesMax
            )
            .Map(key => find(IndexKey.FromBytes(key).Path.Split('\0')));
    }
}
