using Ledger.Protocol;
using Ledger.Rules.Signatures;
using Ledger.V1;

namespace Ledger.Log;

/// <summary>
/// Verifies the signatures of all operations that have gathered since it last looked, as one batch: concurrent callers share the
/// vector core. Operations leave in the order in which they came.
/// </summary>
internal sealed class SignatureVerifier
{
    private const int OperationsMax = 1_024;

    private readonly WorkQueue<PendingOperation> _waiting = new(static pending => pending.Bytes);
    private readonly WorkQueue<PendingOperation> _verified;
    private readonly int _threads;
    private readonly LogThread _thread;

    // Owned by the verifier thread.
    private readonly List<PendingOperation> _batch = [];
    private readonly List<PendingOperation> _good = [];
    private readonly SignatureBatch _signatures = new();
    private bool[] _verdicts = [];

    /// <summary>A verifier that has not started yet.</summary>
    /// <param name="verified">Where operations go whose signatures are all good.</param>
    /// <param name="threads">How many threads share a large batch.</param>
    /// <param name="onFailure">Told what went wrong.</param>
    public SignatureVerifier(WorkQueue<PendingOperation> verified, int threads, Action<Exception> onFailure)
    {
        _verified = verified;
        _threads = threads;
        _thread = new LogThread("signature verifier", Run, onFailure);
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Takes operations, in order. False, and none is taken, when it takes no more.</summary>
    public bool TryAdd(IReadOnlyList<PendingOperation> operations) => _waiting.TryAddRange(operations);

    /// <summary>Takes no more, and drops what is waiting.</summary>
    public void Abandon() => _waiting.Abandon();

    /// <summary>Takes no more, finishes what it has taken, and ends the thread.</summary>
    public void Stop()
    {
        _waiting.Close();
        _thread.Join();
    }

    private void Run()
    {
        while (_waiting.Take(_batch, OperationsMax, Limits.BatchBytesMax))
        {
            Verify();
            _good.Clear();
            int next = 0;
            foreach (PendingOperation pending in _batch)
            {
                int count = pending.Keys.Count;
                int bad = _verdicts.AsSpan(next, count).IndexOf(false);
                next += count;
                if (bad < 0)
                {
                    _good.Add(pending);
                }
                else
                {
                    string name = pending.Operation.Signatures[bad].VerificationMethod;
                    pending.Refuse(
                        Judgement.Refuse(ReasonCode.BadSignature, $"the signature by #{name} does not verify")
                    );
                }
            }

            if (_good.Count > 0 && !_verified.TryAddRange(_good))
            {
                _good.ForEach(static pending => pending.Refuse(ReasonCode.Internal));
            }
        }
    }

    // One verdict a signature, in order.
    private void Verify()
    {
        foreach (PendingOperation pending in _batch)
        {
            for (int i = 0; i < pending.Keys.Count; i++)
            {
                _signatures.Add(pending.Keys[i], pending.Operation, pending.Operation.Signatures[i].Value.Memory);
            }
        }

        if (_verdicts.Length < _signatures.Count)
        {
            _verdicts = new bool[_signatures.Count];
        }

        _signatures.Verify(_verdicts, _threads);
    }
}
