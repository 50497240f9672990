using Google.Protobuf;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.State;

public sealed class BatchStateTests
{
    private static readonly RecordKey Key = RecordKey.Balance("did", "c");
    private static readonly RecordKey Other = RecordKey.Balance("did", "d");

    private readonly MemoryRecords _records = new();

    [Fact]
    public void Find_AfterPut_SeesTheBatchsOwnWrite()
    {
        BatchState batch = new(_records, 7);
        Assert.Null(batch.Find(Key));
        batch.Put(3, Key, Balance(1));
        Assert.Equal(new VersionedRecord(3, 7, Balance(1)), batch.Find(Key));
        Assert.Null(_records.Find(Key));
        _records.Apply(batch);
        Assert.Equal(new VersionedRecord(3, 7, Balance(1)), _records.Find(Key));
    }

    [Fact]
    public void Find_Typed_GivesTheRecord()
    {
        BatchState batch = new(_records, 7);
        batch.Put(3, Key, Balance(1));
        Assert.Equal(1UL, batch.Find<BalanceRecord>(Key)!.Count);
        Assert.Null(batch.Find<BalanceRecord>(Other));
        Assert.Throws<InvalidCastException>(() => batch.Find<TokenRecord>(Key));
    }

    [Fact]
    public void Superseded_EveryReplacedVersion_IsKeptInOrder()
    {
        BatchState first = new(_records, 7);
        first.Put(1, Key, Balance(1));
        _records.Apply(first);
        Assert.Empty(first.Superseded);

        BatchState second = new(_records, 8);
        second.Put(2, Key, Balance(2));
        second.Put(3, Other, Balance(30));
        second.Put(4, Key, Balance(4));
        Assert.Equal(
            [(Key, new VersionedRecord(1, 7, Balance(1))), (Key, new VersionedRecord(2, 8, Balance(2)))],
            second.Superseded
        );
        Assert.Equal(
            new Dictionary<RecordKey, VersionedRecord>
            {
                [Key] = new(4, 8, Balance(4)),
                [Other] = new(3, 8, Balance(30)),
            },
            new Dictionary<RecordKey, VersionedRecord>(second.Records)
        );
    }

    [Fact]
    public void Records_OnlyRead_AreNotWritten()
    {
        BatchState first = new(_records, 7);
        first.Put(1, Key, Balance(1));
        _records.Apply(first);

        BatchState second = new(_records, 8);
        Assert.NotNull(second.Find(Key));
        Assert.Null(second.Find(Other));
        Assert.Empty(second.Records);
    }

    [Fact]
    public void Find_Twice_AsksTheRecordsBelowOnce()
    {
        CountingRecords counting = new();
        BatchState batch = new(counting, 7);
        Assert.Null(batch.Find(Key));
        Assert.Null(batch.Find(Key));
        batch.Put(1, Key, Balance(1));
        Assert.NotNull(batch.Find(Key));
        Assert.Equal(1, counting.Finds);
    }

    [Fact]
    public void Find_RecordsBelowFail_IsNotTakenForMissing()
    {
        CountingRecords counting = new() { Fails = true };
        BatchState batch = new(counting, 7);
        Assert.Throws<IOException>(() => batch.Find(Key));
        Assert.Throws<IOException>(() => batch.Find(Key));
        Assert.Throws<IOException>(() => batch.Put(1, Key, Balance(1)));
        Assert.Empty(batch.Records);
    }

    [Fact]
    public void Put_NotAfterWhatItReplaces_IsABug()
    {
        BatchState batch = new(_records, 7);
        batch.Put(3, Key, Balance(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Put(3, Key, Balance(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Put(2, Key, Balance(2)));
    }

    [Fact]
    public void IndexChanges_LastOneCounts()
    {
        IndexKey kept = IndexKey.Pilot("kept");
        IndexKey removed = IndexKey.Pilot("removed");
        BatchState batch = new(_records, 7);
        batch.AddIndex(removed);
        batch.RemoveIndex(removed);
        batch.RemoveIndex(kept);
        batch.AddIndex(kept);
        Assert.Equal(new Dictionary<IndexKey, bool> { [kept] = true, [removed] = false }, batch.IndexChanges);
        _records.Apply(batch);
        Assert.Equal([kept], _records.Indexes);
    }

    private static BalanceRecord Balance(ulong count) => new() { Count = count };

    private sealed class CountingRecords : IRecords
    {
        public int Finds { get; private set; }

        public bool Fails { get; init; }

        public VersionedRecord? Find(RecordKey key)
        {
            Finds++;
            return Fails ? throw new IOException("The disk is gone.") : null;
        }
    }
}
