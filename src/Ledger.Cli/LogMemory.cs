using System.Text;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>
/// What is remembered of a log from one run to the next: its key and the newest checkpoint that held. A file with the verifier key on
/// the first line and the signed checkpoint, verbatim, below it. A log that shrinks, rewrites its history or changes its key is caught
/// by it.
/// </summary>
/// <param name="LogKey">The log's key.</param>
/// <param name="Checkpoint">The signed checkpoint.</param>
internal sealed record LogMemory(VerifierKey LogKey, ReadOnlyMemory<byte> Checkpoint)
{
    /// <summary>Where it is kept when nobody names a file: under <c>$XDG_STATE_HOME/ledger</c>, by default ~/.local/state/ledger.</summary>
    /// <param name="kind">What remembers: audits by origin, connections by address.</param>
    /// <param name="name">Of what.</param>
    public static string DefaultPath(string kind, string name) =>
        Path.Combine(Folders.State, kind, Uri.EscapeDataString(name));

    /// <summary>The key, and the size of the checkpoint when it is one: what a person is told of it.</summary>
    public override string ToString() =>
        Protocol.Checkpoint.TryOpen(Checkpoint.Span, LogKey, out Checkpoint? checkpoint, out _)
            ? $"the key {LogKey} and a checkpoint of {checkpoint.Size} entries"
            : $"the key {LogKey}";

    /// <summary>Reads what is remembered; null when there is nothing.</summary>
    /// <exception cref="CommandFailure">The file is not such a file.</exception>
    public static LogMemory? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        int end = bytes.AsSpan().IndexOf((byte)'\n');
        return end >= 0 && VerifierKey.TryParse(Encoding.UTF8.GetString(bytes.AsSpan(0, end)), out VerifierKey? key)
            ? new LogMemory(key, bytes.AsMemory(end + 1))
            : throw CommandFailure.Unreachable(
                $"{path} does not hold what was remembered of a log. Bring it back, or forget it with `ledger log forget`."
            );
    }

    /// <summary>Writes it, by rename: a crash leaves the old memory or the new.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string fresh = $"{path}.{Environment.ProcessId}.new";
        File.WriteAllBytes(fresh, [.. Encoding.UTF8.GetBytes(LogKey + "\n"), .. Checkpoint.Span]);
        File.Move(fresh, path, overwrite: true);
    }
}
