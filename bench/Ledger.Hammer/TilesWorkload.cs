using System.Diagnostics;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Hammer;

/// <summary>Tiles of the log over HTTP/1.1 (C2SP tlog-tiles), as its checkpoint calls for them, all of them in turn.</summary>
internal sealed class TilesWorkload : Workload
{
    // One connection for each that is under way, as HTTP/1.1 has it. What is compressed stays so: the load is on the node.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    private readonly Uri _address;
    private readonly TilePath[] _tiles;
    private readonly bool _isCompressed;
    private readonly int _inFlight;

    private TilesWorkload(Uri address, TilePath[] tiles, bool isCompressed, int count, int inFlight)
        : base(count)
    {
        _address = address;
        _tiles = tiles;
        _isCompressed = isCompressed;
        _inFlight = inFlight;
    }

    /// <summary>Asks how large the log is.</summary>
    /// <exception cref="InvalidOperationException">The node shows no checkpoint.</exception>
    public static async Task<TilesWorkload> PrepareAsync(Uri address, Mode mode, int count, int inFlight)
    {
        byte[] note = await Client.GetByteArrayAsync(new Uri(address, TilePath.Checkpoint));
        if (
            !SignedNote.TryParse(note, out SignedNote? parsed, out string problem)
            || !Checkpoint.TryParse(parsed.Text, out Checkpoint? checkpoint, out problem)
        )
        {
            throw new InvalidOperationException($"The node's checkpoint cannot be read: {problem}.");
        }
        int level = mode == Mode.Tiles ? 0 : TilePath.Entries;
        List<TilePath> tiles = [];
        while (TilePath.In(level, tiles.Count, checkpoint.Size) is { } tile)
        {
            tiles.Add(tile);
        }
        return new TilesWorkload(address, [.. tiles], mode == Mode.BundlesGzip, count, inFlight);
    }

    public override Task<int> RunAsync(int first, int end, Stopping stopping) =>
        LoopAsync(first, end, _inFlight, stopping, SendAsync);

    private async Task SendAsync(int item)
    {
        TilePath tile = _tiles[item % _tiles.Length];
        long startedAt = Stopwatch.GetTimestamp();
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_address, tile.ToString()));
            request.Headers.TryAddWithoutValidation("Accept-Encoding", _isCompressed ? "gzip" : "identity");
            using HttpResponseMessage answer = await Client.SendAsync(request);
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            bool isCompressed = answer.Content.Headers.ContentEncoding.Count > 0;
            if (answer.IsSuccessStatusCode && isCompressed == _isCompressed && (isCompressed || IsForm(tile, body)))
            {
                Answered(item, startedAt);
            }
            else
            {
                Failed(answer.IsSuccessStatusCode ? "ANOTHER_ANSWER" : answer.StatusCode.ToString());
            }
        }
        catch (HttpRequestException e)
        {
            Failed(e.HttpRequestError.ToString());
        }
    }

    private static bool IsForm(TilePath tile, byte[] body) =>
        tile.Level == TilePath.Entries
            ? EntryBundle.TryRead(body, tile.Width, out _, out _)
            : body.Length == tile.Width * MerkleHash.HashBytes;
}
