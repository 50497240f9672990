using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;
using Alpha = Grpc.Reflection.V1Alpha;
using Question = Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace Ledger.Node.Services;

/// <summary>The standard reflection service: generic clients list and call every service without its .proto files.</summary>
internal sealed class ReflectionService : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context
    )
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await responseStream.WriteAsync(Answer(requestStream.Current), context.CancellationToken);
        }
    }

    /// <summary>Answers one question.</summary>
    public static ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        ServerReflectionResponse response = new() { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Question.ListServices:
                response.ListServicesResponse = new ListServiceResponse
                {
                    Service = { Contracts.Services.Select(static s => new ServiceResponse { Name = s.FullName }) },
                };
                break;
            case Question.FileByFilename
                when Contracts.Files.TryGetValue(request.FileByFilename, out FileDescriptor? file):
                response.FileDescriptorResponse = WithDependencies(file);
                break;
            case Question.FileContainingSymbol when Contracts.FileOf(request.FileContainingSymbol) is { } file:
                response.FileDescriptorResponse = WithDependencies(file);
                break;
            case Question.None:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "no question");
                break;
            default:
                // There are no extensions: proto3 has none.
                response.ErrorResponse = Error(StatusCode.NotFound, "not known here");
                break;
        }

        return response;
    }

    private static FileDescriptorResponse WithDependencies(FileDescriptor file)
    {
        FileDescriptorResponse response = new();
        HashSet<string> added = [];
        Add(file);
        return response;

        void Add(FileDescriptor next)
        {
            if (added.Add(next.Name))
            {
                response.FileDescriptorProto.Add(next.SerializedData);
                foreach (FileDescriptor dependency in next.Dependencies)
                {
                    Add(dependency);
                }
            }
        }
    }

    private static ErrorResponse Error(StatusCode code, string message) =>
        new() { ErrorCode = (int)code, ErrorMessage = message };
}

/// <summary>The same under its older name, which some clients still ask for first. The messages have the same encoding.</summary>
internal sealed class ReflectionServiceAlpha : Alpha.ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<Alpha.ServerReflectionRequest> requestStream,
        IServerStreamWriter<Alpha.ServerReflectionResponse> responseStream,
        ServerCallContext context
    )
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            ServerReflectionRequest request = ServerReflectionRequest.Parser.ParseFrom(
                requestStream.Current.ToByteArray()
            );
            await responseStream.WriteAsync(
                Alpha.ServerReflectionResponse.Parser.ParseFrom(ReflectionService.Answer(request).ToByteArray()),
                context.CancellationToken
            );
        }
    }
}
