using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>DIDs: register, read, change, take back, end.</summary>
internal sealed class DidCommands : Command
{
    public DidCommands()
        : base("did", "DIDs: register, show, change, take back and end them.")
    {
        Add(new CreateCommand());
        Add(new DidShowCommand());
        Add(new DidResolveCommand());
        Add(new DidHistoryCommand());
        Add(new DidUpdateCommand());
        Add(new DidRotateCommand());
        Add(new DidDeactivateCommand());
        Add(new DidRecoverCommand());
        Add(new DidRecoveryCommands());
        Add(new DidQuotaCommands());
    }

    private sealed class CreateCommand : SigningVerb
    {
        private readonly DocumentOptions _document = new();
        private readonly RecoveryOptions _recovery = new();
        private readonly NextKeyOptions _next = new();

        private readonly Option<KeyType> _keyType = EnumNames<KeyType>.Option(
            "--key-type",
            "Make the keys that --as names and that are not there, of this kind.",
            KeyType.Multikey
        );

        public CreateCommand()
            : base(
                "create",
                "Register a DID for a key, or several. The DID is printed, and kept with the keys.",
                "ledger did create --as alice",
                "ledger did create --as alice --key-type ed25519 --recovery-key alice-recovery --commit-next",
                "ledger did create --as shop --add-service web,LinkedDomains,https://shop.example"
            )
        {
            _document.AddTo(this, canRemove: false);
            _recovery.AddTo(this);
            _next.AddTo(this);
            Add(_keyType);
        }

        protected override bool CreatesActor => true;

        protected override void MakeMissing(ParseResult line, KeyRing keys, IReadOnlyList<string> names)
        {
            KeyType type = line.GetValue(_keyType);
            if (type == KeyType.Unspecified)
            {
                return;
            }

            int number = 0;
            foreach (string name in names)
            {
                number++;
                if (!keys.Has(name))
                {
                    using SigningKey key = SigningKey.Generate(type, $"key-{number}");
                    keys.Add(name, key, encrypt: false);
                }
            }
        }

        protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
            ParseResult line,
            Signing signing,
            CancellationToken stop
        )
        {
            CreateDid create = new()
            {
                Document = NewDocument.Make(line, signing, _document, _next),
                Recovery = _recovery.Read(line, signing.Keys),
            };
            LedgerClient client = await signing.ClientAsync();
            LedgerRecord ledger = await client.GetLedgerAsync(stop);
            Operation operation = new() { CreateDid = create };
            ProvenEntry entry = await signing.CreateActorAsync(operation, ledger.Network, stop);
            string did = (string)signing.Known["did"]!;
            signing.Keys.AssignFree(_document.AddedKeys(line), did);
            signing.Keys.AssignFree(_recovery.OwnKeys(line), did);
            return (new JsonObject { ["recovery"] = DidWords.Policy(create.Recovery) }, entry);
        }
    }
}
