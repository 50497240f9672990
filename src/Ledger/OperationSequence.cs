using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.V1;

namespace Ledger;

/// <summary>
/// Operations of one caller, in order: each is judged after those before it, and sees what they did. What needs no order (form,
/// retry, keys, room) is judged here, so that most of what is refused never waits. One caller at a time.
/// </summary>
/// <remarks>
/// An operation's keys are looked up at the published head, which the operations before it may not have reached yet. Where that
/// matters (it acts for a DID that one of them creates or changes) it waits until they are answered, and looks again.
/// </remarks>
public sealed class OperationSequence
{
    private readonly Publisher _publisher;
    private readonly Intake _intake;
    private readonly SignatureVerifier _verifier;
    private readonly string _origin;
    private readonly TimeProvider _time;
    private readonly Door? _door;

    // Judged and not handed over yet; and all that may not be answered yet, with their weight and the DIDs that they change.
    private readonly List<PendingOperation> _ready = [];
    private readonly Queue<PendingOperation> _underWay = new();
    private readonly HashSet<string> _changing = [];
    private long _weight;

    internal OperationSequence(
        Publisher publisher,
        Intake intake,
        SignatureVerifier verifier,
        string origin,
        TimeProvider time,
        Door? door
    )
    {
        _publisher = publisher;
        _intake = intake;
        _verifier = verifier;
        _origin = origin;
        _time = time;
        _door = door;
    }

    /// <summary>
    /// Adds an operation. It goes on its way with <see cref="HandOver"/>, or before, when a later one must wait for it.
    /// </summary>
    /// <param name="operation">What the client signed.</param>
    /// <param name="cancellationToken">Ends the wait for earlier operations; the operation is not added then.</param>
    /// <returns>Completes when it is known what became of the operation.</returns>
    public async ValueTask<Task<Submission>> AddAsync(SignedOperation operation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        PendingOperation pending = new(operation, _intake);
        try
        {
            ReasonCode room = _intake.Enter(pending);
            if (room == ReasonCode.Overloaded && await SettleAsync(cancellationToken).ConfigureAwait(false))
            {
                room = _intake.Enter(pending);
            }

            if (room != ReasonCode.Applied)
            {
                pending.Refuse(_intake.Refusal(room));
            }
            else if (await PrepareAsync(pending, cancellationToken).ConfigureAwait(false))
            {
                Add(pending);
            }
        }
        catch
        {
            // A store that cannot be read, or a caller who has gone: the room is given back.
            pending.Refuse(ReasonCode.Internal);
            throw;
        }

        return pending.Completion;
    }

    /// <summary>Sends on their way the operations that were added.</summary>
    public void HandOver()
    {
        if (_ready.Count > 0 && !_verifier.TryAdd(_ready))
        {
            _ready.ForEach(static pending => pending.Refuse(ReasonCode.Stopping));
        }

        _ready.Clear();
    }

    // Whether the operation goes on its way; otherwise it has its answer.
    private async ValueTask<bool> PrepareAsync(PendingOperation pending, CancellationToken cancellationToken)
    {
        Judgement judgement = OperationCodec.Decode(pending.Signed, _origin, out SubmittedOperation? operation);
        if (!judgement.IsOk)
        {
            pending.Refuse(judgement);
            return false;
        }

        if (
            _weight > Limits.CallWeightMax
            || _changing.Contains(operation!.Operation.Actor)
            || _changing.Contains(operation.Operation.Approver)
        )
        {
            await SettleAsync(cancellationToken).ConfigureAwait(false);
        }

        judgement = FindKeys(pending, operation!, out Submission? first);
        if (MayComeTrue(judgement.Reason) && await SettleAsync(cancellationToken).ConfigureAwait(false))
        {
            judgement = FindKeys(pending, operation!, out first);
        }

        if (first is not null)
        {
            pending.Complete(first);
            return false;
        }

        if (!judgement.IsOk)
        {
            pending.Refuse(judgement);
        }

        return judgement.IsOk;
    }

    // The first receipt of an operation that was recorded before; otherwise its keys at the published head, which only saves work:
    // the judgement that counts is made where the operation is executed.
    private Judgement FindKeys(PendingOperation pending, SubmittedOperation operation, out Submission? first)
    {
        first = null;
        using ReadView? view = _publisher.TryRead();
        if (view is null)
        {
            return Judgement.Refuse(ReasonCode.Stopping);
        }

        // A retry is answered before its signature is looked at: the keys may have changed since, by this very operation.
        if (view.FindReceipt(operation.Id.Span) is { } receipt)
        {
            first = new Submission(Receipts.JudgementOf(receipt), receipt, view.Head);
            return Judgement.Ok;
        }

        // About the time of the batch to come: what depends on it is judged for good where the operation is executed.
        long timeMs = Math.Max(view.Head.TimeMs, _time.GetUtcNow().ToUnixTimeMilliseconds());
        Judgement judgement = Admission.FindKeys(view, operation, timeMs, out IReadOnlyList<VerificationMethod> keys);
        if (judgement.IsOk)
        {
            judgement = Admission.CheckForms(operation, keys);
        }

        if (judgement.IsOk && _door is not null)
        {
            judgement = _door(operation);
        }

        if (judgement.IsOk)
        {
            pending.Prepare(operation, keys);
        }

        return judgement;
    }

    private void Add(PendingOperation pending)
    {
        _ready.Add(pending);
        while (_underWay.TryPeek(out PendingOperation? oldest) && oldest.Completion.IsCompleted)
        {
            _underWay.Dequeue();
            _weight -= oldest.Weight;
        }

        _underWay.Enqueue(pending);
        _weight += pending.Weight;
        Operation operation = pending.Operation.Operation;
        if (pending.Operation.Verb.SubjectOf(operation) is { } subject)
        {
            _changing.Add(subject);
        }
    }

    // Waits until everything that was added is answered. False when everything was already.
    private async ValueTask<bool> SettleAsync(CancellationToken cancellationToken)
    {
        HandOver();
        bool waited = _underWay.Count > 0;
        while (_underWay.TryPeek(out PendingOperation? oldest))
        {
            await oldest.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            _underWay.Dequeue();
        }

        _weight = 0;
        _changing.Clear();
        return waited;
    }

    // What an operation before this one can change by creating or changing the DID that acts.
    private static bool MayComeTrue(ReasonCode reason) =>
        reason
            is ReasonCode.NotFounded
                or ReasonCode.UnknownActor
                or ReasonCode.UnknownKey
                or ReasonCode.KeyPurpose
                or ReasonCode.ThresholdNotMet
                or ReasonCode.KeyExpired
                or ReasonCode.KeyCannotSign;
}
