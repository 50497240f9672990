using System.Text;

namespace Ledger.Node.Tests.Http;

/// <summary>Options in the body of a request.</summary>
public sealed class PostTests(HttpScene scene) : IClassFixture<HttpScene>
{
    private string Path => $"/1.0/identifiers/{scene.Did}";

    [Fact]
    public async Task Body_WithOptions_MeansWhatTheQueryWould()
    {
        Reply get = await scene.Resolve(scene.Did, query: $"?versionId={scene.FirstId}&expandRelativeUrls=false");
        Reply post = await scene.Post(Path, Json($$"""{"versionId":"{{scene.FirstId}}","expandRelativeUrls":false}"""));

        Assert.Equal(200, post.Status);
        Assert.Equal(get.Body, post.Body);
        Assert.Equal("no-store", post.Headers["Cache-Control"]);
        Assert.False(post.Headers.ContainsKey("ETag"));
    }

    [Fact]
    public async Task Body_OfADidUrl_AddsToIt()
    {
        Reply reply = await scene.Post(
            $"{Path}?service=files",
            Json($$"""{"versionId":"{{scene.FirstId}}"}"""),
            "text/uri-list"
        );

        Assert.Equal("https://files.example.org/old/", reply.Headers["Location"]);
    }

    // The specification's own example sends no media type.
    [Fact]
    public async Task Body_OfNoMediaType_IsTakenForJson()
    {
        ByteArrayContent content = new(Encoding.UTF8.GetBytes("{}"));

        Assert.Equal(200, (await scene.Post(Path, content)).Status);
        Assert.Equal(200, (await scene.Post(Path, new ByteArrayContent([]))).Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/did")]
    [InlineData("nonsense")]
    public async Task Body_OfAnotherMediaType_IsNotSupported(string type)
    {
        ByteArrayContent content = new(Encoding.UTF8.GetBytes("{}"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        Reply reply = await scene.Post(Path, content);

        Assert.Equal(415, reply.Status);
        Assert.Equal("application/problem+json", reply.Type);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"versionId\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{\"versionId\":}")]
    [InlineData("{\"versionId\":1}")]
    [InlineData("{\"versionId\":null}")]
    [InlineData("{\"versionId\":[\"1\"]}")]
    [InlineData("{\"proof\":{\"a\":\"b\"}}")]
    [InlineData("{\"proof\":true,\"proof\":true}")]
    [InlineData("{\"proof\":\"\\ud800\"}")]
    [InlineData("{versionId:\"1\"}")]
    [InlineData("// comment\n{}")]
    [InlineData("{\"versionTime\":\"2026-01-02T05:00:00\"}")]
    public async Task Body_ThatHoldsNoOptions_IsInvalid(string json)
    {
        Reply reply = await scene.Post(Path, Json(json));

        Assert.Equal((400, "INVALID_OPTIONS"), (reply.Status, reply.Error.Name));
    }

    [Fact]
    public async Task Body_WithAnOptionOfTheUrl_GivesItTwice()
    {
        Reply reply = await scene.Post($"{Path}?proof=true", Json("""{"proof":true}"""));

        Assert.Equal((400, "INVALID_DID_URL"), (reply.Status, reply.Error.Name));
    }

    [Fact]
    public async Task Body_WithAnUnknownOption_IsNotSupported()
    {
        Reply reply = await scene.Post(Path, Json("""{"accept":"application/did"}"""));

        Assert.Equal((501, "FEATURE_NOT_SUPPORTED"), (reply.Status, reply.Error.Name));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public async Task Body_NestedAThousandDeep_IsInvalid(char open)
    {
        string deep = string.Concat(Enumerable.Repeat(open == '[' ? "[" : "{\"a\":", 1_000));

        Reply reply = await scene.Post(Path, Json($$"""{"versionId":{{deep}}"""));

        Assert.Equal((400, "INVALID_OPTIONS"), (reply.Status, reply.Error.Name));
    }

    [Fact]
    public async Task Body_OfOneMegabyte_IsReadAndOfMoreRefused()
    {
        string padding = new(' ', 1024 * 1024 - 2);

        Assert.Equal(200, (await scene.Post(Path, Json("{}" + padding))).Status);

        // In chunks: its length is not announced.
        byte[] chunk = Encoding.ASCII.GetBytes("{}" + padding + "  ");
        Reply reply = await scene.Raw(
            $"POST {Path} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: application/json\nTransfer-Encoding: chunked",
            [.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n0\r\n\r\n"u8]
        );
        Assert.Equal(413, reply.Status);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
