using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Erasures: record, show.</summary>
internal sealed class ErasureCommands : Command
{
    public ErasureCommands()
        : base("erasure", "That what is behind a commitment was destroyed, so that nobody can tell what it was.")
    {
        Argument<string> commitment = Commitment();
        Add(
            new OperationCommand(
                "record",
                "Record that the salt and the value behind a commitment were destroyed.",
                $"ledger erasure record {new string('5', 64)} --as bob",
                [commitment],
                asking => new Operation
                {
                    RecordErasure = new RecordErasure
                    {
                        Commitment = Digests.Parse(asking.Line.GetRequiredValue(commitment)),
                    },
                }
            )
        );
        Add(new ShowCommand());
    }

    private static Argument<string> Commitment() =>
        new("commitment") { Description = "The commitment as it stands on the ledger: 64 hexadecimal digits." };

    private sealed class ShowCommand : Verb
    {
        private readonly Argument<string> _commitment = Commitment();

        public ShowCommand()
            : base(
                "show",
                "Show whether the erasure of what is behind a commitment was recorded.",
                $"ledger erasure show {new string('5', 64)}"
            )
        {
            Remarks = "The answer is the node's word: `ledger audit` recomputes what it comes from.";
            Add(_commitment);
            KeyRing.AddTo(this, canOpen: false);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            Google.Protobuf.ByteString commitment = Digests.Parse(line.GetRequiredValue(_commitment));
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            Erasure? erasure = await connection.Client.GetErasureAsync(commitment.Memory, stop);
            JsonObject fields = new() { ["commitment"] = Fields.Hex(commitment), ["erased"] = erasure is not null };
            if (erasure is not null)
            {
                fields["by"] = erasure.Record.By;
                fields.With(Fields.Of(erasure.Version));
            }

            fields["not_verified"] = Fields.List([Fields.Text("erased")]);
            output.Result(fields);
            return ExitCodes.Done;
        }
    }
}
