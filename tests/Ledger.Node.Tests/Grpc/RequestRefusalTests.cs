using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Requests that are no messages at all: every method of every service calls them malformed, and goes on serving.</summary>
public class RequestRefusalTests(Scene scene) : IClassFixture<Scene>
{
    private const int Seed = 20_260_103;

    private static readonly Dictionary<string, byte[]> Malformed = new()
    {
        ["tag that ends nowhere"] = [0x80],
        ["field number 0"] = [0x00],
        ["wire type 6"] = [0x0e],
        ["wire type 7"] = [0x0f],
        ["end of a group that never began"] = [0x0c],
        ["group that never ends"] = [0x0b],
        ["length beyond the end"] = [0x0a, 0x7f, 0x01],
        ["length of nearly 2^31"] = [0x0a, 0xff, 0xff, 0xff, 0xff, 0x07],
        ["length of 2^31 - 6"] = [0x0a, 0xfa, 0xff, 0xff, 0xff, 0x07],
        ["negative length"] = [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ["unknown field of nearly 2^31 bytes"] = [0xfa, 0x3f, 0xff, 0xff, 0xff, 0xff, 0x07],
        ["length of nearly 2^31 behind ten thousand bytes"] =
        [
            0xfa,
            0x3f,
            0x90,
            0x4e,
            .. new byte[10_000],
            0x0a,
            0xff,
            0xff,
            0xff,
            0xff,
            0x07,
            .. new byte[10_000],
        ],
        ["varint of eleven bytes"] = [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
        ["groups nested beyond any limit"] =
        [
            .. Enumerable.Repeat((byte)0xfb, 2_000).SelectMany(b => (byte[])[b, 0x3f]),
        ],
    };

    public static TheoryData<string, string> MalformedRequests
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (MethodDescriptor method in RawRequests.Methods)
            {
                foreach (string name in Malformed.Keys)
                {
                    cases.Add(method.FullName, name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public async Task Call_BytesThatAreNoMessage_IsMalformed(string methodName, string name)
    {
        MethodDescriptor method = RawRequests.Methods.Single(m => m.FullName == methodName);
        long before = scene.Node.Size;

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            RawRequests.Call(scene.Node.Channel.CreateCallInvoker(), method, Malformed[name])
        );

        Refusal.Check(error, StatusCode.InvalidArgument, ReasonCode.Malformed);
        Assert.Equal(before, scene.Node.Size);
    }

    [Fact]
    public Task Submit_LengthOfNearly2To31WithinTheOperation_IsMalformed() =>
        Refuses("Submit", [0x0a, 0x08, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00, 0x00]);

    [Fact]
    public async Task Submit_EveryTruncationOfTheRequest_IsRefused()
    {
        byte[] whole = new SubmitRequest
        {
            Operation = scene.Issuer.Sign(Scene.Mint("never", scene.Holder)),
        }.ToByteArray();

        for (int length = 0; length < whole.Length; length++)
        {
            await Refuses("Submit", whole[..length]);
        }
    }

    [Fact]
    public async Task Submit_RandomRequests_AreRefused()
    {
        Random random = new(Seed);
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            await Refuses("Submit", bytes);
        }
    }

    [Fact]
    public async Task SubmitStream_MalformedRequest_EndsTheStreamAfterTheAnswersBeforeIt()
    {
        SignedOperation good = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        Method<byte[], SubmitStreamResponse> raw = new(
            MethodType.DuplexStreaming,
            RegistryService.Descriptor.FullName,
            "SubmitStream",
            Marshallers.Create(static b => b, static b => b),
            Marshallers.Create(static m => m.ToByteArray(), SubmitStreamResponse.Parser.ParseFrom)
        );
        using var call = scene.Node.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(raw, null, default);
        await call.RequestStream.WriteAsync(
            new SubmitStreamRequest { Correlation = 7, Operation = good }.ToByteArray()
        );
        await call.RequestStream.WriteAsync([0x0f]);

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(7u, call.ResponseStream.Current.Correlation);
        Assert.Equal(ReasonCode.Applied, call.ResponseStream.Current.Result.Reason);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            call.ResponseStream.MoveNext(CancellationToken.None)
        );
        Refusal.Check(error, StatusCode.InvalidArgument, ReasonCode.Malformed);
    }

    [Fact]
    public async Task Call_UnknownMethod_IsUnimplemented()
    {
        Method<byte[], byte[]> raw = new(
            MethodType.Unary,
            RegistryService.Descriptor.FullName,
            "Erase",
            Marshallers.Create(static b => b, static b => b),
            Marshallers.Create(static b => b, static b => b)
        );

        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            scene.Node.Channel.CreateCallInvoker().AsyncUnaryCall(raw, null, default, []).ResponseAsync
        );

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private async Task Refuses(string method, byte[] request)
    {
        long before = scene.Node.Size;
        RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
            RawRequests.Call(
                scene.Node.Channel.CreateCallInvoker(),
                RegistryService.Descriptor.FindMethodByName(method),
                request
            )
        );
        Assert.True(
            StatusCode.InvalidArgument == error.StatusCode,
            $"seed {Seed}: {Convert.ToHexString(request)}: {error.Status}"
        );
        Refusal.CheckTyped(error);
        Assert.Equal(before, scene.Node.Size);
    }
}
