using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Ledger.Protocol.Documents;
using Ledger.V1;

namespace Ledger.Protocol.Tests.Documents;

/// <summary>What is said beside a document, byte for byte.</summary>
public class DocumentMetadataTests
{
    private static readonly RecordVersion First = new() { Index = 3, TimeMs = 1_767_323_045_999 };

    private static DidRecord Record => new() { Document = new DidDocument(), CreatedMs = 1_767_323_045_999 };

    [Fact]
    public void Write_NewDid_HasBeenCreatedAndNoMore() =>
        Assert.Equal(
            """{"created":"2026-01-02T03:04:05Z","versionId":"3"}""",
            Text(new DocumentMetadata { Record = Record, Version = First })
        );

    [Fact]
    public void Write_EverythingThatThereCanBe_IsByteForByteThis()
    {
        VerificationMethod key = new()
        {
            Fragment = "paper",
            Type = KeyType.Ed25519,
            PublicKey = ByteString.CopyFrom(
                Convert.FromHexString("2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6")
            ),
        };
        DidRecord record = Record;
        record.UpdatedMs = 1_767_323_046_000;
        record.Document.UpdateThreshold = 2;
        record.Document.NextKeysCommitment = ByteString.CopyFrom(Enumerable.Repeat((byte)0xab, 32).ToArray());

        string text = Text(
            new DocumentMetadata
            {
                Record = record,
                Version = First,
                Next = new RecordVersion { Index = 9, TimeMs = 1_767_323_047_001 },
                Deactivated = true,
                Recovery = new RecoveryPolicy { Keys = { key } },
                Pending = new PendingRecovery
                {
                    EffectiveMs = 1_767_323_048_001,
                    Operation = ByteString.CopyFrom(new byte[32]),
                    Rank = 1,
                    Recovery = new RecoveryPolicy { DelaySeconds = 60 },
                },
                ProofBundle = "c2sp.org/tlog-proof@v1\n",
            }
        );

        Assert.Equal(
            $$$"""
            {"created":"2026-01-02T03:04:05Z","updated":"2026-01-02T03:04:06Z","deactivated":true,"versionId":"3",
            "nextUpdate":"2026-01-02T03:04:07Z","nextVersionId":"9","updateThreshold":"2",
            "nextKeysCommitment":"{{{string.Concat(Enumerable.Repeat("ab", 32))}}}",
            "recovery":{"delaySeconds":"259200","keys":[{"name":"paper","publicKeyMultibase":"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}]},
            "pendingRecovery":{"effective":"2026-01-02T03:04:09Z","operation":"{{{new string(
                '0',
                64
            )}}}","rank":"1","recovery":{"delaySeconds":"60","keys":[]}},
            "proof":[{"type":"c2sp.org/tlog-proof@v1","bundle":"c2sp.org/tlog-proof@v1\n"}]}
            """.ReplaceLineEndings(
                ""
            ),
            text
        );
    }

    private static string Text(DocumentMetadata metadata)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, DidDocumentWriter.JsonOptions))
        {
            metadata.Write(json);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
