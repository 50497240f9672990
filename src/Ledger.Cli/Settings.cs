using System.CommandLine;
using System.CommandLine.Help;
using System.Text.Json;

namespace Ledger.Cli;

/// <summary>
/// Completes a command line with what it leaves open: for each option that was not typed, the environment variable
/// LEDGER_&lt;NAME&gt;, or the field of that name in the configuration file, is put on the line as if it had been.
/// </summary>
/// <remarks>So every source is parsed, and judged, in one way.</remarks>
internal static class Settings
{
    private const string DefaultFile = "ledger.json";

    /// <summary>Completes a command line.</summary>
    /// <param name="root">The root command.</param>
    /// <param name="args">What was typed.</param>
    /// <param name="sources">Where each option came from that was not typed, for messages: "--node from LEDGER_NODE".</param>
    /// <exception cref="CommandFailure">The configuration file is not one.</exception>
    public static string[] Complete(Command root, string[] args, out List<string> sources)
    {
        List<string> found = sources = [];
        ParseResult typed = root.Parse(args, CommandLine.Parsing);
        if (typed.Action is HelpWithExamples || typed.CommandResult.Command is not Verb verb)
        {
            return args;
        }

        Dictionary<string, string[]> file = ReadFile(root, typed);
        List<string> added = [];
        foreach (Option option in OptionsOf(verb))
        {
            bool isTyped = typed.GetResult(option) is { Implicit: false };
            string variable = VariableOf(option);
            if (isTyped || option is HelpOption)
            {
                continue;
            }

            if (Environment.GetEnvironmentVariable(variable) is { } value)
            {
                Add(option, [value], variable);
            }
            else if (file.TryGetValue(NameOf(option), out string[]? values))
            {
                Add(option, values, "the configuration file");
            }
        }

        // Before "--", after which nothing is an option.
        int end = Array.IndexOf(args, "--");
        return end < 0 ? [.. args, .. added] : [.. args[..end], .. added, .. args[end..]];

        void Add(Option option, string[] values, string source)
        {
            foreach (string value in values)
            {
                if (string.IsNullOrWhiteSpace(value))
                {
                    throw CommandFailure.Usage(
                        $"{option.Name} is empty in {source}: give it a value, or leave it out."
                    );
                }

                string text = option.ValueType == typeof(bool) ? AsBool(value, option, source) : value;
                added.Add($"{option.Name}={text}"); // in one word, lest a value that begins with '-' be taken for an option
            }

            found.Add($"{option.Name} from {source}");
        }
    }

    /// <summary>Name of the environment variable that stands for an option.</summary>
    public static string VariableOf(Option option) => "LEDGER_" + NameOf(option).Replace('-', '_').ToUpperInvariant();

    /// <summary>The options that a command takes: its own, and those of every command.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        IEnumerable<Option> own = command.Options;
        for (Command? c = command.Parents.OfType<Command>().FirstOrDefault(); c is not null; )
        {
            own = own.Concat(c.Options.Where(static option => option.Recursive));
            c = c.Parents.OfType<Command>().FirstOrDefault();
        }

        return own.Where(static option => !option.Hidden);
    }

    private static Dictionary<string, string[]> ReadFile(Command root, ParseResult typed)
    {
        string? named =
            typed.GetValue(SharedOptions.Config)
            ?? Environment.GetEnvironmentVariable(VariableOf(SharedOptions.Config));
        string path = named ?? DefaultFile;
        if (string.IsNullOrWhiteSpace(path))
        {
            throw CommandFailure.Usage($"{SharedOptions.Config.Name} is empty: name a file, or leave it out.");
        }

        if (named is null && !File.Exists(path))
        {
            return [];
        }

        Dictionary<string, string[]> settings;
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.Join('\n', TextFile.ReadLines(path)));
            settings = [];
            foreach (JsonProperty option in document.RootElement.EnumerateObject())
            {
                if (!settings.TryAdd(option.Name, ValuesOf(option.Value)))
                {
                    throw CommandFailure.Usage($"{path} names an option twice: {option.Name}.");
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw CommandFailure.Usage($"{path} is not a JSON object with options under their names: {e.Message}");
        }

        HashSet<string> known = [.. Descendants(root).SelectMany(OptionsOf).Select(NameOf)];
        return settings.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? throw CommandFailure.Usage($"{path} names an option that no command has: {unknown}.")
            : settings;
    }

    private static IEnumerable<Command> Descendants(Command command) =>
        command.Subcommands.SelectMany(Descendants).Prepend(command);

    private static string[] ValuesOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(ValuesOf)],
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => [value.GetRawText()],
            _ => throw new InvalidOperationException("a value is a text, a number, true, false, or a list of these"),
        };

    private static string NameOf(Option option) => option.Name.TrimStart('-');

    private static string AsBool(string value, Option option, string source) =>
        value.ToLowerInvariant() switch
        {
            "1" or "true" => "true",
            "0" or "false" => "false",
            _ => throw CommandFailure.Usage($"{option.Name} is '{value}' in {source}: it is true or false."),
        };
}
