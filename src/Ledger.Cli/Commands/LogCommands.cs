using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;

namespace Ledger.Cli.Commands;

/// <summary>The log itself: its key, where it stands, and what is remembered of it.</summary>
internal sealed class LogCommands : Command
{
    public LogCommands()
        : base("log", "The log itself: its verifier key, where it stands, its entries, and what is remembered of it.")
    {
        Add(new KeyCommand());
        Add(new ShowCommand());
        Add(new LogEntriesCommand());
        Add(new LogForgetCommand());
    }

    private sealed class KeyCommand : Verb
    {
        private readonly Argument<string> _address = new("address")
        {
            Description = "Address of the node.",
            DefaultValueFactory = static _ => "127.0.0.1:7400",
        };

        public KeyCommand()
            : base(
                "key",
                "Print the log's verifier key, by the node's word, alone on a line. Keep it, and compare it with one that you got elsewhere.",
                "ledger log key 127.0.0.1:7400 > registry.pub"
            )
        {
            Add(_address);
            Connection.AddTransport(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            Uri address = Connection.ParseAddress(line.GetRequiredValue(_address));
            using GrpcAuditSource node = new(Connection.Describe(line, address));
            string key = await Connection.ReachAsync(address, () => node.LogKeyAsync(stop));
            if (output.IsJson)
            {
                output.Result(new JsonObject { ["log_key"] = key });
            }
            else
            {
                Console.Out.WriteLine(key);
            }

            return ExitCodes.Done;
        }
    }

    private sealed class ShowCommand : Verb
    {
        private readonly WitnessOptions _witnesses = new();

        public ShowCommand()
            : base(
                "show",
                "Show where the log stands: its newest checkpoint, verified, and whether it is founded.",
                "ledger log show --node 127.0.0.1:7400",
                "ledger log show --witness-policy witnesses.txt"
            )
        {
            Remarks =
                "With witnesses, it also shows the newest checkpoint that these have cosigned, which must be there, and when each of them "
                + "did.";
            _witnesses.AddTo(this);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            WitnessPolicy? witnesses = _witnesses.Parse(line);
            await using Connection connection = await Connection.OpenAsync(line, output, stop, witnesses);
            SignedCheckpoint newest = await connection.Client.GetCheckpointAsync(stop);
            JsonObject result = new()
            {
                ["origin"] = connection.Client.Origin,
                ["log_key"] = connection.Client.LogKey.ToString(),
                ["size"] = newest.Size,
                ["root"] = Convert.ToHexStringLower(newest.Checkpoint.Root.Span),
            };
            if (newest.Size > 0)
            {
                V1.LedgerRecord ledger = await connection.Client.GetLedgerAsync(stop);
                result["network"] = ledger.Network;
                result["supervisor"] = ledger.Supervisor;
            }

            if (witnesses is not null)
            {
                foreach (V1.WitnessStatus witness in await connection.Client.ListWitnessesAsync(stop))
                {
                    if (witness.Problem.Length > 0)
                    {
                        output.Note(Plain($"The node says of the witness {witness.Name}: {witness.Problem}."));
                    }
                }

                CosignedCheckpoint cosigned = await connection.Client.GetCosignedCheckpointAsync(stop);
                result["cosigned_size"] = cosigned.Size;
                result["cosigned"] = WitnessOptions.Fields(cosigned.Cosignatures);
            }

            output.Result(result);
            return ExitCodes.Done;
        }

        // What a node sends is for a person, and not for the terminal.
        private static string Plain(string text) => string.Concat(text.Where(static c => !char.IsControl(c)));
    }
}
