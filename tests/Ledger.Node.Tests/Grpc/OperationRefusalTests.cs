using Google.Protobuf;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Operations whose bytes are wrong, over gRPC: each has its own refusal, and none leaves a trace in the log.</summary>
public class OperationRefusalTests(Scene scene) : IClassFixture<Scene>
{
    private const int Seed = 20_260_102;

    [Fact]
    public async Task Submit_NoOperation_IsEmpty()
    {
        RpcException error = await Refusal.Of(
            scene.Node.Registry.SubmitAsync(new SubmitRequest()),
            StatusCode.InvalidArgument,
            ReasonCode.Empty
        );

        Assert.Null(Refusal.ReceiptIn(error));
    }

    [Fact]
    public Task Submit_EmptyBytes_IsEmpty() => RefusesBytes([], ReasonCode.Empty);

    [Fact]
    public async Task Submit_EveryTruncation_IsRefusedByItsForm()
    {
        byte[] whole = Whole();
        HashSet<ReasonCode> seen = [];
        long before = scene.Node.Size;

        for (int length = 0; length < whole.Length; length++)
        {
            SubmitRequest request = new() { Operation = scene.Issuer.SignBytes(whole[..length]) };
            RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
                scene.Node.Registry.SubmitAsync(request).ResponseAsync
            );
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            seen.Add(Refusal.CheckTyped(error));
        }

