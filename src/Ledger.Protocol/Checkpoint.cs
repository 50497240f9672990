using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>
/// The head of a log's Merkle tree at one size (C2SP tlog-checkpoint 1.0.0). Its body is three lines: origin, size, root in
/// base64; signed as a note it is what a log publishes.
/// </summary>
public sealed record Checkpoint
{
    private const int LinesMin = 3;

    /// <summary>A checkpoint, not signed.</summary>
    /// <param name="origin">The log: a line that is not empty.</param>
    /// <param name="size">Number of leaves, 0 or more.</param>
    /// <param name="root">Root of the tree, 32 bytes; not copied.</param>
    /// <exception cref="ArgumentException">One of them is out of its range.</exception>
    public Checkpoint(string origin, long size, ReadOnlyMemory<byte> root)
    {
        if (!IsLine(origin))
        {
            throw new ArgumentException(
                "An origin is one line, not empty, without control characters.",
                nameof(origin)
            );
        }
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (root.Length != MerkleHash.HashBytes)
        {
            throw new ArgumentException($"A root is {MerkleHash.HashBytes} bytes.", nameof(root));
        }
        Origin = origin;
        Size = size;
        Root = root;
    }

    /// <summary>The log.</summary>
    public string Origin { get; }

    /// <summary>Number of leaves.</summary>
    public long Size { get; }

    /// <summary>Root of the tree, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Root { get; }

    /// <summary>The text that is signed: three lines, each with its newline.</summary>
    public string Body =>
        string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n");

    /// <summary>Parses the text of a note as a checkpoint.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="checkpoint">
    /// The checkpoint, when this returns true. Extension lines after the third are allowed, signed like the rest, and not
    /// kept: logs of this project write none.
    /// </param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint, out string problem)
    {
        checkpoint = null;
        string[] lines = text.Split('\n');
        // A newline ends every line, so the last part is empty, and no other is.
        if (lines.Length < LinesMin + 1 || lines[^1].Length != 0 || !Array.TrueForAll(lines[..^1], IsLine))
        {
            problem = "the checkpoint is not three lines or more";
            return false;
        }
        if (!DecimalText.TryParse(lines[1], out long size))
        {
            problem = "the checkpoint's size is not a number below 2^63 without leading zeros";
            return false;
        }
        if (
            !StrictBase64.TryDecode(Encoding.UTF8.GetBytes(lines[2]), out byte[]? root)
            || root.Length != MerkleHash.HashBytes
        )
        {
            problem = "the checkpoint's root is not 32 bytes in base64";
            return false;
        }
        checkpoint = new Checkpoint(lines[0], size, root);
        problem = "";
        return true;
    }

    /// <summary>
    /// Opens what a log published: parses the note, verifies the log's signature and parses the checkpoint, whose origin
    /// must be the name of the key.
    /// </summary>
    /// <param name="note">Any bytes.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="checkpoint">The checkpoint, when this returns true: the log has said so.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> note,
        VerifierKey logKey,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string problem
    )
    {
        checkpoint = null;
        return SignedNote.TryParse(note, out SignedNote? parsed, out problem)
            && TryOpen(parsed, logKey, [], out checkpoint, out _, out problem);
    }

    /// <summary>
    /// As the other, and says which witnesses cosigned. A line of one of them that is wrong refuses the whole note, as one of the log
    /// does; how many are enough is for a <see cref="WitnessPolicy"/> to say.
    /// </summary>
    /// <param name="note">The note.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="witnesses">Keys of the witnesses of interest.</param>
    /// <param name="checkpoint">The checkpoint, when this returns true: the log has said so.</param>
    /// <param name="cosignatures">Those of the witnesses, a key once.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryOpen(
        SignedNote note,
        VerifierKey logKey,
        IReadOnlyList<VerifierKey> witnesses,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out IReadOnlyList<VerifiedSignature> cosignatures,
        out string problem
    )
    {
        checkpoint = null;
        cosignatures = [];
        if (logKey.Algorithm.IsCosignature)
        {
            problem = "the log's key is one of a witness";
            return false;
        }
        if (
            !note.TryVerify([logKey, .. witnesses], out IReadOnlyList<VerifiedSignature> signatures, out problem)
            || !TryParse(note.Text, out Checkpoint? found, out problem)
        )
        {
            return false;
        }
        if (!signatures.Any(one => one.Key == logKey))
        {
            problem = "no trusted key signed the note";
            return false;
        }
        if (found.Origin != logKey.Name)
        {
            problem = "the checkpoint is of another log than its key";
            return false;
        }
        checkpoint = found;
        cosignatures = [.. signatures.Where(static one => one.Key.Algorithm.IsCosignature)];
        return true;
    }

    /// <summary>Signs the checkpoint as the log; the name of the key is the origin.</summary>
    /// <param name="logKey">The log's key.</param>
    /// <returns>The signed note: always the same bytes for one checkpoint and key.</returns>
    /// <exception cref="ArgumentException">The origin cannot name a key.</exception>
    public byte[] Sign(Ed25519PrivateKey logKey) => SignedNote.Sign(Body, Origin, logKey);

    /// <summary>Whether both say the same of the same log.</summary>
    /// <param name="other">Another checkpoint.</param>
    public bool Equals(Checkpoint? other) =>
        other is not null && Origin == other.Origin && Size == other.Size && Root.Span.SequenceEqual(other.Root.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Origin, Size);

    private static bool IsLine(string text)
    {
        foreach (char c in text)
        {
            if (c < ' ')
            {
                return false;
            }
        }
        return text.Length != 0;
    }
}
