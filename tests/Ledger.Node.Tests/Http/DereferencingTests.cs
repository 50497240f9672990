using System.Text.Json;

namespace Ledger.Node.Tests.Http;

/// <summary>DID URLs that name a part of a document, a service, or something at a service.</summary>
public sealed class DereferencingTests(HttpScene scene) : IClassFixture<HttpScene>
{
    private const string Result = "application/did-url-dereferencing";

    [Fact]
    public async Task Fragment_OfAKey_IsTheVerificationMethod()
    {
        Reply reply = await scene.Resolve($"{scene.Did}#login", "application/did");

        string key = Protocol.Multikey.Encode(V1.KeyType.Ed25519, TestKeys.Ed25519PublicKey(7));
        Assert.Equal(
            $$"""{"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"id":"{{scene.Did}}#login","type":"Multikey","controller":"{{scene.Did}}","expires":"2027-01-15T08:00:00Z","publicKeyMultibase":"{{key}}"}""",
            reply.Body
        );
        Assert.Equal("application/did", reply.Type);
    }

    [Fact]
    public async Task Fragment_OfAService_IsTheService()
    {
        Reply reply = await scene.Resolve($"{scene.Did}#mail", "application/did+json");

        Assert.Equal(
            $$"""{"id":"{{scene.Did}}#mail","type":"MailService","serviceEndpoint":"mailto:subject@example.org"}""",
            reply.Body
        );
    }

    [Fact]
    public async Task Fragment_OfAJwk_NeedsTheOptionThatMakesIt()
    {
        Reply with = await scene.Resolve($"{scene.Did}?transformKey=JsonWebKey#key-1.jwk", "application/did");
        Reply without = await scene.Resolve($"{scene.Did}#key-1.jwk", "application/did");

        Assert.Equal("JsonWebKey", with.Json.GetProperty("type").GetString());
        Assert.Equal((404, "NOT_FOUND"), (without.Status, without.Error.Name));
    }

    [Fact]
    public async Task Fragment_InAResult_IsContentAndContentStream()
    {
        Reply reply = await scene.Resolve($"{scene.Did}?versionId={scene.FirstId}#key-1", Result);

        Assert.Equal(200, reply.Status);
        Assert.Equal(Result, reply.Type);
        Assert.Equal(
            reply.Json.GetProperty("content").GetRawText(),
            reply.Json.GetProperty("contentStream").GetRawText()
        );
        Assert.Equal($"{scene.Did}#key-1", reply.Json.GetProperty("content").GetProperty("id").GetString());
        Assert.Equal(
            "application/did",
            reply.Json.GetProperty("dereferencingMetadata").GetProperty("contentType").GetString()
        );
        Assert.Equal(
            $"{scene.FirstId}",
            reply.Json.GetProperty("contentMetadata").GetProperty("versionId").GetString()
        );
    }

    [Theory]
    [InlineData("#nothing", "The fragment names nothing")]
    [InlineData("#", "The fragment names nothing")]
    [InlineData("#KEY-1", "The fragment names nothing")]
    [InlineData("#key-1%20", "The fragment names nothing")]
    [InlineData("/", "no paths")]
    [InlineData("/path/to?service=files", "no paths")]
    public async Task Url_OfNothing_IsNotFound(string rest, string says)
    {
        Reply reply = await scene.Resolve(scene.Did + rest, Result);

        Assert.Equal((404, "NOT_FOUND"), (reply.Status, reply.Error.Name));
        Assert.Contains(says, reply.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, reply.Json.GetProperty("content").ValueKind);
        Assert.Equal("{}", reply.Json.GetProperty("contentMetadata").GetRawText());
    }

    [Fact]
    public async Task Url_AskedForAsADid_IsNotAcceptable()
    {
        Reply reply = await scene.Resolve($"{scene.Did}#key-1");

        Assert.Equal((406, "REPRESENTATION_NOT_SUPPORTED"), (reply.Status, reply.Error.Name));
        Assert.Equal(Result, reply.Type);
    }

