using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

/// <summary>A log that is watched in folders of tiles: sound, shrunk, forked, changed, silent. All logs have one key.</summary>
public sealed class WatchCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private VerifierKey _key = null!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_LogThatGrowsAndShrinks_IsSoundUntilThen()
    {
        await ExportAsync("data", "old", dids: 2);
        await ExportAsync("data", "public", dids: 1);
        Assert.Equal(8, Sound(await WatchAsync("public")));
        await ExportAsync("data", "public", dids: 140);
        Assert.Equal(288, Sound(await WatchAsync("public")));

        // A place that lags behind another is no finding; that it goes back is.
        Assert.Equal(288, Sound(await WatchAsync("public", "old")));
        Directory.Delete(_folder["public"], recursive: true);
        Directory.Move(_folder["old"], _folder["public"]);
        Ended shrunk = (await WatchAsync("public")).With(ExitCodes.Refused);

        Assert.Contains("the log has shrunk", shrunk.Error, StringComparison.Ordinal);
        Assert.Equal([288, 6], EvidenceOf(shrunk));
    }

    [Theory]
    [InlineData(2, 6)]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    public async Task Watch_TwoPlacesOfAForkedLog_FindsItAndShowsBothNotes(int dids, long index)
    {
        await ExportAsync("data", "public", dids: 3);
        await ExportAsync("forked", "other", dids);
        Sound(await WatchAsync("public"));

        Ended forked = (await WatchAsync("public", "other")).With(ExitCodes.Refused);

        JsonElement finding = Last(forked);
        Assert.Equal("other", finding.GetProperty("place").GetString());
        Assert.Equal(index, finding.GetProperty("index").GetInt64());
        Assert.Contains("forked", finding.GetProperty("finding").GetString(), StringComparison.Ordinal);
        Assert.Equal([8, 2 + (2 * dids)], EvidenceOf(forked));

        // Whoever sees both for the first time finds it too.
        Ended fresh = await RunAsync("watch", "other", "public", "--once", "--data", "fresh");
        Assert.Equal(2, EvidenceOf(fresh.With(ExitCodes.Refused)).Length);
    }

    [Fact]
    public async Task Watch_EntryThatWasChanged_NamesItsIndexAndRemembersNothingOfIt()
    {
        await ExportAsync("data", "public", dids: 140);
        Flip("public/tile/entries/001.p/26");
        Ended changed = (await WatchAsync("public")).With(ExitCodes.Refused);
        Assert.Equal(256, Last(changed).GetProperty("index").GetInt64());

        Flip("public/tile/entries/001.p/26");
        Assert.Equal(282, Sound(await WatchAsync("public")));
        Flip("public/checkpoint");
        Ended unsigned = (await WatchAsync("public")).With(ExitCodes.Refused);
        Assert.Equal(-1, Last(unsigned).GetProperty("index").GetInt64());
    }

    [Fact]
    public async Task Watch_PlaceThatIsNotReached_IsNoFinding()
    {
        await ExportAsync("data", "public", dids: 1);

        Ended once = (await WatchAsync("public", "127.0.0.1:1")).With(ExitCodes.Unreachable);

        JsonElement[] told = Lines(once);
        Assert.Equal(["silent", "sound"], told.Select(static line => line.GetProperty("event").GetString()));
        Assert.Equal("127.0.0.1:1", told[0].GetProperty("place").GetString());
        Ended silent = await RunAsync("watch", "127.0.0.1:1", "--every", "1s", "--max-silence", "1s", "--data", "kept");
        Assert.Contains("has not answered for", silent.With(ExitCodes.Unreachable).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_PlaceThatShowsACheckpointAndNoEntries_IsSilent()
    {
        await ExportAsync("data", "public", dids: 1);
        Directory.Delete(_folder["public/tile/entries"], recursive: true);

        Ended silent = await RunAsync("watch", "public", "--every", "1s", "--max-silence", "2s", "--data", "kept");

        JsonElement[] told = Lines(silent.With(ExitCodes.Unreachable));
        Assert.Equal("silent", told[0].GetProperty("event").GetString());
        Assert.Contains("public has not answered for", silent.Error, StringComparison.Ordinal);
        Assert.Equal(2, told.Length); // told once, and the failure
    }

    [Fact]
    public async Task Watch_Finding_GoesToTheProgramAndTheWebhook()
    {
        await ExportAsync("data", "public", dids: 3);
        await ExportAsync("forked", "other", dids: 3);
        await File.WriteAllTextAsync(_folder["alarm"], "#!/bin/sh\nexec cat > got\n");
        File.SetUnixFileMode(_folder["alarm"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using HttpListener listener = Listen(out string address);
        Task<Ended> watching = WatchAsync(
            "public",
            "other",
            "--on-finding",
            _folder["alarm"],
            "--webhook",
            address + "hook"
        );
        HttpListenerContext posted = await listener.GetContextAsync();
        using StreamReader body = new(posted.Request.InputStream, Encoding.UTF8);
        string json = await body.ReadToEndAsync();
        posted.Response.Redirect(address + "elsewhere");
        posted.Response.Close();
        Ended forked = (await watching).With(ExitCodes.Refused);

        Assert.Equal(Last(forked).GetRawText() + "\n", json);
        Assert.Equal(json, await File.ReadAllTextAsync(_folder["got"]));
        Assert.Contains("answered 302", forked.Error, StringComparison.Ordinal);

        // Nobody there to be told: the finding stands.
        listener.Close();
        Ended untold = await WatchAsync("public", "other", "--on-finding", _folder["none"], "--webhook", address);
        Assert.Contains("could not be run", untold.With(ExitCodes.Refused).Error, StringComparison.Ordinal);
        Assert.Contains("could not be posted", untold.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_FolderOfAStoppedNode_IsForOneRound()
    {
        await ExportAsync("data", "public", dids: 1);

        Assert.Equal(4, Sound(await WatchAsync("data", "public")));
        Ended watch = await RunAsync("watch", "data", "--data", "kept");

        Assert.Contains("--once", watch.With(ExitCodes.Usage).Error, StringComparison.Ordinal);
    }

    private async Task ExportAsync(string data, string directory, int dids)
    {
        (_key, _) = await SampleLog.WriteAsync(_folder[data], _folder["key"], dids);
        (await RunAsync("export", data, directory)).With(ExitCodes.Done);
    }

    private Task<Ended> WatchAsync(params string[] places) =>
        RunAsync(["watch", "--once", "--data", "kept", .. places]);

    private Task<Ended> RunAsync(params string[] arguments) =>
        LedgerProcess.RunAsync(_folder, [.. arguments, "--log-key", _key.ToString(), "--json"]);

    private static JsonElement[] Lines(Ended ended) =>
        [
            .. ended
                .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => JsonDocument.Parse(line).RootElement),
        ];

    private static JsonElement Last(Ended ended) => Lines(ended)[^1];

    private static long Sound(Ended ended)
    {
        JsonElement last = Last(ended.With(ExitCodes.Done));
        Assert.Equal("sound", last.GetProperty("event").GetString());
        return last.GetProperty("size").GetInt64();
    }

    // The sizes of the notes that a finding shows, each signed by the log.
    private long[] EvidenceOf(Ended ended) =>
        [
            .. Last(ended)
                .GetProperty("checkpoints")
                .EnumerateArray()
                .Select(shown =>
                {
                    string note = shown.GetProperty("note").GetString()!;
                    Assert.Contains(note, ended.Error, StringComparison.Ordinal);
                    Assert.True(
                        Checkpoint.TryOpen(
                            Encoding.UTF8.GetBytes(note),
                            _key,
                            out Checkpoint? checkpoint,
                            out string problem
                        ),
                        problem
                    );
                    return checkpoint.Size;
                }),
        ];

    private void Flip(string path)
    {
        byte[] bytes = File.ReadAllBytes(_folder[path]);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(_folder[path], bytes);
    }

    private static HttpListener Listen(out string address)
    {
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        HttpListener listener = new();
        listener.Prefixes.Add(address);
        listener.Start();
        return listener;
    }
}
