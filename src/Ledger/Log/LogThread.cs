namespace Ledger.Log;

/// <summary>
/// A thread of the log. However its work fails, it fails in one way: the ledger is told, once, and says what happened, answers
/// those who wait, and stops.
/// </summary>
internal sealed class LogThread
{
    private readonly Thread _thread;

    /// <summary>A thread that has not started yet.</summary>
    /// <param name="name">Its name, for debuggers.</param>
    /// <param name="work">What it does until it is told to end.</param>
    /// <param name="onFailure">Told what went wrong.</param>
    public LogThread(string name, Action work, Action<Exception> onFailure)
    {
        _thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                onFailure(e);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
    }

    /// <summary>Starts it.</summary>
    public void Start() => _thread.Start();

    /// <summary>Waits for its end. Returns at once when it was never started.</summary>
    public void Join()
    {
        if ((_thread.ThreadState & ThreadState.Unstarted) == 0)
        {
            _thread.Join();
        }
    }
}
