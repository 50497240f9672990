using System.Collections.Concurrent;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Testing;

/// <summary>A real ledger in a temporary folder, with a key and a clock of the test's own. The folder goes with it.</summary>
public sealed class TemporaryLedger : IAsyncDisposable
{
    /// <summary>Origin of the log.</summary>
    public const string Origin = "ledger.test/log";

    /// <summary>Network of the DIDs, once it is founded.</summary>
    public const string Network = "test";

    private readonly TemporaryFolder? _owned;

    private TemporaryLedger(string? folder)
    {
        _owned = folder is null ? new TemporaryFolder() : null;
        Folder = folder ?? _owned!.Path;
    }

    /// <summary>The ledger's folder.</summary>
    public string Folder { get; }

    /// <summary>The log's own key, with which a test can sign what the log never would.</summary>
    public Ed25519PrivateKey LogKey { get; } = TestKeys.Ed25519(0);

    /// <summary>Where batches get their time from.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>The ledger; another one each time it was opened.</summary>
    public EmbeddedLedger Ledger { get; private set; } = null!;

    /// <summary>What the ledger said when a thread of it failed, in order.</summary>
    public ConcurrentQueue<Exception> Fatal { get; } = new();

    /// <summary>The log's public key.</summary>
    public VerifierKey Verifier => VerifierKey.ForEd25519(Origin, LogKey.PublicKey);

    /// <summary>What it is opened with.</summary>
    public LedgerOptions Options =>
        new()
        {
            Directory = Folder,
            Origin = Origin,
            SigningKey = LogKey,
            Time = Time,
            OnFatal = Fatal.Enqueue,
        };

    /// <summary>Opens a ledger.</summary>
    /// <param name="folder">Its folder; null: one of its own.</param>
    /// <param name="open">How it is opened, when a test puts something between its parts; null: as a node does it.</param>
    public static TemporaryLedger Open(string? folder = null, Func<LedgerOptions, EmbeddedLedger>? open = null)
    {
        TemporaryLedger temporary = new(folder);
        try
        {
            temporary.Reopen(open);
        }
        catch
        {
            temporary._owned?.Dispose();
            throw;
        }

        return temporary;
    }

    /// <summary>Opens it again, once it has stopped.</summary>
    public void Reopen(Func<LedgerOptions, EmbeddedLedger>? open = null) =>
        Ledger = (open ?? EmbeddedLedger.Open)(Options);

    /// <summary>Submits an operation.</summary>
    public async Task<Submission> Submit(SignedOperation operation) =>
        await Ledger.SubmitAsync(operation, TestContext.Current.CancellationToken);

    /// <summary>Submits an operation that must be applied.</summary>
    public async Task<Receipt> Apply(SignedOperation operation)
    {
        Submission submission = await Submit(operation);
        Assert.Equal(Judgement.Ok, submission.Judgement);
        return submission.Receipt!;
    }

    /// <summary>Founds the ledger and returns its supervisor.</summary>
    public async Task<Signer> Found()
    {
        Signer supervisor = new(Time);
        Receipt receipt = await Apply(supervisor.Sign(Operations.Found(Network, supervisor.Document)));
        supervisor.Did = DidSyntax.FromOperationId(Network, receipt.OperationId.Span);
        return supervisor;
    }

    /// <summary>Registers a new DID.</summary>
    public async Task<Signer> Register(KeyType type = KeyType.Secp256K1)
    {
        Signer signer = new(Time, type: type);
        Receipt receipt = await Apply(signer.SignCreate());
        signer.Did = DidSyntax.FromOperationId(Network, receipt.OperationId.Span);
        return signer;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        LogKey.Dispose();
        _owned?.Dispose();
    }
}
