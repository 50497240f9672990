using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Store;
using Ledger.V1;

namespace Ledger;

/// <summary>
/// A ledger on a directory: opens and recovers it, takes operations, answers reads. One process at a time holds a directory.
/// </summary>
/// <remarks>
/// An operation travels: form (here) → keys (here, at the published head) → signatures (<see cref="SignatureVerifier"/>) → order,
/// rules, commit, publication (<see cref="Sequencer"/>) → the caller.
/// </remarks>
public sealed class EmbeddedLedger : IAsyncDisposable
{
    private readonly ChainStore _store;
    private readonly Intake _intake;
    private readonly WorkQueue<PendingOperation> _pool = new(static pending => pending.Operation.Bytes.Length);
    private readonly SignatureVerifier _verifier;
    private readonly Sequencer _sequencer;
    private readonly LastSigned _lastSigned;
    private readonly Lock _publishing = new();
    private Publication _current;
    private TaskCompletionSource _nextHead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _refusing;
    private bool _closed;
    private Task? _stopped;

    private EmbeddedLedger(LedgerOptions options, VerifierKey logKey, ChainStore store, Action<LogBatch> commit)
    {
        _store = store;
        Origin = options.Origin;
        LogKey = logKey;
        (StoredHead head, MerkleTree tree) = LogRecovery.Load(store);
        LastSigned.Check(options.Directory, logKey, tree.View());
        _current = new Publication(Sequencer.Sign(options, tree.View(), head.TimeMs), store.Snapshot());
        _intake = new Intake(options.PoolOperationsMax);
        _lastSigned = new LastSigned(options.Directory, options.OnFatal);
        _lastSigned.Note(_current.Head);
        _sequencer = new Sequencer(options, _pool, tree, head, _current, commit, store.Snapshot, Publish);
        _verifier = new SignatureVerifier(_pool, options.VerifierThreads);
        _sequencer.Start();
    }

    /// <summary>Origin of the log.</summary>
    public string Origin { get; }

    /// <summary>Public key that the log's checkpoints verify with.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>The newest published state of the log.</summary>
    public LogHead Head => Volatile.Read(ref _current).Head;

    /// <summary>Opens a ledger, or starts an empty one, and recovers what a crash left.</summary>
    /// <exception cref="StoreException">The store is in use, of another log, damaged, or older than what was signed.</exception>
    public static EmbeddedLedger Open(LedgerOptions options) => Open(options, wrapCommit: null);

    /// <summary>As <see cref="Open(LedgerOptions)"/>, with something between the sequencer and the store's commit.</summary>
    internal static EmbeddedLedger Open(LedgerOptions options, Func<Action<LogBatch>, Action<LogBatch>>? wrapCommit)
    {
        ArgumentNullException.ThrowIfNull(options);
        Limits.Check();
        VerifierKey logKey = VerifierKey.ForEd25519(options.Origin, options.SigningKey.PublicKey);
        ChainStore _store = ChainStore.Open(StorePath(options.Directory), options.Origin, logKey.ToString());
        try
        {
            return new EmbeddedLedger(options, logKey, _store, wrapCommit?.Invoke(_store.Commit) ?? _store.Commit);
        }
        catch
        {
            _store.Dispose();
            throw;
        }
    }

    /// <summary>The store's folder within a ledger's folder.</summary>
    public static string StorePath(string directory) => Path.Combine(directory, "store");

    /// <summary>Submits an operation. The same operation again gets its first receipt.</summary>
    /// <param name="operation">What the client signed.</param>
    /// <param name="cancellationToken">Ends the wait, not the operation: it may still be recorded.</param>
    public async ValueTask<Submission> SubmitAsync(SignedOperation operation, CancellationToken cancellationToken)
    {
        Submission[] submissions = await SubmitAllAsync([operation], cancellationToken).ConfigureAwait(false);
        return submissions[0];
    }

