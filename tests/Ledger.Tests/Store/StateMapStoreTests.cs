using System.Security.Cryptography;
using Ledger.Audit;
using Ledger.Rules.Map;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Tests.Store;

/// <summary>The state map of a ledger that writes its nodes often and keeps few of them in memory.</summary>
public sealed class StateMapStoreTests : IAsyncLifetime
{
    private readonly TemporaryLedger _ledger = TemporaryLedger.Open(open: Open);
    private readonly List<string> _dids = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _ledger.Found();
        await Create(500);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Open_AfterAnyNumberOfBatches_HasTheMapOfItsRecords()
    {
        for (int run = 0; run < 8; run++)
        {
            await Create(1 + (37 * run));
            byte[] root = Root();
            AssertProves();
            await _ledger.Ledger.StopAsync();
            Assert.Empty(StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel));
            _ledger.Reopen(Open);
            Assert.Equal(root, Root());
            AssertProves();
        }

        await _ledger.Ledger.StopAsync();
        Assert.Contains(Rows(), static row => row.Key[0] == (byte)'N');
    }

    [Fact]
    public async Task Open_FlushWasInterrupted_HasTheSameMapAndIsSound()
    {
        await _ledger.Ledger.StopAsync();
        List<(byte[] Key, byte[] Value)> before = Rows();
        _ledger.Reopen(Open);
        await Create(300);
        byte[] root = Root();
        await _ledger.Ledger.StopAsync();
        Dictionary<string, byte[]> after = Rows()
            .ToDictionary(static r => Convert.ToHexString(r.Key), static r => r.Value);
        byte[] later = after["46"];

        // What a crash in the middle of the later flush leaves: some nodes of it, and the rows of all batches since the earlier one.
        long earlier = StoreKeys.ReadNumber(before.Single(static row => row.Key is [(byte)'F']).Value);
        Assert.NotEqual(earlier, StoreKeys.ReadNumber(later));
        List<(byte[] Key, byte[] Value)> leaves = ChangesSince(earlier);
        int written = 0;
        foreach ((byte[] key, byte[] value) in before.Where(static row => row.Key[0] == (byte)'N'))
        {
            if (written++ % 2 == 0)
            {
                RawStore.Write(_ledger.Folder, StoreKeys.Map, key, value);
            }
        }

        foreach ((byte[] key, byte[] value) in leaves)
        {
            RawStore.Write(_ledger.Folder, StoreKeys.Map, key, value);
        }

        RawStore.Write(
            _ledger.Folder,
            StoreKeys.Map,
            "F"u8.ToArray(),
            before.Single(static row => row.Key is [(byte)'F']).Value
        );
        RawStore.Write(_ledger.Folder, StoreKeys.Map, "G"u8.ToArray(), later);
        Assert.Empty(StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel));
        _ledger.Reopen(Open);
        Assert.Equal(root, Root());
        AssertProves();
        await Create(300);
        AssertProves();
        await _ledger.Ledger.StopAsync();
        Assert.Empty(StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel));
    }

    [Theory]
    [InlineData("changed leaf")]
    [InlineData("missing leaf")]
    [InlineData("changed node")]
    [InlineData("missing node")]
    [InlineData("changed version")]
    public async Task Open_DamagedMap_IsRefusedAndCanBeMadeAnew(string what)
    {
        // Nodes are written, and a batch comes after them.
        await _ledger.Ledger.StopAsync();
        _ledger.Reopen(EmbeddedLedger.Open);
        await Create(3);
        byte[] root = Root();
        await _ledger.Ledger.StopAsync();
        string[] whole = Leaves();
        byte[] leaf = Rows().Last(static row => row.Key[0] == (byte)'C').Value[..32];
        (byte[] key, byte[]? value) = what switch
        {
            "changed leaf" => ([(byte)'L', .. leaf], new byte[32]),
            "missing leaf" => ([(byte)'L', .. leaf], null),
            "changed node" => ([(byte)'N', 0], [1, 2, 3]),
            "missing node" => ([(byte)'N', 0], null),
            _ => ("F"u8.ToArray(), (byte[]?)[0]),
        };
        RawStore.Write(_ledger.Folder, StoreKeys.Map, key, value);
        if (what == "missing node")
        {
            // It is made from its leaves.
            _ledger.Reopen(Open);
            Assert.Equal(root, Root());
            await _ledger.Ledger.StopAsync();
        }
        else
        {
            StoreException refused = Assert.Throws<StoreException>(() => _ledger.Reopen(Open));
            Assert.Contains("`ledger fsck --rebuild-map`", refused.Message, StringComparison.Ordinal);
        }

        Assert.NotEmpty(StoreCheckOf());
        Assert.Equal(whole.Length, ChainStore.RebuildMap(EmbeddedLedger.StorePath(_ledger.Folder)));
        Assert.Equal(whole, Leaves());
        Assert.Empty(StoreCheckOf());
        _ledger.Reopen(Open);
        Assert.Equal(root, Root());
        await Create(150);
        AssertProves();
    }

    [Fact]
    public async Task RebuildMap_RecordsThatTheHeadDoesNotName_IsRefused()
    {
        await _ledger.Ledger.StopAsync();
        (byte[] key, byte[] value) = RawStore.Rows(_ledger.Folder, StoreKeys.State)[3];
        value[^1] ^= 1;
        RawStore.Write(_ledger.Folder, StoreKeys.State, key, value);
        StoreException refused = Assert.Throws<StoreException>(() =>
            ChainStore.RebuildMap(EmbeddedLedger.StorePath(_ledger.Folder))
        );
        Assert.Contains("do not have the state root", refused.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => _ledger.Reopen(Open));
        value[^1] ^= 1;
        RawStore.Write(_ledger.Folder, StoreKeys.State, key, value);
        ChainStore.RebuildMap(EmbeddedLedger.StorePath(_ledger.Folder));
        _ledger.Reopen(Open);
    }

    [Fact]
    public async Task Read_WhileTheLogGrows_ProvesAtItsOwnHead()
    {
        using ReadView old = _ledger.Ledger.Read();
        await Create(400);
        using ReadView newer = _ledger.Ledger.Read();
        foreach (string did in _dids)
        {
            bool isThere = old.Find(RecordKey.Did(did)) is not null;
            AssertProves(old, RecordKey.Did(did), isThere);
            AssertProves(newer, RecordKey.Did(did), isThere: true);
        }
    }

    private static EmbeddedLedger Open(LedgerOptions options) =>
        EmbeddedLedger.Open(options with { MapLeavesEnough = 60, MapNodesMax = 10 });

    private static void AssertProves(ReadView view, RecordKey key, bool isThere)
    {
        byte[] keyHash = SHA256.HashData(key.ToBytes());
        MapPath path = view.ProveRecord(key);
        byte[] hashes = [.. path.Hashes.SelectMany(static hash => hash)];
        byte[] root = view.StateRoot.ToArray();
        if (isThere)
        {
            byte[] row = RecordCodec.Encode(view.Find(key)!);
            byte[] value = SHA256.HashData([.. row[..8], .. row[16..]]);
            Assert.True(Crypto.MapProof.VerifyPresence(root, keyHash, value, hashes), key.ToString());
        }
        else
        {
            byte[] end = path.Leaf is { } leaf ? leaf.Bytes.ToArray() : [];
            Assert.True(Crypto.MapProof.VerifyAbsence(root, keyHash, end, hashes), key.ToString());
        }
    }

    private async Task Create(int count)
    {
        foreach (Signer[] part in Enumerable.Range(0, count).Select(_ => new Signer(_ledger.Time)).Chunk(50))
        {
            Submission[] all = await _ledger.Ledger.SubmitAllAsync(
                [.. part.Select(static s => s.SignCreate())],
                Cancel
            );
            _dids.AddRange(
                all.Select(static s =>
                    Protocol.DidSyntax.FromOperationId(TemporaryLedger.Network, s.Receipt!.OperationId.Span)
                )
            );
        }
    }

    private void AssertProves()
    {
        using ReadView view = _ledger.Ledger.Read();
        Entry seal = Entry.Parser.ParseFrom(view.Entry(view.Head.Size - 1));
        Assert.Equal(view.StateRoot.ToArray(), seal.Seal.StateRoot.ToByteArray());
        foreach (string did in _dids.Where((_, i) => i % 17 == 0))
        {
            AssertProves(view, RecordKey.Did(did), isThere: true);
            AssertProves(view, RecordKey.Did(did[..^1] + "_"), isThere: false);
        }
    }

    private IReadOnlyList<Rules.Audit.Finding> StoreCheckOf()
    {
        try
        {
            return StoreCheck.Run(_ledger.Folder, _ledger.Verifier, null, Cancel);
        }
        catch (StoreException e)
        {
            return [new Rules.Audit.Finding(-1, e.Message)];
        }
    }

    private byte[] Root()
    {
        using ReadView view = _ledger.Ledger.Read();
        return view.StateRoot.ToArray();
    }

    private List<(byte[] Key, byte[] Value)> Rows() => RawStore.Rows(_ledger.Folder, StoreKeys.Map);

    private string[] Leaves() =>
        [
            .. Rows()
                .Where(static row => row.Key[0] == (byte)'L')
                .Select(static row => Convert.ToHexString(row.Key) + Convert.ToHexString(row.Value)),
        ];

    // The rows that say which leaves the batches after a version changed, made from the log.
    private List<(byte[] Key, byte[] Value)> ChangesSince(long version)
    {
        List<(byte[], byte[])> rows = [];
        using StoreSource source = new(_ledger.Folder);
        Rules.Audit.Auditor auditor = new(_ledger.Verifier)
        {
            BatchReplayed = batch =>
            {
                if (batch.Map.Version > version)
                {
                    byte[] keys = [];
                    foreach (MapLeaf leaf in batch.Written.Leaves)
                    {
                        keys = [.. keys, .. leaf.KeyHash];
                    }

                    rows.Add((StoreKeys.MapChangesKey(batch.Map.Version), keys));
                }
            },
        };
        foreach ((long _, byte[] entry) in source.Snapshot.Entries(0))
        {
            Assert.Null(auditor.Add(entry));
        }

        return rows;
    }
}
