using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.Protocol.Tests;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>An operation on its way from one signer to the next: what is read is what was written, or is refused by name.</summary>
public sealed class OperationFileTests : IDisposable
{
    private const string Origin = "ledger.example/test";

    private readonly SigningKey _alice = SigningKey.Generate(KeyType.Secp256K1, "alice");
    private readonly SigningKey _bob = SigningKey.Generate(KeyType.Ed25519, "bob");
    private readonly OperationSigner _signer = new(Origin, TimeSpan.FromDays(1));
    private readonly byte[] _created;
    private readonly string _did;

    public OperationFileTests()
    {
        DidDocument document = new()
        {
            VerificationMethods = { _alice.ToVerificationMethod(), _bob.ToVerificationMethod() },
            UpdateThreshold = 2,
        };
        PreparedOperation created = _signer.SignNew(
            [_alice, _bob],
            new Operation { CreateDid = new CreateDid { Document = document } }
        );
        _created = created.Submitted.Bytes.ToArray();
        _did = created.Submitted.ActorDid("test");
    }

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
    }

    [Fact]
    public void Parse_OfWhatWasWritten_IsTheSame()
    {
        OperationFile file = NewFile().Sign(_alice).Sign(_bob);

        OperationFile read = OperationFile.Parse(file.ToBytes());

        Assert.Equal(file.ToBytes(), read.ToBytes());
        Assert.Equal(file.Operation, read.Operation);
        Assert.Equal(file.Id.ToArray(), read.Id.ToArray());
        Assert.Equal(file.Signatures, read.Signatures);
        Assert.Equal(2, read.Threshold);
        PreparedOperation operation = read.ToOperation(Origin);
        Assert.Equal(["alice", "bob"], operation.SignedOperation.Signatures.Select(static s => s.VerificationMethod));
    }

    [Fact]
    public void Words_OfAnUpdate_SayWhatChangesAndEveryFieldThatIsSigned()
    {
        OperationFile file = NewFile();

        Assert.Equal($"Replace the document of {_did}.", file.Words[0]);
        Assert.Contains($"Ledger: {Origin}", file.Words);
        Assert.Contains(
            file.Words,
            static line => line.StartsWith("- removes the key bob (", StringComparison.Ordinal)
        );
        Assert.Contains("- adds the alias https://a.example", file.Words);
        Assert.Contains("- asks for 1 signature of update keys instead of 2", file.Words);
        Assert.Contains("    also known as: https://a.example", file.Words);
        Assert.Contains("      fragment: alice", file.Words);
    }

    [Fact]
    public void Words_WithoutTheOperationBefore_SayTheWholeNewDocument()
    {
        OperationFile file = NewFile(withPrevious: false);

        Assert.DoesNotContain(file.Words, static line => line.StartsWith("- ", StringComparison.Ordinal));
        Assert.Contains("    also known as: https://a.example", file.Words);
        Assert.Equal(file.ToBytes(), OperationFile.Parse(file.ToBytes()).ToBytes());
    }

    [Fact]
    public void Words_OfEveryVerb_NameEveryTextThatIsSigned()
    {
        foreach (Operation operation in Samples.All())
        {
            byte[] bytes = OperationCodec.Encode(operation);

            OperationFile file = OperationFile.Create(bytes, [], [_alice.ToVerificationMethod()], 1);

            string words = string.Join('\n', file.Words);
            foreach (string text in TextsIn(operation))
            {
                Assert.Contains(text, words);
            }
            Assert.Equal(bytes, OperationFile.Parse(file.ToBytes()).Bytes.ToArray());
        }
    }

    [Fact]
    public void Words_OfATextThatCouldPassForAnother_EscapeIt()
    {
        Operation body = new()
        {
            CreatePilot = new CreatePilot
            {
                Id = "p",
                Title = "a\u202Eb \u0441",
                Sponsor = _did,
            },
        };

        OperationFile file = OperationFile.Create(_signer.Complete(_did, body), [], [], 1);

        Assert.Contains("  title: \"a\\u202Eb \\u0441\"", file.Words);
        Assert.All(file.Words, static line => Assert.All(line, static c => Assert.InRange(c, ' ', '~')));
    }

    [Fact]
    public void Parse_OfWhatOtherSystemsMakeOfText_IsTheSame()
    {
        OperationFile file = NewFile().Sign(_alice);
        string text = Encoding.UTF8.GetString(file.ToBytes());

        OperationFile read = OperationFile.Parse(Encoding.UTF8.GetBytes("\uFEFF" + text.ReplaceLineEndings("\r\n")));

        Assert.Equal(file.ToBytes(), read.ToBytes());
    }

    [Fact]
    public void Parse_OfEveryTruncation_IsRefused()
    {
        byte[] whole = NewFile().Sign(_alice).ToBytes();
        for (int length = 0; length < whole.Length - 1; length++) // without its last newline it is whole
        {
            OperationFileException e = Assert.Throws<OperationFileException>(() =>
                OperationFile.Parse(whole.AsSpan(0, length))
            );
            Assert.True(
                e.Problem
                    == (
                        length < "ledger-operation@v1".Length
                            ? length > "ledger-operation".Length
                                ? OperationFileProblem.UnknownVersion
                                : OperationFileProblem.Malformed
                            : OperationFileProblem.Truncated
                    ),
                $"{length} bytes: {e.Problem}"
            );
        }
    }

    [Fact]
    public void Parse_WithAnyLineChangedDoubledOrGone_IsRefused()
    {
        string[] lines = Encoding.UTF8.GetString(NewFile().Sign(_alice).Sign(_bob).ToBytes()).TrimEnd('\n').Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            bool canGo = lines[i].StartsWith("signature ", StringComparison.Ordinal) || lines[i].StartsWith("signer ");
            AssertRefused([.. lines[..i], lines[i] + "x", .. lines[(i + 1)..]]);
            AssertRefused([.. lines[..i], lines[i], .. lines[i..]]);
            if (!canGo)
            {
                AssertRefused([.. lines[..i], .. lines[(i + 1)..]]);
            }
        }

        static void AssertRefused(string[] lines)
        {
            byte[] file = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
            Exception? e = Record.Exception(() => OperationFile.Parse(file));
            Assert.True(e is OperationFileException or RefusedException, $"{string.Join('\n', lines)}\n{e}");
        }
    }

    public static TheoryData<string, string, OperationFileProblem> Changes { get; } =
        new()
        {
            { "ledger-operation@v1", "ledger-operation@v2", OperationFileProblem.UnknownVersion },
            { "ledger-operation@v1", "tlog-proof@v1", OperationFileProblem.Malformed },
            { "> - removes the key bob", "> - removes the key eve", OperationFileProblem.Changed },
            { "> Ledger: ledger.example/test", "> Ledger: ledger.example/best", OperationFileProblem.Changed },
            { "\nid ", "\nid 0", OperationFileProblem.Changed },
            { "signature alice ", "signature bob ", OperationFileProblem.BadSignature },
            { "signature alice ", "signature eve ", OperationFileProblem.BadSignature },
            { "threshold 2", "threshold two", OperationFileProblem.Malformed },
            { " ed25519 ", " rsa ", OperationFileProblem.Malformed },
            { "end\n", "end\nend\n", OperationFileProblem.Malformed },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Parse_OfAChangedFile_NamesTheProblem(string before, string after, OperationFileProblem problem)
    {
        string text = Encoding.UTF8.GetString(NewFile().Sign(_alice).ToBytes());
        Assert.Contains(before, text);

        OperationFileException e = Assert.Throws<OperationFileException>(() =>
            OperationFile.Parse(Encoding.UTF8.GetBytes(text.Replace(before, after)))
        );

        Assert.Equal(problem, e.Problem);
    }

    [Fact]
    public void Parse_WithOtherBytesUnderTheSameWords_IsRefused()
    {
        OperationFile file = NewFile();
        Operation other = file.Operation.Clone();
        other.UpdateDid.Document.AlsoKnownAs[0] = "https://b.example";
        byte[] bytes = OperationCodec.Encode(other);
        byte[] id = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(bytes, id);
        string text = Encoding
            .UTF8.GetString(file.ToBytes())
            .Replace(Convert.ToBase64String(file.Bytes.Span), Convert.ToBase64String(bytes))
            .Replace(Convert.ToHexStringLower(file.Id.Span), Convert.ToHexStringLower(id));

        OperationFileException e = Assert.Throws<OperationFileException>(() =>
            OperationFile.Parse(Encoding.UTF8.GetBytes(text))
        );

        Assert.Equal(OperationFileProblem.Changed, e.Problem);
        Assert.Contains("does not follow from the bytes", e.Message);
    }

    [Fact]
    public void Parse_WithAnotherOperationBefore_IsRefused()
    {
        OperationFile file = NewFile();
        string text = Encoding
            .UTF8.GetString(file.ToBytes())
            .Replace(Convert.ToBase64String(_created), Convert.ToBase64String(file.Bytes.Span));

        OperationFileException e = Assert.Throws<OperationFileException>(() =>
            OperationFile.Parse(Encoding.UTF8.GetBytes(text))
        );

        Assert.Equal(OperationFileProblem.Changed, e.Problem);
    }

    [Fact]
    public void Parse_OfTwoSignaturesByOneKey_IsRefused()
    {
        string text = Encoding.UTF8.GetString(NewFile().Sign(_alice).ToBytes());
        string line = text.Split('\n').Single(static l => l.StartsWith("signature ", StringComparison.Ordinal));

        OperationFileException e = Assert.Throws<OperationFileException>(() =>
            OperationFile.Parse(Encoding.UTF8.GetBytes(text.Replace(line, $"{line}\n{line}")))
        );

        Assert.Equal(OperationFileProblem.SignedAlready, e.Problem);
    }

    [Fact]
    public void Parse_OfBytesThatAreNoText_IsRefused()
    {
        OperationFileException e = Assert.Throws<OperationFileException>(() => OperationFile.Parse([0xFF, 0xFE, 0]));
        OperationFileException large = Assert.Throws<OperationFileException>(() =>
            OperationFile.Parse(new byte[OperationFile.BytesMax + 1])
        );

        Assert.Equal((OperationFileProblem.Malformed, OperationFileProblem.Malformed), (e.Problem, large.Problem));
    }

    [Theory]
    [InlineData(KeyType.Secp256K1)]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.P256)]
    public void Sign_WithAKeyOfEveryKind_MakesASignatureThatIsReadBack(KeyType type)
    {
        using SigningKey key = SigningKey.Generate(type);
        OperationFile file = OperationFile.Create(
            _signer.Complete("", new Operation { CreateDid = new CreateDid { Document = key.ToDocument() } }),
            [],
            [key.ToVerificationMethod()],
            threshold: 1
        );
        OperationFile signed = file.Sign(key);
        string text = Encoding.UTF8.GetString(signed.ToBytes());
        string value = Convert.ToBase64String(signed.Signatures.Single().Value.Span);
        byte[] changed = [.. signed.Signatures.Single().Value];
        changed[0] ^= 1;

        OperationFileException e = Assert.Throws<OperationFileException>(() =>
            OperationFile.Parse(Encoding.UTF8.GetBytes(text.Replace(value, Convert.ToBase64String(changed))))
        );

        Assert.Equal(signed.Signatures, OperationFile.Parse(signed.ToBytes()).Signatures);
        Assert.Equal(OperationFileProblem.BadSignature, e.Problem);
    }

    [Fact]
    public void Sign_ASecondTimeOrWithAnotherKey_IsRefused()
    {
        using SigningKey stranger = SigningKey.Generate(KeyType.Secp256K1, "alice");
        OperationFile file = NewFile().Sign(_alice);

        OperationFileException again = Assert.Throws<OperationFileException>(() => file.Sign(_alice));
        OperationFileException other = Assert.Throws<OperationFileException>(() => file.Sign(stranger));

        Assert.Equal(OperationFileProblem.SignedAlready, again.Problem);
        Assert.Equal(OperationFileProblem.NotASigner, other.Problem);
    }

    [Fact]
    public void Sign_WithAKeyThatTheDocumentNamesOtherwise_SignsUnderThatName()
    {
        byte[] secret = new byte[SigningKey.SecretBytes];
        _alice.CopySecretTo(secret);
        using SigningKey renamed = SigningKey.FromSecret(KeyType.Secp256K1, secret, "key-1");

        Assert.Equal("alice", NewFile().Sign(renamed).Signatures.Single().VerificationMethod);
    }

    [Fact]
    public void Merge_OfWhatWasSignedApart_HasBothInEitherOrder()
    {
        OperationFile file = NewFile();
        OperationFile byAlice = file.Sign(_alice);
        OperationFile byBob = file.Sign(_bob);

        Assert.Equal(byAlice.Merge(byBob).ToBytes(), byBob.Merge(byAlice).ToBytes());
        Assert.Equal(2, byAlice.Merge(byBob).Merge(byAlice).Signatures.Count);
        OperationFileException e = Assert.Throws<OperationFileException>(() => byAlice.Merge(NewFile()));
        Assert.Equal(OperationFileProblem.DifferentOperation, e.Problem);
    }

    [Fact]
    public void ToOperation_OfAnotherLedgerOrUnsigned_IsRefused()
    {
        OperationFile file = NewFile();

        RefusedException unsigned = Assert.Throws<RefusedException>(() => file.ToOperation(Origin));
        RefusedException elsewhere = Assert.Throws<RefusedException>(() => file.Sign(_alice).ToOperation("other"));

        Assert.Equal(ReasonCode.SignatureCount, unsigned.Reason);
        Assert.Equal(ReasonCode.WrongLedger, elsewhere.Reason);
    }

    [Fact]
    public void Complete_OfAFieldOutOfRange_IsRefused()
    {
        RefusedException e = Assert.Throws<RefusedException>(() =>
            _signer.Complete(
                _did,
                new Operation
                {
                    Burn = new Burn { ClassId = "UPPER", TokenId = "1" },
                }
            )
        );

        Assert.Equal(ReasonCode.InvalidField, e.Reason);
    }

    // What the words write as it is: all texts that are visible ASCII, and bytes in hexadecimal.
    private static IEnumerable<string> TextsIn(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            object? value = field.Accessor.GetValue(message);
            foreach (object? item in value is IList list && value is not string ? list : new[] { value })
            {
                IEnumerable<string> texts = item switch
                {
                    IMessage inner => TextsIn(inner),
                    string text when text.All(static c => c is > ' ' and < '\x7F' and not '"') => [text],
                    ByteString bytes when field.Name != "nonce" => [Convert.ToHexStringLower(bytes.Span)],
                    _ => [],
                };
                foreach (string text in texts)
                {
                    yield return text;
                }
            }
        }
    }

    private OperationFile NewFile(bool withPrevious = true)
    {
        byte[] previous = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(_created, previous);
        UpdateDid update = new()
        {
            Did = _did,
            Previous = ByteString.CopyFrom(previous),
            Document = new DidDocument
            {
                VerificationMethods = { _alice.ToVerificationMethod() },
                AlsoKnownAs = { "https://a.example" },
            },
        };
        return OperationFile.Create(
            _signer.Complete(_did, new Operation { UpdateDid = update }),
            withPrevious ? _created : [],
            [_alice.ToVerificationMethod(), _bob.ToVerificationMethod()],
            threshold: 2
        );
    }
}
