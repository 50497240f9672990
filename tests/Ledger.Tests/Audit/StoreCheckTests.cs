using Ledger.Audit;
using Ledger.Rules.Audit;
using Ledger.Store;
using Ledger.Tests.Store;
using Ledger.V1;

namespace Ledger.Tests.Audit;

public class StoreCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Families => [.. StoreKeys.All];

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Run_RowAddedChangedOrTakenAway_IsFound(string family)
    {
        await using TemporaryLedger ledger = Open();
        await Fill(ledger);
        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
        List<(byte[] Key, byte[] Value)> rows = RawStore.Rows(ledger.Folder, family);

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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ByteOfAFileChanged_IsFoundOrRefusedOrChangesNothing(bool inTables)
    {
        await using TemporaryLedger ledger = Open();
        await Fill(ledger);
        if (inTables)
        {
            RawStore.Compact(ledger.Folder);
        }

        string[] everything = Everything(ledger.Folder);
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
                    Assert.True(
                        findings.Count > 0 || Everything(ledger.Folder).SequenceEqual(everything),
                        $"{what} went unnoticed"
                    );
                }
                catch (StoreException e)
                {
                    Assert.Contains(EmbeddedLedger.StorePath(ledger.Folder), e.Message, StringComparison.Ordinal);
                }
            }

            await File.WriteAllBytesAsync(file, good, Cancel);
        }

        Assert.Empty(StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel));
    }

    // Every row of the store, read without a lock: opening for writing would change the files.
    private static string[] Everything(string folder)
    {
        using ChainStore store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(folder));
        using StoreSnapshot snapshot = store.Snapshot();
        return
        [
            .. StoreKeys.All.SelectMany(family =>
                snapshot
                    .Everything(family)
                    .Select(row => $"{family} {Convert.ToHexString(row.Key)} {Convert.ToHexString(row.Value)}")
            ),
        ];
    }

    // Nodes of the state map are written too, and some batches come after them.
    private static TemporaryLedger Open() =>
        TemporaryLedger.Open(open: static options => EmbeddedLedger.Open(options with { MapLeavesEnough = 100 }));

    private static void AssertFound(TemporaryLedger ledger, string family, byte[] key, byte[]? value, byte[]? before)
    {
        RawStore.Write(ledger.Folder, family, key, value);
        string what = $"{family}: {Convert.ToHexStringLower(key)} -> {value?.Length}";
        try
        {
            IReadOnlyList<Finding> findings = StoreCheck.Run(ledger.Folder, ledger.Verifier, null, Cancel);
            Assert.True(findings.Count > 0, what);
            if (family is not (StoreKeys.Entries or StoreKeys.Meta))
            {
                // What follows from the entries is named, row by row.
                string row = $"{family}: the row {Convert.ToHexStringLower(key)} is ";
                Assert.True(findings.Any(f => f.What.StartsWith(row, StringComparison.Ordinal)), what);
            }
        }
        catch (StoreException)
        {
            // Format, origin and key are read on opening, and an unreadable head ends the check.
            Assert.True(family is StoreKeys.Meta, what);
        }

        RawStore.Write(ledger.Folder, family, key, before);
    }

    // More than a tile of entries, a superseded version, and lists.
    private static async Task Fill(TemporaryLedger ledger)
    {
        await ledger.Found();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
        Signer signer = await ledger.Register();
        ledger.Time.Now = ledger.Time.Now.AddSeconds(1);
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

        await ledger.Ledger.StopAsync();
    }
}
