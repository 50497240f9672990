using Ledger.Log;
using Ledger.Protocol;

namespace Ledger;

/// <summary>A published state of the log: durable, signed, and what answers are given at until the next one.</summary>
public sealed class LogHead
{
    internal LogHead(TreeView tree, Checkpoint checkpoint, byte[] note, long timeMs)
    {
        Tree = tree;
        Checkpoint = checkpoint;
        Note = note;
        TimeMs = timeMs;
    }

    /// <summary>Entries. Every one of them is durable.</summary>
    public long Size => Checkpoint.Size;

    /// <summary>What was signed.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The signed checkpoint (C2SP signed note), UTF-8.</summary>
    public ReadOnlyMemory<byte> Note { get; }

    /// <summary>Time of the last batch, Unix milliseconds; 0 for an empty log.</summary>
    public long TimeMs { get; }

    internal TreeView Tree { get; }

    /// <summary>That an entry is in the tree of this head (RFC 9162, section 2.1.3).</summary>
    /// <param name="index">Below <see cref="Size"/>.</param>
    public byte[][] InclusionProof(long index) => Tree.InclusionProof(index, Size);
}
