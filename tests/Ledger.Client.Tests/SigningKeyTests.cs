using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

public class SigningKeyTests
{
    private static readonly byte[] OperationBytes = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    [Fact]
    public void Sign_WithSecp256K1_SignsTheOperationId()
    {
        using SigningKey key = SigningKey.Generate();
        byte[] id = new byte[32];
        OperationCodec.ComputeId(OperationBytes, id);

        Signature signature = key.Sign(OperationBytes);

        Assert.Equal("key-1", signature.VerificationMethod);
        Assert.True(Ecdsa.Verify(key.PublicKey.Span, id, signature.Value.Span));
    }

    [Fact]
    public void Sign_WithEd25519_SignsTheMessage()
    {
        using SigningKey key = SigningKey.Generate(KeyType.Ed25519, "laptop");
        byte[] message = [.. OperationCodec.Domain, .. OperationBytes];

        Signature signature = key.Sign(OperationBytes);

        Assert.Equal("laptop", signature.VerificationMethod);
        Assert.True(Ed25519.Verify(key.PublicKey.Span, message, signature.Value.Span));
    }

    [Theory]
    [InlineData(KeyType.Secp256K1)]
    [InlineData(KeyType.Ed25519)]
    public void FromSecret_OfACopiedSecret_IsTheSameKey(KeyType type)
    {
        using SigningKey key = SigningKey.Generate(type);
        byte[] secret = new byte[SigningKey.SecretBytes];
        key.CopySecretTo(secret);

        using SigningKey copy = SigningKey.FromSecret(type, secret);

        Assert.Equal(key.PublicKey, copy.PublicKey);
        Assert.Equal(key.Sign(OperationBytes), copy.Sign(OperationBytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#key-1")]
    [InlineData("Key")]
    [InlineData("123456789012345678901234567890123")]
    public void Generate_WithAnImpossibleName_Throws(string fragment) =>
        Assert.Throws<ArgumentException>(() => SigningKey.Generate(KeyType.Ed25519, fragment));

    [Fact]
    public void FromSecret_OfZero_Throws() =>
        Assert.Throws<ArgumentException>(() => SigningKey.FromSecret(KeyType.Secp256K1, new byte[32]));

    [Fact]
    public void Generate_OfNoType_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SigningKey.Generate(KeyType.Unspecified));

    [Fact]
    public void Sign_AfterDispose_Throws()
    {
        SigningKey key = SigningKey.Generate();
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign(OperationBytes));
    }

    [Fact]
    public void ToVerificationMethod_WithoutPurposes_ServesAllThatTheLedgerAsksFor()
    {
        using SigningKey key = SigningKey.Generate();

        VerificationMethod method = key.ToVerificationMethod();

        Assert.Equal(
            [KeyPurpose.Authentication, KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation],
            method.Purposes
        );
        Assert.Equal(key.PublicKey.ToArray(), method.PublicKey.ToByteArray());
    }

    [Fact]
    public void ToVerificationMethod_WithPurposes_HasThoseAlone()
    {
        using SigningKey key = SigningKey.Generate();

        Assert.Equal([KeyPurpose.AssertionMethod], key.ToVerificationMethod(KeyPurpose.AssertionMethod).Purposes);
    }
}
