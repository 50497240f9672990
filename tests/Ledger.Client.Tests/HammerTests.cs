using System.Diagnostics;
using System.Text.Json;
using Ledger.Hammer;
using Ledger.V1;
using Result = Ledger.Hammer.Result;

namespace Ledger.Client.Tests;

/// <summary>The load generator, tiny, so that it cannot rot.</summary>
public class HammerTests
{
    private const int Count = 40;

    private static readonly Mode[] EveryMode = Enum.GetValues<Mode>();

    [Fact]
    public async Task Session_OfEveryMode_FindsEverythingAsItWasPromised()
    {
        await using HonestNode node = await HonestNode.StartAsync();

        Result result = await RunAsync(Options(node, EveryMode));

        Assert.Equal("", result.Findings.Problem);
        Assert.True(result.IsGood);
        Assert.Equal(EveryMode, result.Measurements.Select(m => m.Mode));
        Assert.All(
            result.Measurements,
            m => Assert.True(m.Items >= (m.Mode == Mode.Mint1000 ? 1 : 4) && m.Throughput > 0)
        );
        // Six modes submit everything timed and warmed up; single a tenth of the first; of mixed every second.
        Assert.True(result.Findings.Receipts > 5 * Count);
        Assert.Equal((0, 0), (result.Findings.Missing, result.Findings.Unverified));
        // What came over HTTP, and the answers about transfers, were looked at when they came.
        Assert.True(result.Findings.Verified >= (EveryMode.Length - 7) * 4);
        Assert.Equal(node.Size, result.EndSize);
    }

    [Fact]
    public async Task Session_WithProofsInTheTimedPart_IsGood()
    {
        await using HonestNode node = await HonestNode.StartAsync();

        Result result = await RunAsync(Options(node, [Mode.Create, Mode.Batch, Mode.Stream]) with { WithProof = true });

        Assert.True(result.IsGood, result.Findings.Problem);
    }

    [Fact]
    public async Task Session_ThatMayTakeNoTime_EndsBeforeEverythingIsSent()
    {
        await using HonestNode node = await HonestNode.StartAsync();

        Result result = await RunAsync(
            Options(node, [Mode.Create, Mode.Batch, Mode.Stream]) with
            {
                Duration = TimeSpan.Zero,
                Warmup = 0,
            }
        );

        Assert.True(result.IsGood, result.Findings.Problem);
        Assert.All(result.Measurements, m => Assert.Equal(0, m.Items));
    }

    [Fact]
    public async Task Session_OnALedgerThatAnotherFounded_NeedsItsSupervisor()
    {
        await using HonestNode node = await HonestNode.StartAsync();
        using TemporaryFolder directory = new();
        using SigningKey key = SigningKey.Generate();
        await using LedgerClient client = node.Connect();
        CreatedDid founded = await client.FoundLedgerAsync("test", key.ToDocument(), [key]);
        KeyFile.Save(directory["supervisor.json"], key, founded.Did);
        HammerOptions options = Options(node, [Mode.Mint]);

        await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(options));
        Result result = await RunAsync(options with { Supervisor = directory["supervisor.json"] });

