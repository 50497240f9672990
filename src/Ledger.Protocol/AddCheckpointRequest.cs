using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>
/// What a log asks of a witness (C2SP tlog-witness 1.0.0, add-checkpoint): <c>old &lt;size&gt;</c>, hashes in base64, an empty line and
/// the log's checkpoint, each line with its newline.
/// </summary>
public sealed class AddCheckpointRequest
{
    /// <summary>Media type of the answer that only says which size the witness cosigned last.</summary>
    public const string SizeContentType = "text/x.tlog.size";

    private AddCheckpointRequest(long oldSize, byte[] proof, SignedNote note)
    {
        OldSize = oldSize;
        Proof = proof;
        Note = note;
    }

    /// <summary>The size that the witness is believed to have cosigned last; 0: none.</summary>
    public long OldSize { get; }

    /// <summary>The consistency proof from that size: hashes of 32 bytes one after the other. Not verified.</summary>
    public ReadOnlyMemory<byte> Proof { get; }

    /// <summary>The checkpoint. Not verified.</summary>
    public SignedNote Note { get; }

    /// <summary>Writes a request.</summary>
    /// <param name="oldSize">The size that the witness is believed to have cosigned last; 0: none.</param>
    /// <param name="proof">The consistency proof from it, at most <see cref="Limits.WitnessProofHashesMax"/> hashes.</param>
    /// <param name="note">The log's signed note.</param>
    public static byte[] Write(long oldSize, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> note)
    {
        ArgumentNullException.ThrowIfNull(proof);
        StringBuilder head = new();
        head.Append("old ").Append(DecimalText.Of(oldSize)).Append('\n');
        foreach (byte[] hash in proof)
        {
            head.Append(Convert.ToBase64String(hash)).Append('\n');
        }
        head.Append('\n');
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. note];
    }

    /// <summary>Parses the answer that only says which size the witness cosigned last.</summary>
    /// <param name="body">Any bytes.</param>
    /// <param name="size">The size, when this returns true.</param>
    public static bool TryParseSize(ReadOnlySpan<byte> body, out long size)
    {
        size = 0;
        return body.Length > 1
            && body[^1] == '\n'
            && DecimalText.TryParse(Encoding.Latin1.GetString(body[..^1]), out size);
    }

    /// <summary>Parses a request: every one has one spelling. Says nothing about what it proves.</summary>
    /// <param name="body">Any bytes; more than <see cref="Limits.WitnessRequestBytesMax"/> are refused.</param>
    /// <param name="request">The request, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out AddCheckpointRequest? request,
        out string problem
    )
    {
        request = null;
        int headEnd = body.Length > Limits.WitnessRequestBytesMax ? -1 : body.IndexOf("\n\n"u8);
        if (headEnd < 0)
        {
            problem = "the request is too large, or has no empty line before its checkpoint";
            return false;
        }
        string[] lines = Encoding.Latin1.GetString(body[..headEnd]).Split('\n');
        if (
            !lines[0].StartsWith("old ", StringComparison.Ordinal)
            || !DecimalText.TryParse(lines[0].AsSpan("old ".Length), out long oldSize)
        )
        {
            problem = "the request does not begin with the line of the old size";
            return false;
        }
        if (lines.Length - 1 > Limits.WitnessProofHashesMax)
        {
            problem = $"a proof has at most {Limits.WitnessProofHashesMax} hashes";
            return false;
        }
        byte[] proof = new byte[(lines.Length - 1) * MerkleHash.HashBytes];
        for (int i = 1; i < lines.Length; i++)
        {
            if (
                !StrictBase64.TryDecode(Encoding.Latin1.GetBytes(lines[i]), out byte[]? hash)
                || hash.Length != MerkleHash.HashBytes
            )
            {
                problem = $"hash {i} of the proof is not 32 bytes in base64";
                return false;
            }
            hash.CopyTo(proof, (i - 1) * MerkleHash.HashBytes);
        }
        if (!SignedNote.TryParse(body[(headEnd + 2)..], out SignedNote? note, out problem))
        {
            return false;
        }
        request = new AddCheckpointRequest(oldSize, proof, note);
        return true;
    }
}
