using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.State;

public sealed class RecordCodecTests
{
    private static readonly Dictionary<RecordKind, IMessage> Records = WithEveryKind(
        new()
        {
            [RecordKind.Ledger] = new LedgerRecord
            {
                Origin = "o",
                Network = "n",
                Supervisor = "did:pilot:n:x",
            },
            [RecordKind.Did] = new DidRecord
            {
                Did = "did:pilot:n:x",
                Document = new DidDocument
                {
                    VerificationMethods =
                    {
                        new VerificationMethod
                        {
                            Fragment = "k",
                            Type = KeyType.Ed25519,
                            PublicKey = ByteString.CopyFrom(new byte[32]),
                            Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                        },
                    },
                    Controllers = { "did:pilot:n:y" },
                    AlsoKnownAs = { "https://example.test/é" },
                },
                Deactivated = true,
                CreatedMs = 5,
                UpdatedMs = ulong.MaxValue,
                LastOperation = ByteString.CopyFrom(new byte[32]),
                Recovery = new RecoveryPolicy { DelaySeconds = 5 },
                Pending = new PendingRecovery
                {
                    Recovery = new RecoveryPolicy(),
                    EffectiveMs = 7,
                    Rank = 2,
                },
            },
            [RecordKind.DidChanges] = new DidChangesRecord
            {
                Did = "did:pilot:n:x",
                TimesMs = { 1, 2, 1_700_000_000_000 },
            },
            [RecordKind.Party] = new PartyRecord
            {
                Did = "did:pilot:n:x",
                Roles = { Role.Issuer, Role.Participant },
                AssuranceLevel = AssuranceLevel.High,
            },
            [RecordKind.Pilot] = new PilotRecord
            {
                Id = "p",
                Title = "试点",
                State = PilotState.Running,
            },
            [RecordKind.Class] = new ClassRecord { Id = "c", MaxSupply = 1 },
            [RecordKind.Supply] = new SupplyRecord
            {
                ClassId = "c",
                Minted = 3,
                Burned = 1,
                NextNumber = 1UL << 63,
            },
            [RecordKind.Token] = new TokenRecord
            {
                ClassId = "c",
                TokenId = "1",
                State = TokenState.Live,
                Content = new TokenContent(),
            },
            [RecordKind.Balance] = new BalanceRecord(), // no bytes at all
        }
    );

    // Of every other kind a record in which each field is set.
    private static Dictionary<RecordKind, IMessage> WithEveryKind(Dictionary<RecordKind, IMessage> records)
    {
        foreach (RecordKindTerms terms in RecordKinds.All)
        {
            IMessage empty = (IMessage)terms.Parser.ParseFrom(ByteString.Empty);
            records.TryAdd(terms.Kind, Filled(empty.Descriptor, depth: 3));
        }

        return records;
    }

    private static IMessage Filled(MessageDescriptor descriptor, int depth)
    {
        IMessage message = descriptor.Parser.ParseFrom(ByteString.Empty);
        foreach (FieldDescriptor field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.Message && depth == 0)
            {
                continue;
            }

            object value = field.FieldType switch
            {
                FieldType.Message => Filled(field.MessageType, depth - 1),
                FieldType.String => "试点",
                FieldType.Bytes => ByteString.CopyFrom(new byte[32]),
                FieldType.Bool => true,
                FieldType.UInt32 => uint.MaxValue,
                FieldType.UInt64 => ulong.MaxValue,
                FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, 1),
                _ => throw new InvalidOperationException($"{field.FullName} has a type that no record had."),
            };
            if (field.IsRepeated)
            {
                ((IList)field.Accessor.GetValue(message)).Add(value);
            }
            else
            {
                field.Accessor.SetValue(message, value);
            }
        }

        return message;
    }

    public static TheoryData<RecordKind> Kinds => [.. Enum.GetValues<RecordKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_OfEncode_IsTheSame(RecordKind kind)
    {
        VersionedRecord version = new(long.MaxValue, 1_700_000_000_123, Records[kind]);
        byte[] bytes = RecordCodec.Encode(version);
        VersionedRecord decoded = RecordCodec.Decode(kind, bytes);
        Assert.Equal(version, decoded);
        Assert.Equal(bytes, RecordCodec.Encode(decoded));
    }

    [Fact]
    public void Encode_Version_StartsWithBigEndianIndexAndTime()
    {
        VersionedRecord version = new(0x0102030405060708, 0x1112131415161718, new BalanceRecord { Count = 3 });
        Assert.Equal(
            "01020304050607081112131415161718" + "1803",
            Convert.ToHexStringLower(RecordCodec.Encode(version))
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_DamagedBytes_Throws(RecordKind kind)
    {
        byte[] bytes = RecordCodec.Encode(new VersionedRecord(1, 2, Records[kind]));
        Assert.Throws<FormatException>(() => RecordCodec.Decode(kind, bytes.AsSpan(0, 15)));
        Assert.Throws<FormatException>(() => RecordCodec.Decode(kind, [0x80, .. bytes[1..]]));
        Assert.Throws<FormatException>(() => RecordCodec.Decode(kind, [.. bytes, 0x0a, 0x7f])); // a string cut short
    }

    [Fact]
    public void Decode_KindThatIsNone_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RecordCodec.Decode((RecordKind)1, new byte[16]));
}
