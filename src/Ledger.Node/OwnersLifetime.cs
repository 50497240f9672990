using Microsoft.Extensions.Hosting;

namespace Ledger.Node;

/// <summary>A host lives for as long as its owner likes: it hears no signals.</summary>
internal sealed class OwnersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
