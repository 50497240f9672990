using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol.Tests;

public sealed class SignedNoteTests
{
    // Published examples: the note of Go's sumdb/note package, and a head of the Go checksum database.
    private const string FooKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string FooText = "This is an example message.\n";
    private const string FooLine =
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    private const string SumKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    private const string SumText = "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n";
    private const string SumLine =
        "— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n";

    private static readonly VerifierKey Foo = VerifierKey.Parse(FooKey);
    private static readonly VerifierKey Sum = VerifierKey.Parse(SumKey);

    [Theory]
    [InlineData(FooKey, FooText, FooLine)]
    [InlineData(SumKey, SumText, SumLine)]
    public void Verify_PublishedNotes_AreSigned(string key, string text, string line)
    {
        SignedNote note = Parse($"{text}\n{line}");
        Assert.Equal(text, note.Text);
        Assert.Equal(VerifierKey.Parse(key).Name, note.Signatures[0].KeyName);
        Assert.True(note.Verify([VerifierKey.Parse(key)], out string problem), problem);
        Assert.Equal("", problem);
    }

    [Fact]
    public void Verify_AnyByteOfThePublishedNoteChanged_IsNotSigned()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{FooText}\n{FooLine}");
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] tampered = [.. bytes];
                tampered[i] ^= (byte)(1 << bit);
                bool signed = SignedNote.TryParse(tampered, out SignedNote? note, out _) && note.Verify([Foo], out _);
                Assert.False(signed, $"bit {bit} of byte {i}");
            }
        }
    }

    [Fact]
    public void Verify_KnownKeyWithWrongSignature_RefusesTheWholeNote()
    {
        string wrong = FooLine.Replace("kn8s", "kn8t", StringComparison.Ordinal);
        Assert.False(Parse($"{FooText}\n{wrong}").Verify([Foo], out _));
        Assert.False(Parse($"{FooText}\n{FooLine}{wrong}").Verify([Foo], out _));
        Assert.False(Parse($"{FooText}\n{wrong}{FooLine}").Verify([Foo], out _));
        // The other key's line is well-formed, and not one of this text.
        Assert.True(Parse($"{FooText}\n{FooLine}{SumLine}").Verify([Foo], out _));
        Assert.False(Parse($"{FooText}\n{FooLine}{SumLine}").Verify([Foo, Sum], out string problem));
        Assert.Contains("sum.golang.org", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LinesOfUnknownKeys_AreIgnored()
    {
        // Keys that share the name or the id of a known key, but not both; another type of signature, of another length.
        string line = FooLine.Replace("example.com/foo ", "example.com/bar ", StringComparison.Ordinal);
        string otherId = "— example.com/foo " + Convert.ToBase64String([1, 2, 3, 4, 5]) + "\n";
        string postQuantum = "— pq.example " + Convert.ToBase64String(new byte[5_000]) + "\n";
        SignedNote note = Parse($"{FooText}\n{line}{otherId}{FooLine}{postQuantum}");
        Assert.True(note.Verify([Foo], out _));
        Assert.False(Parse($"{FooText}\n{line}{otherId}").Verify([Foo], out string problem));
        Assert.NotEqual("", problem);
        Assert.False(note.Verify([], out _));
    }

    [Fact]
    public void TryParse_ManySignatures_AreTakenUpToTheLimit()
    {
        string Lines(int count) =>
            string.Concat(
                Enumerable.Range(0, count).Select(i => $"— w{i}.example {Convert.ToBase64String(new byte[68])}\n")
            );
        Assert.True(Parse($"{FooText}\n{Lines(15)}{FooLine}").Verify([Foo], out _));
        Assert.Equal(Limits.NoteSignaturesMax, Parse($"{FooText}\n{Lines(Limits.NoteSignaturesMax)}").Signatures.Count);
        AssertMalformed($"{FooText}\n{Lines(Limits.NoteSignaturesMax + 1)}");
    }

    [Fact]
    public void TryParse_TextWithEmptyLines_EndsAtTheLastOne()
    {
        using Ed25519PrivateKey key = Samples.Ed25519Key("note");
        string text = "\n\none\n\n\ntwo\n\n— not a signature\n";
        byte[] bytes = SignedNote.Sign(text, "a.example", key);
        Assert.True(SignedNote.TryParse(bytes, out SignedNote? note, out _));
        Assert.Equal(text, note.Text);
        Assert.True(note.Verify([VerifierKey.ForEd25519("a.example", key.PublicKey)], out _));
    }

    [Fact]
    public void TryParse_TooLarge_IsRefused()
    {
        string filler = new('a', Limits.NoteBytesMax - FooLine.Length - 4); // the dash has three bytes
        Assert.Equal(Limits.NoteBytesMax, Encoding.UTF8.GetByteCount($"{filler}\n\n{FooLine}"));
        Parse($"{filler}\n\n{FooLine}");
        AssertMalformed($"{filler}a\n\n{FooLine}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n— a.example AAAAAAA=\n")] // no empty line
    [InlineData("text\n\n— a.example AAAAAAA=")] // no newline at the end
    [InlineData("text\n\n— a.example AAAAAAA=\n\n")] // an empty line after it
    [InlineData("text\n\n— a.example AAAAAAA=\nrubbish\n")]
    [InlineData("text\n\n- a.example AAAAAAA=\n")] // a hyphen
    [InlineData("text\n\n– a.example AAAAAAA=\n")] // an en dash
    [InlineData("text\n\n—a.example AAAAAAA=\n")]
    [InlineData("text\n\n—  a.example AAAAAAA=\n")]
    [InlineData("text\n\n— AAAAAAA=\n")] // no name
    [InlineData("text\n\n—  AAAAAAA=\n")] // an empty one
    [InlineData("text\n\n— a+b AAAAAAA=\n")]
    [InlineData("text\n\n— a\u00a0b AAAAAAA=\n")]
    [InlineData("text\n\n— a\u2003b AAAAAAA=\n")]
    [InlineData("text\n\n— a.example\n")]
    [InlineData("text\n\n— a.example \n")]
    [InlineData("text\n\n— a.example AAAAAA==\n")] // a key id and nothing else
    [InlineData("text\n\n— a.example AAAAAAA\n")] // no padding
    [InlineData("text\n\n— a.example AAAAAAB=\n")] // loose bits
    [InlineData("text\n\n— a.example AAAA AAA=\n")]
    [InlineData("text\n\n— a.example AAAAAAA= \n")]
    [InlineData("text\n\n— a.example AAAAAA_=\n")] // the URL alphabet
    [InlineData("te\txt\n\n— a.example AAAAAAA=\n")]
    [InlineData("te\rxt\n\n— a.example AAAAAAA=\n")]
    [InlineData("te\0xt\n\n— a.example AAAAAAA=\n")]
    [InlineData("text\n\n— a.example AAAAAAA=\r\n")]
    public void TryParse_AnythingElse_IsRefused(string note) => AssertMalformed(note);

    [Fact]
    public void TryParse_TheLineOfTheRefusedOnes_IsTakenWhenItIsRight() => Parse("text\n\n— a.example AAAAAAA=\n");

    [Fact]
    public void TryParse_NotUtf8_IsRefused()
    {
        byte[] bytes = [0xff, .. Encoding.UTF8.GetBytes($"{FooText}\n{FooLine}")];
        Assert.False(SignedNote.TryParse(bytes, out _, out string problem));
        Assert.Contains("UTF-8", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no newline", "a.example")]
    [InlineData("control\t\n", "a.example")]
    [InlineData("", "a.example")]
    [InlineData("text\n", "a b")]
    [InlineData("text\n", "a+b")]
    [InlineData("text\n", "")]
    public void Sign_TextOrNameOfNoNote_IsABug(string text, string name)
    {
        using Ed25519PrivateKey key = Samples.Ed25519Key("note");
        Assert.Throws<ArgumentException>(() => SignedNote.Sign(text, name, key));
    }

    private static SignedNote Parse(string note)
    {
        bool parsed = SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out SignedNote? found, out string problem);
        Assert.True(parsed, problem);
        return found!;
    }

    private static void AssertMalformed(string note)
    {
        Assert.False(SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out SignedNote? found, out string problem));
        Assert.Null(found);
        Assert.NotEqual("", problem);
    }
}
