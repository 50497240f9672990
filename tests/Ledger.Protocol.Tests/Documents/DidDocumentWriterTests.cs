using System.Text;
using Google.Protobuf;
using Ledger.Protocol.Documents;
using Ledger.V1;

namespace Ledger.Protocol.Tests.Documents;

/// <summary>Whole documents, byte for byte.</summary>
public class DidDocumentWriterTests
{
    private const string Did = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Other = "did:pilot:test:baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    // Row 1 of the secp256k1 vectors of did:key, and its Ed25519 example.
    private static readonly byte[] Secp256k1 = Convert.FromHexString(
        "03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd"
    );
    private static readonly byte[] Ed25519 = Convert.FromHexString(
        "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6"
    );

    private static DidDocument Full =>
        new()
        {
            VerificationMethods =
            {
                Method("key-1", KeyType.Secp256K1, Secp256k1, [1, 2, 3, 4]),
                new VerificationMethod(Method("login", KeyType.Ed25519, Ed25519, [1]))
                {
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
                    Endpoint = "https://files.example.org/?a=1&b=<'+>",
                },
            },
            AlsoKnownAs = { "https://example.org/subject", "urn:example:subject" },
        };

    [Fact]
    public void Write_Did11_IsByteForByteThis() =>
        Assert.Equal(
            $$$"""
            {"@context":["https://www.w3.org/ns/did/v1.1"],
            "id":"{{{Did}}}",
            "alsoKnownAs":["https://example.org/subject","urn:example:subject"],
            "controller":["{{{Did}}}","{{{Other}}}"],
            "verificationMethod":[
            {"id":"{{{Did}}}#key-1","type":"Multikey","controller":"{{{Did}}}","publicKeyMultibase":"zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"},
            {"id":"{{{Did}}}#login","type":"Multikey","controller":"{{{Did}}}","expires":"9999-12-31T23:59:59Z","publicKeyMultibase":"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}],
            "authentication":["{{{Did}}}#key-1","{{{Did}}}#login"],
            "assertionMethod":["{{{Did}}}#key-1"],
            "capabilityInvocation":["{{{Did}}}#key-1"],
            "capabilityDelegation":["{{{Did}}}#key-1"],
            "service":[{"id":"{{{Did}}}#files","type":"FileService","serviceEndpoint":"https://files.example.org/?a=1&b=<'+>"}]}
            """.ReplaceLineEndings(""),
            Text(new DidDocumentWriter(DocumentSyntax.Did11).Write(Did, Full))
        );

    [Fact]
    public void Write_JsonLd10_DiffersInItsContextsAlone()
    {
        string did11 = Text(new DidDocumentWriter(DocumentSyntax.Did11).Write(Did, Full));

        Assert.Equal(
            did11.Replace(
                "\"https://www.w3.org/ns/did/v1.1\"",
                "\"https://www.w3.org/ns/did/v1\",\"https://w3id.org/security/multikey/v1\"",
                StringComparison.Ordinal
            ),
            Text(new DidDocumentWriter(DocumentSyntax.JsonLd10).Write(Did, Full))
        );
    }

    [Fact]
    public void Write_Json10_HasNoContexts()
    {
        string did11 = Text(new DidDocumentWriter(DocumentSyntax.Did11).Write(Did, Full));

        Assert.Equal(
            did11.Replace("\"@context\":[\"https://www.w3.org/ns/did/v1.1\"],", "", StringComparison.Ordinal),
            Text(new DidDocumentWriter(DocumentSyntax.Json10).Write(Did, Full))
        );
    }

    [Fact]
    public void Write_JsonWebKey2020_PutsAJwkBesideEachKey() =>
        Assert.Equal(
            $$$"""
            {"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1","https://w3id.org/security/suites/jws-2020/v1"],
            "id":"{{{Did}}}",
            "verificationMethod":[
            {"id":"{{{Did}}}#key-1","type":"Multikey","controller":"{{{Did}}}","publicKeyMultibase":"zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"},
            {"id":"{{{Did}}}#key-1.jwk","type":"JsonWebKey2020","controller":"{{{Did}}}","publicKeyJwk":
            {"kty":"EC","crv":"secp256k1","x":"h0wVx_2iDlOcblulc8E5iEw1EYh5n1RYtLQfeSTyNc0","y":"O2EATIGbu6DezKFptj5scAIRntgfecanVNXxat1rnwE"}}],
            "authentication":["{{{Did}}}#key-1","{{{Did}}}#key-1.jwk"],
            "keyAgreement":["{{{Did}}}#key-1","{{{Did}}}#key-1.jwk"]}
            """.ReplaceLineEndings(""),
            Text(
                new DidDocumentWriter(DocumentSyntax.JsonLd10, JwkMethods.JsonWebKey2020).Write(
                    Did,
                    new DidDocument { VerificationMethods = { Method("key-1", KeyType.Secp256K1, Secp256k1, [1, 5]) } }
                )
            )
        );

    [Theory]
    [InlineData(DocumentSyntax.Did11, JwkMethods.JsonWebKey, """["https://www.w3.org/ns/did/v1.1"]""")]
    [InlineData(
        DocumentSyntax.Did11,
        JwkMethods.JsonWebKey2020,
        """["https://www.w3.org/ns/did/v1.1","https://w3id.org/security/suites/jws-2020/v1"]"""
    )]
    [InlineData(
        DocumentSyntax.JsonLd10,
        JwkMethods.JsonWebKey,
        """["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1","https://w3id.org/security/jwk/v1"]"""
    )]
    public void Write_Contexts_KnowEveryTypeOfKey(DocumentSyntax syntax, JwkMethods jwks, string contexts) =>
        Assert.StartsWith(
            $"{{\"@context\":{contexts},",
            Text(new DidDocumentWriter(syntax, jwks).Write(Did, Full)),
            StringComparison.Ordinal
        );

    [Fact]
    public void WritePart_OfEveryName_IsWhatTheDocumentHasUnderIt()
    {
        DidDocumentWriter writer = new(DocumentSyntax.Json10, JwkMethods.JsonWebKey);
        string whole = Text(writer.Write(Did, Full));

        foreach (string name in (string[])["key-1", "key-1.jwk", "login", "login.jwk", "files"])
        {
            string part = Text(writer.WritePart(Did, Full, name)!);
            Assert.StartsWith($"{{\"id\":\"{Did}#{name}\",", part, StringComparison.Ordinal);
            Assert.Contains(part, whole, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("key-2")]
    [InlineData("key-1.jwk")]
    [InlineData("files.jwk")]
    [InlineData("Key-1")]
    public void WritePart_OfNoName_IsNothing(string name) =>
        Assert.Null(new DidDocumentWriter(DocumentSyntax.Did11).WritePart(Did, Full, name));

    private static VerificationMethod Method(string name, KeyType type, byte[] key, int[] purposes) =>
        new()
        {
            Fragment = name,
            Type = type,
            PublicKey = ByteString.CopyFrom(key),
            Purposes = { purposes.Select(static p => (KeyPurpose)p) },
        };

    private static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);
}
