using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>The worked example of docs/formats.md: made here, checked here, and compared with the page.</summary>
public sealed class FormatsPageTests
{
    private const string Origin = "ledger.example/demo";
    private const long TimeMs = 1_780_000_000_000;

    private static readonly byte[] LogSeed = [.. Enumerable.Repeat((byte)0x4c, 32)];
    private static readonly byte[] SupervisorKey = [.. Enumerable.Repeat((byte)0x53, 32)];

    [Fact]
    public void FormatsPage_Example_IsWhatTheCodeDoes()
    {
        using Ed25519PrivateKey logPrivateKey = Ed25519PrivateKey.FromBytes(LogSeed);
        using Secp256k1PrivateKey supervisor = Secp256k1PrivateKey.FromBytes(SupervisorKey);
        VerifierKey logKey = VerifierKey.ForEd25519(Origin, logPrivateKey.PublicKey);

        // The operation and its signature.
        byte[] operationBytes = OperationCodec.Encode(Found(supervisor.PublicKey));
        byte[] id = new byte[32];
        OperationCodec.ComputeId(operationBytes, id);
        byte[] signature = new byte[64];
        supervisor.Sign(id, signature);
        Signature[] signatures = [new() { VerificationMethod = "key-1", Value = ByteString.CopyFrom(signature) }];
        Judgement judgement = OperationCodec.Decode(
            operationBytes,
            signatures,
            Origin,
            out SubmittedOperation? operation
        );
        Assert.True(judgement.IsOk, judgement.ToString());
        Assert.Equal(SHA256.HashData([.. "ledger.v1.Operation\n"u8, .. operationBytes]), id);
        Assert.True(Ecdsa.Verify(supervisor.PublicKey, id, signature));

        // The log of two entries.
        byte[] entry0 = EntryCodec.EncodeOperation(0, TimeMs, operation!, ReasonCode.Applied);
        Seal seal = new()
        {
            PreviousSeal = ByteString.CopyFrom(new byte[32]),
            StateRoot = ByteString.CopyFrom(new byte[32]),
        };
        byte[] entry1 = EntryCodec.EncodeSeal(1, TimeMs, seal);
        byte[] leaf0 = SHA256.HashData([0x00, .. entry0]);
        byte[] leaf1 = SHA256.HashData([0x00, .. entry1]);
        byte[] root = SHA256.HashData([0x01, .. leaf0, .. leaf1]);

        // What the log signs, and what a person keeps.
        byte[] checkpoint = new Checkpoint(Origin, 2, root).Sign(logPrivateKey);
        byte[] bundle = ProofBundle.Write(0, leaf1, checkpoint, entry0);
        Assert.True(ProofBundle.Verify(entry0, bundle, logKey, out _, out string problem), problem);
        Assert.True(VerifyAsThePageSays(bundle, logKey));
        for (int i = 0; i < bundle.Length; i++)
        {
            bundle[i] ^= 1;
            Assert.False(VerifyAsThePageSays(bundle, logKey), $"byte {i} does not matter");
            bundle[i] ^= 1;
        }
        Receipt receipt = new()
        {
            OperationId = ByteString.CopyFrom(id),
            TimeMs = TimeMs,
            LeafHash = ByteString.CopyFrom(leaf0),
            Proof = new V1.InclusionProof
            {
                Hashes = { ByteString.CopyFrom(leaf1) },
                Checkpoint = ByteString.CopyFrom(checkpoint),
            },
        };
        byte[] receiptBytes = receipt.ToByteArray();

        string text = $"""
            The log's key is the Ed25519 seed `{Hex(LogSeed)}`, so its verifier key is

            ```
            {logKey}
            ```

            The supervisor's secp256k1 key is `{Hex(SupervisorKey)}`. It signs the operation that founds the ledger,
            {operationBytes.Length} bytes:

            ```
            {Dump(Operation.Descriptor, operationBytes)}
            ```

            Its id is H("ledger.v1.Operation\n" ‖ these bytes); the ES256K signature over that (with the nonce of RFC 6979, so that
            it is always the same); and the supervisor's DID:

            ```
            {Hex(id)}
            {Hex(signature.AsSpan(0, 32))}
            {Hex(signature.AsSpan(32))}
            {operation!.ActorDid("demo")}
            ```

            The ledger applies it in a batch of time {TimeMs.ToString(
                CultureInfo.InvariantCulture
            )}. Entry 0, {entry0.Length} bytes:

            ```
            {Dump(Entry.Descriptor, entry0)}
            ```

            The batch ends with its seal. Height, first index, state version are 0 and not written. Entry 1, {entry1.Length} bytes:

            ```
            {Dump(Entry.Descriptor, entry1)}
            ```

            The next seal's `previous_seal` would be H(entry 1), and the two leaf hashes and the root are

            ```
            {Hex(SHA256.HashData(entry1))}  H(entry 1)
            {Hex(leaf0)}  H(0x00 ‖ entry 0)
            {Hex(leaf1)}  H(0x00 ‖ entry 1)
            {Hex(root)}  H(0x01 ‖ the first ‖ the second)
            ```

            The log signs the checkpoint of size 2; the last line is one line.

            ```
            {Encoding.UTF8.GetString(checkpoint).TrimEnd('\n')}
            ```

            The receipt of the operation, with its proof, is {receiptBytes.Length} bytes. Index and outcome are 0 and not written.

            ```
            {Dump(Receipt.Descriptor, receiptBytes)}
            ```

            And this is the proof bundle of entry 0, as `--bundle` writes it: the entry is in it, and its one hash is the leaf hash of
            entry 1. Changing any bit of it makes it worthless.

            ```
            {Encoding.UTF8.GetString(bundle).TrimEnd('\n')}
            ```

            A party whose credential is the 4 bytes `card`, with a salt of 32 bytes 0x73, has the commitment

            ```
            {Hex(SHA256.HashData([.. "ledger.v1.Credential\n"u8, .. Enumerable.Repeat((byte)0x73, 32), .. "card"u8]))}
            ```
            """;
        Documentation.AssertPart("formats.md", "example", text);
    }

