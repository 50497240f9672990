namespace Grpc.Core.Interceptors;

/// <summary>A call about to be made, as an interceptor on a client sees it.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
/// <param name="method">The method to call.</param>
/// <param name="host">The authority to name in place of the channel's; null for the channel's.</param>
/// <param name="options">Headers, deadline, cancellation and credentials.</param>
public struct ClientInterceptorContext<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    string? host,
    CallOptions options
)
    where TRequest : class
    where TResponse : class
{
    /// <summary>The method to call.</summary>
    public Method<TRequest, TResponse> Method { get; } = method;

    /// <summary>The authority to name in place of the channel's; null for the channel's.</summary>
    public string? Host { get; } = host;

    /// <summary>Headers, deadline, cancellation and credentials.</summary>
    public CallOptions Options { get; } = options;
}
