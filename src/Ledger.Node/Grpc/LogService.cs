using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;
using Contract = Ledger.V1.LogService;

namespace Ledger.Node.Services;

/// <summary>Serves the log itself: entries, checkpoints, proofs.</summary>
internal sealed class LogService(EmbeddedLedger ledger) : Contract.LogServiceBase
{
    // A streamed message carries up to so many bytes or notes: large enough to be cheap, small against the message limit.
    private const int StreamBytesMax = 256 * 1024;
    private const int StreamNotesMax = 500;

    public override Task<GetCheckpointResponse> GetCheckpoint(
        GetCheckpointRequest request,
        ServerCallContext context
    ) =>
        Task.FromResult(
            new GetCheckpointResponse
            {
                Checkpoint = UnsafeByteOperations.UnsafeWrap(ledger.Head.Note),
                VerifierKey = ledger.LogKey.ToString(),
            }
        );

    public override async Task StreamCheckpoints(
        StreamCheckpointsRequest request,
        IServerStreamWriter<StreamCheckpointsResponse> responseStream,
        ServerCallContext context
    )
    {
        long from = (long)Math.Min(request.FromSize, long.MaxValue);
        while (true)
        {
            // A page at a time, so that a slow reader holds no snapshot while it waits.
            List<(long Size, byte[] Note)> page;
            using (ReadView view = ledger.Read())
            {
                page = [.. view.PublishedCheckpoints(from).Take(StreamNotesMax)];
            }

            if (page.Count == 0)
            {
                return;
            }

            StreamCheckpointsResponse response = new();
            response.Checkpoints.AddRange(page.Select(static c => UnsafeByteOperations.UnsafeWrap(c.Note)));
            await responseStream.WriteAsync(response, context.CancellationToken);
            if (page.Count < StreamNotesMax)
            {
                return;
            }

            from = page[^1].Size + 1;
        }
    }

    public override Task<GetEntryResponse> GetEntry(GetEntryRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        long index = Index(view, request.Index);
        return Task.FromResult(
            new GetEntryResponse
            {
                Entry = UnsafeByteOperations.UnsafeWrap(view.Entry(index)),
                Proof = request.WithProof ? Proofs.Inclusion(view.Head, index) : null,
            }
        );
    }

    public override async Task StreamEntries(
        StreamEntriesRequest request,
        IServerStreamWriter<StreamEntriesResponse> responseStream,
        ServerCallContext context
    )
    {
        long next = (long)Math.Min(request.FirstIndex, long.MaxValue);
        long end =
            request.Limit == 0 || request.Limit > (ulong)(long.MaxValue - next)
                ? long.MaxValue
                : next + (long)request.Limit;
        if (!request.Follow && next > ledger.Head.Size)
        {
            throw Refusals.Error(ReasonCode.EntryNotFound, "first_index");
        }

        while (next < end)
        {
            StreamEntriesResponse response = Read(next, end);
            if (response.Entries.Count > 0)
            {
                await responseStream.WriteAsync(response, context.CancellationToken);
                next += response.Entries.Count;
            }
            else if (request.Follow)
            {
                _ =
                    await ledger.WaitForSizeAsync(next + 1, context.CancellationToken)
                    ?? throw Refusals.Error(ReasonCode.Stopping, "go on at another node, or here later");
            }
            else
            {
                return;
            }
        }
    }

    public override Task<GetInclusionProofResponse> GetInclusionProof(
        GetInclusionProofRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        long index = Index(view, request.Index);
        long size = Size(view, request.TreeSize);
        if (index >= size)
        {
            throw Refusals.Error(ReasonCode.SizeOutOfRange, "tree_size: above the index");
        }

        byte[]? note = size == view.Head.Size ? view.Head.Note.ToArray() : view.PublishedCheckpoint(size);
        InclusionProof proof = new()
        {
            Index = (ulong)index,
            Hashes = { Proofs.Hashes(view.InclusionProof(index, size)) },
            Checkpoint = note is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(note),
        };
        return Task.FromResult(new GetInclusionProofResponse { Proof = proof });
    }

    public override Task<GetConsistencyProofResponse> GetConsistencyProof(
        GetConsistencyProofRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        long size2 = Size(view, request.Size2);
        if (request.Size1 == 0 || request.Size1 > (ulong)size2)
        {
            throw Refusals.Error(ReasonCode.SizeOutOfRange, $"size1: 1 to {size2}");
        }

        return Task.FromResult(
            new GetConsistencyProofResponse
            {
                Size1 = request.Size1,
                Size2 = (ulong)size2,
                Hashes = { Proofs.Hashes(view.ConsistencyProof((long)request.Size1, size2)) },
                Checkpoint = UnsafeByteOperations.UnsafeWrap(view.Head.Note),
            }
        );
    }

    private StreamEntriesResponse Read(long first, long end)
    {
        StreamEntriesResponse response = new() { FirstIndex = (ulong)first };
        int bytes = 0;
        using ReadView view = ledger.Read();
        if (first >= view.Head.Size)
        {
            return response;
        }

        foreach (byte[] entry in view.Entries(first).Take((int)Math.Min(end - first, int.MaxValue)))
        {
            response.Entries.Add(UnsafeByteOperations.UnsafeWrap(entry));
            bytes += entry.Length;
            if (bytes >= StreamBytesMax)
            {
                break;
            }
        }

        return response;
    }

    private static long Index(ReadView view, ulong index) =>
        index < (ulong)view.Head.Size ? (long)index : throw Refusals.Error(ReasonCode.EntryNotFound, "index");

    private static long Size(ReadView view, ulong size) =>
        size == 0 ? view.Head.Size
        : size <= (ulong)view.Head.Size ? (long)size
        : throw Refusals.Error(ReasonCode.SizeOutOfRange, $"at most {view.Head.Size}");
}
