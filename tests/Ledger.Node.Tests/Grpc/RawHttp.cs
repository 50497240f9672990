using System.Net;
using System.Net.Http.Headers;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Calls below gRPC: HTTP/2 requests with any headers and any body.</summary>
internal static class RawHttp
{
    /// <summary>What came back: the status of gRPC and its trailers, wherever they stood.</summary>
    public sealed record Answer(HttpStatusCode Http, string? Status, string? Message, string? Reason);

    /// <summary>Posts a body to a method.</summary>
    public static async Task<Answer> Post(
        TestNode node,
        string method,
        byte[] body,
        string? encoding = null,
        string contentType = "application/grpc"
    )
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(node.Node.Address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (encoding is not null)
        {
            request.Headers.Add("grpc-encoding", encoding);
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return new Answer(response.StatusCode, Find("grpc-status"), Find("grpc-message"), Find("ledger-reason"));

        string? Find(string name) =>
            response.Headers.TryGetValues(name, out var values)
            || response.TrailingHeaders.TryGetValues(name, out values)
                ? values.Single()
                : null;
    }

    /// <summary>A message in its frame (gRPC over HTTP/2, "Length-Prefixed-Message").</summary>
    public static byte[] Frame(byte[] message, bool compressed = false) =>
        [
            compressed ? (byte)1 : (byte)0,
            .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(message.Length)),
            .. message,
        ];
}
