using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.State;

public sealed class BatchStateTests
{
    private const long TimeMs = 7;

    private static readonly RecordKey Key = RecordKey.Pilot("one");
    private static readonly RecordKey Other = RecordKey.Pilot("two");
    private static readonly RecordKey Class = RecordKey.Class("c");
    private static readonly RecordKey Counter = RecordKey.Supply("c");

    private readonly MemoryRecords _records = new();
    private readonly BatchState _state;

    // One record is there before.
    public BatchStateTests()
    {
        BatchState before = new(_records, 5);
        Write(before, 1, Key, "before");
        _records.Apply(before);
        _state = new BatchState(_records, TimeMs);
    }

    [Fact]
    public void Find_KeptWrite_IsSeenInTheBatchAndNotBelow()
    {
        Write(_state, 3, Other, "new");
        Assert.Equal(Version(3, "new"), _state.Find(Other));
        Assert.Null(_records.Find(Other));
        _records.Apply(_state);
        Assert.Equal(Version(3, "new"), _records.Find(Other));
    }

    [Fact]
    public void Find_Typed_GivesTheRecord()
    {
        Assert.Equal("before", _state.Find<PilotRecord>(Key)!.Title);
        Assert.Null(_state.Find<PilotRecord>(Other));
        Assert.Throws<InvalidCastException>(() => _state.Find<TokenRecord>(Key));
    }

    [Fact]
    public void Scope_Kept_StaysWithItsIndexes()
    {
        using (BatchState.Scope scope = _state.Open(3))
        {
            _state.Put(Class, new ClassRecord { Id = "c", PilotId = "a" });
            scope.Keep();
            _state.Put(Class, new ClassRecord { Id = "c", PilotId = "b" }); // after it was said to be kept: kept too
        }

        Assert.Equal([Class], _state.Changes.Select(change => change.Key));
        Assert.Equal(
            [
                new IndexChange(IndexKey.Class("c"), true),
                new IndexChange(IndexKey.PilotClass("a", "c"), true),
                new IndexChange(IndexKey.PilotClass("a", "c"), false),
                new IndexChange(IndexKey.PilotClass("b", "c"), true),
            ],
            _state.IndexChanges
        );
    }

    [Fact]
    public void Scope_NotKept_LeavesNothing()
    {
        using (_state.Open(3))
        {
            Put(Key, "after");
            Put(Other, "new");
            Put(Key, "again");
            PutClass("a");
            Assert.Equal(Version(3, "again"), _state.Find(Key)); // seen while it is open
        }

        AssertUntouched();
    }

    [Fact]
    public void Scope_LeftByAnException_LeavesNothing()
    {
        Assert.Throws<IOException>(() =>
        {
            using BatchState.Scope scope = _state.Open(3);
            Put(Key, "after");
            PutClass("a");
            Fail();
            scope.Keep();
        });
        AssertUntouched();
        Write(_state, 4, Key, "next"); // and the next entry can be opened
        Assert.Equal(Version(4, "next"), _state.Find(Key));

        static void Fail() => throw new IOException();
    }

    [Fact]
    public void Scope_KeptWithinOneThatIsNot_LeavesNothing()
    {
        using (_state.Open(3))
        {
            using BatchState.Scope inner = _state.OpenWithin();
            Put(Key, "inner");
            PutClass("a");
            inner.Keep();
        }

        AssertUntouched();
    }

    [Fact]
    public void Scope_NotKeptWithinOneThatIs_LeavesWhatTheOuterWrote()
    {
        using (BatchState.Scope outer = _state.Open(3))
        {
            outer.Keep();
            Put(Key, "outer");
            PutClass("a");
            using (_state.OpenWithin())
            {
                Put(Key, "inner");
                Put(Other, "inner");
                PutClass("b");
            }

            Assert.Equal(Version(3, "outer"), _state.Find(Key));
            Assert.Null(_state.Find(Other));
            PutClass("c");
        }

        Assert.Equal(new RecordChange(Key, Version(1, "before", 5), Version(3, "outer")), _state.Changes[0]);
        Assert.Equal(
            [IndexKey.Class("a"), IndexKey.PilotClass("p", "a"), IndexKey.Class("c"), IndexKey.PilotClass("p", "c")],
            _state.IndexChanges.Select(change => change.Key)
        );
    }

