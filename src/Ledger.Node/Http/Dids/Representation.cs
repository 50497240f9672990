using Ledger.Protocol.Documents;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ledger.Node.Http.Dids;

/// <summary>What a representation is one of.</summary>
internal enum Content
{
    /// <summary>The document, or the part of it that a fragment names.</summary>
    Document,

    /// <summary>The result of resolving a DID.</summary>
    Resolution,

    /// <summary>The result of dereferencing a DID URL.</summary>
    Dereferencing,

    /// <summary>Where a service is: a redirection.</summary>
    Location,
}

/// <summary>A media type in which the resolver answers.</summary>
/// <param name="MediaType">The type, without parameters.</param>
/// <param name="Content">What it is one of.</param>
/// <param name="Syntax">How a document in it is written, unless the request asks for DID 1.1.</param>
/// <param name="Profile">Its parameter <c>profile</c>; null: it has none.</param>
internal sealed record Representation(string MediaType, Content Content, DocumentSyntax Syntax, string? Profile = null)
{
    /// <summary>Longest header Accept that is read, in characters.</summary>
    public const int AcceptLengthMax = 1_024;

    private const string LinkedData = "application/ld+json";

    /// <summary>What a result is written in whose request did not get as far as to choose.</summary>
    public static Representation Resolution { get; } =
        new("application/did-resolution", Content.Resolution, DocumentSyntax.JsonLd10);

    /// <inheritdoc cref="Resolution"/>
    public static Representation Dereferencing { get; } =
        new("application/did-url-dereferencing", Content.Dereferencing, DocumentSyntax.JsonLd10);

    // Profiles of before DID Resolution had media types of its own.
    private static readonly Representation LegacyResolution = new(
        LinkedData,
        Content.Resolution,
        DocumentSyntax.JsonLd10,
        "https://w3id.org/did-resolution"
    );

    private static readonly Representation LegacyDereferencing = new(
        LinkedData,
        Content.Dereferencing,
        DocumentSyntax.JsonLd10,
        "https://w3id.org/did-url-dereferencing"
    );

    /// <summary>All of them, in the order in which they are chosen when a request leaves it open.</summary>
    public static IReadOnlyList<Representation> All { get; } =
    [
        new("application/did", Content.Document, DocumentSyntax.JsonLd10),
        Resolution,
        new("application/did+ld+json", Content.Document, DocumentSyntax.JsonLd10),
        new("application/did+json", Content.Document, DocumentSyntax.Json10),
        new(LinkedData, Content.Document, DocumentSyntax.JsonLd10),
        new("application/json", Content.Document, DocumentSyntax.JsonLd10),
        Dereferencing,
        LegacyResolution,
        LegacyDereferencing,
        new("text/uri-list", Content.Location, DocumentSyntax.JsonLd10),
    ];

    /// <summary>Whether it is of before DID Resolution had media types and error objects.</summary>
    public bool IsLegacy => Profile is not null;

    /// <summary>Value of the header Content-Type.</summary>
    public string ContentType => Profile is null ? MediaType : $"{MediaType};profile=\"{Profile}\"";

    /// <summary>Media type of a document in it.</summary>
    public string DocumentType =>
        Content == Content.Document ? MediaType
        : IsLegacy ? "application/did+ld+json"
        : "application/did";

    /// <summary>The representation of a result without a document, for who asked for this one.</summary>
    /// <param name="isUrl">Whether a DID URL was to be dereferenced, and not a DID to be resolved.</param>
    public Representation Wrapped(bool isUrl) =>
        Content is Content.Resolution or Content.Dereferencing ? this
        : isUrl ? Dereferencing
        : Resolution;

    /// <summary>Reads a header Accept (RFC 9110, section 12.5.1).</summary>
    /// <param name="header">The header; without any, or when it is empty, everything is acceptable.</param>
    /// <param name="ranges">What is acceptable, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public static bool TryReadAccept(StringValues header, out IList<MediaTypeHeaderValue> ranges, out string problem)
    {
        ranges = [];
        problem = "";
        if (string.IsNullOrWhiteSpace(header.ToString()))
        {
            ranges = [new MediaTypeHeaderValue("*/*")];
            return true;
        }

        if (header.ToString().Length > AcceptLengthMax)
        {
            problem = $"Accept has more than {AcceptLengthMax} characters.";
        }
        else if (
            !MediaTypeHeaderValue.TryParseStrictList(header, out IList<MediaTypeHeaderValue>? parsed)
            || parsed.Any(static range => !IsMediaRange(range))
        )
        {
            problem = "Accept is no list of media ranges with weights from 0 to 1.";
        }
        else
        {
            ranges = parsed;
        }

        return problem.Length == 0;
    }

    /// <summary>
    /// Chooses: the heaviest; of several, what was named most specifically; of these, what was named first; of what was not named,
    /// the first of <see cref="All"/>.
    /// </summary>
    /// <param name="ranges">What is acceptable.</param>
    /// <param name="isPossible">Whether the request can be answered in a representation.</param>
    /// <returns>Null when nothing is acceptable.</returns>
    public static Representation? Choose(IList<MediaTypeHeaderValue> ranges, Func<Representation, bool> isPossible) =>
        All.Where(isPossible)
            .Select(one => (Representation: one, Match: one.BestMatch(ranges)))
            .Where(static choice => choice.Match.Weight > 0)
            .OrderByDescending(static choice => choice.Match.Weight)
            .ThenByDescending(static choice => choice.Match.Specificity)
            .ThenBy(static choice => choice.Match.Position)
            .Select(static choice => choice.Representation)
            .FirstOrDefault();

    // Of the ranges that a type is in, the most specific counts.
    private (double Weight, int Specificity, int Position) BestMatch(IList<MediaTypeHeaderValue> ranges)
    {
        (double Weight, int Specificity, int Position) best = (0, -1, 0);
        for (int i = 0; i < ranges.Count; i++)
        {
            int specificity = SpecificityOf(ranges[i]);
            if (specificity > best.Specificity)
            {
                best = (ranges[i].Quality ?? 1, specificity, specificity > 1 ? i : 0);
            }
        }

        return best;
    }

    // Parameters other than a profile that is known here say nothing that would matter (RFC 6906, section 3.1: a profile that is
    // not known is ignored).
    private int SpecificityOf(MediaTypeHeaderValue range)
    {
        string? profile = HeaderUtilities
            .RemoveQuotes(
                range
                    .Parameters.FirstOrDefault(static p => p.Name.Equals("profile", StringComparison.OrdinalIgnoreCase))
                    ?.Value
                    ?? ""
            )
            .ToString();
        profile =
            range.MediaType.Equals(LinkedData, StringComparison.OrdinalIgnoreCase) && All.Any(r => r.Profile == profile)
                ? profile
                : null;
        return range.MatchesAllTypes ? 0
            : range.MatchesAllSubTypes
                ? (MediaType.StartsWith($"{range.Type}/", StringComparison.OrdinalIgnoreCase) ? 1 : -1)
            : !range.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) || profile != Profile ? -1
            : profile is null ? 2
            : 3;
    }

    private static bool IsMediaRange(MediaTypeHeaderValue range)
    {
        NameValueHeaderValue? weight = range.Parameters.FirstOrDefault(static p =>
            p.Name.Equals("q", StringComparison.OrdinalIgnoreCase)
        );
        bool isRange = range.Type != "*" || range.SubType == "*";
        return isRange && (weight is null || range.Quality is >= 0 and <= 1);
    }
}
