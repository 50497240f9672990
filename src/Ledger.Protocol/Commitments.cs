using System.Security.Cryptography;

namespace Ledger.Protocol;

/// <summary>
/// Salted commitments: what goes on the ledger in the place of a value that nobody is to read there. Whoever knows salt and value shows
/// what was committed to; once the salt is destroyed, nobody can, and no value can be guessed and tried.
/// </summary>
/// <remarks>
/// SHA-256("ledger.v1.Commitment\n" ‖ part(domain) ‖ part(salt) ‖ part(value)), where part(x) is the length of x in 4 bytes, big-endian, and
/// then x. The domain says what the value is, so that a commitment to one thing never passes for one to another.
/// </remarks>
public static class Commitments
{
    /// <summary>Shortest salt, in bytes: 128 bits. A salt is random and serves once.</summary>
    public const int SaltBytesMin = 16;

    private static ReadOnlySpan<byte> Domain => "ledger.v1.Commitment\n"u8;

    /// <summary>Makes a commitment.</summary>
    /// <param name="domain">What the value is, for example <c>consent</c>.</param>
    /// <param name="salt">At least 16 random bytes that were never used before.</param>
    /// <param name="value">The value; may be empty.</param>
    /// <returns>32 bytes.</returns>
    /// <exception cref="ArgumentException">The salt is too short.</exception>
    public static byte[] Commit(ReadOnlySpan<char> domain, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> value)
    {
        RequireSalt(salt);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        AppendPart(hash, System.Text.Encoding.UTF8.GetBytes(domain.ToString()));
        AppendPart(hash, salt);
        AppendPart(hash, value);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether a commitment is one to this value.</summary>
    /// <param name="commitment">Any bytes.</param>
    /// <param name="domain">As it was made with.</param>
    /// <param name="salt">As it was made with; one that is too short opens nothing.</param>
    /// <param name="value">The value.</param>
    public static bool Opens(
        ReadOnlySpan<byte> commitment,
        ReadOnlySpan<char> domain,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> value
    ) => salt.Length >= SaltBytesMin && Commit(domain, salt, value).AsSpan().SequenceEqual(commitment);

    /// <summary>A new salt, of 32 random bytes.</summary>
    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(2 * SaltBytesMin);

    internal static void RequireSalt(ReadOnlySpan<byte> salt)
    {
        if (salt.Length < SaltBytesMin)
        {
            throw new ArgumentException($"A salt has at least {SaltBytesMin} bytes.", nameof(salt));
        }
    }

    private static void AppendPart(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
