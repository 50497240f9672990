using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Founds a ledger.</summary>
internal sealed class FoundCommand : SigningVerb
{
    private readonly Option<string> _network = new("--network")
    {
        Description = "Name of the network in every DID of the ledger, for ever: 1 to 32 of a-z, 0-9 and '-'.",
        HelpName = "NAME",
        Required = true,
    };

    private readonly DocumentOptions _document = new();

    public FoundCommand()
        : base(
            "found",
            "Found the ledger, and register its first supervisor.",
            "ledger found --network city --as supervisor"
        )
    {
        Remarks =
            "The first operation of a log: it names the network for ever. The DID of the supervisor is printed, and kept with the key.";
        Add(_network);
        _document.AddTo(this, canRemove: false);
    }

    protected override bool CreatesActor => true;

    protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    )
    {
        string network = line.GetRequiredValue(_network);
        DidDocument document = _document.Apply(signing.Key.ToDocument(), line, signing.Keys);
        FoundLedger founding = new() { Network = network, Supervisor = document };
        ProvenEntry entry = await signing.CreateActorAsync(new Operation { FoundLedger = founding }, network, stop);
        return (new JsonObject { ["network"] = network }, entry);
    }
}
