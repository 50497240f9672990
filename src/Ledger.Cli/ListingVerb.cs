using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>A command that asks a node for a list and shows it. Lists are the node's word.</summary>
internal abstract class ListingVerb : Verb
{
    private const int LimitDefault = 1_000;

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "Most to show.",
        HelpName = "COUNT",
        DefaultValueFactory = static _ => LimitDefault,
    };

    private readonly string _field;

    /// <summary>Names a command.</summary>
    /// <param name="field">What is listed, as the result names it.</param>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="examples">Command lines that work, for the help.</param>
    protected ListingVerb(string field, string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        _field = field;
        Remarks = "The list is the node's word: `ledger audit` recomputes what it comes from.";
        AddUsual(_limit);
        KeyRing.AddTo(this, canOpen: false);
        Connection.AddTo(this);
    }

    /// <summary>A page of a list.</summary>
    /// <param name="client">Whom to ask.</param>
    /// <param name="pageSize">Most to return.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    protected delegate Task<Page<JsonObject>> Ask(LedgerClient client, int pageSize, string pageToken);

    /// <summary>What the node is asked, page by page.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="keys">Whose names stand for their DIDs.</param>
    /// <param name="stop">Signalled when the person wants it to end.</param>
    protected abstract Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop);

    /// <summary>A page as fields of a result.</summary>
    protected static async Task<Page<JsonObject>> Show<T>(Task<Page<T>> asked, Func<T, JsonObject> show)
    {
        Page<T> page = await asked;
        return new Page<JsonObject>([.. page.Items.Select(show)], page.NextPageToken);
    }

    /// <inheritdoc />
    protected sealed override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        int limit = line.GetValue(_limit);
        if (limit < 1)
        {
            throw CommandFailure.Usage($"{_limit.Name} is at least 1.");
        }

        Ask ask = Prepare(line, new KeyRing(line, output), stop);
        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        List<JsonObject> items = [];
        string pageToken = "";
        do
        {
            Page<JsonObject> page = await ask(
                connection.Client,
                Math.Min(limit - items.Count, Limits.PageSizeMax),
                pageToken
            );
            items.AddRange(page.Items);
            pageToken = page.NextPageToken;
        } while (pageToken.Length > 0 && items.Count < limit);

        output.Result(
            new JsonObject
            {
                [_field] = Fields.List(items),
                ["more"] = pageToken.Length > 0,
                ["not_verified"] = Fields.List([Fields.Text(_field)]),
            }
        );
        return ExitCodes.Done;
    }
}
