using Ledger.State;

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
        byte[] after = Pages.After(list, token);
        long afterIndex = after.Length switch
        {
            0 => -1,
            sizeof(long) => BitConverter.ToInt64(after),
            _ => throw Refusals.Error(V1.ReasonCode.BadPageToken),
        };
        return Pages.Take(view.Versions(key, afterIndex), size, list, static v => BitConverter.GetBytes(v.Index));
    }
}
