using System.Buffers.Binary;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>A witness's private key, which cosigns checkpoints (C2SP tlog-cosignature 1.0.1). Safe on any number of threads.</summary>
public abstract class Cosigner : IDisposable
{
    private readonly CosignatureAlgorithm _algorithm;

    /// <summary>Names a key.</summary>
    /// <param name="algorithm">Its algorithm.</param>
    /// <param name="keyName">Its name, 1 to <see cref="Limits.WitnessNameBytesMax"/> bytes.</param>
    /// <param name="publicKey">Its public key.</param>
    /// <exception cref="ArgumentException">The name cannot be that of a witness, or the length is wrong.</exception>
    protected Cosigner(CosignatureAlgorithm algorithm, string keyName, ReadOnlySpan<byte> publicKey)
    {
        _algorithm = algorithm;
        Key = VerifierKey.Create(algorithm, keyName, publicKey);
        if (Encoding.UTF8.GetByteCount(keyName) > Limits.WitnessNameBytesMax)
        {
            throw new ArgumentException(
                $"A witness's name has at most {Limits.WitnessNameBytesMax} bytes.",
                nameof(keyName)
            );
        }
    }

    /// <summary>The public key.</summary>
    public VerifierKey Key { get; }

    /// <summary>Cosigns a checkpoint. Whether it may be cosigned is for the caller to know.</summary>
    /// <param name="text">The text of the log's note.</param>
    /// <param name="time">Unix seconds, 1 or more.</param>
    /// <returns>The signature line, with its newline.</returns>
    /// <exception cref="ArgumentException">The text is of no checkpoint.</exception>
    public string Cosign(ReadOnlySpan<byte> text, long time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(time);
        byte[] message =
            _algorithm.Message(Key.Name, time, text)
            ?? throw new ArgumentException("This text is of no checkpoint.", nameof(text));
        byte[] value = new byte[CosignatureAlgorithm.TimeBytes];
        BinaryPrimitives.WriteInt64BigEndian(value, time);
        return SignedNote.Line(Key, [.. value, .. Sign(message)]);
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Signs a message.</summary>
    protected abstract byte[] Sign(ReadOnlySpan<byte> message);
}

/// <summary>A witness's Ed25519 key (type 0x04). It must sign nothing else, least of all under another name.</summary>
internal sealed class Ed25519Cosigner : Cosigner
{
    private readonly Ed25519PrivateKey _key;

    public Ed25519Cosigner(string keyName, ReadOnlySpan<byte> seed)
        : this(keyName, Ed25519PrivateKey.FromBytes(seed)) { }

    private Ed25519Cosigner(string keyName, Ed25519PrivateKey key)
        : base(Ed25519Cosignature.Instance, keyName, key.PublicKey) => _key = key;

    public override void Dispose() => _key.Dispose();

    protected override byte[] Sign(ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[Ed25519.SignatureBytes];
        _key.Sign(message, signature);
        return signature;
    }
}
