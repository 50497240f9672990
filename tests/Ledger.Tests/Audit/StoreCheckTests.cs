using Ledger.Audit;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.Tests.Log;
using Ledger.V1;
using RocksDbSharp;

namespace Ledger.Tests.Audit;

public class StoreCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Families => [.. StoreKeys.All];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Run_RowAddedChangedOrTakenAway_IsFound(string family)
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await Fill(ledger);
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
        List<(byte[] Key, byte[] Value)> rows = Rows(ledger, family);

        // Format, origin and key are checked on opening; a stored row of every other kind is changed here.
        foreach ((byte[] key, byte[] value) in rows.Where((_, i) => i % Math.Max(1, rows.Count / 12) == 0))
        {
            byte[] changed = [.. value];
            if (changed.Length > 0)
            {
                changed[changed.Length / 2] ^= 0x10;
                AssertFound(ledger, family, key, changed, value);
            }

            AssertFound(ledger, family, key, null, value);
        }

        AssertFound(ledger, family, [.. rows.Count > 0 ? rows[^1].Key : "x"u8.ToArray(), 0], [1], null);
    }

    [Fact]
    public async Task Run_FileOfTheStoreCutOrChanged_IsFoundOrRefusedAndNeverCrashes()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await Fill(ledger);
        foreach (
            string file in Directory
                .GetFiles(EmbeddedLedger.StorePath(ledger.Folder))
                .Where(f => !f.EndsWith("LOCK", StringComparison.Ordinal))
        )
        {
            byte[] good = await File.ReadAllBytesAsync(file, Cancel);
            if (
                good.Length == 0
                || Path.GetFileName(file).StartsWith("LOG", StringComparison.Ordinal)
                || Path.GetFileName(file) == "IDENTITY"
                || Path.GetFileName(file).StartsWith("OPTIONS", StringComparison.Ordinal)
            )
            {
                continue;
            }

            for (int at = 0; at < good.Length; at += Math.Max(1, good.Length / 9))
            {
                byte[] bad = [.. good];
                bad[at] ^= 0x40;
                await File.WriteAllBytesAsync(file, bad, Cancel);
                string what = $"{Path.GetFileName(file)} byte {at}";
                try
                {
                    // Bytes that carry nothing (padding, unused properties) may go unnoticed: then nothing may be lost either.
                    IReadOnlyList<Finding> findings = StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel);
                    if (findings.Count == 0)
                    {
                        Assert.Equal(_size, Size(ledger));
                    }
                }
                catch (StoreException e)
                {
                    Assert.NotEmpty(e.Message);
                }
                catch (RocksDbException e)
                {
                    Assert.True(e.Message.Length > 0, what);
                }
            }

            await File.WriteAllBytesAsync(file, good, Cancel);
        }

        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
    }

    private long _size;

    private static long Size(TemporaryLedger ledger)
    {
        using ChainStore store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(ledger.Folder));
        return store.Head().Size;
    }

    private static void AssertFound(TemporaryLedger ledger, string family, byte[] key, byte[]? value, byte[]? before)
    {
        Write(ledger, family, key, value);
        try
        {
            IReadOnlyList<Finding> findings = StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel);
            Assert.True(findings.Count > 0, $"{family}: {Convert.ToHexString(key)} -> {value?.Length}");
        }
        catch (StoreException e)
        {
            Assert.NotEmpty(e.Message);
        }

        Write(ledger, family, key, before);
    }

    // More than a tile of entries, a superseded version, and lists.
    private async Task Fill(TemporaryLedger ledger)
    {
        await ledger.Found();
        Signer signer = await ledger.Register();
        SignedOperation[] many = [.. Enumerable.Range(0, 300).Select(_ => new Signer(ledger.Time).SignCreate())];
        await ledger.Ledger.SubmitAllAsync(many, Cancel);
        using (ReadView view = ledger.Ledger.Read())
        {
            DidRecord record = (DidRecord)view.Find(Ledger.Rules.State.RecordKey.Did(signer.Did))!.Record;
            await ledger.Submit(
                signer.Sign(
                    new Operation
                    {
                        UpdateDid = new UpdateDid
                        {
                            Did = signer.Did,
                            Previous = record.LastOperation,
                            Document = signer.Document,
                        },
                    }
                )
            );
        }

        _size = ledger.Ledger.Head.Size;
        await ledger.Ledger.StopAsync();
    }

    private static List<(byte[] Key, byte[] Value)> Rows(TemporaryLedger ledger, string family)
    {
        using ChainStore store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(ledger.Folder));
        using StoreSnapshot snapshot = store.Snapshot();
        return [.. snapshot.Everything(family)];
    }

    private static void Write(TemporaryLedger ledger, string family, byte[] key, byte[]? value)
    {
        ColumnFamilies families = [];
        foreach (string name in StoreKeys.All)
        {
            families.Add(name, new ColumnFamilyOptions());
        }

        using RocksDb db = RocksDb.Open(new DbOptions(), EmbeddedLedger.StorePath(ledger.Folder), families);
        if (value is null)
        {
            db.Remove(key, db.GetColumnFamily(family));
        }
        else
        {
            db.Put(key, value, db.GetColumnFamily(family));
        }
    }
}