    [Fact]
    public void Scope_KeptAfterOneOfTheSameDepthThatWasKept_MustBeKeptItself()
    {
        using (BatchState.Scope outer = _state.Open(3))
        {
            outer.Keep();
            using (BatchState.Scope first = _state.OpenWithin())
            {
                Put(Key, "first");
                first.Keep();
            }

            using (_state.OpenWithin())
            {
                Put(Other, "second");
            }
        }

        Assert.Equal([Key], _state.Changes.Select(change => change.Key));
    }

    [Fact]
    public void Put_TwiceByOneEntry_IsOneVersionAndOneSupersededRow()
    {
        using (BatchState.Scope scope = _state.Open(3))
        {
            Put(Key, "first");
            Put(Other, "new");
            Put(Key, "second");
            Put(Key, "third");
            scope.Keep();
        }

        Assert.Equal(
            [
                new RecordChange(Key, Version(1, "before", 5), Version(3, "third")),
                new RecordChange(Other, null, Version(3, "new")),
            ],
            _state.Changes
        );
        Assert.Equal([Version(1, "before", 5)], _state.Superseded.Select(change => change.Before));
        Assert.Equal([new(Key, Version(3, "third")), new(Other, Version(3, "new"))], _state.Records);
    }

    [Fact]
    public void Put_TwiceByOneEntryInNestedScopes_IsOneVersion()
    {
        using (BatchState.Scope outer = _state.Open(3))
        {
            Put(Key, "outer");
            using (BatchState.Scope inner = _state.OpenWithin())
            {
                Put(Key, "inner");
                inner.Keep();
            }

            outer.Keep();
        }

        Assert.Equal([new RecordChange(Key, Version(1, "before", 5), Version(3, "inner"))], _state.Changes);
    }

    [Fact]
    public void Put_ByTwoEntries_IsTwoVersionsAndTwoSupersededRows()
    {
        Write(_state, 3, Key, "first");
        Write(_state, 4, Other, "new");
        Write(_state, 5, Key, "second");

        Assert.Equal([Version(1, "before", 5), Version(3, "first")], _state.Superseded.Select(change => change.Before));
        Assert.Equal([new(Other, Version(4, "new")), new(Key, Version(5, "second"))], _state.Records);
    }

    [Fact]
    public void Superseded_KindWithoutHistory_IsLeftOut()
    {
        for (int index = 3; index < 6; index++)
        {
            using BatchState.Scope scope = _state.Open(index);
            _state.Put(Counter, new SupplyRecord { Minted = (ulong)index });
            scope.Keep();
        }

        Assert.Equal(3, _state.Changes.Count);
        Assert.Empty(_state.Superseded);
        Assert.Equal(5, Assert.Single(_state.Records).Value.Index);
    }

    [Fact]
    public void Records_OnlyRead_AreNotWritten()
    {
        Assert.NotNull(_state.Find(Key));
        Assert.Null(_state.Find(Other));
        Assert.Empty(_state.Records);
    }

    [Fact]
    public void Put_OutsideAScope_IsABug()
    {
        Assert.Throws<InvalidOperationException>(() => Put(Key, "after"));
        Assert.Throws<InvalidOperationException>(() => _state.Emit(new Effect()));
        Assert.Throws<InvalidOperationException>(() =>
        {
            using BatchState.Scope scope = _state.OpenWithin();
        });
        AssertUntouched();
    }

    [Fact]
    public void Open_EntryBeforeStillOpen_IsABug()
    {
        using BatchState.Scope scope = _state.Open(3);
        Assert.Throws<InvalidOperationException>(() =>
        {
            using BatchState.Scope second = _state.Open(4);
        });
    }

