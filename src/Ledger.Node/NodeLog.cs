using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Ledger.Node;

/// <summary>
/// The node's log: a line for each event on standard error. What outsiders can cause as often as they like is written once a
/// second, with a count: a log must not fill the disk that the ledger is on.
/// </summary>
/// <param name="writer">Where lines go.</param>
/// <param name="time">Gives lines their time.</param>
internal sealed class NodeLog(TextWriter writer, TimeProvider time) : ILoggerProvider
{
    private const string Own = "Ledger.";
    private const string Host = "Microsoft.Extensions.Hosting.";
    private const string Handshakes = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Category, int Event), Repeated> _seen = [];

    /// <summary>
    /// What may be worth a line: warnings, and what the framework says of handshakes, which it keeps to itself when they fail.
    /// Why the host does not start or stop, its owner is told.
    /// </summary>
    public static bool IsWorthALine(string? category, LogLevel level) =>
        level >= (category == Handshakes ? LogLevel.Debug : LogLevel.Warning)
        && category?.StartsWith(Host, StringComparison.Ordinal) != true;

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    /// <summary>Writes what was held back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Repeated repeated in _seen.Values)
            {
                if (repeated.HeldBack > 0)
                {
                    Write(repeated, repeated.Line);
                }
            }
        }
    }

    private void Log(string category, LogLevel level, int id, string message, Exception? exception)
    {
        // Frameworks call critical what one connection did wrong. Only a fault of this program's own is one, and has a trace.
        bool isFault = level >= LogLevel.Error && category.StartsWith(Own, StringComparison.Ordinal);
        string name = isFault ? "error" : "warn";
        string cause =
            exception is null ? ""
            : isFault ? $"\n{exception}"
            : $" {Innermost(exception).Message}";
        string line = $"{name} {category[(category.LastIndexOf('.') + 1)..]}: {message}{cause}";
        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (!_seen.TryGetValue((category, id), out Repeated? repeated))
            {
                _seen.Add((category, id), repeated = new Repeated());
            }
            else if (time.GetElapsedTime(repeated.Written, now) < Quiet)
            {
                repeated.HeldBack++;
                repeated.Line = line;
                return;
            }

            Write(repeated, line);
            repeated.Written = now;
        }
    }

    private void Write(Repeated repeated, string line)
    {
        string more = repeated.HeldBack == 0 ? "" : $" (and {repeated.HeldBack} more since the last such line)";
        repeated.HeldBack = 0;
        writer.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {line}{more}")
        );
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private sealed class Repeated
    {
        public long Written;
        public int HeldBack;
        public string Line = "";
    }

    private sealed class Category(NodeLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => IsWorthALine(name, logLevel);

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            // Of handshakes, those that failed.
            if (IsEnabled(logLevel) && (logLevel >= LogLevel.Warning || exception is not null))
            {
                log.Log(name, logLevel, eventId.Id, formatter(state, exception), exception);
            }
        }
    }
}
