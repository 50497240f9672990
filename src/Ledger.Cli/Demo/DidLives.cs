using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Demo;

/// <summary>What becomes of DIDs whose keys are changed, lost and stolen.</summary>
internal sealed class DidLives(DemoClients clients, DemoReport report, string network, CancellationToken stop)
    : IDisposable
{
    private const uint DelaySeconds = 5;

    private readonly List<SigningKey> _keys = [];

    private LedgerClient Client => clients.First;

    /// <summary>A DID that has committed to its next key: whoever steals the present one cannot replace it by their own.</summary>
    public async Task<string> RotateAsync()
    {
        (SigningKey first, SigningKey next, SigningKey thief) = (NewKey("key-1"), NewKey("key-2"), NewKey("key-2"));
        DidDocument document = first.ToDocument();
        document.NextKeysCommitment = ByteString.CopyFrom(UpdateKeys.Commit(next.ToDocument()));
        string did = await CreateAsync(first, document, recovery: null);
        MustRefuse refuse = new(clients, report);
        await refuse.RuleAsync(
            "a key that was not committed to",
            ReasonCode.CommitmentMismatch,
            new Actor(did, first),
            await UpdateAsync(did, thief.ToDocument()),
            stop
        );
        ProvenEntry rotated = await ActAsync(new Actor(did, first), await UpdateAsync(did, next.ToDocument()));
        await refuse.AtTheDoorAsync(
            "the old key, after the rotation",
            ReasonCode.UnknownKey,
            new Actor(did, first),
            await UpdateAsync(did, first.ToDocument()),
            stop
        );
        await RequireAsync(did, next, rotated);
        return "to the key that was committed to, and to no other";
    }

    /// <summary>A DID whose only key is lost is taken back with a recovery key.</summary>
    public async Task<string> RecoverAsync()
    {
        (SigningKey lost, SigningKey recovery, SigningKey renewed) = (
            NewKey("key-1"),
            NewKey("recovery"),
            NewKey("key-2")
        );
        string did = await CreateAsync(lost, lost.ToDocument(), PolicyOf(recovery));
        lost.Dispose();
        DidRecord record = (await Client.ResolveAsync(did, stop)).Record;
        RecoverDid recover = new()
        {
            Did = did,
            Previous = record.LastOperation,
            Document = renewed.ToDocument(),
        };
        ProvenEntry recovered = await ActAsync(new Actor(did, recovery), new Operation { RecoverDid = recover });
        await RequireAsync(did, renewed, recovered);
        DidDocument changed = renewed.ToDocument();
        changed.AlsoKnownAs.Add("https://back.example");
        await ActAsync(new Actor(did, renewed), await UpdateAsync(did, changed));
        return "the recovery key names a new key, and that one signs";
    }

    /// <summary>
    /// A thief with the present key puts in their own and proposes that nobody can take the DID back. While that waits, the recovery key
    /// undoes the one and cancels the other; when the time has passed, nothing of it has come to be.
    /// </summary>
    public async Task<string> CancelTakeoverAsync()
    {
        (SigningKey stolen, SigningKey recovery) = (NewKey("key-1"), NewKey("recovery"));
        (SigningKey thief, SigningKey renewed) = (NewKey("key-2"), NewKey("key-3"));
        string did = await CreateAsync(stolen, stolen.ToDocument(), PolicyOf(recovery));
        await ActAsync(new Actor(did, stolen), await UpdateAsync(did, thief.ToDocument()));
        ChangeRecovery takeover = new() { Did = did, Previous = await LastAsync(did) };
        await ActAsync(new Actor(did, thief), new Operation { ChangeRecovery = takeover });
        PendingRecovery pending = (await Client.ResolveAsync(did, stop)).Pending!;
        Expect.That(pending is { Recovery: null, Rank: 0 }, "the takeover does not wait for its time");

        RecoverDid recover = new()
        {
            Did = did,
            Previous = await LastAsync(did),
            Document = renewed.ToDocument(),
        };
        await ActAsync(new Actor(did, recovery), new Operation { RecoverDid = recover });
        CancelRecovery cancel = new() { Did = did, Previous = await LastAsync(did) };
        await ActAsync(new Actor(did, recovery), new Operation { CancelRecovery = cancel });
        await new MustRefuse(clients, report).AtTheDoorAsync(
            "the thief's key, after the recovery",
            ReasonCode.UnknownKey,
            new Actor(did, thief),
            await UpdateAsync(did, thief.ToDocument()),
            stop
        );

        ResolvedDid then = await ResolveAfterAsync(did, renewed, (long)pending.EffectiveMs);
        Expect.That(
            then.Pending is null && then.Recovery?.Keys is [var key] && key.Fragment == recovery.Fragment,
            "a takeover that was cancelled has come to be"
        );
        return $"undone and cancelled in time: after {DelaySeconds} s it is gone";
    }

    /// <inheritdoc />
    public void Dispose() => _keys.ForEach(static key => key.Dispose());

    // The log knows of a time when a batch has it.
    private async Task<ResolvedDid> ResolveAfterAsync(string did, SigningKey key, long timeMs)
    {
        for (int i = 0; ; i++)
        {
            ResolvedDid resolved = await Client.ResolveAsync(did, stop);
            long left = timeMs - resolved.KnownAsOf.ToUnixTimeMilliseconds();
            if (left <= 0)
            {
                return resolved;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(left), stop);
            DidDocument document = key.ToDocument();
            document.AlsoKnownAs.Add($"https://later.example/{i}");
            await ActAsync(new Actor(did, key), await UpdateAsync(did, document));
        }
    }

    private async Task RequireAsync(string did, SigningKey key, ProvenEntry entry)
    {
        ResolvedDid now = await Client.ResolveAsync(did, stop);
        Expect.That(
            now.DocumentSource?.Index == entry.Index
                && now.Record.Document.VerificationMethods is [var only]
                && only.PublicKey.Span.SequenceEqual(key.PublicKey.Span),
            "a DID does not have the key that it was given"
        );
    }

    private async Task<string> CreateAsync(SigningKey key, DidDocument document, RecoveryPolicy? recovery)
    {
        CreateDid create = new() { Document = document, Recovery = recovery };
        PreparedOperation operation = Client.PrepareNew([key], new Operation { CreateDid = create });
        await clients.SubmitAsync(operation, stop);
        return operation.Submitted.ActorDid(network);
    }

    private async Task<ProvenEntry> ActAsync(Actor actor, Operation body) =>
        await clients.SubmitAsync(Client.Prepare(actor, body), stop);

    private async Task<ByteString> LastAsync(string did) => (await Client.ResolveAsync(did, stop)).Record.LastOperation;

    private async Task<Operation> UpdateAsync(string did, DidDocument document) =>
        new()
        {
            UpdateDid = new UpdateDid
            {
                Did = did,
                Previous = await LastAsync(did),
                Document = document,
            },
        };

    private SigningKey NewKey(string fragment)
    {
        SigningKey key = SigningKey.Generate(fragment: fragment);
        _keys.Add(key);
        return key;
    }

    private static RecoveryPolicy PolicyOf(SigningKey key)
    {
        VerificationMethod method = key.ToVerificationMethod();
        method.Purposes.Clear();
        return new RecoveryPolicy { Keys = { method }, DelaySeconds = DelaySeconds };
    }
}
