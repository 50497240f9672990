using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>
/// A place that is watched: what it shows must continue what it has shown before, now or in an earlier run. What it showed is in a file
/// before it is used.
/// </summary>
internal sealed class WatchedPlace
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    private readonly LogPlace _place;
    private readonly VerifierKey _logKey;
    private readonly string _memoryPath;
    private readonly TimeSpan _every;
    private readonly TimeProvider _time;

    // While it does not answer: how long it is left alone, and until when.
    private TimeSpan _wait;
    private long _left;
    private long _answered;

    // It showed a checkpoint, and has not yet shown its entries: that alone is no answer.
    private bool _owesEntries;

    /// <summary>Takes up what the place showed in an earlier run.</summary>
    /// <param name="place">Where the log is read.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="memoryPath">File in which the newest checkpoint that it showed is kept.</param>
    /// <param name="every">How often it is asked.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandFailure">The file does not hold a checkpoint of this log.</exception>
    public WatchedPlace(LogPlace place, VerifierKey logKey, string memoryPath, TimeSpan every, TimeProvider time)
    {
        _place = place;
        _logKey = logKey;
        _memoryPath = memoryPath;
        (_every, _wait) = (every, every);
        _time = time;
        _answered = time.GetTimestamp();
        if (LogMemory.Read(memoryPath) is { } memory)
        {
            Shown =
                memory.LogKey == logKey
                && Checkpoint.TryOpen(memory.Checkpoint.Span, logKey, out Checkpoint? checkpoint, out _)
                    ? new ShownCheckpoint(Name, checkpoint, memory.Checkpoint)
                    : throw CommandFailure.Unreachable($"{memoryPath} does not hold a checkpoint of {logKey.Name}.");
        }
    }

    /// <summary>As the command line has it.</summary>
    public string Name => _place.Name;

    /// <summary>Why it does not answer; null: it does.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How long it has not answered.</summary>
    public TimeSpan Silence => Trouble is null ? TimeSpan.Zero : _time.GetElapsedTime(_answered);

    /// <summary>The newest checkpoint that it has shown; null: none yet.</summary>
    public ShownCheckpoint? Shown { get; private set; }

    /// <summary>Whether it said in this round what it shows. It may owe the entries still.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Asks it for its newest checkpoint, unless it is being left alone.</summary>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>What is wrong with it; null: nothing, or it does not answer.</returns>
    public async Task<PlaceFinding?> AskAsync(CancellationToken stop)
    {
        HasAnswered = false;
        if (Trouble is not null && _time.GetTimestamp() < _left)
        {
            return null;
        }

        PlaceFinding? finding = null;
        await TryAsync(
            async () =>
            {
                finding = await JudgeAsync(stop);
                HasAnswered = true;
                if (!_owesEntries)
                {
                    Settle();
                }
            },
            stop
        );
        return finding;
    }

    /// <summary>All that it showed is in the copy: it owes nothing.</summary>
    public void Settle()
    {
        _owesEntries = false;
        (Trouble, _wait, _answered) = (null, _every, _time.GetTimestamp());
    }

    /// <summary>Lets a copy of the log follow it to the checkpoint that it showed last.</summary>
    /// <returns>What is wrong with it; null: nothing, or it does not answer.</returns>
    public async Task<Finding?> FollowAsync(LogFollower follower, TimeSpan stallMax, CancellationToken stop)
    {
        Finding? finding = null;
        _owesEntries = true;
        using CancellationTokenSource stalling = CancellationTokenSource.CreateLinkedTokenSource(stop);
        stalling.CancelAfter(stallMax);
        await TryAsync(
            async () =>
            {
                try
                {
                    finding = await follower.CatchUpAsync(
                        new ShownLog(_place.Log, Shown!.Note),
                        (_, _) => stalling.CancelAfter(stallMax),
                        stalling.Token
                    );
                }
                catch (Exception e)
                    when (stalling.IsCancellationRequested
                        && !stop.IsCancellationRequested
                        && (e is OperationCanceledException || LogPlace.Unanswered(e) is not null)
                    )
                {
                    throw new TilesUnreadException(new IOException("it shows a checkpoint, and not its entries."));
                }
            },
            stop
        );
        return finding;
    }

    // A place that does not answer is asked less and less often.
    private async Task TryAsync(Func<Task> step, CancellationToken stop)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (LogPlace.Unanswered(e) is { } trouble)
        {
            stop.ThrowIfCancellationRequested();
            Trouble = trouble;
            _left = _time.GetTimestamp() + (long)(_wait.TotalSeconds * _time.TimestampFrequency);
            _wait = _wait * 2 < WaitMax ? _wait * 2 : WaitMax;
        }
    }

    private async Task<PlaceFinding?> JudgeAsync(CancellationToken stop)
    {
        try
        {
            return await _place.Log.NewestCheckpointAsync(stop) is { } note
                ? await JudgeAsync(note, stop)
                : throw new TilesUnreadException(new IOException("it has no checkpoint that the log signed."));
        }
        catch (LogSourceException e)
        {
            return new PlaceFinding(Name, e.Finding);
        }
    }

    private async Task<PlaceFinding?> JudgeAsync(ReadOnlyMemory<byte> note, CancellationToken stop)
    {
        if (!Checkpoint.TryOpen(note.Span, _logKey, out Checkpoint? newest, out string problem))
        {
            return new PlaceFinding(
                Name,
                new Finding(-1, $"the newest checkpoint is not one of this log: {problem}"),
                Shown is null ? [] : [Shown]
            );
        }

        ShownCheckpoint now = new(Name, newest, note);
        if (Shown is { } before)
        {
            Finding? finding =
                newest.Size < before.Checkpoint.Size
                    ? new Finding(
                        newest.Size,
                        $"the log has shrunk: it showed {before.Checkpoint.Size} entries before, and now {newest.Size}"
                    )
                    : await CheckpointComparison.CompareAsync(_place.Log, before.Checkpoint, newest, stop);
            if (finding is not null)
            {
                return new PlaceFinding(Name, finding, before, now);
            }
        }

        if (Shown is null || !Shown.Note.Span.SequenceEqual(note.Span))
        {
            new LogMemory(_logKey, note).Write(_memoryPath);
        }

        Shown = now;
        return null;
    }

    /// <summary>A place at the checkpoint that was judged: what it would show by now is for the next time.</summary>
    private sealed class ShownLog(IAuditSource log, ReadOnlyMemory<byte> note) : IAuditSource
    {
        public Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken) =>
            Task.FromResult<ReadOnlyMemory<byte>?>(note);

        public Task<long> SizeAsync(long covered, CancellationToken cancellationToken) => Task.FromResult(covered);

        public IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
            long first,
            long size,
            CancellationToken cancellationToken
        ) => log.EntriesAsync(first, size, cancellationToken);

        public IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(
            long fromSize,
            CancellationToken cancellationToken
        ) => log.CheckpointsAsync(fromSize, cancellationToken);

        public Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken) =>
            log.ConsistencyProofAsync(size1, size2, cancellationToken);
    }
}
