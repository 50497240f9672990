using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ledger.Crypto;

/// <summary>How SHA-256 is computed.</summary>
internal enum Sha256Path
{
    /// <summary>One message after the other by the platform's own SHA-256.</summary>
    Platform,

    /// <summary>8 messages at once.</summary>
    Avx2,

    /// <summary>16 messages at once.</summary>
    Avx512,
}

/// <summary>
/// SHA-256 of many short messages at once: RFC 6962 leaves and nodes, and messages with a common prefix. Falls back to
/// the platform's SHA-256 where there are no vectors or too few messages. Allocates nothing.
/// </summary>
internal static unsafe class Sha256Lanes
{
    /// <summary>The longest prefix: it must leave room for a byte of the message in the first block.</summary>
    public const int PrefixBytesMax = 63;

    private const int DigestBytes = 32;
    private const int PairBytes = 64;

    // Shorter messages are put together on the stack, longer ones in a pooled buffer.
    private const int StackBytesMax = 1024;

    /// <summary>The fastest way that this process may use.</summary>
    public static Sha256Path Best { get; } =
        Sha256Avx512.IsSupported ? Sha256Path.Avx512
        : Sha256Avx2.IsSupported ? Sha256Path.Avx2
        : Sha256Path.Platform;

    /// <summary>True when this process can take the path.</summary>
    public static bool IsSupported(Sha256Path path) => path <= Best;

    /// <summary>Hashes entries to RFC 6962 leaves, H(0x00 ‖ entry).</summary>
    /// <param name="entries">The entries, one after the other.</param>
    /// <param name="lengths">The bytes of each entry; together those of <paramref name="entries"/>.</param>
    /// <param name="destination">Receives 32 bytes for each entry; must not overlap the entries.</param>
    /// <exception cref="ArgumentException">The lengths do not agree, or the destination overlaps.</exception>
    public static void HashLeaves(ReadOnlySpan<byte> entries, ReadOnlySpan<int> lengths, Span<byte> destination) =>
        HashMany([0x00], entries, lengths, destination, Best);

    /// <summary>Hashes messages that begin alike, H(prefix ‖ message).</summary>
    /// <param name="prefix">What each message begins with, at most <see cref="PrefixBytesMax"/> bytes.</param>
    /// <param name="messages">The messages without the prefix, one after the other.</param>
    /// <param name="lengths">The bytes of each; together those of <paramref name="messages"/>.</param>
    /// <param name="destination">Receives 32 bytes for each message; must not overlap the messages.</param>
    /// <exception cref="ArgumentException">
    /// The prefix is too long, the lengths do not agree, or the destination overlaps.
    /// </exception>
    public static void HashMany(
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<int> lengths,
        Span<byte> destination
    ) => HashMany(prefix, messages, lengths, destination, Best);

    /// <summary>The same by a path of the caller's choice, which must be supported.</summary>
    public static void HashMany(
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> messages,
        ReadOnlySpan<int> lengths,
        Span<byte> destination,
        Sha256Path path
    )
    {
        if (prefix.Length > PrefixBytesMax)
        {
            throw new ArgumentException($"A prefix of {prefix.Length} bytes is too long.", nameof(prefix));
        }
        RequireLengths(messages.Length, lengths);
        RequireDigests(destination.Length, lengths.Length, nameof(destination));
        if (messages.Overlaps(destination))
        {
            throw new ArgumentException("The destination overlaps the messages.", nameof(destination));
        }

        if (path == Sha256Path.Platform)
        {
            for (int i = 0; i < lengths.Length; i++)
            {
                HashOne(prefix, messages[..lengths[i]], destination.Slice(i * DigestBytes, DigestBytes));
                messages = messages[lengths[i]..];
            }
            return;
        }

        Span<byte> paddedPrefix = stackalloc byte[64];
        paddedPrefix.Clear();
        prefix.CopyTo(paddedPrefix);
        fixed (byte* p = paddedPrefix)
        fixed (byte* m = messages)
        fixed (int* l = lengths)
        fixed (byte* d = destination)
        {
            if (path == Sha256Path.Avx512)
            {
                Sha256Groups.Hash<Sha256Avx512>(p, prefix.Length, m, messages.Length, l, lengths.Length, d);
            }
            else
            {
                Sha256Groups.Hash<Sha256Avx2>(p, prefix.Length, m, messages.Length, l, lengths.Length, d);
            }
        }
    }

