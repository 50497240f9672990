using System.CommandLine;
using System.Text.RegularExpressions;
using Ledger.Audit;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>
/// A whole log, wherever it can be read: a running node, the folder of a stopped one, or tiles, over HTTP or in a folder.
/// </summary>
/// <param name="Source">How it is read.</param>
/// <param name="NamedKey">The log's key by the place's own word; null: it names none, or none that can be read.</param>
/// <param name="Origin">Which log it says it is; null: it does not say.</param>
internal sealed partial record LogPlace(IAuditSource Source, VerifierKey? NamedKey, string? Origin)
{
    /// <summary>That an address is that of tiles.</summary>
    public static Option<bool> Tiles { get; } =
        new("--tiles")
        {
            Description =
                "ADDRESS is where tiles are served over HTTP (C2SP tlog-tiles): the HTTP port of a node, or any web server. It may have "
                + "a path.",
        };

    /// <summary>Where the log is.</summary>
    public static Argument<string> Argument(string name) =>
        new(name)
        {
            Description =
                "Address of a running node, the folder of a stopped one, or a folder with a log's tiles (checkpoint and tile/).",
            HelpName = "ADDRESS|DIR",
        };

    /// <summary>Gives a command the options that say how a log is read.</summary>
    public static void AddTo(Verb verb)
    {
        verb.Add(Tiles);
        Connection.AddTransport(verb);
    }

    /// <summary>Whether a folder holds a log's tiles.</summary>
    public static bool HoldsTiles(string directory) =>
        File.Exists(Path.Combine(directory, TilePath.Checkpoint))
        && !Directory.Exists(EmbeddedLedger.StorePath(directory));

    /// <summary>Does something with a log.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="target">Where the log is.</param>
    /// <param name="work">What is done.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="CommandFailure">It cannot be reached.</exception>
    public static async Task<T> UseAsync<T>(
        ParseResult line,
        string target,
        Func<LogPlace, Task<T>> work,
        CancellationToken stop
    )
    {
        bool isTiles = line.GetValue(Tiles);
        if (Directory.Exists(target) || (!isTiles && !LooksLikeAddress().IsMatch(target)))
        {
            if (isTiles || HoldsTiles(target))
            {
                return await UseTilesAsync(new DirectoryTileSource(target), work, stop);
            }

            StoppedStore.Require(target);
            using StoreSource store = new(target);
            return await work(Named(store, store.LogKey));
        }

        if (isTiles)
        {
            using HttpTileSource tiles = new(Connection.Describe(line, ParseTilesAddress(target)));
            return await UseTilesAsync(tiles, work, stop);
        }

        Uri address = Connection.ParseAddress(target);
        using GrpcAuditSource node = new(Connection.Describe(line, address));
        return await Connection.ReachAsync(address, async () => await work(Named(node, await node.LogKeyAsync(stop))));
    }

    /// <summary>The key that the log is judged by, and where it comes from, for scripts.</summary>
    /// <param name="given">The one on the command line; null: none.</param>
    /// <param name="memory">What is remembered of the log; null: nothing.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    public (VerifierKey Key, string Source) KeyOf(VerifierKey? given, LogMemory? memory) =>
        given is not null ? (given, "given")
        : memory is not null ? (memory.LogKey, "remembered")
        : NamedKey is not null ? (NamedKey, "the log itself")
        : throw CommandFailure.Usage("The log names no verifier key that can be read. Give it with --log-key.");

    private static async Task<T> UseTilesAsync<T>(
        ITileSource tiles,
        Func<LogPlace, Task<T>> work,
        CancellationToken stop
    )
    {
        TileAuditSource source = new(tiles);
        return await work(new LogPlace(source, null, await source.OriginAsync(stop)));
    }

    private static LogPlace Named(IAuditSource source, string key) =>
        VerifierKey.TryParse(key, out VerifierKey? named)
            ? new LogPlace(source, named, named.Name)
            : new LogPlace(source, null, null);

    private static Uri ParseTilesAddress(string text) =>
        text.Contains("://", StringComparison.Ordinal)
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
        && address.Scheme is "http" or "https"
        && address.Query.Length == 0
        && address.Fragment.Length == 0
            ? address
            : throw CommandFailure.Usage(
                $"'{text}' is neither a folder nor the address of tiles: http://… or https://…, up to what precedes /checkpoint."
            );

    [GeneratedRegex(@"^(https?://.+|[^/\\]+:[0-9]+)$")]
    private static partial Regex LooksLikeAddress();
}
