using Google.Protobuf;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.V1;
using NBitcoin.Secp256k1;

namespace Ledger.Benchmarks.Reading;

/// <summary>A ledger on a store of its own, filled through its own way in. Its folder goes when it does.</summary>
internal sealed class BenchLedger : IAsyncDisposable
{
    public const string Network = "bench";
    private const string Origin = "ledger.test/bench";
    private const string KeyName = "key-1";

    // What signs for everybody who was given no key of their own.
    private static readonly ECPrivKey CommonKey = KeyOf(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("ledger-bench-").FullName;
    private readonly Ed25519PrivateKey _logKey = Ed25519PrivateKey.Generate();
    private readonly Dictionary<string, ECPrivKey> _keys = [];
    private ulong _nonce;

    public BenchLedger() => Ledger = Open();

    /// <summary>The ledger; another one after <see cref="ReopenAsync"/>.</summary>
    public EmbeddedLedger Ledger { get; private set; }

    /// <summary>Founds it, with no quota of changes; returns the supervisor's DID.</summary>
    public async Task<string> FoundAsync() =>
        await CreatedAsync(
            new Operation
            {
                FoundLedger = new FoundLedger
                {
                    Network = Network,
                    Supervisor = Document(),
                    DidQuota = new DidQuota(),
                },
            },
            CommonKey
        );

    /// <summary>Registers a DID with a key of its own: two that act together are not taken for one.</summary>
    public async Task<string> CreatePartyAsync()
    {
        ECPrivKey key = KeyOf(_keys.Count + 2);
        Operation create = new() { CreateDid = new CreateDid { Document = Document(key) } };
        string did = await CreatedAsync(create, key);
        _keys.Add(did, key);
        return did;
    }

    /// <summary>The operation that registers a DID.</summary>
    public static Operation Create() => new() { CreateDid = new CreateDid { Document = Document() } };

    /// <summary>A document with the key that signs for those who have none of their own.</summary>
    public static DidDocument Document() => Document(CommonKey);

    private static ECPrivKey KeyOf(int number) => ECPrivKey.Create(Convert.FromHexString($"{number:x64}"));

    private static DidDocument Document(ECPrivKey key) =>
        new()
        {
            VerificationMethods =
            {
                new VerificationMethod
                {
                    Fragment = KeyName,
                    Type = KeyType.Secp256K1,
                    PublicKey = ByteString.CopyFrom(key.CreatePubKey().ToBytes(compressed: true)),
                    Purposes = { KeyPurpose.AssertionMethod, KeyPurpose.CapabilityInvocation },
                },
            },
        };

    /// <summary>Does one thing after the other.</summary>
    /// <exception cref="InvalidOperationException">One was refused.</exception>
    public Task<Receipt[]> SubmitAsync(IReadOnlyList<Operation> operations) =>
        SubmitAsync([
            .. operations.Select(operation => Sign(operation, _keys.GetValueOrDefault(operation.Actor, CommonKey))),
        ]);

    private async Task<Receipt[]> SubmitAsync(SignedOperation[] operations)
    {
        Submission[] answers = await Ledger.SubmitAllAsync(operations, CancellationToken.None);
        return
        [
            .. answers.Select(answer =>
                answer.Judgement.IsOk
                    ? answer.Receipt!
                    : throw new InvalidOperationException(Reasons.Message(answer.Judgement))
            ),
        ];
    }

    /// <summary>As after a restart: what was last written is in files too, and not in memory alone.</summary>
    public async Task ReopenAsync()
    {
        await Ledger.DisposeAsync();
        Ledger = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        _logKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> CreatedAsync(Operation operation, ECPrivKey key)
    {
        Receipt[] receipts = await SubmitAsync([Sign(operation, key)]);
        return DidSyntax.FromOperationId(Network, receipts[0].OperationId.Span);
    }

    private EmbeddedLedger Open() =>
        EmbeddedLedger.Open(
            new LedgerOptions
            {
                Directory = _folder,
                Origin = Origin,
                SigningKey = _logKey,
            }
        );

    private SignedOperation Sign(Operation operation, ECPrivKey key)
    {
        operation.Ledger = Origin;
        operation.NotAfter = (ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        byte[] nonce = new byte[Limits.NonceBytes];
        BitConverter.TryWriteBytes(nonce, ++_nonce);
        operation.Nonce = ByteString.CopyFrom(nonce);
        byte[] bytes = OperationCodec.Encode(operation);
        Span<byte> id = stackalloc byte[Limits.HashBytes];
        OperationCodec.ComputeId(bytes, id);
        Span<byte> signature = stackalloc byte[Limits.SignatureBytes];
        key.SignECDSARFC6979(id).WriteCompactToSpan(signature);
        return new SignedOperation
        {
            Operation = ByteString.CopyFrom(bytes),
            Signatures =
            {
                new Signature { VerificationMethod = KeyName, Value = ByteString.CopyFrom(signature) },
            },
        };
    }
}
