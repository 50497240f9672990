using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Node.Tests.Http;

/// <summary>A node whose log has a full tile and more.</summary>
public sealed class LogScene : IAsyncLifetime
{
    private TestNode? _node;

    internal TestNode Node => _node!;

    internal HttpClient Client { get; private set; } = null!;

    internal byte[][] Entries { get; private set; } = [];

    internal byte[][] Leaves { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(options => options with { Http = new IPEndPoint(IPAddress.Loopback, 0) });
        Client = new HttpClient { BaseAddress = _node.Node.HttpAddress };
        Ledger.Testing.Signer supervisor = new(_node.Time, TestNode.Origin);
        await Submit(Operations.Found(TestNode.Network, supervisor.Document), supervisor);
        await Submit([
            .. Enumerable
                .Range(0, 600)
                .Select(_ => new Ledger.Testing.Signer(_node.Time, TestNode.Origin).SignCreate()),
        ]);
        using ReadView view = _node.Node.Ledger.Read();
        Entries = [.. view.Entries(0)];
        Leaves = [.. Entries.Select(static entry => SHA256.HashData([0, .. entry]))];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _node!.DisposeAsync();
    }

    internal Task<HttpResponseMessage> Get(string path, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Get, path, headers);

    internal async Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using HttpRequestMessage request = new(method, path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private Task Submit(V1.Operation operation, Ledger.Testing.Signer signer) => Submit([signer.Sign(operation)]);

    private async Task Submit(V1.SignedOperation[] operations)
    {
        Submission[] answers = await Node.Node.Ledger.SubmitAllAsync(operations, TestContext.Current.CancellationToken);
        Assert.All(answers, static answer => Assert.Equal(Judgement.Ok, answer.Judgement));
    }
}

/// <summary>The log over plain HTTP, by C2SP tlog-tiles.</summary>
public sealed class LogTests(LogScene scene) : IClassFixture<LogScene>
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const string ForAnHour = "public, max-age=3600, immutable";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Walk_WithTheCheckpointAndTilesAlone_VerifiesEveryEntry()
    {
        byte[] note = await scene.Client.GetByteArrayAsync("/checkpoint");
        Assert.True(
            Checkpoint.TryOpen(note, scene.Node.LogKey, out Checkpoint? checkpoint, out string problem),
            problem
        );
        int size = (int)checkpoint.Size;
        Assert.Equal(scene.Entries.Length, size);

        List<byte[]> leaves = [];
        List<byte[]> entries = [];
        for (int index = 0; index * 256 < size; index++)
        {
            TilePath path = TilePath.In(0, index, size)!.Value;
            leaves.AddRange((await scene.Client.GetByteArrayAsync($"/{path}")).Chunk(32));
            byte[] bundle = await scene.Client.GetByteArrayAsync($"/{path with { Level = TilePath.Entries }}");
            for (int at = 0; at < bundle.Length; )
            {
                int length = (bundle[at] << 8) + bundle[at + 1];
                entries.Add(bundle[(at + 2)..(at + 2 + length)]);
                at += 2 + length;
            }
        }

        // RFC 6962, section 2.1.1: an inclusion proof of each entry, out of the tiles, up to the signed root.
        Assert.Equal(size, leaves.Count);
        Assert.Equal(size, entries.Count);
        byte[][] tree = [.. leaves];
        for (int i = 0; i < size; i++)
        {
            byte[] leaf = SHA256.HashData([0, .. entries[i]]);
            byte[] proof = [.. PathTo(i, tree).SelectMany(static hash => hash)];
            Assert.True(InclusionProof.Verify(i, size, leaf, proof, checkpoint.Root.Span), $"entry {i}");
        }

        // Each hash of the level above is the root of a full tile below.
        byte[] above = await scene.Client.GetByteArrayAsync($"/{TilePath.In(1, 0, size)}");
        Assert.Equal(tree.Chunk(256).Where(static t => t.Length == 256).SelectMany(Root), above);
    }

