using System.Runtime.CompilerServices;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

// The log itself.
public sealed partial class LedgerClient
{
    /// <summary>
    /// The node's newest checkpoint, verified and consistent with what this client has seen; one that is smaller than what was accepted
    /// before means that the log has shrunk.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SignedCheckpoint> GetCheckpointAsync(CancellationToken cancellationToken = default) =>
        GetCheckpointAsync(always: false, cancellationToken);

    /// <summary>
    /// As <see cref="GetCheckpointAsync(CancellationToken)"/>, and proves consistency now, whatever
    /// <see cref="LedgerClientOptions.ConsistencyInterval"/> says.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<SignedCheckpoint> CheckConsistencyAsync(CancellationToken cancellationToken = default) =>
        GetCheckpointAsync(always: true, cancellationToken);

    /// <summary>
    /// The newest checkpoint that the quorum of <see cref="LedgerClientOptions.Witnesses"/> has cosigned, verified and consistent with
    /// what this client has seen: what everybody who relies on these witnesses is shown.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The options name no witnesses.</exception>
    /// <exception cref="RefusedException">NOT_COSIGNED: there is none yet.</exception>
    public async Task<CosignedCheckpoint> GetCosignedCheckpointAsync(CancellationToken cancellationToken = default)
    {
        GetCheckpointResponse answer = await _calls.CallAsync(
            call => _entries.GetCheckpointAsync(new GetCheckpointRequest { Cosigned = true }, call),
            cancellationToken
        );
        CosignedCheckpoint cosigned = _log.OpenCosigned(answer.Checkpoint.Memory);
        await _tree.AcceptAsync(
            new SignedCheckpoint(cosigned.Checkpoint, cosigned.Note),
            always: true,
            cancellationToken
        );
        return cosigned;
    }

    /// <summary>How the witnesses of the log stand, by the node's word.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<WitnessStatus>> ListWitnessesAsync(CancellationToken cancellationToken = default)
    {
        ListWitnessesResponse answer = await _calls.CallAsync(
            call => _entries.ListWitnessesAsync(new ListWitnessesRequest(), call),
            cancellationToken
        );
        return answer.Witnesses;
    }

    /// <summary>An entry of the log.</summary>
    /// <param name="index">Its index, 0 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ProvenEntry> GetEntryAsync(long index, CancellationToken cancellationToken = default) =>
        GetEntryAsync(index, cosigned: false, cancellationToken);

    /// <summary>An entry of the log.</summary>
    /// <param name="index">Its index, 0 or more.</param>
    /// <param name="cosigned">
    /// Whether its proof must be in a checkpoint that the quorum of <see cref="LedgerClientOptions.Witnesses"/> has cosigned. Refused
    /// with NOT_COSIGNED while it is not.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">It must, and the options name no witnesses.</exception>
    public async Task<ProvenEntry> GetEntryAsync(
        long index,
        bool cosigned,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        GetEntryRequest request = new()
        {
            Index = (ulong)index,
            WithProof = true,
            Cosigned = cosigned,
        };
        GetEntryResponse answer = await _calls.CallAsync(
            call => _entries.GetEntryAsync(request, call),
            cancellationToken
        );
        if (answer.Proof is { } proof && proof.Index != (ulong)index)
        {
            throw new VerificationException(VerificationCheck.Inclusion, "the proof is of another index");
        }
        return await ProveAsync(answer.Entry.Memory, answer.Proof, cancellationToken, cosigned);
    }

    /// <summary>The ledger itself: its network and first supervisor, as the log's first entry founds it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RefusedException">The ledger has not been founded.</exception>
    public async Task<LedgerRecord> GetLedgerAsync(CancellationToken cancellationToken = default)
    {
        if (_ledger is { } known)
        {
            return known;
        }
        // Asked first for the typed refusal of a ledger that has not been founded.
        await _calls.CallAsync(call => _pilots.GetLedgerAsync(new GetLedgerRequest(), call), cancellationToken);
        ProvenEntry first = await GetEntryAsync(0, cancellationToken);
        if (
            first.Operation is not { Operation.BodyCase: Operation.BodyOneofCase.FoundLedger } operation
            || first.Outcome != ReasonCode.Applied
        )
        {
            throw new VerificationException(VerificationCheck.Operation, "the first entry does not found the ledger");
        }
        string network = operation.Operation.FoundLedger.Network;
        return _ledger = new LedgerRecord
        {
            Origin = Origin,
            Network = network,
            Supervisor = operation.ActorDid(network),
        };
    }

