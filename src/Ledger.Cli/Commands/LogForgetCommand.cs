using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ledger.Cli.Commands;

/// <summary>Forgets what is remembered of a log.</summary>
internal sealed class LogForgetCommand : Verb
{
    private readonly Argument<string> _log = new("log")
    {
        Description =
            "Address of the node, for what commands remember, or origin of the log, for what audits remember.",
        HelpName = "ADDRESS|ORIGIN",
    };

    public LogForgetCommand()
        : base(
            "forget",
            "Forget the key and the checkpoint that are remembered of a log: the next command trusts what it finds.",
            "ledger log forget 127.0.0.1:7400",
            "ledger log forget registry.example.org/pilot"
        )
    {
        Remarks =
            "A log that was set up anew has another key, and a smaller tree. So has one that lies: know which of the two it is.";
        Add(_log);
    }

    protected override Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string log = line.GetRequiredValue(_log);
        List<JsonNode> forgotten =
        [
            .. new[]
            {
                LogMemory.DefaultPath("audit", log),
                LogMemory.DefaultPath("nodes", log),
                LogMemory.DefaultPath("nodes", AuthorityOf(log)),
            }
                .Distinct()
                .Where(File.Exists)
                .Select(Forget),
        ];
        if (forgotten.Count == 0)
        {
            throw CommandFailure.Usage($"Nothing is remembered of '{log}' in {Folders.State}.");
        }

        output.Result(new JsonObject { ["forgotten"] = Fields.List(forgotten) });
        return Task.FromResult(ExitCodes.Done);
    }

    private static JsonObject Forget(string path)
    {
        string what;
        try
        {
            what = LogMemory.Read(path)!.ToString();
        }
        catch (CommandFailure)
        {
            what = "nothing that could be read";
        }

        File.Delete(path);
        return new JsonObject { ["file"] = path, ["remembered"] = what };
    }

    private static string AuthorityOf(string log)
    {
        try
        {
            return Connection.ParseAddress(log).Authority;
        }
        catch (CommandFailure)
        {
            return log; // an origin
        }
    }
}
