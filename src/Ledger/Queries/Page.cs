namespace Ledger.Queries;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">The token with which the next page is asked for; empty: this was the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string Next)
{
    /// <summary>The same page with its items as others.</summary>
    /// <param name="map">Makes the other item.</param>
    public Page<TOther> Map<TOther>(Func<T, TOther> map) => new([.. Items.Select(map)], Next);
}