    /// <summary>How often a DID may be changed at present. Not proven.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when nobody has said: then it is <see cref="Ledger.Protocol.Limits.UsualDidQuota"/>.</returns>
    /// <exception cref="RefusedException">The ledger has not been founded.</exception>
    public async Task<DidQuota?> GetDidQuotaAsync(CancellationToken cancellationToken = default)
    {
        GetLedgerResponse answer = await _calls.CallAsync(
            call => _pilots.GetLedgerAsync(new GetLedgerRequest(), call),
            cancellationToken
        );
        RecordChecks.RequireComplete(answer.Record is not null);
        return answer.Record!.DidQuota;
    }

    /// <summary>
    /// Entries as the log has them, in order. They are plain: nothing proves them one by one. Whoever reads all of them computes the
    /// root and compares it with a checkpoint's.
    /// </summary>
    /// <param name="firstIndex">Index of the first, 0 or more.</param>
    /// <param name="follow">Whether to go on with new entries as they come, until the caller stops.</param>
    /// <param name="limit">Most entries to return; 0: no bound.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> StreamEntriesAsync(
        long firstIndex,
        bool follow = false,
        long limit = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstIndex);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        StreamEntriesRequest request = new()
        {
            FirstIndex = (ulong)firstIndex,
            Follow = follow,
            Limit = (ulong)limit,
        };
        using AsyncServerStreamingCall<StreamEntriesResponse> call = _entries.StreamEntries(
            request,
            new CallOptions(cancellationToken: cancellationToken)
        );
        long next = firstIndex;
        while (await MoveNextAsync(call.ResponseStream, cancellationToken))
        {
            StreamEntriesResponse page = call.ResponseStream.Current;
            if (page.FirstIndex != (ulong)next)
            {
                throw new VerificationException(
                    VerificationCheck.Entry,
                    $"the stream goes on at {page.FirstIndex}, not at {next}"
                );
            }
            foreach (Google.Protobuf.ByteString entry in page.Entries)
            {
                yield return entry.Memory;
            }
            next += page.Entries.Count;
        }
    }

    /// <summary>The checkpoints that the node keeps, by size, each signed by the log. Their consistency is not checked.</summary>
    /// <param name="fromSize">Smallest size of interest.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<SignedCheckpoint> StreamCheckpointsAsync(
        long fromSize,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromSize);
        using AsyncServerStreamingCall<StreamCheckpointsResponse> call = _entries.StreamCheckpoints(
            new StreamCheckpointsRequest { FromSize = (ulong)fromSize },
            new CallOptions(cancellationToken: cancellationToken)
        );
        while (await MoveNextAsync(call.ResponseStream, cancellationToken))
        {
            foreach (Google.Protobuf.ByteString note in call.ResponseStream.Current.Checkpoints)
            {
                yield return new SignedCheckpoint(_log.Open(note.Memory), note.Memory);
            }
        }
    }

    private static async Task<bool> MoveNextAsync<T>(IAsyncStreamReader<T> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNext(cancellationToken);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw NodeCalls.Failure(e);
        }
    }

    private async Task<SignedCheckpoint> GetCheckpointAsync(bool always, CancellationToken cancellationToken)
    {
        long seen = SeenSize;
        GetCheckpointResponse answer = await _calls.CallAsync(
            call => _entries.GetCheckpointAsync(new GetCheckpointRequest(), call),
            cancellationToken
        );
        SignedCheckpoint checkpoint = new(_log.Open(answer.Checkpoint.Memory), answer.Checkpoint.Memory);
        if (checkpoint.Size < seen)
        {
            throw new VerificationException(
                VerificationCheck.Consistency,
                $"the log has shrunk: seen {seen}, now {checkpoint.Size}"
            );
        }
        await _tree.AcceptAsync(checkpoint, always, cancellationToken);
        return checkpoint;
    }

    private async Task<GetConsistencyProofResponse> FetchConsistencyProofAsync(
        long size1,
        long size2,
        CancellationToken cancellationToken
    ) =>
        await _calls.CallAsync(
            call =>
                _entries.GetConsistencyProofAsync(
                    new GetConsistencyProofRequest { Size1 = (ulong)size1, Size2 = (ulong)size2 },
                    call
                ),
            cancellationToken
        );
}