        Assert.True(result.IsGood, result.Findings.Problem);
    }

    [Fact]
    public async Task Session_WithANodeThatForgetsAReceipt_IsNotGood()
    {
        await using HonestNode node = await HonestNode.StartAsync();
        await using LyingNode liar = await LyingNode.StartAsync(node.Address);
        int answers = 0;
        liar.On<GetReceiptResponse>(r => r.Receipt.Index += Interlocked.Increment(ref answers) == 3 ? 1UL : 0);

        Result result = await RunAsync(Options(node, [Mode.Create]) with { Address = liar.Address, VerifySample = 0 });

        Assert.Equal(1, result.Findings.Missing);
        Assert.False(result.IsGood);
    }

    [Fact]
    public async Task Session_WithANodeWhoseProofsLie_IsNotGood()
    {
        await using HonestNode node = await HonestNode.StartAsync();
        await using LyingNode liar = await LyingNode.StartAsync(node.Address);
        int answers = 0;
        // The first entry that is asked for is the founding one, before the load.
        liar.On<GetEntryResponse>(r =>
        {
            if (Interlocked.Increment(ref answers) > 1)
            {
                r.Proof.Hashes.Clear();
            }
        });

        Result result = await RunAsync(Options(node, [Mode.Create]) with { Address = liar.Address });

        Assert.Equal(5, result.Findings.Unverified);
        Assert.Contains("Inclusion", result.Findings.Problem, StringComparison.Ordinal);
        Assert.False(result.IsGood);
    }

    [Fact]
    public async Task Session_WithOperationsThatAreRefused_IsNotGood()
    {
        await using HonestNode node = await HonestNode.StartAsync();
        await using LyingNode liar = await LyingNode.StartAsync(node.Address);
        int answers = 0;
        liar.On<SubmitResponse>(_ =>
        {
            if (Interlocked.Increment(ref answers) > 1)
            {
                throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.DataLoss, "lost"));
            }
        });

        Result result = await RunAsync(Options(node, [Mode.Create]) with { Address = liar.Address });

        Assert.Equal(["DataLoss"], result.Measurements[0].Errors.Keys);
        Assert.False(result.IsGood);
    }

    [Fact]
    public async Task Session_OfANodeOfItsOwn_KillsItAndFindsEverything()
    {
        DirectoryInfo output = new(AppContext.BaseDirectory);
        string program = Path.Combine(output.Parent!.Parent!.FullName, "Ledger.Cli", output.Name, "Ledger.Cli.dll");
        Assert.SkipUnless(File.Exists(program), "The ledger program has not been built beside the tests.");
        using TemporaryFolder directory = new();
        HammerOptions options = Options(null, [Mode.Create, Mode.Mint]) with { Serve = program, Data = directory.Path };

        Result result = await RunAsync(options);

        Assert.True(result.IsGood, result.Findings.Problem);
        Assert.True(result.Restart > TimeSpan.Zero);
        Assert.All(result.Measurements, m => Assert.NotNull(m.NodeTime));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
        using JsonDocument json = JsonDocument.Parse(Report.ToJson(options, result));
        Assert.True(json.RootElement.GetProperty("good").GetBoolean());
        Assert.Equal("create", json.RootElement.GetProperty("modes")[0].GetProperty("mode").GetString());
        Assert.Contains("\ngood\n", Report.ToText(options, result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(2, "--address", "node:7400")]
    [InlineData(2, "--address", "http://127.0.0.1:1", "--serve", "ledger")]
    [InlineData(2, "--address", "http://127.0.0.1:1", "--mode", "nothing")]
    [InlineData(2, "--address", "http://127.0.0.1:1", "--count", "0")]
    [InlineData(2, "--address", "http://127.0.0.1:1", "--log-key", "none")]
    [InlineData(3, "--serve", "no-such-program")]
    public async Task Main_ThatCannotBegin_SaysWhy(int exit, params string[] arguments) =>
        Assert.Equal(exit, await Program.Main(arguments));

    [Fact]
    public void Percentile_IsTheLatencyThatAShareStaysBelow()
    {
        long[] latencies = [.. Enumerable.Range(1, 1_000).Select(ms => ms * Stopwatch.Frequency / 1_000)];
        Measurement measurement = new(
            Mode.Create,
            1_000,
            0,
            1,
            TimeSpan.FromSeconds(2),
            TimeSpan.FromMilliseconds(30),
            null,
            latencies,
            new Dictionary<string, int>()
        );

        Assert.Equal(500, measurement.Percentile(0.5));
        Assert.Equal(990, measurement.Percentile(0.99));
        Assert.Equal(999, measurement.Percentile(0.999));
        Assert.Equal(1_000, measurement.Percentile(1));
        Assert.Equal(500, measurement.Throughput);
        Assert.Equal(30, measurement.ClientMicroseconds);
        Assert.Null(measurement.NodeMicroseconds);
    }

    private static HammerOptions Options(HonestNode? node, Mode[] modes) =>
        new()
        {
            Modes = modes,
            Address = node?.Address,
            HttpAddress = node?.HttpAddress,
            LogKey = node?.LogKey.ToString(),
            Count = Count,
            Warmup = 8,
            InFlight = 16,
            Connections = 2,
            BatchSize = 7,
            OperationsPerKey = 10,
            Population = 20,
            VerifySample = 5,
        };

    private static Task<Result> RunAsync(HammerOptions options) => new Session(options, static _ => { }).RunAsync();
}
