namespace Ledger.Node.Tests;

public class NodeLimitsTests
{
    [Fact]
    public void Check_OfTheLimitsInForce_Holds() => NodeLimits.Default.Check();

    [Fact]
    public void Check_OneChangedWithoutAnother_IsABug()
    {
        NodeLimits[] wrong =
        [
            new() { StreamsMax = 20_000 },
            new() { ConnectionsMax = 10 },
            new() { CallsMax = 10_000 },
            new() { AnswerBytesMax = 100_000_000 },
            new() { StreamBytesEnough = 4 * 1024 * 1024, StreamsMax = 1 },
            new() { BundleBytesWhole = 4 * 1024 * 1024 },
            new() { CompressionsMax = 64 },
        ];

        Assert.All(wrong, limits => Assert.Throws<InvalidOperationException>(limits.Check));
    }

    [Theory]
    [InlineData(null, 1, 4_096)]
    [InlineData(1_048_576L, 2, 4_096)]
    [InlineData(8_256L, 1, 4_096)]
    [InlineData(1_024L, 1, 480)]
    [InlineData(1_024L, 2, 240)]
    [InlineData(400L, 1, 168)]
    [InlineData(96L, 1, 16)]
    public void Connections_OfAProcess_LeaveHalfItsFilesToTheStore(long? descriptors, int ports, int connections) =>
        Assert.Equal(connections, NodeLimits.Default.Connections(descriptors, ports));

    [Fact]
    public void Connections_OfAProcessWithTooFewFiles_AreAMatterOfConfiguration()
    {
        NodeConfigurationException e = Assert.Throws<NodeConfigurationException>(() =>
            NodeLimits.Default.Connections(95, 1)
        );

        Assert.Contains("ulimit", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_OfThisProcess_AreKnownOnLinux() =>
        Assert.Equal(OperatingSystem.IsLinux(), NodeLimits.Descriptors() is > 0);
}
