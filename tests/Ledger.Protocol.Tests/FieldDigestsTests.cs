using System.Security.Cryptography;
using System.Text;

namespace Ledger.Protocol.Tests;

/// <summary>Roots and paths of named fields, beside a reference that knows nothing of how they are computed.</summary>
public class FieldDigestsTests
{
    public static TheoryData<int> Counts => [.. Enumerable.Range(1, 20), 63, 64, 65, FieldDigests.FieldsMax];

    [Theory]
    [MemberData(nameof(Counts))]
    public void Of_FieldsInAnyOrder_HasTheRootOfTheReference(int count)
    {
        SaltedField[] fields = Fields(count);

        FieldDigests digests = FieldDigests.Of(fields.Reverse());

        Assert.Equal(Reference(fields), digests.Root.ToArray());
        Assert.Equal(fields.Select(static f => f.Name), digests.Fields.Select(static f => f.Name));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Disclose_EveryField_VerifiesAndRoundTrips(int count)
    {
        FieldDigests digests = FieldDigests.Of(Fields(count));

        foreach (SaltedField field in digests.Fields)
        {
            FieldDisclosure read = Read(digests.Disclose(field.Name).ToBytes());
            Assert.Equal(field.Value.ToArray(), read.Field.Value.ToArray());
            Assert.Equal(count, read.Count);
            Assert.True(read.Verify(digests.Root.Span));
        }
    }

    [Fact]
    public void Disclose_TellsNothingOfTheOthers()
    {
        FieldDigests digests = FieldDigests.Of(Fields(8));

        string file = Encoding.UTF8.GetString(digests.Disclose("field-0003").ToBytes());

        Assert.DoesNotContain("field-0004", file);
        Assert.Throws<ArgumentException>(() => digests.Disclose("field-9999"));
    }

    [Fact]
    public void Verify_OfAnythingChanged_IsFalse()
    {
        FieldDigests digests = FieldDigests.Of(Fields(7));
        string file = Encoding.UTF8.GetString(digests.Disclose("field-0003").ToBytes());
        string[] changes =
        [
            file.Replace("field-0003", "field-0002", StringComparison.Ordinal),
            file.Replace("\"index\": 3", "\"index\": 2", StringComparison.Ordinal),
            file.Replace("\"count\": 7", "\"count\": 4", StringComparison.Ordinal), // another shape of tree
            .. Strings(file).Select(text => file.Replace(text, Changed(text), StringComparison.Ordinal)),
        ];

        Assert.All(changes, changed => Assert.NotEqual(file, changed));
        Assert.All(changes, changed => Assert.False(Read(Encoding.UTF8.GetBytes(changed)).Verify(digests.Root.Span)));
        Assert.False(Read(Encoding.UTF8.GetBytes(file)).Verify(FieldDigests.Of(Fields(8)).Root.Span));
        Assert.False(Read(Encoding.UTF8.GetBytes(file)).Verify([]));
    }

    [Fact]
    public void Of_PartsThatJoinToTheSameBytes_HasDifferentRoots()
    {
        byte[] salt = new byte[16];
        SaltedField one = new("ab", salt, "c"u8.ToArray());
        SaltedField other = new("a", salt, "bc"u8.ToArray());

        Assert.NotEqual(FieldDigests.Of([one]).Root.ToArray(), FieldDigests.Of([other]).Root.ToArray());
    }

    [Fact]
    public void Of_FieldsThatAreNotOfTheirForm_Throws()
    {
        SaltedField field = Fields(1)[0];

        Assert.Throws<ArgumentException>(() => FieldDigests.Of([]));
        Assert.Throws<ArgumentException>(() => FieldDigests.Of([field, field with { Value = "x"u8.ToArray() }]));
        Assert.Throws<ArgumentException>(() => FieldDigests.Of([field with { Salt = new byte[15] }]));
        Assert.Throws<ArgumentException>(() => FieldDigests.Of([field with { Name = "Upper" }]));
        Assert.Throws<ArgumentException>(() =>
            FieldDigests.Of([field with { Value = new byte[FieldDigests.ValueBytesMax + 1] }])
        );
        Assert.Throws<ArgumentException>(() => FieldDigests.Of(Fields(FieldDigests.FieldsMax + 1)));
    }

    [Fact]
    public void ReadFields_OfWhatWasWritten_IsTheSame()
    {
        FieldDigests digests = FieldDigests.Of(Fields(64));

        Assert.True(FieldFiles.TryReadFields(FieldFiles.Write(digests), out FieldDigests? read, out string problem));

        Assert.Equal("", problem);
        Assert.Equal(digests.Root.ToArray(), read.Root.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"format\": 1, \"fields\": []}")]
    [InlineData("{\"format\": \"ledger-fields@v2\", \"fields\": []}")]
    [InlineData("{\"format\": \"ledger-fields@v1\", \"fields\": []}")]
    [InlineData("{\"format\": \"ledger-fields@v1\", \"fields\": [1]}")]
    [InlineData(
        "{\"format\": \"ledger-fields@v1\", \"fields\": [{\"name\": \"a\", \"salt\": \"AA\", \"value\": \"\"}]}"
    )]
    [InlineData("{\"format\": \"ledger-fields@v1\", \"format\": \"ledger-fields@v1\", \"fields\": []}")]
    public void ReadFields_OfAnythingElse_SaysSo(string file)
    {
        Assert.False(FieldFiles.TryReadFields(Encoding.UTF8.GetBytes(file), out _, out string problem));
        Assert.NotEqual("", problem);
        Assert.False(FieldDisclosure.TryParse(Encoding.UTF8.GetBytes(file), out _, out problem));
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void ReadFields_WithANameTwice_SaysSo()
    {
        string file = Encoding
            .UTF8.GetString(FieldFiles.Write(FieldDigests.Of(Fields(2))))
            .Replace("field-0001", "field-0000", StringComparison.Ordinal);

        Assert.False(FieldFiles.TryReadFields(Encoding.UTF8.GetBytes(file), out _, out string problem));
        Assert.Contains("distinct names", problem);
    }

    // Every third value is empty.
    private static SaltedField[] Fields(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(static i => new SaltedField(
                    $"field-{i:D4}",
                    SHA256.HashData(BitConverter.GetBytes(i))[..16],
                    i % 3 == 0 ? default(ReadOnlyMemory<byte>) : Encoding.UTF8.GetBytes($"value {i}")
                )),
        ];

    // RFC 6962, section 2.1, word for word, over leaves that are put together by hand.
    private static byte[] Reference(SaltedField[] fields)
    {
        return Root([.. fields.Select(Leaf)]);

        static byte[] Leaf(SaltedField field) =>
            [
                .. "ledger.v1.Field\n"u8,
                .. Part(field.Salt.ToArray()),
                .. Part(Encoding.UTF8.GetBytes(field.Name)),
                .. Part(field.Value.ToArray()),
            ];

        static byte[] Part(byte[] bytes) =>
            [
                (byte)(bytes.Length >> 24),
                (byte)(bytes.Length >> 16),
                (byte)(bytes.Length >> 8),
                (byte)bytes.Length,
                .. bytes,
            ];

        static byte[] Root(byte[][] leaves)
        {
            if (leaves.Length == 1)
            {
                return SHA256.HashData([0, .. leaves[0]]);
            }

            int k = 1;
            while (k * 2 < leaves.Length)
            {
                k *= 2;
            }

            return SHA256.HashData([1, .. Root(leaves[..k]), .. Root(leaves[k..])]);
        }
    }

    private static FieldDisclosure Read(byte[] file)
    {
        Assert.True(FieldDisclosure.TryParse(file, out FieldDisclosure? read, out string problem), problem);
        return read;
    }

    // The texts of the file that are bytes: salt, value and hashes.
    private static IEnumerable<string> Strings(string file) =>
        file.Split('"')
            .Where(static text =>
                text.Length >= 8
                && !text.Contains('-', StringComparison.Ordinal)
                && !text.Contains(' ', StringComparison.Ordinal)
                && !text.Contains('\n', StringComparison.Ordinal)
            );

    private static string Changed(string text) => (text[0] == 'A' ? 'B' : 'A') + text[1..];
}
