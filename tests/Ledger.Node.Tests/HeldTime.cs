namespace Ledger.Node.Tests;

/// <summary>
/// The system's clock, which a test can hold: the log asks it for the time of each batch, so that while it is held operations
/// are accepted and none is recorded.
/// </summary>
internal sealed class HeldTime : ForwardTime, IDisposable
{
    private readonly ManualResetEventSlim _open = new(true);
    private TaskCompletionSource _asked = new();

    /// <summary>Holds the time from now on.</summary>
    /// <returns>Completes when the log asks for it: an operation has been accepted and waits.</returns>
    public Task Hold()
    {
        _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _open.Reset();
        return _asked.Task;
    }

    public void Release() => _open.Set();

    public override DateTimeOffset GetUtcNow()
    {
        if (!_open.IsSet)
        {
            _asked.TrySetResult();
            _open.Wait();
        }

        return base.GetUtcNow();
    }

    public void Dispose() => _open.Dispose();
}
