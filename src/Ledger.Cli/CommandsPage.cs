using System.CommandLine;
using System.Text;

namespace Ledger.Cli;

/// <summary>The documentation's page of commands, made of the commands' own help.</summary>
internal static class CommandsPage
{
    private const int HelpWidth = 110;

    /// <summary>Prints the page, in markdown.</summary>
    public static string Print()
    {
        Command root = CommandLine.Build(HelpWidth);
        StringBuilder page = new();
        page.Append(
            """
            # Commands

            The program prints this page: change a command, then run the tests of Ledger.Cli with `LEDGER_UPDATE_DOCS=1`.

            Results go to standard output: for a person, or with `--json` as one JSON object on one line. Messages and progress go to
            standard error. A failure under `--json` is the object `{"error": {"kind": …, "message": …}}`, with `reason`, `code` and
            `index` when the ledger refused, and with `operation_id` and `recorded_entries` once an operation was sent.

            | exit code | when |
            |---|---|
            | 0 | done |
            | 1 | refused by the ledger, or something did not verify; no operation was applied |
            | 2 | the command line, an environment variable or the configuration file is wrong; nothing was tried |
            | 3 | a node could not be reached, or a file or store not be read or written |
            | 4 | an operation was recorded, and then something failed: repeating the command would do it twice |
            | 5 | an operation was sent and may be recorded: ask `ledger receipt` |
            | 130 | interrupted, before an operation was sent |

            An option that is not on the command line is taken from the environment, `--log-key` from `LEDGER_LOG_KEY`, and then from the
            configuration file: `--config FILE`, or `ledger.json` in the working directory, a JSON object with options under their names.
            `NO_COLOR` turns colours off. A key is named as `ledger keys new` made it, and its name stands for its DID wherever a DID is
            asked for.


            """
        );
        Append(page, root, root);
        return page.ToString();
    }

    private static void Append(StringBuilder page, Command root, Command command)
    {
        string path = CommandLine.PathOf(command);
        using StringWriter help = new() { NewLine = "\n" };
        root.Parse([.. path.Split(' ').Skip(1), "--help"]).Invoke(new InvocationConfiguration { Output = help });
        page.Append("## ").Append(path).Append("\n\n```\n");
        string[] lines = help.ToString().ReplaceLineEndings("\n").Split('\n');
        page.Append(string.Join('\n', lines.Select(static line => line.TrimEnd())).Trim('\n'));
        page.Append("\n```\n\n");
        foreach (Command inner in command.Subcommands.Where(static c => !c.Hidden))
        {
            Append(page, root, inner);
        }
    }
}
