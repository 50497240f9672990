using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>A record as a node shows it.</summary>
/// <param name="Fields">The fields of the record.</param>
/// <param name="Entry">The entry that wrote it, proven.</param>
/// <param name="Current">What proves the record whole, and that it is the newest; null: nothing does.</param>
internal sealed record Shown(JsonObject Fields, ProvenEntry Entry, ProvenRecord? Current)
{
    /// <summary>Whether the shown document of a DID is proven; null for other records.</summary>
    public bool? DocumentProven { get; init; }

    /// <summary>What is shown beside the record, by the node's word.</summary>
    public IReadOnlyList<string> NotVerified { get; init; } = [];

    /// <summary>A text to show as a QR code too; null: none.</summary>
    public string? Code { get; init; }
}

/// <summary>A command that asks a node for a record and shows it, what of it was verified, and what is the node's word.</summary>
internal abstract class ReadingVerb : Verb
{
    private static readonly Option<string?> Bundle = new("--bundle")
    {
        Description =
            "File to write the proof to, for `ledger verify`: that this is the newest version of the record, or, of an earlier one, that the "
            + "entry which wrote it is in the log.",
        HelpName = "FILE",
    };

    /// <inheritdoc />
    protected ReadingVerb(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        AddUsual(Bundle);
        KeyRing.AddTo(this, canOpen: false);
        Connection.AddTo(this);
    }

    /// <summary>Asks.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="keys">Whose names stand for their DIDs.</param>
    /// <param name="stop">Signalled when the person wants it to end.</param>
    /// <returns>The question, to be put to a client.</returns>
    protected abstract Func<LedgerClient, Task<Shown>> Ask(ParseResult line, KeyRing keys, CancellationToken stop);

    /// <inheritdoc />
    protected sealed override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        using OutputFile? bundle = OutputFile.Prepare(line.GetValue(Bundle));
        Func<LedgerClient, Task<Shown>> ask = Ask(line, new KeyRing(line, output), stop);
        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        Shown shown = await ask(connection.Client);
        JsonObject fields = shown.Fields;
        ProvenEntry entry = shown.Entry;
        fields["version"] = entry.Index;
        fields["version_time"] = Fields.Time((ulong)entry.TimeMs);
        fields["verified"] = Verified(shown, connection.Client);
        IReadOnlyList<string> notVerified = NotVerified(shown);
        if (notVerified.Count > 0)
        {
            fields["not_verified"] = Fields.List(notVerified.Select(static name => Fields.Text(name)));
            fields["hint"] =
                $"What is not verified is the node's word: `ledger audit {line.GetRequiredValue(Connection.Node)}` recomputes it.";
        }

        if (bundle is not null)
        {
            bundle.Write(shown.Current?.ToBundle() ?? entry.ToProofBundle());
            fields["bundle"] = bundle.Path;
        }

        output.Result(fields);
        if (shown.Code is { } code)
        {
            Console.Out.Write('\n' + QrText.Draw(code, isTerminal: !Console.IsOutputRedirected));
        }

        return ExitCodes.Done;
    }

    // An entry alone does not show what the rules made of its operation, nor that no later one changed it.
    private static IReadOnlyList<string> NotVerified(Shown shown) =>
        shown.Current is not null ? shown.NotVerified
        : shown.DocumentProven == true ? ["other_fields", "newest_version"]
        : ["record", "newest_version"];

    private static JsonObject Verified(Shown shown, LedgerClient client)
    {
        JsonObject verified = new()
        {
            ["entry"] = shown.Entry.Index,
            ["outcome"] = Reasons.Name(shown.Entry.Outcome),
            ["operation_id"] = Convert.ToHexStringLower(shown.Entry.OperationId.Span),
            ["checkpoint_size"] = shown.Entry.Checkpoint.Size,
            ["signed_by"] = client.LogKey.ToString(),
        };
        if (shown.DocumentProven is { } documentProven)
        {
            verified["document"] = documentProven;
        }

        if (shown.Current is { } current)
        {
            verified["record"] = true;
            verified["newest_as_of"] = Fields.Time((ulong)current.Seal.TimeMs);
            verified["state_root"] = Convert.ToHexStringLower(current.StateRoot.Span);
        }

        return verified;
    }
}
