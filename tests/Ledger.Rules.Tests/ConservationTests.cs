using Google.Protobuf;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>The check of the invariant finds every way of breaking it.</summary>
public sealed class ConservationTests
{
    private readonly Dictionary<RecordKey, VersionedRecord> _records;
    private readonly HashSet<IndexKey> _indexes;
    private readonly Scene _scene = new();

    public ConservationTests()
    {
        _records = new(_scene.Ledger.Records.Records);
        _indexes = [.. _scene.Ledger.Records.Indexes];
    }

    private string? Problem => Conservation.FindProblem(_records, _indexes);

    [Fact]
    public void FindProblem_UntouchedLedger_IsNull() => Assert.Null(Problem);

    [Fact]
    public void FindProblem_IndexKeyTaken_IsFound()
    {
        foreach (IndexKey key in _scene.Ledger.Records.Indexes)
        {
            _indexes.Remove(key);
            Assert.NotNull(Problem);
            _indexes.Add(key);
        }
    }

    [Fact]
    public void FindProblem_IndexKeyTooMany_IsFound()
    {
        _indexes.Add(IndexKey.OwnerToken(_scene.Bob, "free", "a"));
        Assert.NotNull(Problem);
    }

    [Fact]
    public void FindProblem_RecordThatCountsTaken_IsFound()
    {
        foreach ((RecordKey key, VersionedRecord version) in _scene.Ledger.Records.Records)
        {
            if (version.Record is TokenRecord or ClassRecord or SupplyRecord or PilotRecord or BalanceRecord)
            {
                _records.Remove(key);
                Assert.NotNull(Problem);
                _records.Add(key, version);
            }
        }
    }

    [Fact]
    public void FindProblem_CountChanged_IsFound()
    {
        Change<SupplyRecord>(RecordKey.Supply("free"), record => record.Minted++);
        Change<SupplyRecord>(RecordKey.Supply("free"), record => record.Burned++);
        Change<SupplyRecord>(RecordKey.Supply("free"), record => record.Minted--);
        Change<ClassRecord>(RecordKey.Class("free"), record => record.MaxSupply = 2);
        Change<BalanceRecord>(RecordKey.Balance(_scene.Alice, "free"), record => record.Count++);
        Change<BalanceRecord>(RecordKey.Balance(_scene.Alice, "free"), record => record.Count--);
        Change<TokenRecord>(RecordKey.Token("free", "a"), record => record.Owner = _scene.Bob);
        Change<TokenRecord>(RecordKey.Token("free", "a"), record => record.State = TokenState.Burned);
        Change<TokenRecord>(RecordKey.Token("free", "burned"), record => record.State = TokenState.Live);
    }

    [Fact]
    public void FindProblem_SupplyOfNoClass_IsFound()
    {
        // Counts that add up, of a class that is not there.
        _records.Add(RecordKey.Supply("none"), new VersionedRecord(0, 0, new SupplyRecord { ClassId = "none" }));
        Assert.NotNull(Problem);
    }

    [Fact]
    public void FindProblem_SupplyOfAnotherClassInItsPlace_IsFound()
    {
        VersionedRecord supply = _records[RecordKey.Supply("free")];
        _records.Remove(RecordKey.Supply("free"));
        _records.Add(RecordKey.Supply("none"), supply with { Record = new SupplyRecord { ClassId = "none" } });
        Assert.NotNull(Problem);
    }

    [Fact]
    public void FindProblem_BalanceOfNothing_IsFound()
    {
        BalanceRecord balance = new()
        {
            Owner = _scene.Stranger,
            ClassId = "free",
            Count = 1,
        };
        _records.Add(RecordKey.Balance(_scene.Stranger, "free"), new VersionedRecord(0, 0, balance));
        Assert.NotNull(Problem);
        balance.Count = 0;
        Assert.Null(Problem);
    }

    private void Change<T>(RecordKey key, Action<T> change)
        where T : class, IMessage<T>, IDeepCloneable<T>
    {
        VersionedRecord before = _records[key];
        T changed = ((T)before.Record).Clone();
        change(changed);
        _records[key] = before with { Record = changed };
        Assert.NotNull(Problem);
        _records[key] = before;
        Assert.Null(Problem);
    }
}
