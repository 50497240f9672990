using System.Buffers.Text;
using System.Text.Json;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;
using static Ledger.Node.Tests.Http.RegistrarScene;

namespace Ledger.Node.Tests.Http;

/// <summary>The life of a DID, told to the registrar.</summary>
public sealed class RegistrarFlowTests(RegistrarScene scene) : IClassFixture<RegistrarScene>
{
    [Fact]
    public async Task Create_WithoutKeys_AsksForKeysThenSignaturesThenFinishes()
    {
        SigningKey key = NewKey();
        Reply first = await scene.Post("create", Request(), query: "?method=pilot");

        Assert.Equal(200, first.Status);
        Assert.Equal("application/json", first.Type);
        JsonElement state = first.Json.GetProperty("didState");
        Assert.Equal("getVerificationMethod", state.GetProperty("action").GetString());
        Assert.Equal(
            """[{"id":"#key-1","type":"Multikey","purpose":["authentication","assertionMethod","capabilityInvocation"]},{"id":"#recovery-1","type":"Multikey","purpose":["recovery"]}]""",
            state.GetProperty("verificationMethodTemplate").GetRawText()
        );

        string keys = $"\"secret\": {{ \"verificationMethod\": [{Public(key)}] }}";
        Reply second = await scene.Post("create", Request($"\"jobId\": \"{JobOf(first)}\"", keys));
        Assert.Equal(200, second.Status);
        Assert.Equal(JobOf(first), JobOf(second));
        JsonElement asked = second
            .Json.GetProperty("didState")
            .GetProperty("signingRequest")
            .GetProperty("signingRequest1");
        Assert.Equal($"{DidOf(second)}#key-1", asked.GetProperty("kid").GetString());
        Assert.Equal("ES256K", asked.GetProperty("alg").GetString());
        Assert.Equal("capabilityInvocation", asked.GetProperty("purpose").GetString());

        Reply third = await scene.Answer("create", second, key);
        Assert.Equal(201, third.Status);
        Assert.Equal("finished", State(third));
        Assert.Null(JobOf(third));
        Assert.Equal(DidOf(second), DidOf(third));
        Assert.Equal("{}", third.Json.GetProperty("didState").GetProperty("secret").GetRawText());
        Assert.Equal(
            (await scene.Resolve(DidOf(third))).GetProperty("verificationMethod").GetRawText(),
            third.Json.GetProperty("didState").GetProperty("didDocument").GetProperty("verificationMethod").GetRawText()
        );
        Assert.Equal(
            third.Json.GetProperty("didRegistrationMetadata").GetProperty("entry").GetString(),
            third.Json.GetProperty("didDocumentMetadata").GetProperty("versionId").GetString()
        );
    }

    [Theory]
    [InlineData(KeyType.Secp256K1, "ES256K")]
    [InlineData(KeyType.Ed25519, "EdDSA")]
    [InlineData(KeyType.P256, "ES256")]
    public async Task Create_WithDocumentOfAnyKindOfKey_SkipsTheFirstStep(KeyType type, string alg)
    {
        SigningKey key = NewKey(type: type);
        using MemoryStream jwk = new();
        using (Utf8JsonWriter json = new(jwk))
        {
            Jwk.Of(type, key.PublicKey.Span)!.Write(json);
        }

        Reply asked = await scene.Ask(
            "create",
            Request(
                $$"""
                "didDocument": {
                  "@context": ["https://www.w3.org/ns/did/v1"],
                  "verificationMethod": [
                    { "id": "#key-1", "type": "JsonWebKey2020", "publicKeyJwk": {{System.Text.Encoding.UTF8.GetString(
                    jwk.ToArray()
                )}} }
                  ],
                  "capabilityInvocation": ["#key-1"],
                  "authentication": ["#key-1"],
                  "service": [{ "id": "#files", "type": "LinkedDomains", "serviceEndpoint": "https://example.org/" }]
                }
                """
            )
        );
        JsonElement request = asked
            .Json.GetProperty("didState")
            .GetProperty("signingRequest")
            .GetProperty("signingRequest1");
        Reply done = await scene.Post(
            "create",
            $$"""
            { "jobId": "{{JobOf(asked)}}", "secret": { "signingResponse": { "signingRequest1": {
              "signature": "{{Base64Url.EncodeToString(Sign(asked, key))}}",
              "kid": "{{request.GetProperty("kid").GetString()}}",
              "alg": "{{alg}}"
            } } } }
            """
        );

        Assert.Equal(201, done.Status);
        JsonElement document = await scene.Resolve(DidOf(done));
        Assert.Equal(
            Multikey.Encode(type, key.PublicKey.Span),
            document.GetProperty("verificationMethod")[0].GetProperty("publicKeyMultibase").GetString()
        );
        Assert.Equal($"{DidOf(done)}#files", document.GetProperty("service")[0].GetProperty("id").GetString());
        Assert.False(document.TryGetProperty("assertionMethod", out _));
    }

