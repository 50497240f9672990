using Google.Protobuf;
using Grpc.Core;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Recovery and quotas of a DID as callers see them, on a node whose time is a test's to move.</summary>
public sealed class DidLifeTests : IAsyncLifetime
{
    private const uint DelaySeconds = 60;

    private readonly ManualTime _time = new();
    private readonly SigningKey _recovery = SigningKey.Generate(fragment: "r1");
    private readonly SigningKey _other = SigningKey.Generate(KeyType.Ed25519, fragment: "s1");
    private TestNode _node = null!;
    private Testing.Signer _founder = null!;
    private Testing.Signer _signer = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(options => options with { Time = _time });
        _founder = new Testing.Signer(_time, TestNode.Origin);
        await Apply(_founder.Sign(Operations.Found(TestNode.Network, _founder.Document)));
        _signer = new Testing.Signer(_time, TestNode.Origin);
        Operation create = Operations.Create(_signer.Document);
        create.CreateDid.Recovery = Policy(_recovery);
        Receipt created = await Apply(_signer.Sign(create));
        _signer.Did = DidSyntax.FromOperationId(TestNode.Network, created.OperationId.Span);
    }

    public async ValueTask DisposeAsync()
    {
        _recovery.Dispose();
        _other.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Resolve_PendingChange_IsSeenUntilItsTimeAndInForceFromThenOn()
    {
        ResolveResponse before = await Resolve(new ResolveRequest());
        _time.Now = _time.Now.AddSeconds(10);
        Receipt proposed = await Propose(Policy(_other));
        ResolveResponse pending = await Resolve(new ResolveRequest());

        Assert.Equal(Policy(_recovery), before.Recovery);
        Assert.Null(before.Pending);
        Assert.Equal(Policy(_recovery), pending.Recovery);
        Assert.Equal(proposed.TimeMs + DelaySeconds * 1000, pending.Pending.EffectiveMs);
        Assert.Equal(Policy(_other), pending.Pending.Recovery);
        Assert.Equal(proposed.OperationId, pending.Pending.Operation);
        Assert.Equal(proposed.TimeMs, pending.KnownAsOfMs);

        // The log's time comes with its batches, whoever they are of.
        _time.Now = _time.Now.AddSeconds(DelaySeconds);
        Assert.NotNull((await Resolve(new ResolveRequest())).Pending);
        Receipt unrelated = await Apply(new Testing.Signer(_time, TestNode.Origin).SignCreate());
        ResolveResponse inForce = await Resolve(new ResolveRequest());
        Assert.Equal(Policy(_other), inForce.Recovery);
        Assert.Null(inForce.Pending);
        Assert.Equal(unrelated.TimeMs, inForce.KnownAsOfMs);
        Assert.Equal(pending.Version, inForce.Version); // nobody had to act

        // And every moment of the past is as it was.
        ResolveResponse early = await Resolve(new ResolveRequest { VersionTimeMs = proposed.TimeMs - 1 });
        ResolveResponse last = await Resolve(new ResolveRequest { VersionTimeMs = pending.Pending.EffectiveMs - 1 });
        ResolveResponse first = await Resolve(new ResolveRequest { VersionTimeMs = pending.Pending.EffectiveMs });
        Assert.Equal(before.Version, early.Version);
        Assert.Null(early.Pending);
        Assert.Equal(pending.Pending, last.Pending);
        Assert.Equal(Policy(_other), first.Recovery);
    }

    [Fact]
    public async Task Submit_RecoverAndCancel_AreSignedByRecoveryKeysInForceAlone()
    {
        await Propose(Policy(_other));
        Operation cancel = new()
        {
            CancelRecovery = new CancelRecovery { Did = _signer.Did, Previous = await Previous() },
        };
        await Refused(Sign(cancel, _other), StatusCode.Unauthenticated, ReasonCode.UnknownKey);
        await Refused(_signer.Sign(cancel), StatusCode.Unauthenticated, ReasonCode.UnknownKey);
        await Apply(Sign(cancel, _recovery));

        // Whoever has lost the update key comes back with another.
        Testing.Signer found = new(_time, TestNode.Origin) { Did = _signer.Did };
        Operation recover = new()
        {
            RecoverDid = new RecoverDid
            {
                Did = _signer.Did,
                Previous = await Previous(),
                Document = found.Document,
            },
        };
        await Apply(Sign(recover, _recovery));
        Operation update = Operations.Update(_signer.Did, await Previous(), found.Document);
        await Refused(_signer.Sign(update), StatusCode.Unauthenticated, ReasonCode.BadSignature);
        await Apply(found.Sign(update));
    }

    [Fact]
    public async Task Submit_RecoveryKeyOfAPolicyThatHasJustComeIntoForce_IsTaken()
    {
        await Propose(Policy(_other));
        _time.Now = _time.Now.AddSeconds(DelaySeconds); // and no batch since
        Operation recover = new()
        {
            RecoverDid = new RecoverDid
            {
                Did = _signer.Did,
                Previous = await Previous(),
                Document = _signer.Document,
            },
        };
        await Refused(Sign(recover, _recovery), StatusCode.Unauthenticated, ReasonCode.UnknownKey);
        await Apply(Sign(recover, _other));
    }

    [Fact]
    public async Task Submit_MoreChangesThanTheQuota_SaysWhenTheSameOperationIsTaken()
    {
        for (int i = 0; i < 10; i++)
        {
            _time.Now = _time.Now.AddSeconds(1);
            await Apply(_signer.Sign(Operations.Update(_signer.Did, await Previous(), _signer.Document)));
        }

        SignedOperation update = _signer.Sign(Operations.Update(_signer.Did, await Previous(), _signer.Document));
        RpcException refused = await Refused(update, StatusCode.ResourceExhausted, ReasonCode.DidQuota);
        long afterMs = long.Parse(refused.Trailers.GetValue("retry-after-ms")!);
        Assert.Equal(3_600_000 - 9_000, afterMs);

        _time.Now = _time.Now.AddMilliseconds(afterMs - 1);
        await Refused(update, StatusCode.ResourceExhausted, ReasonCode.DidQuota);
        _time.Now = _time.Now.AddMilliseconds(1);
        await Apply(update);
    }

    [Fact]
    public async Task ListVersions_NewestFirst_IsTheOtherWayRound()
    {
        for (int i = 0; i < 5; i++)
        {
            await Apply(_signer.Sign(Operations.Update(_signer.Did, await Previous(), _signer.Document)));
        }

        List<ulong> forward = await List(newestFirst: false);
        List<ulong> backward = await List(newestFirst: true);
        Assert.Equal(6, forward.Count);
        Assert.Equal(forward.AsEnumerable().Reverse(), backward);

        // A token of one direction is none of the other.
        ListVersionsRequest request = new() { Did = _signer.Did, PageSize = 2 };
        ListVersionsResponse page = await _node.Dids.ListVersionsAsync(request);
        request.PageToken = page.NextPageToken;
        request.NewestFirst = true;
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Dids.ListVersionsAsync(request)
        );
        Refusal.Check(refused, StatusCode.InvalidArgument, ReasonCode.BadPageToken);
    }

    private async Task<List<ulong>> List(bool newestFirst)
    {
        List<ulong> indexes = [];
        ListVersionsRequest request = new()
        {
            Did = _signer.Did,
            PageSize = 2,
            NewestFirst = newestFirst,
        };
        do
        {
            ListVersionsResponse page = await _node.Dids.ListVersionsAsync(request);
            Assert.InRange(page.Versions.Count, 1, 2);
            indexes.AddRange(page.Versions.Select(version => version.Version.Index));
            request.PageToken = page.NextPageToken;
        } while (request.PageToken.Length > 0);
        return indexes;
    }

    private async Task<ResolveResponse> Resolve(ResolveRequest request)
    {
        request.Did = _signer.Did;
        return await _node.Dids.ResolveAsync(request);
    }

    private async Task<ByteString> Previous() => (await Resolve(new ResolveRequest())).Record.LastOperation;

    private async Task<Receipt> Propose(RecoveryPolicy policy) =>
        await Apply(
            _signer.Sign(
                new Operation
                {
                    ChangeRecovery = new ChangeRecovery
                    {
                        Did = _signer.Did,
                        Previous = await Previous(),
                        Recovery = policy,
                    },
                }
            )
        );

    private SignedOperation Sign(Operation operation, SigningKey key)
    {
        byte[] bytes = OperationCodec.Encode(_signer.Complete(operation));
        return new SignedOperation { Operation = ByteString.CopyFrom(bytes), Signatures = { key.Sign(bytes) } };
    }

    private async Task<Receipt> Apply(SignedOperation operation)
    {
        Receipt receipt = (await _node.Registry.SubmitAsync(new SubmitRequest { Operation = operation })).Receipt;
        Assert.Equal(ReasonCode.Applied, receipt.Outcome);
        return receipt;
    }

    private async Task<RpcException> Refused(SignedOperation operation, StatusCode status, ReasonCode reason)
    {
        long size = _node.Size;
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Registry.SubmitAsync(new SubmitRequest { Operation = operation })
        );
        Refusal.Check(refused, status, reason);
        Assert.Equal(size, _node.Size);
        return refused;
    }

    private static RecoveryPolicy Policy(SigningKey key)
    {
        VerificationMethod method = key.ToVerificationMethod();
        method.Purposes.Clear();
        return new RecoveryPolicy { Keys = { method }, DelaySeconds = DelaySeconds };
    }
}
