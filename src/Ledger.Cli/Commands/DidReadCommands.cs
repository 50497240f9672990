using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Which version of a DID is meant, on a command line.</summary>
internal sealed class VersionOptions
{
    private readonly Argument<string> _did = new("did") { Description = "The DID, or the name of a key of yours." };

    private readonly Option<long?> _version = new("--version-id")
    {
        Description = "The version that the entry at this index wrote.",
        HelpName = "INDEX",
    };

    private readonly Option<string?> _time = new("--version-time")
    {
        Description =
            "The newest version at or before this time, in ISO 8601: 2026-03-01T12:00:00Z. A day means its first moment in UTC.",
        HelpName = "TIME",
    };

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_did);
        command.Add(_version);
        command.Add(_time);
    }

    /// <summary>The question that the command line asks, to be put to a client.</summary>
    /// <exception cref="CommandFailure">It names a version twice, or none that can be.</exception>
    public Func<LedgerClient, Task<ResolvedDid>> Ask(ParseResult line, KeyRing keys, CancellationToken stop)
    {
        string did = keys.DidOf(line.GetRequiredValue(_did));
        long? version = line.GetValue(_version);
        DateTimeOffset? time = line.GetValue(_time) is { } text ? Times.Parse(text) : null;
        return (version is not null && time is not null) || version < 0
            ? throw CommandFailure.Usage("A version is named by an index, 0 or more, or by a time, not both.")
            : client =>
                version is { } index ? client.ResolveVersionAsync(did, index, stop)
                : time is { } at ? client.ResolveAtAsync(did, at, stop)
                : client.ResolveAsync(did, stop);
    }
}

/// <summary>Shows a DID, and what of it is verified.</summary>
internal sealed class DidShowCommand : ReadingVerb
{
    private readonly VersionOptions _version = new();

    private readonly Option<bool> _qr = new("--qr")
    {
        Description = "Also show the DID as a QR code, for a phone to read.",
    };

    public DidShowCommand()
        : base(
            "show",
            "Show a DID as the ledger has it, at present or at a version, and what of it is verified.",
            "ledger did show alice",
            "ledger did show alice --version-time 2026-03-01T12:00:00Z",
            "ledger did show alice --qr"
        )
    {
        _version.AddTo(this);
        Add(_qr);
    }

    protected override Func<LedgerClient, Task<Shown>> Ask(ParseResult line, KeyRing keys, CancellationToken stop)
    {
        Func<LedgerClient, Task<ResolvedDid>> ask = _version.Ask(line, keys, stop);
        bool qr = line.GetValue(_qr);
        if (qr && line.GetValue(SharedOptions.Json))
        {
            throw CommandFailure.Usage($"{_qr.Name} is for a person, and {SharedOptions.Json.Name} for machines.");
        }

        return async client =>
        {
            ResolvedDid resolved = await ask(client);
            JsonObject fields = Fields.Of(resolved.Record);
            fields.With(Fields.OfRecovery(resolved));
            fields["next_version"] = resolved.NextVersion?.Index;
            fields["known_as_of"] = Fields.Time((ulong)resolved.KnownAsOf.ToUnixTimeMilliseconds());
            return new Shown(fields, resolved.Entry, resolved.Current)
            {
                DocumentProven = resolved.DocumentProven,
                NotVerified = ["recovery_by_time", "known_as_of"],
                Code = qr ? resolved.Record.Did : null,
            };
        };
    }
}

/// <summary>Tells what became of a DID, version by version.</summary>
internal sealed class DidHistoryCommand : ListingVerb
{
    private readonly Argument<string> _did = new("did") { Description = "The DID, or the name of a key of yours." };

    private readonly Option<bool> _newestFirst = new("--newest-first")
    {
        Description = "Begin with the newest version, and not with the oldest.",
    };

    public DidHistoryCommand()
        : base(
            "versions",
            "history",
            "Tell what became of a DID, version by version: when, and what changed.",
            "ledger did history alice",
            "ledger did history alice --newest-first --limit 3"
        )
    {
        Add(_did);
        Add(_newestFirst);
    }

    protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop)
    {
        string did = keys.DidOf(line.GetRequiredValue(_did));
        bool newestFirst = line.GetValue(_newestFirst);
        DidVersion? before = null;
        return async (client, pageSize, pageToken) =>
        {
            Page<DidVersion> page = await client.ListDidVersionsAsync(did, pageSize, pageToken, newestFirst, stop);
            List<JsonObject> shown = [];
            for (int i = 0; i < page.Items.Count; i++)
            {
                DidVersion? previous =
                    !newestFirst ? before
                    : i + 1 < page.Items.Count ? page.Items[i + 1]
                    : await FirstOfAsync(client, did, page.NextPageToken, stop);
                before = page.Items[i];
                shown.Add(Show(previous, page.Items[i]));
            }

            return new Page<JsonObject>(shown, page.NextPageToken);
        };
    }

    // The version before the last of a page is the first of the next.
    private static async Task<DidVersion?> FirstOfAsync(
        LedgerClient client,
        string did,
        string pageToken,
        CancellationToken stop
    ) =>
        pageToken.Length == 0 ? null
        : (await client.ListDidVersionsAsync(did, 1, pageToken, newestFirst: true, stop)).Items is [var first, ..]
            ? first
        : null;

    private static JsonObject Show(DidVersion? before, DidVersion version) =>
        Fields
            .Of(version.Version)
            .With(
                new JsonObject
                {
                    ["deactivated"] = version.Record.Deactivated,
                    ["operation_id"] = Fields.Hex(version.Record.LastOperation),
                    ["changes"] = Fields.List(
                        DidWords
                            .Changes(before?.Record, version.Record, version.Version.TimeMs)
                            .Select(static change => Fields.Text(change))
                    ),
                }
            );
}
