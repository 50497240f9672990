using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>A command that signs an operation and submits it.</summary>
internal abstract class SigningVerb : Verb
{
    /// <summary>Which key signs.</summary>
    protected static readonly Option<string> As = new("--as")
    {
        Description = "Name of the key that signs.",
        HelpName = "KEY",
        Required = true,
    };

    private static readonly Option<string?> ActorDid = new("--actor")
    {
        Description = "DID that acts. Default: the one that the key belongs to.",
        HelpName = "DID",
    };

    private static readonly Option<string?> Bundle = new("--bundle")
    {
        Description = "File to write the proof to that the operation is in the log, for `ledger verify`.",
        HelpName = "FILE",
    };

    /// <inheritdoc />
    protected SigningVerb(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        AddUsual(As);
        if (!CreatesActor)
        {
            AddUsual(ActorDid);
        }

        AddUsual(Bundle);
        KeyRing.AddTo(this, canOpen: true);
        Connection.AddTo(this);
    }

    /// <summary>Whether the operation creates the DID that acts, so that the key belongs to none before.</summary>
    protected virtual bool CreatesActor => false;

    /// <summary>Signs and submits.</summary>
    /// <returns>The fields of the result that are this command's own, and the last entry that was written.</returns>
    protected abstract Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    );

    /// <inheritdoc />
    protected sealed override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        KeyRing keys = new(line, output);
        string name = line.GetRequiredValue(As);
        using SigningKey key = keys.Open(name, out string passphrase);
        string did = CreatesActor ? "" : keys.DidOf(line.GetValue(ActorDid) ?? name);
        Signing signing = new(output, keys, name, key, passphrase, did, () => Connection.OpenAsync(line, output, stop));
        await using (signing)
        {
            (JsonObject fields, ProvenEntry entry) = await ActAsync(line, signing, stop);
            fields.With(Fields.Of(entry));
            if (line.GetValue(Bundle) is { } path)
            {
                await File.WriteAllBytesAsync(path, entry.ToProofBundle(), stop);
                fields["bundle"] = path;
            }

            output.Result(fields);
            return ExitCodes.Done;
        }
    }
}

/// <summary>What a command signs and submits with. It connects when it is first asked to, so that usage is judged before.</summary>
internal sealed class Signing(
    Output output,
    KeyRing keys,
    string keyName,
    SigningKey key,
    string passphrase,
    string did,
    Func<Task<Connection>> connect
) : IAsyncDisposable
{
    private Connection? _connection;

    /// <summary>Where to write.</summary>
    public Output Output => output;

    /// <summary>All keys.</summary>
    public KeyRing Keys => keys;

    /// <summary>The key that signs.</summary>
    public SigningKey Key => key;

    /// <summary>Who acts.</summary>
    public Actor Actor => new(did, key);

    /// <summary>The node.</summary>
    public async Task<LedgerClient> ClientAsync() => (_connection ??= await connect()).Client;

    /// <summary>Signs what the actor asks, and submits it.</summary>
    public async Task<ProvenEntry> SubmitAsync(Operation body, CancellationToken stop)
    {
        LedgerClient client = await ClientAsync();
        return await client.SubmitAsync(client.Prepare(Actor, body), stop);
    }

    /// <summary>Notes the DID that the signing key belongs to from now on.</summary>
    public void Assign(string created) => keys.Assign(keyName, key, passphrase, created);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
