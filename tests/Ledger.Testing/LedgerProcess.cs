using System.Diagnostics;
using System.Text.Json;

namespace Ledger.Testing;

/// <summary>How a command ended, and what it wrote.</summary>
public sealed record Ended(int ExitCode, string Output, string Error)
{
    /// <summary>The one object on standard output.</summary>
    public JsonElement Json
    {
        get
        {
            Assert.Equal(1, Output.Count(static c => c == '\n'));
            return JsonDocument.Parse(Output).RootElement;
        }
    }

    /// <summary>A field of that object.</summary>
    public string Text(string name) => Json.GetProperty(name).ToString();

    /// <summary>Requires an exit code, and shows what was said when it is another.</summary>
    public Ended With(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, not {exitCode}\n{Output}{Error}");
        return this;
    }
}

/// <summary>The built program, run as people run it: a process, in a folder of the test's own.</summary>
public sealed class LedgerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private LedgerProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    private static string Program { get; } =
        Path.GetFullPath(
            Path.Combine(
                AppContext.BaseDirectory,
                "../../Ledger.Cli",
                Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
                "ledger"
            )
        );

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Runs a command to its end.</summary>
    public static Task<Ended> RunAsync(TemporaryFolder folder, params string[] arguments) =>
        RunAsync(folder, [], arguments);

    /// <summary>Runs a command to its end, with environment variables.</summary>
    public static async Task<Ended> RunAsync(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        params string[] arguments
    )
    {
        await using LedgerProcess process = Start(folder, environment, arguments);
        return await process.EndAsync();
    }

    /// <summary>Runs a command line as a shell has it, with its redirections.</summary>
    public static async Task<Ended> RunInShellAsync(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        string line
    )
    {
        await using LedgerProcess process = StartProgram(folder, environment, "sh", ["-c", $"exec '{Program}' {line}"]);
        return await process.EndAsync();
    }

    /// <summary>Starts a shell that runs what is written to its input, with the program on its path.</summary>
    public static LedgerProcess StartShell(TemporaryFolder folder, Dictionary<string, string> environment)
    {
        string path = $"{Path.GetDirectoryName(Program)}:{Environment.GetEnvironmentVariable("PATH")}";
        return StartProgram(folder, new Dictionary<string, string>(environment) { ["PATH"] = path }, "bash", []);
    }

    /// <summary>Starts a command on a terminal of its own (script, of util-linux), whose exit code is the command's.</summary>
    public static LedgerProcess StartOnATerminal(TemporaryFolder folder, string line) =>
        StartProgram(folder, [], "script", ["-q", "-e", "-c", $"exec '{Program}' {line}", "/dev/null"]);

    /// <summary>Starts a command.</summary>
    public static LedgerProcess Start(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        params string[] arguments
    ) => StartProgram(folder, environment, Program, arguments);

    private static LedgerProcess StartProgram(
        TemporaryFolder folder,
        Dictionary<string, string> environment,
        string program,
        string[] arguments
    )
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static n => n.StartsWith("LEDGER_")).ToArray())
        {
            start.Environment.Remove(name);
        }

        // Nodes of tests that run side by side do not fight for the usual port.
        start.Environment["LEDGER_HTTP"] = "none";
        start.Environment["XDG_DATA_HOME"] = folder["home/data"];
        start.Environment["XDG_STATE_HOME"] = folder["home/state"];
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new LedgerProcess(Process.Start(start)!);
    }

    /// <summary>Sends a signal: TERM, INT, KILL.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{name} {Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<Ended> EndAsync()
    {
        string output = await Output.ReadToEndAsync();
        string error = await _error;
        await _process.WaitForExitAsync();
        return new Ended(_process.ExitCode, output, error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
