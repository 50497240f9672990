using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public sealed class OperationCodecTests
{
    private static readonly Operation Burn = Samples.With(new Burn { ClassId = "c", TokenId = "t" });

    [Fact]
    public void Decode_ValidOperation_KeepsItsBytesAndHashesThem()
    {
        byte[] bytes = OperationCodec.Encode(Burn);
        SubmittedOperation operation = Samples.Submit(Burn);
        byte[] message = [.. Encoding.ASCII.GetBytes("ledger.v1.Operation\n"), .. bytes];

        Assert.Equal(bytes, operation.Bytes.ToArray());
        Assert.Equal(message, operation.Message.ToArray());
        Assert.Equal(SHA256.HashData(message), operation.Id.ToArray());
        byte[] id = new byte[32];
        OperationCodec.ComputeId(bytes, id);
        Assert.Equal(id, operation.Id.ToArray());
        Assert.Equal([Samples.Signature()], operation.Signatures);
    }

    [Fact]
    public void Decode_CallerChangesItsBuffer_ChangesNothing()
    {
        byte[] bytes = OperationCodec.Encode(Burn);
        byte[] copy = [.. bytes];
        Assert.True(Samples.Decode(bytes, out SubmittedOperation? operation).IsOk);
        bytes.AsSpan().Clear();
        Assert.Equal(copy, operation!.Bytes.ToArray());
    }

    [Fact]
    public void ComputeId_LargestOperation_IsTheHashOfItsMessage()
    {
        byte[] bytes = new byte[Limits.OperationBytesMax];
        byte[] id = new byte[32];
        OperationCodec.ComputeId(bytes, id);
        Assert.Equal(SHA256.HashData([.. OperationCodec.Domain, .. bytes]), id);
    }

    [Fact]
    public void Decode_SeveralFaults_NamesTheFirstOfTheDocumentedOrder()
    {
        // Each step mends the first fault of what came before.
        SignedOperation signed = new();
        AssertReason(ReasonCode.Empty, signed);
        signed.Operation = ByteString.CopyFrom(new byte[Limits.OperationBytesMax + 1]);
        AssertReason(ReasonCode.TooLarge, signed);
        signed.Operation = ByteString.CopyFrom(new byte[Limits.OperationBytesMax]);
        AssertReason(ReasonCode.Malformed, signed);

        Operation operation = new() { Ledger = "another.example/ledger" };
        byte[] encoded = OperationCodec.Encode(operation);
        signed.Operation = ByteString.CopyFrom([.. encoded, 0x78, 0x01]);
        AssertReason(ReasonCode.UnknownField, signed);
        signed.Operation = ByteString.CopyFrom([.. encoded, 0x12, 0x00]);
        AssertReason(ReasonCode.NotCanonical, signed);
        signed.Operation = ByteString.CopyFrom(encoded);
        AssertReason(ReasonCode.WrongLedger, signed);
        operation.Ledger = Samples.Origin;
        signed.Operation = operation.ToByteString();
        AssertReason(ReasonCode.MissingBody, signed);
        operation.Burn = new Burn();
        signed.Operation = operation.ToByteString();
        AssertReason(ReasonCode.InvalidField, signed);
        signed.Operation = Burn.ToByteString();
        AssertReason(ReasonCode.SignatureCount, signed);
        signed.Signatures.Add(new Signature { VerificationMethod = "a" });
        signed.Signatures.Add(new Signature { VerificationMethod = "a" });
        AssertReason(ReasonCode.SignatureCount, signed);
        signed.Signatures[1].VerificationMethod = "b";
        AssertReason(ReasonCode.SignatureLength, signed);
        signed.Signatures[0].Value = signed.Signatures[1].Value = ByteString.CopyFrom(new byte[64]);
        AssertReason(ReasonCode.Applied, signed);

        static void AssertReason(ReasonCode reason, SignedOperation signed)
        {
            Judgement judgement = OperationCodec.Decode(signed, Samples.Origin, out SubmittedOperation? operation);
            Assert.Equal(reason, judgement.Reason);
            Assert.Equal(judgement.IsOk, operation is not null);
        }
    }

    [Fact]
    public void Decode_OperationAtTheSizeLimit_IsTakenAndOneByteMoreIsNot()
    {
        Operation operation = Samples.With(Samples.BatchMint());
        while (operation.CalculateSize() < Limits.OperationBytesMax)
        {
            int room = Limits.OperationBytesMax - operation.CalculateSize();
            operation.BatchMint.Items.Add(new MintItem { TokenId = new string('x', Math.Clamp(room - 4, 1, 126)) });
        }
        Assert.Equal(Limits.OperationBytesMax, operation.CalculateSize());
        SubmittedOperation taken = Samples.Submit(operation);
        Assert.Equal(Limits.OperationBytesMax, taken.Bytes.Length);

        operation.BatchMint.Items[^1].TokenId += "x";
        Assert.Equal(ReasonCode.TooLarge, Samples.Decode(OperationCodec.Encode(operation), out _).Reason);
    }

    [Theory]
    [InlineData(1, ReasonCode.Applied)]
    [InlineData(8, ReasonCode.Applied)]
    [InlineData(9, ReasonCode.SignatureCount)]
    public void Decode_NumberOfSignatures_IsBounded(int count, ReasonCode reason)
    {
        Signature[] signatures = [.. Enumerable.Range(0, count).Select(i => Samples.Signature($"key-{i}"))];
        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(Burn),
            signatures,
            Samples.Origin,
            out SubmittedOperation? operation
        );
        Assert.Equal(reason, judgement.Reason);
        Assert.Equal(judgement.IsOk ? count : 0, operation?.Signatures.Count ?? 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(72)]
    public void Decode_SignatureNotOf64Bytes_IsSignatureLength(int length)
    {
        Signature signature = new() { VerificationMethod = "key-1", Value = ByteString.CopyFrom(new byte[length]) };
        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(Burn),
            [Samples.Signature("key-0"), signature],
            Samples.Origin,
            out _
        );
        Assert.Equal(ReasonCode.SignatureLength, judgement.Reason);
        Assert.StartsWith("signatures[1].value:", judgement.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#key-1")]
    [InlineData("Key-1")]
    [InlineData("key_1")]
    [InlineData("kéy")]
    [InlineData("a234567890123456789012345678901234")]
    public void Decode_SignatureOfNoFragment_IsInvalidField(string name)
    {
        Judgement judgement = OperationCodec.Decode(
            OperationCodec.Encode(Burn),
            [Samples.Signature(name)],
            Samples.Origin,
            out _
        );
        Assert.Equal(ReasonCode.InvalidField, judgement.Reason);
        Assert.StartsWith("signatures[0].verification_method:", judgement.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ActorDid_OperationThatCreatesIt_IsDerivedFromItsId()
    {
        SubmittedOperation create = Samples.Submit(Samples.With(new CreateDid { Document = Samples.Document() }));
        Assert.True(create.CreatesActor);
        Assert.Equal(DidSyntax.FromOperationId("net-1", create.Id.Span), create.ActorDid("net-1"));

        SubmittedOperation found = Samples.Submit(
            Samples.With(new FoundLedger { Network = "net-2", Supervisor = Samples.Document() })
        );
        Assert.True(found.CreatesActor);
        Assert.Equal(DidSyntax.FromOperationId("net-2", found.Id.Span), found.ActorDid("net-1"));

        SubmittedOperation burn = Samples.Submit(Burn);
        Assert.False(burn.CreatesActor);
        Assert.Equal(Samples.Alice, burn.ActorDid("net-1"));
    }

    [Fact]
    public void RequiredPurpose_EveryBody_IsInvocationForDidsAndAssertionForTheRest()
    {
        foreach (Operation operation in Samples.All())
        {
            KeyPurpose expected = operation.BodyCase.ToString() switch
            {
                "FoundLedger" or "CreateDid" or "UpdateDid" or "DeactivateDid" or "ChangeRecovery" =>
                    KeyPurpose.CapabilityInvocation,
                "RecoverDid" or "CancelRecovery" => KeyPurpose.Unspecified, // recovery keys have no purpose
                _ => KeyPurpose.AssertionMethod,
            };
            Assert.Equal(expected, Samples.Submit(operation).RequiredPurpose);
        }
    }

    [Theory]
    [InlineData(KeyType.Secp256K1, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData(KeyType.P256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")]
    public void CheckSignatureForm_Ecdsa_TakesRAndLowSInRangeOnly(KeyType type, string order)
    {
        BigInteger n = Big(order);
        BigInteger half = n / 2;
        BigInteger max = (BigInteger.One << 256) - 1;
        (BigInteger R, BigInteger S, ReasonCode Reason)[] cases =
        [
            (1, 1, ReasonCode.Applied),
            (n - 1, half, ReasonCode.Applied),
            (n - 1, half + 1, ReasonCode.SignatureHighS),
            (1, n - 1, ReasonCode.SignatureHighS),
            (0, 1, ReasonCode.SignatureRange),
            (1, 0, ReasonCode.SignatureRange),
            (n, 1, ReasonCode.SignatureRange),
            (1, n, ReasonCode.SignatureRange),
            (max, max, ReasonCode.SignatureRange),
        ];
        foreach ((BigInteger r, BigInteger s, ReasonCode reason) in cases)
        {
            byte[] signature = [.. Bytes(r), .. Bytes(s)];
            Assert.Equal(reason, OperationCodec.CheckSignatureForm(type, signature).Reason);
        }
        Assert.Equal(ReasonCode.SignatureLength, OperationCodec.CheckSignatureForm(type, new byte[63]).Reason);
    }

    [Fact]
    public void CheckSignatureForm_Ed25519_TakesSBelowTheOrderOnly()
    {
        BigInteger order = (BigInteger.One << 252) + BigInteger.Parse("27742317777372353535851937790883648493");
        (BigInteger S, ReasonCode Reason)[] cases =
        [
            (0, ReasonCode.Applied),
            (order - 1, ReasonCode.Applied),
            (order, ReasonCode.SignatureRange),
            (order + 1, ReasonCode.SignatureRange),
            ((BigInteger.One << 256) - 1, ReasonCode.SignatureRange),
        ];
        foreach ((BigInteger s, ReasonCode reason) in cases)
        {
            byte[] littleEndian = Bytes(s);
            Array.Reverse(littleEndian);
            byte[] signature = [.. new byte[32], .. littleEndian];
            Assert.Equal(reason, OperationCodec.CheckSignatureForm(KeyType.Ed25519, signature).Reason);
        }
        Assert.Equal(ReasonCode.SignatureLength, OperationCodec.CheckSignatureForm(KeyType.Ed25519, []).Reason);
    }

    [Fact]
    public void CheckSignatureForm_RealSignatures_AreOk()
    {
        SubmittedOperation operation = Samples.Submit(Burn);
        byte[] signature = new byte[64];
        using Secp256k1PrivateKey secp256k1 = Samples.Secp256k1("a");
        secp256k1.Sign(operation.Id.Span, signature);
        Assert.True(OperationCodec.CheckSignatureForm(KeyType.Secp256K1, signature).IsOk);
        using Ed25519PrivateKey ed25519 = Samples.Ed25519Key("a");
        ed25519.Sign(operation.Message.Span, signature);
        Assert.True(OperationCodec.CheckSignatureForm(KeyType.Ed25519, signature).IsOk);
    }

    [Fact]
    public void CheckSignatureForm_NoKeyType_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            OperationCodec.CheckSignatureForm(KeyType.Unspecified, new byte[64])
        );

    [Fact]
    public void Decode_CreateDid_AllocatesLittle()
    {
        byte[] bytes = OperationCodec.Encode(Samples.With(new CreateDid { Document = Samples.Document() }));
        Signature[] signatures = [Samples.Signature()];
        for (int i = 0; i < 100; i++)
        {
            Assert.True(OperationCodec.Decode(bytes, signatures, Samples.Origin, out _).IsOk);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        OperationCodec.Decode(bytes, signatures, Samples.Origin, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // The parsed messages, their strings and byte strings, and one buffer. 1,040 bytes when this was written.
        Assert.True(allocated <= 1_150, $"{allocated} bytes");
    }

    private static BigInteger Big(string hex) => new(Convert.FromHexString(hex), isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = new byte[32];
        byte[] minimal = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        minimal.CopyTo(bytes.AsSpan(32 - minimal.Length));
        return bytes;
    }
}
