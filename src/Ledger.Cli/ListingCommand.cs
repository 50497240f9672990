using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;

namespace Ledger.Cli;

/// <summary>A command that asks a node for a list of one kind.</summary>
internal sealed class ListingCommand : ListingVerb
{
    private readonly Func<Question, Task<Page<JsonObject>>> _ask;

    /// <summary>Names a command.</summary>
    /// <param name="field">What is listed, as the result names it.</param>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="example">A command line that works, for the help.</param>
    /// <param name="own">Its own arguments and options, in the order of the help.</param>
    /// <param name="ask">Asks for a page.</param>
    public ListingCommand(
        string field,
        string name,
        string description,
        string example,
        IEnumerable<Symbol> own,
        Func<Question, Task<Page<JsonObject>>> ask
    )
        : base(field, name, description, example)
    {
        _ask = ask;
        this.AddOwn(own);
    }

    /// <summary>What a page is asked with.</summary>
    internal sealed record Question(
        ParseResult Line,
        KeyRing Keys,
        LedgerClient Client,
        int Size,
        string Token,
        CancellationToken Stop
    )
    {
        /// <summary>The DID that an option names, by itself or by a key of the person's; empty when it is not given.</summary>
        public string DidOf(Option<string?> option) => Line.GetValue(option) is { } named ? Keys.DidOf(named) : "";
    }

    /// <summary>A page as fields of a result.</summary>
    public static Task<Page<JsonObject>> Shown<T>(Task<Page<T>> asked, Func<T, JsonObject> show) => Show(asked, show);

    /// <inheritdoc />
    protected override Ask Prepare(ParseResult line, KeyRing keys, CancellationToken stop) =>
        (client, size, token) => _ask(new Question(line, keys, client, size, token, stop));
}

/// <summary>What commands that are put together have in common.</summary>
internal static class OwnSymbols
{
    /// <summary>Adds a command's own arguments and options.</summary>
    public static void AddOwn(this Command command, IEnumerable<Symbol> own)
    {
        foreach (Symbol symbol in own)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }
    }
}
