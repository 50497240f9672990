using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>
/// Opens signed checkpoints of one log. The answers to operations of one batch carry one checkpoint, so the last one is remembered
/// and its signature verified once. Safe on any number of threads.
/// </summary>
internal sealed class LogSignature(VerifierKey logKey)
{
    private sealed record Opened(byte[] Note, Checkpoint Checkpoint);

    private Opened? _last;

    /// <summary>The log's key.</summary>
    public VerifierKey Key { get; } = logKey;

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
