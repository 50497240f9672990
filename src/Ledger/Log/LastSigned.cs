using Ledger.Files;
using Ledger.Protocol;
using Ledger.Store;
using Microsoft.Win32.SafeHandles;

namespace Ledger.Log;

/// <summary>
/// The highest checkpoint that this log has signed, kept in a file outside the store. A store that is older than it (a restored
/// backup) or that differs from it (a fork) must not sign: one log never signs two trees of one size. A copy of the whole folder
/// brings its file along, and is told by one that is kept in a second place alone.
/// </summary>
/// <remarks>
/// <para>Written before anybody sees the checkpoint, by the thread that publishes. It may be a batch behind the store, never ahead of
/// it, because a checkpoint is signed only after its batch is durable; and it is never behind what was published.</para>
/// <para>A file has two slots of <see cref="SlotBytes"/>, each a signed note and newlines up to its end. They are written in turn, in
/// place: a crash can tear the one that is being written, and the other is whole. So the file's length, blocks and name stay what
/// they are from its creation on, and making a slot durable is one write and one sync of its bytes.</para>
/// </remarks>
internal sealed class LastSigned : IDisposable
{
    /// <summary>Length of a slot, in bytes: a note with the longest origin takes a ninth of it.</summary>
    public const int SlotBytes = 4_096;

    private const int Slots = 2;

    private readonly Place[] _places;

    /// <summary>Keeps the files. Nothing is read or written before the first checkpoint.</summary>
    /// <param name="paths">The files, each of which holds the same.</param>
    /// <param name="logKey">The log's public key.</param>
    public LastSigned(IReadOnlyList<string> paths, VerifierKey logKey) =>
        _places = [.. paths.Select(path => new Place(path, logKey))];

    /// <summary>
    /// Around the writing of each checkpoint. Tests put something here that fails before it, after it, or in its stead; otherwise it
    /// just writes.
    /// </summary>
    public Action<Action> AroundWrite { get; set; } = static write => write();

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

    /// <summary>Makes durable that a checkpoint was signed. Before this returns nobody may see it.</summary>
    /// <param name="note">The signed checkpoint, at most <see cref="SlotBytes"/>.</param>
    /// <exception cref="IOException">A file cannot be written, or nobody knows whether it was: the log must not sign on.</exception>
    public void Write(ReadOnlyMemory<byte> note) =>
        AroundWrite(() =>
        {
            foreach (Place place in _places)
            {
                place.Write(note.Span);
            }
        });

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (Place place in _places)
        {
            place.Dispose();
        }
    }

    /// <summary>The newest checkpoint in a file that verifies.</summary>
    /// <param name="file">All its bytes: of two slots, or one note, as files of older versions are.</param>
    /// <param name="logKey">The log's public key.</param>
    /// <param name="problem">Why there is none.</param>
    /// <returns>The checkpoint as it was signed, and where in the file it is; null when none verifies.</returns>
    public static (Checkpoint Checkpoint, Range Note)? Newest(
        ReadOnlySpan<byte> file,
        VerifierKey logKey,
        out string problem
    )
    {
        (Checkpoint Checkpoint, Range Note)? newest = null;
        problem = "it is empty";
        foreach (Range note in NotesIn(file))
        {
            if (!Checkpoint.TryOpen(file[note], logKey, out Checkpoint? checkpoint, out string wrong))
            {
                problem = wrong;
            }
            else if (newest is null || checkpoint.Size > newest.Value.Checkpoint.Size)
            {
                newest = (checkpoint, note);
            }
        }

        return newest;
    }

    /// <summary>The checkpoints in a file that verify, with their notes; none when there is no file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="logKey">The log's public key.</param>
    public static List<(Checkpoint Checkpoint, byte[] Note)> Notes(string path, VerifierKey logKey)
    {
        List<(Checkpoint, byte[])> notes = [];
        byte[] file = File.Exists(path) ? File.ReadAllBytes(path) : [];
        foreach (Range note in NotesIn(file))
        {
            if (Checkpoint.TryOpen(file.AsSpan(note), logKey, out Checkpoint? checkpoint, out _))
            {
                notes.Add((checkpoint, file[note]));
            }
        }

        return notes;
    }

    private static List<Range> NotesIn(ReadOnlySpan<byte> file)
    {
        if (file.Length != Slots * SlotBytes)
        {
            return [0..file.Length];
        }

        List<Range> notes = [];
        for (int start = 0; start < file.Length; start += SlotBytes)
        {
            // A note ends with a newline; a slot that was never written is nothing else.
            int length = file.Slice(start, SlotBytes).TrimEnd((byte)'\n').Length;
            if (length > 0)
            {
                notes.Add(start..(start + Math.Min(length + 1, SlotBytes)));
            }
        }

        return notes;
    }

    /// <summary>The newest checkpoint in a file.</summary>
    /// <exception cref="StoreException">None in it verifies.</exception>
    public static Checkpoint Read(string path, VerifierKey logKey) =>
        Newest(File.ReadAllBytes(path), logKey, out string problem)?.Checkpoint
        ?? throw new StoreException(
            $"The last signed checkpoint in {path} cannot be read: {problem}. If nothing in this folder was restored from a copy, remove the file: the store's own head then takes its place. Otherwise bring back the newest store first."
        );

    /// <summary>One of the files, and the slot to write next. Owned by the thread that publishes.</summary>
    private sealed class Place(string path, VerifierKey logKey) : IDisposable
    {
        private readonly byte[] _slot = new byte[SlotBytes];
        private SafeFileHandle? _file;
        private int _next;

        public void Write(ReadOnlySpan<byte> note)
        {
            if (_file is null)
            {
                Open(note);
                return;
            }

            Fill(_slot, note);
            RandomAccess.Write(_file, _slot, (long)_next * SlotBytes);
            DurableFile.SyncBytes(_file, path);
            _next = (_next + 1) % Slots;
        }

        public void Dispose() => _file?.Dispose();

        // Goes on with the file that is there, beside its newest slot. One that is missing, or of another form, is made anew.
        private void Open(ReadOnlySpan<byte> note)
        {
            byte[] there = File.Exists(path) ? File.ReadAllBytes(path) : [];
            Range? newest = there.Length == Slots * SlotBytes ? Newest(there, logKey, out _)?.Note : null;
            if (newest is not { } at)
            {
                byte[] made = new byte[Slots * SlotBytes];
                Fill(made, note);
                DurableFile.Write(path, made);
                at = 0..note.Length;
                there = made;
            }

            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            _next = (at.Start.Value / SlotBytes + 1) % Slots;
            if (!there.AsSpan(at).SequenceEqual(note))
            {
                Write(note);
            }
        }

        private static void Fill(Span<byte> slots, ReadOnlySpan<byte> note)
        {
            note.CopyTo(slots[..SlotBytes]);
            slots[note.Length..].Fill((byte)'\n');
        }
    }
}
