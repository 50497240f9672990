using System.Diagnostics.CodeAnalysis;
using Ledger.Protocol;

namespace Ledger.Rules.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Checkpoint">The newest checkpoint that is known of the log; null when there is none or it could not be read.</param>
/// <param name="CheckpointNote">The same as it was signed: what to remember for the next audit.</param>
/// <param name="Finding">The first thing that is wrong; null when nothing is.</param>
/// <param name="Auditor">What was counted and computed.</param>
public sealed record AuditReport(
    Checkpoint? Checkpoint,
    ReadOnlyMemory<byte> CheckpointNote,
    Finding? Finding,
    Auditor Auditor
)
{
    /// <summary>Entries that were recomputed beyond the newest checkpoint: the log has not been seen to sign them.</summary>
    public long Uncovered => Math.Max(0, Auditor.Size - (Checkpoint?.Size ?? 0));
}

/// <summary>One full audit of a log, from its first entry to its newest checkpoint and, in a stopped store, to its last seal.</summary>
public static class LogAudit
{
    /// <summary>
    /// Audits a log: (1) the newest checkpoint is signed by the log; (2) it continues the checkpoint that this auditor saw last,
    /// by consistency proof; (3) every entry is recomputed; (4) every published checkpoint has the root of its entries; (5) so has
    /// the newest, and (6) the remembered one.
    /// </summary>
    /// <param name="source">Where the log is read.</param>
    /// <param name="logKey">The log's public key, known from elsewhere.</param>
    /// <param name="remembered">The checkpoint that this auditor saw last; empty at the first audit.</param>
    /// <param name="progress">Told the number of entries recomputed and to be recomputed. May be null.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public static async Task<AuditReport> RunAsync(
        IAuditSource source,
        VerifierKey logKey,
        ReadOnlyMemory<byte> remembered,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        Auditor auditor = new(logKey);
        ReadOnlyMemory<byte>? signed = await source.NewestCheckpointAsync(cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> note = signed ?? default;
        Checkpoint? newest = null;
        Finding? finding = null;
        if (signed is not null && !TryOpen(note, logKey, "the newest checkpoint", out newest, out finding))
        {
            return new AuditReport(null, note, finding, auditor);
        }

        long size = await source.SizeAsync(newest?.Size ?? 0, cancellationToken).ConfigureAwait(false);
        Checkpoint? last = null;
        if (
            !remembered.IsEmpty
            && !TryOpen(remembered, logKey, "the checkpoint that this auditor remembers", out last, out finding)
        )
        {
            return new AuditReport(newest, note, finding, auditor);
        }

        try
        {
            finding = last is null
                ? null
                : await CompareWithLast(source, last, newest, size, cancellationToken).ConfigureAwait(false);
            finding ??= await ReplayAsync(source, auditor, newest, last, size, progress, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (LogSourceException e)
        {
            finding = auditor.EndAt(e.Finding);
        }

        // What the auditor remembers may be newer than every checkpoint at hand: then its root was compared at its size.
        return last?.Size > (newest?.Size ?? 0)
            ? new AuditReport(last, remembered, finding, auditor)
            : new AuditReport(newest, note, finding, auditor);
    }

    private static bool TryOpen(
        ReadOnlyMemory<byte> note,
        VerifierKey logKey,
        string what,
        [NotNullWhen(true)] out Checkpoint? checkpoint,
        out Finding? finding
    )
    {
        bool opened = Checkpoint.TryOpen(note.Span, logKey, out checkpoint, out string problem);
        finding = opened ? null : new Finding(-1, $"{what} is not one of this log: {problem}");
        return opened;
    }

    private static async Task<Finding?> CompareWithLast(
        IAuditSource source,
        Checkpoint last,
        Checkpoint? newest,
        long size,
        CancellationToken cancellationToken
    )
    {
        if (last.Size > size)
        {
            return new Finding(
                size,
                $"the log has shrunk: this auditor saw a checkpoint of {last.Size} entries, now it shows {size}"
            );
        }

        if (last.Size == 0 || newest is null || last.Size > newest.Size)
        {
            return null;
        }

        return await source.ContinuesAsync(last, newest, cancellationToken).ConfigureAwait(false)
            ? null
            : new Finding(
                last.Size,
                $"the log does not continue the checkpoint of {last.Size} entries that this auditor saw: history was rewritten"
            );
    }

    private static async Task<Finding?> ReplayAsync(
        IAuditSource source,
        Auditor auditor,
        Checkpoint? newest,
        Checkpoint? last,
        long size,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        IAsyncEnumerator<ReadOnlyMemory<byte>> published = source
            .CheckpointsAsync(0, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (published.ConfigureAwait(false))
        {
            (Checkpoint? next, Finding? finding) = await NextAsync(published, auditor).ConfigureAwait(false);
            await foreach (
                ReadOnlyMemory<byte> entry in source.EntriesAsync(0, size, cancellationToken).ConfigureAwait(false)
            )
            {
                finding ??= auditor.Add(entry);
                while (finding is null && next is not null && next.Size <= auditor.Size)
                {
                    finding = auditor.Compare(next);
                    if (finding is null)
                    {
                        (next, finding) = await NextAsync(published, auditor).ConfigureAwait(false);
                    }
                }

                if (finding is null && newest?.Size == auditor.Size && auditor.Size < size)
                {
                    finding = auditor.Compare(newest);
                }

                if (finding is null && last?.Size == auditor.Size && !auditor.RootIs(last.Root.Span))
                {
                    finding = new Finding(
                        last.Size,
                        "the entries do not have the root that this auditor saw at this size"
                    );
                }

                if (finding is not null)
                {
                    return finding;
                }

                progress?.Invoke(auditor.Size, size);
                if (auditor.Size == size)
                {
                    break;
                }
            }
        }

        return auditor.Finish()
            ?? (
                auditor.Size < newest?.Size
                    ? new Finding(
                        auditor.Size,
                        $"the newest checkpoint names {newest.Size} entries, but there are {auditor.Size}"
                    )
                : auditor.Size < size
                    ? new Finding(auditor.Size, $"the head names {size} entries, but there are {auditor.Size}")
                : newest?.Size == auditor.Size && !auditor.RootIs(newest.Root.Span)
                    ? new Finding(newest.Size, "the newest checkpoint's root is not the root of the entries")
                : null
            );
    }

    // The next published checkpoint, none at the end, or what is wrong with it.
    private static async Task<(Checkpoint? Next, Finding? Finding)> NextAsync(
        IAsyncEnumerator<ReadOnlyMemory<byte>> published,
        Auditor auditor
    )
    {
        if (!await published.MoveNextAsync().ConfigureAwait(false))
        {
            return (null, null);
        }

        return Checkpoint.TryOpen(published.Current.Span, auditor.LogKey, out Checkpoint? next, out string problem)
            ? (next, null)
            : (null, new Finding(auditor.Size, $"a published checkpoint is not one of this log: {problem}"));
    }
}
