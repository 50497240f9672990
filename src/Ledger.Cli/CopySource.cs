using System.CommandLine;
using System.Text.RegularExpressions;
using Ledger.Audit;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Cli;

/// <summary>Where a copy of a log comes from: a running node, or the folder of a stopped one. Nothing of it is believed.</summary>
internal sealed partial class CopySource : IDisposable
{
    private readonly GrpcAuditSource? _node;
    private readonly StoreSource? _store;
    private readonly Uri? _address;

    private CopySource(ParseResult line, string target)
    {
        Name = target;
        if (IsAddress(target))
        {
            _address = Connection.ParseAddress(target);
            _node = new GrpcAuditSource(Connection.Describe(line, _address));
        }
        else
        {
            StoppedStore.Require(target);
            _store = new StoreSource(target);
        }
    }

    /// <summary>The log's public key, for commands that copy it.</summary>
    public static Option<string?> LogKey { get; } =
        new("--log-key")
        {
            Description =
                "The log's verifier key, or a file that holds it, from elsewhere than the source. Without it, the key of the copy that is there; for a new one, the key that the source names.",
            HelpName = "VKEY|FILE",
        };

    /// <summary>As the command line has it.</summary>
    public string Name { get; }

    /// <summary>The log.</summary>
    public IAuditSource Log => (IAuditSource?)_node ?? _store!;

    /// <summary>The node; null when it is a folder.</summary>
    public GrpcAuditSource? Node => _node;

    /// <summary>Opens a source. A node is not reached yet.</summary>
    /// <param name="line">The command line, with the options of transport.</param>
    /// <param name="target">An address or a folder.</param>
    /// <exception cref="CommandFailure">It is neither, or a node has the folder open.</exception>
    public static CopySource Open(ParseResult line, string target) => new(line, target);

    /// <summary>Whether a person means an address, not a folder.</summary>
    public static bool IsAddress(string target) => !Directory.Exists(target) && LooksLikeAddress().IsMatch(target);

    /// <summary>
    /// The log's key: the one that was given, that of the copy that is there, or, with a warning, the one that the source names.
    /// </summary>
    /// <param name="given">The option's value.</param>
    /// <param name="directory">The copy's folder.</param>
    /// <param name="output">Where to warn.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="CommandFailure">There is none.</exception>
    public async Task<VerifierKey> KeyAsync(string? given, string directory, Output output, CancellationToken stop)
    {
        if ((Connection.ParseLogKey(given) ?? KeyOf(directory)) is { } known)
        {
            return known;
        }

        string named = _node is null ? _store!.LogKey : await ReachAsync(() => _node.LogKeyAsync(stop));
        if (!VerifierKey.TryParse(named, out VerifierKey? claimed))
        {
            throw CommandFailure.Unverified("The log names no verifier key that can be read. Give it with --log-key.");
        }

        output.Warn(
            $"First copy of {claimed.Name}, without --log-key: the key {claimed} is trusted because the source itself names it. "
                + "Compare it with one that you got elsewhere."
        );
        return claimed;
    }

    /// <summary>Follows the log up to its newest checkpoint.</summary>
    /// <exception cref="CommandFailure">The source is wrong, or does not answer.</exception>
    public async Task<LogHead> CatchUpAsync(LogFollower follower, Output output, CancellationToken stop)
    {
        Finding? finding = await output.WithProgressAsync(
            "Following entries",
            progress => ReachAsync(() => follower.CatchUpAsync(Log, progress, stop))
        );
        return finding is null ? follower.Reached! : throw Wrong(finding);
    }

    /// <summary>What is said of a source that is wrong.</summary>
    public CommandFailure Wrong(Finding finding) =>
        finding.Kind == FindingKind.NewerFormat
            ? CommandFailure.Unreachable($"{Name} is followed no further: {finding} Update this program.")
            : CommandFailure.Unverified(
                $"{Name} is followed no further, because it is not the log that it says it is. {finding}. What was stored before is sound.",
                new System.Text.Json.Nodes.JsonObject { ["index"] = finding.Index, ["finding"] = finding.What }
            );

    public void Dispose()
    {
        _node?.Dispose();
        _store?.Dispose();
    }

    private Task<T> ReachAsync<T>(Func<Task<T>> call) =>
        _address is null ? call() : Connection.ReachAsync(_address, call);

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

    [GeneratedRegex(@"^(https?://.+|[^/\\]+:[0-9]+)$")]
    private static partial Regex LooksLikeAddress();
}