    // The four steps of the page, from the bytes, for this log of two entries. The parser of bundles has no part in it.
    private static bool VerifyAsThePageSays(byte[] bundle, VerifierKey logKey)
    {
        string[] parts = Encoding.UTF8.GetString(bundle).Split("\n\n");
        if (
            parts is not [var head, var text, var signatures]
            || head.Split('\n')
                is not ["c2sp.org/tlog-proof@v1", ['e', 'x', 't', 'r', 'a', ' ', .. var extra], "index 0", var hash]
            || text.Split('\n') is not [var name, "2", var root]
            || name != logKey.Name
            || signatures.Split('\n') is not [var line, ""]
            || line.Split(' ') is not ["—", var signer, var value]
            || signer != logKey.Name
            || Decode(value) is not { Length: 68 } signature
            || !signature
                .AsSpan(0, 4)
                .SequenceEqual(
                    SHA256
                        .HashData([.. Encoding.UTF8.GetBytes(logKey.Name), 0x0a, 0x01, .. logKey.PublicKey.Span])
                        .AsSpan(0, 4)
                )
            || !Ed25519.Verify(logKey.PublicKey.Span, Encoding.UTF8.GetBytes(text + "\n"), signature.AsSpan(4))
            || Decode(extra) is not { } entry
            || !EntryCodec.Decode(entry, out Entry? decoded).IsOk
            || decoded!.Index != 0
            || Decode(hash) is not { Length: 32 } sibling
        )
        {
            return false;
        }
        byte[] leaf = SHA256.HashData([0x00, .. entry]);
        return SHA256.HashData([0x01, .. leaf, .. sibling]).AsSpan().SequenceEqual(Decode(root));
    }

    // RFC 4648, section 4, of which one text stands for some bytes.
    private static byte[]? Decode(string base64)
    {
        byte[] bytes = new byte[base64.Length];
        return
            Convert.TryFromBase64String(base64, bytes, out int length)
            && Convert.ToBase64String(bytes, 0, length) == base64
            ? bytes[..length]
            : null;
    }

    private static Operation Found(ReadOnlySpan<byte> publicKey) =>
        new()
        {
            Ledger = Origin,
            NotAfter = 1_780_003_600,
            Nonce = ByteString.CopyFrom([.. Enumerable.Range(0, 16).Select(i => (byte)i)]),
            FoundLedger = new FoundLedger
            {
                Network = "demo",
                Supervisor = new DidDocument
                {
                    VerificationMethods =
                    {
                        new VerificationMethod
                        {
                            Fragment = "key-1",
                            Type = KeyType.Secp256K1,
                            PublicKey = ByteString.CopyFrom(publicKey),
                            Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                        },
                    },
                },
            },
        };

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The bytes of a message, a line a field: tag and length, value, and what they say.</summary>
    private static string Dump(MessageDescriptor descriptor, byte[] bytes)
    {
        StringBuilder lines = new();
        Dump(descriptor, bytes, "", lines);
        return lines.ToString().TrimEnd('\n');
    }

    private static void Dump(MessageDescriptor descriptor, ReadOnlySpan<byte> bytes, string indent, StringBuilder lines)
    {
        while (!bytes.IsEmpty)
        {
            Assert.True(bytes[0] < 0x80, "tags in this example are one byte");
            FieldDescriptor field = descriptor.FindFieldByNumber(bytes[0] >> 3);
            int head = 2;
            for (; bytes[head - 1] >= 0x80; head++) { }
            CodedInputStream number = new(bytes[1..head].ToArray());
            ulong value = number.ReadUInt64();
            if ((bytes[0] & 7) == 0)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{indent}{Hex(bytes[..head])}  {field.Name}: {value}\n");
                bytes = bytes[head..];
                continue;
            }
            ReadOnlySpan<byte> payload = bytes.Slice(head, (int)value);
            string start = $"{indent}{Hex(bytes[..head])}";
            if (field.FieldType == FieldType.Message)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{start}  {field.Name}, {value} bytes:\n");
                Dump(field.MessageType, payload, indent + "  ", lines);
            }
            else
            {
                string text = field.FieldType == FieldType.String ? $" \"{Encoding.UTF8.GetString(payload)}\"" : "";
                lines.Append(CultureInfo.InvariantCulture, $"{start} {Hex(payload)}  {field.Name}{text}\n");
            }
            bytes = bytes[(head + (int)value)..];
        }
    }
}
