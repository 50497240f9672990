using System.Text;
using Ledger.Files;
using Ledger.Store;

namespace Ledger.Log;

/// <summary>How a folder came to hold a log that it did not write.</summary>
public enum CopyKind
{
    /// <summary>It follows a node, and may be promoted in that node's place.</summary>
    Mirror,

    /// <summary>It is a backup, or was laid from one or from an export: what was signed since is missing.</summary>
    Backup,
}

/// <summary>
/// A mark in the folder of a ledger that is a copy: the log may have gone on elsewhere, so nothing may be signed here before somebody
/// has seen to that. One log must never sign two trees of one size, and a copy cannot know what was signed after it was taken.
/// </summary>
/// <param name="Kind">How the copy came about.</param>
/// <param name="Source">Where it came from: an address or a folder.</param>
/// <remarks>A file of three lines or more: the kind, the source, and what they mean for whoever finds them.</remarks>
public sealed record SigningHold(CopyKind Kind, string Source)
{
    private const string MirrorWord = "mirror";
    private const string BackupWord = "backup";

    /// <summary>The mark in a ledger's folder.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "not-signing");

    /// <summary>The mark of a folder; null when it has none.</summary>
    /// <exception cref="StoreException">There is a mark that cannot be read: it holds all the same.</exception>
    public static SigningHold? Find(string directory)
    {
        string path = PathIn(directory);
        if (!File.Exists(path))
        {
            return null;
        }

        string[] lines = File.ReadAllText(path).Split('\n');
        CopyKind? kind = lines[0] switch
        {
            MirrorWord => CopyKind.Mirror,
            BackupWord => CopyKind.Backup,
            _ => null,
        };
        return kind is { } known && lines.Length > 1
            ? new SigningHold(known, lines[1])
            : throw new StoreException(
                $"{path} says that nothing may be signed here, and cannot be read further. Lay the folder anew from its source."
            );
    }

    /// <summary>Marks a folder, durably, before anything of the copy is in it.</summary>
    public void Write(string directory)
    {
        DurableFile.MakeFolder(directory);
        string word = Kind == CopyKind.Mirror ? MirrorWord : BackupWord;
        string text =
            $"{word}\n{Source}\nThis folder is a copy of a log, which may have gone on elsewhere. While this file is here, no node signs from it.\nLeave it in place; see docs/backup.md and docs/mirror.md.\n";
        DurableFile.Write(PathIn(directory), Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Takes the mark away, durably.</summary>
    public static void Lift(string directory)
    {
        File.Delete(PathIn(directory));
        DurableFile.SyncFolder(directory);
    }

    /// <summary>Refuses to sign from a copy, unless the operator has said what is needed.</summary>
    /// <param name="options">What the operator said.</param>
    /// <param name="size">Entries of the copy.</param>
    /// <exception cref="StoreException">Nothing may be signed: the message says what to do.</exception>
    internal static void Require(LedgerOptions options, long size)
    {
        switch (Find(options.Directory))
        {
            case { Kind: CopyKind.Mirror } hold when !options.Promote:
                throw new StoreException(
                    $"{options.Directory} is a mirror of {hold.Source}, and takes no operations: run it with `ledger mirror`. When that node has stopped for good, `ledger serve --promote` goes on with the log from here."
                );
            case { Kind: CopyKind.Backup } hold when options.AcceptedLossSize != size:
                throw new StoreException(
                    $"{options.Directory} was restored from {hold.Source} and has {size} entries: what the log signed since is missing, and going on would sign a second history. Bring it up to date with `ledger catch-up`. Only when nothing newer exists anywhere, `ledger serve --accept-loss {size}` goes on from here."
                );
            default:
                break;
        }
    }
}
