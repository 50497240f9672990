using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Audit;

/// <summary>
/// Compares the stored checkpoints with those that the log calls for, seal by seal: each that stays is there, is signed by the log and
/// has the root of its entries, and there is no other.
/// </summary>
internal sealed class CheckpointCheck : IDisposable
{
    private readonly VerifierKey _logKey;
    private readonly ChainHead _newest;
    private readonly long _followed;
    private readonly IEnumerator<(long Size, byte[] Note)> _stored;
    private bool _more;

    // Whether the checkpoint of a seal stays is known with the time of the next one.
    private (long Size, long TimeMs, byte[] Root)? _seal;

    /// <summary>Starts at the first checkpoint.</summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="logKey">The log's public key.</param>
    /// <param name="newest">Where the store says that the log stands.</param>
    /// <param name="followed">Entries that were followed: a checkpoint among them that the source no longer had may be missing.</param>
    public CheckpointCheck(StoreSnapshot snapshot, VerifierKey logKey, ChainHead newest, long followed)
    {
        _logKey = logKey;
        _newest = newest;
        _followed = followed;
        _stored = snapshot.Checkpoints(0).GetEnumerator();
        _more = _stored.MoveNext();
    }

    /// <summary>Takes the next seal.</summary>
    /// <param name="auditor">Has just taken it too.</param>
    /// <returns>The first thing that is wrong; null when nothing is.</returns>
    public Finding? Add(Auditor auditor)
    {
        (long Size, long TimeMs, byte[] Root) next = (auditor.Size, auditor.TimeMs, auditor.Root());
        Finding? finding = _seal is { } seal
            ? Compare(seal.Size, seal.Root, CheckpointRetention.IsKept(seal.TimeMs, next.TimeMs, _newest.TimeMs))
            : null;
        _seal = next;
        return finding;
    }

    /// <summary>After the last seal: its checkpoint is stored with the next batch, so none is left.</summary>
    public Finding? Finish() =>
        !_more ? null
        : _stored.Current.Size == _newest.Size
            ? new Finding(_newest.Size, "the newest checkpoint is stored, which is done with the next batch")
        : new Finding(_stored.Current.Size, "a checkpoint was published for entries that are not there");

    /// <inheritdoc />
    public void Dispose() => _stored.Dispose();

    private Finding? Compare(long size, byte[] root, bool isKept)
    {
        if (_more && _stored.Current.Size < size)
        {
            return new Finding(_stored.Current.Size, "a checkpoint is stored that does not end with a seal");
        }

        bool isStored = _more && _stored.Current.Size == size;
        if (isStored != isKept && !(isKept && size <= _followed))
        {
            return new Finding(
                size,
                isKept
                    ? "the checkpoint published for this size is missing"
                    : "a checkpoint is stored that should be gone by its age"
            );
        }

        if (!isStored)
        {
            return null;
        }

        byte[] note = _stored.Current.Note;
        _more = _stored.MoveNext();
        return !Checkpoint.TryOpen(note, _logKey, out Checkpoint? checkpoint, out string problem)
                ? new Finding(size, $"the published checkpoint is not one of this log: {problem}")
            : checkpoint.Size != size
                ? new Finding(size, $"a checkpoint of {checkpoint.Size} entries was published here")
            : !checkpoint.Root.Span.SequenceEqual(root)
                ? new Finding(size, "the published checkpoint's root is not the root of the entries")
            : null;
    }
}
