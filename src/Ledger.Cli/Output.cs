using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Ledger.Cli;

/// <summary>
/// Where a command writes. The result goes to standard output, once: as one JSON object on one line, or as the same fields for a
/// person. Everything else, messages and progress, goes to standard error.
/// </summary>
internal sealed class Output
{
    private static readonly TimeSpan ProgressAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);

    // DIDs, origins and reasons have no characters that a terminal or a shell would mind.
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly IAnsiConsole _messages = Terminal(Console.Error, Console.IsErrorRedirected, wraps: false);

    private readonly CancellationToken _stop;

    /// <summary>Writes for machines or for a person.</summary>
    /// <param name="json">Whether the result is for machines.</param>
    /// <param name="stop">Signalled when the person wants the command to end: nothing is asked any more.</param>
    public Output(bool json, CancellationToken stop = default)
    {
        IsJson = json;
        _stop = stop;
    }

    /// <summary>Whether the result is for machines.</summary>
    public bool IsJson { get; }

    /// <summary>A console that colours only on a terminal, unless NO_COLOR is set.</summary>
    /// <param name="writer">Where it writes.</param>
    /// <param name="redirected">Whether that is not a terminal.</param>
    /// <param name="wraps">Whether it breaks lines at the terminal's width: not what people copy, like keys.</param>
    public static IAnsiConsole Terminal(TextWriter writer, bool redirected, bool wraps)
    {
        bool plain = redirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            }
        );
        if (!wraps)
        {
            console.Profile.Width = int.MaxValue / 2;
        }

        return console;
    }

    /// <summary>Writes the result.</summary>
    public void Result(JsonObject result)
    {
        if (IsJson)
        {
            Console.Out.WriteLine(result.ToJsonString(OneLine));
            return;
        }

        StringBuilder text = new();
        AppendFields(text, result, "");
        Console.Out.Write(text);
    }

    /// <summary>Fields as JSON in one line.</summary>
    public static string InJson(JsonNode fields) => fields.ToJsonString(OneLine);

    /// <summary>Says something to the person on the way.</summary>
    public void Note(string message) => _messages.WriteLine(message);

    /// <summary>Says something that the person must not overlook.</summary>
    public void Warn(string message) => _messages.WriteLine(message, new Style(Color.Yellow));

    /// <summary>Says why the command failed; for machines, the failure is the result.</summary>
    /// <param name="kind">One word: usage, refused, verification, unreachable.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="details">More for machines; may be null.</param>
    public void Fail(string kind, string message, JsonObject? details = null)
    {
        _messages.WriteLine(message, new Style(Color.Red));
        if (IsJson)
        {
            JsonObject error = details ?? [];
            error.Insert(0, "kind", kind);
            error.Add("message", message);
            Result(new JsonObject { ["error"] = error });
        }
    }

    /// <summary>Asks the person for a secret, without showing it.</summary>
    /// <exception cref="CommandFailure">There is no terminal to ask at.</exception>
    /// <exception cref="OperationCanceledException">The person wants the command to end.</exception>
    public string AskSecret(string what) =>
        Console.IsInputRedirected || !_messages.Profile.Capabilities.Interactive
            ? throw CommandFailure.Usage(
                $"{what} is needed, and there is no terminal to ask at: name a file with --passphrase-file."
            )
            : new TextPrompt<string>($"{what}:").Secret(null).ShowAsync(_messages, _stop).GetAwaiter().GetResult();

    /// <summary>Asks the person whether to go on.</summary>
    /// <param name="question">The question.</param>
    /// <param name="option">The option that answers it beforehand.</param>
    /// <exception cref="CommandFailure">There is no terminal to ask at.</exception>
    /// <exception cref="OperationCanceledException">The person wants the command to end.</exception>
    public bool Confirm(string question, string option) =>
        Console.IsInputRedirected || !_messages.Profile.Capabilities.Interactive
            ? throw CommandFailure.Usage($"There is no terminal to ask at: say that it is meant with {option}.")
            : new ConfirmationPrompt(question) { DefaultValue = false }
                .ShowAsync(_messages, _stop)
                .GetAwaiter()
                .GetResult();

    /// <summary>Does work; on a terminal, shows how far it is once it has taken a second.</summary>
    /// <param name="what">What is done, and to what: "Auditing entries".</param>
    /// <param name="work">Does it, and tells how many of how many are done, from any one thread.</param>
    public async Task<T> WithProgressAsync<T>(string what, Func<Action<long, long>, Task<T>> work)
    {
        long done = 0;
        long total = 0;
        Stopwatch clock = Stopwatch.StartNew();
        Task<T> working = Task.Run(() =>
            work(
                (soFar, all) =>
                {
                    Volatile.Write(ref done, soFar);
                    Volatile.Write(ref total, all);
                }
            )
        );
        if (_messages.Profile.Capabilities.Interactive && !await EndsWithin(working, ProgressAfter))
        {
            await Terminal(Console.Error, Console.IsErrorRedirected, wraps: true)
                .Progress()
                .AutoClear(true)
                .Columns(
                    new TaskDescriptionColumn(),
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new RemainingTimeColumn()
                )
                .StartAsync(async shown =>
                {
                    ProgressTask bar = shown.AddTask(what);
                    while (!await EndsWithin(working, ProgressEvery))
                    {
                        bar.MaxValue = Math.Max(1, Volatile.Read(ref total));
                        bar.Value = Volatile.Read(ref done);
                        bar.Description = string.Create(
                            CultureInfo.InvariantCulture,
                            $"{what} {bar.Value / clock.Elapsed.TotalSeconds:N0}/s"
                        );
                    }
                });
        }

        return await working;
    }

    private static async Task<bool> EndsWithin(Task task, TimeSpan time) =>
        await Task.WhenAny(task, Task.Delay(time)) == task;

    // One field a line, labels aligned; objects and lists of objects indented below their label.
    private static void AppendFields(StringBuilder text, JsonObject fields, string indent)
    {
        int width = fields.Max(static field => (int?)field.Key.Length) ?? 0;
        foreach ((string name, JsonNode? value) in fields)
        {
            string label = name.Replace('_', ' ');
            switch (value)
            {
                case null or JsonArray { Count: 0 }:
                    break;
                case JsonObject inner:
                    text.Append(indent).Append(label).Append('\n');
                    AppendFields(text, inner, indent + "  ");
                    break;
                case JsonArray { Count: > 0 } list when list[0] is JsonObject:
                    text.Append(indent).Append(label).Append('\n');
                    foreach (JsonNode? item in list)
                    {
                        JsonObject inItem = (JsonObject)item!;
                        text.Append(indent).Append("  ").Append(InOneLine(inItem)).Append('\n');
                        foreach (JsonArray sentences in inItem.Select(static f => f.Value).OfType<JsonArray>())
                        {
                            AppendSentences(text, sentences, indent + "    ");
                        }
                    }

                    break;
                case JsonArray sentences when AreSentences(sentences):
                    text.Append(indent).Append(label).Append('\n');
                    AppendSentences(text, sentences, indent + "  ");
                    break;
                case JsonArray list:
                    string joined = string.Join(", ", list.Select(static item => item!.ToString()));
                    text.Append(indent).Append(label.PadRight(width + 2)).Append(joined).Append('\n');
                    break;
                default:
                    text.Append(indent).Append(label.PadRight(width + 2)).Append(value).Append('\n');
                    break;
            }
        }
    }

    // Texts of several words have a line each: they may hold the commas by which words are joined.
    private static bool AreSentences(JsonArray list) =>
        list.Any(static item =>
            item is JsonValue value
            && value.TryGetValue(out string? text)
            && text.Contains(' ', StringComparison.Ordinal)
        );

    private static void AppendSentences(StringBuilder text, JsonArray list, string indent)
    {
        foreach (JsonNode? item in AreSentences(list) ? list : [])
        {
            text.Append(indent).Append(item).Append('\n');
        }
    }

    private static string InOneLine(JsonObject item) =>
        string.Join(
            "  ",
            item.Where(static field =>
                    field.Value is not null
                    && !(field.Value is JsonArray list && (list.Count == 0 || AreSentences(list)))
                )
                .Select(static field =>
                    field.Value switch
                    {
                        JsonArray list => string.Join(",", list.Select(static i => i!.ToString())),
                        JsonObject inner => InOneLine(inner),
                        var value => value!.ToString(),
                    }
                )
        );
}
