using System.Text;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Store;
using Ledger.V1;

namespace Ledger.Tests.Store;

/// <summary>A DID with thirteen versions among other entries, and lists of tokens.</summary>
public sealed class StoreSnapshotTests : IAsyncLifetime
{
    private readonly TemporaryLedger _ledger = TemporaryLedger.Open();
    private readonly List<long> _sizes = [];
    private ChainStore _store = null!;
    private StoreSnapshot _snapshot = null!;
    private Scene _scene = null!;
    private RecordKey _key;

    public async ValueTask InitializeAsync()
    {
        _scene = await Scene.SetAsync(_ledger.Ledger, _ledger.Time);
        Signer signer = new(_ledger.Time);
        Receipt last = await _ledger.Apply(signer.SignCreate());
        signer.Did = DidSyntax.FromOperationId(TemporaryLedger.Network, last.OperationId.Span);
        _key = RecordKey.Did(signer.Did);
        for (int i = 0; i < 12; i++)
        {
            _ledger.Time.Now = _ledger.Time.Now.AddMinutes(10 * (i % 3));
            await _scene.Apply(_scene.Issuer, Operations.Mint(Scene.Class, _scene.Alice.Did, $"t{i:d2}"));
            last = await _ledger.Apply(signer.Sign(Operations.Update(signer.Did, last.OperationId, signer.Document)));
        }

        using (ReadView view = _ledger.Ledger.Read())
        {
            _sizes.AddRange(view.PublishedCheckpoints(0).Select(checkpoint => checkpoint.Size));
        }

        await _ledger.Ledger.StopAsync();
        _store = ChainStore.OpenReadOnly(EmbeddedLedger.StorePath(_ledger.Folder));
        _snapshot = _store.Snapshot();
    }

    public async ValueTask DisposeAsync()
    {
        _snapshot.Dispose();
        _store.Dispose();
        await _ledger.DisposeAsync();
    }

    [Fact]
    public void FindVersionAt_AnyTime_AgreesWithAWalkThroughAll()
    {
        List<VersionedRecord> all = [.. _snapshot.Versions(_key, -1)];
        Assert.Equal(13, all.Count);
        Assert.Equal(all.OrderBy(version => version.Index), all);
        for (long time = all[0].TimeMs - 1_500; time <= all[^1].TimeMs + 1_500; time += 500)
        {
            Assert.Equal(
                all.LastOrDefault(v => v.TimeMs <= time)?.Index,
                _snapshot.FindVersionAt(_key, time)?.Version.Index
            );
        }

        Assert.Null(_snapshot.FindVersionAt(RecordKey.Did("none"), long.MaxValue));
        RecordKey between = RecordKey.Did(_key.Id[..^1]); // sorts right before, and has no versions
        Assert.Null(_snapshot.FindVersionAt(between, all[3].TimeMs));
    }

    [Fact]
    public void FindVersion_AnyIndex_IsTheOneThatTheEntryWrote()
    {
        List<VersionedRecord> all = [.. _snapshot.Versions(_key, -1)];
        Dictionary<long, VersionedRecord> byIndex = all.ToDictionary(version => version.Index);
        for (long index = -1; index <= _sizes[^1]; index++)
        {
            StoredVersion? found = _snapshot.FindVersion(_key, index);
            Assert.Equal(byIndex.GetValueOrDefault(index), found?.Version);
            VersionedRecord? next = found is null ? null : all.FirstOrDefault(v => v.Index > index);
            Assert.Equal(((ulong?)next?.Index, (ulong?)next?.TimeMs), (found?.Next?.Index, found?.Next?.TimeMs));
            Assert.Equal(all.Where(v => v.Index > index), _snapshot.Versions(_key, index));
            Assert.Equal(all.Where(v => v.Index < index).Reverse(), _snapshot.VersionsBackward(_key, index));
        }
    }

    [Fact]
    public void VersionsBackward_FromTheEnd_AreAllNewestFirst()
    {
        List<VersionedRecord> all = [.. _snapshot.Versions(_key, -1)];
        all.Reverse();
        Assert.Equal(all, _snapshot.VersionsBackward(_key, long.MaxValue));
        Assert.Empty(_snapshot.VersionsBackward(RecordKey.Did("none"), long.MaxValue));
    }

    [Fact]
    public void Versions_KindWithoutHistory_IsTheCurrentOneAlone()
    {
        VersionedRecord supply = Assert.Single(_snapshot.Versions(RecordKey.Supply(Scene.Class), -1));
        Assert.Equal(12UL, ((SupplyRecord)supply.Record).Minted);
        Assert.Single(_snapshot.Versions(RecordKey.Balance(_scene.Alice.Did, Scene.Class), -1));
    }

