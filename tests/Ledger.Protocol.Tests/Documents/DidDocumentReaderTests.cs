using System.Text.Json;
using Google.Protobuf;
using Ledger.Protocol.Documents;
using Ledger.V1;

namespace Ledger.Protocol.Tests.Documents;

/// <summary>Documents as W3C has them, read back.</summary>
public class DidDocumentReaderTests
{
    private const string Did = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Other = "did:pilot:test:baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    // Row 1 of the secp256k1 vectors of did:key.
    private const string Multikey = "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme";
    private const string Jwk =
        """{"kty":"EC","crv":"secp256k1","x":"h0wVx_2iDlOcblulc8E5iEw1EYh5n1RYtLQfeSTyNc0","y":"O2EATIGbu6DezKFptj5scAIRntgfecanVNXxat1rnwE"}""";

    private static readonly ByteString Secp256k1 = ByteString.CopyFrom(
        Convert.FromHexString("03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd")
    );

    private static VerificationMethod Key =>
        new()
        {
            Fragment = "key-1",
            Type = KeyType.Secp256K1,
            PublicKey = Secp256k1,
            Purposes = { KeyPurpose.CapabilityInvocation },
        };

    [Theory]
    [InlineData(DocumentSyntax.Did11)]
    [InlineData(DocumentSyntax.JsonLd10)]
    [InlineData(DocumentSyntax.Json10)]
    public void Read_WhatIsWritten_GivesTheSame(DocumentSyntax syntax)
    {
        DidDocument document = new()
        {
            VerificationMethods =
            {
                new VerificationMethod(Key) { Purposes = { KeyPurpose.CapabilityDelegation, KeyPurpose.KeyAgreement } },
                new VerificationMethod(Key)
                {
                    Fragment = "login",
                    Purposes = { },
                    ValidUntil = Limits.ValidUntilMax,
                },
            },
            Controllers = { Other },
            Services =
            {
                new Service
                {
                    Fragment = "files",
                    Type = "FileService",
                    Endpoint = "https://files.example.org/?a=1&b=2",
                },
            },
            AlsoKnownAs = { "https://example.org/subject", "urn:example:subject" },
        };

        Assert.Null(Read(new DidDocumentWriter(syntax).Write(Did, document), Did, out DidDocument read));

        Assert.Equal(document, read);
    }

    [Theory]
    [InlineData("JsonWebKey")]
    [InlineData("JsonWebKey2020")]
    public void Read_KeyAsJwk_IsTheSameKey(string type)
    {
        string json =
            $$"""{"verificationMethod":[{"id":"#key-1","type":"{{type}}","publicKeyJwk":{{Jwk}}}],"capabilityInvocation":["#key-1"]}""";

        Assert.Null(Read(json, "", out DidDocument read));

        Assert.Equal(new DidDocument { VerificationMethods = { Key } }, read);
    }

    [Fact]
    public void Read_EmbeddedMethod_HasThatRelationshipAlone()
    {
        string json =
            $$"""{"capabilityInvocation":[{"id":"{{Did}}#key-1","type":"Multikey","controller":"{{Did}}","publicKeyMultibase":"{{Multikey}}"}]}""";

        Assert.Null(Read(json, Did, out DidDocument read));

        Assert.Equal(new DidDocument { VerificationMethods = { Key } }, read);
    }

    [Fact]
    public void Read_OntoADocument_AddsToIt()
    {
        DidDocument document = new() { VerificationMethods = { Key }, AlsoKnownAs = { "a:b" } };

        Assert.Null(
            DidDocumentReader.Read(Parse("""{"alsoKnownAs":["c:d"],"authentication":["#key-1"]}"""), Did, document)
        );

        Assert.Equal(["a:b", "c:d"], document.AlsoKnownAs);
        Assert.Equal(
            [KeyPurpose.Authentication, KeyPurpose.CapabilityInvocation],
            document.VerificationMethods[0].Purposes
        );
    }

    [Theory]
    [InlineData("[]", ": must be a JSON object")]
    [InlineData("""{"proof":{}}""", "proof: is not a member that is known here")]
    [InlineData("""{"id":"did:example:1"}""", "id: must be the DID that is changed")]
    [InlineData("""{"id":null}""", "id: must be the DID that is changed")]
    [InlineData("""{"alsoKnownAs":"a:b"}""", "alsoKnownAs: must be a list of up to 8")]
    [InlineData("""{"alsoKnownAs":[1]}""", "alsoKnownAs[0]: must be text")]
    [InlineData("""{"controller":{}}""", "controller: must be a list of up to 9")]
    [InlineData("""{"verificationMethod":[{}]}""", "verificationMethod[0].id: is missing")]
    [InlineData("""{"verificationMethod":["#key-1"]}""", "verificationMethod[0]: must be a JSON object")]
    [InlineData("""{"verificationMethod":[{"id":"#key-1"}]}""", "verificationMethod[0].type: must be text")]
    [InlineData("""{"authentication":["#key-1"]}""", "authentication[0]: names no verification method")]
    [InlineData(
        """{"service":[{"id":"#a","type":"A","serviceEndpoint":{"uri":"https://a.example"}}]}""",
        "service[0].serviceEndpoint: must be text"
    )]
    [InlineData(
        """{"service":[{"id":"#a","type":"A","serviceEndpoint":"https://a.example","priority":1}]}""",
        "service[0].priority: is not a member that is known here"
    )]
    public void Read_WhatCannotBeKept_SaysWhere(string json, string problem) =>
        Assert.Equal(problem, Read(json, Did, out _));

    [Theory]
    [InlineData("#key-1", true)]
    [InlineData(Did + "#key-1", true)]
    [InlineData(Other + "#key-1", false)]
    [InlineData("key-1", false)]
    [InlineData("#", false)]
    [InlineData("#Key", false)]
    [InlineData("##key", false)]
    [InlineData("#key-1.jwk", false)]
    public void ReadReference_OfANameInTheDocument_GivesIt(string text, bool isName)
    {
        string? problem = DidDocumentReader.ReadReference(Parse($"\"{text}\""), Did, out string fragment);

        Assert.Equal(isName, problem is null);
        Assert.Equal(isName ? "key-1" : "", isName ? fragment : "");
    }

    [Fact]
    public void Read_WithAnyMemberOfAnotherKind_NeverThrows()
    {
        string[] names =
        [
            "@context",
            "id",
            "alsoKnownAs",
            "controller",
            "verificationMethod",
            "authentication",
            "assertionMethod",
            "keyAgreement",
            "capabilityInvocation",
            "capabilityDelegation",
            "service",
        ];
        string[] values = ["null", "1", "true", "\"\"", "[]", "{}", "[null]", "[1]", "[[]]", "[{}]", "[{\"id\":1}]"];
        int refused = 0;
        foreach (string name in names)
        {
            foreach (string value in values)
            {
                refused += Read($"{{\"{name}\":{value}}}", Did, out _) is null ? 0 : 1;
            }
        }

        Assert.InRange(refused, 60, names.Length * values.Length);
    }

    private static string? Read(byte[] json, string did, out DidDocument document) =>
        Read(System.Text.Encoding.UTF8.GetString(json), did, out document);

    private static string? Read(string json, string did, out DidDocument document)
    {
        document = new DidDocument();
        return DidDocumentReader.Read(Parse(json), did, document);
    }

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
