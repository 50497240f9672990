using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// A public key as JSON (RFC 7517): EC with the curves secp256k1 (RFC 8812), P-256 (RFC 7518) and SM2, OKP with Ed25519 (RFC 8037). One
/// key has one form: base64url without padding, unused bits zero, coordinates of 32 bytes.
/// </summary>
public sealed class Jwk
{
    private const int CoordinateBytes = 32;

    // What else a key may say of itself; it is not looked at.
    private static readonly HashSet<string> Ignored = ["kid", "use", "alg", "key_ops", "ext"];

    // RFC 7518 §6: what only a private or a symmetric key has.
    private static readonly HashSet<string> Secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

    private readonly byte[] _x;
    private readonly byte[]? _y;

    private Jwk(string curve, KeyType type, byte[] publicKey, byte[] x, byte[]? y)
    {
        Curve = curve;
        Type = type;
        PublicKey = publicKey;
        _x = x;
        _y = y;
    }

    /// <summary>The name of the curve: <c>crv</c>.</summary>
    public string Curve { get; }

    /// <summary>Kind of key: <see cref="KeyType.Multikey"/> for SM2.</summary>
    public KeyType Type { get; }

    /// <summary>The key as <see cref="VerificationMethod"/> holds it.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The form of a key; null when its kind has none here, or when it is no key.</summary>
    /// <param name="type">Kind of key.</param>
    /// <param name="publicKey">The key as <see cref="VerificationMethod"/> holds it.</param>
    public static Jwk? Of(KeyType type, ReadOnlySpan<byte> publicKey)
    {
        if (KeyForms.CheckKey(type, publicKey) is not null)
        {
            return null;
        }
        byte[] point = new byte[2 * CoordinateBytes];
        switch (type)
        {
            case KeyType.Ed25519:
                return new Jwk("Ed25519", type, publicKey.ToArray(), publicKey.ToArray(), null);
            case KeyType.Secp256K1:
                Ecdsa.TryDecompress(publicKey, point);
                return new Jwk("secp256k1", type, publicKey.ToArray(), point[..32], point[32..]);
            case KeyType.P256:
                P256.TryDecompress(publicKey, point);
                return new Jwk("P-256", type, publicKey.ToArray(), point[..32], point[32..]);
            default:
                Multicodec.TryRead(publicKey, out ulong code, out int codeBytes);
                return code == Multicodec.Sm2 && Sm2.TryDecompress(publicKey[codeBytes..], point)
                    ? new Jwk("SM2", type, publicKey.ToArray(), point[..32], point[32..])
                    : null;
        }
    }

    /// <summary>Reads a public key. One that carries its private part is refused.</summary>
    /// <param name="json">Any JSON.</param>
    /// <param name="jwk">The key.</param>
    /// <param name="problem">What is wrong; never contains what was read but the name of a member. Empty when nothing is.</param>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out Jwk? jwk, out string problem) =>
        TryRead(json, isPrivate: false, out jwk, out _, out problem);

