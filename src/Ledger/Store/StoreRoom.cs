namespace Ledger.Store;

/// <summary>
/// Room on the disk for opening a store. A start that runs out of it halfway leaves files behind, and each new try more of them: so
/// it is asked for before anything is written.
/// </summary>
internal static class StoreRoom
{
    // A manifest, options, and the first write-ahead log.
    private const long FixedBytes = 16 * BytesInMebibyte;
    private const long BytesInMebibyte = 1024 * 1024;

    /// <summary>Bytes that opening the store in a folder may take: what its write-ahead logs hold is written to tables first.</summary>
    public static long Needed(string path) =>
        FixedBytes
        + (Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*.log").Sum(static log => log.Length) : 0);

    /// <summary>Refuses to open a store where there is no room for it.</summary>
    /// <exception cref="StoreException">There is not enough; nothing was written.</exception>
    public static void Require(string path)
    {
        DirectoryInfo folder = new(Path.GetFullPath(path));
        while (!folder.Exists && folder.Parent is { } parent)
        {
            folder = parent;
        }

        Require(path, new DriveInfo(folder.FullName).AvailableFreeSpace);
    }

    /// <summary>As the other, with the room that there is.</summary>
    public static void Require(string path, long availableBytes)
    {
        long needed = Needed(path);
        if (availableBytes < needed)
        {
            throw new StoreException(
                $"There is no room to open the store in {path}: {Mebibytes(needed + BytesInMebibyte - 1)} MiB are needed, and {Mebibytes(availableBytes)} are free. Make room and start again: nothing was changed."
            );
        }
    }

    private static long Mebibytes(long bytes) => bytes / BytesInMebibyte;
}
