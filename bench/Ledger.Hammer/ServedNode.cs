using System.Diagnostics;
using System.Globalization;
using Ledger.Protocol;

namespace Ledger.Hammer;

/// <summary>A node in a process of its own, on a folder of its own that is removed in the end.</summary>
internal sealed class ServedNode : IDisposable
{
    private const string Origin = "ledger.example/hammer";

    private readonly string _program;
    private readonly string _directory;
    private Process _process;
    private int _disposed;

    private ServedNode(string program, string directory, Process process)
    {
        _program = program;
        _directory = directory;
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += DisposeAtExit; // also when the hammer is interrupted
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The log's key, as the node said when it started.</summary>
    public VerifierKey LogKey { get; private set; } = null!;

    /// <summary>Kind of file system that the store is on: a synced write costs nothing on tmpfs.</summary>
    public string FileSystem => new DriveInfo(_directory).DriveFormat;

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
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
        ServedNode node = new(program, directory, Run(program, directory, "127.0.0.1:0"));
        try
        {
            node.ReadReady();
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
        _process = Run(_program, _directory, $"127.0.0.1:{Address.Port}");
        ReadReady();
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

    private static Process Run(string program, string directory, string listen)
    {
        bool isLibrary = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(isLibrary ? "dotnet" : program)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        string[] arguments = ["serve", "--data", directory, "--origin", Origin, "--listen", listen];
        foreach (string argument in isLibrary ? [program, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }
        return Process.Start(start)!;
    }

    // The one line that it prints when it is ready: ready ADDRESS KEY size N.
    private void ReadReady()
    {
        string line = _process.StandardOutput.ReadLine() ?? "";
        string[] words = line.Split(' ');
        if (words.Length < 3 || words[0] != "ready" || !VerifierKey.TryParse(words[2], out VerifierKey? key))
        {
            throw new IOException(
                string.Create(CultureInfo.InvariantCulture, $"{_program} did not become ready: {line}")
            );
        }
        Address = new Uri(words[1]);
        LogKey = key;
    }

    private void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
