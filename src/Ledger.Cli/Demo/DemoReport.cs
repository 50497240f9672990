using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Ledger.Cli.Demo;

/// <summary>Tells what the demo does: a numbered line a step with what came of it and how long it took.</summary>
internal sealed class DemoReport(Output output)
{
    private const int TitleWidth = 34;
    private const int DetailWidth = 60;
    private const int WideFrom = 110;

    private readonly IAnsiConsole _console = Output.Terminal(Console.Out, Console.IsOutputRedirected, wraps: false);
    private readonly JsonArray _steps = [];
    private readonly List<(string What, string Came)> _lines = [];

    private static bool IsWide => Console.IsOutputRedirected || Console.WindowWidth >= WideFrom;

    /// <summary>Every step so far, for machines.</summary>
    public JsonArray Steps => _steps;

    /// <summary>Says something before, between or after steps.</summary>
    public void Say(string text)
    {
        if (!output.IsJson)
        {
            _console.WriteLine(text);
        }
    }

    /// <summary>Adds a line below the step that is under way.</summary>
    public void Line(string what, string came) => _lines.Add((what, came));

    /// <summary>Does a step.</summary>
    /// <param name="title">What it does.</param>
    /// <param name="work">Does it; tells how far it is; returns what came of it.</param>
    public async Task StepAsync(string title, Func<Action<long, long>, Task<string>> work)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string detail = await output.WithProgressAsync(title, work);
        double seconds = Math.Round(clock.Elapsed.TotalSeconds, 2);
        _steps.Add(
            new JsonObject
            {
                ["step"] = _steps.Count + 1,
                ["title"] = title,
                ["result"] = detail,
                ["seconds"] = seconds,
                ["lines"] = Fields.List(
                    _lines.Select(static line => new JsonObject { ["what"] = line.What, ["result"] = line.Came })
                ),
            }
        );
        if (!output.IsJson)
        {
            Show(_steps.Count, title, detail, seconds);
        }

        _lines.Clear();
    }

    /// <summary>A rate, for a person.</summary>
    public static string Rate(long count, TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{count / Math.Max(time.TotalSeconds, 1e-3):N0}/s");

    /// <summary>A number, for a person.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void Show(int number, string title, string detail, double seconds)
    {
        Style dim = new(decoration: Decoration.Dim);
        _console.Write(string.Create(CultureInfo.InvariantCulture, $"{number, 3}  "), dim);
        _console.Write(title.PadRight(TitleWidth), new Style(decoration: Decoration.Bold));
        _console.Write(detail.PadRight(IsWide ? DetailWidth : 0));
        _console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds, 7:F2} s"), dim);
        foreach ((string what, string came) in _lines)
        {
            _console.Write("       ");
            _console.Write(what.PadRight(TitleWidth + 8));
            _console.WriteLine(came, new Style(Color.Green));
        }
    }
}
