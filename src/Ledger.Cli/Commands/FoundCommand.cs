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
    private readonly RecoveryOptions _recovery = new();
    private readonly NextKeyOptions _next = new();

    public FoundCommand()
        : base(
            "found",
            "Found the ledger, and register its first supervisor.",
            "ledger found --network city --as supervisor",
            "ledger found --network city --as supervisor --recovery-key supervisor-recovery --commit-next"
        )
    {
        Remarks =
            "The first operation of a log: it names the network for ever. The DID of the supervisor is printed, and kept with the key.";
        Add(_network);
        _document.AddTo(this, canRemove: false);
        _recovery.AddTo(this);
        _next.AddTo(this);
    }

    protected override bool CreatesActor => true;

    protected override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    )
    {
        string network = line.GetRequiredValue(_network);
        FoundLedger founding = new()
        {
            Network = network,
            Supervisor = NewDocument.Make(line, signing, _document, _next),
            Recovery = _recovery.Read(line, signing.Keys),
        };
        ProvenEntry entry = await signing.CreateActorAsync(new Operation { FoundLedger = founding }, network, stop);
        signing.Keys.AssignFree(_recovery.OwnKeys(line), (string)signing.Known["did"]!);
        return (new JsonObject { ["network"] = network }, entry);
    }
}
