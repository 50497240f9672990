using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ledger.Client.Tests.Tiles;

/// <summary>Servers that answer as no server should.</summary>
public sealed class TileSourceTests
{
    private const int BytesMax = 1_000;

    [Fact]
    public async Task ReadAsync_WhatIsThere_IsItsBytes()
    {
        byte[] tile = [.. Enumerable.Range(0, BytesMax).Select(static i => (byte)i)];
        await using OneAnswer server = OneAnswer.Of(Head(200, tile.Length), tile);
        using HttpTileSource source = server.Open("/a/log");

        Assert.Equal(tile, (await source.ReadAsync("tile/0/000", BytesMax, CancellationToken.None))!.Value.ToArray());

        string request = await server.Request;
        Assert.StartsWith("GET /a/log/tile/0/000 HTTP/1.1", request, StringComparison.Ordinal);
        Assert.Contains("Accept-Encoding: gzip, identity", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_GzipThatNobodyAskedFor_IsWhatIsInIt()
    {
        byte[] zipped = Gzip(new byte[BytesMax]);
        await using OneAnswer server = OneAnswer.Of(Head(200, zipped.Length, "Content-Encoding: gzip"), zipped);
        using HttpTileSource source = server.Open();

        Assert.Equal(new byte[BytesMax], (await source.ReadAsync("x", BytesMax, default))!.Value.ToArray());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task ReadAsync_WhatIsNotThere_IsNothing(int status)
    {
        await using OneAnswer server = OneAnswer.Of(Head(status, 0), []);
        using HttpTileSource source = server.Open();

        Assert.Null(await source.ReadAsync("x", BytesMax, default));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(204)]
    [InlineData(206)]
    public async Task ReadAsync_AnyOtherStatus_IsAFailure(int status)
    {
        await using OneAnswer server = OneAnswer.Of(
            Head(status, status == 204 ? null : 0, status == 301 ? "Location: file:///etc/passwd" : null),
            []
        );
        using HttpTileSource source = server.Open();

        IOException e = await Assert.ThrowsAsync<IOException>(() => source.ReadAsync("x", BytesMax, default));

        Assert.Contains($"was answered with status {status}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_MoreThanMayBe_IsGivenUp()
    {
        await using OneAnswer announced = OneAnswer.Of(Head(200, BytesMax + 1), new byte[BytesMax + 1]);
        await using OneAnswer endless = OneAnswer.Of(Head(200, null), new byte[1_000_000]);
        byte[] bomb = Gzip(new byte[100_000_000]);
        await using OneAnswer zipped = OneAnswer.Of(Head(200, bomb.Length, "Content-Encoding: gzip"), bomb);

        foreach (OneAnswer server in (OneAnswer[])[announced, endless, zipped])
        {
            using HttpTileSource source = server.Open();

            VerificationException e = await Assert.ThrowsAsync<VerificationException>(() =>
                source.ReadAsync("x", BytesMax, default)
            );

            Assert.Contains("is longer than 1000 bytes", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ReadAsync_AnswersThatBreakOff_AreFailures()
    {
        await using OneAnswer cut = OneAnswer.Of(Head(200, 500), new byte[499]);
        await using OneAnswer nothing = OneAnswer.Of("", []);
        await using OneAnswer chunked = OneAnswer.Of(
            Head(200, null, "Transfer-Encoding: chunked"),
            Encoding.ASCII.GetBytes("5\r\nabcde\r\n")
        );

        foreach (OneAnswer server in (OneAnswer[])[cut, nothing, chunked])
        {
            using HttpTileSource source = server.Open();

            IOException e = await Assert.ThrowsAnyAsync<IOException>(() => source.ReadAsync("x", BytesMax, default));

            Assert.StartsWith("http://127.0.0.1:", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ReadAsync_GzipThatIsNone_IsWrong()
    {
        byte[] noise = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        await using OneAnswer server = OneAnswer.Of(Head(200, noise.Length, "Content-Encoding: gzip"), noise);
        using HttpTileSource source = server.Open();

        await Assert.ThrowsAsync<VerificationException>(() => source.ReadAsync("x", BytesMax, default));
    }

    [Fact]
    public async Task ReadAsync_ServerThatSaysNothing_IsGivenUpInTime()
    {
        await using OneAnswer server = OneAnswer.Of(Head(200, 500), new byte[100], staysOpen: true);
        using HttpTileSource source = server.Open();

        IOException e = await Assert.ThrowsAsync<IOException>(() => source.ReadAsync("x", BytesMax, default));

        Assert.EndsWith("was not answered in time.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NobodyThere_IsAFailure()
    {
        using HttpTileSource source = OneAnswer.Open(new Uri("http://127.0.0.1:1"));

        await Assert.ThrowsAsync<IOException>(() => source.ReadAsync("x", BytesMax, default));
    }

    [Fact]
    public async Task ReadAsync_OfAFolder_IsTheFileOrNothing()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["tile/0"]);
        await File.WriteAllBytesAsync(folder["tile/0/000"], new byte[BytesMax]);
        DirectoryTileSource source = new(folder.Path);

        Assert.Equal(BytesMax, (await source.ReadAsync("tile/0/000", BytesMax, default))!.Value.Length);
        Assert.Null(await source.ReadAsync("tile/0/001", BytesMax, default));
        Assert.Null(await source.ReadAsync("tile/1/000", BytesMax, default));
        await Assert.ThrowsAsync<VerificationException>(() => source.ReadAsync("tile/0/000", BytesMax - 1, default));
        await Assert.ThrowsAsync<IOException>(() => source.ReadAsync("tile/0", BytesMax, default));
    }

    private static string Head(int status, int? length, string? header = null) =>
        $"HTTP/1.1 {status} Said\r\nConnection: close\r\n"
        + (length is null ? "" : $"Content-Length: {length}\r\n")
        + (header is null ? "" : $"{header}\r\n")
        + "\r\n";

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream zipped = new();
        using (GZipStream gzip = new(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return zipped.ToArray();
    }

    /// <summary>A server that answers every request in one way.</summary>
    private sealed class OneAnswer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _request = new();
        private readonly List<TcpClient> _open = [];
        private readonly Task _serving;

        private OneAnswer(byte[] answer, bool staysOpen)
        {
            _listener.Start();
            _serving = ServeAsync(answer, staysOpen);
        }

        public Task<string> Request => _request.Task;

        public static OneAnswer Of(string head, byte[] body, bool staysOpen = false) =>
            new([.. Encoding.ASCII.GetBytes(head), .. body], staysOpen);

        public static HttpTileSource Open(Uri address) =>
            new(
                new LedgerClientOptions
                {
                    Address = address,
                    CallTimeout = TimeSpan.FromSeconds(2),
                    RetriesMax = 1,
                }
            );

        public HttpTileSource Open(string path = "/") =>
            Open(new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{path}"));

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _open.ForEach(static client => client.Dispose());
            _listener.Dispose();
        }

        private async Task ServeAsync(byte[] answer, bool staysOpen)
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                byte[] request = new byte[4_096];
                int read = await client.GetStream().ReadAsync(request);
                _request.TrySetResult(Encoding.ASCII.GetString(request, 0, read));
                try
                {
                    await client.GetStream().WriteAsync(answer);
                }
                catch (IOException)
                {
                    // The client had enough.
                }
                if (staysOpen)
                {
                    _open.Add(client);
                }
                else
                {
                    client.Dispose();
                }
            }
        }
    }
}
