using System.Diagnostics;
using System.Text.Json;
using Ledger.Protocol;

namespace Ledger.Cli.Demo;

/// <summary>A node in a process of its own: this very program, told to serve.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private NodeProcess(Process process, Task reading, Uri address, VerifierKey logKey, long size)
    {
        _process = process;
        _reading = reading;
        Address = address;
        LogKey = logKey;
        Size = size;
    }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The log's key, as the node printed it.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>Entries that the log had when the node was ready.</summary>
    public long Size { get; }

    /// <summary>Starts a node and waits until it is ready.</summary>
    /// <param name="directory">Folder of the ledger.</param>
    /// <param name="origin">Origin of the log.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="CommandFailure">It ended instead.</exception>
    public static async Task<NodeProcess> StartAsync(string directory, string origin, CancellationToken stop)
    {
        ProcessStartInfo start = ThisProgram(directory);
        foreach (
            string argument in (string[])["serve", "--json", "--http", "none", "--data", directory, "--origin", origin]
        )
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add("--listen");
        start.ArgumentList.Add("127.0.0.1:0");
        Process process = Process.Start(start)!;
        List<string> messages = [];
        Task reading = ReadAsync(process.StandardError, messages);
        try
        {
            string? ready = await process.StandardOutput.ReadLineAsync(stop);
            if (ready is null)
            {
                await process.WaitForExitAsync(stop);
                await reading;
                throw CommandFailure.Unreachable(
                    $"The node ended with {process.ExitCode} instead of being ready: {string.Join(" ", messages)}"
                );
            }

            using JsonDocument line = JsonDocument.Parse(ready);
            return new NodeProcess(
                process,
                reading,
                new Uri(line.RootElement.GetProperty("address").GetString()!),
                VerifierKey.Parse(line.RootElement.GetProperty("log_key").GetString()!),
                line.RootElement.GetProperty("size").GetInt64()
            );
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Holds the process where it is (SIGSTOP), so that nothing under way in it is finished any more.</summary>
    public Task HoldAsync(CancellationToken stop) => SignalAsync("STOP", stop);

    /// <summary>Ends the process without a word to it (SIGKILL), as a crash or the kernel would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks the process to stop (SIGTERM) and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(CancellationToken stop)
    {
        await SignalAsync("TERM", stop);
        await _process.WaitForExitAsync(stop);
        return _process.ExitCode;
    }

    /// <summary>Ends the process if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task SignalAsync(string name, CancellationToken stop)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{name} {_process.Id}"]);
        await kill.WaitForExitAsync(stop);
    }

    // Started as the person started it, in a folder without configuration and without LEDGER_* variables.
    private static ProcessStartInfo ThisProgram(string folder)
    {
        string command = Path.Combine(AppContext.BaseDirectory, "ledger");
        Directory.CreateDirectory(folder);
        ProcessStartInfo start = new(File.Exists(command) ? command : Environment.ProcessPath!)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.ToArray())
        {
            if (name.StartsWith("LEDGER_", StringComparison.Ordinal))
            {
                start.Environment.Remove(name);
            }
        }

        return start;
    }

    private static async Task ReadAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Add(line);
        }
    }
}
