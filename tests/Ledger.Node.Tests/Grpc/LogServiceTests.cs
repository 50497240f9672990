using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>A log of a few batches and more than a full tile, with every leaf hash read from the node.</summary>
public sealed class LogScene : IAsyncLifetime
{
    internal Scene Scene { get; private set; } = null!;

    internal List<byte[]> Entries { get; } = [];

    internal List<byte[]> Leaves { get; } = [];

    /// <summary>Sizes whose checkpoints stay: after the last seal of each second.</summary>
    internal List<long> PublishedSizes { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Scene = await Scene.OpenAsync();
        for (int i = 0; i < 2; i++)
        {
            SubmitBatchRequest request = new();
            request.Operations.AddRange(
                Enumerable.Range(0, 150).Select(_ => Scene.Issuer.Sign(Scene.Mint("", Scene.Holder)))
            );
            SubmitBatchResponse response = await Scene.Node.Registry.SubmitBatchAsync(request);
            Assert.All(response.Results, r => Assert.Equal(ReasonCode.Applied, r.Reason));
        }

        for (int i = 0; i < 6; i++)
        {
            await ForwardTime.PassAsync(Scene.Node.Time, TimeSpan.FromSeconds(1));
            await Scene.Apply(Scene.Issuer, Scene.Mint("", Scene.Holder));
        }

        using var call = Scene.Node.Log.StreamEntries(new StreamEntriesRequest());
        await foreach (StreamEntriesResponse response in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(Entries.Count, (long)response.FirstIndex);
            Entries.AddRange(response.Entries.Select(e => e.ToByteArray()));
        }

        Leaves.AddRange(Entries.Select(e => SHA256.HashData([0, .. e])));
        PublishedSizes.AddRange(
            Entries
                .Select(Entry.Parser.ParseFrom)
                .Where(e => e.Seal is not null)
                .GroupBy(e => e.TimeMs / 1_000, e => (long)e.Index + 1)
                .Select(second => second.Last())
        );
    }

    public async ValueTask DisposeAsync() => await Scene.DisposeAsync();

    /// <summary>The root of the first entries, RFC 9162, section 2.1.1, word for word.</summary>
    internal byte[] Root(long size) => Root(0, (int)size);

    private byte[] Root(int first, int count)
    {
        if (count == 0)
        {
            return SHA256.HashData([]);
        }

        if (count == 1)
        {
            return Leaves[first];
        }

        int left = 1 << (31 - int.LeadingZeroCount(count - 1));
        return SHA256.HashData([1, .. Root(first, left), .. Root(first + left, count - left)]);
    }
}

public class LogServiceTests(LogScene log) : IClassFixture<LogScene>
{
    private LogService.LogServiceClient Client => log.Scene.Node.Log;

    private long Size => log.Entries.Count;

    private IEnumerable<long> SomeSizes => [1, 2, 3, 4, 7, 8, 9, 64, 127, 128, 255, 256, 257, Size - 1, Size];

    [Fact]
    public async Task GetCheckpoint_IsTheRootOfAllEntries()
    {
        GetCheckpointResponse response = await Client.GetCheckpointAsync(new GetCheckpointRequest());

        Checkpoint checkpoint = Open(response.Checkpoint);
        Assert.Equal(log.Scene.Node.LogKey.ToString(), response.VerifierKey);
        Assert.Equal(TestNode.Origin, checkpoint.Origin);
        Assert.Equal(Size, checkpoint.Size);
        Assert.Equal(log.Root(Size), checkpoint.Root.ToArray());
        Assert.True(Size > 256, "the log does not fill a tile");
    }

    [Fact]
    public async Task GetEntry_EachOne_IsInTheNewestTree()
    {
        for (long index = 0; index < Size; index++)
        {
            GetEntryResponse response = await Client.GetEntryAsync(
                new GetEntryRequest { Index = (ulong)index, WithProof = true }
            );
            Assert.Equal(log.Entries[(int)index], response.Entry.ToByteArray());
            Assert.Equal((ulong)index, response.Proof.Index);
            Checkpoint checkpoint = log.Scene.CheckInclusion(response.Proof, log.Leaves[(int)index]);
            Assert.Equal(Size, checkpoint.Size);
        }
    }

    [Fact]
    public async Task GetEntry_WithoutProof_HasNone() =>
        Assert.Null((await Client.GetEntryAsync(new GetEntryRequest { Index = 3 })).Proof);

    [Fact]
    public async Task GetEntry_BeyondTheLog_IsNotFound()
    {
        foreach (ulong index in (ulong[])[(ulong)Size, long.MaxValue, ulong.MaxValue])
        {
            await Refusal.Of(
                Client.GetEntryAsync(new GetEntryRequest { Index = index, WithProof = true }),
                StatusCode.NotFound,
                ReasonCode.EntryNotFound
            );
        }
    }

