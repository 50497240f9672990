using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>Shows any record of a ledger, or that there is none, proven.</summary>
internal sealed class RecordCommands : Command
{
    public RecordCommands()
        : base("record", "Any record of a ledger, proven.")
    {
        Add(new ShowCommand());
    }

    private sealed class ShowCommand : Verb
    {
        private readonly Argument<string> _kind = new("kind")
        {
            Description =
                $"Kind of record: {string.Join(", ", RecordKinds.All.Select(static k => Fields.NameOf(k.Kind)))}.",
        };

        private readonly Argument<string?> _id = new("id")
        {
            Description =
                "Its identifier within the kind (docs/formats.md), for example class/token; none for the ledger itself and the counts of pilots.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        private readonly Option<string?> _bundle = new("--bundle")
        {
            Description = "File to write the proof to, for `ledger verify`.",
            HelpName = "FILE",
        };

        public ShowCommand()
            : base(
                "show",
                "Show a record as the ledger has it now, or that it has none, whichever the kind.",
                "ledger record show token medals/17",
                "ledger record show did did:pilot:city:… --bundle absent.proof"
            )
        {
            Remarks =
                "Everything that is shown is verified: the log's key signed a checkpoint, whose last entry names the root of all records. "
                + "Exit code 0 whether there is a record or none.";
            Add(_kind);
            Add(_id);
            AddUsual(_bundle);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            RecordKind kind = Parse(line.GetRequiredValue(_kind));
            byte[] key = StateKey.Of(kind, line.GetValue(_id) ?? "");
            if (!StateKey.TryParse(key, out _, out _))
            {
                throw CommandFailure.Usage($"An identifier has at most {Limits.StateKeyBytesMax - 2} bytes.");
            }

            using OutputFile? bundle = OutputFile.Prepare(line.GetValue(_bundle));
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            IReadOnlyList<ProvenRecord> proven =
                await connection.Client.ProveRecordsAsync([key], stop)
                ?? throw CommandFailure.Refused(
                    "The log's newest batch is of a format that names no root of its records: the next batch will."
                );
            JsonObject fields = Fields.Of(proven[0]);
            if (bundle is not null)
            {
                bundle.Write(proven[0].ToBundle());
                fields["bundle"] = bundle.Path;
            }

            output.Result(fields);
            return ExitCodes.Done;
        }

        private static RecordKind Parse(string name) =>
            RecordKinds.All.Select(static terms => terms.Kind).Where(kind => Fields.NameOf(kind) == name).ToArray()
                is [var kind]
                ? kind
                : throw CommandFailure.Usage(
                    $"There is no kind of record {name}. There are: {string.Join(", ", RecordKinds.All.Select(static k => Fields.NameOf(k.Kind)))}."
                );
    }
}
