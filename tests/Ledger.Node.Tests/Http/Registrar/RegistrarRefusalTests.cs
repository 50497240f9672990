using Ledger.Protocol;
using Ledger.V1;
using static Ledger.Node.Tests.Http.RegistrarScene;

namespace Ledger.Node.Tests.Http;

/// <summary>Requests to the registrar that are none.</summary>
public sealed class RegistrarRefusalTests(RegistrarScene scene) : IClassFixture<RegistrarScene>
{
    private const string Multikey = "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme";

    [Theory]
    [InlineData("")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    public async Task ContentType_ThatIsNotJson_IsRefused(string type)
    {
        Reply reply = await scene.Post("create", Request(), type);

        Assert.Equal(415, reply.Status);
        Assert.Equal("application/json", reply.Headers["Accept"]);
    }

    [Fact]
    public async Task Body_OfMoreThanOneMebibyte_IsRefused()
    {
        int room = (1024 * 1024) - Request().Length;

        Assert.Equal(200, (await scene.Post("create", Request() + new string(' ', room))).Status);
        Assert.Equal(413, (await scene.Post("create", Request() + new string(' ', room + 1))).Status);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public async Task Body_NestedDeep_IsRefused(int depth) =>
        await scene.Refuses(
            "create",
            "{ \"didDocument\": " + new string('[', depth) + new string(']', depth) + " }",
            ReasonCode.InvalidRequest,
            "nested more than 16 deep"
        );

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{ \"did\": \"a\", \"did\": \"b\" }")]
    [InlineData("{ \"did\": \"\\ud800\" }")]
    [InlineData("{ \"\\ud800\": 1 }")]
    [InlineData("{ \"did\": NaN }")]
    [InlineData("{ /* */ }")]
    public async Task Body_ThatIsNoJson_IsRefused(string body) =>
        await scene.Refuses("create", body, ReasonCode.InvalidRequest, "the body is no JSON");

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"{}\"")]
    public async Task Body_ThatIsNoObject_IsRefused(string body) =>
        await scene.Refuses("create", body, ReasonCode.InvalidRequest, "must be a JSON object");

    [Theory]
    [InlineData("{}")]
    [InlineData("{ \"options\": {} }")]
    [InlineData("{ \"options\": { \"clientSecretMode\": false } }")]
    [InlineData("{ \"options\": { \"clientSecretMode\": \"true\" } }")]
    public async Task Mode_ThatWouldGiveTheNodeKeys_IsRefused(string body) =>
        await scene.Refuses("create", body, ReasonCode.InvalidRequest, "options.clientSecretMode: must be true");

    [Theory]
    [InlineData("\"storeSecrets\": true", "options.storeSecrets: must be false")]
    [InlineData("\"returnSecrets\": true", "options.returnSecrets: must be false")]
    [InlineData("\"network\": \"other\"", "options.network: must be test, or absent")]
    [InlineData("\"requestVerificationMethod\": []", "options.requestVerificationMethod: is not a member")]
    [InlineData("\"updateThreshold\": \"2\"", "options.updateThreshold: must be a whole number")]
    [InlineData("\"updateThreshold\": -1", "options.updateThreshold: must be a whole number")]
    [InlineData("\"recoveryDelaySeconds\": 1.5", "options.recoveryDelaySeconds: must be a whole number")]
    [InlineData("\"nextKeysCommitment\": \"AB\"", "options.nextKeysCommitment: must be 64")]
    public async Task Option_OutsideItsRange_IsRefused(string option, string problem) =>
        await scene.Refuses(
            "create",
            $$"""{ "options": { "clientSecretMode": true, {{option}} } }""",
            ReasonCode.InvalidRequest,
            problem
        );

    [Theory]
    [InlineData("key")]
    [InlineData("did:pilot")]
    [InlineData("")]
    [InlineData("pilot&method=pilot")]
    public async Task Method_OtherThanOurs_IsRefused(string method)
    {
        Reply reply = await scene.Post("create", Request(), query: $"?method={method}");

        RequireFailed(reply, ReasonCode.InvalidRequest, "method: must be pilot");
    }

    [Theory]
    [InlineData("\"d\": \"AAAA\"", "d")]
    [InlineData("\"privateKeyMultibase\": \"z3u2\"", "privateKeyMultibase")]
    [InlineData("\"privateKeyJwk\": {}", "privateKeyJwk")]
    [InlineData("\"PrivateKeyPem\": \"x\"", "PrivateKeyPem")]
    [InlineData("\"secretKeyMultibase\": \"z\"", "secretKeyMultibase")]
    [InlineData("\"seed\": \"00\"", "seed")]
    [InlineData("\"publicKeyJwk\": { \"kty\": \"OKP\", \"crv\": \"Ed25519\", \"\\u0064\": \"AAAA\" }", "d")]
    public async Task PrivateKey_Anywhere_IsRefusedAndNotRepeated(string member, string name)
    {
        Reply reply = await scene.Refuses(
            "create",
            Request($"\"secret\": {{ \"verificationMethod\": [{{ \"id\": \"#key-1\", {member} }}] }}"),
            ReasonCode.InvalidRequest,
            $"{name}: is a private key, or part of one"
        );

        Assert.DoesNotContain("AAAA", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"purpose\": [\"capabilityInvocation\"], \"type\": \"Multikey\"", "publicKeyMultibase: must be there")]
    [InlineData("\"purpose\": [\"capabilityInvocation\"], \"type\": \"JsonWebKey\"", "publicKeyJwk: must be there")]
    [InlineData(
        "\"purpose\": [\"capabilityInvocation\"], \"type\": \"Ed25519VerificationKey2020\"",
        "type: must be Multikey"
    )]
    [InlineData("\"type\": \"Multikey\", \"publicKeyMultibase\": \"z6\", \"purpose\": []", "publicKeyMultibase: ")]
    [InlineData("\"type\": \"Multikey\", \"publicKeyMultibase\": \"" + Multikey + "\"", "purpose: must name")]
    [InlineData(
        "\"type\": \"Multikey\", \"publicKeyMultibase\": \""
            + Multikey
            + "\", \"purpose\": [\"recovery\", \"authentication\"]",
        "purpose: must name"
    )]
    [InlineData(
        "\"type\": \"Multikey\", \"publicKeyMultibase\": \"" + Multikey + "\", \"purpose\": [\"signing\"]",
        "purpose[0]: must be recovery"
    )]
    [InlineData(
        "\"type\": \"Multikey\", \"publicKeyMultibase\": \"" + Multikey + "\", \"purpose\": \"recovery\"",
        "purpose: must be a list"
    )]
    [InlineData(
        "\"type\": \"Multikey\", \"publicKeyMultibase\": \"" + Multikey + "\", \"publicKeyBase58\": \"z\"",
        "publicKeyBase58: is not a member"
    )]
    [InlineData(
        "\"type\": \"Multikey\", \"publicKeyMultibase\": \"" + Multikey + "\", \"controller\": \"did:example:1\"",
        "controller: must be"
    )]
    [InlineData(
        "\"type\": \"Multikey\", \"publicKeyMultibase\": \"" + Multikey + "\", \"expires\": \"2027-01-01\"",
        "expires: is no date"
    )]
    public async Task Key_ThatIsNone_IsRefused(string members, string problem) =>
        await scene.Refuses(
            "create",
            Request($"\"secret\": {{ \"verificationMethod\": [{{ \"id\": \"#key-1\", {members} }}] }}"),
            ReasonCode.InvalidRequest,
            "secret.verificationMethod[0]." + problem
        );

    [Theory]
    [InlineData("\"did\": \"did:pilot:test:x\"", "did: must be absent")]
    [InlineData("\"didDocument\": { \"id\": \"did:pilot:test:x\" }", "didDocument.id: must be absent or empty")]
    [InlineData("\"didDocument\": { \"proof\": {} }", "didDocument.proof: is not a member")]
    [InlineData("\"didDocument\": [{}, {}]", "didDocumentOperation: must name one operation for each")]
    [InlineData(
        "\"didDocument\": {}, \"didDocumentOperation\": [\"addToDidDocument\"]",
        "must be setDidDocument: there is no document yet"
    )]
    [InlineData("\"didDocument\": \"x\"", "didDocument: must be a JSON object")]
    [InlineData(
        "\"didDocument\": { \"authentication\": [\"#key-1\"] }",
        "didDocument.authentication[0]: names no verification method"
    )]
    [InlineData(
        "\"didDocument\": { \"service\": [{ \"id\": \"#a\", \"type\": [\"A\"], \"serviceEndpoint\": \"https://a.example\" }] }",
        "didDocument.service[0].type: must be text"
    )]
    [InlineData("\"didDocument\": { \"service\": [{ \"id\": \"a\" }] }", "didDocument.service[0].id: must be the DID")]
    [InlineData("\"jobID\": null", "jobID: is not a member")]
    [InlineData("\"secret\": { \"decryptionResponse\": {} }", "secret.decryptionResponse: is not a member")]
    [InlineData("\"options\\u0020\": {}", "options : is not a member")]
    public async Task Create_WithWhatCannotBeKept_IsRefused(string member, string problem) =>
        await scene.Refuses("create", Request(member), ReasonCode.InvalidRequest, problem);

    [Theory]
    [InlineData("\"didDocument\": { \"id\": \"did:pilot:test:x\" }", "didDocument.id: must be the DID that is changed")]
    [InlineData("\"secret\": {}", "didDocument: is missing")]
    [InlineData(
        "\"didDocumentOperation\": [\"deactivate\", \"setDidDocument\"], \"didDocument\": [{}, {}]",
        "didDocument[0]: the operation must be"
    )]
    [InlineData("\"didDocumentOperation\": [\"replace\"], \"didDocument\": {}", "didDocument: the operation must be")]
    [InlineData(
        "\"didDocumentOperation\": [\"removeFromDidDocument\"], \"didDocument\": { \"service\": [\"#files\"] }",
        "didDocument.service[0]: is not there"
    )]
    [InlineData(
        "\"didDocumentOperation\": [\"removeFromDidDocument\"], \"didDocument\": { \"authentication\": [\"#key-1\"] }",
        "didDocument.authentication[0]: is not there"
    )]
    [InlineData(
        "\"didDocumentOperation\": [\"removeFromDidDocument\"], \"didDocument\": { \"alsoKnownAs\": [\"a:b\"] }",
        "didDocument.alsoKnownAs: is not all there"
    )]
    [InlineData(
        "\"didDocumentOperation\": [\"addToDidDocument\"], \"didDocument\": { \"capabilityInvocation\": [\"#key-1\"] }",
        "names a verification method that has this relationship already"
    )]
    [InlineData(
        "\"didDocumentOperation\": [\"addToDidDocument\"], \"didDocument\": { \"verificationMethod\": [{ \"id\": \"#key-1\", \"type\": \"Multikey\", \"publicKeyMultibase\": \""
            + Multikey
            + "\" }] }",
        "id: is that of another"
    )]
    public async Task Update_ThatCannotBeDone_IsRefused(string members, string problem)
    {
        string did = await scene.Register(NewKey());

        await scene.Refuses("update", Request($"\"did\": \"{did}\"", members), ReasonCode.InvalidRequest, problem);
    }

    [Fact]
    public async Task Update_OfDocumentAndRecoveryKeysAtOnce_IsRefused()
    {
        string did = await scene.Register(NewKey());

        await scene.Refuses(
            "update",
            Request(
                $"\"did\": \"{did}\"",
                "\"didDocument\": {}",
                $"\"secret\": {{ \"verificationMethod\": [{Public(NewKey("recovery-1"), "recovery")}] }}"
            ),
            ReasonCode.InvalidRequest,
            "recovery keys are changed by an update of their own"
        );
    }

    [Theory]
    [InlineData("update")]
    [InlineData("deactivate")]
    [InlineData("recover")]
    public async Task Did_ThatIsNoneOrUnknown_IsRefused(string verb)
    {
        string unknown = DidSyntax.FromOperationId(TestNode.Network, new byte[32]);

        await scene.Refuses(verb, Request(), ReasonCode.InvalidDid);
        await scene.Refuses(verb, Request("\"did\": \"did:key:z\""), ReasonCode.InvalidDid);
        await scene.Refuses(verb, Request($"\"did\": \"{unknown}\""), ReasonCode.DidNotFound);
    }

    [Fact]
    public async Task Recover_OfDidWithoutRecoveryKeys_IsRefused()
    {
        string did = await scene.Register(NewKey());

        await scene.Refuses("recover", Request($"\"did\": \"{did}\""), ReasonCode.InvalidRequest, "no key could sign");
    }

    [Fact]
    public async Task Document_LargerThanAnOperation_IsRefused()
    {
        string large = $"\"didDocument\": {{ \"alsoKnownAs\": [\"https://a.example/{new string('a', 100_000)}\"] }}";

        await scene.Refuses("create", Request(large), ReasonCode.InvalidRequest, "didDocument: is too large");
        await scene.Refuses(
            "create",
            Request(large, $"\"secret\": {{ \"verificationMethod\": [{Public(NewKey())}] }}"),
            ReasonCode.TooLarge
        );
    }

    [Fact]
    public async Task Lists_LongerThanADocumentHas_AreRefused()
    {
        string many = string.Join(", ", Enumerable.Repeat("{}", 17));

        await scene.Refuses(
            "create",
            Request($"\"didDocument\": {{ \"keyAgreement\": [{many}] }}"),
            ReasonCode.InvalidRequest,
            "didDocument.keyAgreement: must be a list of up to 16"
        );
        await scene.Refuses(
            "create",
            WithKeys([.. Enumerable.Repeat("{}", 25)]),
            ReasonCode.InvalidRequest,
            "secret.verificationMethod: must be a list of up to 24"
        );
    }

    [Fact]
    public async Task Answers_ToEveryRefusal_HoldNothingThatWasSent()
    {
        const string secret = "correct-horse-battery-staple";
        string[] bodies =
        [
            secret,
            $"\"{secret}\"",
            Request($"\"jobId\": \"{secret}\""),
            Request($"\"did\": \"{secret}\""),
            Request($"\"secret\": {{ \"verificationMethod\": [\"{secret}\"] }}"),
            Request($"\"secret\": {{ \"signingResponse\": {{ \"{secret}\": {{ \"signature\": \"{secret}\" }} }} }}"),
            Request($"\"didDocument\": {{ \"service\": [{{ \"id\": \"{secret}\" }}] }}"),
            Request($"\"didDocumentOperation\": [\"{secret}\"], \"didDocument\": {{}}"),
        ];
        foreach (string body in bodies)
        {
            Reply reply = await scene.Post("create", body);

            Assert.Equal(400, reply.Status);
            Assert.DoesNotContain(secret, reply.Body, StringComparison.Ordinal);
        }
    }
}
