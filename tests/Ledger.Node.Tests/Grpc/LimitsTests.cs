using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Messages that are too large, compressed or no gRPC at all, and more streams than a connection carries.</summary>
public class LimitsTests(Scene scene) : IClassFixture<Scene>
{
    private const string Submit = "/ledger.v1.RegistryService/Submit";

    [Fact]
    public async Task Submit_MessageBeyondTheLimit_IsResourceExhausted()
    {
        long before = scene.Node.Size;
        SubmitRequest request = new() { Operation = scene.Issuer.SignBytes(new byte[Limits.MessageBytesMax]) };

        RpcException error = await Refusal.Of(
            scene.Node.Registry.SubmitAsync(request),
            StatusCode.ResourceExhausted,
            ReasonCode.TooLarge
        );

        Assert.Contains($"{Limits.MessageBytesMax}", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(before, scene.Node.Size);
    }

    [Fact]
    public async Task SubmitBatch_MessageUpToTheLimit_IsTaken()
    {
        SubmitBatchRequest request = new();
        while (request.CalculateSize() < Limits.MessageBytesMax - 80_000)
        {
            request.Operations.Add(scene.Issuer.SignBytes(new byte[60_000]));
        }

        request.Operations.Add(new SignedOperation());
        int rest = Limits.MessageBytesMax - request.CalculateSize() - 6;
        request.Operations[^1].Operation = ByteString.CopyFrom(new byte[rest]);
        Assert.InRange(request.CalculateSize(), Limits.MessageBytesMax - 8, Limits.MessageBytesMax);

        SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(request);

        Assert.Equal(request.Operations.Count, response.Results.Count);
        Assert.All(response.Results, r => Assert.NotEqual(ReasonCode.Applied, r.Reason));
    }

    [Fact]
    public async Task SubmitStream_MessageBeyondTheLimit_EndsTheStreamAfterTheAnswersBeforeIt()
    {
        using var call = scene.Node.Registry.SubmitStream();
        await call.RequestStream.WriteAsync(
            new SubmitStreamRequest
            {
                Correlation = 5,
                Operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder)),
            }
        );
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ReasonCode.Applied, call.ResponseStream.Current.Result.Reason);
        Task<bool> next = call.ResponseStream.MoveNext(CancellationToken.None);

        try
        {
            await call.RequestStream.WriteAsync(
                new SubmitStreamRequest { Operation = scene.Issuer.SignBytes(new byte[Limits.MessageBytesMax]) }
            );
        }
        catch (RpcException)
        {
            // The answer may overtake the message.
        }

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => next);
        Refusal.Check(error, StatusCode.ResourceExhausted, ReasonCode.TooLarge);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Submit_Compressed_IsTaken(string encoding)
    {
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));

        SubmitResponse response = await scene.Node.Registry.SubmitAsync(
            new SubmitRequest { Operation = operation, WithProof = true },
            new Metadata { { "grpc-internal-encoding-request", encoding } }
        );

        await scene.CheckReceipt(response.Receipt, operation, ReasonCode.Applied);
    }

    [Theory]
    [InlineData("gzip", Limits.MessageBytesMax + 1)]
    [InlineData("gzip", 64 * 1024 * 1024)]
    [InlineData("deflate", 64 * 1024 * 1024)]
    public async Task Submit_CompressionBomb_IsResourceExhausted(string encoding, int size)
    {
        byte[] bomb = Compress(new byte[size], encoding);
        Assert.InRange(bomb.Length, 1, 80 * 1024);

        RawHttp.Answer answer = await RawHttp.Post(scene.Node, Submit, RawHttp.Frame(bomb, compressed: true), encoding);

        Assert.Equal($"{(int)StatusCode.ResourceExhausted}", answer.Status);
        Assert.Equal("3 TOO_LARGE", answer.Reason);
        Refusal.CheckText(Uri.UnescapeDataString(answer.Message!), ReasonCode.TooLarge);
    }

    [Fact]
    public async Task Submit_CompressedUpToTheLimit_IsJudgedByItsContent()
    {
        // Zeros are no message; that they were read to the end is what is shown.
        byte[] body = RawHttp.Frame(Compress(new byte[Limits.MessageBytesMax], "gzip"), compressed: true);

        RawHttp.Answer answer = await RawHttp.Post(scene.Node, Submit, body, "gzip");

        Assert.Equal("1 MALFORMED", answer.Reason);
    }

    [Fact]
    public async Task Submit_CompressedBomb_AllocatesNoMoreThanTheLimitCallsFor()
    {
        byte[] body = RawHttp.Frame(Compress(new byte[256 * 1024 * 1024], "gzip"), compressed: true);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await RawHttp.Post(scene.Node, Submit, body, "gzip");

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 * 1024 * 1024);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Submit_NotCompressedAsItSays_IsMalformed(string encoding)
    {
        byte[] whole = Compress(new SubmitRequest { WithProof = true }.ToByteArray(), encoding);
        byte[][] bodies =
        [
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
            [.. whole[..2], .. new byte[20]],
        ];
        foreach (byte[] body in bodies)
        {
            RawHttp.Answer answer = await RawHttp.Post(
                scene.Node,
                Submit,
                RawHttp.Frame(body, compressed: true),
                encoding
            );

            Assert.Equal(($"{(int)StatusCode.InvalidArgument}", "1 MALFORMED"), (answer.Status, answer.Reason));
        }
    }

    [Fact]
    public async Task Submit_UnknownEncoding_IsUnimplemented()
    {
        RawHttp.Answer answer = await RawHttp.Post(
            scene.Node,
            Submit,
            RawHttp.Frame([1, 2, 3], compressed: true),
            "brotli"
        );

        Assert.Equal($"{(int)StatusCode.Unimplemented}", answer.Status);
    }

    public static TheoryData<string, byte[]> BrokenFrames =>
        new()
        {
            { "nothing", [] },
            { "half a prefix", [0, 0] },
            { "less than it says", [0, 0, 0, 0, 100, 1, 2, 3] },
            { "a length of 2^32 - 1", [0, 255, 255, 255, 255, 1] },
            { "a flag that is none", [9, 0, 0, 0, 1, 0] },
            { "two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
            { "compressed as nothing", [1, 0, 0, 0, 1, 0] },
        };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public async Task Submit_BrokenFrame_IsMalformed(string name, byte[] body)
    {
        long before = scene.Node.Size;

        RawHttp.Answer answer = await RawHttp.Post(scene.Node, Submit, body);

        Assert.True(answer.Http == HttpStatusCode.OK, name);
        Assert.Equal(($"{(int)StatusCode.InvalidArgument}", "1 MALFORMED"), (answer.Status, answer.Reason));
        Refusal.CheckText(Uri.UnescapeDataString(answer.Message!), ReasonCode.Malformed);
        Assert.Equal(before, scene.Node.Size);
    }

    [Fact]
    public async Task Submit_ContentTypeThatIsNotGrpc_IsNotToldOfItsBytes()
    {
        byte[] body = RawHttp.Frame(new SubmitRequest().ToByteArray());

        RawHttp.Answer answer = await RawHttp.Post(scene.Node, Submit, body, contentType: "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Http);
        Assert.Null(answer.Reason);
        Assert.DoesNotContain("operation", answer.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamEntries_MoreThanAConnectionCarries_UsesSeveral()
    {
        const int Streams = 250;
        using SocketsHttpHandler handler = new() { EnableMultipleHttp2Connections = true };
        using GrpcChannel channel = scene.Node.OpenChannel(new GrpcChannelOptions { HttpHandler = handler });
        LogService.LogServiceClient client = new(channel);
        ulong last = (ulong)scene.Node.Size - 1;
        AsyncServerStreamingCall<StreamEntriesResponse>[] calls =
        [
            .. Enumerable
                .Range(0, Streams)
                .Select(_ => client.StreamEntries(new StreamEntriesRequest { FirstIndex = last, Follow = true })),
        ];

        // All are open at once: each has its first answer, and each hears of the next entry.
        await Task.WhenAll(calls.Select(Next));
        Receipt receipt = await scene.Apply(scene.Issuer, Scene.Mint(scene.NewTokenId(), scene.Holder));
        StreamEntriesResponse[] answers = await Task.WhenAll(calls.Select(Next));

        Assert.All(answers, a => Assert.Equal(receipt.Index, a.FirstIndex));
        Array.ForEach(calls, c => c.Dispose());

        static async Task<StreamEntriesResponse> Next(AsyncServerStreamingCall<StreamEntriesResponse> call)
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            return call.ResponseStream.Current;
        }
    }

    [Fact]
    public async Task Submit_HeadersBeyondTheLimit_AreRefused()
    {
        Metadata headers = new() { { "x-large", new string('x', 20_000) } };

        await Assert.ThrowsAsync<RpcException>(() =>
            scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest(), headers).ResponseAsync
        );

        await scene.Node.Log.GetCheckpointAsync(new GetCheckpointRequest());
    }

    private static byte[] Compress(byte[] bytes, string encoding)
    {
        using MemoryStream compressed = new();
        using (
            Stream stream =
                encoding == "gzip"
                    ? new GZipStream(compressed, CompressionLevel.SmallestSize)
                    : new ZLibStream(compressed, CompressionLevel.SmallestSize)
        )
        {
            stream.Write(bytes);
        }

        return compressed.ToArray();
    }
}
