using System.Security.Cryptography;
using Ledger.Node.Grpc;
using Ledger.Protocol;
using Ledger.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ledger.Node.Http;

/// <summary>
/// The log for every client of C2SP tlog-tiles: the checkpoint, tiles of hashes, and bundles of entries. All but the checkpoint never
/// changes, so any cache may stand between.
/// </summary>
internal sealed class LogEndpoint(EmbeddedLedger ledger, NodeLimits limits, OpenCalls calls)
{
    private const string CheckpointType = "text/plain; charset=utf-8";
    private const string TileType = "application/octet-stream";

    // What a partial tile holds does not change either, but the full one takes its place before long.
    private const string FullCache = "public, max-age=31536000, immutable";
    private const string PartialCache = "public, max-age=3600, immutable";

    private static readonly (string, string)[] AsItIs = [(HeaderNames.Vary, HeaderNames.AcceptEncoding)];
    private static readonly (string, string)[] Compressed = [.. AsItIs, (HeaderNames.ContentEncoding, "gzip")];

    /// <summary>Answers with the newest checkpoint that the quorum of witnesses cosigned; while there is none, with the newest.</summary>
    public HttpAnswer Checkpoint()
    {
        using ReadView view = ledger.Read();
        return new(StatusCodes.Status200OK, CheckpointType, view.PublicNote) { CacheControl = "no-cache" };
    }

    /// <summary>Answers with a tile of hashes.</summary>
    /// <param name="path">The path after <c>/tile/</c>.</param>
    public HttpAnswer Hashes(string path)
    {
        using ReadView view = ledger.Read();
        return TryParse(path, out TilePath tile) && TileQueries.FindHashes(view, tile) is { } hashes
            ? new HttpAnswer(StatusCodes.Status200OK, TileType, hashes) { CacheControl = CacheOf(tile) }
            : HttpProblem.NotFound;
    }

    /// <summary>Answers with a bundle of entries.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The path after <c>/tile/entries/</c>.</param>
    public HttpAnswer Entries(HttpContext context, string path)
    {
        using ReadView view = ledger.Read();
        if (
            !TryParse($"entries/{path}", out TilePath bundle)
            || TileQueries.FindLeafHashes(view, bundle) is not { } leafHashes
        )
        {
            return HttpProblem.NotFound;
        }

        bool isGzip = AcceptedEncoding.IsGzip(context.Request.Headers.AcceptEncoding);
        BundlePart whole = TileQueries.TakeEntries(view, bundle, 0, limits.BundleBytesWhole);
        if (whole.Next == bundle.Width)
        {
            return Entries(bundle, leafHashes, isGzip) with
            {
                Body = isGzip ? BundleBody.Compress(whole.Bytes) : whole.Bytes,
            };
        }

        OpenCall call = context.Features.Get<OpenCall>()!;
        if (!calls.TryBecomeStream(call, out string full))
        {
            return HttpProblem.Overloaded(full);
        }

        isGzip = isGzip && calls.TryCompress(call); // who finds no room for that gets the entries as they are
        return Entries(bundle, leafHashes, isGzip) with
        {
            WriteAsync = new BundleBody(ledger, limits, calls, bundle, isGzip).WriteAsync,
        };
    }

    // The leaf hashes say all that the bundle holds, so its tag is known before it is read. Compressed, the same content may be other
    // bytes one day: the tag of that is a weak one (RFC 9110, section 8.8.1).
    private static HttpAnswer Entries(TilePath bundle, ReadOnlyMemory<byte> leafHashes, bool isGzip)
    {
        string content = Convert.ToHexStringLower(SHA256.HashData(leafHashes.Span).AsSpan(0, 16));
        return new HttpAnswer(StatusCodes.Status200OK, TileType, default)
        {
            CacheControl = CacheOf(bundle),
            Tag = isGzip
                ? new EntityTagHeaderValue($"\"{content}-gzip\"", isWeak: true)
                : new EntityTagHeaderValue($"\"{content}\""),
            Headers = isGzip ? Compressed : AsItIs,
        };
    }

    private static string CacheOf(TilePath tile) => tile.IsPartial ? PartialCache : FullCache;

    private static bool TryParse(string path, out TilePath tile) =>
        TilePath.TryParse($"tile/{path.Split('?', 2)[0]}", out tile);
}
