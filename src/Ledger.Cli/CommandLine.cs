using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Ledger.Cli.Commands;

namespace Ledger.Cli;

/// <summary>The command <c>ledger</c>: its subcommands, and how what goes wrong in them becomes an exit code.</summary>
internal static partial class CommandLine
{
    // Lines of help that go to a file or another program.
    private const int HelpWidth = 120;

    /// <summary>How lines are parsed. '@' begins a text like any other: it never stands for what a file of that name holds.</summary>
    public static ParserConfiguration Parsing { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>The root command with everything below it.</summary>
    /// <param name="helpWidth">Characters in a line of help.</param>
    public static Command Build(int helpWidth)
    {
        Command root = new("ledger", "A registry of DIDs and pilot tokens on an append-only, publicly verifiable log.")
        {
            new HelpOption { Action = new HelpWithExamples(helpWidth), Description = "Show help." },
            new VersionOption { Description = "Show the version." },
            SharedOptions.Json,
            SharedOptions.Config,
            new ServeCommand(),
            new WitnessCommand(),
            new MirrorCommand(),
            new KeysCommands(),
            new FoundCommand(),
            new DidCommands(),
            new PartyCommands(),
            new RoleCommands(),
            new RolesCommand(),
            new AccountCommands(),
            new PilotCommands(),
            new PolicyCommands(),
            new ClassCommands(),
            new TokenCommands(),
            new GroupCommand(),
            new ErasureCommands(),
            new FieldCommands(),
            ListingCommands.Actions(),
            ListingCommands.Refusals(),
            new EventsCommand(),
            new SignCommand(),
            new SubmitCommand(),
            new LogCommands(),
            new ReceiptCommand(),
            new VerifyCommand(),
            new RecordCommands(),
            new AuditCommand(),
            new WatchCommand(),
            new ExportCommand(),
            new FsckCommand(),
            new BackupCommand(),
            new RestoreCommand(),
            new CatchUpCommand(),
            new ImportCommand(),
            new HealthCommand(),
            new DemoCommand(),
        };
        Complete(root);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <returns>See <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        Command root = Build(Console.IsOutputRedirected ? HelpWidth : Math.Clamp(Console.WindowWidth, 60, HelpWidth));
        Output output = new(args.Contains(SharedOptions.Json.Name));
        using CancellationTokenSource stopping = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            ParseResult line = root.Parse(Settings.Complete(root, args, out List<string> sources), Parsing);
            if (line.GetResult(SharedOptions.Json)?.Errors.Any() != true)
            {
                output = new Output(line.GetValue(SharedOptions.Json));
            }

            RequireValues(line.CommandResult);
            if (line.Action is ParseErrorAction)
            {
                string also = sources.Count == 0 ? "" : $" ({string.Join(", ", sources)})";
                throw CommandFailure.Usage(
                    $"{string.Join(" ", line.Errors.Select(Say))}{also} See `{PathOf(line)} --help`."
                );
            }

            return await line.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                stopping.Token
            );
        }
        catch (Exception e) when (Failures.Describe(e, stopping.IsCancellationRequested) is { } failure)
        {
            output.Fail(failure.Kind, failure.Message, failure.Details);
            return failure.ExitCode;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    /// <summary>A command as it is typed: its name after those of the commands that hold it.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent
            ? $"{PathOf(parent)} {command.Name}"
            : command.Name;

    private static void Complete(Command command)
    {
        (command as Verb)?.Complete();
        foreach (Command inner in command.Subcommands)
        {
            Complete(inner);
        }
    }

    // A variable that is not set would otherwise mean what is meant when an option is left out: --log-key "$KEY".
    private static void RequireValues(CommandResult command)
    {
        foreach (SymbolResult part in command.Children)
        {
            if (part.Tokens.Any(static token => string.IsNullOrWhiteSpace(token.Value)))
            {
                string name = part is ArgumentResult argument
                    ? argument.Argument.Name
                    : ((OptionResult)part).Option.Name;
                throw CommandFailure.Usage($"{name} is empty: give it a value, or leave it out.");
            }
        }
    }

    // The parser speaks of the types of this program, and every type that it parses itself is one of numbers.
    private static string Say(ParseError error) =>
        UnparsedNumber().Replace(error.Message, "$2: '$1' is not a whole number, or too large.");

    [GeneratedRegex(@"^Cannot parse argument '(.*)' for (?:option|command|argument) '(.*)' as expected type '.*'\.$")]
    private static partial Regex UnparsedNumber();

    private static string PathOf(ParseResult line) => PathOf(line.CommandResult.Command);
}
