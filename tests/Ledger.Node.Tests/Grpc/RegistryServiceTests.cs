using Google.Protobuf;
using Grpc.Core;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

public class RegistryServiceTests(Scene scene) : IClassFixture<Scene>
{
    [Fact]
    public async Task Submit_WithProof_IsProved()
    {
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));

        SubmitResponse response = await scene.Node.Registry.SubmitAsync(
            new SubmitRequest { Operation = operation, WithProof = true }
        );

        await scene.CheckReceipt(response.Receipt, operation, ReasonCode.Applied);
    }

    [Fact]
    public async Task Submit_Again_GivesTheFirstReceipt()
    {
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        Receipt first = await scene.Apply(operation);
        long size = scene.Node.Size;

        Assert.Equal(first, await scene.Apply(operation));

        // What comes second need not even be signed by anyone: it changes nothing.
        SignedOperation unsigned = operation.Clone();
        unsigned.Signatures[0].Value = ByteString.CopyFrom(new byte[64]);
        Assert.Equal(first, await scene.Apply(unsigned));
        Assert.Equal(size, scene.Node.Size);
    }

    [Fact]
    public async Task Submit_TheSameFromManyConnections_IsRecordedOnce()
    {
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        long before = scene.Node.Size;
        var channels = Enumerable.Range(0, 8).Select(_ => scene.Node.OpenChannel()).ToArray();

        SubmitResponse[] responses = await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(i =>
                    new RegistryService.RegistryServiceClient(channels[i % channels.Length])
                        .SubmitAsync(new SubmitRequest { Operation = operation })
                        .ResponseAsync
                )
        );

        Assert.Equal(before + 2, scene.Node.Size);
        Assert.All(responses, r => Assert.Equal(responses[0].Receipt, r.Receipt));
        Array.ForEach(channels, c => c.Dispose());
    }

    [Fact]
    public async Task SubmitBatch_ThatBuildsOnItself_IsJudgedInOrder()
    {
        string token = scene.NewTokenId();
        SubmitBatchRequest request = new()
        {
            WithProof = true,
            Operations =
            {
                scene.Issuer.Sign(Scene.NewClass("in-order")),
                scene.Issuer.Sign(Scene.Mint(token, scene.Holder, "in-order")),
                scene.Holder.Sign(Scene.Transfer(token, scene.Holder, scene.Other, "in-order")),
                scene.Other.Sign(Scene.Burn(token, "in-order")),
            },
        };

        SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(request);

        ulong first = response.Results[0].Receipt.Index;
        for (int i = 0; i < request.Operations.Count; i++)
        {
            SubmitResult result = response.Results[i];
            Assert.Equal((ReasonCode.Applied, ""), (result.Reason, result.Message));
            Assert.Equal(first + (ulong)i, result.Receipt.Index);
            await scene.CheckReceipt(result.Receipt, request.Operations[i], ReasonCode.Applied);
        }
    }

    [Fact]
    public async Task SubmitBatch_WithBadOnesBetween_JudgesEachAlone()
    {
        string token = scene.NewTokenId();
        SignedOperation mint = scene.Issuer.Sign(Scene.Mint(token, scene.Holder));
        SignedOperation bad = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        bad.Signatures[0].Value = mint.Signatures[0].Value;
        SubmitBatchRequest request = new()
        {
            Operations =
            {
                new SignedOperation(),
                mint,
                bad,
                scene.Issuer.Sign(Scene.Mint(token, scene.Holder)),
                mint,
                scene.Holder.Sign(Scene.Transfer(token, scene.Holder, scene.Other)),
            },
        };

        SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(request);

        Assert.Equal(
            [
                ReasonCode.Empty,
                ReasonCode.Applied,
                ReasonCode.BadSignature,
                ReasonCode.TokenExists,
                ReasonCode.Applied,
                ReasonCode.Applied,
            ],
            response.Results.Select(r => r.Reason)
        );
        Assert.Equal([false, true, false, true, true, true], response.Results.Select(r => r.Receipt is not null));
        Assert.Equal(response.Results[1].Receipt, response.Results[4].Receipt);
        Assert.Equal(ReasonCode.TokenExists, response.Results[3].Receipt.Outcome);
        foreach (SubmitResult result in response.Results.Where(r => r.Reason != ReasonCode.Applied))
        {
            Refusal.CheckText(result.Message, result.Reason);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task SubmitBatch_OfNoneOrTooMany_IsInvalid(int count)
    {
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        long before = scene.Node.Size;

        await Refusal.Of(
            scene.Node.Registry.SubmitBatchAsync(
                new SubmitBatchRequest { Operations = { Enumerable.Repeat(operation, count) } }
            ),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidRequest
        );

        Assert.Equal(before, scene.Node.Size);
    }

    [Fact]
    public async Task SubmitStream_OfTwoThousand_AnswersInOrderWithCorrelations()
    {
        const int Count = 2_000;
        SignedOperation[] operations =
        [
            .. Enumerable.Range(0, Count).Select(_ => scene.Issuer.Sign(Scene.Mint("", scene.Holder))),
        ];
        using var call = scene.Node.Registry.SubmitStream();
        Task writing = Write();

        List<SubmitStreamResponse> answers = [];
        await foreach (SubmitStreamResponse answer in call.ResponseStream.ReadAllAsync())
        {
            answers.Add(answer);
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (ulong)i * 7), answers.Select(a => a.Correlation));
        Assert.All(answers, a => Assert.Equal(ReasonCode.Applied, a.Result.Reason));
        Assert.Equal(operations.Select(IdOf), answers.Select(a => a.Result.Receipt.OperationId));
        ulong[] indexes = [.. answers.Select(a => a.Result.Receipt.Index)];
        Assert.Equal(indexes.Order().Distinct(), indexes);

        async Task Write()
        {
            for (int i = 0; i < Count; i++)
            {
                await call.RequestStream.WriteAsync(
                    new SubmitStreamRequest { Correlation = (ulong)i * 7, Operation = operations[i] }
                );
            }

            await call.RequestStream.CompleteAsync();
        }
    }

    [Fact]
    public async Task SubmitStream_OfGoodAndBad_AnswersEach()
    {
        string token = scene.NewTokenId();
        SubmitStreamRequest[] requests =
        [
            new() { Correlation = 1 },
            new()
            {
                Correlation = 1,
                Operation = scene.Issuer.Sign(Scene.Mint(token, scene.Holder)),
                WithProof = true,
            },
            new() { Correlation = 2, Operation = scene.Issuer.SignBytes([0xff]) },
            new()
            {
                Correlation = 3,
                Operation = scene.Issuer.Sign(Scene.Mint(token, scene.Holder)),
                WithProof = true,
            },
        ];
        using var call = scene.Node.Registry.SubmitStream();
        foreach (SubmitStreamRequest request in requests)
        {
            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
        List<SubmitStreamResponse> answers = [];
        await foreach (SubmitStreamResponse answer in call.ResponseStream.ReadAllAsync())
        {
            answers.Add(answer);
        }

        Assert.Equal(requests.Select(r => r.Correlation), answers.Select(a => a.Correlation));
        Assert.Equal(
            [ReasonCode.Empty, ReasonCode.Applied, ReasonCode.Malformed, ReasonCode.TokenExists],
            answers.Select(a => a.Result.Reason)
        );
        await scene.CheckReceipt(answers[1].Result.Receipt, requests[1].Operation, ReasonCode.Applied);
        await scene.CheckReceipt(answers[3].Result.Receipt, requests[3].Operation, ReasonCode.TokenExists);
        Refusal.CheckText(answers[2].Result.Message, ReasonCode.Malformed);
    }

    [Fact]
    public async Task SubmitStream_AnswersWhileTheCallerStillSends()
    {
        using var call = scene.Node.Registry.SubmitStream();
        for (ulong i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(
                new SubmitStreamRequest
                {
                    Correlation = i,
                    Operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder)),
                }
            );
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(i, call.ResponseStream.Current.Correlation);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    [Fact]
    public async Task SubmitStream_CallerThatVanishes_LosesNothingThatWasRecorded()
    {
        SignedOperation[] operations =
        [
            .. Enumerable.Range(0, 300).Select(_ => scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder))),
        ];
        using (var channel = scene.Node.OpenChannel())
        {
            using var call = new RegistryService.RegistryServiceClient(channel).SubmitStream();
            foreach (SignedOperation operation in operations)
            {
                await call.RequestStream.WriteAsync(new SubmitStreamRequest { Operation = operation });
            }

            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        }

        // Whatever became of them, submitting them again ends with each recorded once.
        SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(
            new SubmitBatchRequest { Operations = { operations } }
        );
        Assert.All(response.Results, r => Assert.Equal(ReasonCode.Applied, r.Reason));
        Assert.Equal(operations.Length, response.Results.Select(r => r.Receipt.Index).Distinct().Count());
    }

    [Fact]
    public async Task GetReceipt_OfARecordedOperation_IsProved()
    {
        SignedOperation operation = scene.Issuer.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder));
        Receipt receipt = await scene.Apply(operation);

        GetReceiptResponse response = await scene.Node.Registry.GetReceiptAsync(
            new GetReceiptRequest { OperationId = receipt.OperationId, WithProof = true }
        );

        await scene.CheckReceipt(response.Receipt, operation, ReasonCode.Applied);
        response.Receipt.Proof = null;
        Assert.Equal(receipt, response.Receipt);
    }

    [Fact]
    public async Task GetReceipt_OfAnUnknownOperation_IsNotFound() =>
        await Refusal.Of(
            scene.Node.Registry.GetReceiptAsync(
                new GetReceiptRequest { OperationId = ByteString.CopyFrom(new byte[32]) }
            ),
            StatusCode.NotFound,
            ReasonCode.ReceiptNotFound
        );

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public async Task GetReceipt_OfNoId_IsInvalid(int length) =>
        await Refusal.Of(
            scene.Node.Registry.GetReceiptAsync(
                new GetReceiptRequest { OperationId = ByteString.CopyFrom(new byte[length]) }
            ),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidRequest
        );

    private static ByteString IdOf(SignedOperation operation)
    {
        byte[] id = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(operation.Operation.Span, id);
        return ByteString.CopyFrom(id);
    }
}
