using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>
/// Opens signed checkpoints of one log. The answers to operations of one batch carry one checkpoint, so the last one is remembered
/// and its signature verified once. Safe on any number of threads.
/// </summary>
internal sealed class LogSignature(VerifierKey logKey, WitnessPolicy? witnesses = null)
{
    private sealed record Opened(byte[] Note, Checkpoint Checkpoint);

    private Opened? _last;
    private CosignedCheckpoint? _lastCosigned;

    /// <summary>The log's key.</summary>
    public VerifierKey Key { get; } = logKey;

    /// <summary>Whose cosignatures make a checkpoint good; null: nobody has said.</summary>
    public WitnessPolicy? Witnesses { get; } = witnesses;

    /// <summary>Opens what the log published and the policy's quorum of witnesses has cosigned.</summary>
    /// <param name="note">The signed note.</param>
    /// <exception cref="InvalidOperationException">There is no policy.</exception>
    /// <exception cref="VerificationException">The log did not sign it, too few witnesses did, or it is no checkpoint of this log.</exception>
    public CosignedCheckpoint OpenCosigned(ReadOnlyMemory<byte> note)
    {
        if (Volatile.Read(ref _lastCosigned) is { } last && note.Span.SequenceEqual(last.Note.Span))
        {
            return last;
        }
        WitnessPolicy policy =
            Witnesses
            ?? throw new InvalidOperationException("There is no policy that says which witnesses are enough.");
        if (!policy.TryOpen(note.ToArray(), Key, out CosignedCheckpoint? cosigned, out string problem))
        {
            throw new VerificationException(VerificationCheck.Cosignatures, problem);
        }
        Volatile.Write(ref _lastCosigned, cosigned);
        return cosigned;
    }

    /// <summary>Opens what the log published.</summary>
    /// <param name="note">The signed note.</param>
    /// <exception cref="VerificationException">The log did not sign it, or it is no checkpoint of this log.</exception>
    public Checkpoint Open(ReadOnlyMemory<byte> note)
    {
        if (Volatile.Read(ref _last) is { } last && note.Span.SequenceEqual(last.Note))
        {
            return last.Checkpoint;
        }
        if (!Checkpoint.TryOpen(note.Span, Key, out Checkpoint? checkpoint, out string problem))
        {
            throw new VerificationException(VerificationCheck.Checkpoint, problem);
        }
        Volatile.Write(ref _last, new Opened(note.ToArray(), checkpoint));
        return checkpoint;
    }
}
