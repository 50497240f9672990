using System.Formats.Asn1;
using System.Security.Cryptography;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// Private keys in PEM (RFC 7468): PKCS#8 (RFC 5958) <c>PRIVATE KEY</c> of every kind, and SEC 1 (RFC 5915) <c>EC PRIVATE KEY</c> of
/// secp256k1 and P-256. Strict DER.
/// </summary>
internal static class PrivateKeyPem
{
    private const string Pkcs8Label = "PRIVATE KEY";
    private const string Sec1Label = "EC PRIVATE KEY";
    private const string EncryptedLabel = "ENCRYPTED PRIVATE KEY";
    private const string EcParametersLabel = "EC PARAMETERS"; // what `openssl ecparam -genkey` puts before the key
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Secp256k1 = "1.3.132.0.10";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string Ed25519 = "1.3.101.112";
    private const int LengthMax = 8 * 1024;

    private static readonly Asn1Tag Zero = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag One = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag PlainOne = new(TagClass.ContextSpecific, 1);

    /// <summary>What a file said: the secret, pinned, which the caller clears, and the public key in SEC 1 or raw if it was there.</summary>
    public readonly record struct Key(KeyType Type, byte[] Secret, byte[]? PublicKey);

    /// <exception cref="FormatException">It is not one private key of a kind that signs operations.</exception>
    public static Key Read(ReadOnlySpan<char> text)
    {
        if (text.Length > LengthMax)
        {
            throw new FormatException("This is not a private key in PEM: it is too long.");
        }
        if (!PemEncoding.TryFind(text, out PemFields found))
        {
            throw new FormatException("This is not PEM: there is no -----BEGIN PRIVATE KEY----- with its end.");
        }
        ReadOnlySpan<char> label = text[found.Label];
        if (label.SequenceEqual(EcParametersLabel))
        {
            text = text[found.Location.End..];
            if (!PemEncoding.TryFind(text, out found))
            {
                throw new FormatException("There are parameters of a curve, and no key after them.");
            }
            label = text[found.Label];
        }
        if (PemEncoding.TryFind(text[found.Location.End..], out _))
        {
            throw new FormatException("There is more than one key: give one.");
        }
        if (
            label.SequenceEqual(EncryptedLabel)
            || text[..found.Base64Data.Start].Contains("Proc-Type", StringComparison.Ordinal)
        )
        {
            throw new FormatException(
                "The key is encrypted: decrypt it first, for example with `openssl pkey -in FILE`."
            );
        }
        bool isSec1 = label.SequenceEqual(Sec1Label);
        if (!isSec1 && !label.SequenceEqual(Pkcs8Label))
        {
            throw new FormatException($"A {label} is not a private key of a kind that signs operations.");
        }
        byte[] der = GC.AllocateArray<byte>(found.DecodedDataLength, pinned: true);
        try
        {
            return Convert.TryFromBase64Chars(text[found.Base64Data], der, out int written) && written == der.Length
                ? Read(der, isSec1)
                : throw new FormatException("The key is not base64.");
        }
        catch (AsnContentException e)
        {
            throw new FormatException("The key is not the DER of a private key.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    public static string Write(KeyType type, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> uncompressed)
    {
        AsnWriter inner = new(AsnEncodingRules.DER);
        AsnWriter writer = new(AsnEncodingRules.DER);
        byte[] der = [];
        try
        {
            WriteKey(inner, type, secret, uncompressed);
            using (writer.PushSequence())
            {
                writer.WriteInteger(0);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(type == KeyType.Ed25519 ? Ed25519 : EcPublicKey);
                    if (type != KeyType.Ed25519)
                    {
                        writer.WriteObjectIdentifier(type == KeyType.P256 ? P256 : Secp256k1);
                    }
                }
                using (writer.PushOctetString())
                {
                    inner.CopyTo(writer);
                }
            }
            der = writer.Encode();
            return PemEncoding.WriteString(Pkcs8Label, der) + "\n";
        }
        finally
        {
            inner.Reset(); // overwrites what was written
            writer.Reset();
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static void WriteKey(
        AsnWriter writer,
        KeyType type,
        ReadOnlySpan<byte> secret,
        ReadOnlySpan<byte> uncompressed
    )
    {
        if (type == KeyType.Ed25519)
        {
            writer.WriteOctetString(secret);
            return;
        }
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(secret);
            using (writer.PushSequence(One))
            {
                writer.WriteBitString(uncompressed);
            }
        }
    }

    private static Key Read(byte[] der, bool isSec1)
    {
        AsnReader file = new(der, AsnEncodingRules.DER);
        Key key = isSec1 ? ReadSec1(file.ReadSequence(), null) : ReadPkcs8(file.ReadSequence());
        file.ThrowIfNotEmpty();
        return key;
    }

    private static Key ReadPkcs8(AsnReader reader)
    {
        if (!reader.TryReadInt32(out int version) || version is not (0 or 1))
        {
            throw new FormatException("The key is of a version of PKCS#8 that is not known.");
        }
        AsnReader algorithm = reader.ReadSequence();
        string oid = algorithm.ReadObjectIdentifier();
        Key key;
        if (oid == Ed25519)
        {
            AsnReader octets = new(Octets(reader), AsnEncodingRules.DER);
            key = new Key(KeyType.Ed25519, Pinned(Octets(octets)), null);
            octets.ThrowIfNotEmpty();
        }
        else if (oid == EcPublicKey)
        {
            KeyType type = TypeOf(algorithm.ReadObjectIdentifier());
            AsnReader octets = new(Octets(reader), AsnEncodingRules.DER);
            key = ReadSec1(octets.ReadSequence(), type);
            octets.ThrowIfNotEmpty();
        }
        else
        {
            throw new FormatException(
                "The key is of a kind that signs no operations: secp256k1, P-256 and Ed25519 do."
            );
        }
        algorithm.ThrowIfNotEmpty();
        if (reader.HasData && reader.PeekTag().HasSameClassAndValue(Zero))
        {
            reader.ReadSetOf(Zero); // attributes
        }
        if (version == 1) // which is there for the public key's sake
        {
            byte[] publicKey = WholeBytes(reader.ReadBitString(out int unused, PlainOne), unused);
            if (key.PublicKey is not null && !key.PublicKey.SequenceEqual(publicKey))
            {
                throw new FormatException("The file has two public keys.");
            }
            key = key with { PublicKey = publicKey };
        }
        reader.ThrowIfNotEmpty();
        return key;
    }

    private static Key ReadSec1(AsnReader reader, KeyType? known)
    {
        if (!reader.TryReadInt32(out int version) || version != 1)
        {
            throw new FormatException("The key is of a version of EC private keys that is not known.");
        }
        byte[] secret = Pinned(Octets(reader));
        KeyType? type = known;
        if (reader.HasData && reader.PeekTag().HasSameClassAndValue(Zero))
        {
            KeyType named = TypeOf(reader.ReadSequence(Zero).ReadObjectIdentifier());
            type = type is null || type == named ? named : throw new FormatException("The key names two curves.");
        }
        byte[]? publicKey = null;
        if (reader.HasData)
        {
            AsnReader bits = reader.ReadSequence(One);
            publicKey = WholeBytes(bits.ReadBitString(out int unused), unused);
            bits.ThrowIfNotEmpty();
        }
        reader.ThrowIfNotEmpty();
        return new Key(type ?? throw new FormatException("The key does not name its curve."), secret, publicKey);
    }

    private static byte[] WholeBytes(byte[] bits, int unused) =>
        unused == 0 ? bits : throw new FormatException("The public key in the file is not whole bytes.");

    private static KeyType TypeOf(string curve) =>
        curve switch
        {
            Secp256k1 => KeyType.Secp256K1,
            P256 => KeyType.P256,
            _ => throw new FormatException("The key is of a curve that signs no operations: secp256k1 and P-256 do."),
        };

    // Where they lie in the file, which is cleared, so that no other copy of the secret is left behind.
    private static ReadOnlyMemory<byte> Octets(AsnReader reader) =>
        reader.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> octets)
            ? octets
            : throw new FormatException("The key is not the DER of a private key.");

    private static byte[] Pinned(ReadOnlyMemory<byte> octets)
    {
        byte[] secret = GC.AllocateArray<byte>(octets.Length, pinned: true);
        octets.CopyTo(secret);
        return secret;
    }
}
