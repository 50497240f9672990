using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Rules.Tests.Audit;

/// <summary>A log as a node makes it, really signed, and in memory alone.</summary>
internal sealed class SignedLog
{
    public const string Origin = TemporaryLedger.Origin;
    public const string Network = TemporaryLedger.Network;

    private static readonly Ed25519PrivateKey LogKey = TestKeys.Ed25519(0);

    private readonly MemoryRecords _records = new();
    private ChainHead _head = ChainHead.Empty;

    public static VerifierKey Key { get; } = VerifierKey.ForEd25519(Origin, LogKey.PublicKey);

    public ManualTime Time { get; } = new();

    public List<byte[]> Entries { get; } = [];

    /// <summary>Checkpoints that were published: one after each batch.</summary>
    public List<Checkpoint> Checkpoints { get; } = [];

    public Signer NewSigner(KeyType type = KeyType.Secp256K1) => new(Time, type: type);

    /// <summary>Appends a batch; whatever the rules say of its operations, they are recorded.</summary>
    public AppliedBatch Append(params SignedOperation[] operations)
    {
        ProposedOperation[] proposed = Array.ConvertAll(
            operations,
            signed =>
            {
                Assert.Equal(Judgement.Ok, OperationCodec.Decode(signed, Origin, out SubmittedOperation? operation));
                return new ProposedOperation(operation!, VerifiedWith: null);
            }
        );
        AppliedBatch batch = BatchExecutor.Execute(
            _records,
            _records.Map,
            _head,
            new ProposedBatch(Time.NowMs, proposed)
        );
        Assert.All(batch.Operations, operation => Assert.True(operation.IsRecorded, $"{operation.Judgement}"));
        _records.Apply(batch);
        _head = batch.Head;
        Entries.AddRange(batch.Entries);
        Checkpoints.Add(new Checkpoint(Origin, Entries.Count, RootOf(Entries)));
        return batch;
    }

    public Signer Found()
    {
        Signer supervisor = NewSigner();
        Append(supervisor.Sign(Operations.Found(Network, supervisor.Document)));
        supervisor.Did = _records.Find<LedgerRecord>(RecordKey.Ledger)!.Supervisor;
        return supervisor;
    }

    /// <summary>Registers signers, in one batch.</summary>
    public void Register(params Signer[] signers)
    {
        AppliedBatch batch = Append(Array.ConvertAll(signers, signer => signer.SignCreate()));
        for (int i = 0; i < signers.Length; i++)
        {
            signers[i].Did = batch.Operations[i].Operation.ActorDid(Network);
        }
    }

    /// <summary>A checkpoint as the log signs it.</summary>
    public static byte[] Sign(Checkpoint checkpoint) => checkpoint.Sign(LogKey);

    public static byte[] RootOf(IEnumerable<byte[]> entries)
    {
        CompactRange range = new();
        byte[] hash = new byte[32];
        foreach (byte[] entry in entries)
        {
            MerkleHash.HashLeaf(entry, hash);
            range.Append(hash);
        }

        byte[] root = new byte[32];
        range.Root(root);
        return root;
    }

    /// <summary>The entries, one of them changed.</summary>
    public List<byte[]> With(int index, Action<Entry> change)
    {
        Entry entry = Entry.Parser.ParseFrom(Entries[index]);
        change(entry);
        List<byte[]> changed = [.. Entries];
        changed[index] = entry.ToByteArray();
        return changed;
    }

    /// <summary>The entry that would record an operation next, whether or not it should be taken.</summary>
    public byte[] EntryOf(SignedOperation signed, ReasonCode outcome = ReasonCode.Applied, int offset = 0)
    {
        Assert.Equal(Judgement.Ok, OperationCodec.Decode(signed, Origin, out SubmittedOperation? operation));
        return EntryCodec.EncodeOperation(Entries.Count + offset, Time.NowMs, operation!, outcome);
    }
}