    [Fact]
    public async Task Hashes_OfEveryTileAndWidth_AreThose()
    {
        for (int index = 0; index < 3; index++)
        {
            byte[][] tile = scene.Leaves[(256 * index)..Math.Min(256 * (index + 1), scene.Leaves.Length)];
            for (int width = 1; width <= tile.Length; width++)
            {
                using HttpResponseMessage answer = await scene.Get($"/{new TilePath(0, index, width)}");

                Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
                Assert.Equal(width == 256 ? Forever : ForAnHour, answer.Headers.GetValues("Cache-Control").Single());
                Assert.Equal(32 * width, answer.Content.Headers.ContentLength);
                Assert.Equal(tile[..width].SelectMany(static h => h), await answer.Content.ReadAsByteArrayAsync());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(77)]
    [InlineData(255)]
    [InlineData(256)]
    public async Task Entries_OfAnyWidth_AreThose(int width)
    {
        using HttpResponseMessage answer = await scene.Get($"/{new TilePath(TilePath.Entries, 1, width)}");

        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(width == 256 ? Forever : ForAnHour, answer.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("Accept-Encoding", answer.Headers.GetValues("Vary").Single());
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal(Bundle(256, width), await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Checkpoint_Always_IsAskedForAgain()
    {
        using HttpResponseMessage answer = await scene.Get("/checkpoint");

        Assert.Equal("text/plain; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", answer.Headers.GetValues("Cache-Control").Single());
        Assert.Equal(scene.Node.Node.Ledger.Head.Note.ToArray(), await answer.Content.ReadAsByteArrayAsync());

        using HttpResponseMessage again = await scene.Get("/checkpoint", ("If-None-Match", TagOf(answer)));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal("no-cache", again.Headers.GetValues("Cache-Control").Single());
        using HttpResponseMessage other = await scene.Get("/checkpoint", ("If-None-Match", "\"another\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("/checkpoint")]
    [InlineData("/tile/0/000")]
    [InlineData("/tile/1/000.p/2")]
    [InlineData("/tile/entries/000")]
    [InlineData("/tile/entries/002.p/3")]
    public async Task HeadAndConditions_OfEveryKind_AreThoseOfGet(string path)
    {
        foreach (string encoding in (string[])["identity", "gzip"])
        {
            using HttpResponseMessage get = await scene.Get(path, ("Accept-Encoding", encoding));
            using HttpResponseMessage head = await scene.Send(HttpMethod.Head, path, ("Accept-Encoding", encoding));
            using HttpResponseMessage known = await scene.Get(
                path,
                ("Accept-Encoding", encoding),
                ("If-None-Match", TagOf(get))
            );

            Assert.Equal(HttpStatusCode.OK, get.StatusCode);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
            Assert.Empty(await known.Content.ReadAsByteArrayAsync());
            Assert.Empty(known.Content.Headers.ContentEncoding);
            Assert.Equal(TagOf(get), TagOf(head));
            Assert.Equal(TagOf(get), TagOf(known));
            foreach (string name in (string[])["Cache-Control", "Vary"])
            {
                Assert.Equal(Values(get, name), Values(head, name));
                Assert.Equal(Values(get, name), Values(known, name));
            }
        }

        static IEnumerable<string> Values(HttpResponseMessage answer, string name) =>
            answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values : [];
    }

    [Theory]
    [InlineData("/tile/0/003")]
    [InlineData("/tile/0/002")]
    [InlineData("/tile/0/002.p/255")]
    [InlineData("/tile/0/002.p/0")]
    [InlineData("/tile/0/000.p/256")]
    [InlineData("/tile/0/000.p/01")]
    [InlineData("/tile/1/000")]
    [InlineData("/tile/1/000.p/3")]
    [InlineData("/tile/1/001.p/1")]
    [InlineData("/tile/2/000.p/1")]
    [InlineData("/tile/8/000.p/1")]
    [InlineData("/tile/63/000.p/1")]
    [InlineData("/tile/64/000")]
    [InlineData("/tile/00/000")]
    [InlineData("/tile/-1/000")]
    [InlineData("/tile/0/0")]
    [InlineData("/tile/0/000/")]
    [InlineData("/tile/0/x000/000")]
    [InlineData("/tile/0/%30%30%30")]
    [InlineData("/tile/0/x009/x223/x372/x036/x854/x775/807")]
    [InlineData("/tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("/tile/entries/003")]
    [InlineData("/tile/entries/002.p/255")]
    [InlineData("/tile/entries/000.p/0")]
    [InlineData("/tile/entries/x009/x223/x372/x036/x854/x775/807")]
    [InlineData("/tile/entries/")]
    [InlineData("/tile/entries")]
    [InlineData("/tile/entries/entries/000")]
    [InlineData("/tile/")]
    [InlineData("/tile")]
    [InlineData("/tile/0/000.p/../001")]
    [InlineData("/tile/0/../../etc/passwd")]
    [InlineData("/checkpoint/")]
    public async Task Get_WhatTheLogDoesNotHave_IsNothing(string path)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, scene.Node.Node.HttpAddress!.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        );
        string reply = await new StreamReader(stream).ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 404 ", reply, StringComparison.Ordinal);
        Assert.Contains("Cache-Control: no-store", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("identity", false)]
    [InlineData("br, deflate, zstd", false)]
    [InlineData("gzip", true)]
    [InlineData("GZIP", true)]
    [InlineData("x-gzip", true)]
    [InlineData("gzip, identity", true)]
    [InlineData("gzip, deflate, br", true)]
    [InlineData("gzip;q=0.1", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("gzip;q=0.5, identity", false)]
    [InlineData("*", true)]
    [InlineData("*;q=0", false)]
    [InlineData("identity;q=0.5, *;q=0.4", false)]
    [InlineData("br;q=1.0, gzip;q=0.8, *;q=0.1", true)]
    [InlineData(";;;", false)]
    [InlineData("gzip;q=2", false)]
    public async Task Entries_ByAcceptEncoding_AreCompressedOrNot(string? accepted, bool isGzip)
    {
        (string, string)[] headers = accepted is null ? [] : [("Accept-Encoding", accepted)];
        using HttpResponseMessage answer = await scene.Get("/tile/entries/000", headers);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal("Accept-Encoding", answer.Headers.GetValues("Vary").Single());
        Assert.Equal(isGzip ? ["gzip"] : [], answer.Content.Headers.ContentEncoding);
        Assert.Equal(isGzip, TagOf(answer).StartsWith("W/", StringComparison.Ordinal));
        Assert.Equal(Bundle(0, 256), isGzip ? Unzip(body) : body);
    }

    [Fact]
    public async Task Tags_OfBundles_AreOfEachWidthAndEncodingAlone()
    {
        HashSet<string> tags = [];
        foreach (
            (string path, string encoding) in (IEnumerable<(string, string)>)
                [
                    ("/tile/entries/000", "gzip"),
                    ("/tile/entries/000", "identity"),
                    ("/tile/entries/000.p/255", "gzip"),
                    ("/tile/entries/000.p/255", "identity"),
                    ("/tile/entries/001", "identity"),
                ]
        )
        {
            using HttpResponseMessage answer = await scene.Get(path, ("Accept-Encoding", encoding));
            Assert.True(tags.Add(TagOf(answer)), path);
        }
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public async Task Entries_LargeOnes_AreSentAsTheyAreRead(string encoding)
    {
        await using Scene large = await OpenLargeAsync(megabytes: 15, static o => o);
        using ReadView view = large.Node.Node.Ledger.Read();
        byte[][] entries = [.. view.Entries(0).Take(256)];
        using HttpClient client = new() { BaseAddress = large.Node.Node.HttpAddress };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", encoding);

        using HttpResponseMessage answer = await client.GetAsync("/tile/entries/000");

        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        byte[] bundle = EntryBundle.Write([.. entries.Select(static e => (ReadOnlyMemory<byte>)e)]);
        Assert.InRange(bundle.Length, 8_000_000, EntryBundle.BytesMax);
        Assert.True(bundle.AsSpan().SequenceEqual(encoding == "gzip" ? Unzip(body) : body));
        Assert.Equal(Forever, answer.Headers.GetValues("Cache-Control").Single());

        // HEAD and who has it already cost nothing of that.
        using HttpRequestMessage head = new(HttpMethod.Head, "/tile/entries/000");
        using HttpResponseMessage headers = await client.SendAsync(head);
        Assert.Equal(TagOf(answer), TagOf(headers));
        using HttpRequestMessage known = new(HttpMethod.Get, "/tile/entries/000");
        known.Headers.TryAddWithoutValidation("If-None-Match", TagOf(answer));
        using HttpResponseMessage unchanged = await client.SendAsync(known);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Entries_LargeOnesThatNobodyReads_AreCutOff()
    {
        await using Scene large = await OpenLargeAsync(
            megabytes: 15,
            static o => o with { StallTimeout = TimeSpan.FromSeconds(1) }
        );
        using HttpClient client = new() { BaseAddress = large.Node.Node.HttpAddress };

        using Stream stalled = await client.GetStreamAsync("/tile/entries/000");
        await large.Node.Node.CallsEnded.WaitAsync(Patience);

        await Assert.ThrowsAnyAsync<IOException>(() => stalled.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Entries_LargeOnesWithoutRoom_AreRefusedOrNotCompressed()
    {
        await using Scene large = await OpenLargeAsync(
            megabytes: 15,
            static o => o with { Limits = NodeLimits.Default with { StreamsMax = 1, CompressionsMax = 0 } }
        );
        using HttpClient client = new() { BaseAddress = large.Node.Node.HttpAddress };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip");

        using HttpResponseMessage first = await client.GetAsync(
            "/tile/entries/000",
            HttpCompletionOption.ResponseHeadersRead
        );
        using HttpResponseMessage second = await client.GetAsync("/tile/entries/000");
        using HttpResponseMessage small = await client.GetAsync("/tile/entries/000.p/1");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Empty(first.Content.Headers.ContentEncoding);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        Assert.Equal("gzip", Assert.Single(small.Content.Headers.ContentEncoding));
    }

    private static async Task<Scene> OpenLargeAsync(int megabytes, Func<NodeOptions, NodeOptions> change)
    {
        Scene scene = await Scene.OpenAsync(o => change(o) with { Http = new IPEndPoint(IPAddress.Loopback, 0) });
        await Large.Fill(scene, megabytes);
        return scene;
    }

    private byte[] Bundle(int first, int count) =>
        [
            .. scene
                .Entries[first..(first + count)]
                .SelectMany(static entry => (byte[])[(byte)(entry.Length >> 8), (byte)entry.Length, .. entry]),
        ];

    private static string TagOf(HttpResponseMessage answer) => answer.Headers.GetValues("ETag").Single();

    private static byte[] Unzip(byte[] bytes)
    {
        using GZipStream gzip = new(new MemoryStream(bytes), CompressionMode.Decompress);
        using MemoryStream unzipped = new();
        gzip.CopyTo(unzipped);
        return unzipped.ToArray();
    }

    private static byte[] Root(byte[][] leaves) =>
        leaves.Length == 1
            ? leaves[0]
            : SHA256.HashData([1, .. Root(leaves[..Split(leaves)]), .. Root(leaves[Split(leaves)..])]);

    private static IEnumerable<byte[]> PathTo(int index, byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        int split = Split(leaves);
        return index < split
            ? [.. PathTo(index, leaves[..split]), Root(leaves[split..])]
            : [.. PathTo(index - split, leaves[split..]), Root(leaves[..split])];
    }

    // The largest power of two below their number.
    private static int Split(byte[][] leaves) => 1 << (31 - int.LeadingZeroCount(leaves.Length - 1));
}
