namespace Ledger.Rules.Audit;

/// <summary>What a source shows of a log is not what the log's checkpoint names: to read on would mean nothing.</summary>
public sealed class LogSourceException : Exception
{
    /// <summary>Ends the reading.</summary>
    /// <param name="finding">What is wrong, and up to which index nothing was.</param>
    /// <param name="inner">What found it.</param>
    public LogSourceException(Finding finding, Exception? inner = null)
        : base(finding?.ToString(), inner)
    {
        ArgumentNullException.ThrowIfNull(finding);
        Finding = finding;
    }

    /// <summary>What is wrong.</summary>
    public Finding Finding { get; }
}
