using Ledger.Protocol;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// The highest checkpoint that this log has signed, kept in a file outside the store. A store that is older than it (a restored
/// backup) or that differs from it (a fork) must not sign: one log never signs two trees of one size.
/// </summary>
/// <remarks>
/// Written behind the log, by rename: a crash leaves the file whole, at worst a moment behind. It may be behind the store, never
/// ahead of it, because a checkpoint is signed only after its batch is durable.
/// </remarks>
internal sealed class LastSigned : IDisposable
{
    private const int GapMs = 200;

    private readonly string _path;
    private readonly AutoResetEvent _changed = new(false);
    private readonly ManualResetEvent _stopping = new(false);
    private readonly LogThread _thread;
    private LogHead? _newest;
    private LogHead? _written;

    /// <summary>Keeps the file of a ledger's folder. Nothing is written before it is started.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="onFailure">Told when the file cannot be written: the log must not sign on without it.</param>
    public LastSigned(string directory, Action<Exception> onFailure)
    {
        _path = PathIn(directory);
        _thread = new LogThread("last signed checkpoint", Run, onFailure);
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>The file in a ledger's folder.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "last-signed");

    /// <summary>Refuses a store that must not sign.</summary>
    /// <exception cref="StoreException">The store is older than what was signed, or another tree.</exception>
    public static void Check(string directory, VerifierKey logKey, TreeView tree)
    {
        string path = PathIn(directory);
        if (!File.Exists(path))
        {
            return;
        }

        if (!Checkpoint.TryOpen(File.ReadAllBytes(path), logKey, out Checkpoint? signed, out string problem))
        {
            throw new StoreException(
                $"The last signed checkpoint in {path} cannot be read: {problem}. If nothing in this folder was restored from a copy, remove the file: the store's own head then takes its place. Otherwise bring back the newest store first."
            );
        }

        if (signed.Size > tree.Size)
        {
            throw new StoreException(
                $"The store has {tree.Size} entries, but this log has already signed a checkpoint of {signed.Size} ({path}): the store "
                    + "is an old copy. Going on would sign a second history. Bring back the newest store, or copy the log from a peer."
            );
        }

        if (signed.Size > 0 && !signed.Root.Span.SequenceEqual(tree.Root(signed.Size)))
        {
            throw new StoreException(
                $"The store's tree of {signed.Size} entries is not the one that this log has signed ({path}): the store was changed or "
                    + "forked. Run `ledger fsck`, then bring back the true store."
            );
        }
    }

    /// <summary>Notes a head that was just signed. Returns at once.</summary>
    public void Note(LogHead head)
    {
        Volatile.Write(ref _newest, head);
        _changed.Set();
    }

    /// <summary>Ends the thread, which writes what has not been written.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _thread.Join();
        _changed.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        WaitHandle[] either = [_stopping, _changed];
        while (WaitHandle.WaitAny(either) != 0)
        {
            Write();
            _stopping.WaitOne(GapMs);
        }

        Write();
    }

    private void Write()
    {
        LogHead? head = Volatile.Read(ref _newest);
        if (head is null || ReferenceEquals(head, _written))
        {
            return;
        }

        // On disk before it takes the old one's place: a crash leaves the one or the other whole.
        string fresh = _path + ".new";
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
        {
            file.Write(head.Note.Span);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, _path, overwrite: true);
        _written = head;
    }
}
