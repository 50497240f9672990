using System.Security.Cryptography;
using Grpc.Core;
using Ledger.Node.Tests.Grpc;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests;

/// <summary>
/// A node whose ledger is founded, with a supervisor, an issuer, two holders, one pilot and one class. A class of tests shares
/// one: its tests run one after the other, so the size of the log says whether a call recorded anything.
/// </summary>
public sealed class Scene : IAsyncLifetime
{
    public const string Pilot = Testing.Scene.Pilot;
    public const string Class = Testing.Scene.Class;

    private TestNode? _node;
    private int _tokens;

    internal TestNode Node => _node!;

    internal Signer Supervisor { get; } = new();

    internal Signer Issuer { get; } = new();

    internal Signer Holder { get; } = new();

    internal Signer Other { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        await SetUp();
    }

    public async ValueTask DisposeAsync() => await _node!.DisposeAsync();

    /// <summary>A scene on a node of its own.</summary>
    internal static async Task<Scene> OpenAsync(
        Func<NodeOptions, NodeOptions>? change = null,
        Func<LedgerOptions, LedgerOptions>? changeLedger = null
    )
    {
        Scene scene = new() { _node = await TestNode.StartAsync(change, changeLedger) };
        await scene.SetUp();
        return scene;
    }

    /// <summary>Submits an operation that must be applied.</summary>
    internal async Task<Receipt> Apply(SignedOperation operation)
    {
        SubmitResponse response = await Node.Registry.SubmitAsync(new SubmitRequest { Operation = operation });
        Assert.Equal(ReasonCode.Applied, response.Receipt.Outcome);
        return response.Receipt;
    }

    internal Task<Receipt> Apply(Signer signer, Operation operation) => Apply(signer.Sign(operation));

    /// <summary>Registers an actor's DID.</summary>
    internal async Task<Signer> Register(Signer? actor = null)
    {
        actor ??= new Signer();
        Receipt receipt = await Apply(actor, actor.Create);
        actor.Did = DidSyntax.FromOperationId(TestNode.Network, receipt.OperationId.Span);
        return actor;
    }

    /// <summary>Admits a registered actor as a party.</summary>
    internal Task<Receipt> Admit(Signer party, params Role[] roles) => Apply(Supervisor, Admission(party.Did, roles));

    internal static Operation Admission(string did, params Role[] roles) => Operations.Admit(did, roles);

    internal static Operation NewPilot(string id, Signer sponsor) => Operations.Pilot(id, sponsor.Did);

    /// <summary>Opens pilots that run.</summary>
    internal async Task OpenPilots(Signer sponsor, params string[] ids)
    {
        await Submit(ids.SelectMany(id => Operations.ApplyFor(id, sponsor.Did)));
        await ForwardTime.PassAsync(Node.Time, Operations.ObjectionWindow);
        await Submit(ids.SelectMany(Operations.Start));

        async Task Submit(IEnumerable<(bool BySponsor, Operation Operation)> steps)
        {
            SubmitBatchResponse response = await Node.Registry.SubmitBatchAsync(
                new SubmitBatchRequest
                {
                    Operations = { steps.Select(s => (s.BySponsor ? sponsor : Supervisor).Sign(s.Operation)) },
                }
            );
            Assert.All(response.Results, r => Assert.Equal(ReasonCode.Applied, r.Reason));
        }
    }

    internal static Operation NewClass(string id, string pilot = Pilot, Transferability rule = Transferability.Free) =>
        Operations.Class(id, pilot, rule);

    internal static Operation Mint(string tokenId, Signer owner, string classId = Class) =>
        Operations.Mint(classId, owner.Did, tokenId);

    internal static Operation Transfer(string tokenId, Signer from, Signer to, string classId = Class) =>
        Operations.Transfer(classId, tokenId, from.Did, to.Did);

    internal static Operation Burn(string tokenId, string classId = Class) => Operations.Burn(classId, tokenId);

    /// <summary>A token identifier that no other test of this scene uses.</summary>
    internal string NewTokenId() => $"token-{_tokens++}";

    /// <summary>Mints a token for a holder.</summary>
    internal async Task<string> MintFor(Signer owner)
    {
        string tokenId = NewTokenId();
        await Apply(Issuer, Mint(tokenId, owner));
        return tokenId;
    }

    /// <summary>Submits what must be refused without a trace: no receipt, nothing in the log.</summary>
    internal async Task<RpcException> RefusesUnrecorded(SignedOperation operation, StatusCode status, ReasonCode reason)
    {
        long before = Node.Size;
        RpcException error = await Refusal.Of(
            Node.Registry.SubmitAsync(new SubmitRequest { Operation = operation, WithProof = true }),
            status,
            reason
        );
        Assert.Null(Refusal.ReceiptIn(error));
        Assert.Equal(before, Node.Size);
        return error;
    }