    /// <summary>Submits operations that are judged one by one, in order.</summary>
    /// <param name="operations">What the clients signed.</param>
    /// <param name="cancellationToken">Ends the wait, not the operations: they may still be recorded.</param>
    /// <returns>One answer an operation.</returns>
    public async ValueTask<Submission[]> SubmitAllAsync(
        IReadOnlyList<SignedOperation> operations,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(operations);
        Submission[] answers = new Submission[operations.Count];
        List<PendingOperation> pending = new(operations.Count);
        List<int> positions = new(operations.Count);
        using (ReadView? view = TryRead())
        {
            if (view is null)
            {
                Array.Fill(answers, Submission.Unrecorded(Judgement.Refuse(ReasonCode.Stopping)));
            }

            for (int i = 0; view is not null && i < answers.Length; i++)
            {
                if (Prepare(view, operations[i], out Submission? answer) is { } prepared)
                {
                    pending.Add(prepared);
                    positions.Add(i);
                }
                else
                {
                    answers[i] = answer!;
                }
            }
        }

        if (pending.Count > 0 && !_verifier.TryAdd(pending))
        {
            pending.ForEach(p => p.Complete(Submission.Unrecorded(Judgement.Refuse(ReasonCode.Stopping))));
        }

        for (int i = 0; i < pending.Count; i++)
        {
            answers[positions[i]] = await pending[i].Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return answers;
    }

    /// <summary>A consistent view at the newest published head. Dispose of it soon: it holds a snapshot.</summary>
    /// <exception cref="ObjectDisposedException">The ledger has stopped.</exception>
    public ReadView Read() => TryRead() ?? throw new ObjectDisposedException(nameof(EmbeddedLedger));

    /// <summary>Waits until the log has at least so many entries.</summary>
    /// <param name="size">Entries to wait for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A head of at least that size; null when the ledger is stopping and may never reach it.</returns>
    public async Task<LogHead?> WaitForSizeAsync(long size, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _nextHead).Task;
            LogHead head = Head;
            if (head.Size >= size)
            {
                return head;
            }

            if (Volatile.Read(ref _refusing))
            {
                return null;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes nothing new from now on: what comes is told that the node is stopping. Reads go on.</summary>
    /// <returns>Completes when everything that was accepted is finished and answered.</returns>
    public Task DrainAsync()
    {
        _intake.Close(ReasonCode.Stopping);
        Volatile.Write(ref _refusing, true);
        WakeFollowers();
        return _intake.Drained;
    }

    /// <summary>Finishes what was accepted, refuses what comes, closes the store. Safe to call again.</summary>
    public Task StopAsync()
    {
        lock (_publishing)
        {
            return _stopped ??= Stop();
        }

        async Task Stop()
        {
            await DrainAsync().ConfigureAwait(false);
            _verifier.Stop();
            _sequencer.Stop();
            _lastSigned.Dispose();
            Volatile.Write(ref _closed, true);
            _current.Release();
            _store.Dispose();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    // Null when the ledger has stopped.
    private ReadView? TryRead()
    {
        while (true)
        {
            Publication publication = Volatile.Read(ref _current);
            if (publication.TryHold())
            {
                return new ReadView(publication);
            }

            // Superseded between the two lines: the next one is there already, unless there is none.
            if (Volatile.Read(ref _closed))
            {
                return null;
            }
        }
    }

    // Form, retry, keys, room: everything that needs no order.
    private PendingOperation? Prepare(ReadView view, SignedOperation signed, out Submission? answer)
    {
        Judgement judgement = OperationCodec.Decode(signed, Origin, out SubmittedOperation? operation);
        if (!judgement.IsOk)
        {
            answer = Submission.Unrecorded(judgement);
            return null;
        }

        // A retry is answered before its signature is looked at: the keys may have changed since, by this very operation.
        if (view.FindReceipt(operation!.Id.Span) is { } first)
        {
            answer = new Submission(Receipts.JudgementOf(first), first, view.Head);
            return null;
        }

        judgement = StateMachine.FindKeys(view, operation, out IReadOnlyList<VerificationMethod> keys);
        for (int i = 0; judgement.IsOk && i < keys.Count; i++)
        {
            judgement = OperationCodec.CheckSignatureForm(keys[i].Type, operation.Signatures[i].Value.Span);
        }

        if (judgement.IsOk)
        {
            judgement = Judgement.Refuse(_intake.Enter());
        }

        answer = judgement.IsOk ? null : Submission.Unrecorded(judgement);
        return judgement.IsOk ? new PendingOperation(operation, keys, _intake) : null;
    }

    private void Publish(Publication next)
    {
        Publication previous = Interlocked.Exchange(ref _current, next);
        previous.Release();
        _lastSigned.Note(next.Head);
        WakeFollowers();
    }

    private void WakeFollowers() =>
        Interlocked
            .Exchange(ref _nextHead, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();
}
