using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace Ledger.Node.Tests.Grpc;

/// <summary>What tools that know nothing of the contract ask first. Both versions of the protocol are in use.</summary>
public class ReflectionTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly string[] Expected =
    [
        .. RawRequests.Methods.Select(m => m.Service.FullName).Distinct().Order(StringComparer.Ordinal),
    ];

    [Fact]
    public async Task ListServices_OfBothVersions_AreAllThatTheNodeServes()
    {
        ServerReflectionResponse answer = await Ask(new ServerReflectionRequest { ListServices = "" });
        V1Alpha.ServerReflectionResponse alpha = await AskAlpha(
            new V1Alpha.ServerReflectionRequest { ListServices = "" }
        );

        Assert.Equal(Expected, answer.ListServicesResponse.Service.Select(s => s.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Expected, alpha.ListServicesResponse.Service.Select(s => s.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FileContainingSymbol_OfEveryService_DescribesIt()
    {
        foreach (string service in Expected)
        {
            ServerReflectionResponse answer = await Ask(new ServerReflectionRequest { FileContainingSymbol = service });
            V1Alpha.ServerReflectionResponse alpha = await AskAlpha(
                new V1Alpha.ServerReflectionRequest { FileContainingSymbol = service }
            );

            CheckDescribes(service, answer.FileDescriptorResponse.FileDescriptorProto);
            CheckDescribes(service, alpha.FileDescriptorResponse.FileDescriptorProto);
        }
    }

    [Fact]
    public async Task FileContainingSymbol_OfWhatIsNotThere_IsNotFound() =>
        Assert.Equal(
            (int)StatusCode.NotFound,
            (await Ask(new ServerReflectionRequest { FileContainingSymbol = "ledger.v1.NoService" }))
                .ErrorResponse
                .ErrorCode
        );

    // The service is in one of the files, and every file that a file needs is there too: a tool can build messages from them.
    private static void CheckDescribes(string service, IEnumerable<ByteString> files)
    {
        List<FileDescriptorProto> parsed = [.. files.Select(FileDescriptorProto.Parser.ParseFrom)];
        Assert.Contains(service, parsed.SelectMany(f => f.Service.Select(s => $"{f.Package}.{s.Name}")));
        Assert.Empty(parsed.SelectMany(f => f.Dependency).Except(parsed.Select(f => f.Name)));
    }

    private async Task<ServerReflectionResponse> Ask(ServerReflectionRequest request)
    {
        using var call = scene.Node.Reflection.ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }

    private async Task<V1Alpha.ServerReflectionResponse> AskAlpha(V1Alpha.ServerReflectionRequest request)
    {
        V1Alpha.ServerReflection.ServerReflectionClient client = new(scene.Node.Channel);
        using var call = client.ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }
}
