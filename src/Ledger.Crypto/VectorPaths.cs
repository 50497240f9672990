using Ledger.Crypto.Secp256k1.Lanes;

namespace Ledger.Crypto;

/// <summary>The instructions by which many signatures or messages are worked on at once.</summary>
public enum VectorPath
{
    /// <summary>None: one after the other.</summary>
    None,

    /// <summary>AVX2: 4 signatures, 8 messages.</summary>
    Avx2,

    /// <summary>AVX-512: 8 signatures, 16 messages.</summary>
    Avx512,
}

/// <summary>
/// Which path this process takes. That is settled when it starts, by the processor and by the runtime's switches; all
/// paths give the same answers.
/// </summary>
/// <remarks>
/// <c>DOTNET_EnableAVX2=0</c> leaves no vectors and <c>DOTNET_EnableAVX512=0</c> leaves AVX2. So does
/// <c>DOTNET_EnableAVX512F=0</c>, the name of the latter before .NET 10: the runtime ignores it today, hence goes on
/// using AVX-512's encodings and registers for narrower vectors, and what AVX2 is measured at is then some 20 % better
/// than on a processor without AVX-512.
/// </remarks>
public static class VectorPaths
{
    // Of a class without a static constructor, and read once: the JIT compiler makes a constant of it.
    internal static readonly bool Avx512IsAllowed =
        Environment.GetEnvironmentVariable("DOTNET_EnableAVX512F") is not "0";

    /// <summary>The path of <see cref="Ecdsa.VerifyBatch"/> and of the other batches of signatures.</summary>
    public static VectorPath Signatures =>
        Lanes512.IsSupported ? VectorPath.Avx512
        : Lanes256.IsSupported ? VectorPath.Avx2
        : VectorPath.None;

    /// <summary>The path of SHA-256 in <see cref="MerkleHash"/>.</summary>
    public static VectorPath Hashes =>
        Sha256Lanes.Best switch
        {
            Sha256Path.Avx512 => VectorPath.Avx512,
            Sha256Path.Avx2 => VectorPath.Avx2,
            _ => VectorPath.None,
        };
}
