using Grpc.Core;
using Ledger.Node.Grpc;
using Ledger.V1;
using RegistryService = Ledger.Node.Grpc.RegistryService;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Streams of operations that end in the middle, between the service and the transport.</summary>
public class SubmitStreamTests(Scene scene) : IClassFixture<Scene>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AnswerInOrder_AnswerThatCannotBeWritten_LeavesNoReaderBehind()
    {
        RegistryService service = new(scene.Node.Node.Ledger, NodeLimits.Default, new CreationQuota(0));
        Endless requests = new();

        await Assert.ThrowsAsync<IOException>(() =>
            service.AnswerInOrder(requests, new Broken(), door: null, CancellationToken.None).WaitAsync(Patience)
        );

        Assert.True(requests.HasEnded);
    }

    [Fact]
    public async Task SubmitStream_BrokenFrameAfterSomeAnswers_IsMalformed()
    {
        byte[] good = RawHttp.Frame([]);
        byte[] broken = [9, 0, 0, 0, 1, 0];

        RawHttp.Answer answer = await RawHttp.Post(
            scene.Node,
            "/ledger.v1.RegistryService/SubmitStream",
            [.. good, .. good, .. broken]
        );

        Assert.Equal(($"{(int)StatusCode.InvalidArgument}", "1 MALFORMED"), (answer.Status, answer.Reason));
    }

    /// <summary>One request, and then a caller who takes their time. The end takes a moment too.</summary>
    private sealed class Endless : IAsyncStreamReader<SubmitStreamRequest>
    {
        private bool _begun;

        public bool HasEnded { get; private set; }

        public SubmitStreamRequest Current { get; } = new();

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!_begun)
            {
                _begun = true;
                return true;
            }

            await Task.Delay(Timeout.Infinite, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(50, CancellationToken.None);
            HasEnded = true;
            return false;
        }
    }

    private sealed class Broken : IServerStreamWriter<SubmitStreamResponse>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(SubmitStreamResponse message) => throw new IOException("The caller has gone.");

        public Task WriteAsync(SubmitStreamResponse message, CancellationToken cancellationToken) =>
            WriteAsync(message);
    }
}
