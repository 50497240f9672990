using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ledger.Protocol;
using Ledger.Testing;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Ledger.PostQuantum.Tests;

public sealed class MlDsa44CosignatureTests : IDisposable
{
    private const string Name = "witness.example/pq";

    private static readonly string Text = new Checkpoint("log.example", 42, SHA256.HashData("root"u8)).Body;

    private readonly Cosigner _cosigner = MlDsa44Cosignature.Instance.Open(Name, SHA256.HashData("witness"u8));

    public void Dispose() => _cosigner.Dispose();

    // A checkpoint of a public log with the cosignature of a public witness, and its key, as published in 2026.
    [Fact]
    public void Verify_APublishedCosignature_Holds()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "published.note"));
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "published.pub")).Trim();

        Assert.True(VerifierKey.TryParse(text, MlDsa44Cosignature.AndBuiltIn, out VerifierKey? key));
        Assert.Equal(text, key.ToString());
        Assert.True(SignedNote.TryParse(bytes, out SignedNote? note, out _));
        Assert.True(
            note.TryVerify([key], out IReadOnlyList<VerifiedSignature> signatures, out string problem),
            problem
        );
        Assert.Equal(0x6a6fb0f3, Assert.Single(signatures).Time);

        byte[] other = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(bytes).Replace("185550722", "185550723", StringComparison.Ordinal)
        );
        Assert.True(SignedNote.TryParse(other, out SignedNote? changed, out _));
        Assert.False(changed.Verify([key], out _));
    }

    [Fact]
    public void TryParse_WithoutTheAlgorithm_IsNoKey() =>
        Assert.False(VerifierKey.TryParse(_cosigner.Key.ToString(), out _));

    [Fact]
    public void Cosign_ACheckpoint_SignsTheMessageOfTheSpecification()
    {
        byte[] value = ValueOf(_cosigner.Cosign(Encoding.UTF8.GetBytes(Text), 1_679_315_147));

        // By hand, from the text of tlog-cosignature.
        Assert.Equal(4 + 8 + 2_420, value.Length);
        Assert.Equal(
            SHA256.HashData([.. Encoding.ASCII.GetBytes(Name), 0x0a, 0x06, .. _cosigner.Key.PublicKey.Span])[..4],
            value[..4]
        );
        using MemoryStream message = new();
        message.Write("subtree/v1\n\0"u8);
        message.WriteByte(18);
        message.Write(Encoding.ASCII.GetBytes(Name));
        message.Write(Big(1_679_315_147));
        message.WriteByte(11);
        message.Write("log.example"u8);
        message.Write(Big(0));
        message.Write(Big(42));
        message.Write(SHA256.HashData("root"u8));
        MLDsaSigner verifier = new(MLDsaParameters.ml_dsa_44, deterministic: true);
        verifier.Init(
            false,
            MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_44, _cosigner.Key.PublicKey.ToArray())
        );
        verifier.BlockUpdate(message.ToArray());
        Assert.True(verifier.VerifySignature(value[12..]));

        static byte[] Big(long number)
        {
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            return bytes;
        }
    }

    [Fact]
    public void Verify_FlippedBitsAndOtherLengths_IsRefused()
    {
        byte[] signature = ValueOf(_cosigner.Cosign(Encoding.UTF8.GetBytes(Text), 7))[4..];
        Assert.True(_cosigner.Key.Verify(Encoding.UTF8.GetBytes(Text), signature));

        Random random = Seeds.Random(44);
        for (int i = 0; i < 200; i++)
        {
            byte[] flipped = [.. signature];
            int bit = i < 64 ? i : random.Next(signature.Length * 8); // all bits of the time
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_cosigner.Key.Verify(Encoding.UTF8.GetBytes(Text), flipped), $"bit {bit}");
        }
        foreach (int length in (int[])[0, 7, 8, 9, 72, 2_427, 2_429, 5_000])
        {
            byte[] other = new byte[length];
            signature.AsSpan(0, Math.Min(length, signature.Length)).CopyTo(other);
            Assert.False(_cosigner.Key.Verify(Encoding.UTF8.GetBytes(Text), other), $"{length} bytes");
        }
    }

    [Fact]
    public void Verify_UnderAnotherName_IsRefused()
    {
        byte[] signature = ValueOf(_cosigner.Cosign(Encoding.UTF8.GetBytes(Text), 7))[4..];
        VerifierKey renamed = VerifierKey.Create(
            MlDsa44Cosignature.Instance,
            "witness.example/other",
            _cosigner.Key.PublicKey.Span
        );

        Assert.False(renamed.Verify(Encoding.UTF8.GetBytes(Text), signature)); // the message holds the name
    }

    [Fact]
    public void Verify_ATextThatIsNoCheckpoint_IsFalseAndCosigningItABug()
    {
        byte[] signature = ValueOf(_cosigner.Cosign(Encoding.UTF8.GetBytes(Text), 7))[4..];
        byte[] longOrigin = Encoding.UTF8.GetBytes(
            new Checkpoint(new string('a', 256), 1, SHA256.HashData("root"u8)).Body
        );

        Assert.False(_cosigner.Key.Verify("text\n"u8, signature));
        Assert.False(_cosigner.Key.Verify(longOrigin, signature));
        Assert.Throws<ArgumentException>(() => _cosigner.Cosign("text\n"u8, 7));
        Assert.Throws<ArgumentException>(() => _cosigner.Cosign(longOrigin, 7));
        Assert.Throws<ArgumentException>(() =>
            MlDsa44Cosignature.Instance.Open(new string('w', 256), SHA256.HashData("witness"u8))
        );
    }

    [Fact]
    public void Open_TheSameSeed_IsTheSameKey()
    {
        using Cosigner again = MlDsa44Cosignature.Instance.Open(Name, SHA256.HashData("witness"u8));
        using Cosigner other = MlDsa44Cosignature.Instance.Open(Name, SHA256.HashData("another"u8));

        Assert.Equal(_cosigner.Key, again.Key);
        Assert.NotEqual(_cosigner.Key, other.Key);
    }

    [Fact]
    public void TryParse_ANoteWithSixteenCosignatures_IsTaken()
    {
        string note = $"{Text}\n";
        for (int i = 0; i < 16; i++)
        {
            note += _cosigner.Cosign(Encoding.UTF8.GetBytes(Text), i + 1);
        }

        Assert.True(
            SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out SignedNote? parsed, out string problem),
            problem
        );
        Assert.True(parsed.Verify([_cosigner.Key], out _));
    }

    private static byte[] ValueOf(string line) => Convert.FromBase64String(line.TrimEnd('\n').Split(' ')[2]);
}
