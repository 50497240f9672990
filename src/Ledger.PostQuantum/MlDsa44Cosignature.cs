using System.Buffers.Binary;
using System.Text;
using Ledger.Protocol;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Ledger.PostQuantum;

/// <summary>
/// Type 0x06: cosignatures with ML-DSA-44 (FIPS 204, pure, without context), which quantum computers do not forge (C2SP
/// tlog-cosignature). What is signed names the witness, and says of the checkpoint no more than origin, size and root:
/// <c>"subtree/v1\n\0" ‖ length and name of the witness ‖ time ‖ length and origin ‖ 0 ‖ size ‖ root</c>, lengths of one byte, numbers
/// of eight.
/// </summary>
public sealed class MlDsa44Cosignature : CosignatureAlgorithm
{
    /// <summary>Bytes of a signature.</summary>
    public const int SignatureBytes = 2_420;

    private MlDsa44Cosignature() { }

    /// <summary>The algorithm.</summary>
    public static MlDsa44Cosignature Instance { get; } = new();

    /// <summary>What is built in, and this.</summary>
    public static IReadOnlyList<NoteAlgorithm> AndBuiltIn { get; } = [.. BuiltIn, Instance];

    /// <inheritdoc/>
    public override byte Type => 0x06;

    /// <inheritdoc/>
    public override string Name => "ML-DSA-44 cosignature";

    /// <inheritdoc/>
    public override int PublicKeyBytes => 1_312;

    /// <inheritdoc/>
    public override int SeedBytes => 32;

    /// <inheritdoc/>
    public override Cosigner Open(string keyName, ReadOnlySpan<byte> seed) => new MlDsa44Cosigner(keyName, seed);

    /// <inheritdoc/>
    protected override byte[]? Message(string keyName, long time, ReadOnlySpan<byte> text)
    {
        byte[] name = Encoding.UTF8.GetBytes(keyName);
        if (
            !Checkpoint.TryParse(Encoding.UTF8.GetString(text), out Checkpoint? checkpoint, out _)
            || Encoding.UTF8.GetBytes(checkpoint.Origin) is not { Length: <= byte.MaxValue } origin
            || name.Length > byte.MaxValue
        )
        {
            return null;
        }
        byte[] numbers = new byte[3 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(numbers, time);
        BinaryPrimitives.WriteInt64BigEndian(numbers.AsSpan(2 * sizeof(long)), checkpoint.Size);
        return
        [
            .. "subtree/v1\n\0"u8,
            (byte)name.Length,
            .. name,
            .. numbers[..8],
            (byte)origin.Length,
            .. origin,
            .. numbers[8..], // from leaf 0, up to the size
            .. checkpoint.Root.Span,
        ];
    }

    /// <inheritdoc/>
    protected override bool VerifyMessage(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    )
    {
        if (signature.Length != SignatureBytes)
        {
            return false;
        }
        MLDsaSigner verifier = new(MLDsaParameters.ml_dsa_44, deterministic: true);
        verifier.Init(
            forSigning: false,
            MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_44, publicKey.ToArray())
        );
        verifier.BlockUpdate(message);
        return verifier.VerifySignature(signature.ToArray());
    }
}
