namespace Ledger.Protocol.Tests;

public sealed class TextSyntaxTests
{
    [Theory]
    [InlineData("https://a.example/path?query=1#fragment", true)]
    [InlineData("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", true)]
    [InlineData("did:web:a.example", true)]
    [InlineData("x+y.z-1:a", true)]
    [InlineData("a:b", true)]
    [InlineData("https://[::1]:8080/", true)]
    [InlineData("a:%20", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData(":a", false)]
    [InlineData("a:", false)]
    [InlineData("a", false)]
    [InlineData("//a.example/", false)]
    [InlineData("1a:b", false)]
    [InlineData("-a:b", false)]
    [InlineData("a_b:c", false)]
    [InlineData("a/b:c", false)]
    [InlineData("a b:c", false)]
    [InlineData("a:b c", false)]
    [InlineData("a:b\n", false)]
    [InlineData("a:b\0", false)]
    [InlineData("a:b\u007f", false)]
    [InlineData("a:<b>", false)]
    [InlineData("a:\"b\"", false)]
    [InlineData("a:b\\c", false)]
    [InlineData("https://ä.example/", false)]
    public void IsUri_Text_NeedsASchemeAndTheCharactersOfRfc3986(string? text, bool expected) =>
        Assert.Equal(expected, TextSyntax.IsUri(text, 512));

    [Theory]
    [InlineData("ledger.example/pilot", true)]
    [InlineData("localhost:7400/a_b-c", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("Ledger.example", false)]
    [InlineData("a b", false)]
    [InlineData("a+b", false)]
    [InlineData("a\n", false)]
    public void IsOrigin_Text_HasNeitherSpacesNorPlus(string? text, bool expected)
    {
        Assert.Equal(expected, TextSyntax.IsOrigin(text));
        Assert.True(!expected || VerifierKey.IsName(text));
    }

    [Fact]
    public void IsOrigin_TooLong_IsNot()
    {
        Assert.True(TextSyntax.IsOrigin(new string('a', Limits.OriginBytesMax)));
        Assert.False(TextSyntax.IsOrigin(new string('a', Limits.OriginBytesMax + 1)));
    }

    [Fact]
    public void IsMediaType_AllowedCharacters_AreThoseOfRfc6838InLowerCase()
    {
        for (char c = '\0'; c < 0x180; c++)
        {
            bool allowed = char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || "!#$&^_.+-".Contains(c);
            Assert.Equal(allowed, TextSyntax.IsMediaType($"a{c}/b"));
            Assert.Equal(allowed, TextSyntax.IsMediaType($"a/b{c}"));
        }
    }

    [Fact]
    public void IsIdAndIsTokenId_AllowedCharacters_AreTheDocumentedOnes()
    {
        for (char c = '\0'; c < 0x180; c++)
        {
            bool allowed = char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || "._:-".Contains(c);
            Assert.Equal(allowed, TextSyntax.IsId($"{c}"));
            Assert.Equal(allowed, TextSyntax.IsTokenId($"{c}"));
            bool alphanumeric = char.IsAsciiLetterOrDigit(c);
            Assert.Equal(alphanumeric, TextSyntax.IsServiceType($"{c}"));
        }
    }

    [Fact]
    public void IsRegionAndIsExternalId_AllowedCharacters_AreTheDocumentedOnes()
    {
        for (char c = '\0'; c < 0x180; c++)
        {
            Assert.Equal(char.IsAsciiLetterOrDigit(c) || c == '-', TextSyntax.IsRegion($"{c}"));
            Assert.Equal(char.IsAsciiLetterOrDigit(c) || "-./()".Contains(c), TextSyntax.IsExternalId($"{c}"));
        }
        Assert.True(TextSyntax.IsRegion(new string('1', Limits.RegionLengthMax)));
        Assert.False(TextSyntax.IsRegion(new string('1', Limits.RegionLengthMax + 1)));
        Assert.True(TextSyntax.IsExternalId(new string('1', Limits.IdLengthMax)));
        Assert.False(TextSyntax.IsExternalId(new string('1', Limits.IdLengthMax + 1)));
        Assert.False(TextSyntax.IsRegion(null));
        Assert.False(TextSyntax.IsExternalId(""));
    }

    [Theory]
    [InlineData("（2026）沪01执123号", true)]
    [InlineData("国网信办发〔2026〕7号", true)]
    [InlineData("《网络安全法》第47条", true)]
    [InlineData("CSL-2016/art.47", true)]
    [InlineData("Art.12:(2)_b", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a b", false)]
    [InlineData("a\tb", false)]
    [InlineData("a\u00a0b", false)] // a space that does not break
    [InlineData("a\u200bb", false)] // has no width
    [InlineData("a\u202eb", false)] // turns the direction of writing
    [InlineData("a\u0301", false)] // combines with what is before it
    [InlineData("a,b", false)]
    [InlineData("a;b", false)]
    [InlineData("a@b", false)]
    [InlineData("<a>", false)]
    public void IsReference_Text_IsSeenAsItIs(string? text, bool expected) =>
        Assert.Equal(expected, TextSyntax.IsReference(text, Limits.LegalBasisLengthMax));
}
