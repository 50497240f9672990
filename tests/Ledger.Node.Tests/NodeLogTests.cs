using Microsoft.Extensions.Logging;

namespace Ledger.Node.Tests;

public sealed class NodeLogTests : IDisposable
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    private readonly StringWriter _text = new();
    private readonly SetTime _time = new();
    private readonly NodeLog _log;

    public NodeLogTests() => _log = new NodeLog(_text, _time);

    private string[] Lines => _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => _text.Dispose();

    [Fact]
    public void Log_TheSameThousandsOfTimes_IsALineASecondWithACount()
    {
        for (int i = 0; i < 3_842; i++)
        {
            Write(Kestrel, LogLevel.Critical, 7, $"Connection {i} was reset too often.");
        }

        Assert.Single(Lines);
        _time.Seconds = 1;
        Write(Kestrel, LogLevel.Critical, 7, "Connection last was reset too often.");

        Assert.Equal(
            [
                "2026-01-02T03:04:05.000Z warn Kestrel: Connection 0 was reset too often.",
                "2026-01-02T03:04:06.000Z warn Kestrel: Connection last was reset too often. (and 3841 more since the last such line)",
            ],
            Lines
        );
    }

    [Fact]
    public void Dispose_WhileLinesAreHeldBack_WritesHowMany()
    {
        Write(Kestrel, LogLevel.Warning, 1, "one");
        Write(Kestrel, LogLevel.Warning, 1, "two");
        Write(Kestrel, LogLevel.Warning, 1, "three");

        _log.Dispose();

        Assert.EndsWith(
            "warn Kestrel: three (and 2 more since the last such line)",
            Lines[1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Log_DifferentEvents_EachHaveTheirLine()
    {
        Write(Kestrel, LogLevel.Warning, 1, "one");
        Write(Kestrel, LogLevel.Warning, 2, "two");
        Write("Ledger.Node.LedgerNode", LogLevel.Warning, 1, "three");

        Assert.Equal(3, Lines.Length);
    }

    [Fact]
    public void Log_FaultOfAnotherProgram_HasItsInnermostCauseAndNoTrace()
    {
        Exception e = Thrown(new IOException("outer", new TimeoutException("inner")));
        Write(Kestrel, LogLevel.Error, 1, "failed:", e);
        Write("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Error, 1, "failed:", e);

        Assert.Equal(2, Lines.Length);
        Assert.All(Lines, line => Assert.EndsWith("failed: inner", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Log_Handshakes_AreThoseThatFailed()
    {
        const string handshakes = Kestrel + ".Https.Internal.HttpsConnectionMiddleware";
        Write(handshakes, LogLevel.Debug, 3, "established");
        Write(handshakes, LogLevel.Debug, 1, "Failed.", Thrown(new IOException("a bad certificate")));

        Assert.EndsWith("Failed. a bad certificate", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_FaultOfThisProgram_HasItsTrace()
    {
        Write("Ledger.Node.Grpc.ErrorInterceptor", LogLevel.Error, 1, "failed", Thrown(new IOException("bug")));

        Assert.Contains("error ErrorInterceptor: failed", Lines[0], StringComparison.Ordinal);
        Assert.Contains(Lines, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Kestrel, LogLevel.Information, false)]
    [InlineData(Kestrel, LogLevel.Warning, true)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Error, false)]
    [InlineData(Kestrel + ".Https.Internal.HttpsConnectionMiddleware", LogLevel.Trace, false)]
    [InlineData(Kestrel + ".Https.Internal.HttpsConnectionMiddleware", LogLevel.Debug, true)]
    public void IsWorthALine_OfALevel_IsThatOfWarningsAndHandshakes(string category, LogLevel level, bool worth)
    {
        Assert.Equal(worth, NodeLog.IsWorthALine(category, level));
        Assert.Equal(worth, _log.CreateLogger(category).IsEnabled(level));
    }

    private void Write(string category, LogLevel level, int id, string message, Exception? exception = null) =>
        _log.CreateLogger(category).Log(level, id, message, exception, static (text, _) => text);

    private static Exception Thrown(Exception e)
    {
        try
        {
            throw e;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }

    private sealed class SetTime : TimeProvider
    {
        public int Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5 + Seconds, TimeSpan.Zero);
    }
}
