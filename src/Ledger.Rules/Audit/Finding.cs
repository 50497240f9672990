namespace Ledger.Rules.Audit;

/// <summary>The first thing that is wrong.</summary>
/// <param name="Index">
/// Index of the entry concerned; for a checkpoint or the tree, the size at which it is wrong; -1 when no index applies.
/// </param>
/// <param name="What">What is wrong, for a person.</param>
public sealed record Finding(long Index, string What)
{
    /// <inheritdoc />
    public override string ToString() => Index < 0 ? What : $"index {Index}: {What}";
}
