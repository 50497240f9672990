using System.Text.Json.Nodes;

namespace Ledger.Cli;

/// <summary>What is told of a watch as it goes on: each thing once, as a line for a person or as JSON.</summary>
/// <param name="places">What is watched.</param>
/// <param name="follower">The copy.</param>
/// <param name="output">Where it is told.</param>
internal sealed class WatchReport(IReadOnlyList<WatchedPlace> places, LogFollower follower, Output output)
{
    private readonly Dictionary<WatchedPlace, string> _troubles = [];
    private long _size = -1;

    /// <summary>Tells what is new since the last round.</summary>
    public void Tell()
    {
        foreach (WatchedPlace place in places)
        {
            if (place.Trouble is { } trouble && _troubles.TryAdd(place, trouble))
            {
                Tell(
                    new JsonObject
                    {
                        ["event"] = "silent",
                        ["place"] = place.Name,
                        ["reason"] = trouble,
                    },
                    $"{place.Name} does not answer: {trouble} Trying again."
                );
            }
            else if (place.Trouble is null && _troubles.Remove(place))
            {
                Tell(new JsonObject { ["event"] = "back", ["place"] = place.Name }, $"{place.Name} answers again.");
            }
        }

        if (follower.Reached is { } reached && reached.Size != _size)
        {
            _size = reached.Size;
            string root = Convert.ToHexStringLower(reached.Checkpoint.Root.Span);
            Tell(
                new JsonObject
                {
                    ["event"] = "sound",
                    ["size"] = reached.Size,
                    ["root"] = root,
                },
                $"Sound up to {reached.Size} entries, root {root}."
            );
        }
    }

    private void Tell(JsonObject fields, string sentence)
    {
        if (output.IsJson)
        {
            output.Result(fields);
        }
        else
        {
            output.Note(sentence);
        }
    }
}
