using System.Security.Cryptography;
using System.Text;
using Ledger.Files;
using Ledger.Protocol;

namespace Ledger.Witness;

/// <summary>
/// What a witness must never forget: for each log the checkpoint that it cosigned last, a file by itself, as the log signed it. The
/// folder also names the keys whose memory it is, and is made together with them alone: without it, a key that has cosigned does not
/// start anew.
/// </summary>
public sealed class WitnessFolder : IDisposable
{
    private const string KeysName = "keys";
    private readonly string _path;
    private readonly FileStream _lock;

    private WitnessFolder(string path, FileStream @lock) => (_path, _lock) = (path, @lock);

    /// <summary>Enters a new key: makes the folder with its first, and adds a further one to a folder that is there.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="key">A key that has never cosigned.</param>
    /// <exception cref="WitnessException">The folder is in use, or holds something else.</exception>
    public static void Enter(string path, VerifierKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        string keys = Path.Combine(path, KeysName);
        Directory.CreateDirectory(path);
        if (!File.Exists(keys) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new WitnessException(
                $"{path} holds something else than the memory of a witness: name an empty folder."
            );
        }

        using FileStream @lock = Lock(path);
        string before = File.Exists(keys) ? File.ReadAllText(keys) : "";
        DurableFile.Write(keys, Encoding.UTF8.GetBytes($"{before}{key}\n"));
    }

    /// <summary>Opens the folder of some keys, for this process alone.</summary>
    /// <exception cref="WitnessException">It is missing, in use, or not the memory of one of the keys.</exception>
    public static WitnessFolder Open(string path, IEnumerable<VerifierKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        string file = Path.Combine(path, KeysName);
        string[] known = File.Exists(file) ? File.ReadAllLines(file) : [];
        if (keys.FirstOrDefault(key => !known.Contains(key.ToString())) is { } stranger)
        {
            throw new WitnessException(
                $"{path} does not hold the memory of the witness {stranger.Name}. Is its volume mounted? Bring the folder back in its newest "
                    + "state. If it is lost, so is the key: what it cosigned is not known any more, and it could be made to cosign a second "
                    + "history. Make a new one with `ledger witness new`, and tell those who rely on the old one."
            );
        }

        return new WitnessFolder(path, Lock(path));
    }

    /// <summary>The checkpoint that was cosigned last of a log; null when none ever was.</summary>
    /// <param name="origin">The log.</param>
    /// <param name="logKeys">Its keys.</param>
    /// <exception cref="WitnessException">What is there is not a checkpoint that the log signed.</exception>
    internal Checkpoint? Read(string origin, IReadOnlyList<VerifierKey> logKeys)
    {
        string path = PathOf(origin);
        if (!File.Exists(path))
        {
            return null;
        }

        return
            SignedNote.TryParse(File.ReadAllBytes(path), out SignedNote? note, out string problem)
            && note.Verify([.. logKeys], out problem)
            && Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out problem)
            && checkpoint.Origin == origin
            ? checkpoint
            : throw new WitnessException(
                $"What was cosigned last of {origin} cannot be read from {path}: {problem}. Bring the file back, or stop witnessing this log."
            );
    }

    /// <summary>Keeps the checkpoint that is about to be cosigned. On return it is durable.</summary>
    /// <param name="origin">The log.</param>
    /// <param name="note">The note, with signatures of the log alone.</param>
    internal void Write(string origin, string note) => DurableFile.Write(PathOf(origin), Encoding.UTF8.GetBytes(note));

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(
                Path.Combine(path, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException e)
        {
            throw new WitnessException($"{path} is in use by another process: a witness has one memory.", e);
        }
    }

    // An origin may be anything, and a name of a file may not.
    private string PathOf(string origin) =>
        Path.Combine(_path, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin))));
}
