using System.Net;
using System.Net.Sockets;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Cli.Tests.Commands;

/// <summary>A log as files, and as tiles over HTTP: written, brought up to date, served, audited.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private VerifierKey _key = null!;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Export_StoppedStore_IsTheLogInFiles()
    {
        await Grow(dids: 140);

        Ended export = (await Export("data", "public")).With(ExitCodes.Done);

        Assert.Equal(282, export.Json.GetProperty("size").GetInt64());
        Assert.Equal(282, export.Json.GetProperty("new_entries").GetInt64());
        Assert.Equal(
            [
                "checkpoint",
                "tile/0/000",
                "tile/0/001.p/26",
                "tile/1/000.p/1",
                "tile/entries/000",
                "tile/entries/001.p/26",
            ],
            Files("public").Keys
        );
        Ended audit = (await Audit("public")).With(ExitCodes.Done);
        Assert.Equal("sound", audit.Text("verdict"));
        Assert.Equal(282, audit.Json.GetProperty("size").GetInt64());
        Assert.Equal(export.Text("root"), audit.Text("root"));
        Assert.Equal("", audit.Error);
    }

    [Fact]
    public async Task Export_Again_WritesWhatIsNewAndRemovesWhatIsFull()
    {
        await Grow(dids: 4);
        (await Export("data", "public")).With(ExitCodes.Done);
        (await Audit("public", "--memory", _folder["memory"])).With(ExitCodes.Done);
        Ended same = (await Export("data", "public")).With(ExitCodes.Done);
        Assert.Equal((0, 0), (Number(same, "files_written"), Number(same, "new_entries")));

        await Grow(dids: 5);
        Ended more = (await Export("data", "public")).With(ExitCodes.Done);
        Assert.Equal((3, 10), (Number(more, "files_written"), Number(more, "new_entries")));
        Assert.Equal(
            ["checkpoint", "tile/0/000.p/10", "tile/0/000.p/20", "tile/entries/000.p/10", "tile/entries/000.p/20"],
            Files("public").Keys
        );
        (await Audit("public", "--memory", _folder["memory"])).With(ExitCodes.Done);

        await Grow(dids: 260);
        Ended full = (await Export("data", "public")).With(ExitCodes.Done);
        Assert.Equal(4, Number(full, "partial_files_removed"));
        Assert.Equal(
            [
                "checkpoint",
                "tile/0/000",
                "tile/0/001",
                "tile/0/002.p/28",
                "tile/1/000.p/2",
                "tile/entries/000",
                "tile/entries/001",
                "tile/entries/002.p/28",
            ],
            Files("public").Keys
        );
        Ended audit = (await Audit("public", "--memory", _folder["memory"])).With(ExitCodes.Done);
        Assert.Equal("True", audit.Text("continues_remembered"));

        // The same bytes as if it had been written at once.
        (await Export("data", "fresh")).With(ExitCodes.Done);
        Assert.Equal(Files("fresh"), Files("public"));
    }

    [Fact]
    public async Task Export_BrokenOff_GoesOnWithWhatIsThere()
    {
        await Grow(dids: 300);
        (await Export("data", "fresh")).With(ExitCodes.Done);
        (await Export("data", "public")).With(ExitCodes.Done);

        // Before the checkpoint was put in place, and while a file was being written.
        File.Delete(_folder["public/checkpoint"]);
        File.Delete(_folder["public/tile/entries/001"]);
        Directory.Delete(_folder["public/tile/1"], recursive: true);
        await File.WriteAllTextAsync(_folder["public/.export/new"], "half a file");
        Directory.CreateDirectory(_folder["public/tile/0/001.p"]);
        await File.WriteAllBytesAsync(_folder["public/tile/0/001.p/7"], new byte[7 * 32]);
        Ended export = (await Export("data", "public")).With(ExitCodes.Done);

        Assert.Equal(3, Number(export, "files_written"));
        Assert.Equal(Files("fresh"), Files("public"));
    }

    [Fact]
    public async Task Export_BrokenOffWithFilesOfAnotherLog_DoesNotBelieveThem()
    {
        await Grow(dids: 300);
        (await Export("data", "fresh")).With(ExitCodes.Done);
        (await Export("data", "public")).With(ExitCodes.Done);
        File.Delete(_folder["public/checkpoint"]);
        Flip("public/tile/entries/000");
        Flip("public/tile/0/001");
        await File.WriteAllBytesAsync(_folder["public/tile/entries/001"], new byte[EntryBundle.BytesMax + 1]);

        (await Export("data", "public")).With(ExitCodes.Done);

        Assert.Equal(Files("fresh"), Files("public"));
    }

    [Theory]
    [InlineData("tile/0/000", "does not have the root that tile/1/000.p/2 names")]
    [InlineData("tile/entries/001", "tile/entries/001 of public")]
    [InlineData("tile/1/000.p/2", "do not have the root of the checkpoint of 602 entries")]
    public async Task Export_IntoADamagedFolder_SaysSoAndLeavesTheCheckpoint(string path, string problem)
    {
        await Grow(dids: 300);
        (await Export("data", "public")).With(ExitCodes.Done);
        Flip($"public/{path}");
        await Grow(dids: 5);
        byte[] checkpoint = await File.ReadAllBytesAsync(_folder["public/checkpoint"]);

        Ended export = (await Export("data", "public")).With(ExitCodes.Refused);

        Assert.Contains(problem, export.Error, StringComparison.Ordinal);
        Assert.Contains("The checkpoint in public is as it was.", export.Error, StringComparison.Ordinal);
        Assert.Equal(checkpoint, await File.ReadAllBytesAsync(_folder["public/checkpoint"]));
    }

    [Fact]
    public async Task Export_OverAnotherLog_LeavesItAsItIs()
    {
        await Grow(dids: 300);
        await SampleLog.WriteAsync(_folder["short"], _folder["key"], dids: 20);
        await SampleLog.WriteAsync(_folder["forked"], _folder["key"], dids: 310);
        await SampleLog.WriteAsync(_folder["equal"], _folder["key"], dids: 300);
        await SampleLog.WriteAsync(_folder["other"], _folder["other-key"], dids: 310);
        (await Export("data", "public")).With(ExitCodes.Done);
        Dictionary<string, string> before = Files("public");

        foreach (
            (string source, string problem) in (IEnumerable<(string, string)>)
                [
                    ("short", "public holds 602 entries of this log, and the log shows 42"),
                    ("forked", "The log does not continue the 602 entries in public: history was rewritten"),
                    ("equal", "The log does not continue the 602 entries in public: history was rewritten"),
                ]
        )
        {
            Ended export = (await Export(source, "public")).With(ExitCodes.Refused);
            Assert.Contains(problem, export.Error, StringComparison.Ordinal);
            Assert.Equal(before, Files("public"));
        }

        Ended other = await LedgerProcess.RunAsync(_folder, "export", "other", "public", "--json");
        Assert.Contains("public holds another log", other.With(ExitCodes.Refused).Error, StringComparison.Ordinal);
        Ended wrongKey = await Export("other", "elsewhere");
        Assert.Contains(
            "The log's newest checkpoint is not one of this log",
            wrongKey.With(ExitCodes.Refused).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(before, Files("public"));
    }

    [Fact]
    public async Task Export_IntoAFolderOfOtherThings_IsNotTried()
    {
        await Grow(dids: 1);
        Directory.CreateDirectory(_folder["documents"]);
        await File.WriteAllTextAsync(_folder["documents/letter"], "Dear …");

        Ended export = (await Export("data", "documents")).With(ExitCodes.Usage);

        Assert.Contains("documents is no export of a log, and not empty", export.Error, StringComparison.Ordinal);
        Assert.Equal(["letter"], Directory.GetFileSystemEntries(_folder["documents"]).Select(Path.GetFileName));

        // Once it is an export, what else a web server needs may lie there.
        (await Export("data", "public")).With(ExitCodes.Done);
        await File.WriteAllTextAsync(_folder["public/robots.txt"], "User-agent: *");
        (await Export("data", "public")).With(ExitCodes.Done);
    }

    [Fact]
    public async Task Export_WhileAnotherProcessDoes_Waits()
    {
        await Grow(dids: 1);
        using TileDirectory held = TileDirectory.Open(_folder["public"]);

        Ended export = (await Export("data", "public")).With(ExitCodes.Unreachable);

        Assert.Contains("is being exported into by another process", export.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportAndAudit_FromEveryPlace_AreOfTheSameLog()
    {
        await Grow(dids: 140);
        await using NodeUnderTest node = await StartAsync();

        (await Export(node.Address, "by-grpc")).With(ExitCodes.Done);
        (await Export(node.HttpAddress!, "by-http", "--tiles")).With(ExitCodes.Done);
        using StaticServer server = new(_folder["by-http"]);
        (await Export(server.Address, "mirror", "--tiles")).With(ExitCodes.Done);
        (await Export("mirror", "copy")).With(ExitCodes.Done);
        Ended overHttp = (await Audit($"tiles+{node.HttpAddress}", "--compare", node.Address)).With(ExitCodes.Done);
        Assert.Equal(1, Number(overHttp, "compared"));
        Ended overFiles = (await Audit(server.Address, "--tiles")).With(ExitCodes.Done);

        Assert.Equal(282, Number(overHttp, "size"));
        Assert.Equal(overHttp.Text("root"), overFiles.Text("root"));
        foreach (string place in (string[])["by-http", "mirror", "copy"])
        {
            Assert.Equal(Files("by-grpc"), Files(place));
        }
    }

    [Fact]
    public async Task Import_OfAnExport_IsTheLogAndGoesOn()
    {
        await Grow(dids: 140);
        (await Export("data", "public")).With(ExitCodes.Done);

        Ended import = (await Copy("import", "public", "copy")).With(ExitCodes.Done);
        Assert.Equal(282, Number(import, "size"));
        Ended audit = (await Audit("copy")).With(ExitCodes.Done);
        Assert.Equal(import.Text("root"), audit.Text("root"));
        (await LedgerProcess.RunAsync(_folder, "fsck", "copy", "--json")).With(ExitCodes.Done);

        // What is added is taken; with all of it, a node signs from the copy.
        await Grow(dids: 3);
        (await Export("data", "public")).With(ExitCodes.Done);
        Assert.Equal(6, Number((await Copy("backup", "public", "copy")).With(ExitCodes.Done), "added"));
        (await Copy("catch-up", "copy", "--from", "public")).With(ExitCodes.Done);
        Directory.Move(_folder["data"], _folder["old"]);
        Directory.Move(_folder["copy"], _folder["data"]);
        await using NodeUnderTest node = await StartAsync();
        (await LedgerProcess.RunAsync(_folder, "keys", "new", "alice")).With(ExitCodes.Done);
        (await LedgerProcess.RunAsync(_folder, "did", "create", "--as", "alice", "--node", node.Address)).With(
            ExitCodes.Done
        );

        (await Copy("import", node.HttpAddress!, "by-http", "--tiles")).With(ExitCodes.Done);
        Assert.Equal(290, Number((await Audit("by-http")).With(ExitCodes.Done), "size"));
    }

    [Fact]
    public async Task Import_TilesThatWereChanged_IsRefusedWithTheIndex()
    {
        await Grow(dids: 140);
        (await Export("data", "public")).With(ExitCodes.Done);
        int copies = 0;
        foreach (string path in Files("public").Keys)
        {
            Flip($"public/{path}");
            string copy = $"copy-{copies++}";
            Ended flipped = (await Copy("import", "public", copy)).With(ExitCodes.Refused);
            Assert.Equal(
                path switch
                {
                    "checkpoint" => -1,
                    "tile/entries/001.p/26" => 256,
                    _ => 0, // the edge is read before the first entry
                },
                flipped.Json.GetProperty("error").GetProperty("index").GetInt64()
            );

            // Nothing of it was stored, so that the whole log can still be taken.
            Flip($"public/{path}");
            Assert.Equal(282, Number((await Copy("import", "public", copy)).With(ExitCodes.Done), "added"));
        }
    }

    [Fact]
    public async Task Import_TilesWithoutAKey_AreNotTaken()
    {
        await Grow(dids: 1);
        (await Export("data", "public")).With(ExitCodes.Done);

        Ended import = await LedgerProcess.RunAsync(_folder, "import", "public", "copy", "--json");

        Assert.Contains("Give it with --log-key", import.With(ExitCodes.Usage).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_TilesWithoutAKey_AreNotJudged()
    {
        await Grow(dids: 1);
        (await Export("data", "public")).With(ExitCodes.Done);

        Ended unknown = await LedgerProcess.RunAsync(_folder, "audit", "public", "--json");
        Assert.Contains("Give it with --log-key", unknown.With(ExitCodes.Usage).Error, StringComparison.Ordinal);

        // Once it is known, it is remembered.
        (await Audit("public")).With(ExitCodes.Done);
        Ended known = await LedgerProcess.RunAsync(_folder, "audit", "public", "--json");
        Assert.Equal("remembered", known.With(ExitCodes.Done).Text("key_source"));
    }

    [Fact]
    public async Task Audit_TilesThatWereChanged_AreFound()
    {
        await Grow(dids: 140);
        (await Export("data", "public")).With(ExitCodes.Done);
        foreach (string path in Files("public").Keys)
        {
            byte[] sound = await File.ReadAllBytesAsync(_folder[$"public/{path}"]);
            Flip($"public/{path}");
            Ended flipped = (await Audit("public")).With(ExitCodes.Refused);
            Assert.Equal("wrong", flipped.Text("verdict"));
            Assert.Equal(
                path switch
                {
                    "checkpoint" => -1,
                    "tile/entries/001.p/26" => 256,
                    _ => 0, // the edge is read before the first entry
                },
                Number(flipped, "index")
            );

            if (path != "checkpoint")
            {
                File.Delete(_folder[$"public/{path}"]);
                Ended missing = (await Audit("public")).With(ExitCodes.Unreachable);
                Assert.Contains($"{path} of public is missing", missing.Error, StringComparison.Ordinal);
            }

            await File.WriteAllBytesAsync(_folder[$"public/{path}"], sound);
        }

        (await Audit("public")).With(ExitCodes.Done);
    }

    [Fact]
    public async Task Audit_TilesOfAnEntryThatTheRulesDoNotAllow_NamesItsIndex()
    {
        // All of it is consistent, and signed by the log: the entry alone is wrong.
        await Grow(dids: 3);
        byte[][] entries;
        using (Ledger.Audit.StoreSource store = new(_folder["data"]))
        {
            List<byte[]> read = [];
            await foreach (ReadOnlyMemory<byte> entry in store.EntriesAsync(0, 8, CancellationToken.None))
            {
                read.Add(entry.ToArray());
            }

            entries = [.. read];
        }

        entries[4][^20] ^= 1;
        Directory.CreateDirectory(_folder["public"]);
        Client.TileWriter writer = new(
            (path, bytes) =>
            {
                string file = _folder[$"public/{path}"];
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, bytes.ToArray());
            }
        );
        Array.ForEach(entries, entry => writer.Append(entry));
        using Ed25519PrivateKey logKey = LogKeyFile.Read(_folder["key"], out string _);
        byte[] note = new Checkpoint(SampleLog.Origin, entries.Length, writer.Root()).Sign(logKey);
        writer.WritePartial();
        await File.WriteAllBytesAsync(_folder["public/checkpoint"], note);

        Ended audit = (await Audit("public")).With(ExitCodes.Refused);

        Assert.Equal(4, Number(audit, "index"));
        Assert.Contains("does not verify under the key in force", audit.Text("finding"), StringComparison.Ordinal);
        Ended watch = (await Copy("watch", "public", "--once", "--data", "kept")).With(ExitCodes.Refused);
        Assert.Equal(4, Number(watch, "index"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", ExitCodes.Unreachable, "was not answered")]
    [InlineData("127.0.0.1:7480", ExitCodes.Usage, "is neither a folder nor the address of tiles")]
    [InlineData("https://log.example/?a=b", ExitCodes.Usage, "is neither a folder nor the address of tiles")]
    [InlineData("ftp://log.example/", ExitCodes.Usage, "is neither a folder nor the address of tiles")]
    public async Task Audit_NoTilesThere_SaysSo(string target, int exitCode, string problem)
    {
        Ended audit = await LedgerProcess.RunAsync(_folder, "audit", target, "--tiles", "--json");

        Assert.Contains(problem, audit.With(exitCode).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_FolderWithoutACheckpoint_SaysSo()
    {
        Directory.CreateDirectory(_folder["empty"]);

        Ended audit = await LedgerProcess.RunAsync(_folder, "audit", "empty", "--tiles", "--json");

        Assert.Contains("empty has no checkpoint", audit.With(ExitCodes.Unreachable).Error, StringComparison.Ordinal);
    }

    private Task<NodeUnderTest> StartAsync() =>
        NodeUnderTest.StartAsync(
            _folder,
            "--http",
            "127.0.0.1:0",
            "--origin",
            SampleLog.Origin,
            "--log-key-file",
            _folder["key"]
        );

    private async Task Grow(int dids) => (_key, _) = await SampleLog.WriteAsync(_folder["data"], _folder["key"], dids);

    private Task<Ended> Export(string source, string directory, params string[] more) =>
        LedgerProcess.RunAsync(_folder, ["export", source, directory, "--log-key", _key.ToString(), "--json", .. more]);

    private Task<Ended> Copy(string command, params string[] more) =>
        LedgerProcess.RunAsync(_folder, [command, "--log-key", _key.ToString(), "--json", .. more]);

    private Task<Ended> Audit(string target, params string[] more) =>
        LedgerProcess.RunAsync(_folder, ["audit", target, "--log-key", _key.ToString(), "--json", .. more]);

    private static long Number(Ended ended, string name) => ended.Json.GetProperty(name).GetInt64();

    private void Flip(string path)
    {
        byte[] bytes = File.ReadAllBytes(_folder[path]);
        bytes[bytes.Length / 2] ^= 4;
        File.WriteAllBytes(_folder[path], bytes);
    }

    // What a web server would serve, by path, in order.
    private Dictionary<string, string> Files(string directory) =>
        Directory
            .EnumerateFiles(_folder[directory], "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder[directory], file))
            .Where(static path => !path.StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .ToDictionary(
                static path => path,
                path => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(_folder[directory], path)))
            );

    /// <summary>The least of a web server: files of a folder, below a path.</summary>
    private sealed class StaticServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _directory;

        public StaticServer(string directory)
        {
            _directory = directory;
            using (TcpListener free = new(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/logs/sample/";
            }

            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                string file = Path.Combine(_directory, context.Request.RawUrl!["/logs/sample/".Length..]);
                byte[] bytes = File.Exists(file) ? await File.ReadAllBytesAsync(file) : [];
                context.Response.StatusCode = File.Exists(file) ? 200 : 404;
                context.Response.ContentLength64 = bytes.Length;
                await context.Response.OutputStream.WriteAsync(bytes);
                context.Response.Close();
            }
        }
    }
}
