namespace Ledger.Protocol.Tests;

/// <summary>The two checksums, on published examples and on every simple error in them.</summary>
public sealed class OrganisationCodesTests
{
    private const string UsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public static TheoryData<string> Usccs => ["91350100M000100Y43", "91110108772551611J", "91440300708461136T"];

    // Of the Global Legal Entity Identifier Foundation, Apple and Deutsche Bank.
    public static TheoryData<string> Leis => ["506700GE1G29325QX363", "HWUPKR0MPOU8FGXBT394", "7LTWFZYICNSX8D621K86"];

    [Theory]
    [MemberData(nameof(Usccs))]
    public void IsUscc_PublishedCode_AndNoErrorInIt(string code)
    {
        Assert.True(OrganisationCodes.IsUscc(code));
        Assert.All(Substitutions(code, UsccAlphabet), wrong => Assert.False(OrganisationCodes.IsUscc(wrong), wrong));
        Assert.All(Transpositions(code), wrong => Assert.False(OrganisationCodes.IsUscc(wrong), wrong));
        Assert.All(Misshapen(code), wrong => Assert.False(OrganisationCodes.IsUscc(wrong), wrong));
        foreach (char c in "IOSVZ") // not in the alphabet
        {
            Assert.False(OrganisationCodes.IsUscc(c + code[1..]));
        }
    }

    [Theory]
    [MemberData(nameof(Leis))]
    public void IsLei_PublishedIdentifier_AndNoErrorInItThatTheDigitsShow(string identifier)
    {
        Assert.True(OrganisationCodes.IsLei(identifier));
        Assert.All(Substitutions(identifier, "0123456789"), wrong => AssertFound(identifier, wrong));
        Assert.All(Substitutions(identifier, Letters), wrong => AssertFound(identifier, wrong));
        Assert.All(Transpositions(identifier), wrong => AssertFound(identifier, wrong));
        Assert.All(Misshapen(identifier), wrong => Assert.False(OrganisationCodes.IsLei(wrong), wrong));
    }

    [Fact]
    public void IsUsccAndIsLei_Null_AreNot()
    {
        Assert.False(OrganisationCodes.IsUscc(null));
        Assert.False(OrganisationCodes.IsLei(null));
    }

    // A letter counts as two digits. Where a letter and a digit stand for each other the rest moves by a place, which MOD 97-10 finds in
    // 96 of 97 cases; and of neighbours that changed places, B and 1, M and 2, X and 3 leave the same remainder. All else is found.
    private static void AssertFound(string identifier, string wrong)
    {
        int first = Enumerable.Range(0, identifier.Length).First(i => identifier[i] != wrong[i]);
        bool isSameKind = char.IsAsciiDigit(identifier[first]) == char.IsAsciiDigit(wrong[first]);
        bool isTransposed = identifier[(first + 1)..] != wrong[(first + 1)..];
        string pair = string.Concat(wrong.Substring(first, Math.Min(2, wrong.Length - first)).Order());
        if (isSameKind || (isTransposed && pair is not ("1B" or "2M" or "3X")))
        {
            Assert.False(OrganisationCodes.IsLei(wrong), wrong);
        }
    }

    [Fact]
    public void IsLei_ErrorsThatTheCheckDigitsDoNotShow_AreTaken() =>
        Assert.True(OrganisationCodes.IsLei("506700GE1G29325Q3X63"));

    // Every text that differs in one character.
    private static IEnumerable<string> Substitutions(string text, string alphabet) =>
        from i in Enumerable.Range(0, text.Length)
        from c in alphabet
        where c != text[i]
        select text[..i] + c + text[(i + 1)..];

    // Every text with two neighbours that changed places.
    private static IEnumerable<string> Transpositions(string text) =>
        from i in Enumerable.Range(0, text.Length - 1)
        where text[i] != text[i + 1]
        select text[..i] + text[i + 1] + text[i] + text[(i + 2)..];

    private static string[] Misshapen(string text) =>
        [
            "",
            text[1..],
            text[..^1],
            "0" + text,
            text + " ",
            " " + text[1..],
            text.ToLowerInvariant(),
            text[..^1] + "\uff13",
        ];
}
