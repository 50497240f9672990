using System.Buffers.Binary;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>
/// An algorithm that notes are signed with: one line of the table of signature types (C2SP signed-note 1.0.0). Its type is in every
/// key of it, and through the key id in every signature, so that a verifier never has to guess.
/// </summary>
/// <remarks>
/// A further algorithm is a class like those below and a place in a list: keys are parsed with the list of what is known
/// (<see cref="VerifierKey.TryParse(string?, IEnumerable{NoteAlgorithm}, out VerifierKey?)"/>), and verified by what they are.
/// </remarks>
public abstract class NoteAlgorithm
{
    /// <summary>What this library verifies without further packages: notes of logs, and Ed25519 cosignatures of witnesses.</summary>
    public static IReadOnlyList<NoteAlgorithm> BuiltIn { get; } = [Ed25519Note.Instance, Ed25519Cosignature.Instance];

    /// <summary>The type, the first byte of an encoded key.</summary>
    public abstract byte Type { get; }

    /// <summary>Its name, for a person.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes of a public key.</summary>
    public abstract int PublicKeyBytes { get; }

    /// <summary>Whether its signatures are cosignatures of witnesses: they say when, and of a checkpoint alone.</summary>
    public virtual bool IsCosignature => false;

    /// <summary>Whether a signature is a key's over the text of a note. Never throws, whatever the bytes.</summary>
    /// <param name="keyName">Name of the key.</param>
    /// <param name="publicKey">The key.</param>
    /// <param name="text">The text of the note, with its last newline.</param>
    /// <param name="signature">The signature without the key id.</param>
    public abstract bool Verify(
        string keyName,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> signature
    );
}

/// <summary>Type 0x01: Ed25519 over the text (C2SP signed-note 1.0.0). Logs sign with it.</summary>
public sealed class Ed25519Note : NoteAlgorithm
{
    private Ed25519Note() { }

    /// <summary>The algorithm.</summary>
    public static Ed25519Note Instance { get; } = new();

    /// <inheritdoc/>
    public override byte Type => 0x01;

    /// <inheritdoc/>
    public override string Name => "Ed25519";

    /// <inheritdoc/>
    public override int PublicKeyBytes => Ed25519.PublicKeyBytes;

    /// <inheritdoc/>
    public override bool Verify(
        string keyName,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> signature
    ) => Ed25519.Verify(publicKey, text, signature);
}

/// <summary>
/// What the cosignatures of witnesses have in common (C2SP tlog-cosignature 1.0.1): the signature is the time at which it was made,
/// 8 bytes, Unix seconds, and then that of a message which holds the time and says which tree it is of.
/// </summary>
public abstract class CosignatureAlgorithm : NoteAlgorithm
{
    /// <summary>Bytes before the signature itself.</summary>
    public const int TimeBytes = sizeof(long);

    /// <inheritdoc/>
    public override bool IsCosignature => true;

    /// <summary>Bytes of the seed that a private key is made of.</summary>
    public abstract int SeedBytes { get; }

    /// <summary>Makes a key that cosigns.</summary>
    /// <param name="keyName">Its name, 1 to <see cref="Limits.WitnessNameBytesMax"/> bytes.</param>
    /// <param name="seed">The private key, <see cref="SeedBytes"/>; the caller clears its own copy.</param>
    /// <exception cref="ArgumentException">Name or length is out of range.</exception>
    public abstract Cosigner Open(string keyName, ReadOnlySpan<byte> seed);

    /// <summary>When a cosignature says that it was made, Unix seconds. Not verified.</summary>
    /// <param name="signature">The signature without the key id.</param>
    /// <returns>Null when there is no such time: too few bytes, or 2^63 and more.</returns>
    public static long? TimeOf(ReadOnlySpan<byte> signature) =>
        signature.Length > TimeBytes && BinaryPrimitives.ReadInt64BigEndian(signature) is >= 0 and var time
            ? time
            : null;

    /// <inheritdoc/>
    public sealed override bool Verify(
        string keyName,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> signature
    ) =>
        TimeOf(signature) is { } time
        && Message(keyName, time, text) is { } message
        && VerifyMessage(publicKey, message, signature[TimeBytes..]);

    /// <summary>What is signed.</summary>
    /// <param name="keyName">Name of the key.</param>
    /// <param name="time">Unix seconds.</param>
    /// <param name="text">The text of the note.</param>
    /// <returns>Null when the text is of no checkpoint that can be cosigned so.</returns>
    protected internal abstract byte[]? Message(string keyName, long time, ReadOnlySpan<byte> text);

    /// <summary>Whether a signature is a key's over a message.</summary>
    protected abstract bool VerifyMessage(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    );
}

/// <summary>Type 0x04: Ed25519 over two lines with the time and then the whole text of the checkpoint (cosignature/v1).</summary>
public sealed class Ed25519Cosignature : CosignatureAlgorithm
{
    private Ed25519Cosignature() { }

    /// <summary>The algorithm.</summary>
    public static Ed25519Cosignature Instance { get; } = new();

    /// <inheritdoc/>
    public override byte Type => 0x04;

    /// <inheritdoc/>
    public override string Name => "Ed25519 cosignature";

    /// <inheritdoc/>
    public override int PublicKeyBytes => Ed25519.PublicKeyBytes;

    /// <inheritdoc/>
    public override int SeedBytes => Ed25519PrivateKey.SeedBytes;

    /// <inheritdoc/>
    public override Cosigner Open(string keyName, ReadOnlySpan<byte> seed) => new Ed25519Cosigner(keyName, seed);

    /// <inheritdoc/>
    protected internal override byte[] Message(string keyName, long time, ReadOnlySpan<byte> text) =>
        [
            .. "cosignature/v1\ntime "u8,
            .. System.Text.Encoding.ASCII.GetBytes(DecimalText.Of(time)),
            (byte)'\n',
            .. text,
        ];

    /// <inheritdoc/>
    protected override bool VerifyMessage(
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> signature
    ) => Ed25519.Verify(publicKey, message, signature);
}
