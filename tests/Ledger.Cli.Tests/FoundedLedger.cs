[assembly: AssemblyFixture(typeof(Ledger.Cli.Tests.FoundedLedger))]

namespace Ledger.Cli.Tests;

/// <summary>One running node with a founded ledger, which every test that only adds to it shares. Its supervisor is `sup`.</summary>
public sealed class FoundedLedger : IAsyncLifetime
{
    internal TemporaryFolder Folder { get; } = new();

    internal NodeUnderTest Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await NodeUnderTest.StartAsync(Folder);
        (await RunAsync("keys", "new", "sup")).With(ExitCodes.Done);
        (await RunAsync("found", "--network", "test", "--as", "sup")).With(ExitCodes.Done);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Runs a command for machines, against this node.</summary>
    internal Task<Ended> RunAsync(params string[] arguments) =>
        LedgerProcess.RunAsync(
            Folder,
            new Dictionary<string, string> { ["LEDGER_NODE"] = Node.Address, ["LEDGER_JSON"] = "1" },
            arguments
        );

    /// <summary>Makes a key and registers a DID for it.</summary>
    internal async Task<string> RegisterAsync(string name)
    {
        (await RunAsync("keys", "new", name)).With(ExitCodes.Done);
        return (await RunAsync("did", "create", "--as", name)).With(ExitCodes.Done).Text("did");
    }
}
