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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BlockCount(int length) => (int)(((uint)length + 8) / 64) + 1;

    /// <summary>What the messages have in common.</summary>
    /// <param name="prefix">64 readable bytes: the prefix, then zeros.</param>
    /// <param name="prefixBytes">0 to 63.</param>
    /// <param name="begin">Where the first message begins.</param>
    /// <param name="end">Where the last message ends. Nothing outside of the two is read.</param>
    private readonly struct Input(byte* prefix, int prefixBytes, byte* begin, byte* end)
    {
        public readonly byte* Prefix = prefix;
        public readonly int PrefixBytes = prefixBytes;
        public readonly byte* Begin = begin;
        public readonly byte* End = end;
    }

    /// <summary>Messages, one for each lane, and what their extremes are.</summary>
    private struct Lanes
    {
        /// <summary>Where the prefixed messages would begin if the prefix lay before them.</summary>
        public byte** Starts;

        /// <summary>The bytes of the prefixed messages.</summary>
        public int* Lengths;

        public byte* LowestStart;
        public byte* HighestStart;
        public int Shortest;

        /// <summary>The bytes of the blocks of the shortest message; up to there no lane has ended.</summary>
        public int FirstEnd;

        /// <summary>The same of the longest.</summary>
        public int End;
    }

    /// <summary>Hashes prefix ‖ message for every message.</summary>
    /// <param name="prefix">64 readable bytes: the prefix, then zeros.</param>
    /// <param name="prefixBytes">0 to 63.</param>
    /// <param name="messages">The messages, one after the other.</param>
    /// <param name="messageBytes">The bytes of all of them.</param>
    /// <param name="lengths">The bytes of each message.</param>
    /// <param name="count">The number of messages.</param>
    /// <param name="digests">Receives 32 bytes for each message, in order.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Hash<TLanes>(
        byte* prefix,
        int prefixBytes,
        byte* messages,
        int messageBytes,
        int* lengths,
        int count,
        byte* digests
    )
        where TLanes : struct, ISha256Lanes
    {
        Input input = new(prefix, prefixBytes, messages, messages + messageBytes);
        byte** starts = stackalloc byte*[MessagesMax];
        byte** places = stackalloc byte*[MessagesMax];
        int* prefixedLengths = stackalloc int[MessagesMax];
        for (; count > 0; count -= MessagesMax)
        {
            int taken = Math.Min(count, MessagesMax);
            Sort(prefixBytes, ref messages, lengths, taken, digests, starts, prefixedLengths, places);
            lengths += taken;
            digests += 32 * taken;
            for (int i = 0; i < taken; )
            {
                int members = Math.Min(taken - i, TLanes.Count);
                if (!PaysInLanes(prefixedLengths + i, members))
                {
                    for (int end = i + members; i < end; i++)
                    {
                        ReadOnlySpan<byte> message = new(starts[i] + prefixBytes, prefixedLengths[i] - prefixBytes);
                        Sha256Lanes.HashOne(new(prefix, prefixBytes), message, new(places[i], 32));
                    }
                    continue;
                }
                int more = Math.Min(taken - i - members, TLanes.Count);
                if (more != 0 && PaysInLanes(prefixedLengths + i + members, more))
                {
                    members += more;
                }
                HashGroup<TLanes>(input, starts + i, prefixedLengths + i, places + i, members);
                i += members;
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
        int shortest = lengths[0];
        int longest = lengths[0];
        for (int i = 1; i < count; i++)
        {
            shortest = Math.Min(shortest, lengths[i]);
            longest = Math.Max(longest, lengths[i]);
        }
        byte* message = messages;
        if (Rank(prefixBytes + shortest) == Rank(prefixBytes + longest))
        {
            // Sorted already. Counting would only make each message wait for the count of the one before.
            for (int i = 0; i < count; i++)
            {
                starts[i] = message - prefixBytes;
                prefixedLengths[i] = prefixBytes + lengths[i];
                places[i] = digests + (32 * i);
                message += lengths[i];
            }
            messages = message;
            return;
        }

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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

    /// <summary>Whether lanes are likely to be faster for messages that are sorted by their rank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool PaysInLanes(int* lengths, int members) =>
        (long)members * (PlatformCallBlocks + BlockCount(lengths[0]))
        > (long)LaneStepBlocks * BlockCount(lengths[members - 1]);

    /// <summary>Hashes up to two sets of lanes.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashGroup<TLanes>(in Input input, byte** starts, int* lengths, byte** places, int members)
        where TLanes : struct, ISha256Lanes
    {
        byte* space = stackalloc byte[(2 * (8 + 64) * TLanes.Count * sizeof(uint)) + 63];
        uint* states = (uint*)(((nuint)space + 63) & ~(nuint)63);
        uint* words = states + (2 * 8 * TLanes.Count);
        uint* states2 = states + (8 * TLanes.Count);
        uint* words2 = words + (64 * TLanes.Count);
        byte** ownStarts = stackalloc byte*[2 * TLanes.Count];
        byte** ownPlaces = stackalloc byte*[2 * TLanes.Count];
        int* ownLengths = stackalloc int[2 * TLanes.Count];
        byte* nowhere = stackalloc byte[32];
        bool two = members > TLanes.Count;
        int lanes = two ? 2 * TLanes.Count : TLanes.Count;
        if (members != lanes)
        {
            // Lanes without a message hash the last one again, for nobody.
            for (int i = 0; i < lanes; i++)
            {
                int member = Math.Min(i, members - 1);
                ownStarts[i] = starts[member];
                ownLengths[i] = lengths[member];
                ownPlaces[i] = i < members ? places[i] : nowhere;
            }
            starts = ownStarts;
            lengths = ownLengths;
            places = ownPlaces;
        }

        Lanes set = Measure(starts, lengths, TLanes.Count);
        TLanes.Start(states);
        int offset = 0;
        if (two)
        {
            Lanes set2 = Measure(starts + TLanes.Count, lengths + TLanes.Count, TLanes.Count);
            TLanes.Start(states2);
            int bothEnd = Math.Min(set.FirstEnd, set2.FirstEnd);
            for (; offset < bothEnd; offset += 64)
            {
                Load<TLanes>(input, set, offset, words);
                Load<TLanes>(input, set2, offset, words2);
                TLanes.CompressTwo(states, words);
            }
            Finish<TLanes>(input, set2, offset, states2, words2);
            TLanes.Store(states2, places + TLanes.Count);
        }
        Finish<TLanes>(input, set, offset, states, words);
        TLanes.Store(states, places);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Measure(byte** starts, int* lengths, int count)
    {
        byte* lowest = starts[0];
        byte* highest = starts[0];
        int shortest = lengths[0];
        int longest = lengths[0];
        for (int i = 1; i < count; i++)
        {
            lowest = starts[i] < lowest ? starts[i] : lowest;
            highest = starts[i] > highest ? starts[i] : highest;
            shortest = Math.Min(shortest, lengths[i]);
            longest = Math.Max(longest, lengths[i]);
        }
        return new Lanes
        {
            Starts = starts,
            Lengths = lengths,
            LowestStart = lowest,
            HighestStart = highest,
            Shortest = shortest,
            FirstEnd = BlockCount(shortest) * 64,
            End = BlockCount(longest) * 64,
        };
    }

    /// <summary>Compresses the blocks from an offset on to the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TLanes>(in Input input, in Lanes lanes, int offset, uint* state, uint* words)
        where TLanes : struct, ISha256Lanes
    {
        for (; offset < lanes.End; offset += 64)
        {
            Load<TLanes>(input, lanes, offset, words);
            if (offset < lanes.FirstEnd)
            {
                TLanes.Compress(state, words);
            }
            else
            {
                TLanes.CompressUnfinished(state, words, lanes.Lengths, offset);
            }
        }
    }

    /// <summary>Loads a block of prefixed and padded messages.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<TLanes>(in Input input, in Lanes lanes, int offset, uint* words)
        where TLanes : struct, ISha256Lanes
    {
        // A row may reach into a message's neighbours, whose bytes prefix and padding then replace.
        if (lanes.LowestStart - input.Begin + offset >= 0 && input.End - lanes.HighestStart - offset >= 64)
        {
            TLanes.Load(lanes.Starts, offset, words);
        }
        else
        {
            LoadAtEdge<TLanes>(input, lanes.Starts, offset, words);
        }
        if (offset == 0)
        {
            TLanes.Prefix(input.Prefix, input.PrefixBytes, words);
        }
        if (offset + 64 > lanes.Shortest)
        {
            TLanes.Pad(lanes.Lengths, lanes.Shortest, offset, words);
        }
    }

    /// <summary>Loads rows of which some reach over the ends of the input: of those it copies what is inside.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadAtEdge<TLanes>(in Input input, byte** starts, int offset, uint* words)
        where TLanes : struct, ISha256Lanes
    {
        byte* copies = stackalloc byte[64 * TLanes.Count];
        byte** rows = stackalloc byte*[TLanes.Count];
        for (int i = 0; i < TLanes.Count; i++)
        {
            byte* row = starts[i] + offset;
            rows[i] = row;
            nint before = Math.Max((nint)(input.Begin - row), 0);
            nint inside = Math.Min((nint)(input.End - row), 64);
            if (before != 0 || inside != 64)
            {
                rows[i] = copies + (64 * i);
                if (before < inside)
                {
                    Unsafe.CopyBlockUnaligned(rows[i] + before, row + before, (uint)(inside - before));
                }
            }
        }
        TLanes.Load(rows, 0, words);
    }
}
