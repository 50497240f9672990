namespace Ledger.Protocol;

/// <summary>A checkpoint that the log signed and the policy's quorum of witnesses cosigned, verified.</summary>
/// <param name="Checkpoint">What was signed.</param>
/// <param name="Note">The signed note with the cosignatures, UTF-8.</param>
/// <param name="Cosignatures">Which witnesses of the policy cosigned, and when they say that they did.</param>
public sealed record CosignedCheckpoint(
    Checkpoint Checkpoint,
    ReadOnlyMemory<byte> Note,
    IReadOnlyList<VerifiedSignature> Cosignatures
)
{
    /// <summary>Number of entries.</summary>
    public long Size => Checkpoint.Size;
}