    [Theory]
    [InlineData("?service=files", "https://files.example.org/new/index.html?a=1")]
    [InlineData("?service=%23files", "https://files.example.org/new/index.html?a=1")]
    [InlineData("?service=mail", "mailto:subject@example.org")]
    [InlineData("?serviceType=MailService", "mailto:subject@example.org")]
    [InlineData("?serviceType=FileService", "https://files.example.org/new/index.html?a=1")]
    [InlineData("?serviceType=FileService&service=anchor", "https://files.example.org/page#top")]
    [InlineData("?service=files#intro", "https://files.example.org/new/index.html?a=1#intro")]
    [InlineData("?service=files&relativeRef=", "https://files.example.org/new/index.html?a=1")]
    [InlineData("?service=files&relativeRef=cv.pdf", "https://files.example.org/new/cv.pdf")]
    [InlineData("?service=files&relativeRef=.%2Fcv.pdf", "https://files.example.org/new/cv.pdf")]
    [InlineData("?service=files&relativeRef=deep%2Fcv.pdf%3Fv%3D2", "https://files.example.org/new/deep/cv.pdf?v=2")]
    [InlineData("?service=files&relativeRef=%2Fresume.pdf", "https://files.example.org/resume.pdf")]
    [InlineData("?service=files&relativeRef=%3Fb%3D2", "https://files.example.org/new/index.html?b=2")]
    [InlineData("?service=files&relativeRef=%23part", "https://files.example.org/new/index.html?a=1#part")]
    [InlineData("?service=files&relativeRef=cv.pdf#page-2", "https://files.example.org/new/cv.pdf#page-2")]
    [InlineData("?service=anchor&relativeRef=b", "https://files.example.org/b")]
    public async Task Service_AskedForItsPlace_IsARedirection(string rest, string location)
    {
        Reply reply = await scene.Resolve(scene.Did + rest, "text/uri-list");

        Assert.Equal(303, reply.Status);
        Assert.Equal(location, reply.Headers["Location"]);
        Assert.Equal("", reply.Body);
    }

    [Fact]
    public async Task Service_OfAnEarlierVersion_IsWhereItWasThen()
    {
        Reply reply = await scene.RawGet(
            $"/1.0/identifiers/{scene.Did}?service=files&relativeRef=cv.pdf&versionId={scene.FirstId}",
            "text/uri-list"
        );

        Assert.Equal("https://files.example.org/old/cv.pdf", reply.Headers["Location"]);
    }

    [Theory]
    [InlineData("?service=nothing", 404, "NOT_FOUND")]
    [InlineData("?service=files&serviceType=MailService", 404, "NOT_FOUND")]
    [InlineData("?service=mail&relativeRef=a", 400, "INVALID_DID_URL")]
    [InlineData("?service=anchor#again", 400, "INVALID_DID_URL")]
    [InlineData("?service=files&relativeRef=a%23b#again", 400, "INVALID_DID_URL")]
    public async Task Service_ThatIsNowhere_IsRefused(string rest, int status, string error)
    {
        Reply reply = await scene.Resolve(scene.Did + rest, "text/uri-list");

        Assert.Equal((status, error), (reply.Status, reply.Error.Name));
        Assert.False(reply.Headers.ContainsKey("Location"));
    }

    [Theory]
    [InlineData("?service=files", "files")]
    [InlineData("?serviceType=FileService", "files,anchor")]
    [InlineData("?service=nothing", "")]
    public async Task Service_AskedForAsADocument_IsTheDocumentWithThoseServices(string rest, string names)
    {
        Reply reply = await scene.Resolve(scene.Did + rest, "application/did");

        string[] services = reply.Json.TryGetProperty("service", out JsonElement list)
            ? [.. list.EnumerateArray().Select(static s => s.GetProperty("id").GetString()!.Split('#')[1])]
            : [];
        Assert.Equal(names, string.Join(',', services));
        Assert.Equal(2, reply.Json.GetProperty("verificationMethod").GetArrayLength());
    }

    [Fact]
    public async Task Service_OfADeactivatedDid_IsGone()
    {
        Reply reply = await scene.Resolve($"{scene.Gone}?service=files", "text/uri-list");

        Assert.Equal(410, reply.Status);
        Assert.True(reply.Json.GetProperty("contentMetadata").GetProperty("deactivated").GetBoolean());
    }

    [Theory]
    [InlineData("#key-1", "assertionMethod", 200, "")]
    [InlineData("#login", "authentication", 200, "")]
    [InlineData("#login", "assertionMethod", 500, "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD")]
    [InlineData("#mail", "authentication", 500, "INVALID_VERIFICATION_METHOD")]
    [InlineData("", "authentication", 500, "INVALID_VERIFICATION_METHOD")]
    public async Task Relationship_ThatIsExpected_IsChecked(string rest, string relationship, int status, string error)
    {
        Reply reply = await scene.Resolve(scene.Did + rest, Result, $"?verificationRelationship={relationship}");

        Assert.Equal(status, reply.Status);
        if (error.Length > 0)
        {
            Assert.Equal(error, reply.Error.Name);
            Assert.Contains("https://w3id.org/security#", reply.Body, StringComparison.Ordinal);
        }
    }
}
