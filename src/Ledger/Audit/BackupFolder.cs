using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.Files;
using Ledger.Log;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Store;

namespace Ledger.Audit;

/// <summary>
/// A backup: a copy of a log (<see cref="LogFollower"/>) with a manifest that says what it holds. It has no key, and is brought up to
/// date by following on.
/// </summary>
/// <param name="Directory">Its folder.</param>
/// <param name="LogKey">The log's verifier key.</param>
/// <param name="Checkpoint">Up to where it goes.</param>
/// <param name="Note">The same, as the log signed it.</param>
/// <param name="IsChecked">Whether every row was checked after it was written.</param>
public sealed record BackupFolder(
    string Directory,
    VerifierKey LogKey,
    Checkpoint Checkpoint,
    ReadOnlyMemory<byte> Note,
    bool IsChecked
)
{
    private const int ManifestBytesMax = 256 * 1024;

    // For people who look into it: nothing of it goes into a page.
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>The manifest of a backup.</summary>
    public static string ManifestIn(string directory) => Path.Combine(directory, "manifest.json");

    /// <summary>Writes the manifest of a copy that has been closed.</summary>
    /// <param name="directory">The copy's folder.</param>
    /// <param name="logKey">The log's public key.</param>
    /// <param name="reached">The head that the copy is at.</param>
    /// <param name="isChecked">Whether every row was checked.</param>
    public static BackupFolder Write(string directory, VerifierKey logKey, LogHead reached, bool isChecked)
    {
        ArgumentNullException.ThrowIfNull(logKey);
        ArgumentNullException.ThrowIfNull(reached);
        JsonObject manifest = new()
        {
            ["origin"] = logKey.Name,
            ["log_key"] = logKey.ToString(),
            ["size"] = reached.Size,
            ["root"] = Convert.ToHexStringLower(reached.Checkpoint.Root.Span),
            ["time"] = DateTimeOffset
                .FromUnixTimeMilliseconds(reached.TimeMs)
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["checked"] = isChecked,
            ["checkpoint"] = Encoding.UTF8.GetString(reached.Note.Span),
        };
        DurableFile.Write(ManifestIn(directory), Encoding.UTF8.GetBytes(manifest.ToJsonString(Plain) + "\n"));
        return new BackupFolder(directory, logKey, reached.Checkpoint, reached.Note, isChecked);
    }

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="StoreException">There is none, or it contradicts itself.</exception>
    public static BackupFolder Read(string directory)
    {
        FileInfo file = new(ManifestIn(directory));
        if (!file.Exists)
        {
            throw new StoreException($"There is no backup in {directory}: it has no manifest.json.");
        }

        try
        {
            JsonObject? manifest =
                file.Length > ManifestBytesMax ? null : JsonNode.Parse(File.ReadAllText(file.FullName)) as JsonObject;
            byte[] note = Encoding.UTF8.GetBytes((string?)manifest?["checkpoint"] ?? "");
            if (
                VerifierKey.TryParse((string?)manifest?["log_key"] ?? "", out VerifierKey? key)
                && Checkpoint.TryOpen(note, key, out Checkpoint? checkpoint, out _)
                && (long?)manifest!["size"] == checkpoint.Size
            )
            {
                return new BackupFolder(directory, key, checkpoint, note, (bool?)manifest["checked"] == true);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // What it is instead does not matter.
        }

        throw new StoreException(
            $"The manifest of the backup in {directory} is damaged: its checkpoint is not one that its key signed. Write it anew with `ledger backup`."
        );
    }

    /// <summary>
    /// Lays the backup into a ledger's folder that has no store, and checks every row of what was laid. From there nothing is signed
    /// before it has caught up (<see cref="SigningHold"/>).
    /// </summary>
    /// <param name="target">The folder: made when it is missing. A key or last signed checkpoint in it stays.</param>
    /// <param name="progress">Told the number of entries checked and to be checked. May be null.</param>
    /// <param name="cancellationToken">Ends it; the folder has no store then.</param>
    /// <returns>What is wrong with the backup: then nothing was laid. Empty: it is there.</returns>
    /// <exception cref="StoreException">The folder has a store, or is of another log.</exception>
    public IReadOnlyList<Finding> Restore(
        string target,
        Action<long, long>? progress,
        CancellationToken cancellationToken
    )
    {
        string store = EmbeddedLedger.StorePath(target);
        if (Path.Exists(store))
        {
            throw new StoreException($"{store} is there already. Move it away before a backup takes its place.");
        }

        string signed = LastSigned.PathIn(target);
        long known = File.Exists(signed) ? LastSigned.Read(signed, LogKey).Size : -1;
        new SigningHold(CopyKind.Backup, Path.GetFullPath(Directory)).Write(target);

        // Checked where no node looks, then put in its place in one step: a crash leaves all of the store there or none.
        string fresh = Path.Combine(target, "restoring");
        Remove(fresh);
        DurableFile.MakeFolder(EmbeddedLedger.StorePath(fresh));
        CopyDurably(EmbeddedLedger.StorePath(Directory), EmbeddedLedger.StorePath(fresh), cancellationToken);
        DurableFile.Write(LastSigned.PathIn(fresh), Note.Span);
        IReadOnlyList<Finding> findings = StoreCheck.Run(fresh, LogKey, progress, cancellationToken);
        if (findings.Count == 0 && SizeOf(fresh) != Checkpoint.Size)
        {
            findings =
            [
                new Finding(
                    SizeOf(fresh),
                    $"the manifest names {Checkpoint.Size} entries: a backup was interrupted. Run `ledger backup` again"
                ),
            ];
        }

        if (findings.Count == 0)
        {
            if (known < Checkpoint.Size)
            {
                DurableFile.Write(signed, Note.Span);
            }

            System.IO.Directory.Move(EmbeddedLedger.StorePath(fresh), store);
            DurableFile.SyncFolder(target);
        }

        Remove(fresh);
        return findings;
    }

    private static long SizeOf(string directory)
    {
        using ChainStore store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(directory));
        return store.Head().Chain.Size;
    }

    private static void CopyDurably(string from, string to, CancellationToken cancellationToken)
    {
        foreach (string path in System.IO.Directory.GetFiles(from))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using FileStream copy = new(Path.Combine(to, Path.GetFileName(path)), FileMode.CreateNew, FileAccess.Write);
            source.CopyTo(copy);
            copy.Flush(flushToDisk: true);
        }

        DurableFile.SyncFolder(to);
    }

    private static void Remove(string directory)
    {
        if (System.IO.Directory.Exists(directory))
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }
}
