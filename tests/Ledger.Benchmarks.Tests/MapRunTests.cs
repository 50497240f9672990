using Ledger.Benchmarks.Maps;

namespace Ledger.Benchmarks.Tests;

public sealed class MapRunTests
{
    [Fact]
    public void Run_TinyMaps_AgreesWithTheRivalInEveryCase()
    {
        using StringWriter tables = new();

        IReadOnlyList<MapMeasured> maps = MapRun.Run([1_000, 3_000], records: 2_000, tables); // a wrong root or proof throws

        Assert.Equal(2, maps.Count);
        Assert.All(
            maps,
            map =>
            {
                Assert.Equal(6, map.Updates.Count);
                Assert.All(map.Updates, row => Assert.True(row.MapUs > 0 && row.RivalUs > 0 && row.StoreUs > 0));
                Assert.Equal(2, map.Proofs.Count);
            }
        );
        Assert.Equal((3 * 2) + (2 * (6 + 2 + 1)), tables.ToString().Split('\n').Count(line => line.StartsWith('|')));
    }
}
