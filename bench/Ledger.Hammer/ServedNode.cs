using System.Diagnostics;
using Ledger.Protocol;

namespace Ledger.Hammer;

/// <summary>A node in a process of its own, on a folder of its own that is removed in the end.</summary>
internal sealed class ServedNode : IDisposable
{
    private const string Origin = "ledger.example/hammer";

    private readonly string _program;
    private readonly string _directory;
    private Process? _process;
    private int _disposed;

    private ServedNode(string program, string directory)
    {
        _program = program;
        _directory = directory;
        AppDomain.CurrentDomain.ProcessExit += DisposeAtExit; // also when the hammer is interrupted
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where it answers HTTP; null: nowhere.</summary>
    public Uri? HttpAddress { get; private set; }

    /// <summary>The log's key, as the node said when it started.</summary>
    public VerifierKey LogKey { get; private set; } = null!;

    /// <summary>Kind of file system that the store is on: a synced write costs nothing on tmpfs.</summary>
    public string FileSystem => new DriveInfo(_directory).DriveFormat;

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process!.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <param name="program">The program, or its .dll.</param>
    /// <param name="parent">Where its folder is made; null: the folder for temporary files.</param>
    public static ServedNode Start(string program, string? parent)
    {
        string directory = parent is null
            ? Directory.CreateTempSubdirectory("ledger-hammer-").FullName
            : Directory.CreateDirectory(Path.Combine(parent, $"ledger-hammer-{Environment.ProcessId}")).FullName;
        ServedNode node = new(program, directory);
        try
        {
            node.Start("127.0.0.1:0");
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Kills the node without a warning and starts it again on the same port: what it acknowledged must be there.</summary>
    /// <returns>From the start of the process until it said that it is ready.</returns>
    public TimeSpan KillAndRestart()
    {
        Kill();
        long startedAt = Stopwatch.GetTimestamp();
        Start($"127.0.0.1:{Address.Port}");
        return Stopwatch.GetElapsedTime(startedAt);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            AppDomain.CurrentDomain.ProcessExit -= DisposeAtExit;
            Kill();
            Directory.Delete(_directory, recursive: true);
        }
    }

    private void DisposeAtExit(object? sender, EventArgs e) => Dispose();

    private void Start(string listen)
    {
        bool isLibrary = _program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(isLibrary ? "dotnet" : _program)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            "serve",
            "--data",
            _directory,
            "--origin",
            Origin,
            "--listen",
            listen,
            "--http",
            "127.0.0.1:0",
        ];
        foreach (string argument in isLibrary ? [_program, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }
        _process = Process.Start(start)!;
        ReadReady(_process.StandardOutput);
    }

    // The one line that it prints when it is ready: ready ADDRESS KEY size N http ADDRESS.
    private void ReadReady(StreamReader output)
    {
        string line = output.ReadLine() ?? "";
        string[] words = line.Split(' ');
        if (words.Length < 3 || words[0] != "ready" || !VerifierKey.TryParse(words[2], out VerifierKey? key))
        {
            throw new IOException($"{_program} did not become ready: {line}");
        }
        Address = new Uri(words[1]);
        LogKey = key;
        HttpAddress = Array.IndexOf(words, "http") is > 0 and int at ? new Uri(words[at + 1]) : null;
    }

    private void Kill()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }
}
