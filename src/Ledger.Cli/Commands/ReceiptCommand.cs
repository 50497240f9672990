using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Asks what became of an operation.</summary>
internal sealed class ReceiptCommand : Verb
{
    private readonly Argument<string> _id = new("operation")
    {
        Description = "The operation's id: 64 hexadecimal digits, as every command that signs prints it.",
        HelpName = "ID",
    };

    private readonly Option<string?> _bundle = new("--bundle")
    {
        Description = "File to write the proof to that the operation is in the log, for `ledger verify`.",
        HelpName = "FILE",
    };

    private readonly WitnessOptions _witnesses = new();

    public ReceiptCommand()
        : base(
            "receipt",
            "Ask what became of an operation, and verify the entry that records it.",
            "ledger receipt 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        )
    {
        Remarks =
            "Ends with 0 when the operation is recorded, applied or refused, and with 1 when the node knows of none: an operation that is "
            + "not recorded by its deadline never will be. With witnesses, these must have cosigned the checkpoint that proves it.";
        Add(_id);
        Add(_bundle);
        _witnesses.AddTo(this);
        Connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        byte[] id = ParseId(line.GetRequiredValue(_id));
        WitnessPolicy? witnesses = _witnesses.Parse(line);
        using OutputFile? bundle = OutputFile.Prepare(line.GetValue(_bundle));
        await using Connection connection = await Connection.OpenAsync(line, output, stop, witnesses);
        ProvenEntry? entry = await connection.Client.FindAsync(id, cosigned: witnesses is not null, stop);
        JsonObject fields = new() { ["recorded"] = entry is not null };
        if (entry is null)
        {
            fields["operation_id"] = Convert.ToHexStringLower(id);
            output.Result(fields);
            output.Note("The node knows of no such operation, which is its word alone.");
            return ExitCodes.Refused;
        }

        fields.With(Fields.Of(entry)).With(Fields.OfContent(entry));
        if (witnesses is not null)
        {
            fields["cosigned"] = WitnessOptions.Fields(entry.Cosignatures);
        }

        if (bundle is not null)
        {
            bundle.Write(entry.ToProofBundle());
            fields["bundle"] = bundle.Path;
        }

        output.Result(fields);
        return ExitCodes.Done;
    }

    private static byte[] ParseId(string text)
    {
        byte[] id = new byte[Limits.HashBytes];
        return
            Convert.FromHexString(text, id, out _, out int bytes) == System.Buffers.OperationStatus.Done
            && bytes == id.Length
            ? id
            : throw CommandFailure.Usage($"'{text}' is not an operation's id: 64 hexadecimal digits.");
    }
}
