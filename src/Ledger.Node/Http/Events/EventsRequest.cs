using System.Globalization;
using Ledger.V1;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ledger.Node.Http;

/// <summary>What a request for events asks, by the parameters of its query.</summary>
/// <param name="From">Index of the first entry of interest.</param>
/// <param name="Filter">Which events.</param>
/// <param name="Limit">Most events of a page, as the caller asked; 0: as many as is usual.</param>
/// <param name="Follow">Whether new ones are wanted too, as they come.</param>
internal sealed record EventsRequest(ulong From, EventFilter Filter, uint Limit, bool Follow)
{
    /// <summary>Reads a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="request">What it asks, when this returns null.</param>
    /// <returns>What is wrong with its form; null when nothing is.</returns>
    public static string? Read(IQueryCollection query, out EventsRequest request)
    {
        EventFilter filter = new();
        ulong from = 0;
        ulong limit = 0;
        bool follow = false;
        request = new EventsRequest(from, filter, 0, follow);
        foreach ((string name, StringValues values) in query)
        {
            string value = values.ToString();
            string? problem = name switch
            {
                "effect" => null,
                _ when values.Count != 1 => "is given twice",
                "from" => ReadNumber(value, ulong.MaxValue, out from),
                "limit" => ReadNumber(value, uint.MaxValue, out limit),
                "follow" => bool.TryParse(value, out follow) ? null : "true or false",
                "party" or "pilot" or "class" or "token" => value.Length == 0 ? "is empty" : null,
                _ => "is no parameter of this path",
            };
            if (problem is not null)
            {
                return $"{name}: {problem}";
            }

            switch (name)
            {
                case "effect":
                    filter.Effects.AddRange(values);
                    break;
                case "party":
                    filter.Party = value;
                    break;
                case "pilot":
                    filter.PilotId = value;
                    break;
                case "class":
                    filter.ClassId = value;
                    break;
                case "token":
                    filter.TokenId = value;
                    break;
            }
        }

        if (follow && query.ContainsKey("limit"))
        {
            return "limit: does not go with follow";
        }

        request = new EventsRequest(from, filter, (uint)limit, follow);
        return null;
    }

    private static string? ReadNumber(string text, ulong max, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && !text.Contains('\0', StringComparison.Ordinal) // over which the parser reads
        && number <= max
            ? null
            : $"0 to {max}";
}
