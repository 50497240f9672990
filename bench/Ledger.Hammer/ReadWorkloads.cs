using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>Questions for DIDs, all of them in turn.</summary>
internal sealed class ResolveWorkload(Target target, ResolveRequest[] requests, int count, int inFlight)
    : Workload(count)
{
    // DIDs that got many versions, to ask for old ones.
    private const int ChangedDids = 100;
    private const int VersionsEach = 100;

    private readonly ResolveRequest[] _requests = requests;

    /// <summary>The DIDs.</summary>
    public string[] Resolved { get; } = [.. requests.Select(static request => request.Did).Distinct()];

    /// <summary>For the newest version of each DID.</summary>
    public static ResolveRequest[] Newest(string[] dids, bool withProof) =>
        [.. dids.Select(did => new ResolveRequest { Did = did, WithProof = withProof })];

    /// <summary>For every version of DIDs that are made and changed for it, by id and by time in turn.</summary>
    public static async Task<ResolveRequest[]> OldAsync(Target target)
    {
        ConcurrentBag<ResolveRequest> requests = [];
        await Parallel.ForAsync(
            0,
            ChangedDids,
            new ParallelOptions { MaxDegreeOfParallelism = ChangedDids },
            async (_, cancellationToken) =>
            {
                using SigningKey key = SigningKey.Generate();
                CreatedDid created = await target.Client.CreateDidAsync(
                    key.ToDocument(),
                    [key],
                    cancellationToken: cancellationToken
                );
                Actor actor = new(created.Did, key);
                ProvenEntry last = created.Entry;
                for (int version = 1; ; version++)
                {
                    ResolveRequest request = new() { Did = created.Did };
                    if (version % 2 == 0)
                    {
                        request.VersionId = (ulong)last.Index;
                    }
                    else
                    {
                        request.VersionTimeMs = (ulong)last.TimeMs;
                    }
                    requests.Add(request);
                    if (version == VersionsEach)
                    {
                        return;
                    }
                    DidRecord current = new()
                    {
                        Did = created.Did,
                        Document = key.ToDocument(),
                        LastOperation = ByteString.CopyFrom(last.OperationId.Span),
                    };
                    last = await target.Client.UpdateDidAsync(actor, current, current.Document, cancellationToken);
                }
            }
        );
        ResolveRequest[] mixed = [.. requests];
        Random.Shared.Shuffle(mixed);
        return mixed;
    }

    public override Task<int> RunAsync(int first, int end, Stopping stopping) =>
        LoopAsync(first, end, inFlight, stopping, SendAsync);

    private async Task SendAsync(int item)
    {
        long startedAt = Stopwatch.GetTimestamp();
        ResolveRequest request = _requests[item % _requests.Length];
        try
        {
            ResolveResponse answer = await target.Dids[item % target.Dids.Count].ResolveAsync(request);
            if (answer.Record?.Did == request.Did && (answer.Proof is not null) == request.WithProof)
            {
                Answered(item, startedAt);
            }
            else
            {
                Failed("ANOTHER_ANSWER");
            }
        }
        catch (RpcException e)
        {
            Failed(e);
        }
    }
}

/// <summary>DIDs are resolved over HTTP/1.1, all of them in turn.</summary>
internal sealed class ResolveHttpWorkload(Uri address, string[] dids, int count, int inFlight, bool withProof)
    : Workload(count)
{
    // One connection for each that is under way, as HTTP/1.1 has it.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    private readonly Uri[] _requests =
    [
        .. dids.Select(did => new Uri(address, $"/1.0/identifiers/{did}{(withProof ? "?proof=true" : "")}")),
    ];

    public override Task<int> RunAsync(int first, int end, Stopping stopping) =>
        LoopAsync(first, end, inFlight, stopping, SendAsync);

    private async Task SendAsync(int item)
    {
        long startedAt = Stopwatch.GetTimestamp();
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, _requests[item % _requests.Length]);
            request.Headers.TryAddWithoutValidation("Accept", "application/did-resolution");
            using HttpResponseMessage answer = await Client.SendAsync(request);
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            bool isProven = body.AsSpan().IndexOf("tlog-proof"u8) >= 0;
            if (
                answer.IsSuccessStatusCode
                && isProven == withProof
                && body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(dids[item % dids.Length])) >= 0
            )
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
}

