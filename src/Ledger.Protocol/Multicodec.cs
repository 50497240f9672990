using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// The codes by which a multikey names the kind of its key: unsigned varints before its bytes. Numbers and lengths are those of the
/// table of Multicodec (https://github.com/multiformats/multicodec/blob/master/table.csv), entries with the tag "key".
/// </summary>
internal static class Multicodec
{
    public const ulong X25519 = 0xec;
    public const ulong X448 = 0x1204;
    public const ulong Sm2 = 0x1206;

    private const ulong Secp256k1 = 0xe7;
    private const ulong Ed25519 = 0xed;
    private const ulong P256 = 0x1200;
    private const int VarintBytesMax = 9; // of an unsigned varint, as Multiformats has it: 63 bits

    /// <summary>The code of a kind of key that has a type of its own.</summary>
    public static ulong Of(KeyType type) =>
        type switch
        {
            KeyType.Secp256K1 => Secp256k1,
            KeyType.Ed25519 => Ed25519,
            KeyType.P256 => P256,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No code belongs to this type."),
        };

    /// <summary>The type of a code; <see cref="KeyType.Multikey"/> for one that has none of its own.</summary>
    public static KeyType TypeOf(ulong code) =>
        code switch
        {
            Secp256k1 => KeyType.Secp256K1,
            Ed25519 => KeyType.Ed25519,
            P256 => KeyType.P256,
            _ => KeyType.Multikey,
        };

    /// <summary>
    /// Whether keys of this code are secret: symmetric keys (AES, ChaCha), the block in which the table keeps private keys (all *-priv
    /// entries from ed25519-priv on), and Lamport's private keys and their shares.
    /// </summary>
    public static bool IsSecret(ulong code) =>
        code
            is (>= 0xa0 and <= 0xa4)
                or (>= 0x1300 and <= 0x13ff)
                or (>= 0x1a24 and <= 0x1a26)
                or (>= 0x1a34 and <= 0x1a36);

    /// <summary>The one length of a public key of this code, in bytes; 0: not known here.</summary>
    public static int KeyBytes(ulong code) =>
        code switch
        {
            0xea => 48, // BLS12-381 G1
            0xeb => 96, // BLS12-381 G2
            0xee => 144, // BLS12-381 G1 and G2
            X25519 => 32,
            0xef => 32, // Sr25519
            0x1201 => 49, // P-384
            0x1202 => 67, // P-521
            0x1203 => 57, // Ed448
            X448 => 56,
            Sm2 => 33,
            0x1210 => 1_312, // ML-DSA-44
            0x1211 => 1_952, // ML-DSA-65
            _ => 0,
        };

    /// <summary>Reads the code before a key. One code has one spelling: the shortest.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="code">The code.</param>
    /// <param name="length">Its length, in bytes.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ulong code, out int length)
    {
        code = 0;
        for (length = 0; length < Math.Min(bytes.Length, VarintBytesMax); )
        {
            byte next = bytes[length];
            code |= (ulong)(next & 0x7f) << (7 * length);
            length++;
            if (next < 0x80)
            {
                return next != 0 || length == 1;
            }
        }
        return false;
    }

    /// <summary>Writes a code.</summary>
    public static byte[] Write(ulong code)
    {
        List<byte> bytes = [];
        for (; code >= 0x80; code >>= 7)
        {
            bytes.Add((byte)(code | 0x80));
        }
        bytes.Add((byte)code);
        return [.. bytes];
    }
}
