namespace Ledger.Node.Tests.Http;

/// <summary>Accept in every form, and what is then answered.</summary>
public sealed class NegotiationTests(HttpScene scene) : IClassFixture<HttpScene>
{
    private const string LegacyType = "application/ld+json;profile=\"https://w3id.org/did-resolution\"";

    [Theory]
    [InlineData(null, "application/did")]
    [InlineData("", "application/did")]
    [InlineData("*/*", "application/did")]
    [InlineData("application/*", "application/did")]
    [InlineData("application/did", "application/did")]
    [InlineData("APPLICATION/DID", "application/did")]
    [InlineData("application/did;charset=utf-8", "application/did")]
    [InlineData("application/did+json", "application/did+json")]
    [InlineData("application/did+ld+json", "application/did+ld+json")]
    [InlineData("application/ld+json", "application/ld+json")]
    [InlineData("application/ld+json;profile=\"https://www.w3.org/ns/did/v1\"", "application/ld+json")]
    [InlineData("application/json", "application/json")]
    [InlineData("application/did-resolution", "application/did-resolution")]
    [InlineData("application/did-url-dereferencing", "application/did-url-dereferencing")]
    [InlineData(LegacyType, LegacyType)]
    [InlineData("application/ld+json;profile=https://w3id.org/did-resolution", "")]
    // As browsers, axios and the Universal Resolver have it.
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/did")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData(LegacyType + ",application/did+ld+json;q=0.9,*/*;q=0.1", LegacyType)]
    // Weights.
    [InlineData("application/did;q=0.5, application/json;q=0.6", "application/json")]
    [InlineData("application/did+json;q=0.5, application/did+ld+json;q=0.5", "application/did+json")]
    [InlineData("*/*;q=1, application/did;q=0", "application/did-resolution")]
    [InlineData("application/*;q=0.2, application/did+json;q=0.1", "application/did")]
    [InlineData("application/json;q=0.001", "application/json")]
    [InlineData("text/uri-list, application/did;q=0.1", "application/did")]
    [InlineData(",application/json,", "application/json")]
    public async Task Accept_OfADid_ChoosesThis(string? accept, string type)
    {
        Reply reply = await scene.RawGetWith(accept);

        if (type.Length == 0)
        {
            Assert.Equal((400, "INVALID_OPTIONS"), (reply.Status, reply.Error.Name));
            return;
        }

        Assert.Equal(200, reply.Status);
        Assert.Equal(type, reply.Type);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/*")]
    [InlineData("text/*")]
    [InlineData("text/uri-list")]
    [InlineData("*/*;q=0")]
    [InlineData("application/did;q=0")]
    [InlineData("application/cbor, application/did+cbor")]
    public async Task Accept_OfNothingThatIsThere_IsNotSupported(string accept)
    {
        Reply reply = await scene.RawGetWith(accept);

        Assert.Equal((406, "REPRESENTATION_NOT_SUPPORTED"), (reply.Status, reply.Error.Name));
        Assert.Equal("application/did-resolution", reply.Type);
    }

    [Theory]
    [InlineData("application")]
    [InlineData("application/")]
    [InlineData("/did")]
    [InlineData("*/did")]
    [InlineData("application/did;q=2")]
    [InlineData("application/did;q=-1")]
    [InlineData("application/did;q=high")]
    [InlineData("application/did;profile=\"open")]
    [InlineData("application/did application/json")]
    [InlineData("application/did;;;=")]
    [InlineData("\"application/did\"")]
    [InlineData("application/did, \u00ff")]
    public async Task Accept_ThatIsNoListOfRanges_IsInvalid(string accept)
    {
        Reply reply = await scene.RawGetWith(accept);

        Assert.True(reply.Status == 400, $"{accept}: {reply}");
        if (reply.Body.Length > 0)
        {
            Assert.Equal("INVALID_OPTIONS", reply.Error.Name);
        }
    }

    [Fact]
    public async Task Accept_ThatIsTooLong_IsInvalid()
    {
        string just = "application/json" + new string(' ', 1_024 - 16);
        string many = string.Join(',', Enumerable.Repeat("a/b", 400));

        Assert.Equal(200, (await scene.Get($"/1.0/identifiers/{scene.Did}", just.TrimEnd())).Status);
        Reply reply = await scene.RawGetWith(many);
        Assert.Equal((400, "INVALID_OPTIONS"), (reply.Status, reply.Error.Name));
        Assert.Contains("1024", reply.Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_InSeveralHeaders_IsOneList()
    {
        Reply reply = await scene.Raw(
            $"GET /1.0/identifiers/{scene.Did} HTTP/1.1\nHost: localhost\nConnection: close\nAccept: text/html\nAccept: application/json"
        );

        Assert.Equal("application/json", reply.Type);
    }

    [Fact]
    public async Task Legacy_Result_HasContextAndDocumentOfTheirTime()
    {
        Reply reply = await scene.RawGetWith(LegacyType);

        Assert.StartsWith(
            """{"@context":"https://w3id.org/did-resolution/v1","didDocument":{"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],""",
            reply.Body,
            StringComparison.Ordinal
        );
        Assert.Contains("\"contentType\":\"application/did+ld+json\"", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Legacy_Error_IsAKeyword()
    {
        Reply reply = await scene.Resolve("did:web:example.com", LegacyType);

        Assert.Equal(501, reply.Status);
        Assert.Equal(
            """{"@context":"https://w3id.org/did-resolution/v1","didDocument":null,"didResolutionMetadata":{"error":"methodNotSupported","message":"The method 'web' is not supported: pilot and key are."},"didDocumentMetadata":{}}""",
            reply.Body
        );
    }

    [Theory]
    [InlineData("application/did", """["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"]""")]
    [InlineData(
        "application/did+ld+json",
        """["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"]"""
    )]
    [InlineData("application/ld+json", """["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"]""")]
    [InlineData("application/json", """["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"]""")]
    [InlineData("application/did+json", null)]
    public async Task Document_OfDid10InEachRepresentation_HasItsContexts(string accept, string? contexts)
    {
        Reply reply = await scene.Get($"/1.0/identifiers/{scene.Did}", accept);

        string begin = contexts is null ? "{" : $"{{\"@context\":{contexts},";
        Assert.StartsWith($"{begin}\"id\":\"{scene.Did}\",", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/did", true)]
    [InlineData("application/did+ld+json", true)]
    [InlineData("application/did+json", false)]
    public async Task Document_OfDid11OnRequest_HasItsContextWhereThereIsOne(string accept, bool hasContext)
    {
        Reply reply = await scene.Get($"/1.0/identifiers/{scene.Did}?didVersion=1.1", accept);

        string context = hasContext ? """ "@context":["https://www.w3.org/ns/did/v1.1"],""".Trim() : "";
        Assert.StartsWith($"{{{context}\"id\":\"{scene.Did}\",", reply.Body, StringComparison.Ordinal);
        Assert.Equal(501, (await scene.Get($"/1.0/identifiers/{scene.Did}?didVersion=2", accept)).Status);
    }
}
