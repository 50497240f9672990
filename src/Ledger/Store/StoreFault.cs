namespace Ledger.Store;

/// <summary>
/// What the database could not do, told to the operator: what passes, or is set right in the system, is not damage, and no reason
/// to restore a backup.
/// </summary>
internal static class StoreFault
{
    private const string NotThisUsers =
        "has files that this user may not read or write. Run the node as the user whom they belong to, or give them to this one (chown).";

    // In the order in which they are looked for. The words are those of the operating system (strerror) and of the database.
    private static readonly (string Words, string Text)[] Faults =
    [
        ("No space left on device", "has no room left on its disk. Make room and start again: nothing is damaged."),
        ("Disk quota exceeded", "has no room left in its quota. Make room and start again: nothing is damaged."),
        (
            "Too many open files",
            "needs more files than this process may open. Raise the limit (ulimit -n, or LimitNOFILE of the service) to 4096 and start again: nothing is damaged."
        ),
        ("Permission denied", NotThisUsers),
        ("Operation not permitted", NotThisUsers),
        ("Read-only file system", "is on a file system that cannot be written. A node writes: mount it so."),
        ("/LOCK", "is in use by another process. Stop that node first."),
        (
            "Column families not opened",
            "has parts that this program does not know: a newer one wrote them, or something that is no ledger. `ledger fsck` names them."
        ),
        ("IO error", "cannot be read or written now. Look at the disk and its file system first, then start again."),
    ];

    /// <summary>The exception that says what it is.</summary>
    /// <param name="store">The store, as the subject of a sentence.</param>
    /// <param name="e">What the database threw.</param>
    public static StoreException Describe(string store, Exception e)
    {
        string? text = Faults.FirstOrDefault(fault => e.Message.Contains(fault.Words, StringComparison.Ordinal)).Text;
        return new StoreException(
            text is null
                ? $"{store} is damaged: {e.Message}. {StoreException.Remedy}"
                : $"{store} {text} ({e.Message})",
            e
        );
    }
}
