using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using Ledger.Client;

namespace Ledger.Hammer;

/// <summary>
/// Loads a node over gRPC from a process of its own, with everything prepared beforehand, and checks afterwards that it kept what it
/// promised. The load is a closed loop: a call follows the answer to another.
/// </summary>
internal static class Program
{
    private const int Done = 0;
    private const int NotGood = 1;
    private const int Usage = 2;
    private const int Unreachable = 3;

    public static Task<int> Main(string[] arguments)
    {
        Option<Uri?> address = new("--address")
        {
            Description = "The node, for example http://127.0.0.1:7400.",
            CustomParser = ParseAddress,
        };
        Option<string?> logKey = new("--log-key")
        {
            Description = "The log's verifier key. Without it, the one that the node names is believed.",
        };
        Option<string?> serve = new("--serve")
        {
            Description =
                "The ledger program, or its .dll: the hammer runs a node of its own, and kills it before the checks.",
        };
        Option<string?> data = new("--data")
        {
            Description = "Where that node keeps its store. Default: the folder for temporary files; beware of tmpfs.",
        };
        Option<Uri?> http = new("--http-address")
        {
            Description = "Where the node answers HTTP, for example http://127.0.0.1:7480.",
            CustomParser = ParseAddress,
        };
        Option<string[]> modes = new("--mode")
        {
            Description =
                "What to do, one or more of: "
                + string.Join(", ", Enum.GetValues<Mode>().Select(Report.Name))
                + ". Default: all.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = static _ => [.. Enum.GetValues<Mode>().Select(Report.Name)],
        };
        modes.AcceptOnlyFromAmong([.. Enum.GetValues<Mode>().Select(Report.Name)]);
        HammerOptions defaults = new() { Modes = [] };
        Option<int> count = Number("--count", "Operations or reads that are timed, in each mode.", defaults.Count);
        Option<int> warmup = Number(
            "--warmup",
            "Operations or reads before the first mode; an eighth of it before the others.",
            defaults.Warmup,
            0
        );
        Option<double?> duration = new("--duration") { Description = "End the timed part after so many seconds." };
        Option<int?> inFlight = new("--in-flight")
        {
            Description =
                "What is under way at once: calls, 256 by default; in batch and stream operations, 2,048 by default.",
        };
        Option<int> connections = Number("--connections", "HTTP/2 connections.", defaults.Connections);
        Option<int> batchSize = Number("--batch-size", "Operations a call in the mode batch.", defaults.BatchSize);
        Option<int> perKey = Number(
            "--operations-per-key",
            "Operations that one key signs.",
            defaults.OperationsPerKey
        );
        Option<int> population = Number("--population", "DIDs that are resolved.", defaults.Population);
        Option<bool> withProof = new("--with-proof") { Description = "Ask for receipts with their proofs." };
        Option<int> sample = Number(
            "--verify-sample",
            "Proofs that are verified afterwards, in each mode.",
            defaults.VerifySample,
            0
        );
        Option<string?> supervisor = new("--supervisor")
        {
            Description = "Key file of the supervisor, for tokens on a ledger that another has founded.",
        };
        Option<bool> json = new("--json") { Description = "Print the result as JSON." };
        RootCommand command = new("Loads a ledger node over gRPC and verifies what it answered.");
        foreach (
            Option option in (Option[])
                [
                    address,
                    logKey,
                    serve,
                    data,
                    http,
                    modes,
                    count,
                    warmup,
                    duration,
                    inFlight,
                    connections,
                    batchSize,
                    perKey,
                    population,
                    withProof,
                    sample,
                    supervisor,
                    json,
                ]
        )
        {
            command.Add(option);
        }
        command.Validators.Add(line =>
        {
            if ((line.GetResult(address) is null) == (line.GetResult(serve) is null))
            {
                line.AddError("Name either --address or --serve.");
            }
        });
        command.SetAction(line =>
            RunAsync(
                new HammerOptions
                {
                    Address = line.GetValue(address),
                    LogKey = line.GetValue(logKey),
                    Serve = line.GetValue(serve),
                    Data = line.GetValue(data),
                    HttpAddress = line.GetValue(http),
                    Modes = [.. line.GetValue(modes)!.Select(ParseMode)],
                    Count = line.GetValue(count),
                    Warmup = line.GetValue(warmup),
                    Duration = line.GetValue(duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                    InFlight = line.GetValue(inFlight),
                    Connections = line.GetValue(connections),
                    BatchSize = line.GetValue(batchSize),
                    OperationsPerKey = line.GetValue(perKey),
                    Population = line.GetValue(population),
                    WithProof = line.GetValue(withProof),
                    VerifySample = line.GetValue(sample),
                    Supervisor = line.GetValue(supervisor),
                    Json = line.GetValue(json),
                }
            )
        );
        ParseResult parsed = command.Parse(arguments);
        return parsed.Errors.Count > 0 ? Task.FromResult(UsageError(parsed)) : parsed.InvokeAsync();
    }

    private static async Task<int> RunAsync(HammerOptions options)
    {
        try
        {
            Result result = await new Session(options, static text => Console.Error.WriteLine(text)).RunAsync();
            Console.Out.Write(options.Json ? Report.ToJson(options, result) + "\n" : Report.ToText(options, result));
            return result.IsGood ? Done : NotGood;
        }
        catch (Exception e) when (e is VerificationException or RefusedException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
            return NotGood;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyFileException)
        {
            Console.Error.WriteLine(e.Message);
            return Usage;
        }
        catch (Exception e)
            when (e
                    is NodeUnavailableException
                        or RpcException
                        or IOException
                        or TimeoutException
                        or System.ComponentModel.Win32Exception
            )
        {
            Console.Error.WriteLine(e.Message);
            return Unreachable;
        }
    }

    private static int UsageError(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors)
        {
            Console.Error.WriteLine(error.Message);
        }
        Console.Error.WriteLine("See --help.");
        return Usage;
    }

    private static Option<int> Number(string name, string description, int value, int min = 1)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out int number) && number < min)
            {
                result.AddError($"{name}: at least {min}.");
            }
        });
        return option;
    }

    private static Uri? ParseAddress(ArgumentResult argument)
    {
        if (
            Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out Uri? address)
            && address.Scheme is ("http" or "https")
        )
        {
            return address;
        }
        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name}: begins with http:// or https://.");
        return null;
    }

    private static Mode ParseMode(string name) => Enum.GetValues<Mode>().First(mode => Report.Name(mode) == name);
}
