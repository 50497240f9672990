namespace Ledger.Crypto.Secp256k1;

/// <summary>Public keys in the encodings of SEC 1, §2.3.3 and §2.3.4.</summary>
internal static class Sec1
{
    /// <summary>Bytes of a compressed point: 02 or 03 (y even or odd) and x.</summary>
    public const int CompressedByteCount = 33;

    /// <summary>Bytes of an uncompressed point: 04, x and y.</summary>
    public const int UncompressedByteCount = 65;

    /// <summary>
    /// Reads a point of 33 or 65 bytes. Refuses, with false, any other length or first byte (so infinity, and the
    /// hybrid form 06/07), a coordinate that is not below p, and a point that is not on the curve. The group has
    /// cofactor 1: every point on the curve belongs to it.
    /// </summary>
    public static bool TryReadPoint(ReadOnlySpan<byte> bytes, out AffinePoint r)
    {
        r = default;
        switch (bytes.Length)
        {
            case CompressedByteCount when bytes[0] is 2 or 3:
                return FieldElement.TryRead(bytes[1..], out FieldElement x)
                    && AffinePoint.TryDecompress(in x, isOdd: bytes[0] == 3, out r);
            case UncompressedByteCount when bytes[0] == 4:
                return FieldElement.TryRead(bytes[1..33], out r.X)
                    && FieldElement.TryRead(bytes[33..], out r.Y)
                    && r.IsOnCurve();
            default:
                return false;
        }
    }

    /// <summary>Writes the 33 bytes of a point that is not infinity and whose coordinates are normalized.</summary>
    public static void WriteCompressed(in AffinePoint point, Span<byte> bytes)
    {
        bytes[0] = point.Y.IsOdd ? (byte)3 : (byte)2;
        point.X.Write(bytes[1..]);
    }
}
