using System.IO.Compression;
using Google.Protobuf;
using Ledger.Audit;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.Audit;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.V1;
using RocksDbSharp;

namespace Ledger.Tests.Store;

/// <summary>A store of the layout before this one, as an earlier version left it: see the README beside this file.</summary>
public sealed class FormatUpgradeTests : IDisposable
{
    private const string Origin = "ledger.test/format-1";
    private const string Root = "9715e9dba08290d9b3dbe62c65684e3095c788fa0fc332eca4aa906987220d05";
    private const int Size = 266;

    private static readonly byte[] OldFormat = [0, 0, 0, 1];

    private readonly TemporaryFolder _folder = new();
    private readonly Ed25519PrivateKey _key;

    public FormatUpgradeTests()
    {
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Store", "store-format-1.zip"), _folder.Path);

        // PRIVATE+KEY+<name>+<hash>+<base64 of 1, which stands for Ed25519, and the seed>; base64 has plus signs too.
        string text = File.ReadAllText(_folder["log-key"]).Trim().Split('+', 5)[^1];
        _key = Ed25519PrivateKey.FromBytes(Convert.FromBase64String(text).AsSpan(1));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private VerifierKey Verifier => VerifierKey.ForEd25519(Origin, _key.PublicKey);

    private LedgerOptions Options =>
        new()
        {
            Directory = _folder.Path,
            Origin = Origin,
            SigningKey = _key,
        };

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Open_OldStore_HasItsEntriesAndRootAndIsSound()
    {
        await using (EmbeddedLedger ledger = EmbeddedLedger.Open(Options))
        {
            Assert.Equal(Size, ledger.Head.Size);
            Assert.Equal(Root, Convert.ToHexStringLower(ledger.Head.Checkpoint.Root.Span));
            using ReadView view = ledger.Read();
            Assert.Equal("old", view.Find<LedgerRecord>(RecordKey.Ledger)!.Network);
            foreach (string classId in (string[])["medals", "diplomas"])
            {
                // The counts have moved out of the class and agree with its tokens.
                SupplyRecord supply = view.Find<SupplyRecord>(RecordKey.Supply(classId))!;
                byte[] prefix = IndexKey.Prefix(IndexKind.ClassTokens, classId);
                Assert.Equal(supply.Minted, (ulong)view.ScanIndex(prefix, []).Count());
                Assert.Equal(classId, view.Find<ClassRecord>(RecordKey.Class(classId))!.Id);
            }

            Assert.NotEqual(0UL, view.Find<SupplyRecord>(RecordKey.Supply("medals"))!.Minted);
        }

        Assert.Empty(StoreCheck.Run(_folder.Path, Verifier, null, Cancel));
        using StoreSource source = new(_folder.Path);
        AuditReport report = await LogAudit.RunAsync(source, Verifier, default, null, Cancel);
        Assert.Null(report.Finding);
        Assert.Equal(Size, report.Auditor.Size);
    }

    [Fact]
    public async Task Open_StoreOfTheSecondLayout_KeepsVersionsByTime()
    {
        await EmbeddedLedger.Open(Options).DisposeAsync();
        List<(byte[] Key, byte[] Value)> versions = RawStore.Rows(_folder.Path, StoreKeys.Versions);
        Assert.NotEmpty(versions);
        foreach ((byte[] key, byte[] value) in versions)
        {
            // The second layout has no time before the index.
            byte[] byIndex = [.. key[..^16], .. key[^8..]];
            RawStore.Write(_folder.Path, StoreKeys.Versions, key, null);
            RawStore.Write(_folder.Path, StoreKeys.Versions, byIndex, value);
        }

        RawStore.Rewind(_folder.Path, 2);
        await EmbeddedLedger.Open(Options).DisposeAsync();
        Assert.Equal(versions.SelectMany(Bytes), RawStore.Rows(_folder.Path, StoreKeys.Versions).SelectMany(Bytes));
        Assert.Empty(StoreCheck.Run(_folder.Path, Verifier, null, Cancel));

        static byte[][] Bytes((byte[] Key, byte[] Value) row) => [row.Key, row.Value];
    }

    [Fact]
    public async Task Open_StoreOfTheThirdLayout_GetsItsEvents()
    {
        await EmbeddedLedger.Open(Options).DisposeAsync();
        string[] expected = RawStore.Print(_folder.Path);
        Assert.NotEmpty(RawStore.Rows(_folder.Path, StoreKeys.Events));
        RawStore.Rewind(_folder.Path, 3);
        using (RocksDb db = RawStore.Open(_folder.Path))
        {
            db.DropColumnFamily(StoreKeys.Events);
        }

        // Neither who only reads nor who is refused makes it a store that the version before cannot open.
        StoreException refused = Assert.Throws<StoreException>(() => new StoreSource(_folder.Path));
        Assert.Contains("format version 3", refused.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => EmbeddedLedger.Open(Options with { Origin = "other.test/log" }));
        string path = EmbeddedLedger.StorePath(_folder.Path);
        Assert.DoesNotContain(StoreKeys.Events, RocksDb.ListColumnFamilies(new DbOptions(), path));

        await EmbeddedLedger.Open(Options).DisposeAsync();
        Assert.Equal(expected, RawStore.Print(_folder.Path));
        Assert.Empty(StoreCheck.Run(_folder.Path, Verifier, null, Cancel));
    }

    [Fact]
    public async Task Open_StoreOfTheFourthLayout_GetsItsStateMap()
    {
        await EmbeddedLedger.Open(Options).DisposeAsync();
        string[] expected = RawStore.Print(_folder.Path);
        RawStore.Rewind(_folder.Path, 4);
        foreach ((byte[] key, byte[] _) in RawStore.Rows(_folder.Path, StoreKeys.Map))
        {
            RawStore.Write(_folder.Path, StoreKeys.Map, key, null);
        }

        await EmbeddedLedger.Open(Options).DisposeAsync();
        Assert.Equal(expected, RawStore.Print(_folder.Path));
    }

    [Fact]
    public async Task Open_HeadOfAnOlderStoreIsNotThatOfTheEntries_IsRefused()
    {
        await EmbeddedLedger.Open(Options).DisposeAsync();
        RawStore.Rewind(_folder.Path, 4);
        byte[] head = RawStore.Read(_folder.Path, StoreKeys.Meta, StoreKeys.Head.ToArray())!;
        foreach (int at in (int[])[7, 15, 23, 40, head.Length - 1])
        {
            byte[] changed = [.. head];
            changed[at] ^= 1;
            RawStore.Write(_folder.Path, StoreKeys.Meta, StoreKeys.Head.ToArray(), changed);
            StoreException refused = Assert.Throws<StoreException>(() => EmbeddedLedger.Open(Options));
            Assert.Contains("cannot be brought to format version", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task OpenReadOnly_NoEventsInAStoreOfThisLayout_SaysSo()
    {
        await EmbeddedLedger.Open(Options).DisposeAsync();
        using (RocksDb db = RawStore.Open(_folder.Path))
        {
            db.DropColumnFamily(StoreKeys.Events);
        }

        StoreException refused = Assert.Throws<StoreException>(() => new StoreSource(_folder.Path));
        Assert.Contains("lacks its column family events", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OldStore_GoesOnTakingOperations()
    {
        Signer signer = new(TimeProvider.System, Origin);
        await using (EmbeddedLedger ledger = EmbeddedLedger.Open(Options))
        {
            Submission created = await ledger.SubmitAsync(signer.SignCreate(), Cancel);
            Assert.Equal(Judgement.Ok, created.Judgement);
            signer.Did = DidSyntax.FromOperationId("old", created.Receipt!.OperationId.Span);

            // An operation from before the upgrade is known.
            using ReadView view = ledger.Read();
            Entry first = Entry.Parser.ParseFrom(view.Entry(0));
            SignedOperation again = new()
            {
                Operation = first.Operation.Operation,
                Signatures = { first.Operation.Signatures },
            };
            Submission retried = await ledger.SubmitAsync(again, Cancel);
            Assert.Equal(0UL, retried.Receipt!.Index);
        }

        // A second opening finds nothing to upgrade.
        await using (EmbeddedLedger ledger = EmbeddedLedger.Open(Options))
        {
            Assert.Equal(Size + 2, ledger.Head.Size);
            Submission acted = await ledger.SubmitAsync(signer.Sign(Operations.Burn("medals", "1")), Cancel);
            Assert.Equal(ReasonCode.NotAdmitted, acted.Judgement.Reason);
        }

        Assert.Empty(StoreCheck.Run(_folder.Path, Verifier, null, Cancel));
    }

    [Fact]
    public async Task OpenReadOnly_OldStore_SaysWhatToDo()
    {
        StoreException refused = Assert.Throws<StoreException>(() => new StoreSource(_folder.Path));
        Assert.Contains("format version 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("`ledger serve`", refused.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => StoreCheck.Run(_folder.Path, Verifier, null, Cancel));
        await EmbeddedLedger.Open(Options).DisposeAsync();
        new StoreSource(_folder.Path).Dispose();
    }

    [Fact]
    public void Open_AnotherOriginOrKey_IsRefusedBeforeAnythingIsChanged()
    {
        string[] before = RawStore.Print(_folder.Path);
        using Ed25519PrivateKey other = TestKeys.Ed25519(1);
        StoreException refused = Assert.Throws<StoreException>(() =>
            EmbeddedLedger.Open(Options with { Origin = "other.test/log" })
        );
        Assert.Contains("belongs to the log", refused.Message, StringComparison.Ordinal);
        refused = Assert.Throws<StoreException>(() => EmbeddedLedger.Open(Options with { SigningKey = other }));
        Assert.Contains("was signed with the key", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, RawStore.Print(_folder.Path));
    }

    [Theory]
    [InlineData("families are dropped")]
    [InlineData("rows are missing")]
    [InlineData("rows of another layout are left")]
    public async Task Open_UpgradeWasInterrupted_BeginsAnew(string where)
    {
        using TemporaryFolder whole = new();
        TemporaryFolder.Copy(EmbeddedLedger.StorePath(_folder.Path), EmbeddedLedger.StorePath(whole.Path));
        await EmbeddedLedger.Open(Options with { Directory = whole.Path }).DisposeAsync();
        string[] expected = RawStore.Print(whole.Path);

        // The version is written last: whatever else is done, the store is of the old one.
        using (RocksDb db = RawStore.Open(_folder.Path))
        {
            switch (where)
            {
                case "families are dropped":
                    db.DropColumnFamily(StoreKeys.State);
                    db.DropColumnFamily(StoreKeys.Indexes);
                    break;
                case "rows are missing":
                    db.DropColumnFamily(StoreKeys.Versions);
                    db.CreateColumnFamily(new ColumnFamilyOptions(), StoreKeys.Versions);
                    break;
                default:
                    foreach (string family in StoreKeys.Derived)
                    {
                        db.Put("X\0left"u8, "row"u8, db.GetColumnFamily(family));
                    }

                    break;
            }
        }

        await EmbeddedLedger.Open(Options).DisposeAsync();

        Assert.Equal(expected, RawStore.Print(_folder.Path));
        Assert.Empty(StoreCheck.Run(_folder.Path, Verifier, null, Cancel));
    }

    [Fact]
    public void Open_EntryThatTheRulesDoNotMake_IsNamedAndTheVersionStays()
    {
        byte[] bytes = RawStore.Read(_folder.Path, StoreKeys.Entries, RawStore.Number(2))!;
        Entry entry = Entry.Parser.ParseFrom(bytes);
        Assert.Equal(ReasonCode.Applied, entry.Operation.Outcome);
        entry.Operation.Outcome = ReasonCode.NotAuthorised;
        AssertRefused(entry.ToByteArray());
        AssertRefused([1, 2, 3]);
        AssertRefused(null);

        RawStore.Write(_folder.Path, StoreKeys.Entries, RawStore.Number(2), bytes);
        EmbeddedLedger.Open(Options).DisposeAsync().AsTask().Wait(Cancel);

        void AssertRefused(byte[]? changed)
        {
            RawStore.Write(_folder.Path, StoreKeys.Entries, RawStore.Number(2), changed);
            StoreException refused = Assert.Throws<StoreException>(() => EmbeddedLedger.Open(Options));
            Assert.Contains("entry 2 is not what the rules make", refused.Message, StringComparison.Ordinal);
            Assert.Equal(OldFormat, RawStore.Read(_folder.Path, StoreKeys.Meta, StoreKeys.Format.ToArray()));
        }
    }

    [Fact]
    public void Open_EntriesAfterTheLastSeal_AreNamedAndTheVersionStays()
    {
        byte[] operation = RawStore.Read(_folder.Path, StoreKeys.Entries, RawStore.Number(0))!;
        RawStore.Write(_folder.Path, StoreKeys.Entries, RawStore.Number(Size), operation);
        StoreException refused = Assert.Throws<StoreException>(() => EmbeddedLedger.Open(Options));
        Assert.Contains($"entry {Size} is not what the rules make", refused.Message, StringComparison.Ordinal);
        Assert.Equal(OldFormat, RawStore.Read(_folder.Path, StoreKeys.Meta, StoreKeys.Format.ToArray()));
    }
}