/// <summary>Of ten items five resolve with proof, two create a DID, two mint, one transfers.</summary>
internal sealed class MixedWorkload : SubmitWorkload
{
    private readonly Target _target;
    private readonly ResolveRequest[] _reads;
    private readonly SubmitRequest[] _writes;
    private readonly int _inFlight;

    private MixedWorkload(Target target, string[] dids, int count, Prepared[] writes, int inFlight, bool withProof)
        : base(count, writes)
    {
        _target = target;
        _reads = [.. dids.Select(static did => new ResolveRequest { Did = did, WithProof = true })];
        _writes = [.. writes.Select(o => new SubmitRequest { Operation = o.Operation, WithProof = withProof })];
        _inFlight = inFlight;
    }

    /// <summary>Prepares items; the operations of every kind are made beforehand.</summary>
    public static async Task<MixedWorkload> PrepareAsync(
        Target target,
        Market market,
        string[] dids,
        int count,
        HammerOptions options,
        int inFlight
    )
    {
        // Item → write: every second item is one, and five of them are two creates, two mints and a transfer.
        int rounds = ((count - 1) / 10) + 1;
        Prepared[] creates = await new CreateSource(target, options.OperationsPerKey).PrepareAsync(2 * rounds);
        Prepared[] mints = await new MintSource(target, market).PrepareAsync(2 * rounds);
        Prepared[] transfers = await new TransferSource(target, market, 1).PrepareAsync(rounds);
        Prepared[] writes = new Prepared[5 * rounds];
        for (int round = 0; round < rounds; round++)
        {
            creates.AsSpan(2 * round, 2).CopyTo(writes.AsSpan(5 * round));
            mints.AsSpan(2 * round, 2).CopyTo(writes.AsSpan((5 * round) + 2));
            writes[(5 * round) + 4] = transfers[round];
        }
        return new MixedWorkload(target, dids, 10 * rounds, writes, inFlight, options.WithProof);
    }

    public override Task<int> RunAsync(int first, int end, Stopping stopping) =>
        LoopAsync(first, end, _inFlight, stopping, SendAsync);

    private async Task SendAsync(int item)
    {
        long startedAt = Stopwatch.GetTimestamp();
        try
        {
            if (item % 2 == 0)
            {
                await _target.Dids[item / 2 % _target.Dids.Count].ResolveAsync(_reads[item / 2 % _reads.Length]);
                Answered(item, startedAt);
            }
            else
            {
                SubmitResponse answer = await _target
                    .Registries[item / 2 % _target.Registries.Count]
                    .SubmitAsync(_writes[item / 2]);
                Receipts[item / 2] = answer.Receipt;
                Answered(item, startedAt);
            }
        }
        catch (RpcException e)
        {
            Failed(e);
        }
    }
}

/// <summary>Transfers that would be applied are asked about, all of them in turn.</summary>
internal sealed class CheckTransferWorkload(Target target, CheckTransferRequest[] requests, int count, int inFlight)
    : Workload(count)
{
    private const int Tokens = 1_000;

    public static async Task<CheckTransferRequest[]> RequestsAsync(Target target, Market market)
    {
        TransferSource transfers = new(target, market, 1);
        await transfers.SetUpAsync(Tokens);
        return
        [
            .. Enumerable
                .Range(0, Tokens)
                .Select(token => new CheckTransferRequest { Transfer = transfers.TransferOf(token).Transfer }),
        ];
    }

    public override Task<int> RunAsync(int first, int end, Stopping stopping) =>
        LoopAsync(first, end, inFlight, stopping, SendAsync);

    private async Task SendAsync(int item)
    {
        long startedAt = Stopwatch.GetTimestamp();
        try
        {
            CheckTransferResponse answer = await target
                .Tokens[item % target.Tokens.Count]
                .CheckTransferAsync(requests[item % requests.Length]);
            if (answer.Outcome == ReasonCode.Applied)
            {
                Answered(item, startedAt);
            }
            else
            {
                Failed(answer.Outcome);
            }
        }
        catch (RpcException e)
        {
            Failed(e);
        }
    }
}
