using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Ledger.Crypto;

/// <summary>
/// Keeps the lanes busy: each lane works through a message block by block and takes the next message when it is done, so
/// that messages of different lengths need neither sorting nor waiting for each other.
/// </summary>
internal static unsafe class LaneScheduler
{
    /// <summary>What one lane is doing.</summary>
    private struct Lane
    {
        /// <summary>Where the prefixed message would begin if the prefix lay before it in memory.</summary>
        public byte* Start;

        /// <summary>The place of the message among the messages, or −1 when the lane is idle.</summary>
        public int Message;

        /// <summary>The bytes of prefix and message.</summary>
        public uint Length;

        /// <summary>The next block and the number of blocks, padding included.</summary>
        public uint Block;
        public uint BlockCount;
    }

    /// <summary>Hashes prefix ‖ message for every message of at most <paramref name="blocksMax"/> blocks.</summary>
    /// <param name="prefix">64 readable bytes: the prefix, then zeros.</param>
    /// <param name="prefixBytes">0 to 63.</param>
    /// <param name="messages">The messages, one after the other.</param>
    /// <param name="lengths">The bytes of each message.</param>
    /// <param name="count">The number of messages.</param>
    /// <param name="digests">Receives 32 bytes for each message, in order; those of longer messages are left alone.</param>
    /// <param name="blocksMax">The number of blocks, padding included, above which a message is passed over.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Hash<TLanes>(
        byte* prefix,
        uint prefixBytes,
        byte* messages,
        int* lengths,
        int count,
        byte* digests,
        uint blocksMax
    )
        where TLanes : struct, ISha256Lanes
    {
        // Rows that vectors load from and store to are aligned to a cache line.
        byte* space = stackalloc byte[((8 + 16 + 16) * TLanes.Count * sizeof(uint)) + 63];
        uint* state = (uint*)(((nuint)space + 63) & ~(nuint)63);
        uint* words = state + (8 * TLanes.Count);
        byte* ownBlocks = (byte*)(words + (16 * TLanes.Count));
        byte** blocks = stackalloc byte*[TLanes.Count];
        Lane* lanes = stackalloc Lane[TLanes.Count];

        int next = 0;
        byte* nextMessage = messages;
        int busy = 0;
        TLanes.Start(state);
        for (int i = 0; i < TLanes.Count; i++)
        {
            busy += Take(ref lanes[i], ref next, ref nextMessage);
        }

        while (busy != 0)
        {
            uint run = Prepare(lanes, blocks, ownBlocks);
            for (uint done = 0; ; )
            {
                TLanes.Load(blocks, words);
                TLanes.Compress(state, words);
                if (++done == run)
                {
                    break;
                }
                for (int i = 0; i < TLanes.Count; i++)
                {
                    blocks[i] += 64;
                }
            }

            int finished = 0;
            for (int i = 0; i < TLanes.Count; i++)
            {
                lanes[i].Block += run;
                finished += lanes[i].Block == lanes[i].BlockCount ? 1 : 0;
            }
            if (finished == TLanes.Count && lanes[TLanes.Count - 1].Message == lanes[0].Message + TLanes.Count - 1)
            {
                // All at once, as messages of one length do.
                TLanes.Store(state, digests + (32 * (nint)lanes[0].Message));
                TLanes.Start(state);
                busy = 0;
                for (int i = 0; i < TLanes.Count; i++)
                {
                    busy += Take(ref lanes[i], ref next, ref nextMessage);
                }
            }
            else if (finished != 0)
            {
                for (int i = 0; i < TLanes.Count; i++)
                {
                    if (lanes[i].Block == lanes[i].BlockCount && lanes[i].Message >= 0)
                    {
                        StoreOne(state + i, digests + (32 * (nint)lanes[i].Message));
                        busy += Take(ref lanes[i], ref next, ref nextMessage) - 1;
                    }
                }
            }
        }

        // Gives a lane the next message, and 1; or, when there is none, nothing and 0.
        int Take(ref Lane lane, ref int next, ref byte* nextMessage)
        {
            while (next != count)
            {
                int message = next++;
                uint length = prefixBytes + (uint)lengths[message];
                byte* start = nextMessage - prefixBytes;
                nextMessage += (uint)lengths[message];
                uint blockCount = BlockCount(length);
                if (blockCount <= blocksMax)
                {
                    lane.Start = start;
                    lane.Message = message;
                    lane.Length = length;
                    lane.Block = 0;
                    lane.BlockCount = blockCount;
                    return 1;
                }
            }
            lane.Message = -1;
            lane.BlockCount = uint.MaxValue;
            lane.Block = 0;
            return 0;
        }

        // Points every lane to its next block and returns for how many blocks on end all of them can go on reading there:
        // 1 as soon as one has a block that does not lie in memory as it is hashed, because of the prefix or the padding.
        uint Prepare(Lane* lanes, byte** blocks, byte* ownBlocks)
        {
            uint run = uint.MaxValue;
            byte* readable = null;
            for (int i = 0; i < TLanes.Count; i++)
            {
                ref Lane lane = ref lanes[i];
                if (lane.Message < 0)
                {
                    continue;
                }
                uint wholeBlocks = lane.Length / 64;
                nuint offset = (nuint)lane.Block * 64;
                if (lane.Block < wholeBlocks && (lane.Block != 0 || prefixBytes == 0))
                {
                    blocks[i] = lane.Start + offset;
                    run = Math.Min(run, wholeBlocks - lane.Block);
                }
                else
                {
                    blocks[i] = ownBlocks + (64 * i);
                    run = 1;
                    int rest = lane.Block <= wholeBlocks ? (int)(lane.Length - (uint)offset) : -1;
                    BlockPart part = new()
                    {
                        Source = lane.Start + offset,
                        Prefix = lane.Block == 0 ? prefix : Sha256Constants.Marks,
                        From = lane.Block == 0 ? (int)prefixBytes : 0,
                        To = Math.Clamp(rest, 0, 64),
                        Mark = (uint)rest < 64 ? rest : 64,
                        Bits = lane.Block + 1 == lane.BlockCount ? (ulong)lane.Length * 8 : 0,
                    };
                    TLanes.WriteBlock(blocks[i], in part);
                }
                readable = blocks[i];
            }
            // Idle lanes read what another one reads.
            Debug.Assert(readable != null);
            for (int i = 0; i < TLanes.Count; i++)
            {
                if (lanes[i].Message < 0)
                {
                    blocks[i] = readable;
                }
            }
            return run;
        }

        // Writes the digest of one lane and sets the lane to the initial hash value.
        static void StoreOne(uint* lane, byte* digest)
        {
            for (int i = 0; i < 8; i++)
            {
                ((uint*)digest)[i] = System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(lane[i * TLanes.Count]);
                lane[i * TLanes.Count] = Sha256Constants.Initial[i];
            }
        }
    }

    /// <summary>The blocks of a message of so many bytes, with the mark and the length: 1 or more.</summary>
    public static uint BlockCount(uint length) => (length + 8 + 64) / 64;
}
