using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ledger.Crypto;

/// <summary>The constants of FIPS 180-4 §4.2.2 and §5.3.3, and what follows from them for the second block of a node.</summary>
internal static unsafe class Sha256Constants
{
    /// <summary>The 64 round constants. Points into the assembly's own data, which does not move.</summary>
    public static uint* Rounds => (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(RoundTable));

    /// <summary>The 8 words of the initial hash value. Points into the assembly's own data, which does not move.</summary>
    public static uint* Initial => (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(InitialTable));

    /// <summary>
    /// The first 16 round constants, each with the message word added that the second block of a node has there: the block
    /// is one byte of the right child, 0x80, zeros, and the length of 520 bits. Word 0, which is not constant, is left out.
    /// </summary>
    public static uint* NodeRounds => (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(NodeRoundTable));

    /// <summary>The bits of a node's message, 1 + 32 + 32 bytes: word 15 of its second block.</summary>
    public const uint NodeBits = 520;

    /// <summary>σ0(W15) of that block.</summary>
    public const uint NodeSigma0Of15 =
        ((NodeBits >> 7) | (NodeBits << 25)) ^ ((NodeBits >> 18) | (NodeBits << 14)) ^ (NodeBits >> 3);

    /// <summary>W17 of that block: σ1(W15), as W1, W2 and W10 are zero.</summary>
    public const uint NodeWord17 =
        ((NodeBits >> 17) | (NodeBits << 15)) ^ ((NodeBits >> 19) | (NodeBits << 13)) ^ (NodeBits >> 10);

    /// <summary>W19 of that block: σ1(W17), as W3, W4 and W12 are zero.</summary>
    public const uint NodeWord19 =
        ((NodeWord17 >> 17) | (NodeWord17 << 15)) ^ ((NodeWord17 >> 19) | (NodeWord17 << 13)) ^ (NodeWord17 >> 10);

    /// <summary>W21 of that block: σ1(W19), as W5, W6 and W14 are zero.</summary>
    public const uint NodeWord21 =
        ((NodeWord19 >> 17) | (NodeWord19 << 15)) ^ ((NodeWord19 >> 19) | (NodeWord19 << 13)) ^ (NodeWord19 >> 10);

    /// <summary>σ1(W21) of that block, which W23 adds to W16.</summary>
    public const uint NodeSigma1Of21 =
        ((NodeWord21 >> 17) | (NodeWord21 << 15)) ^ ((NodeWord21 >> 19) | (NodeWord21 << 13)) ^ (NodeWord21 >> 10);

    // csharpier-ignore
    private static ReadOnlySpan<uint> RoundTable =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    // csharpier-ignore
    private static ReadOnlySpan<uint> InitialTable =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    // csharpier-ignore
    private static ReadOnlySpan<uint> NodeRoundTable =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174 + NodeBits,
    ];
}
