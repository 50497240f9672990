using System.Text;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Witness;

/// <summary>
/// A witness (C2SP tlog-witness 1.0.0): it cosigns a checkpoint when the log signed it and it continues the one that was cosigned
/// last. Under one key it never cosigns two trees of one size, whatever is asked and whenever it is killed. Safe on any number of
/// threads.
/// </summary>
/// <remarks>
/// For one log at a time: the checks, the new memory on disk, and only then a signature. A crash between the last two leaves a memory
/// of something that was never cosigned: the log asks again, from the size that it is told, and gets its cosignature.
/// </remarks>
public sealed class CheckpointWitness : IDisposable
{
    private readonly WitnessFolder _folder;
    private readonly IReadOnlyList<Cosigner> _cosigners;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Log> _logs = new(StringComparer.Ordinal);
    private volatile bool _failed;

    /// <summary>Remembers what was cosigned before.</summary>
    /// <param name="folder">The folder, which it closes.</param>
    /// <param name="cosigners">The keys, which are left to the caller to dispose of.</param>
    /// <param name="logKeys">The logs that are known: their keys, whose names are their origins.</param>
    /// <param name="time">When things are cosigned.</param>
    /// <exception cref="WitnessException">What was cosigned of a log cannot be read, or an origin cannot be cosigned.</exception>
    public CheckpointWitness(
        WitnessFolder folder,
        IReadOnlyList<Cosigner> cosigners,
        IReadOnlyList<VerifierKey> logKeys,
        TimeProvider time
    )
    {
        _folder = folder;
        _cosigners = cosigners;
        _time = time;
        foreach (IGrouping<string, VerifierKey> log in logKeys.GroupBy(static key => key.Name))
        {
            if (Encoding.UTF8.GetByteCount(log.Key) > Limits.WitnessNameBytesMax)
            {
                throw new WitnessException(
                    $"The origin {log.Key} has more than {Limits.WitnessNameBytesMax} bytes: no cosignature has room for it."
                );
            }

            VerifierKey[] keys = [.. log];
            _logs.Add(log.Key, new Log(log.Key, keys, folder.Read(log.Key, keys)));
        }
    }

    /// <summary>Public keys, one a line of an answer.</summary>
    public IReadOnlyList<VerifierKey> Keys => [.. _cosigners.Select(static one => one.Key)];

    /// <summary>Answers a request to cosign.</summary>
    /// <param name="body">The body, any bytes.</param>
    /// <exception cref="WitnessException">The memory cannot be written, now or since: nothing is cosigned before the next start.</exception>
    public WitnessAnswer AddCheckpoint(ReadOnlySpan<byte> body)
    {
        // 1. What needs no memory, before anybody has to wait.
        if (
            !AddCheckpointRequest.TryParse(body, out AddCheckpointRequest? request, out string problem)
            || !Checkpoint.TryParse(request.Note.Text, out Checkpoint? checkpoint, out problem)
        )
        {
            return WitnessAnswer.Malformed(problem);
        }

        if (!_logs.TryGetValue(checkpoint.Origin, out Log? log))
        {
            return WitnessAnswer.UnknownLog();
        }

        if (!request.Note.TryVerify(log.Keys, out IReadOnlyList<VerifiedSignature> signatures, out problem))
        {
            return WitnessAnswer.NotSigned(problem);
        }

        if (request.OldSize > checkpoint.Size)
        {
            return WitnessAnswer.Malformed("the old size is above that of the checkpoint");
        }

        // 2. One request of a log after the other: what is checked is still so when it is written.
        if (Interlocked.Increment(ref log.Waiting) > Limits.WitnessRequestsMax)
        {
            Interlocked.Decrement(ref log.Waiting);
            return WitnessAnswer.Overloaded();
        }

        try
        {
            lock (log)
            {
                return Cosign(log, request, checkpoint, signatures);
            }
        }
        finally
        {
            Interlocked.Decrement(ref log.Waiting);
        }
    }

    /// <summary>Closes the folder.</summary>
    public void Dispose() => _folder.Dispose();

    private WitnessAnswer Cosign(
        Log log,
        AddCheckpointRequest request,
        Checkpoint checkpoint,
        IReadOnlyList<VerifiedSignature> signatures
    )
    {
        long lastSize = log.Last?.Size ?? 0;
        ReadOnlySpan<byte> lastRoot = log.Last is { } last ? last.Root.Span : MerkleHash.EmptyRoot;
        if (request.OldSize != lastSize)
        {
            return WitnessAnswer.LastIs(lastSize);
        }

        if (checkpoint.Size == lastSize && !checkpoint.Root.Span.SequenceEqual(lastRoot))
        {
            return WitnessAnswer.LastIs(lastSize); // two trees of one size
        }

        // Nothing needs to be shown of the empty tree, and nothing can be.
        bool continues =
            lastSize == 0
                ? request.Proof.IsEmpty
                : ConsistencyProof.Verify(
                    lastSize,
                    checkpoint.Size,
                    lastRoot,
                    checkpoint.Root.Span,
                    request.Proof.Span
                );
        if (!continues)
        {
            return WitnessAnswer.NotConsistent();
        }

        if (log.Last is null || checkpoint.Size > lastSize)
        {
            Remember(log, $"{request.Note.Text}\n{string.Concat(signatures.Select(static one => one.Line))}");
            log.Last = checkpoint;
        }

        // The commit point was the return of the write: from here on a signature may leave. Who asks for the same again gets one
        // signature of each key a second, lest a request that anybody can repeat costs more than it takes to send.
        long now = Math.Max(1, _time.GetUtcNow().ToUnixTimeSeconds());
        if (log.Signed is not { } signed || signed.Time != now || signed.Text != request.Note.Text)
        {
            StringBuilder lines = new();
            foreach (Cosigner cosigner in _cosigners)
            {
                lines.Append(cosigner.Cosign(request.Note.TextBytes.Span, now));
            }

            log.Signed = signed = new Signed(request.Note.Text, now, lines.ToString());
        }

        return WitnessAnswer.Cosigned(signed.Lines);
    }

    private void Remember(Log log, string note)
    {
        if (_failed)
        {
            throw new WitnessException(
                "The witness's memory could not be written before. See to the disk and start it again."
            );
        }

        try
        {
            _folder.Write(log.Origin, note);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is on disk may be the old memory or the new one, and nobody knows before it is read again.
            _failed = true;
            throw new WitnessException(
                $"The witness's memory cannot be written: {e.Message} See to the disk and start it again.",
                e
            );
        }
    }

    private sealed class Log(string origin, VerifierKey[] keys, Checkpoint? last)
    {
        public string Origin { get; } = origin;

        public VerifierKey[] Keys { get; } = keys;

        public int Waiting;

        // Behind the lock of this object. What is on disk, too.
        public Checkpoint? Last { get; set; } = last;

        // Behind it too. What was answered last.
        public Signed? Signed { get; set; }
    }

    private sealed record Signed(string Text, long Time, string Lines);
}
