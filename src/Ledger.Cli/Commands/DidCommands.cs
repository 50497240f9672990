using System.CommandLine;
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
        Add(new VersionsCommand());
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
            LedgerRecord ledger = await client.GetLedgerAsync(stop);
            Operation create = new() { CreateDid = new CreateDid { Document = document } };
            return ([], await signing.CreateActorAsync(create, ledger.Network, stop));
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
            Description =
                "The newest version at or before this time, in ISO 8601: 2026-03-01T12:00:00Z. A day means its first moment in UTC.",
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
            DateTimeOffset? time = line.GetValue(_time) is { } text ? Times.Parse(text) : null;
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
    }

    private sealed class VersionsCommand : ListingVerb
    {
        private readonly Argument<string> _did = new("did") { Description = "The DID, or the name of a key of yours." };

        public VersionsCommand()
            : base("versions", "versions", "List every version of a DID, oldest first.", "ledger did versions alice") =>
            Add(_did);

        protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop)
        {
            string did = keys.DidOf(line.GetRequiredValue(_did));
            return (client, pageSize, pageToken) =>
                Show(
                    client.ListDidVersionsAsync(did, pageSize, pageToken, stop),
                    static v =>
                        Fields
                            .Of(v.Version)
                            .With(
                                new JsonObject
                                {
                                    ["deactivated"] = v.Record.Deactivated,
                                    ["last_operation"] = Fields.Hex(v.Record.LastOperation),
                                    ["keys"] = Fields.List(
                                        v.Record.Document.VerificationMethods.Select(static m =>
                                            Fields.Text(m.Fragment)
                                        )
                                    ),
                                }
                            )
                );
        }
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
            AddUsual(KeyRing.OverwriteDid);
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
            List<(string Name, SigningKey Key, string Passphrase)> added = [];
            try
            {
                foreach (string name in _document.AddedKeys(line))
                {
                    signing.Keys.RequireFree(name, line.GetValue(KeyRing.OverwriteDid), did);
                    added.Add((name, signing.Keys.Open(name, out string passphrase), passphrase));
                }

                LedgerClient client = await signing.ClientAsync();
                ResolvedDid resolved = await client.ResolveAsync(did, stop);
                DidRecord current = resolved.Record;
                if (!resolved.DocumentProven)
                {
                    // Whatever else the document holds, a key of a stranger for one, would be signed with the change.
                    throw CommandFailure.Unverified(
                        $"The document of {did} is the node's word: its last operation, in entry {resolved.Entry.Index}, does not carry it. A change to it was not signed."
                    );
                }

                UpdateDid update = new()
                {
                    Did = did,
                    Previous = current.LastOperation,
                    Document = _document.Apply(current.Document, line, signing.Keys),
                };
                ProvenEntry entry = await signing.SubmitAsync(new Operation { UpdateDid = update }, stop);
                added.ForEach(a => signing.Keys.Assign(a.Name, a.Key, a.Passphrase, did));
                return (new JsonObject { ["did"] = did, ["document"] = Fields.Of(update.Document) }, entry);
            }
            finally
            {
                added.ForEach(static a => a.Key.Dispose());
            }
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
            DeactivateDid end = new() { Did = did, Previous = current.LastOperation };
            ProvenEntry entry = await signing.SubmitAsync(new Operation { DeactivateDid = end }, stop);
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
