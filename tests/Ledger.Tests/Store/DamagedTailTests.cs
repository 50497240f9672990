using Ledger.Store;
using Ledger.Tests.Log;

namespace Ledger.Tests.Store;

/// <summary>
/// What a loss of power leaves at the end of the write-ahead log: a record that was cut short, or that holds zeros or garbage.
/// </summary>
public class DamagedTailTests
{
    // A block of the write-ahead log: each starts with a record, whose seventh byte is its type.
    private const int BlockBytes = 32 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cut")]
    [InlineData("zeros")]
    [InlineData("garbage")]
    [InlineData("more zeros")]
    [InlineData("more garbage")]
    public async Task Open_DamagedEndOfTheLog_HasAllThatWasSignedOrDoesNotStart(string damage)
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        await ledger.Register();
        string store = EmbeddedLedger.StorePath(ledger.Folder);
        string log = Assert.Single(Directory.GetFiles(store, "*.log"), static f => new FileInfo(f).Length > 0);
        int first = (int)new FileInfo(log).Length;
        byte[] signedBefore = ledger.Ledger.Head.Note.ToArray();
        await ledger.Register();
        byte[] signedAfter = ledger.Ledger.Head.Note.ToArray();
        long size = ledger.Ledger.Head.Size;
        await ledger.Ledger.StopAsync();
        byte[] good = await File.ReadAllBytesAsync(log, Cancel);
        Assert.True(good.Length > first);
        DirectoryInfo original = new(ledger.Folder);

        for (int at = first; at < good.Length; at += at < first + 12 || at >= good.Length - 21 ? 10 : 400)
        {
            byte[] tail = damage switch
            {
                "cut" => [],
                "zeros" => new byte[good.Length - at],
                "garbage" => Garbage(good.Length - at, at, blockEnd: BlockBytes - at),
                "more zeros" => new byte[good.Length - at + 40_000],
                _ => Garbage(good.Length - at + 40_000, at, blockEnd: BlockBytes - at),
            };

            // Nobody was told of the last batch: it may be there or not, and the log goes on.
            using (Copy copy = new(original, Path.GetFileName(log), [.. good[..at], .. tail], signedBefore))
            {
                await using EmbeddedLedger opened = EmbeddedLedger.Open(copy.Options(ledger));
                Assert.True(opened.Head.Size == size - 2, $"{damage} from {at}: {opened.Head.Size} entries");
            }

            // It was signed: the log does not start without it.
            using (Copy copy = new(original, Path.GetFileName(log), [.. good[..at], .. tail], signedAfter))
            {
                StoreException refused = Assert.Throws<StoreException>(() => EmbeddedLedger.Open(copy.Options(ledger)));
                Assert.Contains("already signed", refused.Message, StringComparison.Ordinal);
            }
        }

        using (Copy copy = new(original, Path.GetFileName(log), [.. good, .. new byte[40_000]], signedAfter))
        {
            await using EmbeddedLedger opened = EmbeddedLedger.Open(copy.Options(ledger));
            Assert.Equal(size, opened.Head.Size);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(131)]
    public async Task Open_GarbageThatTheDatabaseWouldReadForEver_IsRefused(byte type)
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        byte[] signed = ledger.Ledger.Head.Note.ToArray();
        await ledger.Ledger.StopAsync();
        string log = Assert.Single(Directory.GetFiles(EmbeddedLedger.StorePath(ledger.Folder), "*.log"));
        byte[] good = await File.ReadAllBytesAsync(log, Cancel);
        byte[] garbage = Garbage(60_000, type, blockEnd: BlockBytes - good.Length);
        garbage[BlockBytes - good.Length + 6] = type;
        DirectoryInfo original = new(ledger.Folder);
        using Copy copy = new(original, Path.GetFileName(log), [.. good, .. garbage], signed);

        StoreException refused = Assert.Throws<StoreException>(() => EmbeddedLedger.Open(copy.Options(ledger)));
        Assert.Contains($"from byte {BlockBytes} on", refused.Message, StringComparison.Ordinal);
        string store = EmbeddedLedger.StorePath(copy.Folder);
        refused = Assert.Throws<StoreException>(() => ChainStore.OpenReadOnly(store));
        Assert.Contains($"from byte {BlockBytes} on", refused.Message, StringComparison.Ordinal);
    }

    // Random bytes. Where a block of the log starts within them they look like a record that is not whole.
    private static byte[] Garbage(int length, int seed, int blockEnd)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        for (int block = blockEnd; block + 6 < length; block += BlockBytes)
        {
            bytes[block + 6] = 1;
        }

        return bytes;
    }

    /// <summary>A copy of a ledger's folder with another log file and another last signed checkpoint.</summary>
    private sealed class Copy : IDisposable
    {
        public Copy(DirectoryInfo original, string log, byte[] bytes, byte[] signed)
        {
            Folder = Directory.CreateTempSubdirectory("ledger-test-").FullName;
            string store = EmbeddedLedger.StorePath(Folder);
            Directory.CreateDirectory(store);
            foreach (string file in Directory.GetFiles(EmbeddedLedger.StorePath(original.FullName)))
            {
                File.Copy(file, Path.Combine(store, Path.GetFileName(file)));
            }

            File.WriteAllBytes(Path.Combine(store, log), bytes);
            File.WriteAllBytes(Path.Combine(Folder, "last-signed"), signed);
        }

        public string Folder { get; }

        public LedgerOptions Options(TemporaryLedger ledger) => ledger.Options with { Directory = Folder };

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
