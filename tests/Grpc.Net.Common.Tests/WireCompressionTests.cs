using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Common.Tests.Proto;

namespace Grpc.Net.Common.Tests;

/// <summary>Compressed messages over a real connection, and what a gzip bomb does to either side.</summary>
[Collection("Alone")] // they measure what the process allocates
public class WireCompressionTests
{
    private const int MiB = 1 << 20;
    private const int BombBodyBytes = 62 * MiB;

    [Fact]
    public async Task Response_ServerSetToGzip_IsCompressedOnTheWireAndInflatedByTheClient()
    {
        await using ProbeServer server = await ProbeServer.Start(options =>
        {
            options.ResponseCompressionAlgorithm = "gzip";
            options.ResponseCompressionLevel = CompressionLevel.Optimal;
        });
        var request = new Message { Text = new string('x', 100_000) };

        RawResponse raw = await Post(server, Frame(request.ToByteArray(), compressed: false));
        Assert.Equal(StatusCode.OK, raw.Status);
        Assert.Equal(1, raw.Body[0]); // the compressed flag
        Assert.InRange(raw.Body.Length, 6, 1000);

        using GrpcChannel channel = server.Channel();
        Assert.Equal(request, await new Probe.ProbeClient(channel).EchoAsync(request));
    }

    [Fact]
    public async Task Response_WriteFlagNoCompress_IsNotCompressed()
    {
        await using ProbeServer server = await ProbeServer.Start(options =>
            options.ResponseCompressionAlgorithm = "gzip"
        );
        server.Service.OnEcho = (request, context) =>
        {
            context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
            return Task.FromResult(request);
        };
        byte[] message = new Message { Text = new string('x', 1000) }.ToByteArray();
        RawResponse raw = await Post(server, Frame(message, compressed: false));
        Assert.Equal(0, raw.Body[0]);
        Assert.Equal(message, raw.Body[5..]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Request_CompressedByTheClient_IsInflatedByTheServer(string encoding)
    {
        await using ProbeServer server = await ProbeServer.Start();
        using GrpcChannel channel = server.Channel();
        var headers = new Metadata { { "grpc-internal-encoding-request", encoding } };
        var request = new Message { Text = new string('x', 100_000) };
        Assert.Equal(request, await new Probe.ProbeClient(channel).EchoAsync(request, headers));
        Assert.Equal([encoding], server.RequestEncodings);
    }

    [Fact]
    public async Task Server_GzipBomb64KiBOf62MiB_IsResourceExhaustedAndInflatedOnlyUpToTheLimit()
    {
        byte[] bomb = Bomb();
        await using ProbeServer server = await ProbeServer.Start(options => options.MaxReceiveMessageSize = MiB);
        bool handled = false;
        server.Service.OnEcho = (request, _) =>
        {
            handled = true;
            return Task.FromResult(request);
        };
        long before = GC.GetTotalAllocatedBytes(precise: true);
        RawResponse response = await Post(server, bomb, encoding: "gzip");
        long allocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(StatusCode.ResourceExhausted, response.Status);
        Assert.False(handled);
        Assert.True(allocatedBytes < 16 * MiB, $"{allocatedBytes} bytes allocated");
    }

    [Fact]
    public async Task Client_GzipBomb64KiBOf62MiB_IsResourceExhaustedAndInflatedOnlyUpToTheLimit()
    {
        using var handler = new FixedResponse(Bomb());
        using var channel = GrpcChannel.ForAddress(
            "http://127.0.0.1",
            new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = MiB }
        );
        var client = new Probe.ProbeClient(channel);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var thrown = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new Message()));
        long allocatedBytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
        Assert.True(allocatedBytes < 16 * MiB, $"{allocatedBytes} bytes allocated");
    }

    /// <summary>It is the limit that protects, nothing else: so that nobody takes it away.</summary>
    [Fact]
    public async Task Server_GzipBombWithoutALimit_IsInflatedWholeAndHandled()
    {
        await using ProbeServer server = await ProbeServer.Start(options => options.MaxReceiveMessageSize = null);
        int bodyBytes = 0;
        server.Service.OnEcho = (request, _) =>
        {
            bodyBytes = request.Body.Length;
            return Task.FromResult(new Message());
        };
        RawResponse response = await Post(server, Bomb(), encoding: "gzip");
        Assert.Equal(StatusCode.OK, response.Status);
        Assert.Equal(BombBodyBytes, bodyBytes);
    }

    /// <summary>A frame of less than 64 KiB whose message is valid and has a body of 62 MiB of zeros.</summary>
    private static byte[] Bomb()
    {
        var payload = new MemoryStream();
        using (var gzip = new GZipStream(payload, CompressionLevel.Optimal, leaveOpen: true))
        {
            var output = new CodedOutputStream(gzip, leaveOpen: true);
            output.WriteTag(Message.BodyFieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteLength(BombBodyBytes);
            output.Flush();
            byte[] zeros = new byte[MiB];
            for (int written = 0; written < BombBodyBytes; written += zeros.Length)
            {
                gzip.Write(zeros);
            }
        }

        byte[] frame = Frame(payload.ToArray(), compressed: true);
        Assert.InRange(frame.Length, 1, 64 * 1024);
        return frame;
    }

    /// <summary>A message as it goes over the wire: flag, length, payload.</summary>
    private static byte[] Frame(byte[] payload, bool compressed)
    {
        byte[] frame = new byte[5 + payload.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>Calls Echo with a request of given bytes, as no well-behaved client would.</summary>
    private static async Task<RawResponse> Post(ProbeServer server, byte[] frame, string? encoding = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + "/grpc.tests.Probe/Echo")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.Add("grpc-accept-encoding", "gzip");
        request.Headers.TE.Add(new("trailers"));
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        // A call that fails before its first message has its status in the headers.
        HttpResponseHeaders end = body.Length > 0 ? response.TrailingHeaders : response.Headers;
        return new RawResponse(Enum.Parse<StatusCode>(end.GetValues("grpc-status").Single()), body);
    }

    private sealed record RawResponse(StatusCode Status, byte[] Body);

    /// <summary>Answers every call with one gzipped message.</summary>
    private sealed class FixedResponse(byte[] frame) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken _)
        {
            var response = new HttpResponseMessage
            {
                Version = HttpVersion.Version20,
                Content = new ByteArrayContent(frame),
                RequestMessage = request,
            };
            response.Content.Headers.ContentType = new("application/grpc");
            response.Headers.Add("grpc-encoding", "gzip");
            response.TrailingHeaders.Add("grpc-status", "0");
            return Task.FromResult(response);
        }
    }
}

[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;
