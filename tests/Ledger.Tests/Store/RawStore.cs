using Ledger.Store;
using RocksDbSharp;

namespace Ledger.Tests.Store;

/// <summary>The database of a stopped ledger, past all that guards it.</summary>
internal static class RawStore
{
    /// <summary>Writes a row; null: takes it away.</summary>
    public static void Write(string ledgerFolder, string family, byte[] key, byte[]? value)
    {
        using RocksDb db = Open(ledgerFolder);
        if (value is null)
        {
            db.Remove(key, db.GetColumnFamily(family));
        }
        else
        {
            db.Put(key, value, db.GetColumnFamily(family));
        }
    }

    /// <summary>A row's value; null when there is none.</summary>
    public static byte[]? Read(string ledgerFolder, string family, byte[] key)
    {
        using RocksDb db = Open(ledgerFolder);
        return db.Get(key, db.GetColumnFamily(family));
    }

    /// <summary>Every row of a family, in order, whatever the format.</summary>
    public static List<(byte[] Key, byte[] Value)> Rows(string ledgerFolder, string family)
    {
        using RocksDb db = Open(ledgerFolder);
        using Iterator iterator = db.NewIterator(db.GetColumnFamily(family));
        List<(byte[], byte[])> rows = [];
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
        {
            rows.Add((iterator.Key(), iterator.Value()));
        }

        return rows;
    }

    /// <summary>Gives a store the version and the head of an older layout.</summary>
    public static void Rewind(string ledgerFolder, byte version)
    {
        byte[] head = Read(ledgerFolder, StoreKeys.Meta, StoreKeys.Head.ToArray())!;
        byte[] older = StoredHead.Decode(head).EncodeWithoutStateRoot();
        Write(ledgerFolder, StoreKeys.Meta, StoreKeys.Head.ToArray(), older);
        Write(ledgerFolder, StoreKeys.Meta, StoreKeys.Format.ToArray(), [0, 0, 0, version]);
    }

    /// <summary>Every row of the store as text, to compare two of them.</summary>
    public static string[] Print(string ledgerFolder) =>
        [
            .. StoreKeys.All.SelectMany(family =>
                Rows(ledgerFolder, family)
                    .Select(row => $"{family} {Convert.ToHexString(row.Key)} {Convert.ToHexString(row.Value)}")
            ),
        ];

    /// <summary>Moves every row from the write-ahead log into tables, as it is: not compressed.</summary>
    public static void Compact(string ledgerFolder)
    {
        using RocksDb db = Open(ledgerFolder);
        foreach (string family in StoreKeys.All)
        {
            db.CompactRange((byte[]?)null, null, db.GetColumnFamily(family));
        }

        Assert.NotEmpty(Directory.GetFiles(EmbeddedLedger.StorePath(ledgerFolder), "*.sst"));
    }

    /// <summary>The key of an entry.</summary>
    public static byte[] Number(long number)
    {
        byte[] key = new byte[StoreKeys.NumberBytes];
        StoreKeys.WriteNumber(number, key);
        return key;
    }

    /// <summary>The key of a tile.</summary>
    public static byte[] TileKey(int level, long number)
    {
        byte[] key = new byte[StoreKeys.TileKeyBytes];
        StoreKeys.WriteTileKey(level, number, key);
        return key;
    }

    /// <summary>The database itself.</summary>
    public static RocksDb Open(string ledgerFolder)
    {
        ColumnFamilies families = [];
        foreach (string name in StoreKeys.All)
        {
            families.Add(name, new ColumnFamilyOptions().SetCompression(Compression.No));
        }

        return RocksDb.Open(
            new DbOptions().SetCreateMissingColumnFamilies(true),
            EmbeddedLedger.StorePath(ledgerFolder),
            families
        );
    }
}
