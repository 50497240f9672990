using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public class ListsTests
{
    [Fact]
    public void Page_OfLargeRecords_EndsBeforeTheMessageIsFull()
    {
        (byte[] Key, PilotRecord Record)[] rows =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(i => (new[] { (byte)i }, new PilotRecord { Title = new string('a', 300_000) })),
        ];

        Page<PilotRecord> page = Lists.Page(rows, 0, "large pilots").Value;

        Assert.Equal(4, page.Items.Count);
        Assert.True(page.Items.Sum(p => p.CalculateSize()) < Limits.MessageBytesMax);
        Assert.Equal([3], Pages.After("large pilots", page.Next).Value);
    }
}
