using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;

namespace Ledger.Cli;

/// <summary>A command that asks a node for a proven record and shows it.</summary>
internal abstract class ReadingVerb : Verb
{
    private static readonly Option<string?> Bundle = new("--bundle")
    {
        Description = "File to write the proof to that the shown version is in the log, for `ledger verify`.",
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
    /// <returns>The question, to be put to a client: it returns the fields of the record, and the entry that wrote it.</returns>
    protected abstract Func<LedgerClient, Task<(JsonObject Fields, ProvenEntry Entry)>> Ask(
        ParseResult line,
        KeyRing keys,
        CancellationToken stop
    );

    /// <inheritdoc />
    protected sealed override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        Func<LedgerClient, Task<(JsonObject, ProvenEntry)>> ask = Ask(line, new KeyRing(line, output), stop);
        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        (JsonObject fields, ProvenEntry entry) = await ask(connection.Client);
        fields["version"] = entry.Index;
        fields["version_time"] = Fields.Time((ulong)entry.TimeMs);
        fields["checkpoint_size"] = entry.Checkpoint.Size;
        if (line.GetValue(Bundle) is { } path)
        {
            await File.WriteAllBytesAsync(path, entry.ToProofBundle(), stop);
            fields["bundle"] = path;
        }

        output.Result(fields);
        return ExitCodes.Done;
    }
}
