using Grpc.Core;
using Grpc.Net.Common.Tests.Proto;

namespace Grpc.Net.Common.Tests;

/// <summary>The service behind the tests. A test replaces the part that it is about.</summary>
internal sealed class ProbeService : Probe.ProbeBase
{
    /// <summary>What <see cref="Echo"/> does.</summary>
    public Func<Message, ServerCallContext, Task<Message>> OnEcho { get; set; } =
        (request, _) => Task.FromResult(request);

    /// <summary>Done when a call of <see cref="EchoAll"/> has ended, with whether its token was cancelled.</summary>
    public TaskCompletionSource<bool> EchoAllEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<Message> Echo(Message request, ServerCallContext context) => OnEcho(request, context);

    public override async Task<Message> Concat(IAsyncStreamReader<Message> requestStream, ServerCallContext context)
    {
        var sum = new Message();
        await foreach (Message message in requestStream.ReadAllAsync())
        {
            sum.Text += message.Text;
            sum.Count++;
        }

        return sum;
    }

    public override async Task Repeat(
        Message request,
        IServerStreamWriter<Message> responseStream,
        ServerCallContext context
    )
    {
        for (int i = 0; i < request.Count; i++)
        {
            await responseStream.WriteAsync(new Message { Text = request.Text, Count = i });
        }
    }

    public override async Task EchoAll(
        IAsyncStreamReader<Message> requestStream,
        IServerStreamWriter<Message> responseStream,
        ServerCallContext context
    )
    {
        try
        {
            await foreach (Message message in requestStream.ReadAllAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(message);
            }
        }
        finally
        {
            EchoAllEnded.TrySetResult(context.CancellationToken.IsCancellationRequested);
        }
    }
}
