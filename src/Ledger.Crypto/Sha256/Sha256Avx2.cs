using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Word = System.Runtime.Intrinsics.Vector256<uint>;

namespace Ledger.Crypto;

/// <summary>SHA-256 in the 8 lanes of a 256-bit vector.</summary>
/// <remarks>
/// The same as <see cref="Sha256Avx512"/> where there is neither rotation nor three-input logic: a block is 64 × 35 +
/// 48 × 21 instructions that compute. Only 16 registers: message words kept in variables would be spilled all over the
/// rounds, which takes twice as long.
/// </remarks>
internal readonly unsafe struct Sha256Avx2 : ISha256Lanes
{
    private const int Lanes = 8;

    // A method of its own, compiled once: inlined into a caller, it would use up the JIT compiler's budget for inlining,
    // and its rounds would become calls.
    private const MethodImplOptions Whole = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <inheritdoc/>
    public static int Count => Lanes;

    /// <inheritdoc/>
    public static bool IsSupported => Avx2.IsSupported;

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Start(uint* state)
    {
        Word* s = (Word*)state;
        for (int i = 0; i < 8; i++)
        {
            s[i] = Vector256.Create(Sha256Constants.Initial[i]);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Load(byte** rows, int offset, uint* words)
    {
        for (int half = 0; half < 64; half += 32)
        {
            Transpose(
                Row(rows[0] + offset + half),
                Row(rows[1] + offset + half),
                Row(rows[2] + offset + half),
                Row(rows[3] + offset + half),
                Row(rows[4] + offset + half),
                Row(rows[5] + offset + half),
                Row(rows[6] + offset + half),
                Row(rows[7] + offset + half),
                (Word*)words + (half / 4)
            );
        }
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
            *word = (*word & Vector256.Create(fromMessage)) | Vector256.Create(fromPrefix);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void Pad(int* lengths, int shortest, int offset, uint* words)
    {
        // As in Sha256Avx512, where it is explained.
        Word* w = (Word*)words;
        Vector256<int> rest = Vector256.Load(lengths) - Vector256.Create(offset);
        Vector256<int> bits = Vector256.Min(Vector256.Max(rest, -Vector256<int>.One), Vector256.Create(64)) << 3;
        int first = Math.Max(shortest - offset, 0) / 4;
        bits -= Vector256.Create(32 * first);
        for (int i = first; i < 16; i++)
        {
            Word behind = Avx2.ShiftRightLogicalVariable(
                Word.AllBitsSet,
                Vector256.Max(bits, Vector256<int>.Zero).AsUInt32()
            );
            Word mark = Avx2.ShiftRightLogicalVariable(Vector256.Create(0x80000000u), bits.AsUInt32());
            w[i] = Vector256.AndNot(w[i], behind) | mark;
            bits -= Vector256.Create(32);
        }
        Word last = Vector256.LessThan((rest + Vector256.Create(8)).AsUInt32(), Vector256.Create(64u));
        Word bytes = Vector256.Load((uint*)lengths);
        w[14] |= last & (bytes >>> 29);
        w[15] |= last & (bytes << 3);
    }

    /// <inheritdoc/>
    public static void Compress(uint* state, uint* words) => Compress((Word*)state, (Word*)words);

    /// <inheritdoc/>
    public static void CompressTwo(uint* states, uint* words)
    {
        // Two sets at once do not fit into 16 registers.
        Compress(states, words);
        Compress(states + (8 * Lanes), words + (64 * Lanes));
    }

    /// <inheritdoc/>
    [MethodImpl(Whole)]
    public static void CompressUnfinished(uint* state, uint* words, int* lengths, int offset)
    {
        Word* s = (Word*)state;
        (Word a, Word b, Word c, Word d) = (s[0], s[1], s[2], s[3]);
        (Word e, Word f, Word g, Word h) = (s[4], s[5], s[6], s[7]);
        Compress(state, words);
        Word ended = Vector256.LessThan(Vector256.Load(lengths), Vector256.Create(offset - 8)).AsUInt32();
        s[0] = Vector256.ConditionalSelect(ended, a, s[0]);
        s[1] = Vector256.ConditionalSelect(ended, b, s[1]);
        s[2] = Vector256.ConditionalSelect(ended, c, s[2]);
        s[3] = Vector256.ConditionalSelect(ended, d, s[3]);
        s[4] = Vector256.ConditionalSelect(ended, e, s[4]);
        s[5] = Vector256.ConditionalSelect(ended, f, s[5]);
        s[6] = Vector256.ConditionalSelect(ended, g, s[6]);
        s[7] = Vector256.ConditionalSelect(ended, h, s[7]);
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
        byte* space = stackalloc byte[((8 + 64 + 2) * sizeof(Word)) + 31];
        Word* words = (Word*)(((nuint)space + 31) & ~(nuint)31);
        Word* state = words + 64;
        byte* first = (byte*)(state + 8);

        // Each row is read from the byte before its pair, so that it falls into place; the first, before which nothing
        // may be read, from a copy.
        *first = 0;
        Unsafe.CopyBlockUnaligned(first + 1, pairs, 63);
        byte** blocks = stackalloc byte*[Lanes];
        blocks[0] = first;
        for (int i = 1; i < Lanes; i++)
        {
            blocks[i] = pairs - 1 + (64 * i);
        }
        Load(blocks, 0, (uint*)words);
        // So the byte that the prefix replaces is the last one of the pair before, in the lane before. It is alone in the
        // second block of its node, with the mark behind it.
        Word last = Avx2.PermuteVar8x32(words[0], Vector256.Create(1u, 2, 3, 4, 5, 6, 7, 0));
        last = last.WithElement(Lanes - 1, (uint)pairs[(Lanes * 64) - 1] << 24);
        last = (last & Vector256.Create(0xff000000)) | Vector256.Create(0x00800000u);
        words[0] = (words[0] & Vector256.Create(0x00ffffffu)) | Vector256.Create(0x01000000u);

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

    /// <inheritdoc/>
    public static void HashNodesTwo(byte* pairs, byte* digests)
    {
        HashNodes(pairs, digests);
        HashNodes(pairs + (Lanes * 64), digests + (Lanes * 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Row(byte* block) => BigEndian(Vector256.Load(block));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word BigEndian(Vector256<byte> row) =>
        Avx2.Shuffle(
                row,
                Vector256
                    .Create(0x04050607_00010203ul, 0x0c0d0e0f_08090a0b, 0x04050607_00010203, 0x0c0d0e0f_08090a0b)
                    .AsByte()
            )
            .AsUInt32();

    /// <summary>Turns 8 rows of 8 words into 8 words of 8 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Word r0, Word r1, Word r2, Word r3, Word r4, Word r5, Word r6, Word r7, Word* words)
    {
        // In each group of four rows: half q of the j-th result has word 4q + j of the four.
        TransposeFour(ref r0, ref r1, ref r2, ref r3);
        TransposeFour(ref r4, ref r5, ref r6, ref r7);
        words[0] = Avx2.Permute2x128(r0, r4, 0x20);
        words[1] = Avx2.Permute2x128(r1, r5, 0x20);
        words[2] = Avx2.Permute2x128(r2, r6, 0x20);
        words[3] = Avx2.Permute2x128(r3, r7, 0x20);
        words[4] = Avx2.Permute2x128(r0, r4, 0x31);
        words[5] = Avx2.Permute2x128(r1, r5, 0x31);
        words[6] = Avx2.Permute2x128(r2, r6, 0x31);
        words[7] = Avx2.Permute2x128(r3, r7, 0x31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(ref Word a, ref Word b, ref Word c, ref Word d)
    {
        Vector256<ulong> abLow = Avx2.UnpackLow(a, b).AsUInt64();
        Vector256<ulong> abHigh = Avx2.UnpackHigh(a, b).AsUInt64();
        Vector256<ulong> cdLow = Avx2.UnpackLow(c, d).AsUInt64();
        Vector256<ulong> cdHigh = Avx2.UnpackHigh(c, d).AsUInt64();
        a = Avx2.UnpackLow(abLow, cdLow).AsUInt32();
        b = Avx2.UnpackHigh(abLow, cdLow).AsUInt32();
        c = Avx2.UnpackLow(abHigh, cdHigh).AsUInt32();
        d = Avx2.UnpackHigh(abHigh, cdHigh).AsUInt32();
    }

    /// <summary>Writes four words of every lane as bytes, to one half of its digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Word a, Word b, Word c, Word d, byte** digests, int offset)
    {
        TransposeFour(ref a, ref b, ref c, ref d);
        StoreLowerAndUpper(BigEndian(a.AsByte()), digests, offset);
        StoreLowerAndUpper(BigEndian(b.AsByte()), digests + 1, offset);
        StoreLowerAndUpper(BigEndian(c.AsByte()), digests + 2, offset);
        StoreLowerAndUpper(BigEndian(d.AsByte()), digests + 3, offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLowerAndUpper(Word rows, byte** digests, int offset)
    {
        rows.GetLower().Store((uint*)(digests[0] + offset));
        rows.GetUpper().Store((uint*)(digests[4] + offset));
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
        Word bc = b ^ c;

        // Six words expanded for every eight rounds: 48 in all, spread evenly, as expansion fills the gaps that the chain
        // of rounds leaves. Word t is ready before round t: 16 + 6t/8 ≥ t.
        Word* expanding = words;
        for (uint* end = k + 64; k != end; k += 8)
        {
            Expand(expanding);
            Round(a, b, ref d, e, f, g, ref h, ref bc, words[0] + Vector256.Create(k[0]));
            Expand(expanding + 1);
            Round(h, a, ref c, d, e, f, ref g, ref bc, words[1] + Vector256.Create(k[1]));
            Expand(expanding + 2);
            Round(g, h, ref b, c, d, e, ref f, ref bc, words[2] + Vector256.Create(k[2]));
            Round(f, g, ref a, b, c, d, ref e, ref bc, words[3] + Vector256.Create(k[3]));
            Expand(expanding + 3);
            Round(e, f, ref h, a, b, c, ref d, ref bc, words[4] + Vector256.Create(k[4]));
            Expand(expanding + 4);
            Round(d, e, ref g, h, a, b, ref c, ref bc, words[5] + Vector256.Create(k[5]));
            Expand(expanding + 5);
            Round(c, d, ref f, g, h, a, ref b, ref bc, words[6] + Vector256.Create(k[6]));
            Round(b, c, ref e, f, g, h, ref a, ref bc, words[7] + Vector256.Create(k[7]));
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
        Word bc = b ^ c;

        Word length = Vector256.Create(Sha256Constants.NodeBits);
        Word w17 = Vector256.Create(Sha256Constants.NodeWord17);
        Word w19 = Vector256.Create(Sha256Constants.NodeWord19);
        Word w21 = Vector256.Create(Sha256Constants.NodeWord21);
        Word w18 = Sigma1(w0);
        Word w20 = Sigma1(w18);
        Word w22 = Sigma1(w20) + length;
        Word w23 = w0 + Vector256.Create(Sha256Constants.NodeSigma1Of21);
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
        words[30] = Sigma1(w28) + w23 + Vector256.Create(Sha256Constants.NodeSigma0Of15);
        words[31] = Sigma1(w29) + w24 + Sigma0(w0) + length;

        // 32 words are left to expand, four for every eight rounds.
        h += w0;
        Word* expanding = words + 16;
        for (uint* end = nodeRounds + 16; nodeRounds != end; nodeRounds += 8)
        {
            Expand(expanding);
            Round(a, b, ref d, e, f, g, ref h, ref bc, Vector256.Create(nodeRounds[0]));
            Round(h, a, ref c, d, e, f, ref g, ref bc, Vector256.Create(nodeRounds[1]));
            Expand(expanding + 1);
            Round(g, h, ref b, c, d, e, ref f, ref bc, Vector256.Create(nodeRounds[2]));
            Round(f, g, ref a, b, c, d, ref e, ref bc, Vector256.Create(nodeRounds[3]));
            Expand(expanding + 2);
            Round(e, f, ref h, a, b, c, ref d, ref bc, Vector256.Create(nodeRounds[4]));
            Round(d, e, ref g, h, a, b, ref c, ref bc, Vector256.Create(nodeRounds[5]));
            Expand(expanding + 3);
            Round(c, d, ref f, g, h, a, ref b, ref bc, Vector256.Create(nodeRounds[6]));
            Round(b, c, ref e, f, g, h, ref a, ref bc, Vector256.Create(nodeRounds[7]));
            expanding += 4;
        }
        words += 16;
        k += 16;
        for (uint* end = k + 48; k != end; k += 8)
        {
            Expand(expanding);
            Round(a, b, ref d, e, f, g, ref h, ref bc, words[0] + Vector256.Create(k[0]));
            Round(h, a, ref c, d, e, f, ref g, ref bc, words[1] + Vector256.Create(k[1]));
            Expand(expanding + 1);
            Round(g, h, ref b, c, d, e, ref f, ref bc, words[2] + Vector256.Create(k[2]));
            Round(f, g, ref a, b, c, d, ref e, ref bc, words[3] + Vector256.Create(k[3]));
            Expand(expanding + 2);
            Round(e, f, ref h, a, b, c, ref d, ref bc, words[4] + Vector256.Create(k[4]));
            Round(d, e, ref g, h, a, b, ref c, ref bc, words[5] + Vector256.Create(k[5]));
            Expand(expanding + 3);
            Round(c, d, ref f, g, h, a, ref b, ref bc, words[6] + Vector256.Create(k[6]));
            Round(b, c, ref e, f, g, h, ref a, ref bc, words[7] + Vector256.Create(k[7]));
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

    /// <summary>
    /// One round; the variables' names move one place on from round to round instead of their values. Takes b ^ c, and
    /// leaves a ^ b, which is that of the next round.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(Word a, Word b, ref Word d, Word e, Word f, Word g, ref Word h, ref Word bc, Word w)
    {
        // What e makes comes first: the next round waits for it.
        Word sum1 = ((e >>> 6) ^ (e << 26)) ^ ((e >>> 11) ^ (e << 21)) ^ ((e >>> 25) ^ (e << 7));
        Word choice = g ^ (e & (f ^ g));
        h += w;
        h += choice;
        h += sum1;
        d += h;
        Word sum0 = ((a >>> 2) ^ (a << 30)) ^ ((a >>> 13) ^ (a << 19)) ^ ((a >>> 22) ^ (a << 10));
        // Where a and b agree they are the majority, and where b and c do: b, unless it agrees with neither.
        Word ab = a ^ b;
        Word majority = b ^ (ab & bc);
        bc = ab;
        h += majority + sum0;
    }

    /// <summary>The message word 16 after the first of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Expand(Word* words) => words[16] = words[0] + words[9] + Sigma0(words[1]) + Sigma1(words[14]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Sigma0(Word w) => ((w >>> 7) ^ (w << 25)) ^ ((w >>> 18) ^ (w << 14)) ^ (w >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Word Sigma1(Word w) => ((w >>> 17) ^ (w << 15)) ^ ((w >>> 19) ^ (w << 13)) ^ (w >>> 10);
}