    [Fact]
    public void ScanIndex_AfterAKey_GoesOnBehindIt()
    {
        byte[] prefix = IndexKey.Prefix(IndexKind.ClassTokens, Scene.Class);
        byte[][] all = [.. _snapshot.ScanIndex(prefix, [])];
        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => $"t{i:d2}"),
            all.Select(key => Encoding.UTF8.GetString(key.AsSpan(prefix.Length)))
        );
        Assert.Equal(all[6..], _snapshot.ScanIndex(prefix, all[5]));
        Assert.Equal(all[6..], _snapshot.ScanIndex(prefix, [.. all[5], 0])); // a key that is not there
        Assert.Empty(_snapshot.ScanIndex(prefix, all[^1]));
        Assert.Empty(_snapshot.ScanIndex(IndexKey.Prefix(IndexKind.ClassTokens, Scene.Class[..^1]), []));
    }

    [Fact]
    public void Entries_FromAnIndex_AreThoseFromThereOn()
    {
        List<(long Index, byte[] Entry)> all = [.. _snapshot.Entries(0)];
        Assert.Equal(_sizes[^1], all.Count);
        Assert.Equal(Enumerable.Range(0, all.Count).Select(i => (long)i), all.Select(entry => entry.Index));
        Assert.Equal(all.Skip(5), _snapshot.Entries(5), (a, b) => a.Index == b.Index && a.Entry.SequenceEqual(b.Entry));
        Assert.Empty(_snapshot.Entries(all.Count));
        Assert.Equal(all[5].Entry, _snapshot.Entry(5));
        Assert.Null(_snapshot.Entry(all.Count));
        Assert.Equal(all.Count - 1, _snapshot.LastIndex());
        Assert.Equal((ulong)5, Entry.Parser.ParseFrom(all[5].Entry).Index);
    }

    [Fact]
    public void Checkpoints_FromASize_AreAllButTheNewest()
    {
        Assert.Equal(_sizes[..^1], _snapshot.Checkpoints(0).Select(checkpoint => checkpoint.Size));
        Assert.Equal(_sizes[3..^1], _snapshot.Checkpoints(_sizes[3]).Select(checkpoint => checkpoint.Size));
        Assert.Equal(_sizes[4..^1], _snapshot.Checkpoints(_sizes[3] + 1).Select(checkpoint => checkpoint.Size));
        foreach ((long size, byte[] note) in _snapshot.Checkpoints(0))
        {
            Assert.True(
                Checkpoint.TryOpen(note, _ledger.Verifier, out Checkpoint? checkpoint, out string problem),
                problem
            );
            Assert.Equal(size, checkpoint.Size);
        }
    }

    [Fact]
    public void IndexOf_RecordedOperation_IsItsEntry()
    {
        foreach ((long index, byte[] bytes) in _snapshot.Entries(0))
        {
            if (Entry.Parser.ParseFrom(bytes).Operation is { } operation)
            {
                byte[] id = new byte[Limits.HashBytes];
                OperationCodec.ComputeId(operation.Operation.Span, id);
                Assert.Equal(index, _snapshot.IndexOf(id));
            }
        }

        Assert.Null(_snapshot.IndexOf(new byte[Limits.HashBytes]));
    }

    [Fact]
    public async Task Snapshot_CommitsAfterIt_AreNotSeen()
    {
        await using TemporaryLedger ledger = TemporaryLedger.Open();
        await ledger.Found();
        using ReadView before = ledger.Ledger.Read();
        Signer signer = await ledger.Register();
        using ReadView after = ledger.Ledger.Read();

        Assert.Null(before.Find(RecordKey.Did(signer.Did)));
        Assert.Equal(2, before.Entries(0).Count());
        Assert.Empty(before.Versions(RecordKey.Did(signer.Did), -1));
        Assert.NotNull(after.Find(RecordKey.Did(signer.Did)));
        Assert.Equal(4, after.Entries(0).Count());
    }

    [Fact]
    public void Read_AfterDispose_Throws()
    {
        _snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _snapshot.Find(_key));
        Assert.Throws<ObjectDisposedException>(() => _snapshot.Entry(0));
        Assert.Throws<ObjectDisposedException>(() => _snapshot.LastIndex());
        Assert.Throws<ObjectDisposedException>(() => _snapshot.Entries(0).Any());
        Assert.Throws<ObjectDisposedException>(() => _snapshot.Checkpoints(0).Any());
    }
}
