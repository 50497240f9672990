using System.Security.Cryptography;
using System.Text;

namespace Ledger.Protocol.Tests;

public class CommitmentsTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, 16).Select(static i => (byte)i)];

    [Fact]
    public void Commit_IsTheHashOfDomainSaltAndValueEachAfterItsLength()
    {
        byte[] expected = SHA256.HashData([
            .. "ledger.v1.Commitment\n"u8,
            0,
            0,
            0,
            7,
            .. "consent"u8,
            0,
            0,
            0,
            16,
            .. Salt,
            0,
            0,
            0,
            3,
            .. "yes"u8,
        ]);

        Assert.Equal(expected, Commitments.Commit("consent", Salt, "yes"u8));
    }

    [Fact]
    public void Commit_OfAnEmptyValue_IsOne() =>
        Assert.True(Commitments.Opens(Commitments.Commit("consent", Salt, []), "consent", Salt, []));

    [Fact]
    public void Commit_WithAShortSalt_Throws() =>
        Assert.Throws<ArgumentException>(() => Commitments.Commit("consent", Salt.AsSpan(1), "yes"u8));

    [Fact]
    public void Opens_WithAnythingElse_IsFalse()
    {
        byte[] commitment = Commitments.Commit("consent", Salt, "yes"u8);
        byte[] otherSalt = [.. Salt.Select(static b => (byte)(b ^ 1))];

        Assert.True(Commitments.Opens(commitment, "consent", Salt, "yes"u8));
        Assert.False(Commitments.Opens(commitment, "consen", [(byte)'t', .. Salt], "yes"u8));
        Assert.False(Commitments.Opens(commitment, "report", Salt, "yes"u8));
        Assert.False(Commitments.Opens(commitment, "consent", otherSalt, "yes"u8));
        Assert.False(Commitments.Opens(commitment, "consent", Salt, "no"u8));
        Assert.False(Commitments.Opens(commitment, "consent", Salt.AsSpan(1), "yes"u8));
        Assert.False(Commitments.Opens([], "consent", Salt, "yes"u8));
    }

    [Fact]
    public void NewSalt_IsLongEnoughAndNeverTheSame()
    {
        Assert.True(Commitments.NewSalt().Length >= Commitments.SaltBytesMin);
        Assert.NotEqual(Convert.ToHexString(Commitments.NewSalt()), Convert.ToHexString(Commitments.NewSalt()));
    }
}
