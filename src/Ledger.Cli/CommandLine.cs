using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Grpc.Core;
using Ledger.Cli.Commands;
using Ledger.Client;
using Ledger.Node;
using Ledger.Protocol;
using Ledger.Store;

namespace Ledger.Cli;

/// <summary>The command <c>ledger</c>: its subcommands, and how what goes wrong in them becomes an exit code.</summary>
internal static class CommandLine
{
    // Lines of help that go to a file or another program.
    private const int HelpWidth = 120;

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
            new KeysCommands(),
            new FoundCommand(),
            new DidCommands(),
            new PartyCommands(),
            new PilotCommands(),
            new ClassCommands(),
            new TokenCommands(),
            new LogCommands(),
            new VerifyCommand(),
            new AuditCommand(),
            new FsckCommand(),
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
            ParseResult line = root.Parse(Settings.Complete(root, args, out List<string> sources));
            if (line.GetResult(SharedOptions.Json)?.Errors.Any() != true)
            {
                output = new Output(line.GetValue(SharedOptions.Json));
            }

            if (line.Action is ParseErrorAction)
            {
                string also = sources.Count == 0 ? "" : $" ({string.Join(", ", sources)})";
                throw CommandFailure.Usage(
                    $"{string.Join(" ", line.Errors.Select(static e => e.Message))}{also} See `{PathOf(line)} --help`."
                );
            }

            return await line.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                stopping.Token
            );
        }
        catch (CommandFailure e)
        {
            output.Fail(e.Kind, e.Message, e.Details);
            return e.ExitCode;
        }
        catch (RefusedException e)
        {
            return Refused(output, e);
        }
        catch (VerificationException e)
        {
            output.Fail("verification", e.Message, new JsonObject { ["check"] = e.Check.ToString() });
            return ExitCodes.Refused;
        }
        catch (KeyFileException e) when (e.Problem != KeyFileProblem.PassphraseRequired)
        {
            output.Fail("unreachable", e.Message);
            return ExitCodes.Unreachable;
        }
        catch (Exception e) when (e is NodeConfigurationException or KeyFileException)
        {
            output.Fail("usage", e.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            output.Note("Interrupted.");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when ((e as RpcException ?? e.InnerException) is RpcException failed)
        {
            output.Fail("unreachable", Connection.Unanswered(failed));
            return ExitCodes.Unreachable;
        }
        catch (Exception e)
            when (e
                    is StoreException
                        or NodeUnavailableException
                        or IOException
                        or UnauthorizedAccessException
                        or CryptographicException
            )
        {
            output.Fail("unreachable", e.Message);
            return ExitCodes.Unreachable;
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

    private static string PathOf(ParseResult line) => PathOf(line.CommandResult.Command);

    private static int Refused(Output output, RefusedException e)
    {
        JsonObject details = new() { ["reason"] = Reasons.Name(e.Reason), ["code"] = (int)e.Reason };
        if (e.Entry is { } entry)
        {
            details["index"] = entry.Index;
        }

        output.Fail("refused", $"Refused: {e.Message}", details);
        return ExitCodes.Refused;
    }
}
