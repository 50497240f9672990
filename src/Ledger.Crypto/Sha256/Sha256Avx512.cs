using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Word = System.Runtime.Intrinsics.Vector512<uint>;

namespace Ledger.Crypto;

/// <summary>SHA-256 in the 16 lanes of a 512-bit vector.</summary>
/// <remarks>
/// Written for what the JIT compiler does with it: working variables stay in registers, message words are operands in
/// memory, a round constant is broadcast by the addition that uses it, rotation counts are literals where the instruction
/// is named, constants come through a pointer, because a static field would cost a check at every use, and nothing waits
/// for the tiers of compilation. A block is then 64 × 17 + 48 × 11 instructions that compute, of which 672 shift.
/// Zen 4 starts two of them in a cycle, of which one may shift: 808 cycles at least. A single set of lanes takes 930, as
/// it waits for its own rotations; where there are enough messages, two sets go together and take 890 each. The variables of
/// the second end in X.
/// </remarks>
internal readonly unsafe struct Sha256Avx512 : ISha256Lanes
{
    private const int Lanes = 16;

    // A method of its own, compiled once: inlined into a caller, it would use up the JIT compiler's budget for inlining,
    // and its rounds would become calls.
    private const MethodImplOptions Whole = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <inheritdoc/>
    public static int Count => Lanes;

    /// <inheritdoc/>
    public static bool IsSupported => Avx512BW.IsSupported && VectorPaths.Avx512IsAllowed;

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Start(uint* state)
    {
        Word* s = (Word*)state;
        for (int i = 0; i < 8; i++)
        {
            s[i] = Vector512.Create(Sha256Constants.Initial[i]);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Load(byte** rows, int offset, uint* words)
    {
        // The blocks that follow: so many streams at once are too many for the processor to see by itself.
        for (int i = 0; i < Lanes; i++)
        {
            Sse.Prefetch0(rows[i] + offset + 127);
        }
        Transpose(
            Row(rows[0] + offset),
            Row(rows[1] + offset),
            Row(rows[2] + offset),
            Row(rows[3] + offset),
            Row(rows[4] + offset),
            Row(rows[5] + offset),
            Row(rows[6] + offset),
            Row(rows[7] + offset),
            Row(rows[8] + offset),
            Row(rows[9] + offset),
            Row(rows[10] + offset),
            Row(rows[11] + offset),
            Row(rows[12] + offset),
            Row(rows[13] + offset),
            Row(rows[14] + offset),
            Row(rows[15] + offset),
            (Word*)words
        );
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Prefix(byte* prefix, int prefixBytes, uint* words)
    {
        for (int i = 0; 4 * i < prefixBytes; i++)
        {
            uint fromMessage = (uint)(0xffffffffUL >> Math.Min(8 * (prefixBytes - (4 * i)), 32));
            uint fromPrefix = BinaryPrimitives.ReverseEndianness(((uint*)prefix)[i]);
            Word* word = (Word*)words + i;
            *word = (*word & Vector512.Create(fromMessage)) | Vector512.Create(fromPrefix);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Pad(int* lengths, int shortest, int offset, uint* words)
    {
        Word* w = (Word*)words;
        // What is left of each message, in bits; how much exactly is of no interest when it is nothing or all of the block.
        Vector512<int> rest = Vector512.Load(lengths) - Vector512.Create(offset);
        Vector512<int> bits = Vector512.Min(Vector512.Max(rest, -Vector512<int>.One), Vector512.Create(64)) << 3;

        // A shift by 32 or more, or by a negative number, gives zero: so the mark, the bit behind the message, comes only
        // in its own word, and what lies behind the message is taken away from there on.
        int first = Math.Max(shortest - offset, 0) / 4;
        bits -= Vector512.Create(32 * first);
        for (int i = first; i < 16; i++)
        {
            Word behind = Avx512F.ShiftRightLogicalVariable(
                Word.AllBitsSet,
                Vector512.Max(bits, Vector512<int>.Zero).AsUInt32()
            );
            Word mark = Avx512F.ShiftRightLogicalVariable(Vector512.Create(0x80000000u), bits.AsUInt32());
            w[i] = Vector512.AndNot(w[i], behind) | mark;
            bits -= Vector512.Create(32);
        }

        // The length in bits, in the block that has room for it behind the mark.
        Word last = Vector512.LessThan((rest + Vector512.Create(8)).AsUInt32(), Vector512.Create(64u));
        Word bytes = Vector512.Load((uint*)lengths);
        w[14] |= last & (bytes >>> 29);
        w[15] |= last & (bytes << 3);
    }

    /// <inheritdoc/>
    public static void Compress(uint* state, uint* words) => Compress((Word*)state, (Word*)words);

    /// <inheritdoc/>
    public static void CompressTwo(uint* states, uint* words) => CompressTwo((Word*)states, (Word*)words);

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void CompressUnfinished(uint* state, uint* words, int* lengths, int offset)
    {
        Word* s = (Word*)state;
        (Word a, Word b, Word c, Word d) = (s[0], s[1], s[2], s[3]);
        (Word e, Word f, Word g, Word h) = (s[4], s[5], s[6], s[7]);
        Compress(state, words);
        Word ended = Vector512.LessThan(Vector512.Load(lengths), Vector512.Create(offset - 8)).AsUInt32();
        s[0] = Vector512.ConditionalSelect(ended, a, s[0]);
        s[1] = Vector512.ConditionalSelect(ended, b, s[1]);
        s[2] = Vector512.ConditionalSelect(ended, c, s[2]);
        s[3] = Vector512.ConditionalSelect(ended, d, s[3]);
        s[4] = Vector512.ConditionalSelect(ended, e, s[4]);
        s[5] = Vector512.ConditionalSelect(ended, f, s[5]);
        s[6] = Vector512.ConditionalSelect(ended, g, s[6]);
        s[7] = Vector512.ConditionalSelect(ended, h, s[7]);
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Store(uint* state, byte** digests)
    {
        Word* s = (Word*)state;
        StoreHalves(s[0], s[1], s[2], s[3], digests, 0);
        StoreHalves(s[4], s[5], s[6], s[7], digests, 16);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(Whole)]
    public static void HashNodes(byte* pairs, byte* digests)
    {
        byte* space = stackalloc byte[((8 + 64) * sizeof(Word)) + 63];
        Word* words = (Word*)(((nuint)space + 63) & ~(nuint)63);
        Word* state = words + 64;
        byte** places = stackalloc byte*[Lanes];

        Word last = LoadNodes(pairs, words);
        Start((uint*)state);
        Compress(state, words);
        ExpandNodeEnd(last, words);
        CompressNodeEnd(state, words);
        StoreNodes(state, digests, places);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(Whole)]
    public static void HashNodesTwo(byte* pairs, byte* digests)
    {
        byte* space = stackalloc byte[(2 * (8 + 64) * sizeof(Word)) + 63];
        Word* words = (Word*)(((nuint)space + 63) & ~(nuint)63);
        Word* states = words + (2 * 64);
        byte** places = stackalloc byte*[Lanes];

        Word last = LoadNodes(pairs, words);
        Word last2 = LoadNodes(pairs + (Lanes * 64), words + 64);
        Start((uint*)states);
        Start((uint*)(states + 8));
        CompressTwo(states, words);
        ExpandNodeEnd(last, words);
        ExpandNodeEnd(last2, words + 64);
        CompressNodeEndTwo(states, words);
        StoreNodes(states, digests, places);
        StoreNodes(states + 8, digests + (Lanes * 32), places);
    }

    /// <summary>Writes 16 digests one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreNodes(Word* state, byte* digests, byte** places)
    {
        for (int i = 0; i < Lanes; i++)
        {
            places[i] = digests + (32 * i);
        }
        Store((uint*)state, places);
    }

    /// <summary>
    /// Loads the first blocks of 16 nodes: 0x01, then all of a pair but its last byte. Returns W0 of the second blocks: that
    /// byte, and the mark behind it.
    /// </summary>
    [MethodImpl(Whole)]
    private static Word LoadNodes(byte* pairs, Word* words)
    {
        // Each row is read from the byte before its pair, so that it falls into place; only the first must not be.
        byte* before = pairs - 1;
        Vector512<byte> mask = Vector512.GreaterThan(Vector512<byte>.Indices, Vector512<byte>.Zero);
        Transpose(
            BigEndian(Avx512BW.MaskLoad(before, mask, Vector512<byte>.Zero)),
            Row(before + (1 * 64)),
            Row(before + (2 * 64)),
            Row(before + (3 * 64)),
            Row(before + (4 * 64)),
            Row(before + (5 * 64)),
            Row(before + (6 * 64)),
            Row(before + (7 * 64)),
            Row(before + (8 * 64)),
            Row(before + (9 * 64)),
            Row(before + (10 * 64)),
            Row(before + (11 * 64)),
            Row(before + (12 * 64)),
            Row(before + (13 * 64)),
            Row(before + (14 * 64)),
            Row(before + (15 * 64)),
            words
        );
        // So the byte that the prefix replaces is the last one of the pair before, in the lane before.
        Word first = words[0];
        Word lastPair = Vector512.CreateScalarUnsafe((uint)pairs[(Lanes * 64) - 1] << 24);
        Word last = Avx512F.AlignRight32(lastPair, first, 1);
        words[0] = (first & Vector512.Create(0x00ffffffu)) | Vector512.Create(0x01000000u);
        return (last & Vector512.Create(0xff000000)) | Vector512.Create(0x00800000u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Row(byte* block) => BigEndian(Vector512.Load(block));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word BigEndian(Vector512<byte> row) =>
        Avx512BW
            .Shuffle(
                row,
                Vector512
                    .Create(
                        0x04050607_00010203ul,
                        0x0c0d0e0f_08090a0b,
                        0x04050607_00010203,
                        0x0c0d0e0f_08090a0b,
                        0x04050607_00010203,
                        0x0c0d0e0f_08090a0b,
                        0x04050607_00010203,
                        0x0c0d0e0f_08090a0b
                    )
                    .AsByte()
            )
            .AsUInt32();

    /// <summary>Turns 16 rows of 16 words into 16 words of 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Word r0,
        Word r1,
        Word r2,
        Word r3,
        Word r4,
        Word r5,
        Word r6,
        Word r7,
        Word r8,
        Word r9,
        Word r10,
        Word r11,
        Word r12,
        Word r13,
        Word r14,
        Word r15,
        Word* words
    )
    {
        // In each group of four rows: quarter q of the j-th result has word 4q + j of the four.
        TransposeFour(ref r0, ref r1, ref r2, ref r3);
        TransposeFour(ref r4, ref r5, ref r6, ref r7);
        TransposeFour(ref r8, ref r9, ref r10, ref r11);
        TransposeFour(ref r12, ref r13, ref r14, ref r15);
        // Then quarter q of the four groups makes the lanes of word 4q + j.
        StoreQuarters(r0, r4, r8, r12, words);
        StoreQuarters(r1, r5, r9, r13, words + 1);
        StoreQuarters(r2, r6, r10, r14, words + 2);
        StoreQuarters(r3, r7, r11, r15, words + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(ref Word a, ref Word b, ref Word c, ref Word d)
    {
        Vector512<ulong> abLow = Avx512F.UnpackLow(a, b).AsUInt64();
        Vector512<ulong> abHigh = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> cdLow = Avx512F.UnpackLow(c, d).AsUInt64();
        Vector512<ulong> cdHigh = Avx512F.UnpackHigh(c, d).AsUInt64();
        a = Avx512F.UnpackLow(abLow, cdLow).AsUInt32();
        b = Avx512F.UnpackHigh(abLow, cdLow).AsUInt32();
        c = Avx512F.UnpackLow(abHigh, cdHigh).AsUInt32();
        d = Avx512F.UnpackHigh(abHigh, cdHigh).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuarters(Word a, Word b, Word c, Word d, Word* words)
    {
        Word abFirst = Avx512F.Shuffle4x128(a, b, 0b01_00_01_00);
        Word abLast = Avx512F.Shuffle4x128(a, b, 0b11_10_11_10);
        Word cdFirst = Avx512F.Shuffle4x128(c, d, 0b01_00_01_00);
        Word cdLast = Avx512F.Shuffle4x128(c, d, 0b11_10_11_10);
        words[0] = Avx512F.Shuffle4x128(abFirst, cdFirst, 0b10_00_10_00);
        words[4] = Avx512F.Shuffle4x128(abFirst, cdFirst, 0b11_01_11_01);
        words[8] = Avx512F.Shuffle4x128(abLast, cdLast, 0b10_00_10_00);
        words[12] = Avx512F.Shuffle4x128(abLast, cdLast, 0b11_01_11_01);
    }

    /// <summary>Writes four words of every lane as bytes, to one half of its digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Word a, Word b, Word c, Word d, byte** digests, int offset)
    {
        TransposeFour(ref a, ref b, ref c, ref d);
        StoreQuarters(BigEndian(a.AsByte()), digests, offset);
        StoreQuarters(BigEndian(b.AsByte()), digests + 1, offset);
        StoreQuarters(BigEndian(c.AsByte()), digests + 2, offset);
        StoreQuarters(BigEndian(d.AsByte()), digests + 3, offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuarters(Word rows, byte** digests, int offset)
    {
        Avx512F.ExtractVector128(rows, 0).Store((uint*)(digests[0] + offset));
        Avx512F.ExtractVector128(rows, 1).Store((uint*)(digests[4] + offset));
        Avx512F.ExtractVector128(rows, 2).Store((uint*)(digests[8] + offset));
        Avx512F.ExtractVector128(rows, 3).Store((uint*)(digests[12] + offset));
    }

    /// <summary>The compression function of FIPS 180-4 §6.2.2.</summary>
    /// <param name="state">8 words.</param>
    /// <param name="words">64 words: W0 to W15, then room for the others.</param>
    [MethodImpl(Whole)]
    private static void Compress(Word* state, Word* words)
    {
        uint* k = Sha256Constants.Rounds;
        Word a = state[0];
        Word b = state[1];
        Word c = state[2];
        Word d = state[3];
        Word e = state[4];
        Word f = state[5];
        Word g = state[6];
        Word h = state[7];

        // Six words expanded for every eight rounds: 48 in all, spread evenly, as expansion fills the gaps that the chain
        // of rounds leaves. Word t is ready before round t: 16 + 6t/8 ≥ t.
        Word* expanding = words;
        for (uint* end = k + 64; k != end; k += 8)
        {
            Expand(expanding);
            Round(a, b, c, ref d, e, f, g, ref h, words[0] + Vector512.Create(k[0]));
            Expand(expanding + 1);
            Round(h, a, b, ref c, d, e, f, ref g, words[1] + Vector512.Create(k[1]));
            Expand(expanding + 2);
            Round(g, h, a, ref b, c, d, e, ref f, words[2] + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, words[3] + Vector512.Create(k[3]));
            Expand(expanding + 3);
            Round(e, f, g, ref h, a, b, c, ref d, words[4] + Vector512.Create(k[4]));
            Expand(expanding + 4);
            Round(d, e, f, ref g, h, a, b, ref c, words[5] + Vector512.Create(k[5]));
            Expand(expanding + 5);
            Round(c, d, e, ref f, g, h, a, ref b, words[6] + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, words[7] + Vector512.Create(k[7]));
            words += 8;
            expanding += 6;
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>The same of two sets of lanes.</summary>
    /// <param name="states">8 words of the first set, then 8 of the second.</param>
    /// <param name="words">64 words of each.</param>
    [MethodImpl(Whole)]
    private static void CompressTwo(Word* states, Word* words)
    {
        uint* k = Sha256Constants.Rounds;
        Word a = states[0];
        Word b = states[1];
        Word c = states[2];
        Word d = states[3];
        Word e = states[4];
        Word f = states[5];
        Word g = states[6];
        Word h = states[7];
        Word aX = states[8];
        Word bX = states[9];
        Word cX = states[10];
        Word dX = states[11];
        Word eX = states[12];
        Word fX = states[13];
        Word gX = states[14];
        Word hX = states[15];

        Word* expanding = words;
        // A line for each set of lanes.
        // csharpier-ignore
        for (uint* end = k + 64; k != end; k += 8)
        {
            ExpandTwo(expanding + 0);
            Round(a, b, c, ref d, e, f, g, ref h, words[0] + Vector512.Create(k[0]),
                  aX, bX, cX, ref dX, eX, fX, gX, ref hX, words[64 + 0] + Vector512.Create(k[0]));
            ExpandTwo(expanding + 1);
            Round(h, a, b, ref c, d, e, f, ref g, words[1] + Vector512.Create(k[1]),
                  hX, aX, bX, ref cX, dX, eX, fX, ref gX, words[64 + 1] + Vector512.Create(k[1]));
            ExpandTwo(expanding + 2);
            Round(g, h, a, ref b, c, d, e, ref f, words[2] + Vector512.Create(k[2]),
                  gX, hX, aX, ref bX, cX, dX, eX, ref fX, words[64 + 2] + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, words[3] + Vector512.Create(k[3]),
                  fX, gX, hX, ref aX, bX, cX, dX, ref eX, words[64 + 3] + Vector512.Create(k[3]));
            ExpandTwo(expanding + 3);
            Round(e, f, g, ref h, a, b, c, ref d, words[4] + Vector512.Create(k[4]),
                  eX, fX, gX, ref hX, aX, bX, cX, ref dX, words[64 + 4] + Vector512.Create(k[4]));
            ExpandTwo(expanding + 4);
            Round(d, e, f, ref g, h, a, b, ref c, words[5] + Vector512.Create(k[5]),
                  dX, eX, fX, ref gX, hX, aX, bX, ref cX, words[64 + 5] + Vector512.Create(k[5]));
            ExpandTwo(expanding + 5);
            Round(c, d, e, ref f, g, h, a, ref b, words[6] + Vector512.Create(k[6]),
                  cX, dX, eX, ref fX, gX, hX, aX, ref bX, words[64 + 6] + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, words[7] + Vector512.Create(k[7]),
                  bX, cX, dX, ref eX, fX, gX, hX, ref aX, words[64 + 7] + Vector512.Create(k[7]));
            words += 8;
            expanding += 6;
        }

        states[0] += a;
        states[1] += b;
        states[2] += c;
        states[3] += d;
        states[4] += e;
        states[5] += f;
        states[6] += g;
        states[7] += h;
        states[8] += aX;
        states[9] += bX;
        states[10] += cX;
        states[11] += dX;
        states[12] += eX;
        states[13] += fX;
        states[14] += gX;
        states[15] += hX;
    }

    /// <summary>
    /// W16 to W31 of the second block of a node, in which only W0 is not known beforehand: W1 to W14 are zero, W15 is the
    /// length. Most of them take a part of the work.
    /// </summary>
    /// <param name="w0">The last byte of the right child, and the mark.</param>
    /// <param name="words">Room for 32 words; the first 16 are not written, but W0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandNodeEnd(Word w0, Word* words)
    {
        Word length = Vector512.Create(Sha256Constants.NodeBits);
        Word w17 = Vector512.Create(Sha256Constants.NodeWord17);
        Word w19 = Vector512.Create(Sha256Constants.NodeWord19);
        Word w21 = Vector512.Create(Sha256Constants.NodeWord21);
        Word w18 = Sigma1(w0);
        Word w20 = Sigma1(w18);
        Word w22 = Sigma1(w20) + length;
        Word w23 = w0 + Vector512.Create(Sha256Constants.NodeSigma1Of21);
        Word w24 = Sigma1(w22) + w17;
        Word w25 = Sigma1(w23) + w18;
        Word w26 = Sigma1(w24) + w19;
        Word w27 = Sigma1(w25) + w20;
        Word w28 = Sigma1(w26) + w21;
        Word w29 = Sigma1(w27) + w22;
        words[0] = w0;
        words[16] = w0;
        words[17] = w17;
        words[18] = w18;
        words[19] = w19;
        words[20] = w20;
        words[21] = w21;
        words[22] = w22;
        words[23] = w23;
        words[24] = w24;
        words[25] = w25;
        words[26] = w26;
        words[27] = w27;
        words[28] = w28;
        words[29] = w29;
        words[30] = Sigma1(w28) + w23 + Vector512.Create(Sha256Constants.NodeSigma0Of15);
        words[31] = Sigma1(w29) + w24 + Sigma0(w0) + length;
    }

    /// <summary>The same compression of that block: its first 16 rounds add constants.</summary>
    /// <param name="state">8 words.</param>
    /// <param name="words">W0 and W16 to W31, then room for the others up to 64.</param>
    [MethodImpl(Whole)]
    private static void CompressNodeEnd(Word* state, Word* words)
    {
        uint* nodeRounds = Sha256Constants.NodeRounds;
        uint* k = Sha256Constants.Rounds;
        Word a = state[0];
        Word b = state[1];
        Word c = state[2];
        Word d = state[3];
        Word e = state[4];
        Word f = state[5];
        Word g = state[6];
        Word h = state[7];

        // 32 words are left to expand, four for every eight rounds.
        h += words[0];
        Word* expanding = words + 16;
        for (uint* end = nodeRounds + 16; nodeRounds != end; nodeRounds += 8)
        {
            Expand(expanding + 0);
            Round(a, b, c, ref d, e, f, g, ref h, Vector512.Create(nodeRounds[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Vector512.Create(nodeRounds[1]));
            Expand(expanding + 1);
            Round(g, h, a, ref b, c, d, e, ref f, Vector512.Create(nodeRounds[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Vector512.Create(nodeRounds[3]));
            Expand(expanding + 2);
            Round(e, f, g, ref h, a, b, c, ref d, Vector512.Create(nodeRounds[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Vector512.Create(nodeRounds[5]));
            Expand(expanding + 3);
            Round(c, d, e, ref f, g, h, a, ref b, Vector512.Create(nodeRounds[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Vector512.Create(nodeRounds[7]));
            expanding += 4;
        }
        words += 16;
        k += 16;
        for (uint* end = k + 48; k != end; k += 8)
        {
            Expand(expanding + 0);
            Round(a, b, c, ref d, e, f, g, ref h, words[0] + Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, words[1] + Vector512.Create(k[1]));
            Expand(expanding + 1);
            Round(g, h, a, ref b, c, d, e, ref f, words[2] + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, words[3] + Vector512.Create(k[3]));
            Expand(expanding + 2);
            Round(e, f, g, ref h, a, b, c, ref d, words[4] + Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, words[5] + Vector512.Create(k[5]));
            Expand(expanding + 3);
            Round(c, d, e, ref f, g, h, a, ref b, words[6] + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, words[7] + Vector512.Create(k[7]));
            words += 8;
            expanding += 4;
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    /// <summary>The same of two sets of lanes.</summary>
    /// <param name="states">8 words of the first set, then 8 of the second.</param>
    /// <param name="words">64 words of each.</param>
    [MethodImpl(Whole)]
    private static void CompressNodeEndTwo(Word* states, Word* words)
    {
        uint* nodeRounds = Sha256Constants.NodeRounds;
        uint* k = Sha256Constants.Rounds;
        Word a = states[0];
        Word b = states[1];
        Word c = states[2];
        Word d = states[3];
        Word e = states[4];
        Word f = states[5];
        Word g = states[6];
        Word h = states[7];
        Word aX = states[8];
        Word bX = states[9];
        Word cX = states[10];
        Word dX = states[11];
        Word eX = states[12];
        Word fX = states[13];
        Word gX = states[14];
        Word hX = states[15];

        h += words[0];
        hX += words[64];
        Word* expanding = words + 16;
        // A line for each set of lanes.
        // csharpier-ignore
        for (uint* end = nodeRounds + 16; nodeRounds != end; nodeRounds += 8)
        {
            ExpandTwo(expanding + 0);
            Round(a, b, c, ref d, e, f, g, ref h, Vector512.Create(nodeRounds[0]),
                  aX, bX, cX, ref dX, eX, fX, gX, ref hX, Vector512.Create(nodeRounds[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Vector512.Create(nodeRounds[1]),
                  hX, aX, bX, ref cX, dX, eX, fX, ref gX, Vector512.Create(nodeRounds[1]));
            ExpandTwo(expanding + 1);
            Round(g, h, a, ref b, c, d, e, ref f, Vector512.Create(nodeRounds[2]),
                  gX, hX, aX, ref bX, cX, dX, eX, ref fX, Vector512.Create(nodeRounds[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Vector512.Create(nodeRounds[3]),
                  fX, gX, hX, ref aX, bX, cX, dX, ref eX, Vector512.Create(nodeRounds[3]));
            ExpandTwo(expanding + 2);
            Round(e, f, g, ref h, a, b, c, ref d, Vector512.Create(nodeRounds[4]),
                  eX, fX, gX, ref hX, aX, bX, cX, ref dX, Vector512.Create(nodeRounds[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Vector512.Create(nodeRounds[5]),
                  dX, eX, fX, ref gX, hX, aX, bX, ref cX, Vector512.Create(nodeRounds[5]));
            ExpandTwo(expanding + 3);
            Round(c, d, e, ref f, g, h, a, ref b, Vector512.Create(nodeRounds[6]),
                  cX, dX, eX, ref fX, gX, hX, aX, ref bX, Vector512.Create(nodeRounds[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Vector512.Create(nodeRounds[7]),
                  bX, cX, dX, ref eX, fX, gX, hX, ref aX, Vector512.Create(nodeRounds[7]));
            expanding += 4;
        }
        words += 16;
        k += 16;
        // A line for each set of lanes.
        // csharpier-ignore
        for (uint* end = k + 48; k != end; k += 8)
        {
            ExpandTwo(expanding + 0);
            Round(a, b, c, ref d, e, f, g, ref h, words[0] + Vector512.Create(k[0]),
                  aX, bX, cX, ref dX, eX, fX, gX, ref hX, words[64 + 0] + Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, words[1] + Vector512.Create(k[1]),
                  hX, aX, bX, ref cX, dX, eX, fX, ref gX, words[64 + 1] + Vector512.Create(k[1]));
            ExpandTwo(expanding + 1);
            Round(g, h, a, ref b, c, d, e, ref f, words[2] + Vector512.Create(k[2]),
                  gX, hX, aX, ref bX, cX, dX, eX, ref fX, words[64 + 2] + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, words[3] + Vector512.Create(k[3]),
                  fX, gX, hX, ref aX, bX, cX, dX, ref eX, words[64 + 3] + Vector512.Create(k[3]));
            ExpandTwo(expanding + 2);
            Round(e, f, g, ref h, a, b, c, ref d, words[4] + Vector512.Create(k[4]),
                  eX, fX, gX, ref hX, aX, bX, cX, ref dX, words[64 + 4] + Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, words[5] + Vector512.Create(k[5]),
                  dX, eX, fX, ref gX, hX, aX, bX, ref cX, words[64 + 5] + Vector512.Create(k[5]));
            ExpandTwo(expanding + 3);
            Round(c, d, e, ref f, g, h, a, ref b, words[6] + Vector512.Create(k[6]),
                  cX, dX, eX, ref fX, gX, hX, aX, ref bX, words[64 + 6] + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, words[7] + Vector512.Create(k[7]),
                  bX, cX, dX, ref eX, fX, gX, hX, ref aX, words[64 + 7] + Vector512.Create(k[7]));
            words += 8;
            expanding += 4;
        }

        states[0] += a;
        states[1] += b;
        states[2] += c;
        states[3] += d;
        states[4] += e;
        states[5] += f;
        states[6] += g;
        states[7] += h;
        states[8] += aX;
        states[9] += bX;
        states[10] += cX;
        states[11] += dX;
        states[12] += eX;
        states[13] += fX;
        states[14] += gX;
        states[15] += hX;
    }

    /// <summary>One round; the variables' names move one place on from round to round instead of their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(Word a, Word b, Word c, ref Word d, Word e, Word f, Word g, ref Word h, Word w)
    {
        // What e makes comes first: the next round waits for it.
        Word sum1 = Avx512F.TernaryLogic(
            Avx512F.RotateRight(e, 6),
            Avx512F.RotateRight(e, 11),
            Avx512F.RotateRight(e, 25),
            0x96
        );
        Word choice = Avx512F.TernaryLogic(e, f, g, 0xCA);
        h += w;
        h += choice;
        h += sum1;
        d += h;
        Word sum0 = Avx512F.TernaryLogic(
            Avx512F.RotateRight(a, 2),
            Avx512F.RotateRight(a, 13),
            Avx512F.RotateRight(a, 22),
            0x96
        );
        Word majority = Avx512F.TernaryLogic(a, b, c, 0xE8);
        h += majority + sum0;
    }

    /// <summary>
    /// The same round of two sets of lanes, instruction by instruction in turn: while one set waits for its rotations, of
    /// which a cycle starts a single one, the other has something else to do.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Word a,
        Word b,
        Word c,
        ref Word d,
        Word e,
        Word f,
        Word g,
        ref Word h,
        Word w,
        Word aX,
        Word bX,
        Word cX,
        ref Word dX,
        Word eX,
        Word fX,
        Word gX,
        ref Word hX,
        Word wX
    )
    {
        Word eBy11 = Avx512F.RotateRight(e, 11);
        Word eBy11X = Avx512F.RotateRight(eX, 11);
        Word eBy6 = Avx512F.RotateRight(e, 6);
        Word eBy6X = Avx512F.RotateRight(eX, 6);
        Word eBy25 = Avx512F.RotateRight(e, 25);
        Word eBy25X = Avx512F.RotateRight(eX, 25);
        Word choice = Avx512F.TernaryLogic(e, f, g, 0xCA);
        Word choiceX = Avx512F.TernaryLogic(eX, fX, gX, 0xCA);
        Word aBy22 = Avx512F.RotateRight(a, 22);
        Word aBy22X = Avx512F.RotateRight(aX, 22);
        Word sum1 = Avx512F.TernaryLogic(eBy6, eBy11, eBy25, 0x96);
        Word sum1X = Avx512F.TernaryLogic(eBy6X, eBy11X, eBy25X, 0x96);
        h += w;
        hX += wX;
        h += choice;
        hX += choiceX;
        h += sum1;
        hX += sum1X;
        Word aBy13 = Avx512F.RotateRight(a, 13);
        Word aBy13X = Avx512F.RotateRight(aX, 13);
        d += h;
        dX += hX;
        Word aBy2 = Avx512F.RotateRight(a, 2);
        Word aBy2X = Avx512F.RotateRight(aX, 2);
        Word sum0 = Avx512F.TernaryLogic(aBy2, aBy13, aBy22, 0x96);
        Word sum0X = Avx512F.TernaryLogic(aBy2X, aBy13X, aBy22X, 0x96);
        Word majority = Avx512F.TernaryLogic(a, b, c, 0xE8);
        Word majorityX = Avx512F.TernaryLogic(aX, bX, cX, 0xE8);
        majority += sum0;
        majorityX += sum0X;
        h += majority;
        hX += majorityX;
    }

    /// <summary>The message word 16 after the first of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand(Word* words) => words[16] = words[0] + words[9] + Sigma0(words[1]) + Sigma1(words[14]);

    /// <summary>The same of two sets of lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpandTwo(Word* words)
    {
        Word* words2 = words + 64;
        Word sum = words[0] + words[9];
        Word sum2 = words2[0] + words2[9];
        Word x = words[1];
        Word x2 = words2[1];
        Word x7 = Avx512F.RotateRight(x, 7);
        Word x72 = Avx512F.RotateRight(x2, 7);
        Word x18 = Avx512F.RotateRight(x, 18);
        Word x182 = Avx512F.RotateRight(x2, 18);
        x = Avx512F.ShiftRightLogical(x, 3);
        x2 = Avx512F.ShiftRightLogical(x2, 3);
        Word sigma0 = Avx512F.TernaryLogic(x7, x18, x, 0x96);
        Word sigma02 = Avx512F.TernaryLogic(x72, x182, x2, 0x96);
        Word y = words[14];
        Word y2 = words2[14];
        Word y17 = Avx512F.RotateRight(y, 17);
        Word y172 = Avx512F.RotateRight(y2, 17);
        Word y19 = Avx512F.RotateRight(y, 19);
        Word y192 = Avx512F.RotateRight(y2, 19);
        y = Avx512F.ShiftRightLogical(y, 10);
        y2 = Avx512F.ShiftRightLogical(y2, 10);
        Word sigma1 = Avx512F.TernaryLogic(y17, y19, y, 0x96);
        Word sigma12 = Avx512F.TernaryLogic(y172, y192, y2, 0x96);
        sum += sigma0;
        sum2 += sigma02;
        sum += sigma1;
        sum2 += sigma12;
        words[16] = sum;
        words2[16] = sum2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Sigma0(Word w) =>
        Avx512F.TernaryLogic(
            Avx512F.RotateRight(w, 7),
            Avx512F.RotateRight(w, 18),
            Avx512F.ShiftRightLogical(w, 3),
            0x96
        );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Sigma1(Word w) =>
        Avx512F.TernaryLogic(
            Avx512F.RotateRight(w, 17),
            Avx512F.RotateRight(w, 19),
            Avx512F.ShiftRightLogical(w, 10),
            0x96
        );
}
