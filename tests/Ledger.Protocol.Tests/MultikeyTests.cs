using System.Text.Json;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public class MultikeyTests
{
    // did:key, v0.9, and its test vectors: text, type, public key.
    public static TheoryData<string, KeyType, string> Vectors { get; } =
        new()
        {
            {
                "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
                KeyType.Secp256K1,
                "03874c15c7fda20e539c6e5ba573c139884c351188799f5458b4b41f7924f235cd"
            },
            {
                "zQ3shtxV1FrJfhqE1dvxYRcCknWNjHc3c5X1y3ZSoPDi2aur2",
                KeyType.Secp256K1,
                "03d4b8cf1953bd38ea9f79a51c4fd4be325ff9c103b26db490d121a03201bd5343"
            },
            {
                "zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N",
                KeyType.Secp256K1,
                "02b52d132694fdf9452926f8cc654c80d02d2823d97b556f1dd800e9b5844955d3"
            },
            {
                "zQ3shadCps5JLAHcZiuX5YUtWHHL8ysBJqFLWvjZDKAWUBGzy",
                KeyType.Secp256K1,
                "02c4561d755268fce5a438cdea327b7b97663ea98c576740a0c3f49925aca46cde"
            },
            {
                "zQ3shptjE6JwdkeKN4fcpnYQY3m9Cet3NiHdAfpvSUZBFoKBj",
                KeyType.Secp256K1,
                "039853d170080b6a03316f471c1fa1afd3257344e5a02e9c4cfdb2c4ab3f49cbc6"
            },
            {
                "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
                KeyType.P256,
                "038a0ac59a2d3086e8a12a78fd4773a6d52a0ca61ef6c1419e15a05bcc6dafce7b"
            },
        };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void TryDecode_OfAVector_IsTheKeyAndBack(string text, KeyType type, string key)
    {
        byte[] expected = Convert.FromHexString(key);

        Assert.True(Multikey.TryDecode(text, out KeyType found, out byte[] bytes));
        Assert.Equal(type, found);
        Assert.Equal(expected, bytes);
        Assert.Equal(text, Multikey.Encode(type, expected));
    }

    [Theory]
    [InlineData("ed01", KeyType.Ed25519, 0, "z6Mk")]
    [InlineData("8124", KeyType.Multikey, 49, "z82")]
    [InlineData("eb01", KeyType.Multikey, 96, "zUC")]
    [InlineData("ffffff7f", KeyType.Multikey, 124, "z")] // 128 bytes in all
    [InlineData("ffffff7f", KeyType.Multikey, 125, "u")]
    [InlineData("9024", KeyType.Multikey, 1_312, "u")] // ML-DSA-44
    [InlineData("ffffff7f", KeyType.Multikey, 5, "z")] // a code that nobody knows yet
    public void Encode_OfAnotherKind_HasItsPrefix(string code, KeyType type, int length, string prefix)
    {
        byte[] key = length == 0 ? Ed25519Key() : [.. Enumerable.Repeat((byte)0x5a, length)];
        byte[] publicKey = type == KeyType.Multikey ? [.. Convert.FromHexString(code), .. key] : key;

        string text = Multikey.Encode(type, publicKey);

        Assert.StartsWith(prefix, text);
        Assert.True(Multikey.TryDecode(text, out KeyType found, out byte[] bytes, out string problem), problem);
        Assert.Equal(type, found);
        Assert.Equal(publicKey, bytes);
    }

    [Theory]
    [InlineData("", "'z'")]
    [InlineData("z", "'z'")]
    [InlineData("u7QFohNN5", "'z'")] // base64url of a short key
    [InlineData("f12ab", "'z'")] // base16
    [InlineData("z6Mk0", "'z'")] // no base58
    [InlineData("z6Mkü", "'z'")]
    [InlineData("z1", "code")] // identity
    [InlineData("z11111111111111", "code")]
    public void TryDecode_OfWhatIsNone_SaysWhy(string text, string problem)
    {
        Assert.False(Multikey.TryDecode(text, out KeyType type, out byte[] key, out string found));
        Assert.Contains(problem, found);
        Assert.Equal(KeyType.Unspecified, type);
        Assert.Empty(key);
    }

    [Fact]
    public void TryDecode_LongKeyInAnotherForm_IsNone()
    {
        byte[] bytes = [0xff, 0x7f, .. Enumerable.Repeat((byte)0x5a, 200)];
        string text = Multikey.Encode(KeyType.Multikey, bytes);
        Assert.True(Multikey.TryDecode(text, out _, out _));
        Assert.False(Multikey.TryDecode("z" + SimpleBase.Base58.Bitcoin.Encode(bytes), out _, out _));
        Assert.False(Multikey.TryDecode(text + "=", out _, out _));
        Assert.False(Multikey.TryDecode(text + " ", out _, out _));
        Assert.False(Multikey.TryDecode(text[..^1] + "+", out _, out _));

        // 202 bytes: the last character has four bits that say nothing.
        Assert.False(Multikey.TryDecode(text[..^1] + (char)(text[^1] + 1), out _, out _));
    }

    [Fact]
    public void TryDecode_AtTheLongest_StopsBeforeDecoding()
    {
        string longest = Multikey.Encode(KeyType.Multikey, [0xff, 0x7f, .. Enumerable.Repeat((byte)0xff, 2_046)]);
        Assert.True(longest.Length <= Multikey.LengthMax);
        Assert.True(Multikey.TryDecode(longest, out _, out byte[] key));
        Assert.Equal(Limits.MultikeyBytesMax, key.Length);

        Assert.False(Multikey.TryDecode("z" + new string('z', Multikey.LengthMax), out _, out _, out string problem));
        Assert.False(Multikey.TryDecode("u" + new string('u', Multikey.LengthMax), out _, out _));
        Assert.StartsWith("must be 'z'", problem);
        Assert.False(Multikey.TryDecode("z" + new string('1', Multikey.LengthMax - 1), out _, out _));
    }

    // What must not stand in a document as a MULTIKEY, and what the refusal says.
    public static TheoryData<string, string> Refused { get; } =
        new()
        {
            { "e701" + Hex(33), "type of its own" },
            { "ed01" + Hex(32), "type of its own" },
            { "8024" + Hex(33), "type of its own" },
            { "8026" + Hex(32), "secret" }, // ed25519-priv
            { "8126" + Hex(32), "secret" }, // secp256k1-priv
            { "8626" + Hex(32), "secret" }, // p256-priv
            { "8f26" + Hex(32), "secret" },
            { "9026" + Hex(32), "secret" }, // sm2-priv
            { "9a26" + Hex(32), "secret" }, // mldsa-44-priv-seed
            { "a001" + Hex(16), "secret" }, // aes-128
            { "a434" + Hex(16), "secret" }, // lamport-sha3-512-priv
            { "ec01" + Hex(31), "32 bytes" },
            { "ec01" + Hex(33), "32 bytes" },
            { "8124" + Hex(48), "49 bytes" },
            { "8624" + Hex(33), "SM2" },
            { "8624" + Hex(32), "33 bytes" },
            { "00" + Hex(4), "shortest varint" },
            { "ec8100" + Hex(32), "shortest varint" },
            { "ec01", "shortest varint" },
            { "ffffffffffffffffffff01" + Hex(4), "shortest varint" },
            { "ff", "shortest varint" },
            { "", "shortest varint" },
            { "ff7f" + Hex(2_047), "at most 2048" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void CheckKey_OfWhatIsNoMultikey_SaysWhy(string hex, string problem) =>
        Assert.Contains(problem, KeyForms.CheckKey(KeyType.Multikey, Convert.FromHexString(hex)));

    [Fact]
    public void CheckMethod_OfAMultikey_RefusesUpdateKeysAndTimesBeyondTheYear9999()
    {
        VerificationMethod method = new()
        {
            Fragment = "agree",
            Type = KeyType.Multikey,
            PublicKey = Google.Protobuf.ByteString.CopyFrom([0xec, 1, .. new byte[32]]),
            Purposes = { KeyPurpose.KeyAgreement },
            ValidUntil = Limits.ValidUntilMax,
        };
        Assert.Null(KeyForms.CheckMethod(method));

        method.ValidUntil++;
        Assert.StartsWith("valid_until:", KeyForms.CheckMethod(method));
        method.ValidUntil = 0;
        method.Purposes.Insert(0, KeyPurpose.CapabilityInvocation);
        Assert.StartsWith("purposes:", KeyForms.CheckMethod(method));
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void DidKey_OfAVector_HasItsKeyForEverything(string text, KeyType type, string key)
    {
        Assert.True(DidKey.TryParse("did:key:" + text, out DidKey? did, out string problem), problem);
        Assert.Equal(type, did.Type);
        Assert.Equal(Convert.FromHexString(key), did.PublicKey.ToArray());
        Assert.Equal("did:key:" + text, DidKey.Format(type, did.PublicKey.Span));
        VerificationMethod method = Assert.Single(did.Document.VerificationMethods);
        Assert.Equal(text, method.Fragment);
        Assert.Equal(4, method.Purposes.Count);
        Assert.DoesNotContain(KeyPurpose.KeyAgreement, method.Purposes);
    }

    [Fact]
    public void DidKey_OfX25519_IsForAgreementAlone()
    {
        string did = DidKey.Format(KeyType.Multikey, [0xec, 1, .. Enumerable.Repeat((byte)9, 32)]);
        Assert.StartsWith("did:key:z6LS", did);
        Assert.True(DidKey.TryParse(did, out DidKey? key, out _));
        Assert.Equal([KeyPurpose.KeyAgreement], key.Document.VerificationMethods[0].Purposes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("did:key:")]
    [InlineData("did:key:1")]
    [InlineData("DID:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme")]
    [InlineData("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme#key")]
    [InlineData("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBmf")]
    public void DidKey_OfWhatIsNone_SaysWhy(string? text)
    {
        Assert.False(DidKey.TryParse(text, out _, out string problem));
        Assert.NotEmpty(problem);
    }

    private const string K1 =
        """{"kty":"EC","crv":"secp256k1","x":"h0wVx_2iDlOcblulc8E5iEw1EYh5n1RYtLQfeSTyNc0","y":"O2EATIGbu6DezKFptj5scAIRntgfecanVNXxat1rnwE"}""";

    [Theory]
    [InlineData(K1, "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme")]
    [InlineData(
        """{"kty":"EC","crv":"secp256k1","x":"TEIJN9vnTq1EXMkqzo7yN_867-foKc2pREv45Fw_QA8","y":"9yiymlzdxKCiRbYq7p-ArRB-C1ytjHE-eb7RDTi6rVc"}""",
        "zQ3shjmnWpSDEbYKpaFm4kTs9kXyqG6N2QwCYHNPP4yubqgJS"
    )]
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM"}""",
        "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
    )]
    public void Jwk_OfAVector_IsTheSameKeyAndBack(string json, string multikey)
    {
        Assert.True(Jwk.TryRead(JsonDocument.Parse(json).RootElement, out Jwk? jwk, out string problem), problem);
        Assert.Equal(multikey, Multikey.Encode(jwk.Type, jwk.PublicKey.Span));
        Assert.Equal(json, Written(jwk));
        Assert.Equal(json, Written(Jwk.Of(jwk.Type, jwk.PublicKey.Span)!));
    }

    [Fact]
    public void Jwk_OfEd25519AndSm2_GoesThereAndBack()
    {
        byte[] sm2 = Convert.FromHexString(
            "8624" + "0232c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
        );
        foreach (
            (KeyType type, byte[] key) in ((KeyType, byte[])[])
                [(KeyType.Ed25519, Ed25519Key()), (KeyType.Multikey, sm2)]
        )
        {
            string json = Written(Jwk.Of(type, key)!);
            Assert.True(Jwk.TryRead(JsonDocument.Parse(json).RootElement, out Jwk? jwk, out string problem), problem);
            Assert.Equal(type, jwk.Type);
            Assert.Equal(key, jwk.PublicKey.ToArray());
        }
        Assert.Null(Jwk.Of(KeyType.Multikey, [0xec, 1, .. new byte[32]]));
        Assert.Null(Jwk.Of(KeyType.P256, new byte[33]));
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("{}", "crv")]
    [InlineData("""{"kty":"EC","crv":"P-384"}""", "crv")]
    [InlineData("""{"kty":"OKP","crv":"P-256"}""", "kty")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AA"}""", "x:")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns"}""", "y:")]
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vznt","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM"}""",
        "x:"
    )] // unused bits
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns=","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM"}""",
        "x:"
    )] // padding
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJII"}""",
        "other half"
    )]
    [InlineData(
        """{"kty":"EC","crv":"secp256k1","x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns","y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM"}""",
        "curve"
    )]
    [InlineData("""{"kty":"EC","kty":"EC","crv":"P-256"}""", "twice")]
    [InlineData("""{"kty":1}""", "kty: must be text")]
    [InlineData("""{"kty":"EC","color":"red"}""", "color")]
    [InlineData("""{"kty":"EC","crv":"P-256","d":"gPh-VvVS8MbvKQ9LSVVmfnxnKjHn4Tqj0bmbpehRlpc"}""", "private key")]
    [InlineData("""{"kty":"oct","k":"AA"}""", "private key")]
    public void Jwk_OfWhatIsNoPublicKey_SaysWhy(string json, string problem)
    {
        Assert.False(Jwk.TryRead(JsonDocument.Parse(json).RootElement, out Jwk? jwk, out string found));
        Assert.Null(jwk);
        Assert.Contains(problem, found);
        Assert.DoesNotContain("gPh-", found);
    }

    private static string Written(Jwk jwk)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            jwk.Write(json);
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static byte[] Ed25519Key()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.FromBytes(new byte[32]);
        return key.PublicKey.ToArray();
    }

    private static string Hex(int bytes) => string.Concat(Enumerable.Repeat("5a", bytes));
}
