using Ledger.Client;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>Writes a log into a folder as tiles, or brings the folder up to what the log is by now.</summary>
/// <param name="log">Where the log is read.</param>
/// <param name="logKey">The log's public key.</param>
/// <param name="directory">The folder.</param>
/// <param name="name">Its name, for messages.</param>
/// <param name="stop">Ends the work: what was written so far is used the next time.</param>
internal sealed class LogExport(
    IAuditSource log,
    VerifierKey logKey,
    TileDirectory directory,
    string name,
    CancellationToken stop
)
{
    private ReadOnlyMemory<byte> _note;
    private Checkpoint? _old;

    /// <summary>The log's newest checkpoint: the one that is exported.</summary>
    public Checkpoint Checkpoint { get; private set; } = null!;

    /// <summary>Entries that the folder had before.</summary>
    public long SizeBefore => _old?.Size ?? 0;

    /// <summary>
    /// Opens the newest checkpoint, and the one in the folder: (1) both are signed by the log, and (2) the newest continues the other,
    /// by consistency proof. Nothing has been written by then.
    /// </summary>
    /// <exception cref="CommandFailure">One of these does not hold, or the log has no checkpoint.</exception>
    public async Task OpenAsync()
    {
        _note =
            await log.NewestCheckpointAsync(stop)
            ?? throw CommandFailure.Unreachable("The log has no signed checkpoint yet: start its node once.");
        Checkpoint = Open(_note, "The log's newest checkpoint is not one of this log");
        if (await directory.Source.ReadAsync(TilePath.Checkpoint, Limits.NoteBytesMax, stop) is not { } exported)
        {
            return;
        }

        _old = Open(exported, $"{name} holds another log");
        if (_old.Size > Checkpoint.Size)
        {
            throw CommandFailure.Unverified(
                $"{name} holds {_old.Size} entries of this log, and the log shows {Checkpoint.Size}: it has shrunk, or this is an old copy of it."
            );
        }

        byte[] proof = SizeBefore == 0 ? [] : await log.ConsistencyProofAsync(SizeBefore, Checkpoint.Size, stop);
        if (
            SizeBefore > 0
            && !ConsistencyProof.Verify(SizeBefore, Checkpoint.Size, _old.Root.Span, Checkpoint.Root.Span, proof)
        )
        {
            throw CommandFailure.Unverified(
                $"The log does not continue the {SizeBefore} entries in {name}: history was rewritten, there or here."
            );
        }
    }

    /// <summary>Writes the tiles that the folder does not have. Its checkpoint does not name them yet.</summary>
    /// <param name="progress">Told how many of how many entries are there.</param>
    /// <exception cref="CommandFailure">The entries are not those of the checkpoint.</exception>
    public async Task WriteTilesAsync(Action<long, long> progress)
    {
        // Of an export that was broken off, bundles may be there that no checkpoint has vouched for. They are taken for what they seem
        // to be, and if that comes to another root, everything is fetched.
        TileWriter tiles = await BeginAsync();
        bool isReused = await ReuseAsync(tiles, progress);
        await FetchAsync(tiles, progress);
        if (isReused && !IsWhole(tiles))
        {
            tiles = await BeginAsync();
            await FetchAsync(tiles, progress);
        }

        if (!IsWhole(tiles))
        {
            throw CommandFailure.Unverified(
                tiles.Size < Checkpoint.Size
                    ? $"The checkpoint names {Checkpoint.Size} entries, but the log shows {tiles.Size}. {AsItWas}"
                    : $"The entries that the log shows do not have the root of its checkpoint. {AsItWas}"
            );
        }

        tiles.WritePartial();
    }

    /// <summary>
    /// Reads the folder as a client will, all of it, and verifies it by the new checkpoint; then puts that in place, and removes the
    /// partial tiles that are full by now. The others stay: whoever has an older checkpoint may still ask for them.
    /// </summary>
    /// <param name="progress">Told how many of how many entries are verified.</param>
    /// <exception cref="CommandFailure">A file is not what it must be.</exception>
    public async Task PublishAsync(Action<long, long> progress)
    {
        await ReadBackAsync(async () =>
        {
            TileLog written = await TileLog.OpenAsync(directory.Source, Checkpoint, stop);
            long verified = 0;
            await foreach (ReadOnlyMemory<byte> _ in written.EntriesAsync(0, stop))
            {
                progress(++verified, Checkpoint.Size);
            }

            return written;
        });
        directory.Put(TilePath.Checkpoint, _note.Span);
        directory.RemovePartial(Checkpoint.Size);
    }

    private string AsItWas => $"The checkpoint in {name} is as it was.";

    private Checkpoint Open(ReadOnlyMemory<byte> note, string otherwise) =>
        Checkpoint.TryOpen(note.Span, logKey, out Checkpoint? checkpoint, out string problem)
            ? checkpoint
            : throw CommandFailure.Unverified($"{otherwise}: {problem}. The key is {logKey}.");

    private bool IsWhole(TileWriter tiles) =>
        tiles.Size == Checkpoint.Size && tiles.Root().AsSpan().SequenceEqual(Checkpoint.Root.Span);

    private async Task<TileWriter> BeginAsync() =>
        _old is null
            ? new TileWriter(Put)
            : new TileWriter(await ReadBackAsync(() => TileLog.OpenAsync(directory.Source, _old, stop)), Put);

    private void Put(TilePath path, ReadOnlyMemory<byte> bytes) => directory.Put(path.ToString(), bytes.Span);

    private async Task<bool> ReuseAsync(TileWriter tiles, Action<long, long> progress)
    {
        bool isAny = false;
        while (
            TilePath.In(TilePath.Entries, tiles.Size / TilePath.FullWidth, Checkpoint.Size) is { IsPartial: false } path
            && await FindAsync(path) is { } bytes
            && EntryBundle.TryRead(bytes, path.Width, out ReadOnlyMemory<byte>[]? entries, out _)
        )
        {
            Array.ForEach(entries, tiles.Append);
            progress(tiles.Size, Checkpoint.Size);
            isAny = true;
        }

        return isAny;
    }

    private async Task<ReadOnlyMemory<byte>?> FindAsync(TilePath path)
    {
        try
        {
            return await directory.Source.ReadAsync(path.ToString(), EntryBundle.BytesMax, stop);
        }
        catch (VerificationException)
        {
            return null; // longer than any bundle
        }
    }

    private async Task FetchAsync(TileWriter tiles, Action<long, long> progress)
    {
        await foreach (ReadOnlyMemory<byte> entry in log.EntriesAsync(tiles.Size, Checkpoint.Size, stop))
        {
            if (tiles.Size == Checkpoint.Size || entry.Length > Limits.EntryBytesMax)
            {
                throw CommandFailure.Unverified(
                    $"The log shows more entries than its checkpoint names, or one that is longer than an entry may be. {AsItWas}"
                );
            }

            tiles.Append(entry);
            progress(tiles.Size, Checkpoint.Size);
        }
    }

    private async Task<TileLog> ReadBackAsync(Func<Task<TileLog>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is VerificationException or IOException)
        {
            string problem = e is VerificationException wrong ? $"{wrong.Problem}." : e.Message;
            throw CommandFailure.Unverified(
                $"{name} is damaged: {problem} {AsItWas} Export into a new folder, and put that in its place."
            );
        }
    }
}
