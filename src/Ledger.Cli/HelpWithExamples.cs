using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ledger.Cli;

/// <summary>The usual help, and after it the command's examples.</summary>
internal sealed class HelpWithExamples(int width) : SynchronousCommandLineAction
{
    private readonly HelpAction _usual = new() { MaxWidth = width };

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        int result = _usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            TextWriter writer = parseResult.InvocationConfiguration.Output;
            writer.WriteLine(verb.Examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in verb.Examples)
            {
                writer.WriteLine("  " + example);
            }

            writer.WriteLine();
        }

        return result;
    }
}
