using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Client;
using Ledger.Rules.Audit;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>A running node, as an auditor reads it. Nothing is believed here: the audit checks what comes.</summary>
internal sealed class GrpcAuditSource : IGrowingSource, IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly LogService.LogServiceClient _log;
    private readonly LedgerClientOptions _options;

    /// <summary>Names the node. Nothing is sent before the first question.</summary>
    public GrpcAuditSource(LedgerClientOptions options)
    {
        _options = options;
        _channel = NodeChannel.Open(options);
        _log = new LogService.LogServiceClient(_channel);
    }

    /// <summary>The log's verifier key, by the node's word.</summary>
    public async Task<string> LogKeyAsync(CancellationToken cancellationToken)
    {
        GetCheckpointResponse answer = await _log.GetCheckpointAsync(
            new GetCheckpointRequest(),
            Call(cancellationToken)
        );
        return answer.VerifierKey;
    }

    /// <inheritdoc />
    public async Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken)
    {
        GetCheckpointResponse answer = await _log.GetCheckpointAsync(
            new GetCheckpointRequest(),
            Call(cancellationToken)
        );
        return answer.Checkpoint.Memory;
    }

    /// <inheritdoc />
    /// <remarks>A node shows what it has signed, and no more.</remarks>
    public Task<long> SizeAsync(long covered, CancellationToken cancellationToken) => Task.FromResult(covered);

    /// <inheritdoc />
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long first,
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (first >= size)
        {
            yield break;
        }

        using AsyncServerStreamingCall<StreamEntriesResponse> call = _log.StreamEntries(
            new StreamEntriesRequest { FirstIndex = (ulong)first, Limit = (ulong)(size - first) },
            cancellationToken: cancellationToken
        );
        await foreach (StreamEntriesResponse page in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            foreach (Google.Protobuf.ByteString entry in page.Entries)
            {
                yield return entry.Memory;
            }
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(
        long fromSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using AsyncServerStreamingCall<StreamCheckpointsResponse> call = _log.StreamCheckpoints(
            new StreamCheckpointsRequest { FromSize = (ulong)fromSize },
            cancellationToken: cancellationToken
        );
        await foreach (StreamCheckpointsResponse page in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            foreach (Google.Protobuf.ByteString note in page.Checkpoints)
            {
                yield return note.Memory;
            }
        }
    }

    /// <inheritdoc />
    public async Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken)
    {
        GetConsistencyProofResponse answer = await _log.GetConsistencyProofAsync(
            new GetConsistencyProofRequest { Size1 = (ulong)size1, Size2 = (ulong)size2 },
            Call(cancellationToken)
        );
        return [.. answer.Hashes.SelectMany(static hash => hash)];
    }

    /// <inheritdoc />
    public async Task WaitAsync(long size, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<StreamEntriesResponse> call = _log.StreamEntries(
            new StreamEntriesRequest
            {
                FirstIndex = (ulong)size,
                Limit = 1,
                Follow = true,
            },
            cancellationToken: cancellationToken
        );
        await call.ResponseStream.MoveNext(cancellationToken);
    }

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();

    private CallOptions Call(CancellationToken cancellationToken) =>
        new(deadline: DateTime.UtcNow + _options.CallTimeout, cancellationToken: cancellationToken);
}
