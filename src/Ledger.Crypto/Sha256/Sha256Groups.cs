using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ledger.Crypto;

/// <summary>
/// Hashes messages of different lengths in lanes: sorts them by their number of blocks, so that the messages of a group
/// end together or nearly so, and hashes group by group.
/// </summary>
internal static unsafe class Sha256Groups
{
    // Messages sorted at a time: a multiple of every number of lanes. Only where the number of blocks changes do lanes
    // wait for others, so more messages waste less; but what is kept of them should stay in the nearest cache.
    private const int MessagesMax = 256;

    // Up to here each number of blocks is apart, further on each quarter of an octave.
    private const int ExactBlocksMax = 31;
    private const int RankCount = 128;

    // What the platform's call costs besides the blocks, and what a step of all lanes costs, measured in blocks that the
    // platform hashes. They decide when a group is too small or too uneven for lanes; neither need be exact.
    private const int PlatformCallBlocks = 10;
    private const int LaneStepBlocks = 8;

    /// <summary>The blocks of a message of so many bytes, with the mark and the length: 1 or more.</summary>
    private static int BlockCount(int length) => (int)(((uint)length + 8) / 64) + 1;

    /// <summary>Hashes prefix ‖ message for every message.</summary>
    /// <param name="prefix">64 readable bytes: the prefix, then zeros.</param>
    /// <param name="prefixBytes">0 to 63.</param>
    /// <param name="messages">The messages, one after the other.</param>
    /// <param name="lengths">The bytes of each message.</param>
    /// <param name="count">The number of messages.</param>
    /// <param name="digests">Receives 32 bytes for each message, in order.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Hash<TLanes>(
        byte* prefix,
        int prefixBytes,
        byte* messages,
        int* lengths,
        int count,
        byte* digests
    )
        where TLanes : struct, ISha256Lanes
    {
        byte** starts = stackalloc byte*[MessagesMax];
        byte** places = stackalloc byte*[MessagesMax];
        int* prefixedLengths = stackalloc int[MessagesMax];
        for (; count > 0; count -= MessagesMax)
        {
            int taken = Math.Min(count, MessagesMax);
            Sort(prefixBytes, ref messages, lengths, taken, digests, starts, prefixedLengths, places);
            lengths += taken;
            digests += 32 * taken;
            for (int i = 0; i < taken; i += TLanes.Count)
            {
                int members = Math.Min(taken - i, TLanes.Count);
                if (PaysInLanes(members, prefixedLengths[i], prefixedLengths[i + members - 1]))
                {
                    HashGroup<TLanes>(prefix, prefixBytes, starts + i, prefixedLengths + i, places + i, members);
                }
                else
                {
                    for (int j = i; j < i + members; j++)
                    {
                        ReadOnlySpan<byte> message = new(starts[j] + prefixBytes, prefixedLengths[j] - prefixBytes);
                        Sha256Lanes.HashOne(new(prefix, prefixBytes), message, new(places[j], 32));
                    }
                }
            }
        }
    }

    /// <summary>A counting sort by the number of blocks; stable, so that equal messages are read in order.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sort(
        int prefixBytes,
        ref byte* messages,
        int* lengths,
        int count,
        byte* digests,
        byte** starts,
        int* prefixedLengths,
        byte** places
    )
    {
        byte* ranks = stackalloc byte[MessagesMax];
        int* next = stackalloc int[RankCount];
        new Span<int>(next, RankCount).Clear();
        for (int i = 0; i < count; i++)
        {
            int rank = Rank(prefixBytes + lengths[i]);
            ranks[i] = (byte)rank;
            next[rank]++;
        }
        int before = 0;
        for (int rank = 0; rank < RankCount; rank++)
        {
            int members = next[rank];
            next[rank] = before;
            before += members;
        }
        byte* message = messages;
        for (int i = 0; i < count; i++)
        {
            int at = next[ranks[i]]++;
            starts[at] = message - prefixBytes;
            prefixedLengths[at] = prefixBytes + lengths[i];
            places[at] = digests + (32 * i);
            message += lengths[i];
        }
        messages = message;
    }

    /// <summary>0 to 127, never falling as the length grows.</summary>
    private static int Rank(int length)
    {
        int blocks = BlockCount(length);
        if (blocks <= ExactBlocksMax)
        {
            return blocks;
        }
        int octave = BitOperations.Log2((uint)blocks); // 5 to 25
        return (4 * (octave - 5)) + ExactBlocksMax + 1 + ((blocks >> (octave - 2)) & 3);
    }

    /// <summary>Whether lanes are likely to be faster for messages of at least and at most so many bytes.</summary>
    private static bool PaysInLanes(int members, int shortest, int longest) =>
        (long)members * (PlatformCallBlocks + BlockCount(shortest)) > (long)LaneStepBlocks * BlockCount(longest);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashGroup<TLanes>(
        byte* prefix,
        int prefixBytes,
        byte** starts,
        int* lengths,
        byte** places,
        int members
    )
        where TLanes : struct, ISha256Lanes
    {
        byte* space = stackalloc byte[((8 + 64) * TLanes.Count * sizeof(uint)) + 63];
        uint* state = (uint*)(((nuint)space + 63) & ~(nuint)63);
        uint* words = state + (8 * TLanes.Count);
        byte** ownStarts = stackalloc byte*[TLanes.Count];
        byte** ownPlaces = stackalloc byte*[TLanes.Count];
        int* ownLengths = stackalloc int[TLanes.Count];
        byte* nowhere = stackalloc byte[32];
        if (members != TLanes.Count)
        {
            // Lanes without a message hash the first one again, for nobody.
            for (int i = 0; i < TLanes.Count; i++)
            {
                ownStarts[i] = starts[i < members ? i : 0];
                ownLengths[i] = lengths[i < members ? i : 0];
                ownPlaces[i] = i < members ? places[i] : nowhere;
            }
            starts = ownStarts;
            lengths = ownLengths;
            places = ownPlaces;
        }

        int shortest = lengths[0];
        int longest = lengths[0];
        for (int i = 1; i < TLanes.Count; i++)
        {
            shortest = Math.Min(shortest, lengths[i]);
            longest = Math.Max(longest, lengths[i]);
        }
        int wholeEnd = shortest & ~63;
        int firstEnd = BlockCount(shortest) * 64;
        int end = BlockCount(longest) * 64;

        TLanes.Start(state);
        for (int offset = 0; offset < end; offset += 64)
        {
            if (offset < wholeEnd && (offset != 0 || prefixBytes == 0))
            {
                TLanes.LoadWhole(starts, offset, words);
            }
            else
            {
                TLanes.LoadPart(starts, lengths, offset, prefix, prefixBytes, words);
            }
            if (offset < firstEnd)
            {
                TLanes.Compress(state, words);
            }
            else
            {
                TLanes.CompressUnfinished(state, words, lengths, offset);
            }
        }
        TLanes.Store(state, places);
    }
}
