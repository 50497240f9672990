using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Client;

// Submitting as operations come.
public sealed partial class LedgerClient
{
    private const int StreamInFlightMax = 1_024;

    /// <summary>
    /// Submits operations as they come, and verifies what comes back as <see cref="SubmitBatchAsync"/> does. Up to 1,024 are under way
    /// at once. A stream that breaks is not resumed: submit what has no result again.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="cancellationToken">Ends the wait, not the operations: they may still be recorded.</param>
    /// <returns>One result an operation, in the order in which they are known.</returns>
    public async IAsyncEnumerable<SubmissionResult> SubmitStreamAsync(
        IAsyncEnumerable<PreparedOperation> operations,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(operations);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using AsyncDuplexStreamingCall<SubmitStreamRequest, SubmitStreamResponse> call = _registry.SubmitStream(
            new CallOptions(cancellationToken: ending.Token)
        );
        using SemaphoreSlim room = new(StreamInFlightMax);
        ConcurrentDictionary<ulong, PreparedOperation> underWay = new();
        Task<Exception?> writing = WriteAllAsync();
        try
        {
            while (await MoveNextAsync())
            {
                SubmitStreamResponse answer = call.ResponseStream.Current;
                if (!underWay.TryRemove(answer.Correlation, out PreparedOperation? operation))
                {
                    throw new VerificationException(
                        VerificationCheck.Form,
                        "a result is of no operation that was sent"
                    );
                }
                room.Release();
                yield return await VerifyResultAsync(operation, answer.Result, ending.Token);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await writing;
        }
        cancellationToken.ThrowIfCancellationRequested();
        if (await writing is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        if (!underWay.IsEmpty)
        {
            throw new NodeUnavailableException(
                StatusCode.Unavailable,
                null,
                $"The stream ended before {underWay.Count} results came.",
                null
            );
        }

        // Writes until the source or the call ends. What the source itself threw is handed over, once all that was sent before
        // has its result; how the call failed, its reading side tells.
        async Task<Exception?> WriteAllAsync()
        {
            Exception? failure = null;
            ulong correlation = 0;
            try
            {
                await foreach (PreparedOperation operation in operations.WithCancellation(ending.Token))
                {
                    await room.WaitAsync(ending.Token);
                    underWay[++correlation] = operation;
                    if (!await TryAsync(() => WriteAsync(correlation, operation)))
                    {
                        return null;
                    }
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return null;
            }
            catch (Exception e)
            {
                failure = e;
            }
            await TryAsync(call.RequestStream.CompleteAsync);
            return failure;
        }

        Task WriteAsync(ulong correlation, PreparedOperation operation) =>
            call.RequestStream.WriteAsync(
                new SubmitStreamRequest
                {
                    Correlation = correlation,
                    Operation = operation.SignedOperation,
                    WithProof = true,
                },
                ending.Token
            );

        static async Task<bool> TryAsync(Func<Task> write)
        {
            try
            {
                await write();
                return true;
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException or OperationCanceledException)
            {
                return false;
            }
        }

        async Task<bool> MoveNextAsync()
        {
            try
            {
                return await call.ResponseStream.MoveNext(ending.Token);
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw NodeCalls.Failure(e);
            }
        }
    }
}
