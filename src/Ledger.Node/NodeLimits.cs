using Ledger.Protocol;

namespace Ledger.Node;

/// <summary>
/// What all callers together may have of a node: connections, calls, streams, and bytes that wait for them. Beyond it a call is
/// refused with OVERLOADED before anything is done for it; a connection is closed at once.
/// </summary>
internal sealed record NodeLimits
{
    // Descriptors that are neither the store's nor a connection's: the runtime's own, logs, listeners, files of keys.
    private const int OwnDescriptors = 64;
    private const int ConnectionsMin = 16;

    /// <summary>The limits in force.</summary>
    public static NodeLimits Default { get; } = new();

    /// <summary>Most connections to one port. Fewer when the process may not open that many files: <see cref="Connections"/>.</summary>
    public int ConnectionsMax { get; init; } = 4_096;

    /// <summary>Most calls on one connection. A caller that wants more opens more connections.</summary>
    public int ConnectionCallsMax { get; init; } = 100;

    /// <summary>Largest headers of one call, in bytes.</summary>
    public int HeaderBytesMax { get; init; } = 16 * 1024;

    /// <summary>Largest body of a request to the HTTP port, in bytes.</summary>
    public int HttpBodyBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Most jobs of the registrar that wait for their clients. Beyond it the oldest goes.</summary>
    public int RegistrarJobsMax { get; init; } = 16_384;

    /// <summary>Most that such jobs take of memory, in bytes, likewise.</summary>
    public long RegistrarJobBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Most calls under way, requests to the HTTP port among them.</summary>
    public int CallsMax { get; init; } = 16_384;

    /// <summary>Most of them that are streams: they stay for as long as their callers like.</summary>
    public int StreamsMax { get; init; } = 1_024;

    /// <summary>Most bytes of answers that wait for their readers. Whoever comes while there are more is refused.</summary>
    public long AnswerBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>A streamed message ends with the entry or note with which it has so many bytes.</summary>
    public int StreamBytesEnough { get; init; } = 32 * 1024;

    /// <summary>
    /// Bytes at which a bundle of entries is a stream, if entries are left then. Most bundles are smaller, and are answers like others.
    /// </summary>
    public int BundleBytesWhole { get; init; } = 256 * 1024;

    /// <summary>Most bodies that are compressed as they are sent. Whoever comes while there are more gets theirs as it is.</summary>
    public int CompressionsMax { get; init; } = 48;

    /// <summary>What one of them takes of memory, in bytes: the tables of the compressor, and what has come of them.</summary>
    public const int CompressionBytes = 512 * 1024;

    /// <summary>Most operations of one stream that wait for their answers: who sends faster is held back.</summary>
    public int StreamOperationsMax { get; init; } = 1_024;

    /// <summary>How long a page of events may wait for its reader: one who takes longer is cut off, and may go on where it was.</summary>
    public TimeSpan SubscriberTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Entries of which none is wanted after which one who follows events is told how far they were looked at.</summary>
    public int EventsPositionEntries { get; init; } = 1_000;

    /// <summary>Asserts how the limits depend on each other.</summary>
    /// <exception cref="InvalidOperationException">One of them was changed without another.</exception>
    public void Check()
    {
        Require(StreamsMax <= CallsMax, "streams are calls");
        Require(StreamsMax <= (long)ConnectionsMax * ConnectionCallsMax, "streams must fit on the connections");
        Require(Limits.PoolOperationsMax <= CallsMax, "calls of one operation each must be able to fill the pool");
        Require(
            StreamsMax * (long)PartBytesMax(StreamBytesEnough) + CompressionsMax * (long)CompressionBytes
                <= AnswerBytesMax / 2,
            "streams whose readers have stopped must leave room for other answers"
        );
        Require(PartBytesMax(StreamBytesEnough) <= Limits.MessageBytesMax, "a streamed message must fit in a message");
        Require(
            PartBytesMax(BundleBytesWhole) <= Limits.MessageBytesMax,
            "a bundle that is sent whole must be as small as other answers"
        );
    }

    /// <summary>How many connections each port of a process takes: the other half of its files is the store's.</summary>
    /// <param name="descriptors">Files that the process may have open; null: as many as it likes.</param>
    /// <param name="ports">How many ports share what is left.</param>
    /// <exception cref="NodeConfigurationException">Too few to work with.</exception>
    public int Connections(long? descriptors, int ports)
    {
        long room = descriptors is { } some ? (some - OwnDescriptors) / 2 / ports : long.MaxValue;
        return room >= ConnectionsMin
            ? (int)Math.Min(room, ConnectionsMax)
            : throw new NodeConfigurationException(
                $"This process may open only {descriptors} files at once. Allow it {OwnDescriptors + 2 * ports * ConnectionsMax} (ulimit -n), and {OwnDescriptors + 2 * ports * ConnectionsMin} at the least."
            );
    }

    /// <summary>How many files this process may have open; null where the system does not say.</summary>
    public static long? Descriptors()
    {
        // "Max open files            1024                 1048576              files": the soft limit, which the runtime has
        // raised to the hard one when it started.
        const string name = "Max open files";
        const string file = "/proc/self/limits";
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))
            : null;
        string? soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, out long descriptors) ? descriptors : null;
    }

    // Entries stand one after the other, in a bundle each after its length.
    private static int PartBytesMax(int bytesEnough) =>
        bytesEnough + Limits.EntryBytesMax + TilePath.FullWidth * EntryBundle.LengthBytes;

    private static void Require(bool holds, string relation)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"NodeLimits: {relation}.");
        }
    }
}
