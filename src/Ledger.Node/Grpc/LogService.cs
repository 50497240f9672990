using Google.Protobuf;
using Grpc.Core;
using Ledger.Queries;
using Ledger.V1;
using Contract = Ledger.V1.LogService;

namespace Ledger.Node.Grpc;

/// <summary>Serves the log itself: entries, checkpoints, proofs.</summary>
internal sealed class LogService(EmbeddedLedger ledger, NodeLimits limits) : Contract.LogServiceBase
{
    public override Task<GetCheckpointResponse> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context)
    {
        ReadOnlyMemory<byte> note = !request.Cosigned
            ? ledger.Head.Note
            : ledger.Cosigned?.Note ?? throw Refusals.Error(ReasonCode.NotCosigned, "checkpoint");
        return Task.FromResult(
            new GetCheckpointResponse
            {
                Checkpoint = UnsafeByteOperations.UnsafeWrap(note),
                VerifierKey = ledger.LogKey.ToString(),
            }
        );
    }

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
            IReadOnlyList<(long Size, byte[] Note)> page;
            using (ReadView view = ledger.Read())
            {
                page = LogQueries.TakeCheckpoints(view, from, limits.StreamBytesEnough);
            }

            if (page.Count == 0)
            {
                return;
            }

            StreamCheckpointsResponse response = new();
            response.Checkpoints.AddRange(page.Select(static c => UnsafeByteOperations.UnsafeWrap(c.Note)));
            await responseStream.WriteAsync(response, context.CancellationToken);
            from = page[^1].Size + 1;
        }
    }

    public override Task<GetEntryResponse> GetEntry(GetEntryRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        byte[] entry = LogQueries.FindEntry(view, request.Index).OrThrow();
        return Task.FromResult(
            new GetEntryResponse
            {
                Entry = UnsafeByteOperations.UnsafeWrap(entry),
                Proof = request.WithProof
                    ? LogQueries.Prove(view, (long)request.Index, request.Cosigned).OrThrow()
                    : null,
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
        InclusionProof proof = LogQueries
            .ProveInclusion(view, request.Index, request.TreeSize, request.Cosigned)
            .OrThrow();
        return Task.FromResult(new GetInclusionProofResponse { Proof = proof });
    }

    public override Task<GetRecordProofsResponse> GetRecordProofs(
        GetRecordProofsRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        IReadOnlyList<MapProof> records = LogQueries.ProveRecords(view, request.Keys).OrThrow();
        return Task.FromResult(new GetRecordProofsResponse { Records = { records }, StateRoot = view.StateRootProof });
    }

    public override Task<GetConsistencyProofResponse> GetConsistencyProof(
        GetConsistencyProofRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        ConsistencyProof proof = LogQueries.ProveConsistency(view, request.Size1, request.Size2).OrThrow();
        return Task.FromResult(
            new GetConsistencyProofResponse
            {
                Size1 = (ulong)proof.Size1,
                Size2 = (ulong)proof.Size2,
                Hashes = { proof.Hashes },
                Checkpoint = UnsafeByteOperations.UnsafeWrap(view.Head.Note),
            }
        );
    }

    public override Task<ListWitnessesResponse> ListWitnesses(
        ListWitnessesRequest request,
        ServerCallContext context
    ) =>
        Task.FromResult(
            new ListWitnessesResponse
            {
                CosignedSize = (ulong)(ledger.Cosigned?.Size ?? 0),
                Witnesses =
                {
                    ledger.Witnesses.Select(static one => new V1.WitnessStatus
                    {
                        Name = one.Witness.Name,
                        VerifierKey = one.Witness.Key.ToString(),
                        CosignedSize = (ulong)one.CosignedSize,
                        CosignedTime = (ulong)one.CosignedTime,
                        Problem = one.Problem ?? "",
                        ProblemSinceMs = (ulong)one.ProblemSinceMs,
                    }),
                },
            }
        );

    private StreamEntriesResponse Read(long first, long end)
    {
        using ReadView view = ledger.Read();
        StreamEntriesResponse response = new() { FirstIndex = (ulong)first };
        response.Entries.AddRange(
            LogQueries
                .TakeEntries(view, first, end, limits.StreamBytesEnough)
                .Select(static entry => UnsafeByteOperations.UnsafeWrap(entry))
        );
        return response;
    }
}