    [Fact]
    public async Task Signature_InEveryBase64_IsRead()
    {
        foreach (int form in Enumerable.Range(0, 4))
        {
            SigningKey key = NewKey();
            Reply asked = await scene.Ask("create", WithKeys(Public(key)));
            string text = Convert.ToBase64String(Sign(asked, key));
            text = form % 2 == 0 ? text : text.TrimEnd('=');
            text = form < 2 ? text : text.Replace('+', '-').Replace('/', '_');

            Reply done = await scene.Post("create", Signatures(JobOf(asked)!, ("signingRequest1", text)));

            Assert.Equal(201, done.Status);
        }
    }

    [Fact]
    public async Task Update_ByEachOperation_ChangesWhatItNames()
    {
        SigningKey key = NewKey();
        string did = await scene.Register(key);
        SigningKey login = NewKey("login", KeyType.Ed25519);
        string multikey = Multikey.Encode(login.Type, login.PublicKey.Span);

        await scene.Do(
            "update",
            Request(
                $"\"did\": \"{did}\"",
                "\"didDocumentOperation\": [\"addToDidDocument\"]",
                $$"""
                "didDocument": [{
                  "alsoKnownAs": ["https://example.org/me"],
                  "verificationMethod": [{ "id": "{{did}}#login", "type": "Multikey", "controller": "{{did}}", "publicKeyMultibase": "{{multikey}}" }],
                  "authentication": ["{{did}}#login", "#key-1"],
                  "service": [{ "id": "#files", "type": "LinkedDomains", "serviceEndpoint": "https://example.org/" }]
                }]
                """
            ),
            key
        );
        JsonElement added = await scene.Resolve(did);
        Assert.Equal(2, added.GetProperty("verificationMethod").GetArrayLength());
        Assert.Equal(2, added.GetProperty("authentication").GetArrayLength());
        Assert.Equal("https://example.org/me", added.GetProperty("alsoKnownAs")[0].GetString());

        await scene.Do(
            "update",
            Request(
                $"\"did\": \"{did}\"",
                "\"didDocumentOperation\": [\"removeFromDidDocument\"]",
                """
                "didDocument": [{ "alsoKnownAs": ["https://example.org/me"], "verificationMethod": [{ "id": "#login" }], "authentication": ["#key-1"], "service": ["#files"] }]
                """
            ),
            key
        );
        JsonElement removed = await scene.Resolve(did);
        Assert.Equal(1, removed.GetProperty("verificationMethod").GetArrayLength());
        Assert.False(removed.TryGetProperty("authentication", out _));
        Assert.False(removed.TryGetProperty("service", out _));

        SigningKey next = NewKey("key-2");
        Reply rotated = await scene.Do(
            "update",
            Request(
                $"\"did\": \"{did}\"",
                "\"didDocument\": {}",
                $"\"secret\": {{ \"verificationMethod\": [{Public(next)}] }}"
            ),
            key
        );
        Assert.Equal(200, rotated.Status);
        Assert.Equal($"{did}#key-2", (await scene.Resolve(did)).GetProperty("capabilityInvocation")[0].GetString());
    }

    [Fact]
    public async Task Update_WithResolvedDocument_IsTakenAsItIs()
    {
        SigningKey key = NewKey();
        string did = await scene.Register(key);
        JsonElement document = await scene.Resolve(did);

        await scene.Do("update", Request($"\"did\": \"{did}\"", $"\"didDocument\": {document.GetRawText()}"), key);

        Assert.Equal(document.GetRawText(), (await scene.Resolve(did)).GetRawText());
    }

    [Fact]
    public async Task Deactivate_OnEitherPath_EndsTheDid()
    {
        SigningKey first = NewKey();
        string one = await scene.Register(first);
        SigningKey second = NewKey();
        string other = await scene.Register(second);

        Reply done = await scene.Do("deactivate", Request($"\"did\": \"{one}\""), first);
        await scene.Do(
            "update",
            Request($"\"did\": \"{other}\"", "\"didDocumentOperation\": [\"deactivate\"]"),
            second
        );

        Assert.Equal(200, done.Status);
        Assert.True(done.Json.GetProperty("didDocumentMetadata").GetProperty("deactivated").GetBoolean());
        Assert.False(done.Json.GetProperty("didState").TryGetProperty("didDocument", out _));
        foreach (string did in (string[])[one, other])
        {
            await scene.Refuses("deactivate", Request($"\"did\": \"{did}\""), ReasonCode.DidDeactivated);
            await scene.Refuses(
                "update",
                Request($"\"did\": \"{did}\"", "\"didDocument\": {}"),
                ReasonCode.DidDeactivated
            );
        }
    }

