using Google.Protobuf;
using Grpc.Core;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Client.Tests;

/// <summary>Whatever a node says of a submission that is not so is found out, and the check that found it is named.</summary>
public sealed class LyingAboutReceiptsTests(Scene scene) : IClassFixture<Scene>, IAsyncLifetime
{
    private static readonly Ed25519PrivateKey Stranger = Ed25519PrivateKey.Generate();

    // Name → the check that must fail, and the lie.
    private static readonly Dictionary<string, (VerificationCheck Check, Action<Receipt, Scene> Lie)> Lies = new()
    {
        ["another operation"] = (VerificationCheck.OperationId, (r, _) => r.OperationId = r.OperationId.Flipped()),
        ["no operation"] = (VerificationCheck.OperationId, (r, _) => r.OperationId = ByteString.Empty),
        ["refused"] = (VerificationCheck.Outcome, (r, _) => r.Outcome = ReasonCode.TokenExists),
        ["an outcome that is none"] = (VerificationCheck.Outcome, (r, _) => r.Outcome = (ReasonCode)299),
        ["a verdict that nobody gave"] = (
            VerificationCheck.LeafHash,
            (r, _) => r.Verdict = new Verdict { FailedRule = "first_hold" }
        ),
        ["a verdict without end"] = (
            VerificationCheck.Form,
            (r, _) => r.Verdict = new Verdict { FailedRule = new string('x', 3_000_000) }
        ),
        ["another leaf hash"] = (VerificationCheck.LeafHash, (r, _) => r.LeafHash = r.LeafHash.Flipped()),
        ["a shorter leaf hash"] = (VerificationCheck.LeafHash, (r, _) => r.LeafHash = r.LeafHash.Shortened()),
        ["another index"] = (VerificationCheck.LeafHash, (r, _) => r.Index--),
        ["an index beyond the log"] = (VerificationCheck.LeafHash, (r, _) => r.Index += 1_000_000),
        ["an index that is none"] = (VerificationCheck.Form, (r, _) => r.Index = ulong.MaxValue),
        ["another time"] = (VerificationCheck.LeafHash, (r, _) => r.TimeMs--),
        ["no proof"] = (VerificationCheck.Form, (r, _) => r.Proof = null),
        ["a truncated proof"] = (
            VerificationCheck.Inclusion,
            (r, _) => r.Proof.Hashes.RemoveAt(r.Proof.Hashes.Count - 1)
        ),
        ["a longer proof"] = (
            VerificationCheck.Inclusion,
            (r, _) => r.Proof.Hashes.Add(ByteString.CopyFrom(Forgery.Hash()))
        ),
        ["another hash in the proof"] = (
            VerificationCheck.Inclusion,
            (r, _) => r.Proof.Hashes[0] = r.Proof.Hashes[0].Flipped()
        ),
        ["a hash of 31 bytes"] = (VerificationCheck.Form, (r, _) => r.Proof.Hashes[0] = r.Proof.Hashes[0].Shortened()),
        ["more hashes than levels"] = (
            VerificationCheck.Form,
            (r, _) => r.Proof.Hashes.AddRange(Enumerable.Repeat(ByteString.CopyFrom(Forgery.Hash()), 65))
        ),
        ["a proof of another index"] = (VerificationCheck.Inclusion, (r, _) => r.Proof.Index--),
        ["no checkpoint"] = (VerificationCheck.Checkpoint, (r, _) => r.Proof.Checkpoint = ByteString.Empty),
        ["a checkpoint by another key"] = (
            VerificationCheck.Checkpoint,
            (r, _) => r.Proof.Checkpoint = Forgery.Note(Stranger, (long)r.Index + 1)
        ),
        ["a checkpoint whose signature is not its own"] = (
            VerificationCheck.Checkpoint,
            (r, _) => r.Proof.Checkpoint = WithLongerSize(r.Proof.Checkpoint)
        ),
        ["a checkpoint of another log"] = (
            VerificationCheck.Checkpoint,
            (r, s) => r.Proof.Checkpoint = Forgery.Note(s.Node.SigningKey, (long)r.Index + 1, null, "other.example/log")
        ),
        ["an older tree"] = (
            VerificationCheck.Inclusion,
            (r, s) => r.Proof.Checkpoint = Forgery.Note(s.Node.SigningKey, (long)r.Index)
        ),
        ["another root"] = (
            VerificationCheck.Inclusion,
            (r, s) => r.Proof.Checkpoint = Forgery.Note(s.Node.SigningKey, (long)r.Index + 1)
        ),
        ["another past"] = (
            VerificationCheck.Consistency,
            (r, s) => r.Proof = Forgery.OtherPast(s.Node.SigningKey, (long)r.Index, r.LeafHash.Span)
        ),
    };

