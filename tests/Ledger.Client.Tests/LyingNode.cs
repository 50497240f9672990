using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.Client.Tests;

/// <summary>
/// A node that asks an honest one and changes what it says: answers before they leave, and refusals. Whatever is not changed is true.
/// </summary>
public sealed class LyingNode : IAsyncDisposable
{
    private readonly GrpcChannel _honest;
    private readonly Dictionary<Type, Action<IMessage>> _lies = [];
    private readonly Dictionary<Type, int> _answers = [];
    private WebApplication _app = null!;

    private LyingNode(Uri honest) => _honest = GrpcChannel.ForAddress(honest);

    public Uri Address { get; private set; } = null!;

    /// <summary>What refusals become; as they are, unless a test says otherwise.</summary>
    public Func<RpcException, RpcException> LieOfRefusal { get; set; } = static e => e;

    /// <summary>Every operation that was asked to be recorded, with its signatures, in order.</summary>
    public List<SignedOperation> Submitted { get; } = [];

    public static async Task<LyingNode> StartAsync(Uri honest)
    {
        LyingNode node = new(honest);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(node);
        node._app = builder.Build();
        node._app.MapGrpcService<Registry>();
        node._app.MapGrpcService<Dids>();
        node._app.MapGrpcService<Tokens>();
        node._app.MapGrpcService<Pilots>();
        node._app.MapGrpcService<Log>();
        await node._app.StartAsync();
        node.Address = new Uri(
            node._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        return node;
    }

    /// <summary>Changes every answer of one kind. A lie that throws is an answer that is lost after the work was done.</summary>
    public LyingNode On<T>(Action<T> lie)
        where T : IMessage
    {
        _lies[typeof(T)] = answer => lie((T)answer);
        return this;
    }

    /// <summary>How many answers of one kind were given.</summary>
    public int Answers<T>() => _answers.GetValueOrDefault(typeof(T));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _honest.Dispose();
    }

    private void Note(IEnumerable<SignedOperation> operations)
    {
        lock (Submitted)
        {
            Submitted.AddRange(operations);
        }
    }

    private async Task<T> AnswerAsync<T>(AsyncUnaryCall<T> call)
        where T : IMessage
    {
        try
        {
            T answer = await call;
            lock (_answers)
            {
                _answers[typeof(T)] = Answers<T>() + 1;
            }
            _lies.GetValueOrDefault(typeof(T))?.Invoke(answer);
            return answer;
        }
        catch (RpcException e) when (e.Trailers.Count > 0)
        {
            throw LieOfRefusal(Relay(e));
        }
    }

    // What the server itself adds to trailers must not be sent a second time.
    private static RpcException Relay(RpcException e)
    {
        Metadata trailers = [];
        foreach (Metadata.Entry entry in e.Trailers.Where(t => t.Key.StartsWith("ledger-", StringComparison.Ordinal)))
        {
            trailers.Add(entry);
        }
        return new RpcException(e.Status, trailers);
    }

    private sealed class Registry(LyingNode node) : RegistryService.RegistryServiceBase
    {
        private readonly RegistryService.RegistryServiceClient _honest = new(node._honest);

        public override Task<SubmitResponse> Submit(SubmitRequest request, ServerCallContext context)
        {
            node.Note([request.Operation]);
            return node.AnswerAsync(_honest.SubmitAsync(request));
        }

        public override Task<SubmitBatchResponse> SubmitBatch(SubmitBatchRequest request, ServerCallContext context)
        {
            node.Note(request.Operations);
            return node.AnswerAsync(_honest.SubmitBatchAsync(request));
        }

        // Answers with the correlation of no operation.
        public override async Task SubmitStream(
            IAsyncStreamReader<SubmitStreamRequest> requestStream,
            IServerStreamWriter<SubmitStreamResponse> responseStream,
            ServerCallContext context
        )
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                await responseStream.WriteAsync(
                    new SubmitStreamResponse { Correlation = requestStream.Current.Correlation + 1_000 }
                );
            }
        }

        public override Task<GetReceiptResponse> GetReceipt(GetReceiptRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetReceiptAsync(request));
    }

    private sealed class Dids(LyingNode node) : DidService.DidServiceBase
    {
        private readonly DidService.DidServiceClient _honest = new(node._honest);

        public override Task<ResolveResponse> Resolve(ResolveRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.ResolveAsync(request));

        public override Task<ListVersionsResponse> ListVersions(
            ListVersionsRequest request,
            ServerCallContext context
        ) => node.AnswerAsync(_honest.ListVersionsAsync(request));
    }

    private sealed class Tokens(LyingNode node) : TokenService.TokenServiceBase
    {
        private readonly TokenService.TokenServiceClient _honest = new(node._honest);

        public override Task<GetTokenResponse> GetToken(GetTokenRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetTokenAsync(request));

        public override Task<GetTokenHistoryResponse> GetTokenHistory(
            GetTokenHistoryRequest request,
            ServerCallContext context
        ) => node.AnswerAsync(_honest.GetTokenHistoryAsync(request));

        public override Task<GetClassResponse> GetClass(GetClassRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetClassAsync(request));
    }

    private sealed class Pilots(LyingNode node) : PilotService.PilotServiceBase
    {
        private readonly PilotService.PilotServiceClient _honest = new(node._honest);

        public override Task<GetLedgerResponse> GetLedger(GetLedgerRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetLedgerAsync(request));

        public override Task<GetPilotResponse> GetPilot(GetPilotRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetPilotAsync(request));

        public override Task<GetPartyResponse> GetParty(GetPartyRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetPartyAsync(request));
    }

    private sealed class Log(LyingNode node) : LogService.LogServiceBase
    {
        private readonly LogService.LogServiceClient _honest = new(node._honest);

        public override Task<GetCheckpointResponse> GetCheckpoint(
            GetCheckpointRequest request,
            ServerCallContext context
        ) => node.AnswerAsync(_honest.GetCheckpointAsync(request));

        public override Task<GetEntryResponse> GetEntry(GetEntryRequest request, ServerCallContext context) =>
            node.AnswerAsync(_honest.GetEntryAsync(request));

        public override Task<GetRecordProofsResponse> GetRecordProofs(
            GetRecordProofsRequest request,
            ServerCallContext context
        ) => node.AnswerAsync(_honest.GetRecordProofsAsync(request));

        public override Task<GetConsistencyProofResponse> GetConsistencyProof(
            GetConsistencyProofRequest request,
            ServerCallContext context
        ) => node.AnswerAsync(_honest.GetConsistencyProofAsync(request));

        // Leaves out the first entry of what was asked for.
        public override async Task StreamEntries(
            StreamEntriesRequest request,
            IServerStreamWriter<StreamEntriesResponse> responseStream,
            ServerCallContext context
        )
        {
            request.FirstIndex++;
            using AsyncServerStreamingCall<StreamEntriesResponse> call = _honest.StreamEntries(request);
            while (await call.ResponseStream.MoveNext(context.CancellationToken))
            {
                await responseStream.WriteAsync(call.ResponseStream.Current);
            }
        }
    }
}