    [Fact]
    public async Task Recover_WithRecoveryKey_ReplacesKeysAndKeepsTheRest()
    {
        SigningKey recovery = NewKey("recovery-1");
        string did = await scene.Register(NewKey(), Public(recovery, "recovery"));
        SigningKey key = NewKey("key-2");

        Reply first = await scene.Post("recover", Request($"\"did\": \"{did}\""));
        Assert.Equal("getVerificationMethod", first.Json.GetProperty("didState").GetProperty("action").GetString());
        Reply asked = await scene.Ask(
            "recover",
            $$"""{ "jobId": "{{JobOf(first)}}", "did": "{{did}}", "secret": { "verificationMethod": [{{Public(key)}}] } }"""
        );
        JsonElement request = asked
            .Json.GetProperty("didState")
            .GetProperty("signingRequest")
            .GetProperty("signingRequest1");
        Assert.Equal("recovery", request.GetProperty("purpose").GetString());
        Reply done = await scene.Answer("recover", asked, recovery);

        Assert.Equal(200, done.Status);
        JsonElement document = await scene.Resolve(did);
        Assert.Equal($"{did}#key-2", document.GetProperty("capabilityInvocation")[0].GetString());
        Assert.Equal(1, document.GetProperty("verificationMethod").GetArrayLength());
        Assert.Equal(
            "recovery-1",
            done.Json.GetProperty("didDocumentMetadata")
                .GetProperty("recovery")
                .GetProperty("keys")[0]
                .GetProperty("name")
                .GetString()
        );
    }

    [Fact]
    public async Task RecoveryKeys_ChangedByUpdateAlone_ArePendingForTheDelay()
    {
        SigningKey key = NewKey();
        SigningKey recovery = NewKey("recovery-1");
        Reply created = await scene.Do(
            "create",
            $$"""
            { "options": { "clientSecretMode": true, "network": "test", "recoveryDelaySeconds": 7200 },
              "secret": { "verificationMethod": [{{Public(key)}}, {{Public(recovery, "recovery")}}] } }
            """,
            key
        );
        JsonElement policy = created.Json.GetProperty("didDocumentMetadata").GetProperty("recovery");
        Assert.Equal("7200", policy.GetProperty("delaySeconds").GetString());

        Reply changed = await scene.Do(
            "update",
            Request(
                $"\"did\": \"{DidOf(created)}\"",
                $"\"secret\": {{ \"verificationMethod\": [{Public(NewKey("recovery-2"), "recovery")}] }}"
            ),
            key
        );

        JsonElement pending = changed.Json.GetProperty("didDocumentMetadata").GetProperty("pendingRecovery");
        Assert.Equal(
            "recovery-2",
            pending.GetProperty("recovery").GetProperty("keys")[0].GetProperty("name").GetString()
        );
    }

    [Fact]
    public async Task Threshold_OfTwo_TakesAnyTwoOfThreeSignatures()
    {
        SigningKey[] keys = [NewKey("a"), NewKey("b", KeyType.Ed25519), NewKey("c")];
        string body = $$"""
            { "options": { "clientSecretMode": true, "updateThreshold": 2 },
              "secret": { "verificationMethod": [{{string.Join(", ", keys.Select(key => Public(key)))}}] } }
            """;
        Reply asked = await scene.Ask("create", body);
        Assert.Equal(3, asked.Json.GetProperty("didState").GetProperty("signingRequest").GetPropertyCount());

        Reply one = await scene.Answer("create", asked, keys[0]);
        RequireFailed(one, ReasonCode.ThresholdNotMet);
        Assert.Equal(JobOf(asked), JobOf(one));
        Reply two = await scene.Post(
            "create",
            Signatures(
                JobOf(asked)!,
                ("signingRequest3", Convert.ToBase64String(Sign(asked, keys[2]))),
                ("signingRequest2", Convert.ToBase64String(Sign(asked, keys[1])))
            )
        );

        Assert.Equal(201, two.Status);
    }

    [Fact]
    public async Task NextKeys_ThatWereCommittedTo_AreTakenAndTheCommitmentIsOver()
    {
        SigningKey key = NewKey();
        SigningKey next = NewKey("key-2");
        string commitment = Convert.ToHexStringLower(
            UpdateKeys.Commit(
                new DidDocument { VerificationMethods = { next.ToVerificationMethod(KeyPurpose.CapabilityInvocation) } }
            )
        );
        string did = DidOf(
            await scene.Do(
                "create",
                $$"""
                { "options": { "clientSecretMode": true, "nextKeysCommitment": "{{commitment}}" },
                  "secret": { "verificationMethod": [{{Public(key)}}] } }
                """,
                key
            )
        );
        string Rotation(SigningKey to) =>
            Request(
                $"\"did\": \"{did}\"",
                "\"didDocument\": {}",
                $"\"secret\": {{ \"verificationMethod\": [{Public(to)}] }}"
            );

        Reply refused = await scene.Answer("update", await scene.Ask("update", Rotation(NewKey("thief"))), key);
        RequireFailed(refused, ReasonCode.CommitmentMismatch);
        Assert.Null(JobOf(refused));
        Assert.NotEqual("", refused.Json.GetProperty("didRegistrationMetadata").GetProperty("entry").GetString());

        Reply done = await scene.Do("update", Rotation(next), key);
        Assert.False(done.Json.GetProperty("didDocumentMetadata").TryGetProperty("nextKeysCommitment", out _));
    }
}
