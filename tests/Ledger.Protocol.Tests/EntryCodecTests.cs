using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public sealed class EntryCodecTests
{
    private static readonly long[] Numbers = [0, 1, 127, 128, 16_384, 1_700_000_000_000, long.MaxValue];

    [Fact]
    public void EncodeOperation_AnyNumbers_IsWhatTheGeneratedSerializerWrites()
    {
        foreach (Operation operation in Samples.All())
        {
            Signature[] signatures = [Samples.Signature("a"), Samples.Signature(new string('z', 32))];
            SubmittedOperation submitted = Samples.Submit(operation, signatures);
            foreach (long number in Numbers)
            {
                foreach (ReasonCode outcome in (ReasonCode[])[ReasonCode.Applied, ReasonCode.StalePrevious])
                {
                    Entry entry = new()
                    {
                        Index = (ulong)number,
                        TimeMs = (ulong)(number / 3),
                        Operation = new OperationEntry
                        {
                            Operation = ByteString.CopyFrom(submitted.Bytes.Span),
                            Signatures = { signatures },
                            Outcome = outcome,
                        },
                    };
                    byte[] bytes = EntryCodec.EncodeOperation(number, number / 3, submitted, outcome);
                    AssertDecodes(entry, bytes);
                }
            }
        }
    }

    public static TheoryData<int> VerdictNumbers => [.. Enumerable.Range(0, Verdicts.Length)];

    [Theory]
    [MemberData(nameof(VerdictNumbers))]
    public void EncodeOperation_WithVerdictAndApprover_IsWhatTheGeneratedSerializerWrites(int number)
    {
        Verdict? verdict = Verdicts[number];
        Signature approver = Samples.Signature();
        approver.ByApprover = true;
        Signature[] signatures = [Samples.Signature(), approver]; // two keys of one name, in two documents
        Operation operation = Samples.All().Single(o => o.Approver.Length != 0);
        SubmittedOperation submitted = Samples.Submit(operation, signatures);
        Entry entry = new()
        {
            Index = 7,
            TimeMs = 1_790_000_000_123,
            Operation = new OperationEntry
            {
                Operation = ByteString.CopyFrom(submitted.Bytes.Span),
                Signatures = { signatures },
                Outcome = ReasonCode.PolicyRefused,
                Verdict = verdict,
            },
        };
        AssertDecodes(
            entry,
            EntryCodec.EncodeOperation(7, 1_790_000_000_123, submitted, ReasonCode.PolicyRefused, verdict)
        );
    }

    [Fact]
    public void EncodeOperation_LargestVerdict_IsWithinItsLimit()
    {
        Verdict largest = new()
        {
            Step = (uint)Limits.GroupStepsMax,
            FailedRule = new string('a', Limits.RulePathLengthMax),
            RetryAtMs = ulong.MaxValue,
            PolicyVersions = { Enumerable.Repeat(ulong.MaxValue, Limits.GroupStepsMax) },
        };
        Assert.InRange(largest.CalculateSize(), Limits.RulePathLengthMax, Limits.VerdictBytesMax);
        SubmittedOperation submitted = Samples.Submit(Samples.All().First());
        byte[] bytes = EntryCodec.EncodeOperation(1, 2, submitted, ReasonCode.PolicyRefused, largest);
        Assert.True(EntryCodec.Decode(bytes, out Entry? entry).IsOk);
        Assert.Equal(largest, entry!.Operation.Verdict);
    }

    [Fact]
    public void EncodeSeal_AnyNumbers_IsWhatTheGeneratedSerializerWrites()
    {
        foreach (long number in Numbers)
        {
            Seal seal = new()
            {
                Height = (ulong)number,
                PreviousSeal = Samples.Bytes("previous", 32),
                FirstIndex = (ulong)(number / 2),
                StateRoot = ByteString.CopyFrom(new byte[32]),
                StateVersion = (ulong)(number / 5),
            };
            Entry entry = new()
            {
                Index = (ulong)number,
                TimeMs = (ulong)number,
                Seal = seal,
            };
            AssertDecodes(entry, EntryCodec.EncodeSeal(number, number, seal));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(uint.MaxValue)]
    public void EncodeSeal_OfAnyFormat_IsWhatTheGeneratedSerializerWrites(uint format)
    {
        Entry entry = SealEntry(format);
        Assert.Equal(entry.ToByteArray(), EntryCodec.EncodeSeal((long)entry.Index, (long)entry.TimeMs, entry.Seal));
    }

    // The same fault in a seal of this format, where it is one, and of a newer, where it may be how that format is.
    [Fact]
    public void Decode_SealOfANewerFormat_IsNewerFormatWhateverElseItHolds()
    {
        byte[] unknown = [0x7a, 0x01, 0x00];
        (ReasonCode InThisFormat, Func<Entry, byte[]> Encode)[] cases =
        [
            (ReasonCode.Applied, e => e.ToByteArray()),
            (ReasonCode.UnknownField, e => [.. unknown, .. e.ToByteArray()]),
            (ReasonCode.UnknownField, e => [.. e.ToByteArray(), .. unknown]),
            (ReasonCode.UnknownField, e => WithSeal(e, [.. unknown, .. e.Seal.ToByteArray()])),
            (ReasonCode.UnknownField, e => WithSeal(e, [.. e.Seal.ToByteArray(), .. unknown])),
            // A number where the root was.
            (
                ReasonCode.UnknownField,
                e => WithSeal(e, [.. new Seal { Format = e.Seal.Format }.ToByteArray(), 0x20, 1])
            ),
            // The height again, after the rest.
            (ReasonCode.NotCanonical, e => WithSeal(e, [.. e.Seal.ToByteArray(), 0x08, 1])),
            (ReasonCode.InvalidField, e => WithSeal(e, new Seal { Format = e.Seal.Format }.ToByteArray())),
            (ReasonCode.InvalidField, e => WithSeal(e, new Seal(e.Seal) { Height = 1ul << 63 }.ToByteArray())),
            (ReasonCode.InvalidField, e => WithSeal(e, new Seal(e.Seal) { StateRoot = Long }.ToByteArray())),
            (ReasonCode.InvalidField, e => new Entry(e) { Index = 1ul << 63 }.ToByteArray()),
        ];
        foreach ((ReasonCode inThisFormat, Func<Entry, byte[]> encode) in cases)
        {
            Assert.Equal(inThisFormat, EntryCodec.Decode(encode(SealEntry(EntryCodec.LatestFormat)), out _).Reason);
            foreach (uint format in (uint[])[EntryCodec.LatestFormat + 1, uint.MaxValue])
            {
                Judgement judgement = EntryCodec.Decode(encode(SealEntry(format)), out Entry? decoded);
                Assert.Equal(ReasonCode.NewerFormat, judgement.Reason);
                Assert.StartsWith($"the seal's format is {format},", judgement.Detail, StringComparison.Ordinal);
                Assert.Null(decoded);
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(127, 128)]
    [InlineData(16_384, 1_790_000_000_123)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void TryReadTime_AnyEntry_IsItsTime(long index, long timeMs)
    {
        SubmittedOperation operation = Samples.Submit(Samples.All().First());
        byte[] entry = EntryCodec.EncodeOperation(index, timeMs, operation, ReasonCode.Applied);
        Assert.True(EntryCodec.TryReadTime(entry, out long read));
        Assert.Equal(timeMs, read);
        Assert.False(EntryCodec.TryReadTime([], out _));
        Assert.False(EntryCodec.TryReadTime([0x08, 0x80], out _));
        Assert.False(EntryCodec.TryReadTime([0x10, .. Enumerable.Repeat((byte)0xff, 9), 0x01], out _)); // 2^64 - 1
    }

    [Fact]
    public void Decode_NoSealOfANewerFormat_KeepsItsReason()
    {
        byte[] newer = SealEntry(EntryCodec.LatestFormat + 1).ToByteArray();
        Assert.Equal(ReasonCode.Malformed, EntryCodec.Decode(newer.AsMemory()[..^1], out _).Reason);
        Assert.Equal(ReasonCode.TooLarge, EntryCodec.Decode(new byte[Limits.EntryBytesMax + 1], out _).Reason);

        // Field 6, which is the format of a seal, where no seal is.
        byte[] unknown = [0x30, (byte)(EntryCodec.LatestFormat + 1)];
        byte[] operation = EncodeOperation();
        Assert.Equal(ReasonCode.UnknownField, EntryCodec.Decode((byte[])[.. operation, .. unknown], out _).Reason);
        Entry entry = Entry.Parser.ParseFrom(operation);
        byte[] content = [.. entry.Operation.ToByteArray(), .. unknown];
        byte[] nested = [.. WithoutContent(entry), 0x1a, .. Wire.Number((ulong)content.Length), .. content];
        Assert.Equal(ReasonCode.UnknownField, EntryCodec.Decode(nested, out _).Reason);
    }

    [Fact]
    public void EncodeOperation_LargestOperationAndSignatures_FitsInAnEntry()
    {
        Operation operation = Samples.With(Samples.BatchMint());
        while (operation.CalculateSize() < Limits.OperationBytesMax)
        {
            int room = Limits.OperationBytesMax - operation.CalculateSize();
            operation.BatchMint.Items.Add(new MintItem { TokenId = new string('x', Math.Clamp(room - 4, 1, 126)) });
        }
        Signature[] signatures =
        [
            .. Enumerable.Range(0, Limits.SignaturesMax).Select(i => Samples.Signature($"{i}".PadLeft(32, 'k'))),
        ];
        SubmittedOperation submitted = Samples.Submit(operation, signatures);
        byte[] bytes = EntryCodec.EncodeOperation(long.MaxValue, long.MaxValue, submitted, ReasonCode.DuplicateInBatch);
        Assert.InRange(bytes.Length, Limits.OperationBytesMax, Limits.OperationBytesMax + Limits.EntryOverheadBytesMax);
        Assert.InRange(bytes.Length, 0, Limits.EntryBytesMax);
        Assert.True(EntryCodec.Decode(bytes, out _).IsOk);
    }

    [Fact]
    public void EncodeOperation_SignatureWithUnknownFields_LeavesThemOut()
    {
        byte[] wire = [.. Samples.Signature().ToByteArray(), 0x78, 0x01];
        SubmittedOperation submitted = Samples.Submit(Samples.All().First(), Signature.Parser.ParseFrom(wire));
        byte[] bytes = EntryCodec.EncodeOperation(1, 2, submitted, ReasonCode.Applied);
        Assert.True(EntryCodec.Decode(bytes, out Entry? entry).IsOk);
        Assert.Equal([Samples.Signature()], entry!.Operation.Signatures);
    }

    [Theory]
    [InlineData(ReasonCode.Malformed)]
    [InlineData(ReasonCode.BadSignature)]
    [InlineData(ReasonCode.KeyChanged)]
    [InlineData(ReasonCode.EntryNotFound)]
    [InlineData(ReasonCode.Overloaded)]
    [InlineData((ReasonCode)299)]
    [InlineData((ReasonCode)(-1))]
    public void EncodeOperation_OutcomeThatIsNeverRecorded_IsABug(ReasonCode outcome)
    {
        SubmittedOperation submitted = Samples.Submit(Samples.All().First());
        Assert.Throws<ArgumentOutOfRangeException>(() => EntryCodec.EncodeOperation(0, 0, submitted, outcome));
    }

    [Fact]
    public void Encode_NegativeNumbersOrShortHashes_AreBugs()
    {
        SubmittedOperation submitted = Samples.Submit(Samples.All().First());
        Assert.ThrowsAny<ArgumentException>(() => EntryCodec.EncodeOperation(-1, 0, submitted, ReasonCode.Applied));
        Assert.ThrowsAny<ArgumentException>(() => EntryCodec.EncodeOperation(0, -1, submitted, ReasonCode.Applied));
        Seal seal = new() { PreviousSeal = Samples.Bytes("p", 32), StateRoot = Samples.Bytes("r", 32) };
        Assert.ThrowsAny<ArgumentException>(() => EntryCodec.EncodeSeal(-1, 0, seal));
        seal.StateRoot = Samples.Bytes("r", 31);
        Assert.ThrowsAny<ArgumentException>(() => EntryCodec.EncodeSeal(0, 0, seal));
    }

    [Fact]
    public void Decode_FieldsOutOfRange_AreRefusedWithTheirReason()
    {
        (ReasonCode Reason, string Detail, Action<Entry> Change)[] cases =
        [
            (ReasonCode.MissingBody, "", e => e.ClearContent()),
            (ReasonCode.InvalidField, "index:", e => e.Index = 1ul << 63),
            (ReasonCode.InvalidField, "time_ms:", e => e.TimeMs = 1ul << 63),
            (ReasonCode.InvalidField, "operation.operation:", e => e.Operation.Operation = ByteString.Empty),
            (
                ReasonCode.InvalidField,
                "operation.operation:",
                e => e.Operation.Operation = ByteString.CopyFrom(new byte[Limits.OperationBytesMax + 1])
            ),
            (ReasonCode.TooLarge, "", e => e.Operation.Operation = ByteString.CopyFrom(new byte[65_536])),
            (ReasonCode.InvalidField, "operation.outcome:", e => e.Operation.Outcome = ReasonCode.BadSignature),
            (ReasonCode.InvalidField, "operation.outcome:", e => e.Operation.Outcome = (ReasonCode)299),
            (ReasonCode.InvalidField, "operation.verdict:", e => e.Operation.Verdict = new Verdict()),
            (
                ReasonCode.InvalidField,
                "operation.verdict:",
                e => e.Operation.Verdict = new Verdict { FailedRule = new string('a', Limits.VerdictBytesMax) }
            ),
            (ReasonCode.SignatureCount, "", e => e.Operation.Signatures.Clear()),
            (ReasonCode.SignatureCount, "", e => e.Operation.Signatures.Add(e.Operation.Signatures[0])),
            (ReasonCode.SignatureLength, "", e => e.Operation.Signatures[0].Value = ByteString.Empty),
            (ReasonCode.InvalidField, "signatures[0]", e => e.Operation.Signatures[0].VerificationMethod = ""),
            (ReasonCode.InvalidField, "seal.previous_seal:", e => e.Seal = new Seal()),
            (
                ReasonCode.InvalidField,
                "seal.state_root:",
                e => e.Seal = new Seal { PreviousSeal = Samples.Bytes("p", 32), StateRoot = Samples.Bytes("r", 8) }
            ),
        ];
        foreach ((ReasonCode reason, string detail, Action<Entry> change) in cases)
        {
            Entry entry = Entry.Parser.ParseFrom(EncodeOperation());
            change(entry);
            Judgement judgement = EntryCodec.Decode(entry.ToByteArray(), out Entry? decoded);
            Assert.Equal(reason, judgement.Reason);
            Assert.StartsWith(detail, judgement.Detail, StringComparison.Ordinal);
            Assert.Null(decoded);
        }
        Assert.Equal(ReasonCode.Empty, EntryCodec.Decode(default, out _).Reason);
    }

    [Fact]
    public void Decode_SecondEncodings_AreRefusedWithTheirReason()
    {
        foreach (byte[] bytes in Entries())
        {
            foreach (Wire.Variant variant in Wire.Variants(Entry.Descriptor, bytes))
            {
                Judgement judgement = EntryCodec.Decode(variant.Bytes, out Entry? decoded);
                Assert.True(variant.Reasons.Contains(judgement.Reason), $"{judgement} for {variant.Name}");
                Assert.Null(decoded);
            }
        }
    }

    [Fact]
    public void Decode_RandomMutations_TakesExactlyWhatIsCanonical()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        StrictMessage<Entry> strict = new(Entry.Parser);
        byte[][] samples = [.. Entries()];
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = Mutation.Of(random, samples);
            string what = $"seed {seed}, round {i}: {Convert.ToHexStringLower(bytes)}";
            bool canonical = Wire.IsCanonical(Entry.Descriptor, bytes);
            Assert.True(canonical == (strict.TryParse(bytes, out _) == ReasonCode.Applied), what);
            if (EntryCodec.Decode(bytes, out Entry? entry).IsOk)
            {
                Assert.True(canonical, what);
                Assert.True(entry!.ToByteArray().AsSpan().SequenceEqual(bytes), what);
            }
        }
    }

    private static readonly Verdict?[] Verdicts =
    [
        null,
        new() { Step = 100 },
        new() { PolicyVersions = { 1, 3, 127 } },
        new() { FailedRule = "all[1].first_hold", RetryAtMs = 1_790_000_000_123 },
        new()
        {
            Step = 2,
            PolicyVersions = { 128, ulong.MaxValue },
            FailedRule = "any",
            RetryAtMs = ulong.MaxValue,
        },
    ];

    private static IEnumerable<byte[]> Entries()
    {
        SubmittedOperation submitted = Samples.Submit(
            Samples.All().First(),
            Samples.Signature("a"),
            Samples.Signature("b")
        );
        yield return EntryCodec.EncodeOperation(0, 1, submitted, ReasonCode.Applied);
        yield return EntryCodec.EncodeOperation(300, 1_700_000_000_000, submitted, ReasonCode.TokenBurned);
        yield return EntryCodec.EncodeOperation(300, 1, submitted, ReasonCode.PolicyRefused, Verdicts[3]);
        yield return EntryCodec.EncodeOperation(300, 1, submitted, ReasonCode.NotAuthorised, Verdicts[2]);
        Seal seal = new()
        {
            Height = 3,
            PreviousSeal = Samples.Bytes("p", 32),
            StateRoot = Samples.Bytes("r", 32),
            StateVersion = 9,
        };
        yield return EntryCodec.EncodeSeal(301, 1_700_000_000_000, seal);
    }

    private static readonly ByteString Long = ByteString.CopyFrom(new byte[64]);

    private static byte[] EncodeOperation() =>
        EntryCodec.EncodeOperation(7, 9, Samples.Submit(Samples.All().First()), ReasonCode.Applied);

    private static Entry SealEntry(uint format) =>
        new()
        {
            Index = 301,
            TimeMs = 1_700_000_000_000,
            Seal = new Seal
            {
                Height = 3,
                PreviousSeal = Samples.Bytes("p", 32),
                FirstIndex = 290,
                StateRoot = Samples.Bytes("r", 32),
                StateVersion = 9,
                Format = format,
            },
        };

    private static byte[] WithSeal(Entry entry, byte[] seal) =>
        [.. WithoutContent(entry), 0x22, .. Wire.Number((ulong)seal.Length), .. seal];

    private static byte[] WithoutContent(Entry entry)
    {
        Entry rest = new(entry);
        rest.ClearContent();
        return rest.ToByteArray();
    }

    private static void AssertDecodes(Entry entry, byte[] bytes)
    {
        Assert.Equal(entry.ToByteArray(), bytes);
        Judgement judgement = EntryCodec.Decode(bytes, out Entry? decoded);
        Assert.True(judgement.IsOk, judgement.ToString());
        Assert.Equal(entry, decoded);
    }
}
