using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;

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
        AddUsual(CreatesActor ? KeyRing.OverwriteDid : ActorDid);

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
        using OutputFile? bundle = OutputFile.Prepare(line.GetValue(Bundle));
        KeyRing keys = new(line, output);
        string name = line.GetRequiredValue(As);
        if (CreatesActor)
        {
            keys.RequireFree(name, line.GetValue(KeyRing.OverwriteDid));
        }

        using SigningKey key = keys.Open(name, out string passphrase);
        string did = CreatesActor ? "" : keys.DidOf(line.GetValue(ActorDid) ?? name);
        Signing signing = new(output, keys, name, key, passphrase, did, () => Connection.OpenAsync(line, output, stop));
        await using (signing)
        {
            try
            {
                (JsonObject fields, ProvenEntry entry) = await ActAsync(line, signing, stop);
                fields.With(signing.Known).With(Fields.Of(entry));
                if (bundle is not null)
                {
                    bundle.Write(entry.ToProofBundle());
                    fields["bundle"] = bundle.Path;
                }

                output.Result(fields);
                return ExitCodes.Done;
            }
            catch (Exception e)
                when (signing.HasSent && Failures.Describe(e, stop.IsCancellationRequested) is { } cause)
            {
                throw signing.Explain(cause);
            }
        }
    }
}
