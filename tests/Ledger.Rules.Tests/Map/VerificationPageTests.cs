using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests.Map;

/// <summary>The worked example of docs/verification.md: made here, checked by the page's own steps, and compared with the page.</summary>
public sealed class VerificationPageTests
{
    private const string Origin = "ledger.example/demo";
    private const long TimeMs = 1_780_000_000_000;

    private static readonly byte[] LogSeed = [.. Enumerable.Repeat((byte)0x4c, 32)];
    private static readonly byte[] SupervisorKey = [.. Enumerable.Repeat((byte)0x53, 32)];

    [Fact]
    public void VerificationPage_Example_IsWhatTheCodeDoes()
    {
        using Ed25519PrivateKey logPrivateKey = Ed25519PrivateKey.FromBytes(LogSeed);
        VerifierKey logKey = VerifierKey.ForEd25519(Origin, logPrivateKey.PublicKey);
        AppliedBatch batch = Found(out string did);
        byte[] seal = batch.Entries[1];
        byte[][] leaves = [.. batch.Entries.Select(static entry => SHA256.HashData([0x00, .. entry]))];
        byte[] checkpoint = new Checkpoint(Origin, 2, SHA256.HashData([0x01, .. leaves[0], .. leaves[1]])).Sign(
            logPrivateKey
        );
        byte[] sealBundle = ProofBundle.Write(1, leaves[0], checkpoint, seal);
        byte[] there = Bundle(batch, RecordKey.Did(did), sealBundle);
        byte[] absent = Bundle(batch, RecordKey.Class("medals"), sealBundle);
        foreach (byte[] bundle in (byte[][])[there, absent])
        {
            Assert.Equal(bundle == absent, ProvenRecord.FromBundle(bundle, logKey).Record is null);
            for (int i = 0; i < bundle.Length; i++)
            {
                bundle[i] ^= 1;
                Assert.Throws<VerificationException>(() => ProvenRecord.FromBundle(bundle, logKey));
                bundle[i] ^= 1;
            }
        }

        StringBuilder records = new();
        foreach (
            WrittenRecord record in batch.Written.Records.OrderBy(static r => Hex(SHA256.HashData(r.KeyBytes.Span)))
        )
        {
            byte[] keyHash = SHA256.HashData(record.KeyBytes.Span);
            byte[] valueHash = SHA256.HashData(record.Value.Span);
            records.Append(
                $"key      {Hex(record.KeyBytes.Span)}  {(char)record.KeyBytes.Span[0]} 00 {record.Key.Id}\n"
            );
            records.Append($"value    {Hex(record.Value.Span)}\n");
            records.Append($"H(key)   {Hex(keyHash)}\n");
            records.Append($"H(value) {Hex(valueHash)}\n");
            records.Append($"leaf     {Hex(SHA256.HashData([.. "JMT::LeafNode"u8, .. keyHash, .. valueHash]))}\n\n");
        }

        Documentation.AssertPart(
            "verification.md",
            "example",
            $"""
            The ledger of [formats](formats.md#example), founded once more, in a log of format 3: the same keys, the same operation, the same
            time. The log's verifier key is

            ```
            {logKey}
            ```

            The founding wrote {batch.Written.Records.Count} records, in the order of the hashes of their keys:

            ```
            {records.ToString().TrimEnd()}
            ```

            and the root of the state map of these is

            ```
            {Hex(batch.Map.Root.Span)}
            ```

            which the seal, entry 1, names:

            ```
            {Hex(seal)}
            ```

            What `ledger record show did {did} --bundle there.proof` writes, a proof of the supervisor's DID:

            ```
            {Encoding.UTF8.GetString(there).TrimEnd('\n')}
            ```

            and `ledger record show class medals --bundle absent.proof`, that there is no class of that name:

            ```
            {Encoding.UTF8.GetString(absent).TrimEnd('\n')}
            ```
            """
        );
    }

    private static AppliedBatch Found(out string did)
    {
        using Secp256k1PrivateKey supervisor = Secp256k1PrivateKey.FromBytes(SupervisorKey);
        Operation found = new()
        {
            Ledger = Origin,
            NotAfter = 1_780_003_600,
            Nonce = ByteString.CopyFrom([.. Enumerable.Range(0, 16).Select(static i => (byte)i)]),
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
                            PublicKey = ByteString.CopyFrom(supervisor.PublicKey),
                            Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                        },
                    },
                },
            },
        };
        byte[] bytes = OperationCodec.Encode(found);
        byte[] id = new byte[32];
        OperationCodec.ComputeId(bytes, id);
        byte[] signature = new byte[64];
        supervisor.Sign(id, signature);
        Signature[] signatures = [new() { VerificationMethod = "key-1", Value = ByteString.CopyFrom(signature) }];
        Judgement judgement = OperationCodec.Decode(bytes, signatures, Origin, out SubmittedOperation? operation);
        Assert.True(judgement.IsOk, judgement.ToString());
        did = operation!.ActorDid("demo");
        MemoryRecords records = new();
        ProposedBatch batch = new(TimeMs, [new ProposedOperation(operation, VerifiedWith: null)]);
        return BatchExecutor.Execute(records, records.Map, ChainHead.Empty, batch);
    }

    private static byte[] Bundle(AppliedBatch batch, RecordKey key, byte[] seal)
    {
        MapPath path = batch.Map.Prove(SHA256.HashData(key.ToBytes()));
        byte[] value =
        [
            .. batch.Written.Records.Where(record => record.Key == key).SelectMany(static r => r.Value.ToArray()),
        ];
        return RecordBundle.Write(
            key.ToBytes(),
            value,
            value.Length == 0 && path.Leaf is { } other ? other.Bytes : default,
            [.. path.Hashes.SelectMany(static hash => hash)],
            seal
        );
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
