using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;

namespace Ledger.Cli;

/// <summary>A command that signs an operation and submits it.</summary>
internal abstract class SigningVerb : Verb
{
    private static readonly Option<string[]> RequiredAs = new("--as")
    {
        Description = "Name of the key that signs. Can be repeated: all of them sign.",
        HelpName = "KEY",
        Required = true,
    };

    /// <summary>Who acts.</summary>
    protected static readonly Option<string?> ActorDid = new("--actor")
    {
        Description = "DID that acts. Default: the one that the first key belongs to.",
        HelpName = "DID",
    };

    /// <summary>Who approves.</summary>
    protected static readonly Option<string?> Approver = new("--approver")
    {
        Description =
            "Second party that approves, where two have to sign: the name of its key, which signs too. With --prepare, also a DID.",
        HelpName = "KEY",
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
        if (CanBeApproved)
        {
            AddUsual(Approver);
        }

        AddUsual(Bundle);
        KeyRing.AddTo(this, canOpen: true);
        Connection.AddTo(this);
    }

    /// <summary>Which keys sign.</summary>
    protected virtual Option<string[]> As => RequiredAs;

    /// <summary>Whether the operation creates the DID that acts, so that the key belongs to none before.</summary>
    protected virtual bool CreatesActor => false;

    /// <summary>Whether a second party can approve the operation.</summary>
    protected virtual bool CanBeApproved => !CreatesActor;

    /// <summary>Makes keys that are named and not there, where a command does that.</summary>
    protected virtual void MakeMissing(ParseResult line, KeyRing keys, IReadOnlyList<string> names) { }

    /// <summary>Opens keys, all or none.</summary>
    protected static IReadOnlyList<OpenKey> OpenAll(KeyRing keys, IReadOnlyList<string> names)
    {
        List<OpenKey> open = [];
        try
        {
            foreach (string name in names)
            {
                open.Add(keys.Open(name));
            }

            return open;
        }
        catch
        {
            open.ForEach(static key => key.Dispose());
            throw;
        }
    }

    /// <summary>The DID that acts as the command line names it; null: the one that the first key belongs to.</summary>
    protected virtual string? ActingOf(ParseResult line) => line.GetValue(ActorDid);

    /// <summary>The names of the keys that sign; none: where a command can do without.</summary>
    protected string[] NamesOf(ParseResult line) => [.. (line.GetValue(As) ?? []).Distinct()];

    /// <summary>Signs and submits.</summary>
    /// <returns>The fields of the result that are this command's own, and the last entry that was written.</returns>
    protected abstract Task<(JsonObject Fields, ProvenEntry Entry)> ActAsync(
        ParseResult line,
        Signing signing,
        CancellationToken stop
    );

    /// <inheritdoc />
    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        using OutputFile? bundle = OutputFile.Prepare(line.GetValue(Bundle));
        KeyRing keys = new(line, output);
        string[] names = NamesOf(line);
        if (CreatesActor)
        {
            MakeMissing(line, keys, names);
            foreach (string name in names)
            {
                keys.RequireFree(name, line.GetValue(KeyRing.OverwriteDid));
            }
        }

        string did = CreatesActor ? "" : keys.DidOf(ActingOf(line) ?? names[0]);
        string? approver = CanBeApproved ? line.GetValue(Approver) : null;
        if (approver?.StartsWith("did:", StringComparison.Ordinal) == true)
        {
            throw CommandFailure.Usage(
                $"{Approver.Name} takes the name of a key, which signs too. To have a DID approve elsewhere, write the operation to a file with {PreparingOptions.Prepare.Name}."
            );
        }

        Signing signing = new(
            output,
            keys,
            OpenAll(keys, names),
            did,
            approver is null ? null : keys.Open(approver),
            () => Connection.OpenAsync(line, output, stop)
        );
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
