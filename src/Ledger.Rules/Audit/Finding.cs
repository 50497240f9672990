namespace Ledger.Rules.Audit;

/// <summary>What kind of thing was found.</summary>
public enum FindingKind
{
    /// <summary>The log, or what is derived from it, is not what it must be.</summary>
    Wrong,

    /// <summary>The log goes on in a format that is newer than this program: nothing is known to be wrong with it.</summary>
    NewerFormat,
}

/// <summary>The first thing that is wrong, or that cannot be judged.</summary>
/// <param name="Index">
/// Index of the entry concerned; for a checkpoint or the tree, the size at which it is wrong; -1 when no index applies.
/// </param>
/// <param name="What">What is wrong, for a person.</param>
/// <param name="Kind">What kind of thing it is.</param>
public sealed record Finding(long Index, string What, FindingKind Kind = FindingKind.Wrong)
{
    /// <inheritdoc />
    public override string ToString() => Index < 0 ? What : $"index {Index}: {What}";
}
