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
    public static void LoadWhole(byte** starts, int offset, uint* words) =>
        Transpose(
            Row(starts[0] + offset),
            Row(starts[1] + offset),
            Row(starts[2] + offset),
            Row(starts[3] + offset),
            Row(starts[4] + offset),
            Row(starts[5] + offset),
            Row(starts[6] + offset),
            Row(starts[7] + offset),
            Row(starts[8] + offset),
            Row(starts[9] + offset),
            Row(starts[10] + offset),
            Row(starts[11] + offset),
            Row(starts[12] + offset),
            Row(starts[13] + offset),
            Row(starts[14] + offset),
            Row(starts[15] + offset),
            (Word*)words
        );

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(Whole)]
    public static void LoadPart(byte** starts, int* lengths, int offset, byte* prefix, int prefixBytes, uint* words)
    {
        // What is left of each message, negative when it has ended; and so where it ends in this block, and where the mark
        // is that follows it, 64 standing for nowhere.
        Vector512<int> rest = Vector512.Load(lengths) - Vector512.Create(offset);
        int* ends = stackalloc int[2 * Lanes];
        int* marks = ends + Lanes;
        Vector512.Min(Vector512.Max(rest, Vector512<int>.Zero), Vector512.Create(64)).Store(ends);
        Vector512.Min(rest.AsUInt32(), Vector512.Create(64u)).Store((uint*)marks);

        Vector512<byte> fromMessage = Vector512<byte>.AllBitsSet;
        Vector512<byte> fill = Vector512<byte>.Zero;
        if (offset == 0)
        {
            fromMessage = Vector512.GreaterThanOrEqual(Vector512<byte>.Indices, Vector512.Create((byte)prefixBytes));
            fill = Vector512.Load(prefix);
        }
        byte* markRow = Sha256Constants.Marks + 64;
        Transpose(
            PartRow(starts[0] + offset, ends[0], markRow - marks[0], fromMessage, fill),
            PartRow(starts[1] + offset, ends[1], markRow - marks[1], fromMessage, fill),
            PartRow(starts[2] + offset, ends[2], markRow - marks[2], fromMessage, fill),
            PartRow(starts[3] + offset, ends[3], markRow - marks[3], fromMessage, fill),
            PartRow(starts[4] + offset, ends[4], markRow - marks[4], fromMessage, fill),
            PartRow(starts[5] + offset, ends[5], markRow - marks[5], fromMessage, fill),
            PartRow(starts[6] + offset, ends[6], markRow - marks[6], fromMessage, fill),
            PartRow(starts[7] + offset, ends[7], markRow - marks[7], fromMessage, fill),
            PartRow(starts[8] + offset, ends[8], markRow - marks[8], fromMessage, fill),
            PartRow(starts[9] + offset, ends[9], markRow - marks[9], fromMessage, fill),
            PartRow(starts[10] + offset, ends[10], markRow - marks[10], fromMessage, fill),
            PartRow(starts[11] + offset, ends[11], markRow - marks[11], fromMessage, fill),
            PartRow(starts[12] + offset, ends[12], markRow - marks[12], fromMessage, fill),
            PartRow(starts[13] + offset, ends[13], markRow - marks[13], fromMessage, fill),
            PartRow(starts[14] + offset, ends[14], markRow - marks[14], fromMessage, fill),
            PartRow(starts[15] + offset, ends[15], markRow - marks[15], fromMessage, fill),
            (Word*)words
        );

        // The length in bits, in the block that has room for it behind the mark.
        Word last = Vector512.LessThan((rest + Vector512.Create(8)).AsUInt32(), Vector512.Create(64u));
        Word bytes = Vector512.Load((uint*)lengths);
        ((Word*)words)[14] |= last & (bytes >>> 29);
        ((Word*)words)[15] |= last & (bytes << 3);
    }

    /// <inheritdoc/>
    public static void Compress(uint* state, uint* words) => Compress((Word*)state, (Word*)words);

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

        // The last byte of each pair, which the prefix pushes into a second block of its own, and the mark behind it.
        Vector256<int> rows = Vector256.Create(0, 64, 128, 192, 256, 320, 384, 448);
        Word last = Vector512
            .Create(
                Avx2.GatherVector256((int*)(pairs + 60), rows, 1),
                Avx2.GatherVector256((int*)(pairs + 60 + (8 * 64)), rows, 1)
            )
            .AsUInt32();
        last = (last & Vector512.Create(0xff000000)) | Vector512.Create(0x00800000u);

        LoadNodes(pairs, words);
        Start((uint*)state);
        Compress(state, words);
        CompressNodeEnd(state, last, words);
        byte** places = stackalloc byte*[Lanes];
        for (int i = 0; i < Lanes; i++)
        {
            places[i] = digests + (32 * i);
        }
        Store((uint*)state, places);
    }

    /// <summary>Loads the first blocks of 16 nodes: 0x01, then all of a pair but its last byte.</summary>
    [MethodImpl(Whole)]
    private static void LoadNodes(byte* pairs, Word* words)
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
        words[0] = (words[0] & Vector512.Create(0x00ffffffu)) | Vector512.Create(0x01000000u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Row(byte* block) => BigEndian(Vector512.Load(block));

    /// <summary>A row of the message up to its end, of the fill elsewhere, and the mark. Reads nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word PartRow(byte* row, int end, byte* mark, Vector512<byte> fromMessage, Vector512<byte> fill)
    {
        Vector512<byte> mask = Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)end)) & fromMessage;
        return BigEndian(Avx512BW.MaskLoad(row, mask, fill) | Vector512.Load(mark));
    }

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

    /// <summary>
    /// The same for the second block of a node, in which only W0 is not known beforehand: W1 to W14 are zero, W15 is the
    /// length. The first 16 rounds add constants, and most of W16 to W31 take a part of the work.
    /// </summary>
    /// <param name="state">8 words.</param>
    /// <param name="w0">The last byte of the right child, and the mark.</param>
    /// <param name="words">Room for 64 words.</param>
    [MethodImpl(Whole)]
    private static void CompressNodeEnd(Word* state, Word w0, Word* words)
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

        // 32 words are left to expand, four for every eight rounds.
        h += w0;
        Word* expanding = words + 16;
        for (uint* end = nodeRounds + 16; nodeRounds != end; nodeRounds += 8)
        {
            Expand(expanding);
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
            Expand(expanding);
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

    /// <summary>One round; the variables' names move one place on from round to round instead of their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(Word a, Word b, Word c, ref Word d, Word e, Word f, Word g, ref Word h, Word w)
    {
        h += w;
        Word choice = Avx512F.TernaryLogic(e, f, g, 0xCA);
        Word sum1 = Avx512F.TernaryLogic(
            Avx512F.RotateRight(e, 6),
            Avx512F.RotateRight(e, 11),
            Avx512F.RotateRight(e, 25),
            0x96
        );
        Word majority = Avx512F.TernaryLogic(a, b, c, 0xE8);
        Word sum0 = Avx512F.TernaryLogic(
            Avx512F.RotateRight(a, 2),
            Avx512F.RotateRight(a, 13),
            Avx512F.RotateRight(a, 22),
            0x96
        );
        h += choice;
        h += sum1;
        d += h;
        h += majority + sum0;
    }

    /// <summary>The message word 16 after the first of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand(Word* words) => words[16] = words[0] + words[9] + Sigma0(words[1]) + Sigma1(words[14]);

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
