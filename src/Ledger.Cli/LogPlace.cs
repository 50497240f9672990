using System.CommandLine;
using System.Text.RegularExpressions;
using Grpc.Core;
using Ledger.Audit;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>
/// A whole log, wherever it can be read: a running node, the folder of a stopped one, or tiles, over HTTP or in a folder. Nothing of it
/// is believed.
/// </summary>
internal sealed partial class LogPlace : IDisposable
{
    private const string TilesMark = "tiles+";

    private readonly IDisposable? _opened;

    // Of a node alone.
    private readonly Uri? _address;

    private LogPlace(string name, IAuditSource log, IDisposable? opened, Uri? address = null)
    {
        Name = name;
        Log = log;
        _opened = opened;
        _address = address;
    }

    /// <summary>That an address is that of tiles.</summary>
    public static Option<bool> Tiles { get; } =
        new("--tiles")
        {
            Description =
                "ADDRESS is where tiles are served over HTTP (C2SP tlog-tiles): the HTTP port of a node, or any web server. It may have "
                + "a path. Of several places those are tiles, without this option, that begin with tiles+http:// or tiles+https://.",
        };

    /// <summary>As the command line has it.</summary>
    public string Name { get; }

    /// <summary>How it is read.</summary>
    public IAuditSource Log { get; }

    /// <summary>Whether it is tiles, which take no operations.</summary>
    public bool IsTiles => Log is TileAuditSource;

    /// <summary>How it is followed; null: the log of a stopped node does not grow.</summary>
    public IGrowingSource? Growing => Log as IGrowingSource;

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

    /// <summary>Whether a person means an address, not a folder.</summary>
    public static bool IsAddress(string target) => !Directory.Exists(target) && LooksLikeAddress().IsMatch(target);

    /// <summary>Whether a folder holds a log's tiles.</summary>
    public static bool HoldsTiles(string directory) =>
        File.Exists(Path.Combine(directory, TilePath.Checkpoint))
        && !Directory.Exists(EmbeddedLedger.StorePath(directory));

    /// <summary>Opens a log. Nothing is sent before the first question.</summary>
    /// <param name="line">The command line, with the options of <see cref="AddTo"/>.</param>
    /// <param name="target">An address or a folder.</param>
    /// <exception cref="CommandFailure">It is neither, or a node has the folder open.</exception>
    public static LogPlace Open(ParseResult line, string target)
    {
        bool isMarked = target.StartsWith(TilesMark, StringComparison.Ordinal);
        bool isTiles = isMarked || line.GetValue(Tiles);
        if (Directory.Exists(target) || (!isTiles && !IsAddress(target)))
        {
            if (isTiles || HoldsTiles(target))
            {
                return new LogPlace(target, new TileAuditSource(new DirectoryTileSource(target)), null);
            }

            StoppedStore.Require(target);
            StoreSource store = new(target);
            return new LogPlace(target, store, store);
        }

        if (isTiles)
        {
            HttpTileSource tiles = new(
                Connection.Describe(line, ParseTilesAddress(isMarked ? target[TilesMark.Length..] : target))
            );
            return new LogPlace(target, new TileAuditSource(tiles), tiles);
        }

        Uri address = Connection.ParseAddress(target);
        GrpcAuditSource node = new(Connection.Describe(line, address));
        return new LogPlace(target, node, node, address);
    }

    /// <summary>The log's key by the place's own word; null: it names none, or none that can be read.</summary>
    public async Task<VerifierKey?> NamedKeyAsync(CancellationToken stop)
    {
        string? named = Log switch
        {
            GrpcAuditSource node => await node.LogKeyAsync(stop),
            StoreSource store => store.LogKey,
            _ => null,
        };
        return VerifierKey.TryParse(named, out VerifierKey? key) ? key : null;
    }

    /// <summary>Which log it says it is; null: it does not say.</summary>
    public async Task<string?> OriginAsync(CancellationToken stop) =>
        Log is TileAuditSource tiles ? await tiles.OriginAsync(stop) : (await NamedKeyAsync(stop))?.Name;

    /// <summary>The key that the log is judged by, and where it comes from, for scripts.</summary>
    /// <param name="given">The one on the command line; null: none.</param>
    /// <param name="memory">What is remembered of the log; null: nothing.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    public async Task<(VerifierKey Key, string Source)> KeyAsync(
        VerifierKey? given,
        LogMemory? memory,
        CancellationToken stop
    ) =>
        given is not null ? (given, "given")
        : memory is not null ? (memory.LogKey, "remembered")
        : await NamedKeyAsync(stop) is { } named ? (named, "the log itself")
        : throw CommandFailure.Usage("The log names no verifier key that can be read. Give it with --log-key.");

    /// <summary>Asks it something; if it is a node that does not answer, the failure names it.</summary>
    /// <exception cref="CommandFailure">It does not answer.</exception>
    public Task<T> ReachAsync<T>(Func<Task<T>> call) =>
        _address is null ? call() : Connection.ReachAsync(_address, call);

    /// <summary>That a place did not answer, which says nothing of the log, and why; null: something else was thrown.</summary>
    public static string? Unanswered(Exception e) =>
        e switch
        {
            RpcException failed => Connection.Unanswered(failed),
            TilesUnreadException => e.Message,
            _ => null,
        };

    /// <inheritdoc />
    public void Dispose() => _opened?.Dispose();

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

    [GeneratedRegex(@"^((tiles\+)?https?://.+|[^/\\]+:[0-9]+)$")]
    private static partial Regex LooksLikeAddress();
}
