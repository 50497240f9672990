using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// Lets the world see what is durable: signs the head, makes durable what was signed, lets readers see it and wakes those who follow.
/// One thread publishes, any number read.
/// </summary>
internal sealed class Publisher
{
    // Null where the log is followed, and what it signed is shown.
    private readonly LedgerOptions? _options;
    private readonly ChainStore _store;
    private readonly LastSigned _lastSigned;
    private Publication _current;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CosignedCheckpoint? _cosigned;
    private bool _ending;
    private bool _ended;

    /// <summary>Publishes the head that a store stands at.</summary>
    /// <param name="options">Origin and signing key.</param>
    /// <param name="store">The store.</param>
    /// <param name="lastSigned">Where the highest signed checkpoint is kept.</param>
    /// <param name="tree">The tree of the stored head.</param>
    /// <param name="map">Its state map.</param>
    /// <param name="timeMs">Time of the last batch, Unix milliseconds.</param>
    public Publisher(
        LedgerOptions options,
        ChainStore store,
        LastSigned lastSigned,
        TreeView tree,
        StateMap map,
        long timeMs
    )
    {
        _options = options;
        _store = store;
        _lastSigned = lastSigned;
        _current = PublicationOf(Sign(tree, timeMs), map);
    }

    /// <summary>Publishes what a log signed that is followed.</summary>
    /// <param name="store">The store.</param>
    /// <param name="lastSigned">Where it is noted what the log signed; that is done by who follows.</param>
    /// <param name="head">The head that the store stands at.</param>
    /// <param name="map">Its state map.</param>
    public Publisher(ChainStore store, LastSigned lastSigned, LogHead head, StateMap map)
    {
        _store = store;
        _lastSigned = lastSigned;
        _current = PublicationOf(head, map);
    }

    /// <summary>The newest publication. Only the thread that publishes may use it without holding it.</summary>
    public Publication Current => Volatile.Read(ref _current);

    /// <summary>The newest checkpoint that the policy's quorum of witnesses has cosigned; null: there is none.</summary>
    public CosignedCheckpoint? Cosigned => Volatile.Read(ref _cosigned);

    /// <summary>Publishes a durable head.</summary>
    /// <param name="tree">Its tree.</param>
    /// <param name="map">Its state map, every part of which is in memory or in the store.</param>
    /// <param name="timeMs">Time of its last batch, Unix milliseconds.</param>
    /// <exception cref="IOException">What was signed cannot be kept. Nobody has seen it.</exception>
    public void Publish(TreeView tree, StateMap map, long timeMs) => Publish(Sign(tree, timeMs), map);

    /// <summary>Publishes a durable head, of which it is durable too that it was signed.</summary>
    /// <param name="head">The head.</param>
    /// <param name="map">Its state map, every part of which is in memory or in the store.</param>
    public void Publish(LogHead head, StateMap map)
    {
        Interlocked.Exchange(ref _current, PublicationOf(head, map)).Release();
        Wake();
    }

    /// <summary>Publishes a cosigned checkpoint: never of more entries than the head has. One thread at a time.</summary>
    public void PublishCosigned(CosignedCheckpoint cosigned)
    {
        Volatile.Write(ref _cosigned, cosigned);
        Wake();
    }

    /// <summary>A view at the newest publication; null when there is none any more.</summary>
    public ReadView? TryRead()
    {
        // Superseded between reading it and holding it: the next one is there already, unless there is none any more.
        while (!Volatile.Read(ref _ended))
        {
            CosignedCheckpoint? cosigned = Cosigned; // before the head, which then covers it
            Publication publication = Current;
            if (publication.TryHold())
            {
                return new ReadView(publication, cosigned);
            }
        }

        return null;
    }

    /// <summary>Waits until the log has at least so many entries.</summary>
    /// <param name="size">Entries to wait for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A head of at least that size; null when it may never be reached.</returns>
    public async Task<LogHead?> WaitForSizeAsync(long size, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            LogHead head = Current.Head;
            if (head.Size >= size)
            {
                return head;
            }

            if (Volatile.Read(ref _ending))
            {
                return null;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until at least so many entries are under a cosigned checkpoint.</summary>
    /// <param name="size">Entries to wait for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Such a checkpoint; null when there may never be one.</returns>
    public async Task<CosignedCheckpoint?> WaitForCosignedAsync(long size, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            if (Cosigned is { } cosigned && cosigned.Size >= size)
            {
                return cosigned;
            }

            if (Volatile.Read(ref _ending))
            {
                return null;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Those who follow wait no longer.</summary>
    public void StopFollowers()
    {
        Volatile.Write(ref _ending, true);
        Wake();
    }

    /// <summary>Nothing is published any more, and nobody new reads. Called once, when the publishing thread has ended.</summary>
    public void End()
    {
        Volatile.Write(ref _ended, true);
        _current.Release();
    }

    private LogHead Sign(TreeView tree, long timeMs)
    {
        Checkpoint checkpoint = new(_options!.Origin, tree.Size, tree.Root(tree.Size));
        byte[] note = checkpoint.Sign(_options.SigningKey);

        // A crash before this returns leaves a signature that nobody has seen; after it the log is held to it for ever.
        _lastSigned.Write(note);
        return new LogHead(tree, checkpoint, note, timeMs);
    }

    private Publication PublicationOf(LogHead head, StateMap map) => new(head, map, _store.Snapshot());

    private void Wake() =>
        Interlocked
            .Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();
}
