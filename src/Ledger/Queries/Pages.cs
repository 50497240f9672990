using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>
/// Pages of a list. A page token is opaque to callers: a hash of the list it belongs to, then the last key that was returned, so
/// that a token of another list is refused and a list is never read from its start again.
/// </summary>
internal static class Pages
{
    private const int ListHashBytes = 8;

    // A page of a list of which some items are wanted alone looks at so many.
    private const int LookedAtMax = Limits.PageSizeMax;

    /// <summary>A page ends early when it holds so many bytes: with one item more it still fits in a message.</summary>
    public const int BytesMax = Limits.MessageBytesMax / 4;

    /// <summary>How many items a page holds; refused when more are asked for than are allowed.</summary>
    /// <param name="asked">As the caller asked; 0: as many as is usual.</param>
    public static Answer<int> Size(uint asked) =>
        asked == 0 ? Limits.PageSizeDefault
        : asked <= Limits.PageSizeMax ? (int)asked
        : Judgement.Refuse(ReasonCode.InvalidRequest, $"page_size: at most {Limits.PageSizeMax}");

    /// <summary>The token with which a list goes on.</summary>
    /// <param name="list">What names the list: the method and its arguments.</param>
    /// <param name="lastKey">The last key that was returned.</param>
    public static string Token(string list, ReadOnlySpan<byte> lastKey) =>
        Base64Url.EncodeToString([.. ListHash(list), .. lastKey]);

    /// <summary>The key after which a list goes on; empty: from the start. Refused when it is no token of this list.</summary>
    /// <param name="list">What names the list.</param>
    /// <param name="token">As the caller sent it.</param>
    public static Answer<byte[]> After(string list, string token)
    {
        if (token.Length == 0)
        {
            return Array.Empty<byte>();
        }

        if (token.Length > Limits.PageTokenLengthMax || !Base64Url.IsValid(token))
        {
            return Judgement.Refuse(ReasonCode.BadPageToken);
        }

        byte[] bytes = Base64Url.DecodeFromChars(token);
        return bytes.Length > ListHashBytes && bytes.AsSpan(0, ListHashBytes).SequenceEqual(ListHash(list))
            ? bytes[ListHashBytes..]
            : Judgement.Refuse(ReasonCode.BadPageToken);
    }

    /// <summary>
    /// Takes a page of a list: as many items as asked for, or as many as fit in an answer. Where only some items are wanted, a page
    /// looks at so many at most, and may hold fewer, even none, and go on all the same.
    /// </summary>
    /// <param name="items">The list from where the page starts.</param>
    /// <param name="size">Most items on the page.</param>
    /// <param name="list">What names the list.</param>
    /// <param name="key">The key of an item.</param>
    /// <param name="weigh">Bytes that an item adds to the answer.</param>
    /// <param name="isWanted">Which items; null: all.</param>
    public static Page<T> Take<T>(
        IEnumerable<T> items,
        int size,
        string list,
        Func<T, byte[]> key,
        Func<T, int> weigh,
        Func<T, bool>? isWanted = null
    )
    {
        List<T> page = [];
        int bytes = 0;
        int lookedAt = 0;
        T? last = default;
        foreach (T item in items)
        {
            if (page.Count == size || bytes >= BytesMax || lookedAt == LookedAtMax)
            {
                return new Page<T>(page, Token(list, key(last!)));
            }

            last = item;
            lookedAt++;
            if (isWanted?.Invoke(item) != false)
            {
                page.Add(item);
                bytes += weigh(item);
            }
        }

        return new Page<T>(page, "");
    }

    private static ReadOnlySpan<byte> ListHash(string list) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(list)).AsSpan(0, ListHashBytes);
}
