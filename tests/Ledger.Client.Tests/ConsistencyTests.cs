using Google.Protobuf;
using Grpc.Core;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>One client never accepts two histories of one log.</summary>
public sealed class ConsistencyTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private LyingNode _node = null!;
    private LedgerClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await LyingNode.StartAsync(scene.Node.Address);
        _client = scene.Node.Connect(_node.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task FirstCheckpoint_NeedsNoProof()
    {
        await _client.GetCheckpointAsync();

        Assert.Equal(0, _node.Answers<GetConsistencyProofResponse>());
    }

    [Fact]
    public async Task SameCheckpoint_IsNotProvedAgain()
    {
        await _client.GetCheckpointAsync();
        await _client.CheckConsistencyAsync();

        Assert.Equal(0, _node.Answers<GetConsistencyProofResponse>());
    }

    [Fact]
    public async Task LargerCheckpoint_IsProvedAndRemembered()
    {
        SignedCheckpoint before = await _client.GetCheckpointAsync();
        await scene.CreateAsync();

        SignedCheckpoint after = await _client.GetCheckpointAsync();

        Assert.True(after.Size > before.Size);
        Assert.Equal(1, _node.Answers<GetConsistencyProofResponse>());
        Assert.Equal(after, _client.NewestCheckpoint);
    }

    [Fact]
    public async Task EntryInASmallerTreeOfTheSameLog_IsProvedOnceAndChangesNothing()
    {
        V1.InclusionProof before = (await _client.GetEntryAsync(0)).ToProof().Proof;
        await scene.CreateAsync();
        await using LedgerClient late = scene.Node.Connect(_node.Address);
        SignedCheckpoint newest = await late.GetCheckpointAsync();
        _node.On<GetEntryResponse>(r => r.Proof = before);

        await late.GetEntryAsync(0);
        await late.GetEntryAsync(0);

        Assert.Equal(1, _node.Answers<GetConsistencyProofResponse>());
        Assert.Equal(newest, late.NewestCheckpoint);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task CheckpointOfAnotherTree_FailsTheCheck(int more)
    {
        SignedCheckpoint honest = await _client.GetCheckpointAsync();
        await scene.CreateAsync();
        ByteString other = Forgery.Note(scene.Node.SigningKey, honest.Size + more);
        _node.On<GetCheckpointResponse>(r => r.Checkpoint = other);

        await AssertFailsAsync(() => _client.GetCheckpointAsync());
        Assert.Equal(honest, _client.NewestCheckpoint);
    }

    [Fact]
    public async Task EmptyTreeAfterAnother_WithAnotherRootThanNothing_FailsTheCheck()
    {
        await _client.GetCheckpointAsync();
        _node.On<GetCheckpointResponse>(r => r.Checkpoint = Forgery.Note(scene.Node.SigningKey, 0));

        await AssertFailsAsync(() => _client.GetCheckpointAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NewestCheckpointSmallerThanOneSeen_MeansThatTheLogHasShrunk(bool toNothing)
    {
        SignedCheckpoint before = await _client.GetCheckpointAsync();
        await scene.CreateAsync();
        SignedCheckpoint seen = await _client.GetCheckpointAsync();
        ByteString empty = Forgery.Note(scene.Node.SigningKey, 0, MerkleHash.EmptyRoot.ToArray());
        ByteString note = toNothing ? empty : ByteString.CopyFrom(before.Note.Span);
        _node.On<GetCheckpointResponse>(r => r.Checkpoint = note);

        VerificationException e = await Assert.ThrowsAsync<VerificationException>(() => _client.GetCheckpointAsync());

        Assert.Equal(VerificationCheck.Consistency, e.Check);
        Assert.Contains(
            $"the log has shrunk: seen {seen.Size}, now {(toNothing ? 0 : before.Size)}",
            e.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ProofThatIsRefused_FailsTheCheck()
    {
        await _client.GetCheckpointAsync();
        await scene.CreateAsync();
        _node.On<GetConsistencyProofResponse>(_ =>
            throw new RpcException(
                new Status(StatusCode.OutOfRange, "no"),
                new Metadata { { "ledger-reason", "305 SIZE_OUT_OF_RANGE" } }
            )
        );

        await AssertFailsAsync(() => _client.GetCheckpointAsync());
    }

    [Fact]
    public async Task ProofThatIsTruncated_FailsTheCheck()
    {
        await _client.GetCheckpointAsync();
        await scene.CreateAsync();
        _node.On<GetConsistencyProofResponse>(r => r.Hashes.RemoveAt(r.Hashes.Count - 1));

        await AssertFailsAsync(() => _client.GetCheckpointAsync());
    }

    [Fact]
    public async Task KnownCheckpointOfAnotherTree_FailsTheCheckOnTheFirstAnswer()
    {
        ByteString other = Forgery.Note(scene.Node.SigningKey, scene.Node.Size);
        await using LedgerClient client = scene.Node.Connect(change: o => o with { KnownCheckpoint = other.Memory });

        await AssertFailsAsync(() => client.GetCheckpointAsync());
    }

    [Fact]
    public void KnownCheckpointOfAnotherLog_Throws()
    {
        ByteString other = Forgery.Note(scene.Node.SigningKey, 1, null, "other.example/log");

        Assert.Throws<VerificationException>(() =>
            scene.Node.Connect(change: o => o with { KnownCheckpoint = other.Memory })
        );
    }

    [Fact]
    public async Task WithinTheInterval_NothingIsProvedUntilItIsAskedFor()
    {
        HeldTime time = new();
        await using LedgerClient client = ConnectHourly(time);
        await client.GetCheckpointAsync();
        await scene.CreateAsync();
        await client.GetCheckpointAsync(); // the first proof is due at once
        SignedCheckpoint proved = client.NewestCheckpoint!;
        await scene.CreateAsync();
        await client.GetCheckpointAsync();

        Assert.Equal(1, _node.Answers<GetConsistencyProofResponse>());
        Assert.Equal(proved, client.NewestCheckpoint);

        SignedCheckpoint asked = await client.CheckConsistencyAsync();
        Assert.Equal(2, _node.Answers<GetConsistencyProofResponse>());
        Assert.Equal(asked, client.NewestCheckpoint);

        time.Ticks += TimeSpan.TicksPerHour;
        await scene.CreateAsync();
        SignedCheckpoint due = await client.GetCheckpointAsync();
        Assert.Equal(3, _node.Answers<GetConsistencyProofResponse>());
        Assert.Equal(due, client.NewestCheckpoint);
    }

    [Fact]
    public async Task AfterAProofThatFailed_TheNextIsDueAtOnce()
    {
        await using LedgerClient client = ConnectHourly(new HeldTime());
        await client.GetCheckpointAsync();
        await scene.CreateAsync();
        _node.On<GetConsistencyProofResponse>(r => r.Hashes.RemoveAt(r.Hashes.Count - 1));
        await AssertFailsAsync(() => client.GetCheckpointAsync());
        _node.On<GetConsistencyProofResponse>(_ => { });

        SignedCheckpoint proved = await client.GetCheckpointAsync();

        Assert.Equal(proved, client.NewestCheckpoint);
    }

    [Fact]
    public async Task TwoTreesOfOneSizeWithinTheInterval_FailTheCheckWithoutAProof()
    {
        await using LedgerClient client = ConnectHourly(new HeldTime());
        await client.GetCheckpointAsync();
        await scene.CreateAsync();
        await client.CheckConsistencyAsync();
        await scene.CreateAsync();
        SignedCheckpoint skipped = await client.GetCheckpointAsync();
        int proofs = _node.Answers<GetConsistencyProofResponse>();
        ByteString other = Forgery.Note(scene.Node.SigningKey, skipped.Size);
        _node.On<GetCheckpointResponse>(r => r.Checkpoint = other);

        await AssertFailsAsync(() => client.GetCheckpointAsync());

        Assert.Equal(proofs, _node.Answers<GetConsistencyProofResponse>());
    }

    [Fact]
    public async Task ProofThatTakesItsTime_HoldsUpNoOtherAnswer()
    {
        using ManualResetEventSlim gate = new();
        using SemaphoreSlim asked = new(0);
        await using LedgerClient client = scene.Node.Connect(
            _node.Address,
            o => o with { CallTimeout = TimeSpan.FromHours(1) }
        );
        await client.GetCheckpointAsync();
        await scene.CreateAsync();
        int proofs = 0;
        _node.On<GetConsistencyProofResponse>(_ =>
        {
            if (Interlocked.Increment(ref proofs) == 1)
            {
                asked.Release();
                gate.Wait();
            }
        });
        Task<SignedCheckpoint> slow = client.GetCheckpointAsync();
        await asked.WaitAsync();
        await scene.CreateAsync();

        SignedCheckpoint newer = await client.GetCheckpointAsync();

        Assert.False(slow.IsCompleted);
        gate.Set();
        Assert.True((await slow).Size < newer.Size);
        Assert.Equal(newer, client.NewestCheckpoint);
        Assert.Equal(3, proofs); // each with what was known, and the slow one with the newer
    }

    [Fact]
    public async Task ManyAnswersAtOnce_ShareTheProofsOfTheirBatches()
    {
        await _client.GetCheckpointAsync();
        PreparedOperation[] operations =
        [
            .. Enumerable
                .Range(0, 64)
                .Select(_ =>
                    _client.Prepare(
                        scene.Issuer,
                        new Operation { Mint = scene.NewMint($"t-{Guid.NewGuid():n}", scene.Alice) }
                    )
                ),
        ];

        ProvenEntry[] entries = await Task.WhenAll(operations.Select(o => _client.SubmitAsync(o)));

        // Of several that are proved at once, all but one are proved again with the one that came first.
        int checkpoints = entries.Select(e => e.Checkpoint.Size).Distinct().Count();
        Assert.InRange(_node.Answers<GetConsistencyProofResponse>(), 1, checkpoints * (checkpoints + 1) / 2);
    }

    private LedgerClient ConnectHourly(TimeProvider time) =>
        scene.Node.Connect(_node.Address, o => o with { ConsistencyInterval = TimeSpan.FromHours(1), Time = time });

    // A machine that has just started, and whose clock stands still.
    private sealed class HeldTime : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }

    private static Task AssertFailsAsync(Func<Task> action) =>
        LyingAboutReceiptsTests.AssertFailsAsync(VerificationCheck.Consistency, action);
}
