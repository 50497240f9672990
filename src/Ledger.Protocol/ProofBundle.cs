using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>
/// What a person keeps in a file to show, offline and for ever, that an entry is in a log (C2SP tlog-proof): the entry's
/// index, its inclusion proof and the signed checkpoint that the proof leads to.
/// </summary>
public sealed class ProofBundle
{
    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraLine = "extra ";
    private const string IndexLine = "index ";

    private ProofBundle(long index, byte[] hashes, byte[] checkpoint, byte[] extra)
    {
        Index = index;
        Hashes = hashes;
        Checkpoint = checkpoint;
        Extra = extra;
    }

    /// <summary>Index of the entry.</summary>
    public long Index { get; }

    /// <summary>The inclusion proof: hashes of 32 bytes one after the other, from the leaf up.</summary>
    public ReadOnlyMemory<byte> Hashes { get; }

    /// <summary>The signed checkpoint.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; }

    /// <summary>Whatever was put beside the proof; empty when nothing was. Nothing vouches for it.</summary>
    public ReadOnlyMemory<byte> Extra { get; }

    /// <summary>Writes a bundle.</summary>
    /// <param name="index">Index of the entry, 0 or more.</param>
    /// <param name="hashes">The inclusion proof, at most <see cref="Limits.ProofHashesMax"/> hashes of 32 bytes.</param>
    /// <param name="checkpoint">The signed checkpoint.</param>
    /// <param name="extra">
    /// What else the file is to hold, at most <see cref="Limits.EntryBytesMax"/> bytes; the entry itself makes a file that
    /// needs nothing beside it.
    /// </param>
    /// <exception cref="ArgumentException">One of them cannot be that of a bundle.</exception>
    public static byte[] Write(
        long index,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> checkpoint,
        ReadOnlySpan<byte> extra = default
    )
    {
        StringBuilder text = new();
        text.Append(FirstLine).Append('\n');
        if (!extra.IsEmpty)
        {
            text.Append(ExtraLine).Append(Convert.ToBase64String(extra)).Append('\n');
        }
        text.Append(IndexLine).Append(index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        for (int i = 0; i < hashes.Length; i += MerkleHash.HashBytes)
        {
            int bytes = Math.Min(MerkleHash.HashBytes, hashes.Length - i);
            text.Append(Convert.ToBase64String(hashes.Slice(i, bytes))).Append('\n');
        }
        text.Append('\n');
        byte[] bundle = [.. Encoding.ASCII.GetBytes(text.ToString()), .. checkpoint];
        return TryParse(bundle, out _, out string problem)
            ? bundle
            : throw new ArgumentException($"This cannot be bundled: {problem}.");
    }

    /// <summary>Parses a bundle: every bundle has one spelling. Says nothing about what it proves.</summary>
    /// <param name="bytes">Any bytes; more than <see cref="Limits.ProofBundleBytesMax"/> are refused.</param>
    /// <param name="bundle">The bundle, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out ProofBundle? bundle,
        out string problem
    )
    {
        bundle = null;
        if (bytes.Length > Limits.ProofBundleBytesMax)
        {
            problem = "the bundle is too large";
            return false;
        }
        int headEnd = bytes.IndexOf("\n\n"u8);
        if (headEnd < 0)
        {
            problem = "the bundle has no empty line before its checkpoint";
            return false;
        }
        ReadOnlySpan<byte> checkpoint = bytes[(headEnd + 2)..];
        if (!SignedNote.TryParse(checkpoint, out _, out problem))
        {
            return false;
        }
        Queue<string> lines = new(Encoding.UTF8.GetString(bytes[..headEnd]).Split('\n'));
        if (lines.Dequeue() != FirstLine)
        {
            problem = $"the bundle does not begin with {FirstLine}";
            return false;
        }
        byte[] extra = [];
        if (lines.TryPeek(out string? line) && line.StartsWith(ExtraLine, StringComparison.Ordinal))
        {
            lines.Dequeue();
            if (!StrictBase64.TryDecodeSome(line[ExtraLine.Length..], Limits.EntryBytesMax, out extra))
            {
                problem = "the bundle's extra line is malformed";
                return false;
            }
        }
        if (
            !lines.TryDequeue(out line)
            || !line.StartsWith(IndexLine, StringComparison.Ordinal)
            || !DecimalText.TryParse(line.AsSpan(IndexLine.Length), out long index)
        )
        {
            problem = "the bundle's index line is missing or malformed";
            return false;
        }
        if (lines.Count > Limits.ProofHashesMax)
        {
            problem = "the bundle has too many hashes";
            return false;
        }
        List<byte> hashes = new(lines.Count * MerkleHash.HashBytes);
        foreach (string hashLine in lines)
        {
            if (
                !StrictBase64.TryDecodeSome(hashLine, MerkleHash.HashBytes, out byte[] hash)
                || hash.Length != MerkleHash.HashBytes
            )
            {
                problem = $"hash {hashes.Count / MerkleHash.HashBytes + 1} of the bundle is not 32 bytes in base64";
                return false;
            }
            hashes.AddRange(hash);
        }
        bundle = new ProofBundle(index, [.. hashes], checkpoint.ToArray(), extra);
        problem = "";
        return true;
    }

    /// <summary>
    /// Whether a bundle shows that a log holds an entry: the log signed the checkpoint, and the proof leads from this entry
    /// at this index to its root. Never throws, whatever the bytes.
    /// </summary>
    /// <param name="entry">The entry's bytes.</param>
    /// <param name="bundle">The bundle's bytes.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="checkpoint">The checkpoint that holds the entry, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool Verify(
        ReadOnlySpan<byte> entry,
        ReadOnlySpan<byte> bundle,
        VerifierKey logKey,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string problem
    )
    {
        checkpoint = null;
        return TryParse(bundle, out ProofBundle? parsed, out problem)
            && parsed.Verify(entry, logKey, out checkpoint, out problem);
    }

    /// <inheritdoc cref="Verify(ReadOnlySpan{byte}, ReadOnlySpan{byte}, VerifierKey, out Checkpoint?, out string)"/>
    public bool Verify(
        ReadOnlySpan<byte> entry,
        VerifierKey logKey,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out string problem
    )
    {
        checkpoint = null;
        if (!Protocol.Checkpoint.TryOpen(Checkpoint.Span, logKey, out Checkpoint? opened, out problem))
        {
            return false;
        }
        Span<byte> leafHash = stackalloc byte[MerkleHash.HashBytes];
        MerkleHash.HashLeaf(entry, leafHash);
        if (!InclusionProof.Verify(Index, opened.Size, leafHash, Hashes.Span, opened.Root.Span))
        {
            problem = "the proof does not lead from this entry to the checkpoint's root";
            return false;
        }
        checkpoint = opened;
        return true;
    }
}
