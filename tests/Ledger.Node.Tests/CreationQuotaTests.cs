using System.Net;
using Grpc.Core;
using Ledger.Node.Tests.Grpc;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests;

public class CreationQuotaTests
{
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.7");

    private readonly SubmittedOperation _create = Submitted(static signer => signer.Create);
    private readonly SubmittedOperation _burn = Submitted(static signer =>
    {
        signer.Did = DidSyntax.FromOperationId(TestNode.Network, new byte[32]);
        return Operations.Burn("c", "t");
    });

    [Fact]
    public async Task For_PeersElsewhere_TakesTheUsualNumberAndSaysWhenToRetry()
    {
        await using CreationQuota quota = new(null);
        Door door = quota.For(Peer)!;
        int taken = 0;
        Judgement judgement;
        while ((judgement = door(_create)).IsOk)
        {
            // Slow machines earn another one now and then while they count.
            Assert.InRange(++taken, 0, 10 * CreationQuota.UsualPerMinute);
        }

        Assert.InRange(taken, CreationQuota.UsualPerMinute, int.MaxValue);
        Assert.Equal(ReasonCode.PeerQuota, judgement.Reason);
        Assert.InRange(judgement.RetryAfterMs, 1, 60_000);
        Assert.True(door(_burn).IsOk);
        Assert.True(quota.For(IPAddress.Parse("192.0.2.8"))!(_create).IsOk);
    }

    [Theory]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    public async Task For_TwoAddresses_CountTogetherWhenOneSubscriberHasBoth(string first, string second, bool together)
    {
        await using CreationQuota quota = new(1);
        Assert.True(quota.For(IPAddress.Parse(first))!(_create).IsOk);
        Assert.Equal(!together, quota.For(IPAddress.Parse(second))!(_create).IsOk);
    }

    [Fact]
    public async Task For_ThisMachineOrNoLimit_CountsNothing()
    {
        await using CreationQuota usual = new(null);
        Assert.Null(usual.For(IPAddress.Loopback));
        Assert.Null(usual.For(IPAddress.IPv6Loopback));
        Assert.Null(usual.For(null));
        await using CreationQuota unlimited = new(0);
        Assert.Null(unlimited.For(Peer));
        await using CreationQuota named = new(5);
        Assert.NotNull(named.For(IPAddress.Loopback));
    }

    [Fact]
    public async Task Submit_MoreThanThePeersQuota_IsRefusedInEveryCallAndNothingElseIs()
    {
        await using TestNode node = await TestNode.StartAsync(static options => options with { CreatesPerMinute = 2 });
        Signer founder = new();
        SignedOperation found = founder.Sign(Operations.Found(TestNode.Network, founder.Document));
        Receipt founded = (await node.Registry.SubmitAsync(new SubmitRequest { Operation = found })).Receipt;
        founder.Did = DidSyntax.FromOperationId(TestNode.Network, founded.OperationId.Span);
        SignedOperation second = Create();
        await node.Registry.SubmitAsync(new SubmitRequest { Operation = second });
        long size = node.Size;

        SignedOperation third = Create();
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await node.Registry.SubmitAsync(new SubmitRequest { Operation = third })
        );
        Refusal.Check(refused, StatusCode.ResourceExhausted, ReasonCode.PeerQuota);
        Assert.InRange(long.Parse(refused.Trailers.GetValue("retry-after-ms")!), 1, 60_000);

        SubmitBatchResponse batch = await node.Registry.SubmitBatchAsync(
            new SubmitBatchRequest { Operations = { third, second } }
        );
        Assert.Equal(ReasonCode.PeerQuota, batch.Results[0].Reason);
        Assert.NotEqual(0UL, batch.Results[0].RetryAfterMs);
        Assert.Equal(ReasonCode.Applied, batch.Results[1].Reason); // a retry of what was recorded is no new one

        using AsyncDuplexStreamingCall<SubmitStreamRequest, SubmitStreamResponse> stream = node.Registry.SubmitStream();
        await stream.RequestStream.WriteAsync(new SubmitStreamRequest { Operation = third });
        await stream.RequestStream.CompleteAsync();
        Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(ReasonCode.PeerQuota, stream.ResponseStream.Current.Result.Reason);
        Assert.Equal(size, node.Size);

        SignedOperation other = founder.Sign(
            new Operation { SetDidQuota = new SetDidQuota { Quota = new DidQuota { PerDay = 1 } } }
        );
        await node.Registry.SubmitAsync(new SubmitRequest { Operation = other });
    }

    private static SignedOperation Create()
    {
        Signer signer = new();
        return signer.Sign(signer.Create);
    }

    private static SubmittedOperation Submitted(Func<Signer, Operation> make)
    {
        Signer signer = new();
        SignedOperation signed = signer.Sign(make(signer));
        Judgement judgement = OperationCodec.Decode(signed, TestNode.Origin, out SubmittedOperation? submitted);
        Assert.True(judgement.IsOk, judgement.ToString());
        return submitted!;
    }
}
