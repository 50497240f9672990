using RocksDbSharp;

namespace Ledger.Store;

/// <summary>Rows of a column family in order. Holds the database open until the enumeration is left.</summary>
internal static class StoreScan
{
    /// <summary>Rows from a key on whose keys start with a prefix, upwards or downwards.</summary>
    /// <param name="lease">The database; who asks for the first row holds it.</param>
    /// <param name="family">The column family.</param>
    /// <param name="options">At which snapshot to read.</param>
    /// <param name="prefix">What every key starts with; empty: any.</param>
    /// <param name="start">Where to start, whether there is such a row or not.</param>
    /// <param name="downwards">Whether keys descend from there.</param>
    /// <exception cref="StoreException">A block is damaged or cannot be read.</exception>
    public static IEnumerable<(byte[] Key, byte[] Value)> Rows(
        StoreLease lease,
        ColumnFamilyHandle family,
        ReadOptions options,
        byte[] prefix,
        byte[] start,
        bool downwards = false
    )
    {
        lease.HoldAlong();
        try
        {
            using Iterator iterator = lease.Db.NewIterator(family, options);
            for (
                _ = downwards ? iterator.SeekForPrev(start) : iterator.Seek(start);
                IsValid(iterator);
                _ = downwards ? iterator.Prev() : iterator.Next()
            )
            {
                byte[] key = iterator.Key();
                if (!key.AsSpan().StartsWith(prefix))
                {
                    break;
                }

                yield return (key, iterator.Value());
            }
        }
        finally
        {
            lease.Release();
        }
    }

    /// <summary>The last row whose key is not above a key, or the last of all.</summary>
    /// <param name="lease">The database; the caller holds it.</param>
    /// <param name="family">The column family.</param>
    /// <param name="options">At which snapshot to read.</param>
    /// <param name="key">The key; null: the last row of all.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StoreException">A block is damaged or cannot be read.</exception>
    public static (byte[] Key, byte[] Value)? Last(
        StoreLease lease,
        ColumnFamilyHandle family,
        ReadOptions options,
        byte[]? key
    )
    {
        using Iterator iterator = lease.Db.NewIterator(family, options);
        _ = key is null ? iterator.SeekToLast() : iterator.SeekForPrev(key);
        return IsValid(iterator) ? (iterator.Key(), iterator.Value()) : null;
    }

    // An iterator ends silently at a damaged block: only its status tells "no more" from "no further".
    private static bool IsValid(Iterator iterator)
    {
        if (iterator.Valid())
        {
            return true;
        }

        try
        {
            Native.Instance.rocksdb_iter_get_error(iterator.Handle);
        }
        catch (RocksDbException e)
        {
            throw ChainStore.Unreadable(e);
        }

        return false;
    }
}
