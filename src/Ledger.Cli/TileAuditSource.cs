using System.Runtime.CompilerServices;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>
/// A log that is published as tiles, as an auditor reads it. What is not what the checkpoint names is a finding; what cannot be read is
/// a <see cref="TilesUnreadException"/>.
/// </summary>
/// <param name="tiles">Where it is read.</param>
internal sealed class TileAuditSource(ITileSource tiles) : IGrowingSource
{
    // Nobody tells that tiles have grown: their checkpoint is asked for, which is small and which caches may answer.
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(2);

    private ReadOnlyMemory<byte>? _note;
    private TileLog? _log;

    /// <summary>The log that the checkpoint says that it is of; null when it cannot be read.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public async Task<string?> OriginAsync(CancellationToken cancellationToken) =>
        Parse(await NoteAsync(cancellationToken))?.Origin;

    /// <inheritdoc />
    /// <remarks>All that is read before the next call is of this checkpoint's tree, however the log grows meanwhile.</remarks>
    public async Task<ReadOnlyMemory<byte>?> NewestCheckpointAsync(CancellationToken cancellationToken)
    {
        (_note, _log) = (null, null);
        return await NoteAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task<long> SizeAsync(long covered, CancellationToken cancellationToken) => Task.FromResult(covered);

    /// <inheritdoc />
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long first,
        long size,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        long index = first;
        TileLog log = await JudgeAsync(() => OpenAsync(cancellationToken), index);
        IAsyncEnumerator<ReadOnlyMemory<byte>> entries = log.EntriesAsync(first, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (entries)
        {
            while (index < size && await JudgeAsync(() => entries.MoveNextAsync().AsTask(), index))
            {
                yield return entries.Current;
                index++;
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>Tiles are published with the newest checkpoint alone.</remarks>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> CheckpointsAsync(
        long fromSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        yield break;
    }

    /// <inheritdoc />
    public Task<byte[]> ConsistencyProofAsync(long size1, long size2, CancellationToken cancellationToken) =>
        JudgeAsync(
            async () => await (await OpenAsync(cancellationToken)).ProveConsistencyAsync(size1, cancellationToken),
            index: size1
        );

    /// <inheritdoc />
    /// <remarks>A checkpoint that cannot be parsed, or names fewer entries, ends the wait too: it is for whoever follows to judge.</remarks>
    public async Task WaitAsync(long size, CancellationToken cancellationToken)
    {
        while (Parse(await ReadNoteAsync(cancellationToken))?.Size == size)
        {
            await Task.Delay(PollEvery, cancellationToken);
        }
    }

    private static async Task<T> JudgeAsync<T>(Func<Task<T>> read, long index)
    {
        try
        {
            return await read();
        }
        catch (VerificationException e)
        {
            throw new LogSourceException(new Finding(index, e.Problem), e);
        }
        catch (IOException e)
        {
            throw new TilesUnreadException(e);
        }
    }

    private async Task<ReadOnlyMemory<byte>> NoteAsync(CancellationToken cancellationToken) =>
        _note ??= await ReadNoteAsync(cancellationToken);

    private Task<ReadOnlyMemory<byte>> ReadNoteAsync(CancellationToken cancellationToken) =>
        JudgeAsync(
            async () =>
                await tiles.ReadAsync(TilePath.Checkpoint, Limits.NoteBytesMax, cancellationToken)
                ?? throw new IOException($"{tiles} has no checkpoint: is it the address or folder of a log?"),
            index: -1
        );

    // Whoever asks has verified the note by now.
    private async Task<TileLog> OpenAsync(CancellationToken cancellationToken) =>
        _log ??= await TileLog.OpenAsync(
            tiles,
            Parse(await NoteAsync(cancellationToken))
                ?? throw new InvalidOperationException("Nothing is read of a log before its checkpoint."),
            cancellationToken
        );

    private static Checkpoint? Parse(ReadOnlyMemory<byte> note) =>
        SignedNote.TryParse(note.Span, out SignedNote? parsed, out _)
        && Checkpoint.TryParse(parsed.Text, out Checkpoint? checkpoint, out _)
            ? checkpoint
            : null;
}
