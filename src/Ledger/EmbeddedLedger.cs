using Ledger.Log;
using Ledger.Protocol;
using Ledger.Store;
using Ledger.V1;
using Ledger.Witnessing;

namespace Ledger;

/// <summary>
/// A ledger on a directory: opens and recovers it, takes operations, answers reads. One process at a time holds a directory.
/// </summary>
/// <remarks>
/// An operation travels: form, room and keys (<see cref="OperationSequence"/>) → signatures (<see cref="SignatureVerifier"/>) →
/// its place in the log (<see cref="IBatchOrder"/>) → execution, commit (<see cref="Sequencer"/>) → publication
/// (<see cref="Publisher"/>) → the caller.
/// </remarks>
public sealed class EmbeddedLedger : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFatal;
    private readonly ChainStore _store;
    private readonly Intake _intake;
    private readonly WorkQueue<PendingOperation> _pool = new(static pending => pending.Weight);
    private readonly SignatureVerifier _verifier;

    // One of the two: the log grows here, or grows elsewhere and is followed.
    private readonly Sequencer? _sequencer;
    private readonly LogFollower? _follower;
    private readonly Publisher _publisher;
    private readonly LastSigned _lastSigned;
    private readonly MapFlusher? _mapFlusher;
    private readonly Cosigning? _cosigning;
    private readonly Lock _stopping = new();
    private Task? _stopped;

    // Nothing after the publisher may fail: it holds a snapshot of the store. No thread runs before the last lines.
    private EmbeddedLedger(
        LedgerOptions options,
        VerifierKey logKey,
        ChainStore store,
        LastSigned lastSigned,
        IBatchOrder? order
    )
    {
        _onFatal = options.OnFatal;
        _store = store;
        Origin = options.Origin;
        LogKey = logKey;
        (StoredHead head, MerkleTree tree) = LogRecovery.Load(store);
        StoredMap stored = LogRecovery.LoadMap(store, head, options.MapNodesMax);
        IReadOnlyList<string> signedFiles = LastSigned.PathsOf(options);
        int known = signedFiles.Count(path => LastSigned.Check(path, logKey, tree.View()));
        Unchecked =
            known == 0 && head.Chain.Size > 0
                ? $"No last signed checkpoint was found ({string.Join(", ", signedFiles)}): whether the store with its {head.Chain.Size} entries is an old copy could not be checked. If it was restored from one, stop the node."
                : null;
        CosignedCheckpoint? cosigned = options.Witnesses is null ? null : Cosigning.Load(options, logKey, tree.View());
        SigningHold.Require(options, head.Chain.Size);

        // When all else has been judged: a folder that is refused keeps its mark.
        if (SigningHold.Find(options.Directory) is not null)
        {
            SigningHold.Lift(options.Directory);
        }
        _time = options.Time;
        _intake = new Intake(options.PoolOperationsMax, options.PoolBytesMax);
        _lastSigned = lastSigned;
        _mapFlusher = new MapFlusher(store, stored, options.MapLeavesEnough, Fail);
        _verifier = new SignatureVerifier(_pool, options.VerifierThreads, Fail);
        _publisher = new Publisher(options, store, _lastSigned, tree.View(), stored.Map, head.Chain.TimeMs);
        _sequencer = new Sequencer(
            order ?? new LocalOrder(_pool, new LogClock(options.Time, head.Chain.TimeMs, options.ClockAcceptedUntil)),
            store,
            _publisher,
            _mapFlusher,
            head,
            tree,
            Fail
        );
        _cosigning = options.Witnesses is null ? null : new Cosigning(options, _publisher, cosigned, Fail);
        _mapFlusher.Start();
        _verifier.Start();
        _sequencer.Start();
        _cosigning?.Start();
    }

    // Reads a log that is followed. Operations are refused at the door, so that none of the threads is needed.
    private EmbeddedLedger(LogFollower follower, string submitAt)
    {
        _follower = follower;
        Origin = follower.LogKey.Name;
        LogKey = follower.LogKey;
        _onFatal = static _ => { };
        _time = TimeProvider.System;
        _intake = new Intake(1, 1);
        _intake.Close(ReasonCode.Mirror, $"submit to {submitAt}");
        _verifier = new SignatureVerifier(_pool, 1, Fail);
        (_publisher, _store, _lastSigned) = follower.Serve();
    }

    /// <summary>Origin of the log.</summary>
    public string Origin { get; }

    /// <summary>Public key that the log's checkpoints verify with.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>What could not be checked at the start, and what to do about it; null: everything was.</summary>
    public string? Unchecked { get; }

    /// <summary>The newest published state of the log.</summary>
    public LogHead Head => _publisher.Current.Head;

    /// <summary>The newest checkpoint that the policy's quorum of witnesses has cosigned; null: there is none.</summary>
    public CosignedCheckpoint? Cosigned => _publisher.Cosigned;

    /// <summary>How the witnesses of the policy stand; none without a policy.</summary>
    public IReadOnlyList<WitnessStatus> Witnesses => _cosigning?.Status ?? [];

    /// <summary>Opens a ledger, or starts an empty one, and recovers what a crash left.</summary>
    /// <exception cref="StoreException">The store is in use, of another log, damaged, or older than what was signed.</exception>
    public static EmbeddedLedger Open(LedgerOptions options) => Open(options, prepare: null, order: null);

    /// <summary>
    /// A ledger that reads what a follower has, at the log's own checkpoints, and grows as it does. It takes no operations: they are
    /// refused with MIRROR. Stopping it closes the follower.
    /// </summary>
    /// <param name="follower">Has reached a checkpoint.</param>
    /// <param name="submitAt">The node that takes operations, which refusals name.</param>
    /// <exception cref="InvalidOperationException">It is between two checkpoints.</exception>
    public static EmbeddedLedger Open(LogFollower follower, string submitAt)
    {
        ArgumentNullException.ThrowIfNull(follower);
        return new EmbeddedLedger(follower, submitAt);
    }

    /// <summary>As <see cref="Open(LedgerOptions)"/>, with something done to its parts first, or with another order.</summary>
    internal static EmbeddedLedger Open(
        LedgerOptions options,
        Action<ChainStore>? prepare,
        IBatchOrder? order = null,
        Action<LastSigned>? prepareLastSigned = null
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Check();
        VerifierKey logKey = VerifierKey.ForEd25519(options.Origin, options.SigningKey.PublicKey);
        if (options.Witnesses is { } policy && Problem(policy, logKey) is { } problem)
        {
            throw new ArgumentException(
                $"The policy of witnesses is not one for this log: {problem}.",
                nameof(options)
            );
        }

        LastSigned.RequireStore(options, logKey);
        ChainStore store = ChainStore.Open(StorePath(options.Directory), options.Origin, logKey.ToString());
        LastSigned lastSigned = new(LastSigned.PathsOf(options), logKey);
        try
        {
            prepare?.Invoke(store);
            prepareLastSigned?.Invoke(lastSigned);
            return new EmbeddedLedger(options, logKey, store, lastSigned, order);
        }
        catch
        {
            lastSigned.Dispose();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Why a log cannot follow a policy of witnesses, for a person, without a full stop; null: it can.</summary>
    public static string? Problem(WitnessPolicy policy, VerifierKey logKey)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return !policy.HasQuorum ? "it has the quorum none, which asks nobody"
            : policy.Logs.Count > 0 && !policy.Logs.Contains(logKey) ? $"it names logs, and {logKey} is none of them"
            : policy.Witnesses.FirstOrDefault(static one => one.Url is null) is { } mute
                ? $"it has no URL for the witness {mute.Name}"
            : null;
    }

    /// <summary>The store's folder within a ledger's folder.</summary>
    public static string StorePath(string directory) => Path.Combine(directory, "store");

    /// <summary>Submits an operation. The same operation again gets its first receipt.</summary>
    /// <param name="operation">What the client signed.</param>
    /// <param name="cancellationToken">Ends the wait, not the operation: it may still be recorded.</param>
    /// <param name="door">The host's own say; null: it has none.</param>
    public async ValueTask<Submission> SubmitAsync(
        SignedOperation operation,
        CancellationToken cancellationToken,
        Door? door = null
    )
    {
        OperationSequence sequence = OpenSequence(door);
        Task<Submission> answer = await sequence.AddAsync(operation, cancellationToken).ConfigureAwait(false);
        sequence.HandOver();
        return await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Submits operations that are judged one by one, in order: each sees what those before it did.</summary>
    /// <param name="operations">What the clients signed.</param>
    /// <param name="cancellationToken">Ends the wait, not the operations: they may still be recorded.</param>
    /// <param name="door">The host's own say; null: it has none.</param>
    /// <returns>One answer an operation.</returns>
    public async ValueTask<Submission[]> SubmitAllAsync(
        IReadOnlyList<SignedOperation> operations,
        CancellationToken cancellationToken,
        Door? door = null
    )
    {
        ArgumentNullException.ThrowIfNull(operations);
        OperationSequence sequence = OpenSequence(door);
        Task<Submission>[] answers = new Task<Submission>[operations.Count];
        try
        {
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i] = await sequence.AddAsync(operations[i], cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            // Also when one could not be added: those before it have been let in, and would never leave.
            sequence.HandOver();
        }

        return await Task.WhenAll(answers).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a sequence: operations of one caller that come one after the other.</summary>
    /// <param name="door">The host's own say; null: it has none.</param>
    public OperationSequence OpenSequence(Door? door = null) =>
        new(_publisher, _intake, _verifier, Origin, _time, door);

    /// <summary>A consistent view at the newest published head. Dispose of it soon: it holds a snapshot.</summary>
    /// <exception cref="ObjectDisposedException">The ledger has stopped.</exception>
    public ReadView Read() => _publisher.TryRead() ?? throw new ObjectDisposedException(nameof(EmbeddedLedger));

    /// <summary>Waits until the log has at least so many entries.</summary>
    /// <param name="size">Entries to wait for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A head of at least that size; null when the ledger is stopping and may never reach it.</returns>
    public Task<LogHead?> WaitForSizeAsync(long size, CancellationToken cancellationToken) =>
        _publisher.WaitForSizeAsync(size, cancellationToken);

    /// <summary>Waits until at least so many entries are under a cosigned checkpoint.</summary>
    /// <param name="size">Entries to wait for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Such a checkpoint; null when the ledger is stopping and may never have one.</returns>
    public Task<CosignedCheckpoint?> WaitForCosignedAsync(long size, CancellationToken cancellationToken) =>
        _publisher.WaitForCosignedAsync(size, cancellationToken);

    /// <summary>Takes nothing new from now on: what comes is told that the node is stopping. Reads go on.</summary>
    /// <returns>Completes when everything that was accepted is finished and answered.</returns>
    public Task DrainAsync()
    {
        _intake.Close(ReasonCode.Stopping);
        _publisher.StopFollowers();
        return _intake.Drained;
    }

    /// <summary>
    /// Finishes what was accepted, refuses what comes, closes the store when its last reader has left. Safe to call again.
    /// </summary>
    public Task StopAsync()
    {
        lock (_stopping)
        {
            return _stopped ??= Stop();
        }

        async Task Stop()
        {
            try
            {
                await DrainAsync().ConfigureAwait(false);
                _verifier.Stop();
                _pool.Close();
                _sequencer?.Join();
                _follower?.Close();
                _mapFlusher?.Dispose();
                if (_cosigning is not null)
                {
                    await _cosigning.DisposeAsync().ConfigureAwait(false);
                }

                _lastSigned.Dispose();
            }
            finally
            {
                _publisher.End();
                _store.Dispose();
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    // The one way in which a thread of the log ends that failed: it is said what happened, everyone who waits is answered, and
    // nothing more is taken or decided.
    private void Fail(Exception e)
    {
        _onFatal(e);
        _intake.Fail();
        _verifier.Abandon();
        _pool.Abandon();
        _publisher.StopFollowers();
    }
}
