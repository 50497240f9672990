using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Calls whose request messages are any bytes at all.</summary>
internal static class RawRequests
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static b => b, static b => b);

    /// <summary>Every method of every service that a node serves.</summary>
    public static IEnumerable<MethodDescriptor> Methods =>
        new[]
        {
            RegistryService.Descriptor,
            DidService.Descriptor,
            TokenService.Descriptor,
            PilotService.Descriptor,
            PolicyService.Descriptor,
            SupervisionService.Descriptor,
            EventService.Descriptor,
            LogService.Descriptor,
            Health.Descriptor,
            global::Grpc.Reflection.V1.ServerReflection.Descriptor,
            global::Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
        }.SelectMany(s => s.Methods);

    /// <summary>Calls a method with one request message and reads all answers.</summary>
    /// <param name="invoker">Where to.</param>
    /// <param name="method">The method.</param>
    /// <param name="request">The message's bytes.</param>
    /// <returns>The answers' bytes.</returns>
    public static async Task<List<byte[]>> Call(CallInvoker invoker, MethodDescriptor method, byte[] request)
    {
        Method<byte[], byte[]> raw = new(
            method.IsClientStreaming ? MethodType.DuplexStreaming
                : method.IsServerStreaming ? MethodType.ServerStreaming
                : MethodType.Unary,
            method.Service.FullName,
            method.Name,
            Bytes,
            Bytes
        );
        CallOptions options = new(
            deadline: DateTime.UtcNow.AddSeconds(30),
            cancellationToken: TestContext.Current.CancellationToken
        );
        switch (raw.Type)
        {
            case MethodType.Unary:
                using (AsyncUnaryCall<byte[]> unary = invoker.AsyncUnaryCall(raw, null, options, request))
                {
                    return [await unary.ResponseAsync];
                }

            case MethodType.ServerStreaming:
                using (var streaming = invoker.AsyncServerStreamingCall(raw, null, options, request))
                {
                    return await ReadAll(streaming.ResponseStream);
                }

            default:
                using (var duplex = invoker.AsyncDuplexStreamingCall(raw, null, options))
                {
                    await duplex.RequestStream.WriteAsync(request);
                    await duplex.RequestStream.CompleteAsync();
                    return await ReadAll(duplex.ResponseStream);
                }
        }
    }

    private static async Task<List<byte[]>> ReadAll(IAsyncStreamReader<byte[]> answers)
    {
        List<byte[]> all = [];
        while (await answers.MoveNext(CancellationToken.None))
        {
            all.Add(answers.Current);
        }

        return all;
    }
}
