using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

public class DidServiceTests(Scene scene) : IClassFixture<Scene>
{
    private const string NoDid = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public async Task Resolve_NewDid_IsWhatWasCreated()
    {
        Signer signer = new();
        Receipt receipt = await scene.Apply(signer, signer.Create);
        string did = DidSyntax.FromOperationId(TestNode.Network, receipt.OperationId.Span);

        ResolveResponse resolved = await scene.Node.Dids.ResolveAsync(
            new ResolveRequest { Did = did, WithProof = true }
        );

        Assert.Equal(
            new DidRecord
            {
                Did = did,
                Document = signer.Document,
                CreatedMs = receipt.TimeMs,
                LastOperation = receipt.OperationId,
            },
            resolved.Record
        );
        Assert.Equal(new RecordVersion { Index = receipt.Index, TimeMs = receipt.TimeMs }, resolved.Version);
        Assert.Null(resolved.NextVersion);
        await scene.CheckEntry(resolved.Proof, resolved.Version);
    }

    [Fact]
    public async Task Resolve_WithoutProof_HasNone() =>
        Assert.Null((await scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = scene.Holder.Did })).Proof);

    [Fact]
    public async Task Resolve_EveryVersion_ByIndexAndByTime()
    {
        (string did, List<Receipt> receipts, List<DidDocument> documents) = await Updated(updates: 4);

        for (int i = 0; i < receipts.Count; i++)
        {
            ResolveResponse byIndex = await scene.Node.Dids.ResolveAsync(
                new ResolveRequest
                {
                    Did = did,
                    VersionId = receipts[i].Index,
                    WithProof = true,
                }
            );
            Assert.Equal(documents[i], byIndex.Record.Document);
            Assert.Equal(receipts[i].OperationId, byIndex.Record.LastOperation);
            Assert.Equal(receipts[0].TimeMs, byIndex.Record.CreatedMs);
            Assert.Equal(i == 0 ? 0 : receipts[i].TimeMs, byIndex.Record.UpdatedMs);
            Assert.Equal(receipts[i].Index, byIndex.Version.Index);
            Assert.Equal(receipts.ElementAtOrDefault(i + 1)?.Index, byIndex.NextVersion?.Index);
            await scene.CheckEntry(byIndex.Proof, byIndex.Version);

            foreach (ulong timeMs in (ulong[])[receipts[i].TimeMs, receipts[i].TimeMs + 1])
            {
                Receipt wanted = receipts.Last(r => r.TimeMs <= timeMs);
                ulong latest = (ulong)scene.Node.Node.Ledger.Head.TimeMs;
                ResolveResponse byTime = await scene.Node.Dids.ResolveAsync(
                    new ResolveRequest { Did = did, VersionTimeMs = Math.Min(timeMs, latest) }
                );
                Assert.Equal(wanted.Index, byTime.Version.Index);
                Assert.Equal(documents[receipts.IndexOf(wanted)], byTime.Record.Document);
            }
        }
    }

    [Fact]
    public async Task Resolve_VersionsOfOneBatch_AreAllThere()
    {
        Signer signer = new();
        SignedOperation create = signer.Sign(signer.Create);
        SubmitResponse created = await scene.Node.Registry.SubmitAsync(new SubmitRequest { Operation = create });
        signer.Did = DidSyntax.FromOperationId(TestNode.Network, created.Receipt.OperationId.Span);
        SignedOperation first = Update(signer, created.Receipt.OperationId, "one");
        SignedOperation second = Update(signer, IdOf(first), "two");
        SignedOperation third = Update(signer, IdOf(second), "three");

        SubmitBatchResponse response = await scene.Node.Registry.SubmitBatchAsync(
            new SubmitBatchRequest { Operations = { first, second, third } }
        );

        Assert.All(response.Results, r => Assert.Equal(ReasonCode.Applied, r.Reason));
        foreach ((SubmitResult result, string name) in response.Results.Zip(["one", "two", "three"]))
        {
            ResolveResponse resolved = await scene.Node.Dids.ResolveAsync(
                new ResolveRequest { Did = signer.Did, VersionId = result.Receipt.Index }
            );
            Assert.Equal($"urn:{name}", resolved.Record.Document.AlsoKnownAs.Single());
        }
    }

    [Fact]
    public async Task Resolve_DeactivatedDid_KeepsItsHistory()
    {
        Signer signer = await scene.Register();
        ResolveResponse before = await scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = signer.Did });
        Receipt ended = await scene.Apply(
            signer,
            new Operation
            {
                DeactivateDid = new DeactivateDid { Did = signer.Did, Previous = before.Record.LastOperation },
            }
        );

        ResolveResponse now = await scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = signer.Did });
        ResolveResponse then = await scene.Node.Dids.ResolveAsync(
            new ResolveRequest { Did = signer.Did, VersionId = before.Version.Index }
        );

        Assert.True(now.Record.Deactivated);
        Assert.Equal(ended.Index, now.Version.Index);
        Assert.False(then.Record.Deactivated);
        Assert.Equal(ended.Index, then.NextVersion.Index);
    }

    public static TheoryData<string> NoDids =>
        [
            "",
            "did",
            "did:",
            "did:web:example.org",
            NoDid[..^1],
            NoDid + "a",
            NoDid + "#key-1",
            NoDid + "?versionId=1",
            NoDid.ToUpperInvariant(),
            NoDid.Replace(":test:", ":elsewhere:", StringComparison.Ordinal),
            NoDid.Replace(":test:", "::", StringComparison.Ordinal),
            NoDid[..^1] + "1",
            NoDid[..^1] + "\0",
            " " + NoDid,
            NoDid + "\n",
            "数据",
            new string('a', 100_000),
        ];

    [Theory]
    [MemberData(nameof(NoDids))]
    public async Task Resolve_TextThatIsNoDidOfThisLedger_IsInvalidDid(string did)
    {
        await Refusal.Of(
            scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = did }),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidDid
        );
        await Refusal.Of(
            scene.Node.Dids.ListVersionsAsync(new ListVersionsRequest { Did = did }),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidDid
        );
    }

    [Fact]
    public async Task Resolve_UnknownDid_IsNotFound()
    {
        foreach (
            ResolveRequest request in (ResolveRequest[])[new(), new() { VersionId = 0 }, new() { VersionTimeMs = 0 }]
        )
        {
            request.Did = NoDid;
            await Refusal.Of(scene.Node.Dids.ResolveAsync(request), StatusCode.NotFound, ReasonCode.DidNotFound);
        }

        await Refusal.Of(
            scene.Node.Dids.ListVersionsAsync(new ListVersionsRequest { Did = NoDid }),
            StatusCode.NotFound,
            ReasonCode.DidNotFound
        );
    }

    [Fact]
    public async Task Resolve_VersionThatIsNotThere_SaysWhetherItMayCome()
    {
        ResolveResponse resolved = await scene.Node.Dids.ResolveAsync(new ResolveRequest { Did = scene.Holder.Did });
        ulong tomorrow = (ulong)DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();

        await Refuses(new ResolveRequest { VersionId = resolved.Version.Index + 1 }, ReasonCode.VersionNotFound);
        await Refuses(new ResolveRequest { VersionId = resolved.Version.Index - 1 }, ReasonCode.VersionNotFound);
        await Refuses(new ResolveRequest { VersionTimeMs = resolved.Record.CreatedMs - 1 }, ReasonCode.VersionNotFound);
        await Refuses(new ResolveRequest { VersionTimeMs = 0 }, ReasonCode.VersionNotFound);
        await Refuses(new ResolveRequest { VersionId = (ulong)scene.Node.Size }, ReasonCode.VersionInFuture);
        await Refuses(new ResolveRequest { VersionId = ulong.MaxValue }, ReasonCode.VersionInFuture);
        await Refuses(new ResolveRequest { VersionTimeMs = tomorrow }, ReasonCode.VersionInFuture);
        await Refuses(new ResolveRequest { VersionTimeMs = ulong.MaxValue }, ReasonCode.VersionInFuture);

        Task Refuses(ResolveRequest request, ReasonCode reason)
        {
            request.Did = scene.Holder.Did;
            return Refusal.Of(scene.Node.Dids.ResolveAsync(request), StatusCode.NotFound, reason);
        }
    }

    [Fact]
    public async Task Resolve_ATimeInWhichTheLogWasIdle_IsTheNewestVersion()
    {
        await using Scene idle = await Scene.OpenAsync(options => options with { Time = new Ahead() });
        ulong after = (ulong)idle.Node.Node.Ledger.Head.TimeMs + 1;
        ResolveRequest request = new() { Did = idle.Holder.Did, VersionTimeMs = after };

        ResolveResponse resolved = await idle.Node.Dids.ResolveAsync(request);

        Assert.Equal((await idle.Node.Dids.ResolveAsync(new ResolveRequest { Did = idle.Holder.Did })), resolved);
    }

    [Fact]
    public async Task Resolve_BeforeTheFounding_IsNotFounded()
    {
        await using TestNode node = await TestNode.StartAsync();

        await Refusal.Of(
            node.Dids.ResolveAsync(new ResolveRequest { Did = NoDid }),
            StatusCode.FailedPrecondition,
            ReasonCode.NotFounded
        );
    }

    [Fact]
    public async Task ListVersions_OfLargeDocuments_FitsInAMessage()
    {
        // 16 services of 512 bytes make a document of 9 kB; a thousand such versions would be more than a message holds.
        Signer signer = new();
        Operation create = signer.Create;
        for (int i = 0; i < Limits.ServicesMax; i++)
        {
            create.CreateDid.Document.Services.Add(
                new Service
                {
                    Fragment = $"service-{i}",
                    Type = "Large",
                    Endpoint = "https://example.org/" + new string('x', Limits.UriBytesMax - 20),
                }
            );
        }

        // So many changes of one DID take a ledger without a quota.
        await scene.Apply(scene.Supervisor, new Operation { SetDidQuota = new SetDidQuota { Quota = new DidQuota() } });
        const int Versions = 500;
        Receipt created = await scene.Apply(signer, create);
        signer.Did = DidSyntax.FromOperationId(TestNode.Network, created.OperationId.Span);
        List<SignedOperation> updates = [];
        ByteString previous = created.OperationId;
        for (int i = 1; i < Versions; i++)
        {
            updates.Add(
                signer.Sign(
                    new Operation
                    {
                        UpdateDid = new UpdateDid
                        {
                            Did = signer.Did,
                            Previous = previous,
                            Document = create.CreateDid.Document,
                        },
                    }
                )
            );
            previous = IdOf(updates[^1]);
        }

        foreach (SignedOperation[] part in updates.Chunk(250))
        {
            SubmitBatchRequest request = new() { Operations = { part } };
            Assert.All(
                (await scene.Node.Registry.SubmitBatchAsync(request)).Results,
                r => Assert.Equal(ReasonCode.Applied, r.Reason)
            );
        }

        using var channel = scene.Node.OpenChannel(new GrpcChannelOptions());
        DidService.DidServiceClient dids = new(channel);
        ListVersionsRequest list = new() { Did = signer.Did, PageSize = 1_000 };
        int versions = 0;
        do
        {
            // The client's own limit of 4 MiB is in force.
            ListVersionsResponse page = await dids.ListVersionsAsync(list);
            versions += page.Versions.Count;
            list.PageToken = page.NextPageToken;
        } while (list.PageToken.Length > 0);

        Assert.Equal(Versions, versions);
    }

    private static ByteString IdOf(SignedOperation operation)
    {
        byte[] id = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(operation.Operation.Span, id);
        return ByteString.CopyFrom(id);
    }

    private static SignedOperation Update(Signer signer, ByteString previous, string name)
    {
        DidDocument document = signer.Document;
        document.AlsoKnownAs.Add($"urn:{name}");
        return signer.Sign(
            new Operation
            {
                UpdateDid = new UpdateDid
                {
                    Did = signer.Did,
                    Previous = previous,
                    Document = document,
                },
            }
        );
    }

    // A DID with so many updates, in batches of their own, and what each version says.
    private async Task<(string Did, List<Receipt> Receipts, List<DidDocument> Documents)> Updated(int updates)
    {
        Signer signer = new();
        List<Receipt> receipts = [await scene.Apply(signer, signer.Create)];
        List<DidDocument> documents = [signer.Document];
        signer.Did = DidSyntax.FromOperationId(TestNode.Network, receipts[0].OperationId.Span);
        for (int i = 0; i < updates; i++)
        {
            SignedOperation update = Update(signer, receipts[^1].OperationId, $"version-{i}");
            receipts.Add(await scene.Apply(update));
            documents.Add(Operation.Parser.ParseFrom(update.Operation).UpdateDid.Document);
        }

        return (signer.Did, receipts, documents);
    }

    // Each look at this clock finds it a second later; so much time has passed by the monotonic one, too.
    private sealed class Ahead : TimeProvider
    {
        private long _looks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(Interlocked.Increment(ref _looks));

        public override long GetTimestamp() => base.GetTimestamp() + (Volatile.Read(ref _looks) * TimestampFrequency);
    }
}
