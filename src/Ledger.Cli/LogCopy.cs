using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Cli;

/// <summary>What the commands that copy a log have in common. Nothing of where the copy comes from is believed.</summary>
internal static class LogCopy
{
    /// <summary>The log's public key.</summary>
    public static Option<string?> LogKey { get; } =
        new("--log-key")
        {
            Description =
                "The log's verifier key, or a file that holds it, from elsewhere than the source. Without it, the key of the copy that is "
                + "there; for a new one, the key that the source names; tiles name none.",
            HelpName = "VKEY|FILE",
        };

    /// <summary>
    /// The log's key: the one that was given, that of the copy that is there, or, with a warning, the one that the source names.
    /// </summary>
    /// <param name="source">Where the copy comes from.</param>
    /// <param name="given">The option's value.</param>
    /// <param name="directory">The copy's folder.</param>
    /// <param name="output">Where to warn.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static async Task<VerifierKey> KeyAsync(
        LogPlace source,
        string? given,
        string directory,
        Output output,
        CancellationToken stop
    )
    {
        if ((Connection.ParseLogKey(given) ?? KeyOf(directory)) is { } known)
        {
            return known;
        }

        VerifierKey claimed =
            await source.ReachAsync(() => source.NamedKeyAsync(stop))
            ?? throw CommandFailure.Usage("The log names no verifier key that can be read. Give it with --log-key.");
        output.Warn(
            $"First copy of {claimed.Name}, without --log-key: the key {claimed} is trusted because the source itself names it. "
                + "Compare it with one that you got elsewhere."
        );
        return claimed;
    }

    /// <summary>Follows the log up to its newest checkpoint.</summary>
    /// <exception cref="CommandFailure">The source is wrong, or does not answer.</exception>
    public static async Task<LogHead> CatchUpAsync(
        LogPlace source,
        LogFollower follower,
        Output output,
        CancellationToken stop
    )
    {
        Finding? finding = await output.WithProgressAsync(
            "Following entries",
            progress => source.ReachAsync(() => follower.CatchUpAsync(source.Log, progress, stop))
        );
        return finding is null ? follower.Reached! : throw Wrong(source, finding);
    }

    /// <summary>What became of a copy.</summary>
    /// <param name="name">What the folder is called.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="reached">The head that it is at.</param>
    /// <param name="before">Entries that were there before.</param>
    public static JsonObject Describe(string name, string directory, LogHead reached, long before) =>
        new()
        {
            [name] = directory,
            ["origin"] = reached.Checkpoint.Origin,
            ["size"] = reached.Size,
            ["root"] = Convert.ToHexStringLower(reached.Checkpoint.Root.Span),
            ["added"] = reached.Size - before,
        };

    /// <summary>What is said of a source that is wrong.</summary>
    public static CommandFailure Wrong(LogPlace source, Finding finding) =>
        finding.Kind == FindingKind.NewerFormat
            ? CommandFailure.Unreachable($"{source.Name} is followed no further: {finding} Update this program.")
            : CommandFailure.Unverified(
                $"{source.Name} is followed no further, because it is not the log that it says it is. {finding}. What was stored before is sound.",
                new JsonObject { ["index"] = finding.Index, ["finding"] = finding.What }
            );

    private static VerifierKey? KeyOf(string directory)
    {
        string path = EmbeddedLedger.StorePath(directory);
        if (!ChainStore.IsStore(path))
        {
            return null;
        }

        StoppedStore.Require(directory);
        using ChainStore store = ChainStore.OpenReadOnly(path);
        return VerifierKey.TryParse(store.LogKey, out VerifierKey? key) ? key : null;
    }
}