        Assert.Equal(before, scene.Node.Size);
        Assert.Equal([ReasonCode.Malformed, ReasonCode.Empty, ReasonCode.MissingBody], seen.Order());
    }

    [Fact]
    public async Task Submit_LargestOperation_IsJudgedByItsContent()
    {
        // A wrong deadline is looked at last: nothing was wrong with the size.
        Operation operation = OfSize(Limits.OperationBytesMax);
        operation.NotAfter = Signer.UnixSeconds(TimeSpan.FromDays(-1));

        await scene.RefusesUnrecorded(
            scene.Issuer.SignBytes(operation.ToByteArray()),
            StatusCode.FailedPrecondition,
            ReasonCode.Expired
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Limits.OperationBytesMax)]
    [InlineData(3 * 1024 * 1024)]
    public async Task Submit_OversizedOperation_IsTooLarge(int tooMany)
    {
        byte[] bytes = [.. OfSize(Limits.OperationBytesMax).ToByteArray(), .. new byte[tooMany]];

        RpcException error = await RefusesBytes(bytes, ReasonCode.TooLarge);

        Assert.Contains($"{Limits.OperationBytesMax}", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_RandomBytes_AreRefusedByTheirForm()
    {
        Random random = new(Seed);
        long before = scene.Node.Size;
        SubmitBatchRequest request = new();
        for (int i = 0; i < Limits.SubmitBatchMax; i++)
        {
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            request.Operations.Add(scene.Issuer.SignBytes(bytes));
        }

        SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(request);

        Assert.All(
            response.Results,
            result =>
            {
                Assert.True(result.Reason is > ReasonCode.Applied and <= ReasonCode.InvalidDid, $"seed {Seed}");
                Refusal.CheckText(result.Message, result.Reason);
                Assert.Null(result.Receipt);
            }
        );
        Assert.Equal(before, scene.Node.Size);
    }

    [Fact]
    public async Task Submit_EveryFlippedBit_IsRefused()
    {
        SignedOperation whole = scene.Issuer.Sign(Scene.Mint("never", scene.Holder));
        byte[] bytes = whole.Operation.ToByteArray();
        SignedOperation[] flipped =
        [
            .. Enumerable
                .Range(0, bytes.Length * 8)
                .Select(bit =>
                {
                    byte[] other = [.. bytes];
                    other[bit / 8] ^= (byte)(1 << (bit % 8));
                    return new SignedOperation
                    {
                        Operation = ByteString.CopyFrom(other),
                        Signatures = { whole.Signatures },
                    };
                }),
        ];
        long before = scene.Node.Size;

        foreach (SignedOperation[] part in flipped.Chunk(Limits.SubmitBatchMax))
        {
            SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(
                new SubmitBatchRequest { Operations = { part } }
            );
            Assert.All(
                response.Results,
                result =>
                {
                    Assert.InRange(result.Reason, ReasonCode.Malformed, ReasonCode.KeyChanged);
                    Refusal.CheckText(result.Message, result.Reason);
                }
            );
        }

        Assert.Equal(before, scene.Node.Size);
        await scene.Apply(whole);
    }

    [Fact]
    public Task Submit_UnknownField_IsNamedAsThat() =>
        RefusesBytes([.. Whole(), 0xfa, 0x3f, 0x01, 0x00], ReasonCode.UnknownField);

    [Fact]
    public Task Submit_UnknownFieldInTheBody_IsNamedAsThat()
    {
        // Field 500 at the end of `mint`, whose length grows by four.
        Operation operation = scene.Issuer.Complete(Scene.Mint("t", scene.Holder));
        byte[] body = [.. operation.Mint.ToByteArray(), 0xa2, 0x1f, 0x01, 0x00];
        Assert.InRange(body.Length, 0, 127);
        operation.Mint = null;
        return RefusesBytes(
            [.. operation.ToByteArray(), 0x92, 0x03, (byte)body.Length, .. body],
            ReasonCode.UnknownField
        );
    }

    [Fact]
    public Task Submit_FieldGivenTwice_IsNotCanonical()
    {
        // The same ledger once more in front: protobuf takes the last, a hash does not.
        byte[] ledger = new Operation { Ledger = TestNode.Origin }.ToByteArray();
        return RefusesBytes([.. ledger, .. Whole()], ReasonCode.NotCanonical);
    }

    [Fact]
    public Task Submit_DefaultValueOnTheWire_IsNotCanonical()
    {
        // `creates` has no actor; an empty one is written all the same.
        Operation operation = scene.Issuer.Complete(scene.Issuer.Create);
        byte[] ledger = new Operation { Ledger = operation.Ledger }.ToByteArray();
        byte[] whole = operation.ToByteArray();
        return RefusesBytes([.. ledger, 0x12, 0x00, .. whole[ledger.Length..]], ReasonCode.NotCanonical);
    }

    [Fact]
    public Task Submit_FieldsOutOfOrder_AreNotCanonical()
    {
        byte[] ledger = new Operation { Ledger = TestNode.Origin }.ToByteArray();
        return RefusesBytes([.. Whole()[ledger.Length..], .. ledger], ReasonCode.NotCanonical);
    }

    [Fact]
    public Task Submit_OverlongVarint_IsNotCanonical()
    {
        // The length of `ledger` in two bytes instead of one.
        byte[] whole = Whole();
        return RefusesBytes([whole[0], (byte)(whole[1] | 0x80), 0x00, .. whole[2..]], ReasonCode.NotCanonical);
    }

    [Fact]
    public Task Submit_NoBody_IsMissingBody() => Refuses(new Operation(), ReasonCode.MissingBody);

    [Fact]
    public async Task Submit_FieldOutOfRange_NamesTheField()
    {
        RpcException error = await Refuses(Scene.Mint("Capital", scene.Holder), ReasonCode.InvalidField);

        Assert.Contains("mint.token_id", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public Task Submit_ForAnotherLedger_IsWrongLedger()
    {
        Operation operation = Scene.Mint("t", scene.Holder);
        operation.Ledger = "ledger.test/other";
        return Refuses(operation, ReasonCode.WrongLedger);
    }

    [Fact]
    public Task Submit_DidOfAnotherNetwork_IsInvalidDid()
    {
        Operation operation = Scene.Mint("t", scene.Holder);
        operation.Mint.Owner = operation.Mint.Owner.Replace(":test:", ":elsewhere:", StringComparison.Ordinal);
        return Refuses(operation, ReasonCode.InvalidDid);
    }

    [Fact]
    public Task Submit_ExpiredDeadline_IsExpired()
    {
        Operation operation = Scene.Mint("t", scene.Holder);
        operation.NotAfter = Signer.UnixSeconds(TimeSpan.FromSeconds(-5));
        return Refuses(operation, ReasonCode.Expired, StatusCode.FailedPrecondition);
    }

    [Theory]
    [InlineData(31L * 24 * 60 * 60)]
    [InlineData(long.MaxValue)]
    public Task Submit_DistantDeadline_IsTooFar(long secondsFromNow)
    {
        Operation operation = Scene.Mint("t", scene.Holder);
        operation.NotAfter = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + (ulong)secondsFromNow;
        return Refuses(operation, ReasonCode.DeadlineTooFar, StatusCode.FailedPrecondition);
    }

    [Fact]
    public Task Submit_LargestDeadlineThereIs_IsTooFar()
    {
        Operation operation = Scene.Mint("t", scene.Holder);
        operation.NotAfter = ulong.MaxValue;
        return Refuses(operation, ReasonCode.DeadlineTooFar, StatusCode.FailedPrecondition);
    }

    [Fact]
    public Task Submit_SecondFounding_IsAlreadyFounded()
    {
        Operation operation = new()
        {
            FoundLedger = new FoundLedger { Network = TestNode.Network, Supervisor = scene.Issuer.Document },
        };
        return Refuses(operation, ReasonCode.AlreadyFounded, StatusCode.AlreadyExists);
    }

    [Fact]
    public async Task Submit_ToAnEmptyLedger_IsNotFounded()
    {
        await using TestNode node = await TestNode.StartAsync();
        Signer signer = new();

        await Refusal.Of(
            node.Registry.SubmitAsync(new SubmitRequest { Operation = signer.Sign(signer.Create) }),
            StatusCode.FailedPrecondition,
            ReasonCode.NotFounded
        );

        Assert.Equal(0, node.Size);
    }

    private byte[] Whole() => scene.Issuer.Complete(Scene.Mint("whole", scene.Holder)).ToByteArray();

    // An operation of exactly so many bytes: tokens of 68 bytes each on the wire, and a last one that fills what is left.
    private Operation OfSize(int bytes)
    {
        Operation operation = scene.Issuer.Complete(
            new Operation
            {
                BatchMint = new BatchMint
                {
                    ClassId = Scene.Class,
                    Owner = scene.Holder.Did,
                    Items = { Enumerable.Range(0, 890).Select(i => new MintItem { TokenId = $"{i:d64}" }) },
                },
            }
        );
        while (bytes - operation.CalculateSize() > 120)
        {
            operation.BatchMint.Items.Add(new MintItem { TokenId = $"{operation.BatchMint.Items.Count:d64}" });
        }

        string rest = new('x', bytes - operation.CalculateSize() - 4);
        operation.BatchMint.Items.Add(new MintItem { TokenId = rest });
        Assert.Equal(bytes, operation.CalculateSize());
        return operation;
    }

    private Task<RpcException> Refuses(
        Operation operation,
        ReasonCode reason,
        StatusCode status = StatusCode.InvalidArgument
    ) => scene.RefusesUnrecorded(scene.Issuer.Sign(operation), status, reason);

    private Task<RpcException> RefusesBytes(byte[] bytes, ReasonCode reason) =>
        scene.RefusesUnrecorded(scene.Issuer.SignBytes(bytes), StatusCode.InvalidArgument, reason);
}
