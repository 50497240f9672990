using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

public sealed class WitnessCommandTests
{
    private const string Origin = NodeUnderTest.Origin;

    [Theory]
    [InlineData("Ed25519 cosignature")]
    [InlineData("ML-DSA-44 cosignature", "--post-quantum")]
    public async Task New_AKey_IsShownByItsFile(string algorithm, params string[] options)
    {
        using TemporaryFolder folder = new();

        Ended made = await New(folder, "w", options);
        Ended again = await New(folder, "w", options);
        Ended shown = await LedgerProcess.RunAsync(folder, "witness", "key", "w.key", "--json");

        string key = made.With(ExitCodes.Done).Text("witness_key");
        Assert.Equal(algorithm, made.Text("algorithm"));
        Assert.Equal(key, shown.With(ExitCodes.Done).Text("witness_key"));
        Assert.Equal(key + "\n", File.ReadAllText(folder["w.key.pub"]));
        Assert.Equal(key + "\n", File.ReadAllText(folder["memory-w/keys"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["w.key"]));
        Assert.Contains("is there already", again.With(ExitCodes.Unreachable).Error);
        Assert.Equal(key + "\n", File.ReadAllText(folder["memory-w/keys"]));
    }

    [Fact]
    public async Task New_ANameThatIsNone_IsUsage()
    {
        using TemporaryFolder folder = new();

        foreach (string name in (string[])["a b", "a+b", new string('w', 256)])
        {
            (
                await LedgerProcess.RunAsync(folder, "witness", "new", "--dir", "m", "--key-file", "k", "--name", name)
            ).With(ExitCodes.Usage);
        }
        Assert.False(File.Exists(folder["k"]));
    }

    [Fact]
    public async Task Witness_ThatCannotBe_DoesNotStart()
    {
        using TemporaryFolder folder = new();
        using ReferenceLog log = new(Origin, 9);
        (await New(folder, "w")).With(ExitCodes.Done);
        File.WriteAllText(folder["logs"], $"log {log.Verifier}\n");
        File.WriteAllText(folder["bad"], $"\nlog {File.ReadAllText(folder["w.key.pub"])}");
        File.WriteAllText(folder["log.key.pub"], log.Verifier.ToString());

        Ended lost = await Run("empty", "w.key", "logs");
        Ended logs = await Run("memory-w", "w.key", "bad");
        Ended none = await Run("memory-w", "w.key.pub", "logs");
        File.SetUnixFileMode(folder["w.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Ended open = await Run("memory-w", "w.key", "logs");

        Assert.Contains("does not hold the memory", lost.With(ExitCodes.Unreachable).Error);
        Assert.Contains("line 2", logs.With(ExitCodes.Usage).Error);
        Assert.Contains("chmod 600", none.With(ExitCodes.Unreachable).Error);
        Assert.Contains("chmod 600", open.With(ExitCodes.Unreachable).Error);

        Task<Ended> Run(string directory, string key, string file) =>
            LedgerProcess.RunAsync(
                folder,
                ["witness", "--listen", "127.0.0.1:0", "--dir", directory, "--key-file", key, "--logs", file]
            );
    }

    [Fact]
    public async Task Serve_WithWitnesses_ProvesInWhatTheyCosigned()
    {
        using TemporaryFolder folder = new();
        string logKey;
        await using (NodeUnderTest first = await NodeUnderTest.StartAsync(folder))
        {
            logKey = first.LogKey;
            (await first.StopAsync()).With(ExitCodes.Done);
        }
        File.WriteAllText(folder["logs"], $"# the one log\nlog {logKey}\n");
        (await New(folder, "a")).With(ExitCodes.Done);
        (await New(folder, "b", "--post-quantum")).With(ExitCodes.Done);
        (await New(folder, "c")).With(ExitCodes.Done);
        await using RunningWitness a = await RunningWitness.StartAsync(folder, "a", "logs");
        await using RunningWitness b = await RunningWitness.StartAsync(folder, "b", "logs");
        string keyA = File.ReadAllText(folder["a.key.pub"]).Trim();
        string keyB = File.ReadAllText(folder["b.key.pub"]).Trim();
        string keyC = File.ReadAllText(folder["c.key.pub"]).Trim();
        File.WriteAllText(
            folder["policy"],
            $"log {logKey}\nwitness a {keyA} {a.Address}\nwitness b {keyB} {b.Address}\nwitness c {keyC} http://127.0.0.1:9\n"
                + "group two 2 a b c\nquorum two\n"
        );
        await using NodeUnderTest node = await NodeUnderTest.StartAsync(folder, "--witness-policy", "policy");
        Dictionary<string, string> environment = new()
        {
            ["LEDGER_NODE"] = node.Address,
            ["LEDGER_LOG_KEY"] = logKey,
            ["LEDGER_JSON"] = "1",
        };
        (await Run("keys", "new", "sup")).With(ExitCodes.Done);
        string id = (await Run("found", "--network", "test", "--as", "sup")).With(ExitCodes.Done).Text("operation_id");

        // Until the witnesses have answered, which nobody waits for, it is not cosigned.
        Ended receipt;
        do
        {
            receipt = await Run("receipt", id, "--witness-policy", "policy", "--bundle", "found.proof");
        } while (receipt.ExitCode == ExitCodes.Refused && receipt.Output.Contains("NOT_COSIGNED"));
        Ended show = await Run("log", "show", "--witness", "a.key.pub", "--witness", keyB);
        Ended verify = await Run("verify", "found.proof", "--witness-policy", "policy");
        Ended stranger = await Run("verify", "found.proof", "--witness", keyC);
        Ended plain = await Run("verify", "found.proof");

        string[] both = ["a", "b"];
        Assert.Equal(both, Names(receipt.With(ExitCodes.Done)));
        Assert.Equal(both, Names(show.With(ExitCodes.Done)));
        Assert.Equal(both, Names(verify.With(ExitCodes.Done)));
        Assert.Contains("the witness c", show.Error); // nobody is there
        Assert.Equal(
            "Cosignatures",
            stranger.With(ExitCodes.Refused).Json.GetProperty("error").GetProperty("check").GetString()
        );
        plain.With(ExitCodes.Done);
        Assert.False(plain.Json.TryGetProperty("cosigned", out _));
        (await Run("verify", "found.proof", "--witness", keyA, "--witness-policy", "policy")).With(ExitCodes.Usage);
        (await Run("verify", "found.proof", "--witness", logKey)).With(ExitCodes.Usage);
        (await node.StopAsync()).With(ExitCodes.Done);
        (await a.StopAsync()).With(ExitCodes.Done);

        Task<Ended> Run(params string[] arguments) => LedgerProcess.RunAsync(folder, environment, arguments);

        static IEnumerable<string> Names(Ended ended) =>
            ended
                .Json.GetProperty("cosigned")
                .EnumerateArray()
                .Select(static one => one.GetProperty("witness").ToString());
    }

    [Fact]
    public async Task Serve_AsAWitness_CosignsOtherLogs()
    {
        using TemporaryFolder folder = new();
        using ReferenceLog log = new("other.example", 9);
        File.WriteAllText(folder["logs"], $"log {log.Verifier}\n");
        Ended made = await LedgerProcess.RunAsync(
            folder,
            ["witness", "new", "--dir", "data/witness", "--key-file", "w.key", "--name", "node.example"]
        );
        made.With(ExitCodes.Done);
        LedgerProcess process = LedgerProcess.Start(
            folder,
            new Dictionary<string, string> { ["LEDGER_HTTP"] = "127.0.0.1:0" },
            [
                .. "serve --json --data data --listen 127.0.0.1:0 --witness-key-file w.key --witness-logs logs".Split(
                    ' '
                ),
                "--origin",
                Origin,
            ]
        );
        await using LedgerProcess running = process;
        string ready = (await process.Output.ReadLineAsync())!;
        using HttpClient http = new()
        {
            BaseAddress = new Uri(JsonDocument.Parse(ready).RootElement.GetProperty("http").GetString()!),
        };

        using HttpResponseMessage answer = await http.PostAsync(
            "/witness/add-checkpoint",
            new ByteArrayContent(log.Request(0, 9))
        );

        Assert.StartsWith("— node.example ", await answer.Content.ReadAsStringAsync());
        (
            await LedgerProcess.RunAsync(folder, "serve", "--data", "x", "--origin", Origin, "--witness-logs", "logs")
        ).With(ExitCodes.Usage);
    }

    // A log that shows as many histories as it can to a witness that is killed whenever it has answered so often: whatever was
    // cosigned is one growing tree, and nothing of it is forgotten.
    [Fact]
    public async Task Witness_KilledUnderALyingLog_NeverCosignsTwoTreesOfOneSize()
    {
        using TemporaryFolder folder = new();
        using ReferenceLog root = new("lying.example", 0);
        Random random = Seeds.Random(20261128);
        (await New(folder, "w")).With(ExitCodes.Done);
        File.WriteAllText(folder["logs"], $"log {root.Verifier}\n");
        LyingLog log = new(root, VerifierKey.Parse(File.ReadAllText(folder["w.key.pub"]).Trim()));
        for (int round = 0; round < 10; round++)
        {
            await using RunningWitness witness = await RunningWitness.StartAsync(folder, "w", "logs");
            await log.AskUntilKilledAsync(witness, random.Next(1, 40), seed: random.Next());
        }

        await using RunningWitness last = await RunningWitness.StartAsync(folder, "w", "logs");
        using HttpClient http = new() { BaseAddress = last.Address };
        using HttpResponseMessage answer = await http.PostAsync(
            "/add-checkpoint",
            new ByteArrayContent(root.Fork(0, "x", 1).Request(0, 1))
        );
        Assert.NotEmpty(log.Cosigned);
        Assert.All(log.Cosigned.GroupBy(static one => one.Size), static ofSize => Assert.Single(ofSize.Distinct()));
        Assert.True(long.Parse(await answer.Content.ReadAsStringAsync()) >= log.Cosigned.Max(static one => one.Size));
    }

    private static Task<Ended> New(TemporaryFolder folder, string name, params string[] options) =>
        LedgerProcess.RunAsync(
            folder,
            [
                "witness",
                "new",
                "--json",
                "--dir",
                $"memory-{name}",
                "--key-file",
                $"{name}.key",
                "--name",
                name,
                .. options,
            ]
        );

    /// <summary>A witness that was started with `ledger witness`, and is ready.</summary>
    private sealed class RunningWitness(LedgerProcess process, Uri address) : IAsyncDisposable
    {
        public LedgerProcess Process { get; } = process;

        public Uri Address { get; } = address;

        public static async Task<RunningWitness> StartAsync(TemporaryFolder folder, string name, string logs)
        {
            LedgerProcess process = LedgerProcess.Start(
                folder,
                [],
                [
                    .. "witness --json --listen 127.0.0.1:0".Split(' '),
                    .. $"--dir memory-{name} --key-file {name}.key --logs {logs}".Split(' '),
                ]
            );
            string ready = await process.Output.ReadLineAsync() ?? (await process.EndAsync()).Error;
            return new RunningWitness(
                process,
                new Uri(JsonDocument.Parse(ready).RootElement.GetProperty("address").GetString()!)
            );
        }

        public async Task<Ended> StopAsync()
        {
            Process.Signal("TERM");
            return await Process.EndAsync();
        }

        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }

    private sealed class LyingLog(ReferenceLog root, VerifierKey witnessKey)
    {
        private readonly Lock _gate = new();
        private readonly ConcurrentBag<ReferenceLog> _shown = [];
        private ReferenceLog _newest = root;

        /// <summary>Everything that was ever cosigned.</summary>
        public ConcurrentBag<Checkpoint> Cosigned { get; } = [];

        public async Task AskUntilKilledAsync(RunningWitness witness, int answers, int seed)
        {
            int left = answers;
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => AskAsync(seed + i))));
            await witness.Process.EndAsync();

            async Task AskAsync(int own)
            {
                Random random = new(own);
                using HttpClient http = new() { BaseAddress = witness.Address };
                try
                {
                    while (true)
                    {
                        ReferenceLog newest;
                        lock (_gate)
                        {
                            newest = _newest;
                        }

                        ReferenceLog fork = newest.Fork(newest.Size, $"{random.Next()}", random.Next(1, 4));
                        _shown.Add(fork);
                        (int status, string text) = await PostAsync(http, fork, newest.Size);
                        if (status == 409 && int.Parse(text) is var size && size > newest.Size)
                        {
                            // Remembered, and perhaps never answered: it is one of those that were shown.
                            foreach (ReferenceLog shown in _shown.Where(one => one.Size == size))
                            {
                                await PostAsync(http, shown, size);
                            }
                        }
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    // Killed.
                }
            }

            async Task<(int, string)> PostAsync(HttpClient http, ReferenceLog log, int oldSize)
            {
                using HttpResponseMessage answer = await http.PostAsync(
                    "/add-checkpoint",
                    new ByteArrayContent(log.Request(oldSize, log.Size))
                );
                string text = await answer.Content.ReadAsStringAsync();
                if ((int)answer.StatusCode == 200)
                {
                    Take(log, text);
                    if (Interlocked.Decrement(ref left) == 0)
                    {
                        witness.Process.Signal("KILL");
                    }
                }

                return ((int)answer.StatusCode, text);
            }
        }

        private void Take(ReferenceLog log, string lines)
        {
            Checkpoint checkpoint = log.At(log.Size);
            Assert.True(
                SignedNote.TryParse(Encoding.UTF8.GetBytes($"{checkpoint.Body}\n{lines}"), out SignedNote? note, out _)
                    && note.Verify([witnessKey], out _)
            );
            Cosigned.Add(checkpoint);
            lock (_gate)
            {
                if (log.Size > _newest.Size)
                {
                    _newest = log;
                }
            }
        }
    }
}
