using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>What a change is made from.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Keys">All keys.</param>
/// <param name="Signers">The keys that sign here; none when the operation is prepared for others.</param>
/// <param name="Client">The node.</param>
/// <param name="Resolved">The DID as it is.</param>
internal sealed record ChangeScene(
    ParseResult Line,
    KeyRing Keys,
    IReadOnlyList<OpenKey> Signers,
    LedgerClient Client,
    ResolvedDid Resolved
)
{
    /// <summary>The DID.</summary>
    public string Did => Resolved.Record.Did;

    /// <summary>The document that a change starts from.</summary>
    /// <exception cref="CommandFailure">It is the node's word.</exception>
    public DidDocument ProvenDocument =>
        Resolved.DocumentProven
            ? Resolved.Record.Document
            // Whatever else the document holds, a key of a stranger for one, would be signed with the change.
            : throw CommandFailure.Unverified(
                $"The document of {Did} is the node's word: its last operation, in entry {Resolved.Entry.Index}, does not carry it. A change to it was not signed."
            );
}

/// <summary>
/// A command that changes a DID: with the keys that it is given it signs and submits; or it writes the operation to a file, which others
/// sign and submit, on other machines if need be.
/// </summary>
internal abstract class DidChangeVerb : SigningVerb
{
    private static readonly Option<string?> Subject = new("--did")
    {
        Description = "The DID to change, or the name of its key. Default: the one that acts.",
        HelpName = "DID",
    };

    /// <inheritdoc />
    protected DidChangeVerb(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        Add(Subject);
        AddUsual(PreparingOptions.Prepare, PreparingOptions.ValidFor);
    }

    /// <inheritdoc />
    protected sealed override Option<string[]> As => PreparingOptions.As;

    /// <summary>Nobody approves what changes a DID.</summary>
    protected sealed override bool CanBeApproved => false;

    /// <summary>Whether recovery keys sign it.</summary>
    protected virtual bool IsByRecoveryKey(ParseResult line) => false;

    /// <summary>Recovery keys act as the DID itself, and nowhere else.</summary>
    protected sealed override string? ActingOf(ParseResult line) =>
        (IsByRecoveryKey(line) ? line.GetValue(Subject) : null) ?? base.ActingOf(line);

    /// <summary>Says what is asked. Nothing is sent; keys that it needs later are on disk when it returns.</summary>
    protected abstract Task<Asked> PlanAsync(ChangeScene scene, CancellationToken stop);

    /// <summary>What is done after the receipt.</summary>
    protected virtual void Recorded(ChangeScene scene) { }

    /// <summary>What a command that asked for it earlier, and was interrupted, comes to; null: it is asked anew.</summary>
    /// <param name="replaced">Names of keys whose replacement was recorded then, and noticed now.</param>
    /// <param name="signing">What signs.</param>
    protected virtual JsonObject? AskedEarlier(IReadOnlyList<string> replaced, Signing signing) => null;

    /// <inheritdoc />
    protected sealed override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    )
    {
        string did = line.GetValue(Subject) is { } named ? signing.Keys.DidOf(named) : signing.Actor.Did;
        LedgerClient client = await signing.ClientAsync();
        ResolvedDid resolved = await client.ResolveAsync(did, stop);
        IReadOnlyList<string> replaced = Settle(signing.Keys, resolved.Record, resolved.DocumentProven);
        signing.Reopen(replaced);
        if (AskedEarlier(replaced, signing) is { } earlier)
        {
            return (earlier, resolved.Entry);
        }

        ChangeScene scene = new(line, signing.Keys, signing.Signers, client, resolved);
        Asked change = await PlanAsync(scene, stop);
        ProvenEntry entry = await signing.SubmitAsync(change.Body, stop);
        Settle(signing.Keys, change.Body, did);
        Recorded(scene);
        return (change.Fields, entry);
    }

    /// <inheritdoc />
    protected sealed override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        if (line.GetValue(PreparingOptions.Prepare) is { } path)
        {
            await PrepareAsync(line, output, path, stop);
            return ExitCodes.Done;
        }

        PreparingOptions.RequireSigners(line, NamesOf(line));
        return await base.RunAsync(line, output, stop);
    }

    /// <summary>Brings the key files up to the document that an operation gave a DID.</summary>
    public static void Settle(KeyRing keys, Operation applied, string did)
    {
        if ((applied.UpdateDid?.Document ?? applied.RecoverDid?.Document) is { } document)
        {
            keys.Settle(did, document);
        }
    }

    private static IReadOnlyList<string> Settle(KeyRing keys, DidRecord record, bool isProven) =>
        isProven ? keys.Settle(record.Did, record.Document) : [];

    private async Task PrepareAsync(ParseResult line, Output output, string path, CancellationToken stop)
    {
        TimeSpan validFor = PreparingOptions.ValidForOf(line);
        using OutputFile file = OutputFile.Prepare(path)!;
        KeyRing keys = new(line, output);
        string[] names = NamesOf(line);
        string? subject = line.GetValue(Subject);
        string? acting = ActingOf(line) ?? names.FirstOrDefault() ?? subject;
        if (acting is null)
        {
            throw CommandFailure.Usage($"Which DID? Name it with {Subject.Name}.");
        }

        string actor = keys.DidOf(acting);
        string did = subject is null ? actor : keys.DidOf(subject);
        IReadOnlyList<OpenKey> signers = OpenAll(keys, names);
        try
        {
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            ResolvedDid resolved = await connection.Client.ResolveAsync(did, stop);
            Asked change = await PlanAsync(new ChangeScene(line, keys, signers, connection.Client, resolved), stop);
            OperationFile made = await MakeAsync(connection.Client, actor, change.Body, resolved, validFor, stop);
            made = signers.Aggregate(made, static (file, signer) => file.Sign(signer.Key));
            file.Write(made.ToBytes());
            JsonObject fields = new JsonObject { ["file"] = path }.With(Fields.Of(made));
            fields["words"] = Fields.Words(made);
            output.Result(fields);
        }
        finally
        {
            foreach (OpenKey signer in signers)
            {
                signer.Dispose();
            }
        }
    }

    private static async Task<OperationFile> MakeAsync(
        LedgerClient client,
        string actor,
        Operation body,
        ResolvedDid resolved,
        TimeSpan validFor,
        CancellationToken stop
    )
    {
        (IEnumerable<VerificationMethod> signers, int threshold) = Protocol.Verb.Of(body).IsByRecoveryKey
            ? (resolved.Recovery?.Keys ?? Enumerable.Empty<VerificationMethod>(), 1)
            : SignersOf(
                actor == resolved.Record.Did
                    ? resolved.Record.Document
                    : (await client.ResolveAsync(actor, stop)).Record.Document
            );
        return OperationFile.Create(
            client.Complete(actor, body, validFor),
            (resolved.Entry.Operation?.Bytes ?? default).Span,
            [.. signers],
            threshold
        );
    }

    private static (IEnumerable<VerificationMethod> Signers, int Threshold) SignersOf(DidDocument document) =>
        (
            document.VerificationMethods.Where(static m => UpdateKeys.Contains(m) && m.Type != KeyType.Multikey),
            UpdateKeys.Threshold(document)
        );
}
