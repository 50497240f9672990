using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>What a pilot says of itself: from a file, from options, or from both, where the options stand above the file.</summary>
internal sealed class PilotOptions
{
    private readonly Option<string?> _terms = new("--terms")
    {
        Description =
            "File with the terms, a message PilotTerms in the JSON of protobuf. What other options say stands above it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _programme = RegistrySymbols.Id("--programme", "Programme that it belongs to.");
    private readonly Option<PilotKind> _kind = EnumNames<PilotKind>.Option("--kind", "What kind of pilot it is.");
    private readonly Option<string[]> _fields = Several("--field", "Code of a field. Can be repeated.", "CODE");

    private readonly Option<string?> _district = new("--district")
    {
        Description = "District that it is in, for example 310101.",
        HelpName = "CODE",
    };

    private readonly Option<string[]> _supervisors = Several(
        "--supervisor",
        "Supervisor that accompanies it: a DID, or the name of its key. Can be repeated.",
        "DID"
    );

    private readonly Option<string?> _operator = RegistrySymbols.SomeParty("--operator", "Party that operates it");

    private readonly Option<string[]> _auditors = Several(
        "--auditor",
        "Auditor: a DID, or the name of its key. Can be repeated.",
        "DID"
    );

    private readonly Option<string?> _venue = RegistrySymbols.SomeParty("--venue", "Platform on which it takes place");

    private readonly Option<string[]> _externalIds = Several(
        "--external-id",
        $"Its identifier in a register elsewhere. Can be repeated. Registers: {Choices<ExternalIdScheme>()}.",
        "REGISTER=ID"
    );

    private readonly Option<string?> _start = new("--start")
    {
        Description = $"First moment at which it may run: {Times.FutureForm}.",
        HelpName = "TIME",
    };

    private readonly Option<string?> _end = new("--end")
    {
        Description = $"When it expires: {Times.FutureForm}.",
        HelpName = "TIME",
    };

    private readonly Option<ulong> _maxParticipants = new("--max-participants")
    {
        Description = "Most participants at a time.",
        HelpName = "COUNT",
    };

    private readonly Option<ulong> _maxTokens = new("--max-tokens")
    {
        Description = "Most tokens ever minted in its classes.",
        HelpName = "COUNT",
    };

    private readonly Option<ulong> _maxTransfers = new("--max-transfers-per-day")
    {
        Description = "Most transfers in its classes in a day (UTC).",
        HelpName = "COUNT",
    };

    private readonly Option<string[]> _regions = Several(
        "--region",
        "Region, one of which whoever gets a token must belong to. Can be repeated.",
        "CODE"
    );

    private readonly Option<bool> _participantsOnly = new("--participants-only")
    {
        Description = "Only its participants may get its tokens.",
    };

    private readonly Option<string[]> _safeguards = Several(
        "--safeguard",
        $"Document that protects its participants: {Digests.Form}. Can be repeated. Kinds: {Choices<SafeguardKind>()}.",
        "KIND=FILE|HASH"
    );

    /// <summary>All of them, for a command to add.</summary>
    public IEnumerable<Symbol> All =>
        [
            _terms,
            _programme,
            _kind,
            _fields,
            _district,
            _supervisors,
            _operator,
            _auditors,
            _venue,
            _externalIds,
            _start,
            _end,
            _maxParticipants,
            _maxTokens,
            _maxTransfers,
            _regions,
            _participantsOnly,
            _safeguards,
        ];

    /// <summary>The terms; null when nothing is said.</summary>
    public PilotTerms? Read(Asking asking)
    {
        ParseResult line = asking.Line;
        PilotTerms terms = line.GetValue(_terms) is { } file ? ProtoJson.Read<PilotTerms>(file) : new PilotTerms();
        terms.Programme = line.GetValue(_programme) ?? terms.Programme;
        terms.Kind = line.GetValue(_kind).Or(terms.Kind);
        terms.District = line.GetValue(_district) ?? terms.District;
        terms.Operator = line.GetValue(_operator) is { } named ? asking.Keys.DidOf(named) : terms.Operator;
        terms.Venue = line.GetValue(_venue) is { } venue ? asking.Keys.DidOf(venue) : terms.Venue;
        Replace(terms.Fields, line.GetValue(_fields), static fields => fields.Order(StringComparer.Ordinal));
        Replace(terms.Supervisors, line.GetValue(_supervisors), dids => dids.Select(asking.Keys.DidOf));
        Replace(terms.Auditors, line.GetValue(_auditors), dids => dids.Select(asking.Keys.DidOf));
        Replace(
            terms.ExternalIds,
            line.GetValue(_externalIds),
            static ids =>
                ids.Select(static text => Pair<ExternalIdScheme>(text))
                    .Select(static pair => new ExternalId { Scheme = pair.Kind, Value = pair.Text })
                    .OrderBy(static id => id.Scheme)
        );
        Replace(
            terms.Safeguards,
            line.GetValue(_safeguards),
            static documents =>
                documents
                    .Select(static text => Pair<SafeguardKind>(text))
                    .Select(static pair => new Safeguard { Kind = pair.Kind, DocumentHash = Digests.Of(pair.Text) })
                    .OrderBy(static safeguard => safeguard.Kind)
        );
        PilotBoundary boundary = terms.Boundary ?? new PilotBoundary();
        boundary.Start = line.GetValue(_start) is { } start ? Times.FutureSeconds(start) : boundary.Start;
        boundary.End = line.GetValue(_end) is { } end ? Times.FutureSeconds(end) : boundary.End;
        boundary.MaxParticipants = Or(line.GetValue(_maxParticipants), boundary.MaxParticipants);
        boundary.MaxTokens = Or(line.GetValue(_maxTokens), boundary.MaxTokens);
        boundary.MaxTransfersPerDay = Or(line.GetValue(_maxTransfers), boundary.MaxTransfersPerDay);
        boundary.ParticipantsOnly |= line.GetValue(_participantsOnly);
        Replace(boundary.Regions, line.GetValue(_regions), static regions => regions.Order(StringComparer.Ordinal));
        terms.Boundary = boundary.CalculateSize() == 0 ? null : boundary;
        return terms.CalculateSize() == 0 ? null : terms;
    }

    private static Option<string[]> Several(string name, string description, string helpName) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            AllowMultipleArgumentsPerToken = true,
        };

    private static ulong Or(ulong value, ulong otherwise) => value == 0 ? otherwise : value;

    private static void Replace<T>(ICollection<T> list, string[]? given, Func<IEnumerable<string>, IEnumerable<T>> read)
    {
        if (given is { Length: > 0 })
        {
            T[] items = [.. read(given.Distinct())];
            list.Clear();
            Array.ForEach(items, list.Add);
        }
    }

    private static string Choices<T>()
        where T : struct, Enum =>
        EnumNames<T>.Option("--kind", "").HelpName!.Replace("|", ", ", StringComparison.Ordinal);

    private static (T Kind, string Text) Pair<T>(string text)
        where T : struct, Enum
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && EnumNames<T>.TryParse(text[..equals], out T kind)
            ? (kind, text[(equals + 1)..])
            : throw CommandFailure.Usage($"'{text}' is not KIND=… with one of {Choices<T>()}.");
    }
}
