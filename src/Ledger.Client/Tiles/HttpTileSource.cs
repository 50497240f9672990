using System.Net;

namespace Ledger.Client;

/// <summary>A log over HTTP: every server of C2SP tlog-tiles, from a node to files that a web server serves.</summary>
public sealed class HttpTileSource : ITileSource, IDisposable
{
    // Who is slower than this gets no more time: an answer that comes a byte at a time would never end.
    private const int BytesPerSecondMin = 64 * 1024;

    private readonly HttpClient _client;
    private readonly Uri _prefix;
    private readonly LedgerClientOptions _options;

    /// <summary>Names the log. Nothing is sent before the first question.</summary>
    /// <param name="options">
    /// Address, which may have a path, certificates, time and number of attempts are looked at, and nothing else.
    /// </param>
    /// <exception cref="ArgumentException">The address is neither http nor https.</exception>
    /// <exception cref="IOException">A file with a certificate cannot be read.</exception>
    public HttpTileSource(LedgerClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        UriBuilder prefix = new(options.Address) { Query = "", Fragment = "" };
        prefix.Path = prefix.Path.TrimEnd('/') + "/";
        _prefix = prefix.Uri;
        SocketsHttpHandler handler = NodeChannel.Handler(options);
        handler.AllowAutoRedirect = false; // who is asked answers, or nobody: a server does not say what else this machine asks
        handler.AutomaticDecompression = DecompressionMethods.GZip;
        _client = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip, identity");
    }

    /// <inheritdoc />
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken)
    {
        Uri address = new(_prefix, path);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await ReadAsync(address, bytesMax, cancellationToken);
            }
            catch (IOException) when (attempt < _options.RetriesMax)
            {
                await Task.Delay(NodeCalls.DelayBefore(null, attempt), cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    public override string ToString() => _prefix.ToString();

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<ReadOnlyMemory<byte>?> ReadAsync(Uri address, int bytesMax, CancellationToken cancellationToken)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(_options.CallTimeout + TimeSpan.FromSeconds(bytesMax / BytesPerSecondMin));
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            using HttpResponseMessage answer = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                time.Token
            );
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                return null;
            }
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new IOException($"{address} was answered with status {(int)answer.StatusCode}.");
            }
            await using Stream body = await answer.Content.ReadAsStreamAsync(time.Token);
            return await BoundedStream.ReadAsync(body, bytesMax, address.ToString(), time.Token);
        }
        catch (HttpIOException e)
        {
            throw new IOException($"{address} broke off: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw TileLog.Wrong($"{address} is not the gzip that it says it is", e);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{address} was not answered: {e.GetBaseException().Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address} was not answered in time.", e);
        }
    }
}
