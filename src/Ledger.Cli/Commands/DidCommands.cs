using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>DIDs: register, read, change, end.</summary>
internal sealed class DidCommands : Command
{
    public DidCommands()
        : base("did", "DIDs: register, show, change and end them.")
    {
        Add(new CreateCommand());
        Add(new ShowCommand());
        Add(new UpdateCommand());
        Add(new DeactivateCommand());
    }

    private sealed class CreateCommand : SigningVerb
    {
        private readonly DocumentOptions _document = new();

        public CreateCommand()
            : base(
                "create",
                "Register a DID for a key. The DID is printed, and kept with the key.",
                "ledger did create --as alice",
                "ledger did create --as shop --add-service web,LinkedDomains,https://shop.example"
            ) => _document.AddTo(this, canRemove: false);

        protected override bool CreatesActor => true;

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            DidDocument document = _document.Apply(signing.Key.ToDocument(), line, signing.Keys);
            LedgerClient client = await signing.ClientAsync();
            CreatedDid created = await client.CreateDidAsync(document, [signing.Key], stop);
            signing.Assign(created.Did);
            return (new JsonObject { ["did"] = created.Did }, created.Entry);
        }
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _did = new("did") { Description = "The DID, or the name of a key of yours." };

        private readonly Option<long?> _version = new("--version-id")
        {
            Description = "The version that the entry at this index wrote.",
            HelpName = "INDEX",
        };

        private readonly Option<string?> _time = new("--version-time")
        {
            Description = "The newest version at or before this time, for example 2026-03-01T12:00:00Z.",
            HelpName = "TIME",
        };

        public ShowCommand()
            : base(
                "show",
                "Resolve a DID, at present or at a version, and show what of it is verified.",
                "ledger did show alice",
                "ledger did show alice --version-time 2026-03-01T12:00:00Z"
            )
        {
            Add(_did);
            Add(_version);
            Add(_time);
        }

        protected override Func<LedgerClient, Task<Shown>> Ask(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string did = keys.DidOf(line.GetRequiredValue(_did));
            long? version = line.GetValue(_version);
            DateTimeOffset? time = line.GetValue(_time) is { } text ? ParseTime(text) : null;
            if ((version is not null && time is not null) || version < 0)
            {
                throw CommandFailure.Usage("A version is named by an index, 0 or more, or by a time, not both.");
            }

            return async client =>
            {
                ResolvedDid resolved =
                    version is { } index ? await client.ResolveVersionAsync(did, index, stop)
                    : time is { } at ? await client.ResolveAtAsync(did, at, stop)
                    : await client.ResolveAsync(did, stop);
                JsonObject fields = Fields.Of(resolved.Record);
                fields["next_version"] = resolved.NextVersion?.Index;
                return new Shown(fields, resolved.Entry, resolved.DocumentProven);
            };
        }

        private static DateTimeOffset ParseTime(string text) =>
            DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset time
            )
            && time >= DateTimeOffset.UnixEpoch
                ? time
                : throw CommandFailure.Usage($"'{text}' is not a time, for example 2026-03-01T12:00:00Z.");
    }

    private sealed class UpdateCommand : SigningVerb
    {
        private readonly Option<string?> _did = Subject();
        private readonly DocumentOptions _document = new();

        public UpdateCommand()
            : base(
                "update",
                "Change the document of a DID: keys, controllers, services, aliases.",
                "ledger did update --as alice --add-key alice-2",
                "ledger did update --as alice-2 --remove key-1"
            )
        {
            Remarks = "A key is replaced in two steps, each signed by a key that the document then holds.";
            Add(_did);
            _document.AddTo(this, canRemove: true);
        }

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            string did = line.GetValue(_did) is { } named ? signing.Keys.DidOf(named) : signing.Actor.Did;
            LedgerClient client = await signing.ClientAsync();
            DidRecord current = (await client.ResolveAsync(did, stop)).Record;
            DidDocument document = _document.Apply(current.Document, line, signing.Keys);
            ProvenEntry entry = await client.UpdateDidAsync(signing.Actor, current, document, stop);
            foreach (string name in _document.AddedKeys(line))
            {
                using SigningKey added = signing.Keys.Open(name, out string passphrase);
                signing.Keys.Assign(name, added, passphrase, did);
            }

            return (new JsonObject { ["did"] = did, ["document"] = Fields.Of(document) }, entry);
        }
    }

    private sealed class DeactivateCommand : SigningVerb
    {
        private readonly Option<string?> _did = Subject();

        public DeactivateCommand()
            : base(
                "deactivate",
                "End a DID for writes, for ever. Its history stays resolvable.",
                "ledger did deactivate --as alice"
            ) => Add(_did);

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            string did = line.GetValue(_did) is { } named ? signing.Keys.DidOf(named) : signing.Actor.Did;
            LedgerClient client = await signing.ClientAsync();
            DidRecord current = (await client.ResolveAsync(did, stop)).Record;
            ProvenEntry entry = await client.DeactivateDidAsync(signing.Actor, current, stop);
            return (new JsonObject { ["did"] = did, ["deactivated"] = true }, entry);
        }
    }

    private static Option<string?> Subject() =>
        new("--did")
        {
            Description = "The DID to change, or the name of its key. Default: the one that acts.",
            HelpName = "DID",
        };
}
