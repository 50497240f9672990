using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;

namespace Ledger.Cli.Commands;

/// <summary>Submits an operation that was signed in steps.</summary>
internal sealed class SubmitCommand : Verb
{
    private readonly Argument<string[]> _files = new("file")
    {
        Description = "File with the operation, as `ledger sign` leaves it; several, signed apart, are taken together.",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _bundle = new("--bundle")
    {
        Description = "File to write the proof to that the operation is in the log, for `ledger verify`.",
        HelpName = "FILE",
    };

    public SubmitCommand()
        : base(
            "submit",
            "Submit a prepared operation with the signatures that were made of it.",
            "ledger submit change.op",
            "ledger submit change-alice.op change-bob.op --bundle change.proof"
        )
    {
        Remarks =
            "Submitting it again is harmless: the ledger records an operation once, and gives the same receipt each time.";
        Add(_files);
        Add(_bundle);
        KeyRing.AddTo(this, canOpen: false);
        Connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        using OutputFile? bundle = OutputFile.Prepare(line.GetValue(_bundle));
        List<OperationFile> files = [];
        foreach (string path in line.GetRequiredValue(_files))
        {
            files.Add(OperationFile.Parse(await SignCommand.ReadAsync(path, stop)));
        }

        OperationFile file = files.Skip(1).Aggregate(files[0], static (all, next) => all.Merge(next));
        KeyRing keys = new(line, output);
        Signing signing = new(output, keys, [], "", null, () => Connection.OpenAsync(line, output, stop));
        await using (signing)
        {
            try
            {
                ProvenEntry entry = await signing.SubmitAsync(file, stop);
                JsonObject fields = new() { ["signed_by"] = Fields.Of(file)["signed_by"]!.DeepClone() };
                if (Protocol.Verb.Of(file.Operation).SubjectOf(file.Operation) is { } did)
                {
                    fields["did"] = did;
                    DidChangeVerb.Settle(keys, file.Operation, did);
                }

                fields.With(Fields.Of(entry));
                if (bundle is not null)
                {
                    bundle.Write(entry.ToProofBundle());
                    fields["bundle"] = bundle.Path;
                }

                output.Result(fields);
                return ExitCodes.Done;
            }
            catch (Exception e)
                when (signing.HasSent && Failures.Describe(e, stop.IsCancellationRequested) is { } cause)
            {
                throw signing.Explain(cause);
            }
        }
    }
}
