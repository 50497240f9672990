using System.Reflection;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Grpc;

/// <summary>
/// Maps the methods of a service like the server's own provider, but with requests whose bytes are no message refused as
/// MALFORMED: the server itself would call that an unknown error of the handler, before any interceptor sees it.
/// </summary>
/// <remarks>
/// A service is made when it is first called, not here: the one for reflection looks at what has been mapped by then.
/// </remarks>
internal sealed class TypedMethods<TService> : IServiceMethodProvider<TService>
    where TService : class
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        // The generated base class of the contract says how it is bound.
        BindServiceMethodAttribute binding = typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>()!;
        Type contract = typeof(TService);
        while (contract.BaseType != typeof(object))
        {
            contract = contract.BaseType!;
        }

        binding
            .BindType.GetMethod(binding.BindMethodName, [typeof(ServiceBinderBase), contract])!
            .Invoke(null, [new Binder(context), null]);
    }

    private static Method<TRequest, TResponse> Typed<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class =>
        new(
            method.Type,
            method.ServiceName,
            method.Name,
            Marshallers.Create(
                method.RequestMarshaller.ContextualSerializer,
                bytes =>
                {
                    try
                    {
                        return method.RequestMarshaller.ContextualDeserializer(bytes);
                    }
                    catch (InvalidProtocolBufferException)
                    {
                        throw Refusals.Error(ReasonCode.Malformed, "the request");
                    }
                }
            ),
            method.ResponseMarshaller
        );

    private sealed class Binder(ServiceMethodProviderContext<TService> context) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            UnaryServerMethod<TRequest, TResponse>? handler
        ) =>
            context.AddUnaryMethod(
                Typed(method),
                [],
                Invoker<UnaryServerMethod<TService, TRequest, TResponse>>(method)
            );

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse>? handler
        ) =>
            context.AddServerStreamingMethod(
                Typed(method),
                [],
                Invoker<ServerStreamingServerMethod<TService, TRequest, TResponse>>(method)
            );

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            DuplexStreamingServerMethod<TRequest, TResponse>? handler
        ) =>
            context.AddDuplexStreamingMethod(
                Typed(method),
                [],
                Invoker<DuplexStreamingServerMethod<TService, TRequest, TResponse>>(method)
            );

        // Methods of the contract have names of their own: none is overloaded.
        private static TInvoker Invoker<TInvoker>(IMethod method)
            where TInvoker : Delegate => typeof(TService).GetMethod(method.Name)!.CreateDelegate<TInvoker>();
    }
}
