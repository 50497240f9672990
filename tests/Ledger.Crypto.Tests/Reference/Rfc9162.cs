using System.Security.Cryptography;

namespace Ledger.Crypto.Tests.Reference;

/// <summary>
/// RFC 9162 §2.1 word for word: recursive, slow, on lists of entries. It judges the fast implementation and shares nothing
/// with it, not even the hash.
/// </summary>
internal static class Rfc9162
{
    /// <summary>MTH(D_n), §2.1.1.</summary>
    public static byte[] Mth(ReadOnlySpan<byte[]> d) =>
        d.Length switch
        {
            0 => SHA256.HashData([]),
            1 => SHA256.HashData([0x00, .. d[0]]),
            _ => SHA256.HashData([0x01, .. Mth(d[..Split(d.Length)]), .. Mth(d[Split(d.Length)..])]),
        };

    /// <summary>PATH(m, D_n), §2.1.3.1.</summary>
    public static byte[][] Path(int m, ReadOnlySpan<byte[]> d)
    {
        if (d.Length == 1)
        {
            return [];
        }
        int k = Split(d.Length);
        return m < k ? [.. Path(m, d[..k]), Mth(d[k..])] : [.. Path(m - k, d[k..]), Mth(d[..k])];
    }

    /// <summary>PROOF(m, D_n), §2.1.4.1.</summary>
    public static byte[][] Proof(int m, ReadOnlySpan<byte[]> d) => SubProof(m, d, true);

    private static byte[][] SubProof(int m, ReadOnlySpan<byte[]> d, bool b)
    {
        if (m == d.Length)
        {
            return b ? [] : [Mth(d)];
        }
        int k = Split(d.Length);
        return m <= k ? [.. SubProof(m, d[..k], b), Mth(d[k..])] : [.. SubProof(m - k, d[k..], false), Mth(d[..k])];
    }

    // The largest power of two smaller than n.
    private static int Split(int n)
    {
        int k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }
        return k;
    }
}
