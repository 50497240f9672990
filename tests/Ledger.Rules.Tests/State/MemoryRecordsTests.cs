using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests.State;

public sealed class MemoryRecordsTests
{
    private static readonly RecordKey Key = RecordKey.Class("c");

    private readonly MemoryRecords _records = new();

    [Fact]
    public void Apply_State_TakesTheLastVersionAndTheLastWordOnEachIndex()
    {
        BatchState state = new(_records, 7);
        for (int index = 3; index < 5; index++)
        {
            using BatchState.Scope scope = state.Open(index);
            state.Put(Key, new ClassRecord { Id = "c", PilotId = $"{index}" });
            scope.Keep();
        }

        using (BatchState.Scope scope = state.Open(5))
        {
            state.Put(Key, new ClassRecord { Id = "c", PilotId = "gone" });
            state.Put(Key, new ClassRecord { Id = "c", PilotId = "there" });
            scope.Keep();
        }

        _records.Apply(state);

        Assert.Equal(new VersionedRecord(5, 7, new ClassRecord { Id = "c", PilotId = "there" }), _records.Find(Key));
        Assert.Equal(
            [IndexKey.Class("c"), IndexKey.PilotClass("there", "c")],
            _records.Indexes.OrderBy(key => key.Path)
        );
        Assert.Single(_records.Records);
    }

    [Fact]
    public void Apply_Batch_KnowsItsRecordedOperationsAndNoOthers()
    {
        RulesLedger ledger = new();
        string supervisor = ledger.Found();
        byte[] first = ledger.Last.Id.ToArray();
        SubmittedOperation refused = ledger.Sign(BurnBy(supervisor));
        SubmittedOperation turnedAway = ledger.Sign(BurnBy($"did:pilot:{RulesLedger.Network}:{new string('a', 52)}"));

        ledger.Execute(new(refused, VerifiedWith: null), new(turnedAway, VerifiedWith: null));

        Assert.Equal(0, ledger.Records.IndexOf(first));
        Assert.Equal(2, ledger.Records.IndexOf(refused.Id.Span)); // after the first batch's seal; refused, but recorded
        Assert.Null(ledger.Records.IndexOf(turnedAway.Id.Span));
    }

    private static Operation BurnBy(string actor)
    {
        Operation operation = Operations.Burn("c", "t");
        operation.Actor = actor;
        return operation;
    }
}
