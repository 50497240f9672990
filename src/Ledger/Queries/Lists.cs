using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Node;

/// <summary>Pages of the store's lists, and the checks that questions share.</summary>
internal static class Lists
{
    // Records of pilots, classes and tokens are bounded by the form of the operations that write them: a thousand fit in a page.
    private const int RecordBytesMax = 1_024;

    /// <summary>A page of the keys of a list.</summary>
    /// <param name="view">Where they are read.</param>
    /// <param name="prefix">What every key of the list starts with: it also names the list.</param>
    /// <param name="pageSize">As the caller asked.</param>
    /// <param name="pageToken">As the caller sent it.</param>
    public static (List<byte[]> Keys, string Next) Page(ReadView view, byte[] prefix, uint pageSize, string pageToken)
    {
        string list = Convert.ToHexStringLower(prefix);
        byte[] rest = Pages.After(list, pageToken);
        byte[] after = rest.Length == 0 ? [] : [.. prefix, .. rest];
        return Pages.Take(
            view.ScanIndex(prefix, after),
            Pages.Size(pageSize),
            list,
            key => key[prefix.Length..],
            static _ => RecordBytesMax
        );
    }

    /// <summary>The identifiers in a key of a list.</summary>
    public static string[] Parts(byte[] key) => IndexKey.FromBytes(key).Path.Split('\0');

    /// <summary>Refuses what is not an identifier of a pilot or class.</summary>
    public static void RequireId(string id, string field)
    {
        if (!TextSyntax.IsId(id))
        {
            throw Refusals.Error(ReasonCode.InvalidRequest, $"{field}: [a-z0-9._:-]{{1,64}}");
        }
    }

    /// <summary>Refuses what is not a DID of this ledger.</summary>
    public static void RequireDid(ReadView view, string did, string field)
    {
        LedgerRecord founded = view.Find<LedgerRecord>(RecordKey.Ledger) ?? throw Refusals.Error(ReasonCode.NotFounded);
        if (!DidSyntax.IsDid(did, founded.Network))
        {
            throw Refusals.Error(ReasonCode.InvalidDid, field);
        }
    }
}
