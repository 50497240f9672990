using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger;

/// <summary>What a ledger on a directory needs to know.</summary>
public sealed record LedgerOptions
{
    /// <summary>Folder of the ledger: the store and the last signed checkpoint. Created when it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// A second file for the last signed checkpoint, best on another disk: a copy of the whole folder that is brought back is told
    /// by it. Null: it is kept in the folder alone.
    /// </summary>
    public string? LastSignedFile { get; init; }

    /// <summary>Origin of the log: the first line of its checkpoints and the name of its key.</summary>
    public required string Origin { get; init; }

    /// <summary>The log's signing key. The ledger uses it and leaves its disposal to the caller.</summary>
    public required Ed25519PrivateKey SigningKey { get; init; }

    /// <summary>
    /// Where batches get their time from. It may stand still or jump back; the log's time does not go back. While it has leapt
    /// ahead, by more than 5 seconds of the monotonic clock or, at a start, by more than 7 days since the last batch, operations are
    /// refused with CLOCK_JUMPED.
    /// </summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Up to when the operator vouches for the clock, however far it has leapt; null: not at all.</summary>
    public DateTimeOffset? ClockAcceptedUntil { get; init; }

    /// <summary>
    /// Whether the log goes on from a folder that is a mirror: the operator says that the node which it followed has stopped for good.
    /// </summary>
    public bool Promote { get; init; }

    /// <summary>
    /// Entries of a restored folder from which the log goes on: the operator says that nothing which was signed after them exists
    /// anywhere. Null: it does not.
    /// </summary>
    public long? AcceptedLossSize { get; init; }

    /// <summary>
    /// Called when a thread of the log failed: a commit failed or its fate is unknown, or the last signed checkpoint cannot be
    /// kept. It must end the process: what is in memory may no longer agree with the disk. By default it does so at once.
    /// </summary>
    public Action<Exception> OnFatal { get; init; } =
        e => Environment.FailFast($"The ledger stops, and recovers on the next start: {e.Message}");

    /// <summary>
    /// Whose cosignatures the log's checkpoints are to have: each witness with its address, and a quorum. Null: nobody is asked.
    /// </summary>
    public WitnessPolicy? Witnesses { get; init; }

    /// <summary>How much time passes at least between two checkpoints for which witnesses are asked, and before one that failed is asked again; then twice as much, up to 64 times.</summary>
    public TimeSpan WitnessInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a witness may take to answer.</summary>
    public TimeSpan WitnessTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Told, in a sentence for the operator, when a witness begins to fail, fails otherwise, or cosigns again.</summary>
    public Action<string> OnWitness { get; init; } = static _ => { };

    /// <summary>Operations that may wait at once; more are refused with OVERLOADED.</summary>
    public int PoolOperationsMax { get; init; } = Limits.PoolOperationsMax;

    /// <summary>Bytes of operations that may wait at once; more are refused likewise.</summary>
    public long PoolBytesMax { get; init; } = Limits.PoolBytesMax;

    /// <summary>Nodes of the state map in memory, about, of about 1 KiB each.</summary>
    public int MapNodesMax { get; init; } = StateMap.NodesUsual;

    /// <summary>Leaves of the state map that change before its nodes are written.</summary>
    internal int MapLeavesEnough { get; init; } = MapRows.LeavesEnough;

    /// <summary>Threads that verify signatures.</summary>
    public int VerifierThreads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);
}
