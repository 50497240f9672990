namespace Grpc.Core.Api.Tests;

/// <summary>A stream of given messages.</summary>
internal sealed class FixedReader(params string[] messages) : IAsyncStreamReader<string>
{
    private int next;

    public string Current => messages[next - 1];

    public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(next++ < messages.Length);
}

/// <summary>Keeps what is written. It does not know of cancellation tokens.</summary>
internal sealed class ListWriter : IServerStreamWriter<string>, IClientStreamWriter<string>
{
    public List<string> Messages { get; } = [];

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(string message)
    {
        Messages.Add(message);
        return Task.CompletedTask;
    }

    public Task CompleteAsync() => Task.CompletedTask;
}
