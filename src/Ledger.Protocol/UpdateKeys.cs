using System.Security.Cryptography;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// The update keys of a document: its verification methods with the purpose CAPABILITY_INVOCATION, which sign operations on DIDs.
/// </summary>
public static class UpdateKeys
{
    private static ReadOnlySpan<byte> Domain => "ledger.v1.NextKeys\n"u8;

    /// <summary>Whether a method is an update key.</summary>
    public static bool Contains(VerificationMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.Purposes.Contains(KeyPurpose.CapabilityInvocation);
    }

    /// <summary>How many different public keys are update keys: a key that has two names is one.</summary>
    public static int CountDistinct(DidDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return CountDistinct([.. document.VerificationMethods.Where(Contains)]);
    }

    /// <summary>How many different public keys a list holds.</summary>
    public static int CountDistinct(IReadOnlyList<VerificationMethod> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        int count = 0;
        for (int i = 0; i < methods.Count; i++)
        {
            int first = 0;
            while (!IsSameKey(methods[first], methods[i]))
            {
                first++;
            }
            count += first == i ? 1 : 0;
        }
        return count;
    }

    /// <summary>How many of the update keys must sign together: at least 1.</summary>
    public static int Threshold(DidDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return (int)Math.Max(document.UpdateThreshold, 1);
    }

    /// <summary>
    /// The commitment to the update keys of a document, 32 bytes: `DidDocument.next_keys_commitment` of the document before it.
    /// SHA-256 of "ledger.v1.NextKeys\n" and, for each different key in ascending order of these bytes, its type (one byte) and
    /// its public key. Types have keys of fixed lengths, so that the bytes have one reading.
    /// </summary>
    public static byte[] Commit(DidDocument next)
    {
        ArgumentNullException.ThrowIfNull(next);
        SortedSet<byte[]> keys = new(
            next.VerificationMethods.Where(Contains)
                .Select(static method => (byte[])[(byte)method.Type, .. method.PublicKey.Span]),
            Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b))
        );
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        foreach (byte[] key in keys)
        {
            hash.AppendData(key);
        }
        return hash.GetHashAndReset();
    }

    /// <summary>
    /// Whether a document may follow another as far as its commitment goes: with none, any may; with one, update keys, threshold and
    /// commitment stay as they are, or the new update keys are those that were committed to. So nobody who holds the present keys
    /// can bring in others, lower the threshold or take the commitment away.
    /// </summary>
    /// <param name="before">The document in force.</param>
    /// <param name="after">The one that is to follow it.</param>
    public static bool KeepCommitment(DidDocument before, DidDocument after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (before.NextKeysCommitment.IsEmpty)
        {
            return true;
        }
        byte[] next = Commit(after);
        return next.AsSpan().SequenceEqual(before.NextKeysCommitment.Span)
            || (
                after.NextKeysCommitment.Equals(before.NextKeysCommitment)
                && Threshold(after) == Threshold(before)
                && next.AsSpan().SequenceEqual(Commit(before))
            );
    }

    private static bool IsSameKey(VerificationMethod a, VerificationMethod b) =>
        a.Type == b.Type && a.PublicKey.Equals(b.PublicKey);
}
