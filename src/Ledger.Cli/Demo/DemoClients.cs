using System.Collections.Concurrent;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Demo;

/// <summary>
/// Clients of one node, wherever it listens, each with connections of its own, and every receipt that any of them got.
/// </summary>
internal sealed class DemoClients : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly List<LedgerClient> _left = [];
    private volatile LedgerClient[] _clients;
    private readonly ConcurrentDictionary<string, (PreparedOperation Operation, ProvenEntry Entry)> _receipts = new();
    private int _underWay;

    /// <summary>Makes clients; none connects before its first call.</summary>
    public DemoClients(Uri address, VerifierKey logKey, int count) =>
        _clients = Connect(count, new LedgerClientOptions { Address = address, LogKey = logKey });

    /// <summary>The first of them.</summary>
    public LedgerClient First => _clients[0];

    /// <summary>All of them.</summary>
    public IReadOnlyList<LedgerClient> All => _clients;

    /// <summary>Operations that were recorded and whose receipts are remembered.</summary>
    public int ReceiptCount => _receipts.Count;

    /// <summary>Operations that were sent and not answered yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Goes on at another address, with the log that was known: a node that starts again listens where it can.</summary>
    public void MoveTo(Uri address)
    {
        LedgerClient[] before = _clients;
        _clients = Connect(
            before.Length,
            new LedgerClientOptions
            {
                Address = address,
                LogKey = before[0].LogKey,
                KnownCheckpoint = before[0].NewestCheckpoint?.Note ?? default,
            }
        );
        _left.AddRange(before); // calls are still under way in them
    }

    /// <summary>Remembers a receipt. Two for one operation must be the same.</summary>
    public ProvenEntry Remember(PreparedOperation operation, ProvenEntry entry)
    {
        (PreparedOperation _, ProvenEntry first) = _receipts.GetOrAdd(
            Convert.ToHexString(operation.Id.Span),
            (operation, entry)
        );
        Expect.That(first.Index == entry.Index, $"one operation has two receipts: {first.Index} and {entry.Index}");
        return entry;
    }

    /// <summary>Submits one operation and remembers its receipt.</summary>
    public async Task<ProvenEntry> SubmitAsync(PreparedOperation operation, CancellationToken stop) =>
        Remember(operation, await First.SubmitAsync(operation, stop));

    /// <summary>Submits operations in batches, the clients side by side. Every one must be applied.</summary>
    public async Task SubmitBatchesAsync(
        IReadOnlyList<PreparedOperation> operations,
        int batchSize,
        Action<long, long> progress,
        CancellationToken stop
    )
    {
        long done = 0;
        ConcurrentQueue<PreparedOperation[]> batches = new(operations.Chunk(batchSize));
        await Task.WhenAll(_clients.Select(WorkAsync));

        async Task WorkAsync(LedgerClient client)
        {
            while (batches.TryDequeue(out PreparedOperation[]? batch))
            {
                foreach (SubmissionResult result in await client.SubmitBatchAsync(batch, stop))
                {
                    Expect.That(result.IsApplied, $"an operation was refused: {result.Message}");
                    Remember(result.Operation, result.Entry!);
                }

                progress(Interlocked.Add(ref done, batch.Length), operations.Count);
            }
        }
    }

    /// <summary>
    /// Submits operations one by one, many at once, and goes on whatever becomes of the node: what got no answer is sent again, with
    /// the same bytes, until it has its receipt.
    /// </summary>
    /// <param name="operations">The operations.</param>
    /// <param name="concurrency">How many are under way at once.</param>
    /// <param name="answered">Told how many have their receipts, each time.</param>
    /// <param name="before">What an operation waits for before it is sent, by its position; null: nothing.</param>
    /// <param name="stop">Gives up.</param>
    public async Task SubmitPersistentlyAsync(
        IReadOnlyList<PreparedOperation> operations,
        int concurrency,
        Action<long> answered,
        Func<int, Task>? before,
        CancellationToken stop
    )
    {
        int next = -1;
        long done = 0;
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(WorkAsync));

        async Task WorkAsync(int worker)
        {
            for (int i = Interlocked.Increment(ref next); i < operations.Count; i = Interlocked.Increment(ref next))
            {
                await (before?.Invoke(i).WaitAsync(stop) ?? Task.CompletedTask);
                Interlocked.Increment(ref _underWay);
                Remember(operations[i], await SubmitAsync(worker, operations[i]));
                Interlocked.Decrement(ref _underWay);
                answered(Interlocked.Increment(ref done));
            }
        }

        async Task<ProvenEntry> SubmitAsync(int worker, PreparedOperation operation)
        {
            while (true)
            {
                try
                {
                    LedgerClient[] clients = _clients;
                    return await clients[worker % clients.Length].SubmitAsync(operation, stop);
                }
                catch (NodeUnavailableException)
                {
                    await Task.Delay(Pause, stop);
                }
            }
        }
    }

    /// <summary>Asks for every receipt again, with proof: each must stand where it stood, and no two at one place.</summary>
    public async Task CheckReceiptsAsync(int concurrency, Action<long, long> progress, CancellationToken stop)
    {
        ConcurrentDictionary<long, bool> indexes = new();
        ConcurrentQueue<(PreparedOperation Operation, ProvenEntry Entry)> left = new(_receipts.Values);
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(i => WorkAsync(_clients[i % _clients.Length])));

        async Task WorkAsync(LedgerClient client)
        {
            while (left.TryDequeue(out (PreparedOperation Operation, ProvenEntry Entry) receipt))
            {
                long index = receipt.Entry.Index;
                ProvenEntry? found = await client.FindAsync(receipt.Operation.Id, stop);
                Expect.That(found is not null, $"the receipt of entry {index} is lost");
                Expect.That(
                    found!.Index == index && found.Bytes.Span.SequenceEqual(receipt.Entry.Bytes.Span),
                    $"the receipt of entry {index} now shows another entry, {found.Index}"
                );
                Expect.That(indexes.TryAdd(index, true), $"two operations have the index {index}");
                progress(indexes.Count, _receipts.Count);
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (LedgerClient client in _clients.Concat(_left))
        {
            await client.DisposeAsync();
        }
    }

    private static LedgerClient[] Connect(int count, LedgerClientOptions options) =>
        [.. Enumerable.Range(0, count).Select(_ => new LedgerClient(options))];
}

/// <summary>What must hold for the demo to be one.</summary>
internal static class Expect
{
    /// <summary>Fails the demo when something is not as it must be.</summary>
    /// <exception cref="CommandFailure">It is not.</exception>
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw CommandFailure.Unverified($"The demo failed: {otherwise}.");
        }
    }
}
