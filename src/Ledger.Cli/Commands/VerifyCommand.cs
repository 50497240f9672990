using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Verifies a proof bundle, offline.</summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string> _bundle = new("bundle")
    {
        Description = "File with the proof (C2SP tlog-proof), as --bundle writes it: the entry lies in it.",
        HelpName = "FILE",
    };

    private readonly Option<string> _logKey = new("--log-key")
    {
        Description = "The log's verifier key, or a file that holds it.",
        HelpName = "VKEY|FILE",
        Required = true,
    };

    private readonly Option<string?> _entry = new("--entry")
    {
        Description = "File with the entry's bytes, for a proof that does not hold the entry.",
        HelpName = "FILE",
    };

    private readonly WitnessOptions _witnesses = new();

    public VerifyCommand()
        : base(
            "verify",
            "Verify, offline, that an entry is in a log, and show it.",
            "ledger verify transfer.proof --log-key registry.pub",
            "ledger verify transfer.proof --log-key registry.pub --witness-policy witnesses.txt"
        )
    {
        Remarks =
            "The log must have signed the checkpoint, and the proof must lead from the entry to it. With witnesses, these must "
            + "have cosigned it: then it is not a tree that was shown to you alone.";
        Add(_bundle);
        Add(_logKey);
        Add(_entry);
        _witnesses.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        VerifierKey key = Connection.ParseLogKey(line.GetRequiredValue(_logKey))!;
        WitnessPolicy? witnesses = _witnesses.Parse(line);
        byte[] bundle = await File.ReadAllBytesAsync(line.GetRequiredValue(_bundle), stop);
        byte[] entryBytes = line.GetValue(_entry) is { } path ? await File.ReadAllBytesAsync(path, stop) : [];
        ProvenEntry entry = ProvenEntry.FromProofBundle(bundle, key, entryBytes, witnesses);
        JsonObject fields = new() { ["verdict"] = "verified", ["origin"] = key.Name };
        fields.With(Fields.Of(entry));
        fields.With(Fields.OfContent(entry));
        if (witnesses is not null)
        {
            fields["cosigned"] = WitnessOptions.Fields(entry.Cosignatures);
        }

        output.Result(fields);
        return ExitCodes.Done;
    }
}
