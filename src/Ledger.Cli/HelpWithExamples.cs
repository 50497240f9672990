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
        if (parseResult.CommandResult.Command is Verb verb)
        {
            TextWriter writer = parseResult.InvocationConfiguration.Output;
            WriteWrapped(writer, verb.Remarks);
            writer.WriteLine(verb.Examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in verb.Examples)
            {
                writer.WriteLine("  " + example);
            }

            writer.WriteLine();
        }

        return result;
    }

    private void WriteWrapped(TextWriter writer, string text)
    {
        int column = 0;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool fits = column + 1 + word.Length <= width;
            writer.Write(
                column == 0 ? ""
                : fits ? " "
                : writer.NewLine
            );
            writer.Write(word);
            column = fits && column > 0 ? column + 1 + word.Length : word.Length;
        }

        if (column > 0)
        {
            writer.WriteLine();
            writer.WriteLine();
        }
    }
}
