namespace Ledger.Crypto;

/// <summary>
/// SHA-256 (FIPS 180-4) on several messages at once, one message in each 32-bit lane of a vector. Two implementations,
/// for two widths; <see cref="Sha256Groups"/> decides which messages go together.
/// </summary>
/// <remarks>
/// Shapes: the state is 8 words of <see cref="Count"/> lanes; words are 64, of which the first 16 are a block of the
/// messages and the others room for their expansion. Both word by word and aligned to 64 bytes; everything else is
/// aligned to nothing. All data is public: nothing here takes care to run in constant time.
/// </remarks>
internal unsafe interface ISha256Lanes
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>True when this processor and this process's settings allow it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Sets every lane to the initial hash value.</summary>
    static abstract void Start(uint* state);

    /// <summary>Loads a block, whatever is in it: what is no message's is taken out by the two methods that follow.</summary>
    /// <param name="rows">For each lane, where its block is, less the offset: 64 readable bytes.</param>
    /// <param name="offset">Added to each of the rows.</param>
    /// <param name="words">Receives the block.</param>
    static abstract void Load(byte** rows, int offset, uint* words);

    /// <summary>Puts the prefix at the beginning of a block that was loaded.</summary>
    /// <param name="prefix">64 readable bytes: the prefix, then zeros.</param>
    /// <param name="prefixBytes">The bytes of the prefix, 0 to 63.</param>
    /// <param name="words">The first block.</param>
    static abstract void Prefix(byte* prefix, int prefixBytes, uint* words);

    /// <summary>Puts the padding of FIPS 180-4 §5.1.1 behind the messages that end in or before a block that was loaded.</summary>
    /// <param name="lengths">For each lane, the bytes of the prefixed message.</param>
    /// <param name="shortest">The least of them.</param>
    /// <param name="offset">Of the block in the prefixed message, a multiple of 64.</param>
    /// <param name="words">The block; what lanes receive whose padded messages have ended is meaningless.</param>
    static abstract void Pad(int* lengths, int shortest, int offset, uint* words);

    /// <summary>Applies the compression function to every lane. The block's words do not survive.</summary>
    static abstract void Compress(uint* state, uint* words);

    /// <summary>The same of two sets of lanes: two states and two times 64 words, each behind the other.</summary>
    static abstract void CompressTwo(uint* states, uint* words);

    /// <summary>The same of one, but leaves the state of lanes alone whose padded messages end at the offset or before.</summary>
    static abstract void CompressUnfinished(uint* state, uint* words, int* lengths, int offset);

    /// <summary>Writes the digest of each lane, 32 bytes, to its own place.</summary>
    static abstract void Store(uint* state, byte** digests);

    /// <summary>
    /// Hashes <see cref="Count"/> pairs of children to their nodes, H(0x01 ‖ left ‖ right): 64 bytes each in, 32 bytes each
    /// out. All pairs are read before the first digest is written. Reads no byte outside of the pairs.
    /// </summary>
    static abstract void HashNodes(byte* pairs, byte* digests);

    /// <summary>
    /// The same of twice as many. Each half of the pairs is read before the first digest of that half is written.
    /// </summary>
    static abstract void HashNodesTwo(byte* pairs, byte* digests);
}