    [Fact]
    public async Task GetInclusionProof_OfOldAndNewSizes_Verifies()
    {
        foreach (long size in SomeSizes)
        {
            byte[] root = log.Root(size);
            long[] indexes = [0, 1, 2, size / 2, size - 2, size - 1];
            foreach (long index in indexes.Where(i => i >= 0 && i < size).Distinct())
            {
                GetInclusionProofResponse response = await Client.GetInclusionProofAsync(
                    new GetInclusionProofRequest { Index = (ulong)index, TreeSize = (ulong)size }
                );
                Assert.Equal((ulong)index, response.Proof.Index);
                Assert.True(
                    Crypto.InclusionProof.Verify(
                        index,
                        size,
                        log.Leaves[(int)index],
                        Joined(response.Proof.Hashes),
                        root
                    ),
                    $"index {index}, size {size}"
                );
                CheckPublished(response.Proof.Checkpoint, size);
            }
        }
    }

    [Fact]
    public async Task GetInclusionProof_OfEveryPublishedSize_ComesWithItsCheckpoint()
    {
        foreach (long size in log.PublishedSizes)
        {
            GetInclusionProofResponse response = await Client.GetInclusionProofAsync(
                new GetInclusionProofRequest { Index = 0, TreeSize = (ulong)size }
            );
            Checkpoint checkpoint = log.Scene.CheckInclusion(response.Proof, log.Leaves[0]);
            Assert.Equal(size, checkpoint.Size);
        }
    }

    [Fact]
    public async Task GetInclusionProof_OfNoSize_IsOfTheNewest()
    {
        GetInclusionProofResponse response = await Client.GetInclusionProofAsync(
            new GetInclusionProofRequest { Index = 5 }
        );

        Assert.Equal(Size, log.Scene.CheckInclusion(response.Proof, log.Leaves[5]).Size);
    }

    [Fact]
    public async Task GetInclusionProof_OfWhatIsNotThere_IsRefused()
    {
        await Refuses((ulong)Size, 0, StatusCode.NotFound, ReasonCode.EntryNotFound);
        await Refuses(ulong.MaxValue, 1, StatusCode.NotFound, ReasonCode.EntryNotFound);
        await Refuses(0, (ulong)Size + 1, StatusCode.OutOfRange, ReasonCode.SizeOutOfRange);
        await Refuses(0, ulong.MaxValue, StatusCode.OutOfRange, ReasonCode.SizeOutOfRange);
        await Refuses(5, 5, StatusCode.OutOfRange, ReasonCode.SizeOutOfRange);
        await Refuses(5, 1, StatusCode.OutOfRange, ReasonCode.SizeOutOfRange);

        Task Refuses(ulong index, ulong size, StatusCode status, ReasonCode reason) =>
            Refusal.Of(
                Client.GetInclusionProofAsync(new GetInclusionProofRequest { Index = index, TreeSize = size }),
                status,
                reason
            );
    }

    [Fact]
    public async Task GetConsistencyProof_BetweenAllPairs_Verifies()
    {
        foreach (long size1 in SomeSizes)
        {
            foreach (long size2 in SomeSizes.Where(s => s >= size1))
            {
                GetConsistencyProofResponse response = await Client.GetConsistencyProofAsync(
                    new GetConsistencyProofRequest { Size1 = (ulong)size1, Size2 = (ulong)size2 }
                );
                Assert.Equal(((ulong)size1, (ulong)size2), (response.Size1, response.Size2));
                Assert.True(
                    ConsistencyProof.Verify(size1, size2, log.Root(size1), log.Root(size2), Joined(response.Hashes)),
                    $"sizes {size1} and {size2}"
                );
                Assert.Equal(Size, Open(response.Checkpoint).Size);
            }
        }
    }

