using Grpc.Core;
using Grpc.Net.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// A connection to a node that does not trust it: what the node says of the log is checked against the log's key before it is
/// returned. Safe on any number of threads; one client serves a whole application.
/// </summary>
/// <remarks>
/// Every method that calls the node throws <see cref="RefusedException"/> when the ledger refuses,
/// <see cref="VerificationException"/> when an answer does not verify, and <see cref="NodeUnavailableException"/> when none comes.
/// </remarks>
/// <example>
/// <code>
/// await using LedgerClient client = await LedgerClient.ConnectAsync(
///     new LedgerClientOptions { Address = new Uri("https://node.example:7400"), LogKey = VerifierKey.Parse(logKey) });
/// using SigningKey key = SigningKey.Generate();
/// CreatedDid created = await client.CreateDidAsync(key.ToDocument(), [key]);
/// File.WriteAllBytes("created.tlog-proof", created.Entry.ToProofBundle());
/// </code>
/// </example>
public sealed partial class LedgerClient : IAsyncDisposable
{
    private readonly GrpcChannel? _channel;
    private readonly NodeCalls _calls;
    private readonly LogSignature _log;
    private readonly KnownTree _tree;
    private readonly OperationSigner _signer;
    private readonly RegistryService.RegistryServiceClient _registry;
    private readonly DidService.DidServiceClient _dids;
    private readonly TokenService.TokenServiceClient _tokens;
    private readonly PilotService.PilotServiceClient _pilots;
    private readonly PolicyService.PolicyServiceClient _policies;
    private readonly SupervisionService.SupervisionServiceClient _supervision;
    private readonly EventService.EventServiceClient _events;
    private readonly LogService.LogServiceClient _entries;
    private volatile LedgerRecord? _ledger;

    /// <summary>Makes a client. Nothing is sent before the first call.</summary>
    /// <param name="options">What the client needs to know; <see cref="LedgerClientOptions.LogKey"/> must be there.</param>
    /// <exception cref="ArgumentException">The options lack the key, or contradict themselves.</exception>
    /// <exception cref="VerificationException">The known checkpoint is not one of this log.</exception>
    /// <exception cref="IOException">A certificate file cannot be read.</exception>
    public LedgerClient(LedgerClientOptions options)
        : this(options, NodeChannel.Open(options)) { }

    private LedgerClient(LedgerClientOptions options, GrpcChannel channel)
        : this(options, channel.CreateCallInvoker()) => _channel = channel;

    /// <summary>Makes a client of calls that go another way than over a channel of its own.</summary>
    internal LedgerClient(LedgerClientOptions options, CallInvoker invoker)
    {
        if (options.LogKey is not { } logKey)
        {
            throw new ArgumentException(
                "The log's key is missing. Name it, or use ConnectAsync with TrustOnFirstUse.",
                nameof(options)
            );
        }
        ArgumentOutOfRangeException.ThrowIfNegative(options.RetriesMax);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.CallTimeout, TimeSpan.Zero);
        LogKey = logKey;
        Invoker = invoker;
        _calls = new NodeCalls(options);
        _log = new LogSignature(logKey, options.Witnesses);
        _tree = new KnownTree(FetchConsistencyProofAsync, options.ConsistencyInterval, options.Time);
        if (!options.KnownCheckpoint.IsEmpty)
        {
            _tree.Start(_log.Open(options.KnownCheckpoint), options.KnownCheckpoint);
        }
        _signer = new OperationSigner(logKey.Name, options.NotAfter, options.Time);
        _registry = new RegistryService.RegistryServiceClient(invoker);
        _dids = new DidService.DidServiceClient(invoker);
        _tokens = new TokenService.TokenServiceClient(invoker);
        _pilots = new PilotService.PilotServiceClient(invoker);
        _policies = new PolicyService.PolicyServiceClient(invoker);
        _supervision = new SupervisionService.SupervisionServiceClient(invoker);
        _events = new EventService.EventServiceClient(invoker);
        _entries = new LogService.LogServiceClient(invoker);
    }

    /// <summary>The log's key.</summary>
    public VerifierKey LogKey { get; }

    /// <summary>Origin of the log.</summary>
    public string Origin => LogKey.Name;

    /// <summary>
    /// The newest checkpoint that this client has accepted; null until there is one. Its note, kept and given to the next client as
    /// <see cref="LedgerClientOptions.KnownCheckpoint"/>, carries what is known from one to the other.
    /// </summary>
    public SignedCheckpoint? NewestCheckpoint => _tree.Newest;

    /// <summary>For calls that this class has no method for. Nothing that comes this way is verified.</summary>
    public CallInvoker Invoker { get; }

    /// <summary>
    /// Makes a client, reads the node's newest checkpoint and verifies it; learns the log's key from the node if the options allow
    /// that.
    /// </summary>
    /// <param name="options">What the client needs to know.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The options lack the key, or contradict themselves.</exception>
    /// <exception cref="VerificationException">The node's log is another one, or contradicts what is known of it.</exception>
    /// <exception cref="NodeUnavailableException">The node does not answer.</exception>
    public static async Task<LedgerClient> ConnectAsync(
        LedgerClientOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        LedgerClientOptions known =
            options.LogKey is null && options.TrustOnFirstUse
                ? options with
                {
                    LogKey = await AskForKeyAsync(options, cancellationToken),
                }
                : options;
        LedgerClient client = new(known);
        try
        {
            await client.CheckConsistencyAsync(cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the connections. Calls that are under way fail.</summary>
    public ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<VerifierKey> AskForKeyAsync(
        LedgerClientOptions options,
        CancellationToken cancellationToken
    )
    {
        using GrpcChannel channel = NodeChannel.Open(options);
        LogService.LogServiceClient entries = new(channel);
        GetCheckpointResponse answer = await new NodeCalls(options).CallAsync(
            call => entries.GetCheckpointAsync(new GetCheckpointRequest(), call),
            cancellationToken
        );
        return VerifierKey.TryParse(answer.VerifierKey, out VerifierKey? key)
            ? key
            : throw new VerificationException(VerificationCheck.Form, "the node names no verifier key");
    }

    // An entry and its proof, and that its checkpoint belongs to the tree that is known.
    private async Task<ProvenEntry> ProveAsync(
        ReadOnlyMemory<byte> entry,
        InclusionProof? proof,
        CancellationToken cancellationToken,
        bool cosigned = false
    )
    {
        ProvenEntry proven = ProvenEntry.Verify(entry, proof, _log, cosigned);
        await AcceptAsync(proven, cancellationToken);
        return proven;
    }

    private async ValueTask AcceptAsync(ProvenEntry proven, CancellationToken cancellationToken)
    {
        await _tree.AcceptAsync(
            new SignedCheckpoint(proven.Checkpoint, proven.CheckpointNote),
            always: false,
            cancellationToken
        );
        _signer.NoteLogTime(proven.TimeMs);
    }
}
