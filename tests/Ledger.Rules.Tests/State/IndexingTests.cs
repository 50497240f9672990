using Google.Protobuf;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.State;

public sealed class IndexingTests
{
    [Fact]
    public void AddChanges_AnyTwoRecords_LeadsFromTheKeysOfOneToThoseOfTheOther()
    {
        Random random = new(7);
        for (int i = 0; i < 2_000; i++)
        {
            IMessage? before = random.Next(4) == 0 ? null : Make(random);
            IMessage after = Make(random);
            if (before is not null && before.GetType() != after.GetType())
            {
                continue; // a key names records of one kind
            }

            HashSet<IndexKey> keys = before is null ? [] : [.. Indexing.KeysOf(before)];
            List<IndexChange> changes = [];
            Indexing.AddChanges(before, after, changes);
            foreach (IndexChange change in changes)
            {
                // Nothing is added that is there, nor taken out that is not.
                Assert.True(change.IsPresent ? keys.Add(change.Key) : keys.Remove(change.Key), $"{change}");
            }

            Assert.Equal(Indexing.KeysOf(after).ToHashSet(), keys);
        }
    }

    [Fact]
    public void Descending_Numbers_SortTheLargestFirstAndComeBack()
    {
        ulong[] numbers = [0, 1, 9, 10, 11, long.MaxValue, ulong.MaxValue];
        string[] keys = [.. numbers.Select(IndexKey.Descending)];
        Assert.Equal(keys.OrderByDescending(key => key, StringComparer.Ordinal), keys);
        Assert.Equal(numbers, keys.Select(IndexKey.Ascend));
    }

    private static IMessage Make(Random random)
    {
        if (random.Next(2) == 0)
        {
            return new TokenRecord
            {
                ClassId = "c",
                TokenId = "t",
                Owner = random.Next(2) == 0 ? "did:pilot:n:a" : "did:pilot:n:b",
                State = random.Next(3) == 0 ? TokenState.Burned : TokenState.Live,
                ContentVersions = (uint)random.Next(2),
            };
        }

        PilotRecord pilot = new()
        {
            Id = "p",
            State = (PilotState)random.Next(1, 17),
            Evaluation = random.Next(3) == 0 ? new Evaluation { Replicable = random.Next(2) == 0 } : null,
        };
        if (random.Next(3) != 0)
        {
            pilot.Terms = new PilotTerms { District = random.Next(2) == 0 ? "" : "310000" };
            pilot.Terms.Fields.AddRange(((string[])["art", "data", "trade"]).Where(_ => random.Next(2) == 0));
            pilot.Terms.Boundary = random.Next(2) == 0 ? null : new PilotBoundary { End = (ulong)random.Next(2) };
        }

        return pilot;
    }
}