    [Fact]
    public async Task GetConsistencyProof_OfNoSecondSize_IsToTheNewest() =>
        Assert.Equal(
            (ulong)Size,
            (await Client.GetConsistencyProofAsync(new GetConsistencyProofRequest { Size1 = 1 })).Size2
        );

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(6, 5)]
    [InlineData(1, 1_000_000)]
    [InlineData(1_000_000, 0)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    public async Task GetConsistencyProof_OfSizesThatAreNot_IsOutOfRange(ulong size1, ulong size2) =>
        await Refusal.Of(
            Client.GetConsistencyProofAsync(new GetConsistencyProofRequest { Size1 = size1, Size2 = size2 }),
            StatusCode.OutOfRange,
            ReasonCode.SizeOutOfRange
        );

    [Fact]
    public async Task StreamCheckpoints_FromTheStart_GivesEveryPublishedOne()
    {
        List<Checkpoint> checkpoints = await Checkpoints(fromSize: 0);

        Assert.Equal(log.PublishedSizes, checkpoints.Select(c => c.Size));
        Assert.All(checkpoints, c => Assert.Equal(log.Root(c.Size), c.Root.ToArray()));
        Assert.True(checkpoints.Count > 5);
    }

    [Fact]
    public async Task StreamCheckpoints_FromASize_StartsThere()
    {
        long third = log.PublishedSizes[2];

        Assert.Equal(log.PublishedSizes[2..], (await Checkpoints((ulong)third)).Select(c => c.Size));
        Assert.Equal(log.PublishedSizes[3..], (await Checkpoints((ulong)third + 1)).Select(c => c.Size));
        Assert.Equal([Size], (await Checkpoints((ulong)Size)).Select(c => c.Size));
        Assert.Empty(await Checkpoints((ulong)Size + 1));
        Assert.Empty(await Checkpoints(ulong.MaxValue));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(7, 0)]
    [InlineData(7, 5)]
    [InlineData(7, ulong.MaxValue)]
    public async Task StreamEntries_FromAnIndex_GivesThatManyInOrder(int first, ulong limit)
    {
        List<byte[]> entries = await Entries(new StreamEntriesRequest { FirstIndex = (ulong)first, Limit = limit });

        int count = limit == 0 ? (int)Size - first : (int)Math.Min(limit, (ulong)(Size - first));
        Assert.Equal(log.Entries.Skip(first).Take(count), entries);
    }

    [Fact]
    public async Task StreamEntries_FromTheEnd_IsEmpty() =>
        Assert.Empty(await Entries(new StreamEntriesRequest { FirstIndex = (ulong)Size }));

    [Fact]
    public async Task StreamEntries_BeyondTheEnd_IsNotFound()
    {
        foreach (ulong first in (ulong[])[(ulong)Size + 1, long.MaxValue, ulong.MaxValue])
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() =>
                Entries(new StreamEntriesRequest { FirstIndex = first })
            );
            Refusal.Check(error, StatusCode.NotFound, ReasonCode.EntryNotFound);
        }
    }

    [Fact]
    public async Task Reads_OfAnEmptyLog_SayThatItIsEmpty()
    {
        await using TestNode node = await TestNode.StartAsync();

        GetCheckpointResponse response = await node.Log.GetCheckpointAsync(new GetCheckpointRequest());

        Assert.True(Checkpoint.TryOpen(response.Checkpoint.Span, node.LogKey, out Checkpoint? checkpoint, out _));
        Assert.Equal(0, checkpoint.Size);
        Assert.Equal(SHA256.HashData([]), checkpoint.Root.ToArray());
        await Refusal.Of(node.Log.GetEntryAsync(new GetEntryRequest()), StatusCode.NotFound, ReasonCode.EntryNotFound);
        await Refusal.Of(
            node.Log.GetInclusionProofAsync(new GetInclusionProofRequest()),
            StatusCode.NotFound,
            ReasonCode.EntryNotFound
        );
        await Refusal.Of(
            node.Log.GetConsistencyProofAsync(new GetConsistencyProofRequest { Size1 = 1 }),
            StatusCode.OutOfRange,
            ReasonCode.SizeOutOfRange
        );
        using var entries = node.Log.StreamEntries(new StreamEntriesRequest());
        Assert.False(await entries.ResponseStream.MoveNext(CancellationToken.None));
        using var checkpoints = node.Log.StreamCheckpoints(new StreamCheckpointsRequest());
        Assert.False(await checkpoints.ResponseStream.MoveNext(CancellationToken.None));
    }

    private async Task<List<byte[]>> Entries(StreamEntriesRequest request)
    {
        List<byte[]> entries = [];
        using var call = Client.StreamEntries(request);
        await foreach (StreamEntriesResponse response in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(request.FirstIndex + (ulong)entries.Count, response.FirstIndex);
            entries.AddRange(response.Entries.Select(e => e.ToByteArray()));
        }

        return entries;
    }

    private async Task<List<Checkpoint>> Checkpoints(ulong fromSize)
    {
        List<Checkpoint> checkpoints = [];
        using var call = Client.StreamCheckpoints(new StreamCheckpointsRequest { FromSize = fromSize });
        await foreach (StreamCheckpointsResponse response in call.ResponseStream.ReadAllAsync())
        {
            checkpoints.AddRange(response.Checkpoints.Select(Open));
        }

        return checkpoints;
    }

    // The checkpoint of a published size, and none of any other.
    private void CheckPublished(ByteString note, long size)
    {
        if (!log.PublishedSizes.Contains(size))
        {
            Assert.True(note.IsEmpty);
            return;
        }

        Checkpoint checkpoint = Open(note);
        Assert.Equal(size, checkpoint.Size);
        Assert.Equal(log.Root(size), checkpoint.Root.ToArray());
    }

    private Checkpoint Open(ByteString note)
    {
        Assert.True(
            Checkpoint.TryOpen(note.Span, log.Scene.Node.LogKey, out Checkpoint? checkpoint, out string problem),
            problem
        );
        return checkpoint;
    }

    private static byte[] Joined(IEnumerable<ByteString> hashes) =>
        [
            .. hashes.SelectMany(hash =>
            {
                Assert.Equal(32, hash.Length);
                return hash.ToByteArray();
            }),
        ];
}