    /// <summary>Reads a private key, on the machine of whoever owns it.</summary>
    /// <param name="json">Any JSON.</param>
    /// <param name="jwk">Its public part. Whether it is that of the secret is not known yet.</param>
    /// <param name="secret">The private part, 32 bytes: the caller clears it. Empty when this is no key.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static bool TryReadPrivate(
        JsonElement json,
        [NotNullWhen(true)] out Jwk? jwk,
        out byte[] secret,
        out string problem
    ) => TryRead(json, isPrivate: true, out jwk, out secret, out problem);

    /// <summary>Writes the public key as one JSON object.</summary>
    /// <param name="json">Where to.</param>
    public void Write(Utf8JsonWriter json) => Write(json, []);

    /// <summary>Writes the private key as one JSON object, on the machine of whoever owns it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="secret">32 bytes; empty: the public key is written.</param>
    public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("kty", _y is null ? "OKP" : "EC");
        json.WriteString("crv", Curve);
        json.WriteString("x", Base64Url.EncodeToString(_x));
        if (_y is not null)
        {
            json.WriteString("y", Base64Url.EncodeToString(_y));
        }
        if (!secret.IsEmpty)
        {
            json.WriteString("d", Base64Url.EncodeToString(secret));
        }
        json.WriteEndObject();
    }

    private static bool TryRead(
        JsonElement json,
        bool isPrivate,
        [NotNullWhen(true)] out Jwk? jwk,
        out byte[] secret,
        out string problem
    )
    {
        jwk = null;
        secret = [];
        problem = ReadMembers(json, isPrivate, out Dictionary<string, string> members) ?? "";
        if (problem.Length > 0)
        {
            return false;
        }
        byte[]? x = Decode(members, "x");
        byte[]? y = Decode(members, "y");
        byte[]? d = Decode(members, "d");
        string curve = members.GetValueOrDefault("crv", "");
        string kind = curve == "Ed25519" ? "OKP" : "EC";
        problem =
            curve is not ("secp256k1" or "P-256" or "SM2" or "Ed25519") ? "crv: is not a curve that is known here"
            : members.GetValueOrDefault("kty") != kind ? $"kty: must be {kind}"
            : x is null ? "x: must be 32 bytes in base64url without padding"
            : (kind == "EC") != (y is not null) ? "y: must be 32 bytes in base64url without padding, and absent for OKP"
            : isPrivate && d is null ? "d: must be 32 bytes in base64url without padding"
            : "";
        if (problem.Length > 0)
        {
            return false;
        }
        jwk = curve switch
        {
            "Ed25519" => Of(KeyType.Ed25519, x),
            "secp256k1" => Of(KeyType.Secp256K1, Compress(x!, y!)),
            "P-256" => Of(KeyType.P256, Compress(x!, y!)),
            _ => Of(KeyType.Multikey, [.. Multicodec.Write(Multicodec.Sm2), .. Compress(x!, y!)]),
        };
        if (jwk is null || (y is not null && !y.AsSpan().SequenceEqual(jwk._y)))
        {
            jwk = null;
            problem = "x: is not a point of the curve" + (y is null ? "" : ", or y is not the other half of it");
            return false;
        }
        secret = d ?? [];
        return true;
    }

    private static string? ReadMembers(JsonElement json, bool isPrivate, out Dictionary<string, string> members)
    {
        members = [];
        if (json.ValueKind != JsonValueKind.Object)
        {
            return "must be a JSON object";
        }
        HashSet<string> seen = [];
        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (Secret.Contains(member.Name) && !(isPrivate && member.Name == "d"))
            {
                return $"{member.Name}: is part of a private key. Never give it away: whoever could see it has the key, so replace the key";
            }
            if (!seen.Add(member.Name))
            {
                return "has one member twice";
            }
            if (Ignored.Contains(member.Name))
            {
                continue;
            }
            if (member.Name is not ("kty" or "crv" or "x" or "y" or "d"))
            {
                return $"{JsonEncodedText.Encode(Shortened(member.Name))}: is not a member that is known here";
            }
            if (member.Value.ValueKind != JsonValueKind.String)
            {
                return $"{member.Name}: must be text";
            }
            members[member.Name] = member.Value.GetString()!;
        }
        return null;
    }

    private static byte[]? Decode(Dictionary<string, string> members, string name)
    {
        // 32 bytes are 43 characters, of which the last one's two lowest bits are zero: encoded again, it is the same text.
        string text = members.GetValueOrDefault(name, "");
        byte[] bytes = new byte[CoordinateBytes];
        return
            text.Length == Base64Url.GetEncodedLength(CoordinateBytes)
            && Base64Url.DecodeFromChars(text, bytes, out _, out int written) == OperationStatus.Done
            && written == CoordinateBytes
            && Base64Url.EncodeToString(bytes) == text
            ? bytes
            : null;
    }

    private static byte[] Compress(byte[] x, byte[] y) => [(byte)(2 + (y[^1] & 1)), .. x];

    private static string Shortened(string name) => name.Length <= 32 ? name : name[..32];
}