    /// <summary>Hashes pairs of children to RFC 6962 nodes, H(0x01 ‖ left ‖ right).</summary>
    /// <param name="pairs">n times left ‖ right, 64 bytes each.</param>
    /// <param name="destination">
    /// Receives n digests of 32 bytes. It may overlap the pairs when it begins before them or at most 32 bytes behind their
    /// beginning, so that every digest is written over pairs that have been read: a level of a tree can take the place of
    /// the level below it.
    /// </param>
    /// <exception cref="ArgumentException">The lengths do not agree, or the destination overlaps otherwise.</exception>
    public static void HashNodes(ReadOnlySpan<byte> pairs, Span<byte> destination) =>
        HashNodes(pairs, destination, Best);

    /// <summary>The same by a path of the caller's choice, which must be supported.</summary>
    public static void HashNodes(ReadOnlySpan<byte> pairs, Span<byte> destination, Sha256Path path)
    {
        int count = pairs.Length / PairBytes;
        if (pairs.Length % PairBytes != 0)
        {
            throw new ArgumentException($"Pairs are {PairBytes} bytes each, not {pairs.Length} in all.", nameof(pairs));
        }
        RequireDigests(destination.Length, count, nameof(destination));
        if (pairs.Overlaps(destination, out int offset) && offset > DigestBytes)
        {
            throw new ArgumentException(
                "The destination overlaps pairs that are still to be read.",
                nameof(destination)
            );
        }

        fixed (byte* p = pairs)
        fixed (byte* d = destination)
        {
            int done = path switch
            {
                Sha256Path.Avx512 => HashNodes<Sha256Avx512>(p, count, d),
                Sha256Path.Avx2 => HashNodes<Sha256Avx2>(p, count, d),
                _ => 0,
            };
            for (; done < count; done++)
            {
                HashOne([0x01], new(p + (PairBytes * done), PairBytes), new(d + (DigestBytes * done), DigestBytes));
            }
        }
    }

    /// <summary>Hashes as many nodes as pay in lanes and returns their number.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int HashNodes<TLanes>(byte* pairs, int count, byte* digests)
        where TLanes : struct, ISha256Lanes
    {
        int done = 0;
        for (; count - done >= 2 * TLanes.Count; done += 2 * TLanes.Count)
        {
            TLanes.HashNodesTwo(pairs + ((nint)PairBytes * done), digests + ((nint)DigestBytes * done));
        }
        for (; count - done >= TLanes.Count; done += TLanes.Count)
        {
            TLanes.HashNodes(pairs + ((nint)PairBytes * done), digests + ((nint)DigestBytes * done));
        }
        int rest = count - done;
        if (rest < 2)
        {
            return done;
        }

        // Lanes without a pair of their own hash whatever is there.
        byte* some = stackalloc byte[TLanes.Count * PairBytes];
        byte* someDigests = stackalloc byte[TLanes.Count * DigestBytes];
        Unsafe.CopyBlockUnaligned(some, pairs + ((nint)PairBytes * done), (uint)(rest * PairBytes));
        TLanes.HashNodes(some, someDigests);
        Unsafe.CopyBlockUnaligned(digests + ((nint)DigestBytes * done), someDigests, (uint)(rest * DigestBytes));
        return count;
    }

    /// <summary>Hashes prefix ‖ message on the platform.</summary>
    [SkipLocalsInit]
    public static void HashOne(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        int length = checked(prefix.Length + message.Length);
        byte[]? pooled = length <= StackBytesMax ? null : ArrayPool<byte>.Shared.Rent(length);
        Span<byte> whole = pooled ?? stackalloc byte[StackBytesMax];
        prefix.CopyTo(whole);
        message.CopyTo(whole[prefix.Length..]);
        SHA256.HashData(whole[..length], digest);
        if (pooled != null)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RequireLengths(int messageBytes, ReadOnlySpan<int> lengths)
    {
        long sum = 0;
        int signs = 0;
        foreach (int length in lengths)
        {
            sum += length;
            signs |= length;
        }
        ArgumentOutOfRangeException.ThrowIfNegative(signs, nameof(lengths));
        if (sum != messageBytes)
        {
            throw new ArgumentException($"The lengths add up to {sum}, not {messageBytes}.", nameof(lengths));
        }
    }

    private static void RequireDigests(int length, int count, string name)
    {
        if (length != (long)count * DigestBytes)
        {
            throw new ArgumentException($"{count} digests of {DigestBytes} bytes do not make {length} bytes.", name);
        }
    }
}
