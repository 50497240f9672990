using Ledger.Protocol;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>
/// The highest checkpoint that this log has signed, kept in a file outside the store. A store that is older than it (a restored
/// backup) or that differs from it (a fork) must not sign: one log never signs two trees of one size. A copy of the whole folder
/// brings its file along, and is told by one that is kept in a second place alone.
/// </summary>
/// <remarks>
/// Written behind the log, by rename: a crash leaves the file whole, at worst a moment behind. It may be behind the store, never
/// ahead of it, because a checkpoint is signed only after its batch is durable.
/// </remarks>
internal sealed class LastSigned : IDisposable
{
    private const int GapMs = 200;

    private readonly IReadOnlyList<string> _paths;
    private readonly AutoResetEvent _changed = new(false);
    private readonly ManualResetEvent _stopping = new(false);
    private readonly LogThread _thread;
    private LogHead? _newest;
    private LogHead? _written;

    /// <summary>Keeps the files. Nothing is written before it is started.</summary>
    /// <param name="paths">The files, each of which holds the same.</param>
    /// <param name="onFailure">Told when the file cannot be written: the log must not sign on without it.</param>
    public LastSigned(IReadOnlyList<string> paths, Action<Exception> onFailure)
    {
        _paths = paths;
        _thread = new LogThread("last signed checkpoint", Run, onFailure);
    }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>The file in a ledger's folder.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "last-signed");

    /// <summary>The files of a ledger: in its folder, and where else it is told to keep one.</summary>
    public static IReadOnlyList<string> PathsOf(LedgerOptions options) =>
        options.LastSignedFile is { } second ? [PathIn(options.Directory), second] : [PathIn(options.Directory)];

    /// <summary>Refuses to begin a second log under a key that has signed.</summary>
    /// <exception cref="StoreException">There is no store, and a checkpoint of one was signed.</exception>
    public static void RequireStore(LedgerOptions options, VerifierKey logKey)
    {
        string store = EmbeddedLedger.StorePath(options.Directory);
        if (ChainStore.IsStore(store))
        {
            return;
        }

        foreach (string path in PathsOf(options).Where(File.Exists))
        {
            long size = Read(path, logKey).Size;
            if (size > 0)
            {
                throw new StoreException(
                    $"There is no store in {store}, but this log has already signed a checkpoint of {size} entries ({path}). Is its volume "
                        + "mounted? Bring back the newest store, or copy the log from a peer: starting here would begin a second history. "
                        + "A new log needs a key of its own."
                );
            }
        }
    }

    /// <summary>Refuses a store that must not sign.</summary>
    /// <param name="path">A file with the last signed checkpoint.</param>
    /// <param name="logKey">The log's public key.</param>
    /// <param name="tree">The store's tree.</param>
    /// <returns>False when there is no such file: nothing could be checked.</returns>
    /// <exception cref="StoreException">The store is older than what was signed, or another tree.</exception>
    public static bool Check(string path, VerifierKey logKey, TreeView tree)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        Checkpoint signed = Read(path, logKey);
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

        return true;
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

        foreach (string path in _paths)
        {
            // On disk before it takes the old one's place: a crash leaves the one or the other whole.
            string fresh = path + ".new";
            using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write))
            {
                file.Write(head.Note.Span);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }

        _written = head;
    }

    private static Checkpoint Read(string path, VerifierKey logKey) =>
        Checkpoint.TryOpen(File.ReadAllBytes(path), logKey, out Checkpoint? signed, out string problem)
            ? signed
            : throw new StoreException(
                $"The last signed checkpoint in {path} cannot be read: {problem}. If nothing in this folder was restored from a copy, remove the file: the store's own head then takes its place. Otherwise bring back the newest store first."
            );
}
