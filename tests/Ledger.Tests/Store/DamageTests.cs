using Ledger.Log;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Tests.Store;

/// <summary>
/// What RocksDB is relied on for: damage of a block is told wherever it is read, an enumeration does not end in silence before it,
/// and of the write-ahead log only the record that was being written when the machine stopped is dropped.
/// </summary>
public sealed class DamageTests : IAsyncLifetime
{
    private const int Damaged = 150;

    private readonly TemporaryLedger _ledger = TemporaryLedger.Open();
    private readonly List<long> _sizes = [0];

    private string Path => EmbeddedLedger.StorePath(_ledger.Folder);

    public async ValueTask InitializeAsync()
    {
        await _ledger.Found();
        _sizes.Add(_ledger.Ledger.Head.Size);
        for (int batch = 0; batch < 2; batch++)
        {
            SignedOperation[] many = [.. Enumerable.Range(0, 150).Select(_ => new Signer(_ledger.Time).SignCreate())];
            await _ledger.Ledger.SubmitAllAsync(many, TestContext.Current.CancellationToken);
            _sizes.Add(_ledger.Ledger.Head.Size);
        }

        await _ledger.Register();
        _sizes.Add(_ledger.Ledger.Head.Size);
        await _ledger.Ledger.StopAsync();
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public void Read_DamagedBlock_IsToldAndTheOthersAreRead()
    {
        using ChainStore store = OpenDamaged();
        using StoreSnapshot snapshot = store.Snapshot();
        AssertUnreadable(() => snapshot.Entry(Damaged));
        AssertUnreadable(() => snapshot.Entry(Damaged)); // and again: nothing damaged is kept
        Assert.NotNull(snapshot.Entry(0));
        Assert.NotNull(snapshot.Entry(_sizes[^1] - 1));
        Assert.Equal(_sizes[^1] - 1, snapshot.LastIndex());
    }

    [Fact]
    public void Scan_OntoTheDamagedBlock_ThrowsAndDoesNotEndInSilence()
    {
        using ChainStore store = OpenDamaged();
        using StoreSnapshot snapshot = store.Snapshot();
        long next = 0;
        AssertUnreadable(() =>
        {
            foreach ((long index, byte[] _) in snapshot.Entries(0))
            {
                Assert.Equal(next++, index);
            }
        });
        Assert.InRange(next, 1, Damaged);
        AssertUnreadable(() => snapshot.Entries(Damaged).First());
        Assert.Equal(_sizes[^1] - 1, snapshot.Entries(_sizes[^1] - 1).Single().Index); // behind the damage

        // An enumeration that failed has let the database go.
        snapshot.Dispose();
        store.Dispose();
        OpenForWriting().Dispose();
    }

    [Fact]
    public void Last_InTheDamagedBlock_Throws()
    {
        using ChainStore store = OpenDamaged(_sizes[^1] - 2); // beside the last seal
        using StoreSnapshot snapshot = store.Snapshot();
        AssertUnreadable(() => snapshot.LastIndex());
    }

    [Fact]
    public void Open_ManifestDamaged_IsRefused()
    {
        string manifest = Directory.GetFiles(Path, "MANIFEST-*").Single();
        byte[] bytes = File.ReadAllBytes(manifest);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(manifest, bytes);
        AssertRefused();
    }

    [Fact]
    public void Open_TableMissing_IsRefused()
    {
        RawStore.Compact(_ledger.Folder);
        File.Delete(Directory.GetFiles(Path, "*.sst")[0]);
        AssertRefused();
    }

    [Fact]
    public void Open_LastRecordOfTheLogCutShort_DropsThatBatchAndNothingElse()
    {
        string log = Directory.GetFiles(Path, "*.log").Single();
        byte[] whole = File.ReadAllBytes(log);
        Random random = Seeds.Random(4);
        HashSet<long> reached = [];
        for (int round = 0; round < 20; round++)
        {
            // The last batch is one operation: shorter than what is cut at most.
            int cut = round == 0 ? 1 : random.Next(1, whole.Length);
            using TemporaryFolder copy = new();
            TemporaryFolder.Copy(Path, EmbeddedLedger.StorePath(copy.Path));
            File.WriteAllBytes(
                System.IO.Path.Combine(EmbeddedLedger.StorePath(copy.Path), System.IO.Path.GetFileName(log)),
                whole[..^cut]
            );
            using ChainStore store = ChainStore.Open(
                EmbeddedLedger.StorePath(copy.Path),
                TemporaryLedger.Origin,
                _ledger.Verifier.ToString()
            );

            // Whole batches only: all of one or nothing, and head, entries and tiles agree.
            long size = LogRecovery.Load(store).Head.Chain.Size;
            Assert.True(_sizes.Contains(size), $"{cut} bytes cut: {size}");
            reached.Add(size);
            if (round == 0)
            {
                Assert.Equal(_sizes[^2], size);
            }
        }

        Assert.True(reached.Count >= 3, string.Join(' ', reached));
    }

    [Fact]
    public void Open_RecordWithinTheLogDamaged_IsRefusedBecauseMoreWasSigned()
    {
        string log = Directory.GetFiles(Path, "*.log").Single();
        byte[] bytes = File.ReadAllBytes(log);
        bytes[bytes.Length / 3] ^= 1;
        File.WriteAllBytes(log, bytes);
        StoreException refused = Assert.Throws<StoreException>(() => _ledger.Reopen());
        Assert.Contains("already signed", refused.Message, StringComparison.Ordinal);
    }

    // A store whose rows are in tables, with one bit of one entry changed in the file.
    private ChainStore OpenDamaged(long index = Damaged)
    {
        byte[] entry = RawStore.Read(_ledger.Folder, StoreKeys.Entries, RawStore.Number(index))!;
        RawStore.Compact(_ledger.Folder);
        string table = Directory
            .GetFiles(Path, "*.sst")
            .Single(file => File.ReadAllBytes(file).AsSpan().IndexOf(entry) >= 0);
        byte[] bytes = File.ReadAllBytes(table);
        bytes[bytes.AsSpan().IndexOf(entry)] ^= 1;
        File.WriteAllBytes(table, bytes);
        return OpenForWriting();
    }

    private ChainStore OpenForWriting() => ChainStore.Open(Path, TemporaryLedger.Origin, _ledger.Verifier.ToString());

    private void AssertRefused()
    {
        StoreException refused = Assert.Throws<StoreException>(OpenForWriting);
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
    }

    private static void AssertUnreadable(Action read)
    {
        StoreException thrown = Assert.Throws<StoreException>(read);
        Assert.Contains("is damaged", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("checksum", thrown.Message, StringComparison.Ordinal);
    }
}
