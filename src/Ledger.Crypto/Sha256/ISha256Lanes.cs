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

    /// <summary>Loads a block of which every message has all 64 bytes.</summary>
    /// <param name="starts">For each lane, where the prefixed message would begin if its prefix lay before it.</param>
    /// <param name="offset">Of the block in the prefixed message, a multiple of 64.</param>
    /// <param name="words">Receives the block.</param>
    static abstract void LoadWhole(byte** starts, int offset, uint* words);

    /// <summary>Loads a block that the prefix begins or the padding ends. Reads no byte outside of the messages.</summary>
    /// <param name="starts">For each lane, where the prefixed message would begin if its prefix lay before it.</param>
    /// <param name="lengths">For each lane, the bytes of the prefixed message.</param>
    /// <param name="offset">Of the block in the prefixed message, a multiple of 64.</param>
    /// <param name="prefix">64 readable bytes: the prefix, then zeros. Not read when the offset is not 0.</param>
    /// <param name="prefixBytes">The bytes of the prefix, 0 to 63.</param>
    /// <param name="words">Receives the block; what lanes receive whose messages have ended is meaningless.</param>
    static abstract void LoadPart(byte** starts, int* lengths, int offset, byte* prefix, int prefixBytes, uint* words);

    /// <summary>Applies the compression function to every lane. The block's words do not survive.</summary>
    static abstract void Compress(uint* state, uint* words);

    /// <summary>The same, but leaves the state of lanes alone whose padded messages end at the offset or before.</summary>
    static abstract void CompressUnfinished(uint* state, uint* words, int* lengths, int offset);

    /// <summary>Writes the digest of each lane, 32 bytes, to its own place.</summary>
    static abstract void Store(uint* state, byte** digests);

    /// <summary>
    /// Hashes <see cref="Count"/> pairs of children to their nodes, H(0x01 ‖ left ‖ right): 64 bytes each in, 32 bytes each
    /// out. All pairs are read before the first digest is written. Reads no byte outside of the pairs.
    /// </summary>
    static abstract void HashNodes(byte* pairs, byte* digests);
}
