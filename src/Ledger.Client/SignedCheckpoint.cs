using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>A checkpoint that the log signed, verified.</summary>
/// <param name="Checkpoint">What was signed.</param>
/// <param name="Note">The signed note (C2SP tlog-checkpoint), UTF-8.</param>
public sealed record SignedCheckpoint(Checkpoint Checkpoint, ReadOnlyMemory<byte> Note)
{
    /// <summary>Number of entries.</summary>
    public long Size => Checkpoint.Size;
}
