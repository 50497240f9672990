using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>
/// Watches the places of one log. A round (1) asks every place for its newest checkpoint, which must be signed by the log and continue
/// what that place showed before; (2) lets a copy follow the place that shows most, which recomputes every entry; (3) compares what each
/// place has shown with the root of the copy's entries at that size. So all that was ever shown is one history, or there is a finding.
/// </summary>
/// <remarks>
/// A place may lag behind the others. What it showed and the copy has not reached is compared when the copy is there, in a later run if need be.
/// </remarks>
/// <param name="places">The places.</param>
/// <param name="follower">The copy.</param>
internal sealed class LogWatch(IReadOnlyList<WatchedPlace> places, LogFollower follower)
{
    // Of a place that shows a checkpoint: how long it may take to show the next entry.
    private static readonly TimeSpan StallMax = TimeSpan.FromMinutes(2);

    /// <summary>Does one round.</summary>
    /// <param name="stop">Ends it.</param>
    /// <returns>The first thing that is wrong; null: nothing.</returns>
    public async Task<PlaceFinding?> RoundAsync(CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        foreach (WatchedPlace place in places)
        {
            if (await place.AskAsync(stop) is { } finding)
            {
                return finding;
            }
        }

        WatchedPlace? most = places
            .Where(static place => place is { HasAnswered: true, Shown: not null })
            .MaxBy(static place => place.Shown!.Checkpoint.Size);
        bool isNew = most is not null && (follower.Reached is null || SizeOf(most) > follower.Size);
        if (isNew && SizeOf(most!) >= (follower.Known?.Size ?? 0))
        {
            if (await most!.FollowAsync(follower, StallMax, stop) is { } finding)
            {
                return new PlaceFinding(most.Name, finding, [.. OthersThan(most), most.Shown!]);
            }
        }

        foreach (WatchedPlace place in places.Where(place => place.Shown is not null && SizeOf(place) <= follower.Size))
        {
            if (place.HasAnswered)
            {
                place.Settle();
            }

            if (!follower.RootAt(SizeOf(place)).AsSpan().SequenceEqual(place.Shown!.Checkpoint.Root.Span))
            {
                return new PlaceFinding(
                    place.Name,
                    new Finding(
                        SizeOf(place),
                        $"the log has forked: the checkpoint of {SizeOf(place)} entries is not of the history that was recomputed"
                    ),
                    [.. OthersThan(place), place.Shown]
                );
            }
        }

        return null;
    }

    private static long SizeOf(WatchedPlace place) => place.Shown!.Checkpoint.Size;

    // The checkpoint that stands against that of a place: what the copy has reached, or else what the log is known to have signed.
    private IEnumerable<ShownCheckpoint> OthersThan(WatchedPlace place)
    {
        ShownCheckpoint? shown = places
            .Where(other => other != place && other.Shown is not null)
            .Select(static other => other.Shown!)
            .FirstOrDefault(other =>
                other.Checkpoint.Size <= follower.Size
                && follower.RootAt(other.Checkpoint.Size).AsSpan().SequenceEqual(other.Checkpoint.Root.Span)
            );
        return shown is not null ? [shown]
            : follower.Reached is { } reached ? [new ShownCheckpoint("the copy", reached.Checkpoint, reached.Note)]
            : [];
    }
}
