using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Client;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Tests.Commands;

/// <summary>Backups, mirrors and restored folders, with real nodes that are killed, go back, fork and lie.</summary>
public sealed class CopiesTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private NodeUnderTest _node = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await NodeUnderTest.StartAsync(_folder);
        await SubmitAsync(_node.Address, static signer => signer.Sign(Operations.Found("test", signer.Document)));
        await RegisterAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Backup_OfARunningNode_IsAddedToRestoredAndCaughtUp()
    {
        Ended first = (await BackupAsync()).With(ExitCodes.Done);
        await RegisterAsync(3);
        Ended second = (await BackupAsync()).With(ExitCodes.Done);
        Ended third = (await BackupAsync("--no-check")).With(ExitCodes.Done);
        Assert.Equal("6", second.Text("added"));
        Assert.Equal("0", third.Text("added"));
        Assert.Equal(long.Parse(first.Text("size")) + 6, long.Parse(second.Text("size")));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(_folder["backup/manifest.json"]));
        Assert.Equal(second.Text("root"), manifest.RootElement.GetProperty("root").GetString());
        Assert.False(manifest.RootElement.GetProperty("checked").GetBoolean());
        Assert.False(File.Exists(_folder["backup/log-key"]));

        // More was signed, then the disk is lost; its mirror has everything.
        await RegisterAsync(2);
        (await RunAsync("import", _node.Address, "elsewhere", "--log-key", _node.LogKey)).With(ExitCodes.Done);
        string key = await LoseAsync();
        Ended restored = (await RunAsync("restore", "backup", "data", "--log-key", _node.LogKey)).With(ExitCodes.Done);
        Assert.Equal(second.Text("size"), restored.Text("size"));
        Assert.Contains("--accept-loss", (await ServeAsync(key)).With(ExitCodes.Unreachable).Error);
        Assert.Contains("--accept-loss", (await ServeAsync(key, "--promote")).With(ExitCodes.Unreachable).Error);
        Assert.Contains(
            "--accept-loss",
            (await ServeAsync(key, "--accept-loss", "3")).With(ExitCodes.Unreachable).Error
        );
        Assert.Contains(
            "is there already",
            (await RunAsync("restore", "backup", "data")).With(ExitCodes.Unreachable).Error
        );

        Ended caught = (await RunAsync("catch-up", "data", "--from", "elsewhere")).With(ExitCodes.Done);
        Assert.Equal("4", caught.Text("added"));
        Assert.False(File.Exists(SigningHold.PathIn(_folder["data"])));
        (await RunAsync("fsck", "data")).With(ExitCodes.Done);
        Assert.Contains(
            "no copy of a log",
            (await RunAsync("catch-up", "data", "--from", "elsewhere")).With(ExitCodes.Unreachable).Error
        );
        _node = await NodeUnderTest.StartAsync(_folder, "--log-key-file", key);
        await RegisterAsync(1);
    }

    [Fact]
    public async Task Serve_RestoredWithWhatWasSigned_IsRefusedWhateverIsAccepted()
    {
        (await BackupAsync()).With(ExitCodes.Done);
        await RegisterAsync(1);
        await _node.StopAsync();
        Directory.Delete(_folder["data/store"], recursive: true);

        // Beside it lies what the log signed last: the loss is known, and accepting it would be a second history.
        Ended restored = (await RunAsync("restore", "backup", "data")).With(ExitCodes.Done);
        Ended serve = await ServeAsync("data/log-key", "--accept-loss", restored.Text("size"));
        Assert.Contains("already signed a checkpoint", serve.With(ExitCodes.Unreachable).Error);

        // Where nothing tells, the operator's word counts, and names the size.
        Directory.Delete(_folder["data/store"], recursive: true);
        File.Delete(_folder["data/last-signed"]);
        (await RunAsync("restore", "backup", "data")).With(ExitCodes.Done);
        _node = await NodeUnderTest.StartAsync(_folder, "--accept-loss", restored.Text("size"));
        await RegisterAsync(1);
    }

    [Fact]
    public async Task Restore_DamagedBackup_LaysNothing()
    {
        (await BackupAsync()).With(ExitCodes.Done);
        string[] files =
        [
            .. Directory.GetFiles(_folder["backup/store"], "*.log").Where(file => new FileInfo(file).Length > 2_000),
        ];
        byte[] bytes = File.ReadAllBytes(files[0]);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(files[0], bytes);

        Ended restore = await RunAsync("restore", "backup", "other");

        Assert.NotEqual(ExitCodes.Done, restore.ExitCode);
        Assert.False(Path.Exists(_folder["other/store"]));

        File.WriteAllText(_folder["backup/manifest.json"], "{}");
        Assert.Contains("manifest", (await RunAsync("restore", "backup", "other")).With(ExitCodes.Unreachable).Error);
    }

    [Fact]
    public async Task Mirror_OfANode_AnswersRefusesIsAuditedAndSurvivesKills()
    {
        LedgerProcess mirror = StartMirror(_node.Address);
        string address = await AddressAsync(mirror);
        for (int kill = 0; kill < 3; kill++)
        {
            Task writing = RegisterAsync(3);
            mirror.Signal("KILL");
            await mirror.DisposeAsync();
            mirror = StartMirror(_node.Address);
            address = await AddressAsync(mirror);
            await writing;
        }

        long size = await SizeAsync(_node.Address);
        await UntilAsync(async () => await SizeAsync(address) == size);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(address, 1));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains("MIRROR (406)", refused.Status.Detail);
        Assert.Contains($"submit to {_node.Address}", refused.Status.Detail);
        Ended audit = (await RunAsync("audit", address, "--log-key", _node.LogKey)).With(ExitCodes.Done);
        Assert.Equal($"{size}", audit.Text("size"));

        // Another mirror follows the mirror, and a backup is taken of it.
        (await RunAsync("backup", address, "backup", "--log-key", _node.LogKey)).With(ExitCodes.Done);

        // The node ends; the mirror answers on, and takes its place when it is told to.
        await _node.StopAsync();
        Assert.Equal(size, await SizeAsync(address));
        mirror.Signal("TERM");
        Ended ended = (await mirror.EndAsync()).With(ExitCodes.Done);
        Assert.Contains("Trying again", ended.Error);
        (await RunAsync("fsck", "mirror")).With(ExitCodes.Done);
        Ended held = await RunAsync(
            "serve",
            "--data",
            "mirror",
            "--log-key-file",
            "data/log-key",
            "--listen",
            "127.0.0.1:0"
        );
        Assert.Contains("--promote", held.With(ExitCodes.Unreachable).Error);
        await mirror.DisposeAsync();
        await using LedgerProcess promoted = LedgerProcess.Start(
            _folder,
            [],
            "serve",
            "--json",
            "--data",
            "mirror",
            "--log-key-file",
            "data/log-key",
            "--promote",
            "--listen",
            "127.0.0.1:0"
        );
        address = await AddressAsync(promoted);
        Assert.Equal(size, await SizeAsync(address));
        await RegisterAsync(address, 1);
        (await RunAsync("audit", address, "--log-key", _node.LogKey)).With(ExitCodes.Done);
    }

    [Fact]
    public async Task Mirror_OfTiles_FollowsThemAsTheyGrow()
    {
        await _node.StopAsync();
        _node = await NodeUnderTest.StartAsync(_folder, "--http", "127.0.0.1:0");
        Assert.Contains(
            "--submit-at",
            (await RunAsync("mirror", "--from", _node.HttpAddress!, "--data", "mirror", "--tiles"))
                .With(ExitCodes.Usage)
                .Error
        );
        await using LedgerProcess mirror = StartMirror($"tiles+{_node.HttpAddress}", "--submit-at", _node.Address);
        string address = await AddressAsync(mirror);

        await RegisterAsync(3);

        long size = await SizeAsync(_node.Address);
        await UntilAsync(async () => await SizeAsync(address) == size);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => RegisterAsync(address, 1));
        Assert.Contains($"submit to {_node.Address}", refused.Status.Detail);
        await _node.StopAsync();
        Assert.Equal(size, await SizeAsync(address));
        _node = await NodeUnderTest.StartAtAsync(_folder, "data", _node.Address);
        mirror.Signal("TERM");
        (await mirror.EndAsync()).With(ExitCodes.Done);
        (await RunAsync("fsck", "mirror")).With(ExitCodes.Done);
    }

    [Theory]
    [InlineData(0, "shrunk")]
    [InlineData(1, "forked")]
    [InlineData(5, "forked")]
    public async Task Mirror_NodeThatGoesBackOrForks_EndsAndSaysWhere(int other, string what)
    {
        // An old copy of the whole folder, of which nothing in it tells: a node starts on it, and signs what it signs.
        string address = _node.Address;
        await _node.StopAsync();
        Copy("data", "old");
        await using (NodeUnderTest fork = await StartAtAsync("127.0.0.1:0", "old"))
        {
            await RegisterAsync(fork.Address, other);
            await fork.StopAsync();
        }

        _node = await StartAtAsync(address, "data");
        await RegisterAsync(1);
        await using LedgerProcess mirror = StartMirror(address);
        await AddressAsync(mirror);
        long size = await SizeAsync(address);
        await _node.StopAsync();
        _node = await StartAtAsync(address, "old");

        Ended ended = await mirror.EndAsync();

        Assert.Contains(what, ended.With(ExitCodes.Refused).Error);
        Assert.Contains($"index {(other == 0 ? size - 2 : size)}", ended.Error);
        (await RunAsync("fsck", "mirror")).With(ExitCodes.Done);
    }

    [Fact]
    public async Task Backup_OfALogThatWentBack_IsRefusedAndStaysWhatItWas()
    {
        await _node.StopAsync();
        Copy("data", "old");
        _node = await StartAtAsync(_node.Address, "data");
        await RegisterAsync(1);
        Ended sound = (await BackupAsync()).With(ExitCodes.Done);
        await _node.StopAsync();

        Ended refused = await RunAsync("backup", "old", "backup");

        Assert.Contains("shrunk", refused.With(ExitCodes.Refused).Error);
        Assert.Equal(
            sound.Text("size"),
            (await RunAsync("restore", "backup", "restored")).With(ExitCodes.Done).Text("size")
        );
        Assert.Contains(
            "is a backup",
            (await RunAsync("mirror", "--from", "127.0.0.1:1", "--data", "backup")).With(ExitCodes.Unreachable).Error
        );
    }

    [Fact]
    public async Task Watch_OfANode_GoesOnUntilItForks()
    {
        string address = _node.Address;
        await _node.StopAsync();
        Copy("data", "old");
        _node = await StartAtAsync(address, "data");
        LedgerProcess watch = StartWatch(address);
        long size = await SizeAsync(address);
        Assert.Equal(size, await NextSizeAsync(watch));
        await RegisterAsync(1);
        Assert.Equal(size + 2, await NextSizeAsync(watch));

        // Killed: what it saw is there, and it goes on with it.
        watch.Signal("KILL");
        await watch.DisposeAsync();
        await RegisterAsync(1);
        watch = StartWatch(address);
        Assert.Equal(size + 4, await NextSizeAsync(watch));

        // The node is away, and comes back; nothing is wrong with that.
        await _node.StopAsync();
        Assert.Equal("silent", (await NextAsync(watch)).GetProperty("event").GetString());
        _node = await StartAtAsync(address, "data");
        Assert.Equal("back", (await NextAsync(watch)).GetProperty("event").GetString());
        watch.Signal("TERM");
        (await watch.EndAsync()).With(ExitCodes.Done);
        await watch.DisposeAsync();
        (await RunAsync("fsck", "watched")).With(ExitCodes.Done);

        // An old copy of the folder, from which a node signs another history.
        await _node.StopAsync();
        _node = await StartAtAsync(address, "old");
        await RegisterAsync(3);
        await using LedgerProcess again = StartWatch(address);
        Ended ended = (await again.EndAsync()).With(ExitCodes.Refused);
        Assert.Contains("forked", ended.Error);
        Assert.Contains($"index {size + 4}", ended.Error);
    }

    private Task<Ended> RunAsync(params string[] arguments) =>
        LedgerProcess.RunAsync(_folder, new Dictionary<string, string> { ["LEDGER_JSON"] = "1" }, arguments);

    private Task<Ended> BackupAsync(params string[] options) =>
        RunAsync(["backup", _node.Address, "backup", "--log-key", _node.LogKey, .. options]);

    private Task<Ended> ServeAsync(string key, params string[] options) =>
        RunAsync(["serve", "--data", "data", "--log-key-file", key, "--listen", "127.0.0.1:0", .. options]);

    private Task RegisterAsync(int count) => RegisterAsync(_node.Address, count);

    // A batch each.
    private static async Task RegisterAsync(string address, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await SubmitAsync(address, static signer => signer.SignCreate());
        }
    }

    private static async Task SubmitAsync(string address, Func<Signer, SignedOperation> sign)
    {
        using GrpcChannel channel = Open(address);
        SubmitRequest request = new() { Operation = sign(new Signer(TimeProvider.System, NodeUnderTest.Origin)) };
        await new RegistryService.RegistryServiceClient(channel).SubmitAsync(request);
    }

    private static GrpcChannel Open(string address) =>
        NodeChannel.Open(new LedgerClientOptions { Address = new Uri($"http://{address}") });

    private LedgerProcess StartMirror(string from, params string[] options) =>
        LedgerProcess.Start(
            _folder,
            [],
            [
                "mirror",
                "--json",
                "--from",
                from,
                "--data",
                "mirror",
                "--listen",
                "127.0.0.1:0",
                "--log-key",
                _node.LogKey,
                .. options,
            ]
        );

    private LedgerProcess StartWatch(string place) =>
        LedgerProcess.Start(
            _folder,
            [],
            "watch",
            place,
            "--json",
            "--every",
            "1s",
            "--data",
            "watched",
            "--log-key",
            _node.LogKey
        );

    private static async Task<JsonElement> NextAsync(LedgerProcess watch)
    {
        string? line = await watch.Output.ReadLineAsync();
        Assert.True(line is not null, "it ended");
        return JsonDocument.Parse(line).RootElement;
    }

    private static async Task<long> NextSizeAsync(LedgerProcess watch) =>
        (await NextAsync(watch)).GetProperty("size").GetInt64();

    private static async Task<string> AddressAsync(LedgerProcess process)
    {
        string? ready = await process.Output.ReadLineAsync();
        Assert.True(ready is not null, "it did not start");
        return new Uri(JsonDocument.Parse(ready).RootElement.GetProperty("address").GetString()!).Authority;
    }

    private Task<NodeUnderTest> StartAtAsync(string address, string data) =>
        NodeUnderTest.StartAtAsync(_folder, data, address);

    private async Task<long> SizeAsync(string address)
    {
        using GrpcChannel channel = Open(address);
        GetCheckpointResponse answer = await new LogService.LogServiceClient(channel).GetCheckpointAsync(new());
        Assert.True(VerifierKey.TryParse(_node.LogKey, out VerifierKey? key));
        Assert.True(
            Checkpoint.TryOpen(answer.Checkpoint.Span, key, out Checkpoint? checkpoint, out string problem),
            problem
        );
        return checkpoint.Size;
    }

    // What one process does is seen by another in a moment.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    // The disk with the ledger is gone; the key was kept elsewhere.
    private async Task<string> LoseAsync()
    {
        await _node.StopAsync();
        File.Move(_folder["data/log-key"], _folder["key"]);
        Directory.Delete(_folder["data"], recursive: true);
        return "key";
    }

    private void Copy(string from, string to)
    {
        Directory.CreateDirectory(_folder[to]);
        foreach (string file in Directory.GetFiles(_folder[from], "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_folder[to], Path.GetRelativePath(_folder[from], file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
