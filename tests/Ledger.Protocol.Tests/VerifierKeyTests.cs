namespace Ledger.Protocol.Tests;

public sealed class VerifierKeyTests
{
    private const string Sum = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

    [Theory]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", 0x530d903au)]
    [InlineData(Sum, 0x033de0aeu)] // its base64 has a '+'
    [InlineData("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", 0x33d7b496u)]
    public void Parse_PublishedKeys_AreWrittenAsTheyWere(string text, uint keyId)
    {
        VerifierKey key = VerifierKey.Parse(text);
        Assert.Equal(text, key.ToString());
        Assert.Equal(keyId, key.KeyId);
        Assert.Equal(text[..text.IndexOf('+', StringComparison.Ordinal)], key.Name);
        Assert.Equal(VerifierKey.ForEd25519(key.Name, key.PublicKey.Span), key);
        Assert.Equal(VerifierKey.ForEd25519(key.Name, key.PublicKey.Span).GetHashCode(), key.GetHashCode());
        Assert.NotEqual(VerifierKey.ForEd25519("other.example", key.PublicKey.Span), key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sum.golang.org")]
    [InlineData("sum.golang.org+033de0ae")]
    [InlineData("+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
    [InlineData("sum.golang.org+033DE0AE+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
    [InlineData("sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
    [InlineData("sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
    [InlineData("sum.golang.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
    [InlineData("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuA==")] // too short
    [InlineData("sum.golang.org+033de0ae+BM4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")] // type 4
    [InlineData("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n")]
    [InlineData(" sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(VerifierKey.TryParse(text, out VerifierKey? key));
        Assert.Null(key);
        Assert.Throws<FormatException>(() => VerifierKey.Parse(text!));
    }

    [Theory]
    [InlineData("a b", 32)]
    [InlineData("a\u2028b", 32)]
    [InlineData("a+b", 32)]
    [InlineData("", 32)]
    [InlineData("a", 31)]
    public void ForEd25519_NameOrKeyOutOfRange_IsABug(string name, int bytes) =>
        Assert.Throws<ArgumentException>(() => VerifierKey.ForEd25519(name, new byte[bytes]));
}
