using Google.Protobuf;
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
    public async Task SmallerCheckpointOfTheSameTree_IsProvedOnceAndChangesNothing()
    {
        SignedCheckpoint before = await _client.GetCheckpointAsync();
        await scene.CreateAsync();
        await using LedgerClient late = scene.Node.Connect(_node.Address);
        SignedCheckpoint newest = await late.GetCheckpointAsync();
        _node.On<GetCheckpointResponse>(r => r.Checkpoint = ByteString.CopyFrom(before.Note.Span));

        await late.GetCheckpointAsync();
        await late.GetCheckpointAsync();

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
        await using LedgerClient client = scene.Node.Connect(
            _node.Address,
            o => o with { ConsistencyInterval = TimeSpan.FromHours(1) }
        );
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

        int checkpoints = entries.Select(e => e.Checkpoint.Size).Distinct().Count();
        Assert.InRange(_node.Answers<GetConsistencyProofResponse>(), 1, checkpoints);
    }

    private static Task AssertFailsAsync(Func<Task> action) =>
        LyingAboutReceiptsTests.AssertFailsAsync(VerificationCheck.Consistency, action);
}
