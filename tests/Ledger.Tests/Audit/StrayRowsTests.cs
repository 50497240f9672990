using Ledger.Audit;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.Tests.Log;
using RocksDbSharp;

namespace Ledger.Tests.Audit;

/// <summary>Rows that no log calls for, wherever they are, and checkpoints that are not where they were published.</summary>
public class StrayRowsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("default", "6b", "default: the row 6b")]
    [InlineData("stray", "6b", "stray: the store has this column family")]
    [InlineData("stray", "", "stray: the store has this column family")]
    [InlineData("entries", "00", "a number of 8 bytes")]
    [InlineData("entries", "ff", "a number of 8 bytes")]
    [InlineData("entries", "000000000000000000", "a number of 8 bytes")]
    [InlineData("meta", "63", "meta: the row 63")]
    [InlineData("meta", "63000000000000000001", "a number of 8 bytes")]
    [InlineData("meta", "64", "meta: the row 64")]
    public async Task Run_RowThatNoLogCallsFor_IsNamed(string family, string key, string finding)
    {
        await using TemporaryLedger ledger = await Filled();
        using (RocksDb db = OpenRaw(ledger))
        {
            ColumnFamilyHandle handle = db.TryGetColumnFamily(family, out ColumnFamilyHandle? found)
                ? found
                : db.CreateColumnFamily(new ColumnFamilyOptions(), family);
            if (key.Length > 0)
            {
                db.Put(Convert.FromHexString(key), new byte[] { 1 }, handle);
            }
        }

        Finding only = Assert.Single(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
        Assert.Contains(finding, only.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CheckpointsTakenAwayOrExchanged_AreFound()
    {
        await using TemporaryLedger ledger = await Filled();
        List<(byte[] Key, byte[] Value)> notes;
        using (RocksDb db = OpenRaw(ledger))
        {
            notes = [.. Rows(db).Where(static row => row.Key.Length == StoreKeys.CheckpointKeyBytes)];
        }

        Assert.True(notes.Count >= 3);
        byte[] newest = new byte[StoreKeys.CheckpointKeyBytes];
        StoreKeys.WriteCheckpointKey(ledger.Ledger.Head.Size, newest);
        AssertFound(
            ledger,
            db => db.Put(newest, ledger.Ledger.Head.Note.Span, Meta(db)),
            db => db.Remove(newest, Meta(db))
        );
        foreach ((byte[] key, byte[] value) in notes)
        {
            AssertFound(ledger, db => db.Remove(key, Meta(db)), db => db.Put(key, value, Meta(db)));
            foreach ((byte[] _, byte[] other) in notes.Where(row => row.Key != key))
            {
                AssertFound(ledger, db => db.Put(key, other, Meta(db)), db => db.Put(key, value, Meta(db)));
            }
        }
    }

    private static void AssertFound(TemporaryLedger ledger, Action<RocksDb> change, Action<RocksDb> undo)
    {
        With(change);
        Assert.NotEmpty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
        With(undo);
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));

        void With(Action<RocksDb> act)
        {
            using RocksDb db = OpenRaw(ledger);
            act(db);
        }
    }

    private static async Task<TemporaryLedger> Filled()
    {
        TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        await ledger.Register();
        await ledger.Ledger.StopAsync();
        return ledger;
    }

    private static ColumnFamilyHandle Meta(RocksDb db) => db.GetColumnFamily(StoreKeys.Meta);

    private static IEnumerable<(byte[] Key, byte[] Value)> Rows(RocksDb db)
    {
        using Iterator row = db.NewIterator(Meta(db));
        for (row.SeekToFirst(); row.Valid(); row.Next())
        {
            yield return (row.Key(), row.Value());
        }
    }

    private static RocksDb OpenRaw(TemporaryLedger ledger)
    {
        string path = EmbeddedLedger.StorePath(ledger.Folder);
        ColumnFamilies families = [];
        foreach (string name in RocksDb.ListColumnFamilies(new DbOptions(), path))
        {
            families.Add(name, new ColumnFamilyOptions());
        }

        return RocksDb.Open(new DbOptions(), path, families);
    }
}
