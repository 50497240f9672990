using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>What an operation is made from: the command line, and whose names stand for their DIDs.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Keys">All keys.</param>
/// <param name="Actor">DID that acts.</param>
internal sealed record Asking(ParseResult Line, KeyRing Keys, string Actor)
{
    /// <summary>What the person needs to know whatever becomes of the operation: salts, for one.</summary>
    public JsonObject Known { get; } = [];

    /// <summary>The DID that an option names, by itself or by a key of the person's; empty when it is not given.</summary>
    public string DidOf(Option<string?> option) => Line.GetValue(option) is { } named ? Keys.DidOf(named) : "";

    /// <summary>The DID that an argument names; the one that acts when it is not given.</summary>
    public string DidOrActor(Argument<string?> argument) =>
        Line.GetValue(argument) is { } named ? Keys.DidOf(named) : Actor;

    /// <summary>The DID that an argument names.</summary>
    public string DidOf(Argument<string> argument) => Keys.DidOf(Line.GetRequiredValue(argument));
}

/// <summary>
/// A command that makes one operation of its command line alone. With the keys that it is given it signs and submits; or it writes the
/// operation to a file, which others sign and submit, on other machines if need be.
/// </summary>
internal abstract class OperationVerb : SigningVerb
{
    /// <inheritdoc />
    protected OperationVerb(string name, string description, params string[] examples)
        : base(name, description, examples) => AddUsual(PreparingOptions.Prepare, PreparingOptions.ValidFor);

    /// <inheritdoc />
    protected sealed override Option<string[]> As => PreparingOptions.As;

    /// <summary>Says what is asked. Nothing is sent.</summary>
    protected abstract Asked Ask(Asking asking);

    /// <inheritdoc />
    protected sealed override async Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    )
    {
        Asking asking = new(line, signing.Keys, signing.Actor.Did);
        Asked asked = Ask(asking);
        signing.Known.With(asking.Known);
        return (asked.Fields, await signing.SubmitAsync(asked.Body, stop));
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

    private async Task PrepareAsync(ParseResult line, Output output, string path, CancellationToken stop)
    {
        TimeSpan validFor = PreparingOptions.ValidForOf(line);
        using OutputFile file = OutputFile.Prepare(path)!;
        KeyRing keys = new(line, output);
        string[] names = NamesOf(line);
        string actor = keys.DidOf(
            ActingOf(line)
                ?? names.FirstOrDefault()
                ?? throw CommandFailure.Usage($"Who acts? Name it with {ActorDid.Name}.")
        );
        string approver = line.GetValue(Approver) is { } named ? keys.DidOf(named) : "";
        Asking asking = new(line, keys, actor);
        Asked asked = Ask(asking);
        IReadOnlyList<OpenKey> signers = OpenAll(keys, names);
        try
        {
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            LedgerClient client = connection.Client;
            VerificationMethod[] keysOfActor = await KeysOfAsync(client, actor, stop);
            VerificationMethod[] keysOfApprover = approver.Length == 0 ? [] : await KeysOfAsync(client, approver, stop);
            byte[] operation = client.Complete(actor, asked.Body, validFor, approver);
            OperationFile made = OperationFile.Create(operation, [], keysOfActor, threshold: 1, keysOfApprover);
            made = signers.Aggregate(made, (signed, signer) => signed.Sign(signer.Key, actor));
            file.Write(made.ToBytes());
            JsonObject fields = new JsonObject { ["file"] = path }
                .With(asking.Known)
                .With(Fields.Of(made));
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

    // The keys by which a DID asserts, as it is now: the node's word, and the ledger judges them anew.
    private static async Task<VerificationMethod[]> KeysOfAsync(
        LedgerClient client,
        string did,
        CancellationToken stop
    ) =>
        [
            .. (await client.ResolveAsync(did, stop)).Record.Document.VerificationMethods.Where(static key =>
                key.Purposes.Contains(KeyPurpose.AssertionMethod) && key.Type != KeyType.Multikey
            ),
        ];
}

/// <summary>A command of one verb of the protocol, whose result shows what was signed.</summary>
internal sealed class OperationCommand : OperationVerb
{
    private readonly Func<Asking, Operation> _compose;

    /// <summary>Names a command.</summary>
    /// <param name="name">As it is typed.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="example">A command line that works, for the help.</param>
    /// <param name="own">Its own arguments and options, in the order of the help.</param>
    /// <param name="compose">Makes an operation of them, of which the body alone is set.</param>
    public OperationCommand(
        string name,
        string description,
        string example,
        IEnumerable<Symbol> own,
        Func<Asking, Operation> compose
    )
        : base(name, description, example)
    {
        _compose = compose;
        this.AddOwn(own);
    }

    /// <inheritdoc />
    protected override Asked Ask(Asking asking)
    {
        Operation body = _compose(asking);
        return new Asked(body, MessageFields.Of(Protocol.Verb.Of(body).BodyOf(body)));
    }
}
