using Ledger.Rules.State;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>Everything that one batch changes, ready to be committed at once.</summary>
/// <param name="FirstIndex">Index of the first entry.</param>
/// <param name="Entries">Encoded entries in order; the last is the seal.</param>
/// <param name="OperationIds">Operation id of each entry but the seal.</param>
/// <param name="State">Records, superseded versions and list keys that the operations changed.</param>
/// <param name="FullTiles">Tiles that the entries completed.</param>
/// <param name="Head">Where the log stands afterwards.</param>
/// <param name="PublishedCheckpoint">The checkpoint of the batch before, which has been published since; empty at the start.</param>
/// <param name="PublishedSize">Its size.</param>
internal sealed record LogBatch(
    long FirstIndex,
    IReadOnlyList<byte[]> Entries,
    IReadOnlyList<ReadOnlyMemory<byte>> OperationIds,
    BatchState State,
    IReadOnlyList<TreeTile> FullTiles,
    StoredHead Head,
    ReadOnlyMemory<byte> PublishedCheckpoint,
    long PublishedSize
);
