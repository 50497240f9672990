using Microsoft.Win32.SafeHandles;

namespace Ledger.Store;

/// <summary>
/// The write-ahead logs, looked at before the database reads them. Behind a damaged record RocksDB 11 reads for ever when a block
/// starts as a record of a recycled log does (facebook/rocksdb#13333). No log of a ledger is recycled, so that such a block
/// is garbage: a start that says so is better than one that never ends.
/// </summary>
internal static class WriteAheadLogs
{
    // db/log_format.h of RocksDB: a block starts with a record, whose header is a checksum (4 bytes), a length (2) and a type.
    private const int BlockBytes = 32 * 1024;
    private const int TypeOffset = 6;

    /// <summary>Refuses a store whose logs the database could not read to the end.</summary>
    /// <param name="path">Folder of the database; it need not exist.</param>
    /// <exception cref="StoreException">A log holds such a block.</exception>
    public static void RequireReadable(string path)
    {
        foreach (string log in Directory.Exists(path) ? Directory.GetFiles(path, "*.log") : [])
        {
            try
            {
                RequireReadable(path, log);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone since, or not to be read: the database itself says what that means.
            }
        }
    }

    private static void RequireReadable(string path, string log)
    {
        using SafeFileHandle file = File.OpenHandle(log, share: FileShare.ReadWrite | FileShare.Delete);
        Span<byte> type = stackalloc byte[1];
        for (long block = BlockBytes; RandomAccess.Read(file, type, block + TypeOffset) == 1; block += BlockBytes)
        {
            if (IsRecycled(type[0]))
            {
                throw new StoreException(
                    $"The store in {path} is damaged: from byte {block} on, {Path.GetFileName(log)} holds what nobody wrote. {StoreException.Remedy}"
                );
            }
        }
    }

    // kRecyclableFullType to kRecyclableLastType, kRecyclableUserDefinedTimestampSizeType, kRecyclePredecessorWALInfoType.
    private static bool IsRecycled(byte type) => type is (>= 5 and <= 8) or 11 or 131;
}
