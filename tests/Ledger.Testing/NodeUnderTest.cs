using System.Text.Json;

namespace Ledger.Testing;

/// <summary>A node that was started with `ledger serve` in a folder of the test's own, and is ready.</summary>
public sealed class NodeUnderTest : IAsyncDisposable
{
    public const string Origin = "ledger.test/cli";

    private NodeUnderTest(LedgerProcess process, string address, string? http, string logKey)
    {
        Process = process;
        Address = address;
        HttpAddress = http;
        LogKey = logKey;
    }

    public LedgerProcess Process { get; }

    /// <summary>As people type it: HOST:PORT.</summary>
    public string Address { get; }

    /// <summary>Where it answers HTTP, as a URL; null: nowhere.</summary>
    public string? HttpAddress { get; }

    public string LogKey { get; }

    /// <summary>Starts a node.</summary>
    public static Task<NodeUnderTest> StartAsync(TemporaryFolder folder, params string[] options) =>
        StartAsync(folder, [], options);

    /// <summary>Starts a node, with environment variables.</summary>
    public static Task<NodeUnderTest> StartAsync(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        params string[] options
    ) => StartAsync(folder, environment, "data", "127.0.0.1:0", options);

    /// <summary>Starts a node on a ledger of a name in the folder, at an address.</summary>
    public static Task<NodeUnderTest> StartAtAsync(TemporaryFolder folder, string data, string address) =>
        StartAsync(folder, [], data, address, []);

    private static async Task<NodeUnderTest> StartAsync(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        string data,
        string listen,
        string[] options
    )
    {
        LedgerProcess process = LedgerProcess.Start(
            folder,
            environment,
            [
                "serve",
                "--json",
                "--data",
                folder[data],
                .. options.Contains("--origin") ? Array.Empty<string>() : ["--origin", Origin],
                "--listen",
                listen,
                .. options,
            ]
        );
        string? ready = await process.Output.ReadLineAsync();
        if (ready is null)
        {
            Ended ended = await process.EndAsync();
            throw new InvalidOperationException($"The node ended with {ended.ExitCode}: {ended.Error}");
        }

        JsonElement line = JsonDocument.Parse(ready).RootElement;
        return new NodeUnderTest(
            process,
            new Uri(line.GetProperty("address").GetString()!).Authority,
            line.GetProperty("http").GetString(),
            line.GetProperty("log_key").GetString()!
        );
    }

    public async Task<Ended> StopAsync()
    {
        Process.Signal("TERM");
        return await Process.EndAsync();
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
