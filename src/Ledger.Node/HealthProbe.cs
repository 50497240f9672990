using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Ledger.Node;

/// <summary>
/// Asks a node on this machine whether it serves, the way it listens: over TLS the node's own certificate is trusted, and nothing
/// else, and shown, which a node takes for its own word even when it asks its clients for certificates.
/// </summary>
public static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks.</summary>
    /// <param name="listen">Where the node listens; an address that stands for all is asked on loopback.</param>
    /// <param name="certificateFile">As the node has it; null: it speaks plain text.</param>
    /// <param name="certificateKeyFile">As the node has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NodeConfigurationException">The files cannot be used.</exception>
    /// <exception cref="RpcException">The node does not answer.</exception>
    public static async Task<HealthCheckResponse.Types.ServingStatus> AskAsync(
        IPEndPoint listen,
        string? certificateFile,
        string? certificateKeyFile,
        CancellationToken cancellationToken
    )
    {
        using NodeTls? tls = NodeTls.Load(certificateFile, certificateKeyFile, authoritiesFile: null);
        return await AskAsync(listen, tls, cancellationToken);
    }

    internal static async Task<HealthCheckResponse.Types.ServingStatus> AskAsync(
        IPEndPoint listen,
        NodeTls? tls,
        CancellationToken cancellationToken
    )
    {
        using SocketsHttpHandler handler = new() { UseProxy = false };
        if (tls is not null)
        {
            handler.SslOptions = tls.OfItself();
        }

        using GrpcChannel channel = GrpcChannel.ForAddress(
            $"{(tls is null ? "http" : "https")}://{Reachable(listen)}",
            new GrpcChannelOptions { HttpHandler = handler }
        );
        HealthCheckResponse answer = await new Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest(),
            deadline: DateTime.UtcNow + Patience,
            cancellationToken: cancellationToken
        );
        return answer.Status;
    }

    /// <summary>Why a node did not answer, down to what the transport says.</summary>
    internal static string CauseOf(RpcException e)
    {
        Exception cause = e.Status.DebugException ?? e;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return cause is RpcException ? e.Status.Detail : cause.Message;
    }

    private static IPEndPoint Reachable(IPEndPoint listen) =>
        listen.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, listen.Port)
        : listen.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, listen.Port)
        : listen;
}
