using Ledger.V1;

namespace Ledger.Protocol.Tests;

/// <summary>One operation has one encoding: every other is refused, and everything that is taken encodes to itself.</summary>
public sealed class OperationEncodingTests
{
    private static readonly StrictMessage<Operation> Strict = new(Operation.Parser);

    [Fact]
    public void Decode_ValidOperations_EncodeToThemselves()
    {
        foreach (Operation operation in Samples.All())
        {
            byte[] bytes = OperationCodec.Encode(operation);
            Judgement judgement = Samples.Decode(bytes, out SubmittedOperation? decoded);
            Assert.True(judgement.IsOk, $"{operation.BodyCase}: {judgement}");
            Assert.Equal(operation, decoded!.Operation);
            Assert.Equal(bytes, OperationCodec.Encode(decoded.Operation));
            Assert.True(Wire.IsCanonical(Operation.Descriptor, bytes));
        }
    }

    [Fact]
    public void Decode_SecondEncodings_AreRefusedWithTheirReason()
    {
        int count = 0;
        foreach (Operation operation in Samples.All())
        {
            byte[] bytes = OperationCodec.Encode(operation);
            foreach (Wire.Variant variant in Wire.Variants(Operation.Descriptor, bytes))
            {
                string what = $"{operation.BodyCase}: {variant.Name}: {Convert.ToHexStringLower(variant.Bytes)}";
                Assert.False(variant.Bytes.AsSpan().SequenceEqual(bytes), what);
                Judgement judgement = Samples.Decode(variant.Bytes, out SubmittedOperation? decoded);
                Assert.True(variant.Reasons.Contains(judgement.Reason), $"{judgement.Reason} for {what}");
                Assert.Null(decoded);
                Assert.False(Wire.IsCanonical(Operation.Descriptor, variant.Bytes), what);
                count++;
            }
        }
        Assert.True(count > 5_000, $"only {count} variants were tried");
    }

    [Fact]
    public void Decode_EveryPrefix_IsRefused()
    {
        foreach (Operation operation in Samples.All())
        {
            byte[] bytes = OperationCodec.Encode(operation);
            for (int length = 0; length < bytes.Length; length++)
            {
                Judgement judgement = Samples.Decode(bytes[..length], out SubmittedOperation? decoded);
                // An operation that lacks its last optional part is another operation, and may be a valid one.
                if (judgement.IsOk)
                {
                    Assert.Equal(bytes[..length], OperationCodec.Encode(decoded!.Operation));
                    Assert.True(Wire.IsCanonical(Operation.Descriptor, bytes.AsSpan(0, length)));
                }
            }
        }
    }

    [Theory]
    [InlineData(3, 100)] // groups
    [InlineData(3, 20_000)]
    public void Decode_NestedTooDeeply_IsMalformed(int wireType, int depth)
    {
        byte[] bytes = OperationCodec.Encode(Samples.With(new Burn { ClassId = "c", TokenId = "t" }));
        IEnumerable<byte> open = Enumerable.Repeat((byte)((15 << 3) | wireType), depth);
        IEnumerable<byte> close = Enumerable.Repeat((byte)((15 << 3) | 4), depth);
        Judgement judgement = Samples.Decode([.. bytes, .. open, .. close], out _);
        Assert.Equal(ReasonCode.Malformed, judgement.Reason);
    }

    // Added to where they stand, such lengths leave the range of the parser's own numbers.
    [Fact]
    public void Decode_NestedLengthsNearTheLargest_AreMalformed()
    {
        foreach (byte[] bytes in Samples.All().Select(OperationCodec.Encode))
        {
            for (int near = 0; near < bytes.Length; near += 5)
            {
                foreach (byte[] overlong in Wire.WithLength(Operation.Descriptor, bytes, (ulong)(int.MaxValue - near)))
                {
                    Assert.Equal(ReasonCode.Malformed, Samples.Decode(overlong, out _).Reason);
                }
            }
        }
    }

    [Fact]
    public void Decode_UnknownEnumValues_AreInvalidFields()
    {
        Operation unknown = Samples.With(Samples.CreateClass());
        unknown.CreateClass.Category = (ClassCategory)99;
        Operation negative = Samples.With(Samples.CreateClass());
        negative.CreateClass.Category = (ClassCategory)(-1);
        foreach (Operation operation in (Operation[])[unknown, negative])
        {
            byte[] bytes = OperationCodec.Encode(operation);
            Assert.True(Wire.IsCanonical(Operation.Descriptor, bytes));
            Judgement judgement = Samples.Decode(bytes, out _);
            Assert.Equal(ReasonCode.InvalidField, judgement.Reason);
            Assert.StartsWith("create_class.category:", judgement.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_RandomMutations_TakesExactlyWhatIsCanonical()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[][] samples = [.. Samples.All().Select(OperationCodec.Encode)];
        int taken = 0;
        for (int i = 0; i < 40_000; i++)
        {
            byte[] bytes = Mutation.Of(random, samples);
            string what = $"seed {seed}, round {i}: {Convert.ToHexStringLower(bytes)}";

            ReasonCode form = Strict.TryParse(bytes, out Operation? parsed);
            bool canonical = Wire.IsCanonical(Operation.Descriptor, bytes);
            Assert.True(canonical == (form == ReasonCode.Applied), $"{form} although canonical is {canonical}: {what}");
            Assert.True(canonical == parsed is not null, what);

            Judgement judgement = Samples.Decode(bytes, out SubmittedOperation? decoded);
            Assert.True(judgement.IsOk == decoded is not null, what);
            if (decoded is not null)
            {
                taken++;
                Assert.True(canonical, what);
                Assert.True(OperationCodec.Encode(decoded.Operation).AsSpan().SequenceEqual(bytes), what);
            }
        }
        Assert.True(taken > 100, $"only {taken} mutations were valid: the test shows little (seed {seed})");
    }

    [Fact]
    public void Decode_MutationsOfSecondEncodings_AreTakenOnlyWhenCanonical()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        byte[][] samples =
        [
            .. Samples
                .All()
                .Select(OperationCodec.Encode)
                .SelectMany(bytes => Wire.Variants(Operation.Descriptor, bytes))
                .Select(variant => variant.Bytes)
                .Where(_ => random.Next(8) == 0),
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Mutation.Of(random, samples);
            bool taken = Strict.TryParse(bytes, out _) == ReasonCode.Applied;
            bool canonical = Wire.IsCanonical(Operation.Descriptor, bytes);
            Assert.True(taken == canonical, $"seed {seed}, round {i}: {Convert.ToHexStringLower(bytes)}");
        }
    }
}
