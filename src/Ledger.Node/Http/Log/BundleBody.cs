using System.IO.Compression;
using Ledger.Node.Grpc;
using Ledger.Protocol;
using Ledger.Queries;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http;

/// <summary>
/// A bundle of entries that is too large to be made whole: up to 16 MiB. It is read, compressed and sent a part at a time, so that a
/// slow reader holds neither the bundle nor a snapshot of the store while it waits.
/// </summary>
/// <param name="ledger">Where it is read.</param>
/// <param name="limits">How large a part is.</param>
/// <param name="calls">Counts what waits for its reader.</param>
/// <param name="bundle">Which one.</param>
/// <param name="isCompressed">Whether it is sent as gzip.</param>
internal sealed class BundleBody(
    EmbeddedLedger ledger,
    NodeLimits limits,
    OpenCalls calls,
    TilePath bundle,
    bool isCompressed
)
{
    /// <summary>Writes it.</summary>
    /// <param name="context">The request.</param>
    public async Task WriteAsync(HttpContext context)
    {
        OpenCall call = context.Features.Get<OpenCall>()!;
        using MemoryStream compressed = new();
        using GZipStream? gzip = isCompressed ? Gzip(compressed) : null;
        try
        {
            for (BundlePart part = Read(0); ; part = Read(part.Next))
            {
                bool isLast = part.Next == bundle.Width;
                ReadOnlyMemory<byte> bytes = gzip is null ? part.Bytes : Compress(part.Bytes, gzip, compressed, isLast);
                await SendAsync(context, call, bytes);
                compressed.SetLength(0);
                if (isLast)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
        catch
        {
            // The end of the body never comes, so the caller knows.
            context.Abort();
            throw;
        }
    }

    /// <summary>Compresses what is at hand whole.</summary>
    public static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> bytes)
    {
        using MemoryStream compressed = new();
        using GZipStream gzip = Gzip(compressed);
        return Compress(bytes, gzip, compressed, isLast: true);
    }

    private static GZipStream Gzip(MemoryStream compressed) =>
        new(compressed, CompressionLevel.Fastest, leaveOpen: true);

    private static ReadOnlyMemory<byte> Compress(
        ReadOnlyMemory<byte> bytes,
        GZipStream gzip,
        MemoryStream compressed,
        bool isLast
    )
    {
        gzip.Write(bytes.Span);
        if (isLast)
        {
            gzip.Dispose(); // writes what it still holds, and the end
        }

        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    private BundlePart Read(int next)
    {
        using ReadView view = ledger.Read();
        return TileQueries.TakeEntries(view, bundle, next, limits.StreamBytesEnough);
    }

    // What is taken at once waits for nobody.
    private async Task SendAsync(HttpContext context, OpenCall call, ReadOnlyMemory<byte> bytes)
    {
        Task write = context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
        if (write.IsCompleted)
        {
            await write;
            return;
        }

        calls.Hold(call, bytes.Length);
        call.Waits(true);
        try
        {
            await write;
        }
        finally
        {
            call.Waits(false);
            calls.Hold(call, -bytes.Length);
        }
    }
}
