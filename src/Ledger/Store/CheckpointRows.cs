using Ledger.Rules;
using RocksDbSharp;

namespace Ledger.Store;

/// <summary>
/// The rows of published checkpoints, as <see cref="CheckpointRetention"/> has them: nothing in a store grows by the number of batches
/// but the log. No proof is lost with a row: the tree of any size is there, and its proofs are made when they are asked for.
/// </summary>
internal static class CheckpointRows
{
    /// <summary>Adds to a batch's write what the batch makes of the rows.</summary>
    /// <param name="writes">The write.</param>
    /// <param name="families">Column families.</param>
    /// <param name="snapshot">Opens a view of what was committed before the batch; asked for once a minute of the log's time.</param>
    /// <param name="published">The checkpoint of the batch before; null when there is none.</param>
    /// <param name="beforeMs">Time of the batch before, Unix milliseconds.</param>
    /// <param name="newestMs">Time of the batch.</param>
    public static void Put(
        WriteBatch writes,
        StoreFamilies families,
        Func<StoreSnapshot> snapshot,
        StoredCheckpoint? published,
        long beforeMs,
        long newestMs
    )
    {
        if (published is { } checkpoint && CheckpointRetention.IsKept(beforeMs, newestMs, newestMs))
        {
            writes.Put(Key(checkpoint.Size), checkpoint.Note.Span, families.Meta);
        }

        foreach ((long fromMs, long toMs) in CheckpointRetention.ComeOfAge(beforeMs, newestMs))
        {
            using StoreSnapshot before = snapshot();
            foreach ((long size, byte[] _) in before.Checkpoints(FirstSize(before, fromMs)))
            {
                long timeMs = before.TimeOf(size - 1);
                if (timeMs >= toMs)
                {
                    break;
                }

                if (!CheckpointRetention.IsKept(timeMs, before.TimeOf(size), newestMs))
                {
                    writes.Delete(Key(size), families.Meta);
                }
            }
        }
    }

    /// <summary>Leaves the rows that stay, of a store that kept them all.</summary>
    /// <param name="lease">The database; nobody else uses it.</param>
    /// <param name="families">Column families.</param>
    /// <param name="head">Where the log stands.</param>
    public static void Thin(StoreLease lease, StoreFamilies families, ChainHead head)
    {
        using StoreSnapshot snapshot = new(lease, families);
        using WriteBatch writes = new();
        foreach ((long size, byte[] _) in snapshot.Checkpoints(0))
        {
            if (
                size > 0
                && size < head.Size
                && !CheckpointRetention.IsKept(snapshot.TimeOf(size - 1), snapshot.TimeOf(size), head.TimeMs)
            )
            {
                writes.Delete(Key(size), families.Meta);
            }
        }

        if (writes.Count() > 0)
        {
            lease.Db.Write(writes);
        }
    }

    // The smallest size whose last entry is not of before a time. Times never go back, so halving finds it.
    private static long FirstSize(StoreSnapshot snapshot, long fromMs)
    {
        long low = 1;
        long high = snapshot.LastIndex() + 2;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            if (snapshot.TimeOf(middle - 1) < fromMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static byte[] Key(long size)
    {
        byte[] key = new byte[StoreKeys.CheckpointKeyBytes];
        StoreKeys.WriteCheckpointKey(size, key);
        return key;
    }
}
