using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using CallStatus = Grpc.Core.Status;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node.Grpc;

/// <summary>
/// The standard health service. Every service is served from the first call on until the node begins to stop; those who watch
/// hear of it, and their streams end with the node's own.
/// </summary>
internal sealed class HealthService : HealthServiceImpl
{
    private readonly OpenCalls _calls;

    /// <summary>Says that the node serves.</summary>
    /// <param name="calls">Ends the streams of those who watch.</param>
    public HealthService(OpenCalls calls)
    {
        _calls = calls;
        Say(Status.Serving);
    }

    /// <summary>Says from now on that nothing is served.</summary>
    public void Stop() => Say(Status.NotServing);

    /// <inheritdoc />
    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context
    )
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken,
            _calls.Closing
        );
        await base.Watch(request, responseStream, new EndingContext(context, either.Token));
    }

    // The empty name is the node as a whole.
    private void Say(Status status)
    {
        SetStatus("", status);
        foreach (string name in LedgerNode.ServiceNames)
        {
            SetStatus(name, status);
        }
    }

    /// <summary>A call that also ends when the node closes its streams. All else is the call's own.</summary>
    private sealed class EndingContext(ServerCallContext call, CancellationToken ending) : ServerCallContext
    {
        protected override CancellationToken CancellationTokenCore => ending;

        protected override string MethodCore => call.Method;

        protected override string HostCore => call.Host;

        protected override string PeerCore => call.Peer;

        protected override DateTime DeadlineCore => call.Deadline;

        protected override Metadata RequestHeadersCore => call.RequestHeaders;

        protected override Metadata ResponseTrailersCore => call.ResponseTrailers;

        protected override AuthContext AuthContextCore => call.AuthContext;

        protected override CallStatus StatusCore
        {
            get => call.Status;
            set => call.Status = value;
        }

        protected override WriteOptions? WriteOptionsCore
        {
            get => call.WriteOptions;
            set => call.WriteOptions = value;
        }

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            call.CreatePropagationToken(options);

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) =>
            call.WriteResponseHeadersAsync(responseHeaders);
    }
}
