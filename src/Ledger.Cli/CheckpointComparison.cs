using System.Text.Json.Nodes;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>Whether the checkpoints that places show of one log are of one history.</summary>
/// <param name="logKey">The log's key.</param>
internal sealed class CheckpointComparison(VerifierKey logKey)
{
    private readonly List<(LogPlace Place, ShownCheckpoint Shown)> _shown = [];

    /// <summary>What is wrong; null: nothing that was seen so far.</summary>
    public PlaceFinding? Finding { get; private set; }

    /// <summary>How many places were asked.</summary>
    public int Asked { get; private set; }

    /// <summary>Asks a place for its newest checkpoint.</summary>
    /// <exception cref="CommandFailure">It has none.</exception>
    public async Task<bool> AskAsync(LogPlace place, CancellationToken stop)
    {
        ReadOnlyMemory<byte> note =
            await place.Log.NewestCheckpointAsync(stop)
            ?? throw CommandFailure.Unreachable($"{place.Name} has no checkpoint that the log signed.");
        Asked++;
        bool isOpened = Checkpoint.TryOpen(note.Span, logKey, out Checkpoint? checkpoint, out string problem);
        if (isOpened)
        {
            Add(place, checkpoint!, note);
        }
        else
        {
            Finding ??= new PlaceFinding(
                place.Name,
                new Finding(-1, $"the newest checkpoint is not one of this log: {problem}")
            );
        }

        return isOpened;
    }

    /// <summary>Adds a checkpoint that a place has shown, which the log signed.</summary>
    public void Add(LogPlace place, Checkpoint checkpoint, ReadOnlyMemory<byte> note) =>
        _shown.Add((place, new ShownCheckpoint(place.Name, checkpoint, note)));

    /// <summary>Compares each with the next larger one, which is enough: that a tree begins with another is transitive.</summary>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        _shown.Sort(static (one, other) => one.Shown.Checkpoint.Size.CompareTo(other.Shown.Checkpoint.Size));
        for (int i = 1; i < _shown.Count && Finding is null; i++)
        {
            (ShownCheckpoint smaller, (LogPlace place, ShownCheckpoint larger)) = (_shown[i - 1].Shown, _shown[i]);
            try
            {
                Finding? finding = await place.ReachAsync(() =>
                    CompareAsync(place.Log, smaller.Checkpoint, larger.Checkpoint, stop)
                );
                Finding = finding is null ? null : new PlaceFinding(place.Name, finding, smaller, larger);
            }
            catch (LogSourceException e)
            {
                Finding = new PlaceFinding(place.Name, e.Finding, smaller, larger);
            }
        }
    }

    /// <summary>The checkpoints, for machines, as they were signed.</summary>
    public JsonArray Describe() => PlaceFinding.Describe(_shown.Select(static one => one.Shown));

    /// <summary>Compares two checkpoints: equal sizes have equal roots, and a larger tree begins with the smaller one.</summary>
    /// <param name="log">Where the second was shown, and the proof is asked for.</param>
    /// <param name="first">One that is known.</param>
    /// <param name="second">The other, of at least its size.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>What is wrong, with the size of the first; null: they are of one history.</returns>
    public static async Task<Finding?> CompareAsync(
        IAuditSource log,
        Checkpoint first,
        Checkpoint second,
        CancellationToken stop
    )
    {
        return await log.ContinuesAsync(first, second, stop) ? null
            : first.Size == second.Size
                ? new Finding(first.Size, $"the log has forked: it signed two trees of {first.Size} entries")
            : new Finding(
                first.Size,
                $"the log has forked: the checkpoint of {second.Size} entries is not shown to continue the one of {first.Size}"
            );
    }
}