    [Fact]
    public void Open_IndexNotAboveTheOneBefore_IsABug()
    {
        Write(_state, 3, Key, "after");
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using BatchState.Scope scope = _state.Open(3);
        });
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using BatchState.Scope scope = _state.Open(2);
        });
    }

    [Fact]
    public void Dispose_NotInReverseOrder_IsABug()
    {
        BatchState.Scope outer = _state.Open(3);
        BatchState.Scope inner = _state.OpenWithin();
        Assert.Equal("reverse", Refusal(outer));
        inner.Dispose();
        Assert.Equal("reverse", Refusal(inner)); // it has ended
        outer.Dispose();

        static string Refusal(BatchState.Scope scope)
        {
            try
            {
                scope.Dispose();
                return "none";
            }
            catch (InvalidOperationException e)
            {
                return e.Message.Contains("reverse order", StringComparison.Ordinal) ? "reverse" : e.Message;
            }
        }
    }

    [Fact]
    public void OpenWithin_AsDeepAsAllowed_EachIsKeptOnItsOwn()
    {
        const int Deepest = 31;
        Nest(1);
        using (_state.Open(4))
        {
            Assert.Equal("title 30", _state.Find<PilotRecord>(Key)!.Title);
        }

        // Every scope is kept but the deepest that there may be.
        void Nest(int depth)
        {
            using BatchState.Scope scope = depth == 1 ? _state.Open(3) : _state.OpenWithin();
            if (depth == Deepest)
            {
                Assert.Throws<ArgumentOutOfRangeException>(() =>
                {
                    using BatchState.Scope s = _state.OpenWithin();
                });
                Put(Key, "too deep");
                return;
            }

            Put(Key, $"title {depth}");
            Nest(depth + 1);
            scope.Keep();
        }
    }

    [Fact]
    public void Record_Operation_IsFoundByItsIdFromThenOn()
    {
        byte[] id = new byte[32];
        Assert.Null(_state.IndexOf(id));
        _state.Record(id, 9);
        Assert.Equal(9, _state.IndexOf(id));
        Assert.Null(_records.IndexOf(id));
        Assert.Throws<ArgumentException>(() => _state.Record(id, 10));
    }

    [Fact]
    public void Find_Twice_AsksTheRecordsBelowOnce()
    {
        CountingRecords counting = new();
        BatchState batch = new(counting, TimeMs);
        Assert.Null(batch.Find(Key));
        Assert.Null(batch.Find(Key));
        Write(batch, 1, Key, "new");
        Assert.NotNull(batch.Find(Key));
        Assert.Equal(1, counting.Finds);
    }

    [Fact]
    public void Find_RecordsBelowFail_IsNotTakenForMissing()
    {
        CountingRecords counting = new() { Fails = true };
        BatchState batch = new(counting, TimeMs);
        Assert.Throws<IOException>(() => batch.Find(Key));
        Assert.Throws<IOException>(() => batch.Find(Key));
        Assert.Throws<IOException>(() => Write(batch, 1, Key, "new"));
        Assert.Empty(batch.Records);
    }

    // As it was before anything was written: in what the batch reports, and in what it reads.
    private void AssertUntouched()
    {
        Assert.Empty(_state.Changes);
        Assert.Empty(_state.IndexChanges);
        Assert.Empty(_state.Records);
        Assert.Empty(_state.Superseded);
        Assert.Equal(Version(1, "before", 5), _state.Find(Key));
        Assert.Null(_state.Find(Other));
    }

    // A class stands in two lists, that of its pilot too.
    private void PutClass(string id) => _state.Put(RecordKey.Class(id), new ClassRecord { Id = id, PilotId = "p" });

    private void Put(RecordKey key, string title) => _state.Put(key, new PilotRecord { Title = title });

    private static void Write(BatchState state, long index, RecordKey key, string title)
    {
        using BatchState.Scope scope = state.Open(index);
        state.Put(key, new PilotRecord { Title = title });
        scope.Keep();
    }

    private static VersionedRecord Version(long index, string title, long timeMs = TimeMs) =>
        new(index, timeMs, new PilotRecord { Title = title });

    private sealed class CountingRecords : IRecords
    {
        public int Finds { get; private set; }

        public bool Fails { get; init; }

        public VersionedRecord? Find(RecordKey key)
        {
            Finds++;
            return Fails ? throw new IOException("The disk is gone.") : null;
        }

        public long? IndexOf(ReadOnlySpan<byte> operationId) => null;
    }
}
