using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.V1;

namespace Ledger.Node.Tests.Http;

/// <summary>The second port: apart from the first, and under the same rules.</summary>
public sealed class HttpPortTests(HttpScene scene) : IClassFixture<HttpScene>
{
    [Fact]
    public async Task HttpPort_CallOfGrpc_IsNothingThere()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(scene.Address);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new LogService.LogServiceClient(channel).GetCheckpointAsync(new GetCheckpointRequest())
        );

        Assert.NotEqual(StatusCode.OK, error.StatusCode);
        Reply reply = await scene.Raw(
            "POST /ledger.v1.LogService/GetCheckpoint HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: application/grpc\nContent-Length: 0"
        );
        Assert.Equal(404, reply.Status);
    }

    [Fact]
    public async Task GrpcPort_RequestOfHttp_IsNothingThere()
    {
        using HttpClient client = new()
        {
            BaseAddress = scene.Node.Node.Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage response = await client.GetAsync($"/1.0/identifiers/{scene.Did}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/1.0/identifiers/")]
    [InlineData("/1.0/identifiers")]
    [InlineData("/1.0/Methods")]
    [InlineData("/1.0/methods/")]
    [InlineData("//1.0/methods")]
    public async Task AnyPath_WithNothingAtIt_SaysSo(string path)
    {
        Reply reply = await scene.RawGet(path);

        Assert.Equal(404, reply.Status);
        Assert.Equal("application/problem+json", reply.Type);
        Assert.Equal("about:blank", reply.Json.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Target_InAbsoluteForm_IsThePathInIt()
    {
        Reply reply = await scene.Raw(
            "GET http://registry.example/1.0/methods?a=b HTTP/1.1\nHost: registry.example\nConnection: close"
        );

        Assert.Equal("""["pilot","key"]""", reply.Body);
    }

    [Theory]
    [InlineData("DELETE", "/1.0/identifiers/did:key:z", "GET, POST, HEAD, OPTIONS")]
    [InlineData("POST", "/1.0/methods", "GET, HEAD, OPTIONS")]
    [InlineData("get", "/1.0/methods", "GET, HEAD, OPTIONS")]
    public async Task Method_ThatAPathDoesNotKnow_IsNotAllowed(string method, string path, string allow)
    {
        Reply reply = await scene.Raw(
            $"{method} {path} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 0"
        );

        Assert.Equal(405, reply.Status);
        Assert.Equal(allow, reply.Headers["Allow"]);
    }

    [Fact]
    public async Task Options_FromAPageOfAnotherSite_AllowsIt()
    {
        Reply reply = await scene.Get($"/1.0/identifiers/{scene.Did}", method: HttpMethod.Options);

        Assert.Equal(204, reply.Status);
        Assert.Equal("*", reply.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal("GET, POST, HEAD, OPTIONS", reply.Headers["Access-Control-Allow-Methods"]);
        Assert.Equal(
            "Accept, Content-Type, If-Modified-Since, If-None-Match",
            reply.Headers["Access-Control-Allow-Headers"]
        );
    }

    [Fact]
    public async Task Head_OfWhatGetAnswers_HasItsHeadersAlone()
    {
        Reply get = await scene.Get($"/1.0/identifiers/{scene.Did}", "application/did");
        Reply head = await scene.Get($"/1.0/identifiers/{scene.Did}", "application/did", HttpMethod.Head);

        Assert.Equal("", head.Body);
        foreach (
            string name in (string[])
                ["Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control", "Vary"]
        )
        {
            Assert.Equal(get.Headers[name], head.Headers[name]);
        }
    }

    [Fact]
    public async Task Body_LargerThanOneMegabyte_IsRefusedBeforeItComes()
    {
        Reply reply = await scene.Raw(
            $"POST /1.0/identifiers/{scene.Did} HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 1048577"
        );

        Assert.Equal(413, reply.Status);
        Assert.Contains("1048576 bytes", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_HttpAddressInUse_NamesTheOption()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        IPEndPoint endPoint = (IPEndPoint)taken.LocalEndpoint;

        IOException e = await Assert.ThrowsAsync<IOException>(() =>
            TestNode.StartAsync(options => options with { Http = endPoint })
        );

        Assert.Equal($"{endPoint} is in use by another process: end that, or listen elsewhere (--http).", e.Message);
    }

    [Fact]
    public async Task StartAsync_HttpAddressOfAnotherMachine_NamesTheOption()
    {
        NodeConfigurationException e = await Assert.ThrowsAsync<NodeConfigurationException>(() =>
            TestNode.StartAsync(options =>
                options with
                {
                    Http = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0),
                    Insecure = true,
                }
            )
        );

        Assert.Equal("192.0.2.1 is no address of this machine: listen at one that is (--http).", e.Message);
    }

    [Fact]
    public async Task StartAsync_PlainTextBeyondLoopback_NeedsToBeMeant()
    {
        NodeConfigurationException e = await Assert.ThrowsAsync<NodeConfigurationException>(() =>
            TestNode.StartAsync(options => options with { Http = new IPEndPoint(IPAddress.Any, 0) })
        );

        Assert.StartsWith("0.0.0.0:0 is reachable from other machines", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_WithoutHttp_HasNoSecondPort()
    {
        await using TestNode node = await TestNode.StartAsync();

        Assert.Null(node.Node.HttpAddress);
        Assert.Null(node.Node.HttpEndPoint);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Tls_EitherVersionOfHttp_ShowsTheNodesCertificate(string version)
    {
        using Authority authority = new();
        await using TestNode node = await TestNode.StartAsync(options =>
            options with
            {
                CertificateFile = authority.Issue("server", uses: Authority.ServerUse),
                Http = new IPEndPoint(IPAddress.Loopback, 0),
            }
        );
        using SocketsHttpHandler handler = new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate!.Subject.Contains("server", StringComparison.Ordinal),
            },
        };
        using HttpClient client = new(handler)
        {
            BaseAddress = node.Node.HttpAddress,
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage response = await client.GetAsync("/1.0/methods");

        Assert.Equal("https", node.Node.HttpAddress!.Scheme);
        Assert.Equal("""["pilot","key"]""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Stop_WhileNobodyAsks_ClosesTheStore()
    {
        await using TestNode node = await TestNode.StartAsync(options =>
            options with
            {
                Http = new IPEndPoint(IPAddress.Loopback, 0),
            }
        );
        using HttpClient client = new() { BaseAddress = node.Node.HttpAddress };
        await client.GetStringAsync("/1.0/methods");

        await node.Node.StopAsync();

        Assert.True(node.Node.IsStoreClosed);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/1.0/methods"));
    }
}
