using System.Text;
using Ledger.Node.Http;

namespace Ledger.Node.Tests.Http;

/// <summary>Everything that may be wrong with a DID, a DID URL or an option: each has its own answer.</summary>
public sealed class BadInputTests(HttpScene scene) : IClassFixture<HttpScene>
{
    private const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("a", "begins with did:")]
    [InlineData("did", "begins with did:")]
    [InlineData("dId:pilot:test:" + Id, "lower case")]
    [InlineData("DID:PILOT:TEST:" + Id, "lower case")]
    [InlineData("did:", "names no method")]
    [InlineData("did::test", "names no method")]
    [InlineData("did:pilot", "nothing follows the method")]
    [InlineData("did:pilot:", "nothing follows the method")]
    [InlineData("did:Pilot:test:" + Id, "a-z and 0-9")]
    [InlineData("did:pi-lot:test:" + Id, "a-z and 0-9")]
    [InlineData("did:pilot:test:", "ends with ':'")]
    [InlineData("did:pilot:te st:" + Id, "no DID may hold")]
    [InlineData("did:pilot:té:" + Id, "no DID may hold")]
    [InlineData("did:pilot:test:%zz", "no DID may hold")]
    [InlineData("did:pilot:test:%4", "no DID may hold")]
    [InlineData(" did:pilot:test:" + Id, "begins with did:")]
    [InlineData("did:pilot:test", "has the form did:pilot:<network>:<id>")]
    [InlineData("did:pilot:test:" + Id + ":a", "has the form did:pilot:<network>:<id>")]
    [InlineData("did:pilot::" + Id, "the network is")]
    [InlineData("did:pilot:TEST:" + Id, "the network is")]
    [InlineData("did:pilot:te.st:" + Id, "the network is")]
    [InlineData("did:pilot:test:abc", "52 characters")]
    [InlineData("did:pilot:test:" + Id + "a", "52 characters")]
    [InlineData("did:pilot:test:Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a-z and 2-7")]
    [InlineData("did:pilot:test:0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a-z and 2-7")]
    [InlineData("did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "ends with a or q")]
    [InlineData("did:key:abc", "")]
    [InlineData("did:key:z", "")]
    [InlineData("did:key:z0OIl", "")]
    [InlineData("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBmf", "")]
    [InlineData("did:key:ZQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "")]
    public async Task Did_ThatIsMalformed_IsInvalid(string did, string says) =>
        Refused(await scene.Resolve(did), 400, "INVALID_DID", says);

    [Theory]
    [InlineData("did:pilot:other:" + Id, "The network other is not this ledger's, which is test.")]
    [InlineData("did:pilot:test:" + Id, "The DID is not registered.")]
    public async Task Did_ThatIsUnknown_IsNotFound(string did, string says) =>
        Refused(await scene.Resolve(did), 404, "NOT_FOUND", says);

    [Theory]
    [InlineData("did:web:example.com", "'web'")]
    [InlineData("did:pilots:test:" + Id, "'pilots'")]
    [InlineData("did:ethr:0xb9c5714089478a327f09197987f16f9e5d936e8a", "'ethr'")]
    public async Task Method_ThatIsUnknown_IsNotSupported(string did, string says) =>
        Refused(await scene.Resolve(did), 501, "METHOD_NOT_SUPPORTED", says);

    [Theory]
    [InlineData("#key-1#key-2", "the fragment")]
    [InlineData("#key 1", "the fragment")]
    [InlineData("?service=files&x=[1]", "the query")]
    [InlineData("?service=%", "the query")]
    [InlineData("/a\"b", "the path")]
    [InlineData("?service=files&service=files", "'service' is given more than once")]
    [InlineData("?service=files&%73ervice=mail", "'service' is given more than once")]
    [InlineData("?relativeRef=a", "needs a service")]
    [InlineData("?service=files&relativeRef=%2F%2Fevil.example%2F", "names a host")]
    [InlineData("?service=files&relativeRef=https%3A%2F%2Fevil.example%2F", "has a scheme")]
    [InlineData("?service=files&relativeRef=javascript%3Aalert", "has a scheme")]
    [InlineData("?service=files&relativeRef=..%2Fsecret", "climbs up")]
    [InlineData("?service=files&relativeRef=%2Fa%2F..%2F..%2Fsecret", "climbs up")]
    [InlineData("?service=files&relativeRef=a%2F..", "climbs up")]
    [InlineData("?service=files&relativeRef=%252e%252E%2Fsecret", "climbs up")]
    [InlineData("?service=files&relativeRef=a%252F..%252Fsecret", "climbs up")]
    [InlineData("?service=files&relativeRef=..%255Csecret", "climbs up")]
    [InlineData("?service=files&relativeRef=%0D%0ASet-Cookie%3A%20a", "holds a character")]
    [InlineData("?service=files&relativeRef=a%23b%23c", "holds a character")]
    [InlineData("?service=files&relativeRef=%E2%80%AE", "holds a character")]
    public async Task DidUrl_ThatIsMalformed_IsInvalid(string rest, string says) =>
        Refused(
            await scene.Resolve(scene.Did + rest, "application/did-url-dereferencing"),
            400,
            "INVALID_DID_URL",
            says
        );

    [Fact]
    public async Task Parameter_InTheUrlAndInTheQuery_IsGivenTwice()
    {
        Refused(
            await scene.Resolve($"{scene.Did}?versionId=1", "application/did-url-dereferencing", "?versionId=1"),
            400,
            "INVALID_DID_URL",
            "'versionId' is given more than once"
        );
        Refused(
            await scene.Resolve(scene.Did, query: "?proof=true&proof=true"),
            400,
            "INVALID_DID_URL",
            "'proof' is given more than once"
        );
    }

    [Theory]
    [InlineData("hl=zQm", "'hl'")]
    [InlineData("versionid=1", "'versionid'")]
    [InlineData("VersionTime=2026-01-02T05:00:00Z", "'VersionTime'")]
    [InlineData("noCache=true", "'noCache'")]
    [InlineData("=", "that was sent")]
    [InlineData("transformKey=PgpKey", "JsonWebKey2020")]
    public async Task Parameter_ThatIsUnknown_IsNotSupported(string query, string says) =>
        Refused(await scene.Resolve(scene.Did, query: "?" + query), 501, "FEATURE_NOT_SUPPORTED", says);

    [Theory]
    [InlineData("versionTime=2026-01-02T05:00:00%2B00:00", "not in UTC")]
    [InlineData("versionTime=2026-01-02T05:00:00-08:00", "not in UTC")]
    [InlineData("versionTime=2026-01-02T05:00:00+08:00", "not in UTC")]
    [InlineData("versionTime=2026-01-02T05:00:00", "no time zone")]
    [InlineData("versionTime=2026-01-02T05:00:00.5Z", "fractions")]
    [InlineData("versionTime=2026-01-02T05:00:00.000Z", "fractions")]
    [InlineData("versionTime=2026-01-02t05:00:00z", "no date and time")]
    [InlineData("versionTime=2026-01-02 05:00:00Z", "")]
    [InlineData("versionTime=2026-01-02", "no date and time")]
    [InlineData("versionTime=1767330000", "no date and time")]
    [InlineData("versionTime=", "no date and time")]
    [InlineData("versionTime=2026-02-30T05:00:00Z", "on no calendar")]
    [InlineData("versionTime=2026-01-02T24:00:00Z", "on no calendar")]
    [InlineData("versionTime=2026-12-31T23:59:60Z", "on no calendar")]
    [InlineData("versionTime=1969-12-31T23:59:59Z", "before 1970")]
    [InlineData("versionId=", "no index")]
    [InlineData("versionId=-1", "no index")]
    [InlineData("versionId=01", "no index")]
    [InlineData("versionId=1.0", "no index")]
    [InlineData("versionId=0x1", "no index")]
    [InlineData("versionId=18446744073709551616", "no index")]
    [InlineData("versionId=1&versionTime=2026-01-02T05:00:00Z", "say one of them")]
    [InlineData("proof=yes", "true or false")]
    [InlineData("expandRelativeUrls=1", "true or false")]
    [InlineData("verificationRelationship=friend", "none of DID Core's")]
    public async Task Option_ThatIsMalformed_IsInvalid(string query, string says)
    {
        Reply reply = await scene.RawGet($"/1.0/identifiers/{scene.Did}?{query.Replace(" ", "%20")}");

        Refused(reply, 400, "INVALID_OPTIONS", says);
    }

    [Theory]
    [InlineData("versionTime=2026-01-02T08:00:01Z", "lies in the future")]
    [InlineData("versionTime=9999-12-31T23:59:59Z", "lies in the future")]
    [InlineData("versionTime=2026-01-02T03:59:59Z", "no such version")]
    [InlineData("versionTime=1970-01-01T00:00:00Z", "no such version")]
    [InlineData("versionId=0", "no such version")]
    [InlineData("versionId=999999", "lies in the future")]
    [InlineData("versionId=18446744073709551615", "lies in the future")]
    public async Task Version_ThatThereIsNot_IsNotFound(string query, string says) =>
        Refused(await scene.Resolve(scene.Did, query: "?" + query), 404, "NOT_FOUND", says);

    [Fact]
    public async Task VersionId_OfAnotherDid_IsNotFound() =>
        Refused(
            await scene.Resolve(scene.Did, query: $"?versionId={scene.GoneFirstId}"),
            404,
            "NOT_FOUND",
            "no such version"
        );

    [Theory]
    [InlineData("?versionId=1")]
    [InlineData("?versionTime=2026-01-02T05:00:00Z")]
    [InlineData("?proof=true")]
    public async Task DidKey_AskedForVersions_HasNone(string query) =>
        Refused(
            await scene.Resolve("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", query: query),
            501,
            "FEATURE_NOT_SUPPORTED",
            "no versions"
        );

    [Fact]
    public async Task Error_OfAnyKind_IsByteForByteThis()
    {
        Reply reply = await scene.Resolve("did:web:example.com", "application/did");

        Assert.Equal(
            """{"didDocument":null,"didResolutionMetadata":{"error":{"type":"https://www.w3.org/ns/did#METHOD_NOT_SUPPORTED","title":"DID method not supported","detail":"The method 'web' is not supported: pilot and key are."}},"didDocumentMetadata":{}}""",
            reply.Body
        );
        Assert.Equal("application/did-resolution", reply.Type);
        Assert.Equal("no-store", reply.Headers["Cache-Control"]);
        Assert.False(reply.Headers.ContainsKey("ETag"));
    }

    [Fact]
    public void Failure_OfTheNodeItself_IsAnErrorOfTheSpecification()
    {
        HttpAnswer answer = scene
            .Node.Node.Routes.All.Single(static route => route.Path == "/1.0/identifiers/{did}")
            .Failure;

        Assert.Equal((500, "application/did-resolution"), (answer.Status, answer.ContentType));
        Assert.Equal(
            """{"didDocument":null,"didResolutionMetadata":{"error":{"type":"https://www.w3.org/ns/did#INTERNAL_ERROR","title":"Internal error","detail":"The node failed to answer. Its log says how."}},"didDocumentMetadata":{}}""",
            Encoding.UTF8.GetString(answer.Body.Span)
        );
    }

    [Fact]
    public async Task Target_LongerThanAnyDidUrl_IsRefusedByTheServer()
    {
        Reply reply = await scene.Raw(
            $"GET /1.0/identifiers/did:key:{new string('z', 9_000)} HTTP/1.1\nHost: localhost"
        );

        Assert.Equal(414, reply.Status);
    }

    [Fact]
    public async Task Target_OfAnyBytes_IsAnsweredAndNeverFails()
    {
        Random random = new(20260102);
        for (int i = 0; i < 300; i++)
        {
            StringBuilder target = new("/1.0/identifiers/");
            target.Append(random.Next(2) == 0 ? scene.Did : "did:key:z6Mk");
            for (int length = random.Next(1, 12); length > 0; length--)
            {
                target.Append(
                    random.Next(3) switch
                    {
                        0 => $"%{random.Next(256):X2}",
                        1 => "?&=#/:%.".AsSpan(random.Next(8), 1).ToString(),
                        _ => ((char)random.Next('!', '~')).ToString(),
                    }
                );
            }

            Reply reply = await scene.RawGet(target.ToString());

            Assert.True(reply.Status is 200 or 400 or 404 or 406 or 501, $"{target}: {reply}");
        }
    }

    private static void Refused(Reply reply, int status, string name, string says)
    {
        Assert.Equal((status, name), (reply.Status, reply.Error.Name));
        Assert.Contains(says, reply.Error.Detail, StringComparison.Ordinal);
        Assert.EndsWith(".", reply.Error.Detail, StringComparison.Ordinal);
    }
}
