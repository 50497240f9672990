using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>
/// A published head with the state map and the snapshot of the store that belong to it. Readers share it; the snapshot ends when it has been
/// superseded and its last reader has left.
/// </summary>
internal sealed class Publication(LogHead head, StateMap map, StoreSnapshot snapshot)
{
    // One for being the newest, one for each reader.
    private int _holders = 1;

    // Read when it is asked for first, by someone who holds the publication.
    private readonly Lazy<(StateRootProof Proof, bool NamesStateRoot)> _seal = new(
        () => ReadSeal(head, snapshot),
        LazyThreadSafetyMode.PublicationOnly
    );

    public LogHead Head { get; } = head;

    public StoreSnapshot Snapshot { get; } = snapshot;

    /// <summary>The state map, read from the snapshot.</summary>
    public StateMap Map { get; } = map.At(snapshot);

    /// <summary>Whether the head's seal names the root of the state map. There is a seal.</summary>
    public bool NamesStateRoot => _seal.Value.NamesStateRoot;

    /// <summary>The head's seal, and that it is in the log. There is one.</summary>
    public StateRootProof StateRootProof => _seal.Value.Proof;

    /// <summary>Adds a reader. False when the snapshot has already ended: a newer publication is there.</summary>
    public bool TryHold()
    {
        int seen = Volatile.Read(ref _holders);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>A reader leaves, or a newer publication takes over.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Snapshot.Dispose();
        }
    }

    private static (StateRootProof Proof, bool NamesStateRoot) ReadSeal(LogHead head, StoreSnapshot snapshot)
    {
        long index = head.Size - 1;
        byte[]? bytes = index < 0 ? null : snapshot.Entry(index);
        if (bytes is null || !EntryCodec.Decode(bytes, out Entry? entry).IsOk || entry!.Seal is not { } seal)
        {
            throw new StoreException($"Entry {index} is no seal, and the head ends with it. Run `ledger fsck`.");
        }

        InclusionProof proof = new() { Index = (ulong)index, Checkpoint = UnsafeByteOperations.UnsafeWrap(head.Note) };
        proof.Hashes.AddRange(head.InclusionProof(index).Select(static hash => UnsafeByteOperations.UnsafeWrap(hash)));
        return (
            new StateRootProof { Seal = UnsafeByteOperations.UnsafeWrap(bytes), Proof = proof },
            EntryCodec.NamesStateMap(seal.Format)
        );
    }
}
