using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>
/// What a command signs and submits with. It connects when it is first asked to, so that usage is judged before, and remembers what
/// became of what it sent, so that no failure afterwards hides it.
/// </summary>
internal sealed class Signing(
    Output output,
    KeyRing keys,
    IReadOnlyList<OpenKey> signers,
    string did,
    OpenKey? approver,
    Func<Task<Connection>> connect
) : IAsyncDisposable
{
    private readonly List<OpenKey> _signers = [.. signers];
    private readonly List<ProvenEntry> _recorded = [];
    private Connection? _connection;
    private PreparedOperation? _underWay;

    /// <summary>Where to write.</summary>
    public Output Output => output;

    /// <summary>All keys.</summary>
    public KeyRing Keys => keys;

    /// <summary>The keys that sign.</summary>
    public IReadOnlyList<OpenKey> Signers => _signers;

    /// <summary>Who acts.</summary>
    public Actor Actor => new(did, SigningKeys);

    /// <summary>The second party that approves; null: nobody.</summary>
    public Actor? Approver => approver is null ? null : new Actor(keys.DidOf(approver.Name), approver.Key);

    /// <summary>What the person needs to know of the operation whatever becomes of it: a failure shows it too.</summary>
    public JsonObject Known { get; } = [];

    /// <summary>For commands that send several operations: which are in, and which is under way. A failure says it.</summary>
    public string Progress { get; set; } = "";

    /// <summary>Whether an operation was recorded, or may have been.</summary>
    public bool HasSent => _underWay is not null || _recorded.Count > 0;

    /// <summary>The node.</summary>
    public async Task<LedgerClient> ClientAsync() => (_connection ??= await connect()).Client;

    /// <summary>Signs what the actor asks, and submits it.</summary>
    public async Task<ProvenEntry> SubmitAsync(Operation body, CancellationToken stop) =>
        await SubmitAsync((await ClientAsync()).Prepare(Actor, body, Approver), stop);

    /// <summary>Submits an operation that was signed elsewhere.</summary>
    public async Task<ProvenEntry> SubmitAsync(OperationFile file, CancellationToken stop) =>
        await SubmitAsync(file.ToOperation((await ClientAsync()).Origin), stop);

    /// <summary>Opens keys again whose files have changed.</summary>
    public void Reopen(IReadOnlyList<string> names)
    {
        for (int i = 0; i < _signers.Count; i++)
        {
            if (names.Contains(_signers[i].Name))
            {
                _signers[i].Dispose();
                _signers[i] = keys.Open(_signers[i].Name);
            }
        }
    }

    /// <summary>Signs what creates the DID that acts, submits it, and notes the DID with the keys.</summary>
    /// <param name="body">The operation.</param>
    /// <param name="network">The ledger's network.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<ProvenEntry> CreateActorAsync(Operation body, string network, CancellationToken stop)
    {
        PreparedOperation operation = (await ClientAsync()).PrepareNew(SigningKeys, body);
        string created = operation.Submitted.ActorDid(network);
        Known["did"] = created;
        ProvenEntry entry = await SubmitAsync(operation, stop);
        foreach (OpenKey signer in _signers)
        {
            keys.Assign(signer.Name, created);
        }

        return entry;
    }

    private SigningKey[] SigningKeys => [.. _signers.Select(static signer => signer.Key)];

    /// <summary>What the person is told when something fails: also what became of the operations.</summary>
    /// <param name="cause">What failed.</param>
    public CommandFailure Explain(CommandFailure cause)
    {
        JsonObject details = (JsonObject?)cause.Details?.DeepClone() ?? [];
        details.With(Known);
        details["recorded_entries"] = Fields.List(
            _recorded.Select(static entry => (JsonNode)JsonValue.Create(entry.Index))
        );
        string known = string.Concat(
            Known.Where(static f => f.Value is JsonValue).Select(static f => $" Its {f.Key} is {f.Value}.")
        );
        string progress = Progress.Length == 0 ? "" : " " + Progress;
        if (_underWay is { } sent)
        {
            string id = Convert.ToHexStringLower(sent.Id.Span);
            details["operation_id"] = id;
            return CommandFailure.Unknown(
                $"{cause.Message} The operation {id} may be recorded: ask `ledger receipt {id}`.{known}{progress}",
                details
            );
        }

        if (_recorded.Count == 0)
        {
            return cause;
        }

        ProvenEntry last = _recorded[^1];
        string recorded = Convert.ToHexStringLower(last.OperationId.Span);
        if (!details.ContainsKey("operation_id"))
        {
            details["operation_id"] = recorded;
            details["index"] = last.Index;
        }

        return CommandFailure.Recorded(
            $"{cause.Message} The operation {recorded} is recorded, as entry {last.Index}: do not repeat it.{known}{progress}",
            details
        );
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _signers.ForEach(static signer => signer.Dispose());
        approver?.Dispose();
        return _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task<ProvenEntry> SubmitAsync(PreparedOperation operation, CancellationToken stop)
    {
        LedgerClient client = await ClientAsync();
        _underWay = operation;
        try
        {
            ProvenEntry entry = await client.SubmitAsync(operation, stop);
            _recorded.Add(entry);
            _underWay = null;
            return entry;
        }
        catch (RefusedException)
        {
            _underWay = null;
            throw;
        }
    }
}
