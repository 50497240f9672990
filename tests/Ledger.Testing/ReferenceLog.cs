using System.Security.Cryptography;
using System.Text;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Testing;

/// <summary>
/// A log that says whatever a test likes, its tree and proofs word for word from RFC 9162, section 2.1: the reference for whoever
/// verifies them.
/// </summary>
public sealed class ReferenceLog : IDisposable
{
    private readonly List<byte[]> _leaves = [];

    /// <summary>A log with some leaves.</summary>
    /// <param name="origin">Its origin.</param>
    /// <param name="size">Leaves.</param>
    /// <param name="history">Logs of one origin and key with different histories have the same leaves up to where they part.</param>
    /// <param name="partsAt">The first leaf in which this history differs from the history 0.</param>
    /// <param name="key">Its key, which it disposes of; null: one that follows from the origin.</param>
    public ReferenceLog(string origin, int size, int history = 0, int partsAt = 0, Ed25519PrivateKey? key = null)
    {
        Origin = origin;
        Key = key ?? Ed25519PrivateKey.FromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));
        for (int i = 0; i < size; i++)
        {
            _leaves.Add(SHA256.HashData(Encoding.UTF8.GetBytes($"{i} {(i < partsAt ? 0 : history)}")));
        }
    }

    private ReferenceLog(ReferenceLog before, int size, string salt, int more)
    {
        Origin = before.Origin;
        Key = before.Key;
        _leaves.AddRange(before._leaves.GetRange(0, size));
        for (int i = 0; i < more; i++)
        {
            _leaves.Add(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt} {i}")));
        }
    }

    public string Origin { get; }

    public int Size => _leaves.Count;

    public Ed25519PrivateKey Key { get; }

    public VerifierKey Verifier => VerifierKey.ForEd25519(Origin, Key.PublicKey);

    /// <summary>Another history under the same key, which is this one up to a size. The key stays this log's to dispose of.</summary>
    public ReferenceLog Fork(int size, string salt, int more) => new(this, size, salt, more);

    /// <summary>The checkpoint of a size.</summary>
    public Checkpoint At(int size) => new(Origin, size, Root(_leaves.GetRange(0, size)));

    /// <summary>The note of a size.</summary>
    public byte[] Note(int size) => At(size).Sign(Key);

    /// <summary>A request to a witness.</summary>
    public byte[] Request(int oldSize, int size) =>
        AddCheckpointRequest.Write(oldSize, [.. Proof(oldSize, size)], Note(size));

    /// <summary>The consistency proof between two sizes; empty from 0.</summary>
    public IReadOnlyList<byte[]> Proof(int oldSize, int size) =>
        oldSize == 0 || oldSize == size ? [] : SubProof(oldSize, _leaves.GetRange(0, size), isWhole: true);

    public void Dispose() => Key.Dispose();

    // MTH(D_n)
    private static byte[] Root(List<byte[]> leaves)
    {
        if (leaves.Count < 2)
        {
            return leaves.Count == 0 ? SHA256.HashData([]) : leaves[0];
        }

        int k = Split(leaves.Count);
        return SHA256.HashData([0x01, .. Root(leaves.GetRange(0, k)), .. Root(leaves.GetRange(k, leaves.Count - k))]);
    }

    // SUBPROOF(m, D_n, b)
    private static List<byte[]> SubProof(int m, List<byte[]> leaves, bool isWhole)
    {
        int n = leaves.Count;
        if (m == n)
        {
            return isWhole ? [] : [Root(leaves)];
        }

        int k = Split(n);
        return m <= k
            ? [.. SubProof(m, leaves.GetRange(0, k), isWhole), Root(leaves.GetRange(k, n - k))]
            : [.. SubProof(m - k, leaves.GetRange(k, n - k), false), Root(leaves.GetRange(0, k))];
    }

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