    private LyingNode _liar = null!;
    private LedgerClient _client = null!;

    public static TheoryData<string> LieNames => [.. Lies.Keys];

    public async ValueTask InitializeAsync()
    {
        _liar = await LyingNode.StartAsync(scene.Node.Address);
        _client = scene.Node.Connect(_liar.Address);
        await _client.CheckConsistencyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _liar.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(LieNames))]
    public async Task Submit_WhenTheReceiptLies_FailsTheCheck(string name)
    {
        _liar.On<SubmitResponse>(r => Lies[name].Lie(r.Receipt, scene));

        await AssertFailsAsync(Lies[name].Check, () => _client.SubmitAsync(NewOperation()));
    }

    [Theory]
    [MemberData(nameof(LieNames))]
    public async Task SubmitBatch_WhenAReceiptLies_FailsTheCheck(string name)
    {
        _liar.On<SubmitBatchResponse>(r => Lies[name].Lie(r.Results[1].Receipt, scene));

        await AssertFailsAsync(Lies[name].Check, () => _client.SubmitBatchAsync([NewOperation(), NewOperation()]));
    }

    [Fact]
    public async Task Submit_WithoutAReceipt_FailsTheCheck()
    {
        _liar.On<SubmitResponse>(r => r.Receipt = null);

        await AssertFailsAsync(VerificationCheck.Form, () => _client.SubmitAsync(NewOperation()));
    }

    [Fact]
    public async Task Submit_WithTheReceiptOfAnother_FailsTheCheck()
    {
        Receipt? first = null;
        _liar.On<SubmitResponse>(r => r.Receipt = first ??= r.Receipt);
        await _client.SubmitAsync(NewOperation());

        await AssertFailsAsync(VerificationCheck.OperationId, () => _client.SubmitAsync(NewOperation()));
    }

    [Fact]
    public async Task SubmitBatch_WithFewerResults_FailsTheCheck()
    {
        _liar.On<SubmitBatchResponse>(r => r.Results.RemoveAt(1));

        await AssertFailsAsync(
            VerificationCheck.Form,
            () => _client.SubmitBatchAsync([NewOperation(), NewOperation()])
        );
    }

    [Fact]
    public async Task SubmitBatch_WithResultsInAnotherOrder_FailsTheCheck()
    {
        _liar.On<SubmitBatchResponse>(r => (r.Results[0], r.Results[1]) = (r.Results[1], r.Results[0]));

        await AssertFailsAsync(
            VerificationCheck.OperationId,
            () => _client.SubmitBatchAsync([NewOperation(), NewOperation()])
        );
    }

    [Fact]
    public async Task SubmitStream_WithAResultOfNoOperation_FailsTheCheck() =>
        await AssertFailsAsync(
            VerificationCheck.Form,
            async () =>
            {
                await foreach (SubmissionResult _ in _client.SubmitStreamAsync(One(NewOperation()))) { }
            }
        );

    [Fact]
    public async Task Submit_RefusedByTheRulesWithoutAReceipt_FailsTheCheck()
    {
        _liar.LieOfRefusal = e => WithTrailers(e, e.Trailers.GetValue("ledger-reason")!, null);

        await AssertFailsAsync(VerificationCheck.Outcome, () => _client.SubmitAsync(NewRefusedOperation()));
    }

    [Fact]
    public async Task Submit_RefusedForAnotherReason_FailsTheCheck()
    {
        _liar.LieOfRefusal = e => WithTrailers(e, "232 TOKEN_BURNED", e.Trailers.GetValueBytes("ledger-receipt-bin"));

        await AssertFailsAsync(VerificationCheck.Outcome, () => _client.SubmitAsync(NewRefusedOperation()));
    }

    [Fact]
    public async Task Submit_RefusedForAReasonThatIsNeverRecorded_FailsTheCheck()
    {
        _liar.LieOfRefusal = e => WithTrailers(e, "108 BAD_SIGNATURE", e.Trailers.GetValueBytes("ledger-receipt-bin"));

        await AssertFailsAsync(VerificationCheck.Outcome, () => _client.SubmitAsync(NewRefusedOperation()));
    }

    [Fact]
    public async Task Submit_RefusedWithAMalformedReceipt_FailsTheCheck()
    {
        _liar.LieOfRefusal = e => WithTrailers(e, e.Trailers.GetValue("ledger-reason")!, [0xff, 0xff]);

        await AssertFailsAsync(VerificationCheck.Form, () => _client.SubmitAsync(NewRefusedOperation()));
    }

    [Fact]
    public async Task Submit_AppliedButSaidToBeRefused_FailsTheCheck()
    {
        Receipt? receipt = null;
        _liar.On<SubmitResponse>(r =>
        {
            receipt = r.Receipt;
            receipt.Outcome = ReasonCode.TokenExists;
            throw new RpcException(
                new Status(StatusCode.AlreadyExists, "taken"),
                new Metadata
                {
                    { "ledger-reason", "230 TOKEN_EXISTS" },
                    { "ledger-receipt-bin", receipt.ToByteArray() },
                }
            );
        });

        await AssertFailsAsync(VerificationCheck.LeafHash, () => _client.SubmitAsync(NewOperation()));
    }

    [Fact]
    public async Task Find_WithTheReceiptOfAnother_FailsTheCheck()
    {
        ProvenEntry entry = await _client.SubmitAsync(NewOperation());
        _liar.On<GetReceiptResponse>(r => r.Receipt.Index = 1);

        await AssertFailsAsync(VerificationCheck.OperationId, () => _client.FindAsync(entry.Operation!.Id));
    }

    private PreparedOperation NewOperation() =>
        _client.Prepare(scene.Issuer, new Operation { Mint = scene.NewMint($"t-{Guid.NewGuid():n}", scene.Alice) });

    private PreparedOperation NewRefusedOperation() =>
        _client.Prepare(
            scene.Issuer,
            new Operation
            {
                Burn = new Burn { ClassId = Scene.Class, TokenId = $"none-{Guid.NewGuid():n}" },
            }
        );

    private static ByteString WithLongerSize(ByteString note)
    {
        string[] lines = note.ToStringUtf8().Split('\n');
        lines[1] += "0";
        return ByteString.CopyFromUtf8(string.Join('\n', lines));
    }

    private static RpcException WithTrailers(RpcException e, string reason, byte[]? receipt)
    {
        Metadata trailers = new() { { "ledger-reason", reason } };
        if (receipt is not null)
        {
            trailers.Add("ledger-receipt-bin", receipt);
        }
        return new RpcException(e.Status, trailers);
    }

    private static async IAsyncEnumerable<PreparedOperation> One(PreparedOperation operation)
    {
        await Task.Yield();
        yield return operation;
    }

    internal static async Task AssertFailsAsync(VerificationCheck check, Func<Task> action)
    {
        VerificationException e = await Assert.ThrowsAsync<VerificationException>(action);
        Assert.Equal(check, e.Check);
        Assert.Contains($"({check})", e.Message, StringComparison.Ordinal);
    }
}
