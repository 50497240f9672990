namespace Ledger.Crypto;

/// <summary>
/// SHA-256 (FIPS 180-4) on several messages at once, one message in each 32-bit lane of a vector. Two implementations,
/// for two widths; <see cref="LaneScheduler"/> decides which message is in which lane.
/// </summary>
/// <remarks>
/// Shapes: the state is 8 words of <see cref="Count"/> lanes, the message block 16 words of <see cref="Count"/> lanes,
/// both word by word, each word aligned to its own size. Blocks and digests are 64 and 32 bytes and need no alignment.
/// All data is public: nothing here runs in constant time on purpose.
/// </remarks>
internal unsafe interface ISha256Lanes
{
    /// <summary>The number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>True when this processor and this process's settings allow it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Sets every lane to the initial hash value.</summary>
    static abstract void Start(uint* state);

    /// <summary>Writes one block of a message: what the prefix, the message and the padding put there.</summary>
    /// <param name="block">Receives 64 bytes; aligned to 64.</param>
    /// <param name="part">What the block is made of.</param>
    static abstract void WriteBlock(byte* block, in BlockPart part);

    /// <summary>Loads a block of 64 bytes for each lane and turns rows into words, big-endian.</summary>
    static abstract void Load(byte** blocks, uint* words);

    /// <summary>Applies the compression function to every lane.</summary>
    static abstract void Compress(uint* state, uint* words);

    /// <summary>Writes the digests of all lanes one after the other, 32 bytes each.</summary>
    static abstract void Store(uint* state, byte* digests);

    /// <summary>
    /// Hashes <see cref="Count"/> pairs of children to their nodes, H(0x01 ‖ left ‖ right): 64 bytes each in, 32 bytes each
    /// out. All pairs are read before the first digest is written. Reads no byte outside of the pairs.
    /// </summary>
    static abstract void HashNodes(byte* pairs, byte* digests);
}

/// <summary>
/// The content of one block of a padded message: bytes up to <see cref="From"/> are the prefix's, up to <see cref="To"/>
/// the message's; then a mark, zeros and perhaps the length.
/// </summary>
internal unsafe struct BlockPart
{
    /// <summary>The byte of the message, inside it or not, that would be the block's first one.</summary>
    public byte* Source;

    /// <summary>64 readable bytes: the prefix, then zeros.</summary>
    public byte* Prefix;

    /// <summary>The first byte that is the message's, 0 to 63.</summary>
    public int From;

    /// <summary>The end of the message's bytes, <see cref="From"/> to 64.</summary>
    public int To;

    /// <summary>Where the byte 0x80 that ends the message is, 0 to 63; or 64 when it is not in this block.</summary>
    public int Mark;

    /// <summary>The length in bits, when this is the last block; else 0.</summary>
    public ulong Bits;
}
