using System.Security.Cryptography;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public sealed class UpdateKeysTests
{
    private static readonly VerificationMethod A = Samples.Method("a", KeyPurpose.CapabilityInvocation);
    private static readonly VerificationMethod B = Samples.Ed25519Method("b", KeyPurpose.CapabilityInvocation);
    private static readonly VerificationMethod C = Samples.Method("c", KeyPurpose.CapabilityInvocation);

    [Fact]
    public void Commit_Keys_IsTheHashThatIsDocumented()
    {
        // "ledger.v1.NextKeys\n", then type and key of each in ascending order: 0x01 of secp256k1 before 0x02 of Ed25519.
        string[] curve = [Hex(A), Hex(C)];
        Array.Sort(curve, StringComparer.Ordinal);
        string message = Convert.ToHexString("ledger.v1.NextKeys\n"u8) + $"01{curve[0]}01{curve[1]}02{Hex(B)}";
        Assert.Equal(
            Convert.ToHexString(SHA256.HashData(Convert.FromHexString(message))),
            Convert.ToHexString(UpdateKeys.Commit(Document(C, B, A)))
        );
    }

    [Fact]
    public void Commit_OrderNamesTwinsAndOtherKeys_MakeNoDifference()
    {
        byte[] expected = UpdateKeys.Commit(Document(A, B));
        VerificationMethod twin = A.Clone();
        twin.Fragment = "twin";
        twin.Purposes.Insert(0, KeyPurpose.AssertionMethod);
        DidDocument other = Document(B, twin, A, Samples.Method("d", KeyPurpose.AssertionMethod));
        other.UpdateThreshold = 2;
        Assert.Equal(expected, UpdateKeys.Commit(other));
        Assert.NotEqual(expected, UpdateKeys.Commit(Document(A)));
        Assert.NotEqual(expected, UpdateKeys.Commit(Document(A, B, C)));
    }

    [Fact]
    public void CountDistinct_KeyUnderTwoNames_IsOne()
    {
        VerificationMethod twin = A.Clone();
        twin.Fragment = "twin";
        Assert.Equal(2, UpdateKeys.CountDistinct([A, twin, B, A]));
        Assert.Equal(0, UpdateKeys.CountDistinct([]));
        Assert.Equal(1, UpdateKeys.CountDistinct(Document(A, Samples.Method("d", KeyPurpose.AssertionMethod))));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(8, 8)]
    public void Threshold_WhatIsNotSaid_IsOne(uint said, int expected)
    {
        DidDocument document = Document(A);
        document.UpdateThreshold = said;
        Assert.Equal(expected, UpdateKeys.Threshold(document));
    }

    private static DidDocument Document(params VerificationMethod[] methods) =>
        new() { VerificationMethods = { methods } };

    private static string Hex(VerificationMethod method) => Convert.ToHexString(method.PublicKey.Span);
}
