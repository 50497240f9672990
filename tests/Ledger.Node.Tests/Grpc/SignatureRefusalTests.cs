using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using Grpc.Core;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Operations that nobody, or the wrong one, has signed, over gRPC: none leaves a trace in the log.</summary>
public class SignatureRefusalTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly BigInteger Order = BigInteger.Parse(
        "0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    [Fact]
    public Task Submit_UnknownActor_SaysSo()
    {
        Operation operation = Scene.Mint("t", scene.Holder);
        operation.Actor = "did:pilot:test:" + new string('a', 52);
        return Refuses(scene.Issuer.Sign(operation), ReasonCode.UnknownActor);
    }

    [Fact]
    public Task Submit_KeyThatTheDocumentLacks_IsUnknownKey()
    {
        SignedOperation signed = Signed();
        signed.Signatures[0].VerificationMethod = "key-2";
        return Refuses(signed, ReasonCode.UnknownKey);
    }

    [Fact]
    public Task Submit_KeyForAnotherPurpose_IsKeyPurpose()
    {
        byte[] bytes = Signed().Operation.ToByteArray();
        return Refuses(
            scene.Issuer.SignBytes(bytes, Signer.LoginKey),
            ReasonCode.KeyPurpose,
            StatusCode.PermissionDenied
        );
    }

    [Fact]
    public Task Submit_NewDidByAKeyThatDoesNotInvoke_IsKeyPurpose()
    {
        Signer signer = new();
        byte[] bytes = signer.Complete(signer.Create).ToByteArray();
        return Refuses(signer.SignBytes(bytes, Signer.LoginKey), ReasonCode.KeyPurpose, StatusCode.PermissionDenied);
    }

    [Fact]
    public Task Submit_NoSignature_IsSignatureCount()
    {
        SignedOperation signed = Signed();
        signed.Signatures.Clear();
        return Refuses(signed, ReasonCode.SignatureCount);
    }

    [Fact]
    public Task Submit_TwoSignaturesByOneKey_IsSignatureCount()
    {
        SignedOperation signed = Signed();
        signed.Signatures.Add(signed.Signatures[0].Clone());
        return Refuses(signed, ReasonCode.SignatureCount);
    }

    [Fact]
    public Task Submit_NineSignatures_IsSignatureCount()
    {
        SignedOperation signed = Signed();
        for (int i = 2; i <= 9; i++)
        {
            signed.Signatures.Add(
                new Signature { VerificationMethod = $"key-{i}", Value = signed.Signatures[0].Value }
            );
        }

        return Refuses(signed, ReasonCode.SignatureCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(72)]
    public Task Submit_SignatureOfWrongLength_IsSignatureLength(int length) =>
        Refuses(
            WithSignature((rs, _) => length <= 64 ? rs[..length] : [.. rs, .. new byte[length - 64]]),
            ReasonCode.SignatureLength
        );

    [Fact]
    public Task Submit_HighS_IsSignatureHighS() =>
        Refuses(
            WithSignature((rs, _) => [.. rs[..32], .. Number(Order - Number(rs[32..]))]),
            ReasonCode.SignatureHighS
        );

    [Theory]
    [InlineData(0, "0")]
    [InlineData(32, "0")]
    [InlineData(0, "n")]
    [InlineData(32, "n")]
    [InlineData(0, "n+1")]
    [InlineData(0, "max")]
    [InlineData(32, "max")]
    public Task Submit_NumberOutOfRange_IsSignatureRange(int at, string what) =>
        Refuses(
            WithSignature(
                (rs, _) =>
                {
                    BigInteger number = what switch
                    {
                        "0" => BigInteger.Zero,
                        "n" => Order,
                        "n+1" => Order + 1,
                        _ => (BigInteger.One << 256) - 1,
                    };
                    Number(number).CopyTo(rs, at);
                    return rs;
                }
            ),
            ReasonCode.SignatureRange
        );

    [Fact]
    public Task Submit_AllZeroSignature_IsSignatureRange() =>
        Refuses(WithSignature((_, _) => new byte[64]), ReasonCode.SignatureRange);

    [Fact]
    public Task Submit_SignatureOfAnotherOperation_IsBadSignature() =>
        Refuses(
            WithSignature((_, _) => scene.Issuer.SignatureOf(Signed().Operation.ToByteArray())),
            ReasonCode.BadSignature
        );

    [Fact]
    public Task Submit_SignatureByAnotherActor_IsBadSignature() =>
        Refuses(WithSignature((_, bytes) => scene.Holder.SignatureOf(bytes)), ReasonCode.BadSignature);

    [Fact]
    public Task Submit_SignatureByAnotherKeyOfTheActor_IsBadSignature() =>
        Refuses(WithSignature((_, bytes) => scene.Issuer.SignatureOf(bytes, Signer.LoginKey)), ReasonCode.BadSignature);

    [Fact]
    public async Task Submit_OneBadSignatureOfTwo_IsBadSignature()
    {
        using Secp256k1PrivateKey second = Secp256k1PrivateKey.Generate();
        Signer signer = new();
        Operation create = signer.Create;
        VerificationMethod method = create.CreateDid.Document.VerificationMethods[0].Clone();
        method.Fragment = "key-2";
        method.PublicKey = ByteString.CopyFrom(second.PublicKey);
        create.CreateDid.Document.VerificationMethods.Add(method);
        SignedOperation signed = signer.Sign(create);
        signed.Signatures.Add(new Signature { VerificationMethod = "key-2", Value = signed.Signatures[0].Value });

        RpcException error = await Refuses(signed, ReasonCode.BadSignature);

        Assert.Contains("#key-2", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_Ed25519_IsJudgedByItsOwnRange()
    {
        using Ed25519PrivateKey key = Ed25519PrivateKey.Generate();
        Signer signer = new();
        Operation create = signer.Create;
        VerificationMethod method = create.CreateDid.Document.VerificationMethods[0];
        method.Type = KeyType.Ed25519;
        method.PublicKey = ByteString.CopyFrom(key.PublicKey);
        SignedOperation signed = signer.Sign(create);
        byte[] signature = new byte[64];
        key.Sign([.. "ledger.v1.Operation\n"u8, .. signed.Operation.Span], signature);

        // s + L verifies with the equation alone: the twin that RFC 8032, section 5.1.7, refuses.
        BigInteger groupOrder =
            (BigInteger.One << 252)
            + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);
        byte[] twin = [.. signature];
        (new BigInteger(signature.AsSpan(32), isUnsigned: true) + groupOrder).TryWriteBytes(
            twin.AsSpan(32),
            out _,
            isUnsigned: true
        );
        signed.Signatures[0].Value = ByteString.CopyFrom(twin);
        await Refuses(signed, ReasonCode.SignatureRange);

        signed.Signatures[0].Value = ByteString.CopyFrom([.. signature[..63], (byte)(signature[63] ^ 1)]);
        await Refuses(signed, ReasonCode.BadSignature);

        signed.Signatures[0].Value = ByteString.CopyFrom(signature);
        await scene.Apply(signed);
    }

    [Fact]
    public async Task Submit_ByADeactivatedActor_IsActorDeactivated()
    {
        Signer signer = await scene.Register();
        byte[] last = await LastOperation(signer);
        await scene.Apply(
            signer,
            new Operation
            {
                DeactivateDid = new DeactivateDid { Did = signer.Did, Previous = ByteString.CopyFrom(last) },
            }
        );

        await Refuses(
            signer.Sign(Scene.Mint("t", scene.Holder)),
            ReasonCode.ActorDeactivated,
            StatusCode.FailedPrecondition
        );
    }

    [Fact]
    public async Task Submit_ByAReplacedKey_IsBadSignature()
    {
        Signer before = await scene.Register();
        Signer after = new();
        await scene.Apply(
            before,
            new Operation
            {
                UpdateDid = new UpdateDid
                {
                    Did = before.Did,
                    Previous = ByteString.CopyFrom(await LastOperation(before)),
                    Document = after.Document,
                },
            }
        );

        await Refuses(before.Sign(Scene.Mint("t", scene.Holder)), ReasonCode.BadSignature);
    }

    private async Task<byte[]> LastOperation(Signer signer)
    {
        ResolveResponse resolved = await scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = signer.Did });
        return resolved.Record.LastOperation.ToByteArray();
    }

    private SignedOperation Signed() => scene.Issuer.Sign(Scene.Mint("never", scene.Holder));

    // An operation of the issuer with another signature: made from the right one and the operation's bytes.
    private SignedOperation WithSignature(Func<byte[], byte[], byte[]> change)
    {
        SignedOperation signed = Signed();
        byte[] rs = signed.Signatures[0].Value.ToByteArray();
        signed.Signatures[0].Value = ByteString.CopyFrom(change(rs, signed.Operation.ToByteArray()));
        return signed;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Number(BigInteger number)
    {
        byte[] bytes = new byte[32];
        byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, 32 - digits.Length);
        return bytes;
    }

    private Task<RpcException> Refuses(
        SignedOperation signed,
        ReasonCode reason,
        StatusCode status = StatusCode.Unauthenticated
    ) => scene.RefusesUnrecorded(signed, status, reason);
}
