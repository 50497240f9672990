using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>One signature line of a note.</summary>
/// <param name="KeyName">Name of the key that is said to have signed.</param>
/// <param name="KeyId">Its key id.</param>
/// <param name="Value">The signature without the key id, 1 byte or more. Not verified.</param>
public sealed record NoteSignature(string KeyName, uint KeyId, ReadOnlyMemory<byte> Value);

/// <summary>A signature of a note that a trusted key made.</summary>
/// <param name="Key">The key.</param>
/// <param name="Time">When it says that it was made, Unix seconds; null for a key whose signatures do not say.</param>
/// <param name="Line">The signature line, with its newline.</param>
public sealed record VerifiedSignature(VerifierKey Key, long? Time, string Line);

/// <summary>
/// Text with signatures (C2SP signed-note 1.0.0): the text, which ends with a newline, an empty line, and one line a
/// signature, <c>— &lt;key name&gt; &lt;base64 of key id and signature&gt;</c>. Nothing of it may be believed before
/// <see cref="Verify"/> has said so.
/// </summary>
public sealed class SignedNote
{
    private readonly byte[] _text;

    private SignedNote(byte[] text, NoteSignature[] signatures)
    {
        _text = text;
        Signatures = signatures;
    }

    /// <summary>What was signed, with its last newline.</summary>
    public string Text => Encoding.UTF8.GetString(_text);

    /// <summary>What was signed, in UTF-8.</summary>
    public ReadOnlyMemory<byte> TextBytes => _text;

    /// <summary>The signatures, at least one, in their order.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    private static ReadOnlySpan<byte> LineStart => "— "u8; // U+2014 and a space

    /// <summary>Parses a note. Says nothing about its signatures.</summary>
    /// <param name="note">Any bytes; more than <see cref="Limits.NoteBytesMax"/> are refused.</param>
    /// <param name="parsed">The note, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryParse(ReadOnlySpan<byte> note, [NotNullWhen(true)] out SignedNote? parsed, out string problem)
    {
        parsed = null;
        if (note.Length > Limits.NoteBytesMax)
        {
            problem = "the note is too large";
            return false;
        }
        if (!Utf8.IsValid(note))
        {
            problem = "the note is not UTF-8";
            return false;
        }
        foreach (byte b in note)
        {
            if (b < 0x20 && b != '\n')
            {
                problem = "the note has a control character";
                return false;
            }
        }
        // The text may have empty lines of its own: the last one parts it from the signatures.
        int end = note.LastIndexOf("\n\n"u8);
        if (end < 0 || note.Length == end + 2 || note[^1] != '\n')
        {
            problem = "the note has no signature lines";
            return false;
        }
        List<NoteSignature> signatures = [];
        for (ReadOnlySpan<byte> rest = note[(end + 2)..]; !rest.IsEmpty; )
        {
            int newline = rest.IndexOf((byte)'\n');
            if (signatures.Count == Limits.NoteSignaturesMax)
            {
                problem = "the note has too many signatures";
                return false;
            }
            if (ParseLine(rest[..newline]) is not NoteSignature signature)
            {
                problem = $"signature line {signatures.Count + 1} of the note is malformed";
                return false;
            }
            signatures.Add(signature);
            rest = rest[(newline + 1)..];
        }
        parsed = new SignedNote(note[..(end + 1)].ToArray(), [.. signatures]);
        problem = "";
        return true;
    }

    /// <summary>
    /// Whether the note is signed: at least one of the keys signed it, and no line that names one of them is wrong. Lines of
    /// other keys are ignored; a key is named by its name and its id together.
    /// </summary>
    /// <param name="keys">The keys that are trusted.</param>
    /// <param name="problem">What is wrong when the answer is no, for a person.</param>
    public bool Verify(ReadOnlySpan<VerifierKey> keys, out string problem) => TryVerify(keys, out _, out problem);

    /// <summary>As <see cref="Verify"/>, and says which of the keys signed.</summary>
    /// <param name="keys">The keys that are trusted.</param>
    /// <param name="signatures">What they signed with, in the note's order, a key once; empty when this returns false.</param>
    /// <param name="problem">What is wrong when the answer is no, for a person.</param>
    public bool TryVerify(
        ReadOnlySpan<VerifierKey> keys,
        out IReadOnlyList<VerifiedSignature> signatures,
        out string problem
    )
    {
        signatures = [];
        List<VerifiedSignature> verified = [];
        foreach (NoteSignature signature in Signatures)
        {
            foreach (VerifierKey key in keys)
            {
                if (key.KeyId != signature.KeyId || key.Name != signature.KeyName)
                {
                    continue;
                }
                if (!key.Verify(_text, signature.Value.Span))
                {
                    problem = $"the signature of {key.Name} is not one of this note";
                    return false;
                }
                if (!verified.Exists(one => one.Key == key))
                {
                    long? time = key.Algorithm.IsCosignature ? CosignatureAlgorithm.TimeOf(signature.Value.Span) : null;
                    verified.Add(new VerifiedSignature(key, time, Line(key, signature.Value.Span)));
                }
            }
        }
        problem = verified.Count > 0 ? "" : "no trusted key signed the note";
        signatures = verified;
        return verified.Count > 0;
    }

    /// <summary>Writes a note with one signature.</summary>
    /// <param name="text">UTF-8 text that ends with a newline and has no other control characters.</param>
    /// <param name="keyName">Name of the key, see <see cref="VerifierKey.IsName"/>.</param>
    /// <param name="privateKey">The key.</param>
    /// <returns>The note's bytes: the same for the same text and key, because Ed25519 is deterministic.</returns>
    /// <exception cref="ArgumentException">The text or the name cannot be that of a note.</exception>
    public static byte[] Sign(string text, string keyName, Ed25519PrivateKey privateKey)
    {
        VerifierKey key = VerifierKey.ForEd25519(keyName, privateKey.PublicKey);
        byte[] textBytes = Encoding.UTF8.GetBytes(text);
        byte[] value = new byte[Ed25519.SignatureBytes];
        privateKey.Sign(textBytes, value);

        byte[] note = Encoding.UTF8.GetBytes($"{text}\n{Line(key, value)}");
        return
            TryParse(note, out SignedNote? parsed, out string problem) && parsed.TextBytes.Span.SequenceEqual(textBytes)
            ? note
            : throw new ArgumentException($"This text cannot be signed as a note: {problem}.", nameof(text));
    }

    /// <summary>A signature line, with its newline.</summary>
    /// <param name="key">The key that signed.</param>
    /// <param name="signature">The signature without the key id.</param>
    internal static string Line(VerifierKey key, ReadOnlySpan<byte> signature)
    {
        byte[] value = new byte[sizeof(uint) + signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(value, key.KeyId);
        signature.CopyTo(value.AsSpan(sizeof(uint)));
        return $"— {key.Name} {Convert.ToBase64String(value)}\n";
    }

    private static NoteSignature? ParseLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(LineStart))
        {
            return null;
        }
        line = line[LineStart.Length..];
        int space = line.IndexOf((byte)' ');
        if (
            space < 0
            || !StrictBase64.TryDecode(line[(space + 1)..], out byte[]? value)
            || value.Length <= sizeof(uint)
        )
        {
            return null;
        }
        string name = Encoding.UTF8.GetString(line[..space]);
        return VerifierKey.IsName(name)
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(value), value.AsMemory(sizeof(uint)))
            : null;
    }
}
