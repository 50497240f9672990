using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Verifies the proof of an entry or of a record, offline, and tells each step.</summary>
internal sealed class VerifyCommand : Verb
{
    private readonly Argument<string> _bundle = new("bundle")
    {
        Description =
            "File with the proof, as --bundle writes it: of an entry (C2SP tlog-proof), which lies in it, or of a record.",
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
            "Verify, offline, that an entry is in a log, or what it held of a record, and say how.",
            "ledger verify transfer.proof --log-key registry.pub",
            "ledger verify transfer.proof --log-key registry.pub --witness-policy witnesses.txt"
        )
    {
        Remarks =
            "Each step is told, with what it proves and what not: docs/verification.md does them by hand. The log must have signed the "
            + "checkpoint, and the proof must lead to it. With witnesses, these must have cosigned it: then it is not a tree that was "
            + "shown to you alone. Exit code 1: the file does not prove it.";
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
        JsonObject fields = new() { ["verdict"] = "verified", ["origin"] = key.Name };
        if (RecordBundle.IsOne(bundle))
        {
            ProvenRecord proven = ProvenRecord.FromBundle(bundle, key, witnesses);
            fields.With(Fields.Of(proven));
            Tell(fields, ProofInWords.Steps(proven, key), ProofInWords.Proved(proven), ProofInWords.NotProved(proven));
            AddCosignatures(fields, witnesses, proven.Seal);
        }
        else
        {
            ProvenEntry entry = ProvenEntry.FromProofBundle(bundle, key, entryBytes, witnesses);
            fields.With(Fields.Of(entry));
            fields.With(Fields.OfContent(entry));
            Tell(fields, ProofInWords.Steps(entry, key), ProofInWords.Proved(entry), ProofInWords.NotProved(entry));
            AddCosignatures(fields, witnesses, entry);
        }

        output.Result(fields);
        return ExitCodes.Done;
    }

    private static void Tell(
        JsonObject fields,
        IReadOnlyList<string> steps,
        IReadOnlyList<string> proved,
        IReadOnlyList<string> notProved
    )
    {
        fields["steps"] = Fields.List(steps.Select(static step => Fields.Text(step)));
        fields["proved"] = Fields.List(proved.Select(static what => Fields.Text(what)));
        fields["not_proved"] = Fields.List(notProved.Select(static what => Fields.Text(what)));
    }

    private static void AddCosignatures(JsonObject fields, WitnessPolicy? witnesses, ProvenEntry entry)
    {
        if (witnesses is not null)
        {
            fields["cosigned"] = WitnessOptions.Fields(entry.Cosignatures);
        }
    }
}
