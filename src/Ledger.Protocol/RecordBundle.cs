using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ledger.Crypto;

namespace Ledger.Protocol;

/// <summary>
/// What a person keeps in a file to show, offline and for ever, what a ledger held under a key at the end of a batch, or that it held
/// nothing: the map proof, then the proof bundle of the batch's seal, which lies in its <c>extra</c> line.
/// </summary>
/// <remarks>
/// Lines end with a newline: <c>ledger.v1/record-proof@v1</c>; <c>key</c> and the key; <c>value</c> and the value, or <c>absent</c>, which
/// another key's leaf (64 bytes) follows if the path ends at it; the hashes, the lowest first; an empty line; a C2SP tlog-proof. Bytes
/// are in base64.
/// </remarks>
public sealed class RecordBundle
{
    private const string FirstLine = "ledger.v1/record-proof@v1";
    private const string KeyLine = "key ";
    private const string ValueLine = "value ";
    private const string AbsentLine = "absent";

    private RecordBundle(byte[] key, byte[] value, byte[] otherLeaf, byte[] hashes, ProofBundle seal)
    {
        Key = key;
        Value = value;
        OtherLeaf = otherLeaf;
        Hashes = hashes;
        Seal = seal;
    }

    /// <summary>The key, see <see cref="StateKey"/>.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>Index of the entry that wrote the record (8 bytes, big-endian) ‖ the record; empty: there is none.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>Where there is no record, the leaf of another key at which the path ends, 64 bytes; empty: it ends at nothing.</summary>
    public ReadOnlyMemory<byte> OtherLeaf { get; }

    /// <summary>Hashes of the halves that the path does not enter, the lowest first, 32 bytes each, joined.</summary>
    public ReadOnlyMemory<byte> Hashes { get; }

    /// <summary>That the seal, its <see cref="ProofBundle.Extra"/>, is in the log.</summary>
    public ProofBundle Seal { get; }

    /// <summary>Whether bytes begin as such a bundle does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Encoding.ASCII.GetBytes(FirstLine));

    /// <summary>Writes a bundle.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; empty: there is none.</param>
    /// <param name="otherLeaf">Without a value, the leaf of another key at which the path ends; empty: it ends at nothing.</param>
    /// <param name="hashes">The map proof, 32 bytes a hash.</param>
    /// <param name="seal">The proof bundle of the seal, with the seal in it.</param>
    /// <exception cref="ArgumentException">One of them cannot be that of a bundle.</exception>
    public static byte[] Write(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> otherLeaf,
        ReadOnlySpan<byte> hashes,
        ReadOnlySpan<byte> seal
    )
    {
        StringBuilder text = new();
        text.Append(FirstLine).Append('\n');
        text.Append(KeyLine).Append(Convert.ToBase64String(key)).Append('\n');
        if (value.IsEmpty)
        {
            text.Append(AbsentLine);
            text.Append(otherLeaf.IsEmpty ? "" : " " + Convert.ToBase64String(otherLeaf)).Append('\n');
        }
        else
        {
            text.Append(ValueLine).Append(Convert.ToBase64String(value)).Append('\n');
        }

        for (; !hashes.IsEmpty; hashes = hashes[Math.Min(MapHash.HashBytes, hashes.Length)..])
        {
            text.Append(Convert.ToBase64String(hashes[..Math.Min(MapHash.HashBytes, hashes.Length)])).Append('\n');
        }

        text.Append('\n');
        byte[] bundle = [.. Encoding.ASCII.GetBytes(text.ToString()), .. seal];
        return TryParse(bundle, out _, out string problem)
            ? bundle
            : throw new ArgumentException($"This cannot be bundled: {problem}.");
    }

    /// <summary>Parses a bundle: every bundle has one spelling. Says nothing about what it proves.</summary>
    /// <param name="bytes">Any bytes; more than <see cref="Limits.RecordBundleBytesMax"/> are refused.</param>
    /// <param name="bundle">The bundle, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out RecordBundle? bundle,
        out string problem
    )
    {
        bundle = null;
        int headEnd = bytes.Length > Limits.RecordBundleBytesMax ? -1 : bytes.IndexOf("\n\n"u8);
        if (headEnd < 0)
        {
            problem =
                bytes.Length > Limits.RecordBundleBytesMax
                    ? "the bundle is too large"
                    : "the bundle has no empty line before the proof of its seal";
            return false;
        }

        string[] lines = Encoding.UTF8.GetString(bytes[..headEnd]).Split('\n');
        if (lines.Length < 3 || lines[0] != FirstLine)
        {
            problem = $"the bundle does not begin with {FirstLine} and two more lines";
            return false;
        }

        if (
            !lines[1].StartsWith(KeyLine, StringComparison.Ordinal)
            || !StrictBase64.TryDecodeSome(lines[1][KeyLine.Length..], Limits.StateKeyBytesMax, out byte[] key)
            || !StateKey.TryParse(key, out _, out _)
        )
        {
            problem = "the bundle's key line is malformed";
            return false;
        }

        if (!TryParseValue(lines[2], out byte[] value, out byte[] otherLeaf))
        {
            problem = "the bundle's line with the value, or that there is none, is malformed";
            return false;
        }

        byte[] hashes = new byte[(lines.Length - 3) * MapHash.HashBytes];
        if (lines.Length - 3 > MapHash.ProofHashesMax)
        {
            problem = "the bundle has too many hashes";
            return false;
        }

        for (int i = 3; i < lines.Length; i++)
        {
            if (
                !StrictBase64.TryDecodeSome(lines[i], MapHash.HashBytes, out byte[] hash)
                || hash.Length != MapHash.HashBytes
            )
            {
                problem = $"hash {i - 2} of the bundle is not 32 bytes in base64";
                return false;
            }

            hash.CopyTo(hashes, (i - 3) * MapHash.HashBytes);
        }

        if (!ProofBundle.TryParse(bytes[(headEnd + 2)..], out ProofBundle? seal, out problem))
        {
            problem = $"the proof of the seal: {problem}";
            return false;
        }

        if (seal.Extra.IsEmpty)
        {
            problem = "the proof of the seal does not hold the seal";
            return false;
        }

        bundle = new RecordBundle(key, value, otherLeaf, hashes, seal);
        return true;
    }

    private static bool TryParseValue(string line, out byte[] value, out byte[] otherLeaf)
    {
        value = [];
        otherLeaf = [];
        return line.StartsWith(ValueLine, StringComparison.Ordinal)
            ? StrictBase64.TryDecodeSome(line[ValueLine.Length..], Limits.RecordBundleBytesMax, out value)
                && value.Length >= sizeof(long)
            : line == AbsentLine
                || (
                    line.StartsWith(AbsentLine + " ", StringComparison.Ordinal)
                    && StrictBase64.TryDecodeSome(line[(AbsentLine.Length + 1)..], MapHash.LeafBytes, out otherLeaf)
                    && otherLeaf.Length == MapHash.LeafBytes
                );
    }
}