    /// <summary>
    /// Submits what the rules must refuse: the refusal carries the proved receipt of the entry that recorded it, and so does the
    /// answer to every further submission.
    /// </summary>
    internal async Task<Receipt> RefusesRecorded(SignedOperation operation, StatusCode status, ReasonCode reason)
    {
        long before = Node.Size;
        SubmitRequest request = new() { Operation = operation, WithProof = true };
        RpcException error = await Refusal.Of(Node.Registry.SubmitAsync(request), status, reason);
        Receipt receipt = Refusal.ReceiptIn(error)!;

        // The entry and the seal of its batch.
        Assert.Equal(before + 2, Node.Size);
        Assert.Equal((ulong)before, receipt.Index);
        await CheckReceipt(receipt, operation, reason);

        RpcException again = await Refusal.Of(Node.Registry.SubmitAsync(request), status, reason);
        Receipt first = Refusal.ReceiptIn(again)!;
        Assert.Equal(before + 2, Node.Size);
        Assert.Equal(WithoutProof(receipt), WithoutProof(first));
        Assert.Equal(error.Status.Detail, again.Status.Detail);

        request.WithProof = false;
        Receipt plain = Refusal.ReceiptIn(await Refusal.Of(Node.Registry.SubmitAsync(request), status, reason))!;
        Assert.Equal(WithoutProof(receipt), plain);

        GetReceiptResponse asked = await Node.Registry.GetReceiptAsync(
            new GetReceiptRequest { OperationId = receipt.OperationId }
        );
        Assert.Equal(plain, asked.Receipt);
        return receipt;
    }

    /// <summary>Checks a proved receipt against the entry that it names, by the log's own key.</summary>
    internal async Task CheckReceipt(Receipt receipt, SignedOperation operation, ReasonCode outcome)
    {
        Assert.Equal(outcome, receipt.Outcome);
        Assert.Equal(
            SHA256.HashData([.. "ledger.v1.Operation\n"u8, .. operation.Operation.Span]),
            receipt.OperationId.ToByteArray()
        );
        GetEntryResponse response = await Node.Log.GetEntryAsync(new GetEntryRequest { Index = receipt.Index });
        Entry entry = Entry.Parser.ParseFrom(response.Entry);
        Assert.Equal(receipt.Index, entry.Index);
        Assert.Equal(receipt.TimeMs, entry.TimeMs);
        Assert.Equal(operation.Operation, entry.Operation.Operation);
        Assert.Equal(operation.Signatures, entry.Operation.Signatures);
        Assert.Equal(outcome, entry.Operation.Outcome);
        Assert.Equal(SHA256.HashData([0, .. response.Entry.Span]), receipt.LeafHash.ToByteArray());
        CheckInclusion(receipt.Proof, receipt.LeafHash.ToByteArray());
    }

    /// <summary>Checks that the entry that wrote a version is in the log, at the index and time that the version names.</summary>
    internal async Task CheckEntry(EntryProof proof, RecordVersion version)
    {
        Entry entry = Entry.Parser.ParseFrom(proof.Entry);
        Assert.Equal(version.Index, entry.Index);
        Assert.Equal(version.TimeMs, entry.TimeMs);
        Assert.Equal(version.Index, proof.Proof.Index);
        CheckInclusion(proof.Proof, SHA256.HashData([0, .. proof.Entry.Span]));
        GetEntryResponse served = await Node.Log.GetEntryAsync(new GetEntryRequest { Index = version.Index });
        Assert.Equal(served.Entry, proof.Entry);
    }

    /// <summary>Checks an inclusion proof against the checkpoint in it.</summary>
    /// <returns>The checkpoint.</returns>
    internal Checkpoint CheckInclusion(InclusionProof proof, byte[] leafHash)
    {
        Assert.True(
            Checkpoint.TryOpen(proof.Checkpoint.Span, Node.LogKey, out Checkpoint? checkpoint, out string problem),
            problem
        );
        Assert.True(
            Crypto.InclusionProof.Verify(
                (long)proof.Index,
                checkpoint.Size,
                leafHash,
                proof.Hashes.SelectMany(h => h.ToByteArray()).ToArray(),
                checkpoint.Root.Span
            )
        );
        return checkpoint;
    }

    private static Receipt WithoutProof(Receipt receipt)
    {
        Receipt plain = receipt.Clone();
        plain.Proof = null;
        return plain;
    }

    private async Task SetUp()
    {
        Receipt founded = await Apply(Supervisor, Operations.Found(TestNode.Network, Supervisor.Document));
        Supervisor.Did = DidSyntax.FromOperationId(TestNode.Network, founded.OperationId.Span);
        await Task.WhenAll(Register(Issuer), Register(Holder), Register(Other));
        await Task.WhenAll(
            Admit(Issuer, Role.Sponsor, Role.Issuer, Role.Participant),
            Admit(Holder, Role.Participant),
            Admit(Other, Role.Participant)
        );
        await OpenPilots(Issuer, Pilot);
        await Apply(Issuer, NewClass(Class));
    }
}
