using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>What an audit or a check came to, in words that scripts can rely on.</summary>
internal static class Verdicts
{
    /// <summary>The verdict.</summary>
    /// <param name="finding">The first thing that was found; null when nothing was.</param>
    public static string Of(Finding? finding) =>
        finding switch
        {
            null => "sound",
            { Kind: FindingKind.NewerFormat } => "not judged: newer format",
            _ => "wrong",
        };
}
