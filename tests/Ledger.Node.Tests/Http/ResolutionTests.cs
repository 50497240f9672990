using System.Text;
using System.Text.Json;
using Ledger.Protocol;

namespace Ledger.Node.Tests.Http;

/// <summary>DIDs of the ledger and did:key, in every version, with what is said of them.</summary>
public sealed class ResolutionTests(HttpScene scene) : IClassFixture<HttpScene>
{
    private string Key => Multikey.Encode(V1.KeyType.Secp256K1, scene.Second.VerificationMethods[0].PublicKey.Span);

    private string Login => Multikey.Encode(V1.KeyType.Ed25519, scene.Second.VerificationMethods[1].PublicKey.Span);

    [Fact]
    public async Task Result_OfTheNewestVersion_IsByteForByteThis()
    {
        Reply reply = await scene.Resolve(scene.Did);

        string did = scene.Did;
        string expected = $$$"""
            {"didDocument":{"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"id":"{{{did}}}",
            "verificationMethod":[
            {"id":"{{{did}}}#key-1","type":"Multikey","controller":"{{{did}}}","publicKeyMultibase":"{{{Key}}}"},
            {"id":"{{{did}}}#login","type":"Multikey","controller":"{{{did}}}","expires":"2027-01-15T08:00:00Z","publicKeyMultibase":"{{{Login}}}"}],
            "authentication":["{{{did}}}#key-1","{{{did}}}#login"],
            "assertionMethod":["{{{did}}}#key-1"],
            "capabilityInvocation":["{{{did}}}#key-1"],
            "service":[
            {"id":"{{{did}}}#files","type":"FileService","serviceEndpoint":"https://files.example.org/new/index.html?a=1"},
            {"id":"{{{did}}}#mail","type":"MailService","serviceEndpoint":"mailto:subject@example.org"},
            {"id":"{{{did}}}#anchor","type":"FileService","serviceEndpoint":"https://files.example.org/page#top"}]},
            "didResolutionMetadata":{"contentType":"application/did"},
            "didDocumentMetadata":{"created":"2026-01-02T04:00:00Z","updated":"2026-01-02T05:00:00Z","versionId":"{{{scene.SecondId}}}"}}
            """;
        Assert.Equal(expected.ReplaceLineEndings(""), reply.Body);
        Assert.Equal(200, reply.Status);
        Assert.Equal("application/did-resolution", reply.Type);
        Assert.Equal("public, max-age=5", reply.Headers["Cache-Control"]);
        Assert.Equal("Fri, 02 Jan 2026 05:00:00 GMT", reply.Headers["Last-Modified"]);
        Assert.Equal("Accept", reply.Headers["Vary"]);
        Assert.Equal("*", reply.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal("nosniff", reply.Headers["X-Content-Type-Options"]);
    }

    [Fact]
    public async Task Answer_AskedForTwice_HasTheSameBytes()
    {
        Reply first = await scene.Resolve(scene.Did);
        Reply second = await scene.Resolve(scene.Did);

        Assert.Equal(first.Body, second.Body);
        Assert.Equal(first.Headers["ETag"], second.Headers["ETag"]);
    }

    [Fact]
    public async Task Did_InEverySpellingOfThePath_IsTheSame()
    {
        Reply encoded = await scene.Resolve(scene.Did);
        Reply bare = await scene.RawGet($"/1.0/identifiers/{scene.Did}");
        Reply half = await scene.RawGet($"/1.0/identifiers/{scene.Did.Replace(":", "%3a")}");

        Assert.Equal(encoded.Body, bare.Body);
        Assert.Equal(encoded.Body, half.Body);
    }

    [Theory]
    [InlineData("?versionId=%")]
    [InlineData("%3FversionId%3D%")]
    public async Task VersionId_InTheQueryOrInTheUrl_IsThatVersion(string query)
    {
        Reply reply = await scene.RawGet(
            $"/1.0/identifiers/{scene.Did}{query[..^1]}{scene.FirstId}",
            "application/did-resolution"
        );

        JsonElement metadata = reply.Json.GetProperty("didDocumentMetadata");
        Assert.Equal($"{scene.FirstId}", metadata.GetProperty("versionId").GetString());
        Assert.Equal($"{scene.SecondId}", metadata.GetProperty("nextVersionId").GetString());
        Assert.Equal(HttpScene.Updated, metadata.GetProperty("nextUpdate").GetString());
        Assert.False(metadata.TryGetProperty("updated", out _));
        Assert.Contains("files.example.org/old/", reply.Body, StringComparison.Ordinal);
    }

    // The version of 05:00:00.750 is told to be of 05:00:00: at that second it is the answer.
    [Theory]
    [InlineData("2026-01-02T04:00:00Z", false)]
    [InlineData("2026-01-02T04:59:59Z", false)]
    [InlineData("2026-01-02T05:00:00Z", true)]
    [InlineData("2026-01-02T05:00:01Z", true)]
    [InlineData(HttpScene.Now, true)]
    public async Task VersionTime_OfASecond_IsTheVersionAtItsEnd(string time, bool isSecond)
    {
        Reply reply = await scene.Resolve(scene.Did, query: $"?versionTime={time}");

        Assert.Equal(200, reply.Status);
        Assert.Equal(
            $"{(isSecond ? scene.SecondId : scene.FirstId)}",
            reply.Json.GetProperty("didDocumentMetadata").GetProperty("versionId").GetString()
        );
        Assert.Equal(
            "2026-01-02T07:00:00Z",
            reply.Json.GetProperty("didResolutionMetadata").GetProperty("knownAsOf").GetString()
        );
    }

    [Fact]
    public async Task Document_OfAVersionById_MayBeKeptForEver()
    {
        Reply fixedVersion = await scene.Resolve(scene.Did, "application/did", $"?versionId={scene.FirstId}");
        Reply timed = await scene.Resolve(scene.Did, "application/did", $"?versionTime={HttpScene.Created}");
        Reply result = await scene.Resolve(scene.Did, query: $"?versionId={scene.FirstId}");

        Assert.Equal("public, max-age=31536000, immutable", fixedVersion.Headers["Cache-Control"]);
        Assert.Equal("public, max-age=5", timed.Headers["Cache-Control"]);

        // Its next version is said there, once there is one.
        Assert.Equal("public, max-age=5", result.Headers["Cache-Control"]);
    }

    [Fact]
    public async Task Conditions_ThatHold_AreNotModified()
    {
        string path = $"/1.0/identifiers/{scene.Did}";
        Reply full = await scene.Get(path, "application/did");
        string tag = full.Headers["ETag"];
        string time = full.Headers["Last-Modified"];

        foreach (string known in (string[])[tag, $"\"other\", {tag}", $"W/{tag}", "*"])
        {
            Reply reply = await scene.Get(path, "application/did", null, ("If-None-Match", known));
            Assert.Equal(304, reply.Status);
            Assert.Equal("", reply.Body);
            Assert.Equal(tag, reply.Headers["ETag"]);
        }

        Assert.Equal(304, (await scene.Get(path, "application/did", null, ("If-Modified-Since", time))).Status);
        Assert.Equal(200, (await scene.Get(path, "application/did+json", null, ("If-None-Match", tag))).Status);
        Assert.Equal(
            200,
            (
                await scene.Get(
                    path,
                    "application/did",
                    null,
                    ("If-None-Match", "\"other\""),
                    ("If-Modified-Since", time)
                )
            ).Status
        );
        Assert.Equal(
            200,
            (
                await scene.Get(path, "application/did", null, ("If-Modified-Since", "Fri, 02 Jan 2026 04:59:59 GMT"))
            ).Status
        );
        Assert.Equal(200, (await scene.Get(path, "application/did", null, ("If-Modified-Since", "yesterday"))).Status);
    }

    [Fact]
    public async Task Deactivated_AtItsHead_IsGoneWithoutADocument()
    {
        foreach (string accept in (string[])["application/did-resolution", "application/did", "application/json"])
        {
            Reply reply = await scene.Resolve(scene.Gone, accept);

            Assert.Equal(410, reply.Status);
            Assert.Equal("application/did-resolution", reply.Type);
            Assert.StartsWith(
                """{"didDocument":null,"didResolutionMetadata":{},"didDocumentMetadata":{"created":"2026-01-02T06:00:00Z","updated":"2026-01-02T06:30:00Z","deactivated":true,"versionId":""",
                reply.Body,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Deactivated_InAnEarlierVersion_IsGoneWithItsDocument()
    {
        Reply result = await scene.Resolve(scene.Gone, query: "?versionTime=2026-01-02T06:29:59Z");
        Reply document = await scene.Resolve(scene.Gone, "application/did", $"?versionId={scene.GoneFirstId}");

        Assert.Equal(410, result.Status);
        Assert.True(result.Json.GetProperty("didDocumentMetadata").GetProperty("deactivated").GetBoolean());
        Assert.Equal(scene.Gone, result.Json.GetProperty("didDocument").GetProperty("id").GetString());
        Assert.Equal(410, document.Status);
        Assert.Equal("application/did", document.Type);
        Assert.Equal(scene.Gone, document.Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Recovery_InForceAndPending_IsSaidInTheMetadataAlone()
    {
        Reply reply = await scene.Resolve(scene.Guarded);

        JsonElement metadata = reply.Json.GetProperty("didDocumentMetadata");
        JsonElement recovery = metadata.GetProperty("recovery");
        Assert.Equal("7200", recovery.GetProperty("delaySeconds").GetString());
        Assert.Equal("recovery-1", recovery.GetProperty("keys")[0].GetProperty("name").GetString());
        JsonElement pending = metadata.GetProperty("pendingRecovery");
        Assert.Equal("2026-01-02T09:00:00Z", pending.GetProperty("effective").GetString());
        Assert.Equal("0", pending.GetProperty("rank").GetString());
        Assert.Equal(64, pending.GetProperty("operation").GetString()!.Length);
        Assert.Equal("259200", pending.GetProperty("recovery").GetProperty("delaySeconds").GetString());
        Assert.DoesNotContain("recovery", reply.Json.GetProperty("didDocument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_OfEveryDid_HasNoNumbers()
    {
        foreach (string did in (string[])[scene.Did, scene.Gone, scene.Guarded, scene.Supervisor])
        {
            Reply reply = await scene.Resolve(did, query: "?proof=true");
            foreach (string part in (string[])["didResolutionMetadata", "didDocumentMetadata"])
            {
                AssertNoNumbers(reply.Json.GetProperty(part));
            }
        }

        static void AssertNoNumbers(JsonElement value)
        {
            Assert.NotEqual(JsonValueKind.Number, value.ValueKind);
            foreach (
                JsonElement inner in value.ValueKind == JsonValueKind.Object
                    ? value.EnumerateObject().Select(static p => p.Value)
                : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
                : []
            )
            {
                AssertNoNumbers(inner);
            }
        }
    }

    [Fact]
    public async Task Proof_ThatWasAskedFor_ProvesTheEntryThatWroteTheVersion()
    {
        Reply reply = await scene.Resolve(scene.Did, query: $"?versionId={scene.FirstId}&proof=true");

        JsonElement proof = reply.Json.GetProperty("didDocumentMetadata").GetProperty("proof")[0];
        Assert.Equal("c2sp.org/tlog-proof@v1", proof.GetProperty("type").GetString());
        byte[] text = Encoding.UTF8.GetBytes(proof.GetProperty("bundle").GetString()!);
        Assert.True(ProofBundle.TryParse(text, out ProofBundle? bundle, out string problem), problem);
        Assert.True(bundle.Verify(bundle.Extra.Span, scene.Node.LogKey, out _, out problem), problem);
        Assert.Equal((long)scene.FirstId, bundle.Index);
        V1.Entry entry = V1.Entry.Parser.ParseFrom(bundle.Extra.Span);
        Assert.Equal(scene.FirstId, entry.Index);
        Assert.Contains("/old/", Encoding.Latin1.GetString(entry.Operation.Operation.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")]
    [InlineData("zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme")]
    [InlineData("zQ3shtxV1FrJfhqE1dvxYRcCknWNjHc3c5X1y3ZSoPDi2aur2")]
    [InlineData("zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N")]
    [InlineData("zQ3shadCps5JLAHcZiuX5YUtWHHL8ysBJqFLWvjZDKAWUBGzy")]
    [InlineData("zQ3shptjE6JwdkeKN4fcpnYQY3m9Cet3NiHdAfpvSUZBFoKBj")]
    [InlineData("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")]
    public async Task DidKey_OfAVector_IsItsKeyForEver(string key)
    {
        string did = $"did:key:{key}";

        Reply reply = await scene.Resolve(did, "application/did");

        Assert.Equal(
            $$"""
            {"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"id":"{{did}}",
            "verificationMethod":[{"id":"{{did}}#{{key}}","type":"Multikey","controller":"{{did}}","publicKeyMultibase":"{{key}}"}],
            "authentication":["{{did}}#{{key}}"],
            "assertionMethod":["{{did}}#{{key}}"],
            "capabilityInvocation":["{{did}}#{{key}}"],
            "capabilityDelegation":["{{did}}#{{key}}"]}
            """.ReplaceLineEndings(""),
            reply.Body
        );
        Assert.Equal("public, max-age=31536000, immutable", reply.Headers["Cache-Control"]);
        Assert.False(reply.Headers.ContainsKey("Last-Modified"));
    }

    // The generator of SM2's group (GB/T 32918.5): the kind of key that did:key and Multikey name 0x1206.
    [Fact]
    public async Task DidKey_OfSm2_HasItsJwkToo()
    {
        byte[] key = Convert.FromHexString(
            "8624" + "02" + "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
        );
        string did = DidKey.Format(V1.KeyType.Multikey, key);

        Reply reply = await scene.Resolve(did, "application/did", "?transformKey=JsonWebKey");

        Assert.StartsWith("did:key:zEPJ", did, StringComparison.Ordinal);
        JsonElement jwk = reply.Json.GetProperty("verificationMethod")[1].GetProperty("publicKeyJwk");
        Assert.Equal("SM2", jwk.GetProperty("crv").GetString());
        Assert.Equal("vDc2ovT2d5xZvc7ja2khU9Cph3zGKkdAAt8y5SE58KA", jwk.GetProperty("y").GetString());
    }

    [Fact]
    public async Task TransformKey_JsonWebKey2020_PutsAJwkBesideEveryKey()
    {
        Reply reply = await scene.Resolve(scene.Did, "application/did+ld+json", "?transformKey=JsonWebKey2020");

        JsonElement jwk = reply.Json.GetProperty("verificationMethod")[1];
        Assert.Equal($"{scene.Did}#key-1.jwk", jwk.GetProperty("id").GetString());
        Assert.Equal("JsonWebKey2020", jwk.GetProperty("type").GetString());
        Assert.Equal("secp256k1", jwk.GetProperty("publicKeyJwk").GetProperty("crv").GetString());
        Assert.Equal(
            [$"{scene.Did}#key-1", $"{scene.Did}#key-1.jwk"],
            reply.Json.GetProperty("assertionMethod").EnumerateArray().Select(static id => id.GetString()!)
        );
        Assert.Contains(
            "https://w3id.org/security/suites/jws-2020/v1",
            reply.Json.GetProperty("@context").EnumerateArray().Select(static c => c.GetString()!)
        );
    }

    [Fact]
    public async Task ExpandRelativeUrls_OfADocumentWithNone_ChangesNothing()
    {
        Reply plain = await scene.Resolve(scene.Did);
        Reply expanded = await scene.Resolve(scene.Did, query: "?expandRelativeUrls=true");

        Assert.Equal(plain.Body, expanded.Body);
    }
}
