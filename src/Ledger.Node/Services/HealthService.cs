using Grpc.Core;
using Grpc.Health.V1;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Ledger.Node.Services;

/// <summary>The standard health service. Every service is served from the first call on until the node begins to stop.</summary>
internal sealed class HealthService : Health.HealthBase
{
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Status Serving => _stopping.Task.IsCompleted ? Status.NotServing : Status.Serving;

    /// <summary>Says from now on that nothing is served.</summary>
    public void Stop() => _stopping.TrySetResult();

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        IsKnown(request.Service)
            ? Task.FromResult(new HealthCheckResponse { Status = Serving })
            : throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, $"no service of that name is served"));

    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context
    )
    {
        bool known = IsKnown(request.Service);
        await responseStream.WriteAsync(
            new HealthCheckResponse { Status = known ? Serving : Status.ServiceUnknown },
            context.CancellationToken
        );
        await _stopping.Task.WaitAsync(context.CancellationToken);
        if (known)
        {
            await responseStream.WriteAsync(
                new HealthCheckResponse { Status = Status.NotServing },
                context.CancellationToken
            );
        }
    }

    private static bool IsKnown(string service) =>
        service.Length == 0 || Contracts.Services.Any(s => s.FullName == service);
}
