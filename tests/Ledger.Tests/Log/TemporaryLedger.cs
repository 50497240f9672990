using System.Collections.Concurrent;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Tests.Log;

/// <summary>A real ledger in a temporary folder, with a key and a clock of the test's own. The folder goes with it.</summary>
internal sealed class TemporaryLedger : IAsyncDisposable
{
    public const string Origin = "ledger.test/log";
    public const string Network = "test";

    private readonly bool _ownsDirectory;

    private TemporaryLedger(string directory, bool ownsDirectory)
    {
        Folder = directory;
        _ownsDirectory = ownsDirectory;
    }

    public string Folder { get; }

    public Ed25519PrivateKey LogKey { get; } = Ed25519PrivateKey.FromBytes(new byte[32]);

    public ManualTime Time { get; } = new();

    public EmbeddedLedger Ledger { get; private set; } = null!;

    /// <summary>What the ledger said when a thread of it failed, in order.</summary>
    public ConcurrentQueue<Exception> Fatal { get; } = new();

    public VerifierKey Verifier => VerifierKey.ForEd25519(Origin, LogKey.PublicKey);

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
    /// <param name="directory">Its folder; null: one of its own.</param>
    /// <param name="open">How it is opened, when a test puts something between its parts; null: as a node does it.</param>
    public static TemporaryLedger Open(string? directory = null, Func<LedgerOptions, EmbeddedLedger>? open = null)
    {
        TemporaryLedger temporary = new(
            directory ?? Directory.CreateTempSubdirectory("ledger-test-").FullName,
            directory is null
        );
        temporary.Reopen(open);
        return temporary;
    }

    /// <summary>Opens it again, once it has stopped.</summary>
    public void Reopen(Func<LedgerOptions, EmbeddedLedger>? open = null) =>
        Ledger = (open ?? EmbeddedLedger.Open)(Options);

    public async Task<Submission> Submit(SignedOperation operation) =>
        await Ledger.SubmitAsync(operation, TestContext.Current.CancellationToken);

    /// <summary>Founds the ledger and returns its supervisor.</summary>
    public async Task<Signer> Found()
    {
        Signer supervisor = new(Time);
        Submission submission = await Submit(
            supervisor.Sign(
                new Operation
                {
                    FoundLedger = new FoundLedger { Network = Network, Supervisor = supervisor.Document },
                }
            )
        );
        Assert.Equal(ReasonCode.Applied, submission.Judgement.Reason);
        supervisor.Did = DidSyntax.FromOperationId(Network, submission.Receipt!.OperationId.Span);
        return supervisor;
    }

    /// <summary>Registers a new DID.</summary>
    public async Task<Signer> Register()
    {
        Signer signer = new(Time);
        Submission submission = await Submit(signer.SignCreate());
        Assert.Equal(ReasonCode.Applied, submission.Judgement.Reason);
        signer.Did = DidSyntax.FromOperationId(Network, submission.Receipt!.OperationId.Span);
        return signer;
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        LogKey.Dispose();
        if (_ownsDirectory)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}

/// <summary>A clock that stands where the test puts it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).Ticks;

    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref _ticks), TimeSpan.Zero);
        set => Volatile.Write(ref _ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>An actor with one secp256k1 key, <c>#key-1</c>.</summary>
internal sealed class Signer(ManualTime time)
{
    private readonly Secp256k1PrivateKey _key = Secp256k1PrivateKey.Generate();

    public string Did { get; set; } = "";

    public DidDocument Document =>
        new()
        {
            VerificationMethods =
            {
                new VerificationMethod
                {
                    Fragment = "key-1",
                    Type = KeyType.Secp256K1,
                    PublicKey = ByteString.CopyFrom(_key.PublicKey),
                    Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                },
            },
        };

    public SignedOperation SignCreate() => Sign(new Operation { CreateDid = new CreateDid { Document = Document } });

    /// <summary>Completes an operation with ledger, actor, deadline and nonce where they are missing, and signs it.</summary>
    public SignedOperation Sign(Operation operation)
    {
        if (operation.Ledger.Length == 0)
        {
            operation.Ledger = TemporaryLedger.Origin;
        }

        bool creates = operation.FoundLedger is not null || operation.CreateDid is not null;
        operation.Actor = creates || operation.Actor.Length > 0 ? operation.Actor : Did;
        operation.NotAfter =
            operation.NotAfter == 0 ? (ulong)time.Now.AddHours(1).ToUnixTimeSeconds() : operation.NotAfter;
        operation.Nonce = operation.Nonce.IsEmpty
            ? ByteString.CopyFrom(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Limits.NonceBytes))
            : operation.Nonce;
        byte[] bytes = OperationCodec.Encode(operation);
        byte[] id = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(bytes, id);
        byte[] signature = new byte[Limits.SignatureBytes];
        _key.Sign(id, signature);
        return new SignedOperation
        {
            Operation = ByteString.CopyFrom(bytes),
            Signatures =
            {
                new Signature { VerificationMethod = "key-1", Value = ByteString.CopyFrom(signature) },
            },
        };
    }
}
