using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Signs an operation that another command, or somebody else, has prepared. Offline.</summary>
internal sealed class SignCommand : Verb
{
    private readonly Argument<string> _file = new("file")
    {
        Description = "File with the operation, as --prepare writes it. The signature is added to it.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _as = new("--as")
    {
        Description =
            "Name of the key that signs. Can be repeated. Without it, the operation is shown and nothing is signed.",
        HelpName = "KEY",
    };

    private readonly Option<bool> _yes = new("--yes")
    {
        Description = "Sign without asking. Without a terminal to ask at, it must be given.",
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "File to write instead, so that the one that was read stays as it is.",
        HelpName = "FILE",
    };

    public SignCommand()
        : base(
            "sign",
            "Show in words what a prepared operation does, and sign it. Needs no node.",
            "ledger sign change.op",
            "ledger sign change.op --as alice-2"
        )
    {
        Remarks =
            "The words are made anew from the bytes that are signed, and compared with those in the file: what differs is not signed. "
            + "Where the operation names a second party that approves, its keys sign here too: whose a key is says which of the two signs. "
            + "Several people can sign copies of the file at the same time: `ledger submit` takes them together.";
        Add(_file);
        Add(_as);
        Add(_yes);
        Add(_out);
        KeyRing.AddTo(this, canOpen: true);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        string path = line.GetRequiredValue(_file);
        OperationFile file = OperationFile.Parse(await ReadAsync(path, stop));
        string[] names = [.. (line.GetValue(_as) ?? []).Distinct()];
        if (names.Length == 0)
        {
            JsonObject shown = new JsonObject { ["file"] = path }.With(Fields.Of(file));
            shown["words"] = Fields.Words(file);
            output.Result(shown);
            return ExitCodes.Done;
        }

        if (file.NotAfter < DateTimeOffset.UtcNow)
        {
            throw CommandFailure.Refused(
                $"Refused: {Reasons.Message(Judgement.Refuse(ReasonCode.Expired, $"it could be submitted until {file.NotAfter:yyyy-MM-dd HH:mm} UTC"))}",
                new JsonObject { ["reason"] = Reasons.Name(ReasonCode.Expired), ["code"] = (int)ReasonCode.Expired }
            );
        }

        string target = line.GetValue(_out) ?? path;
        using OutputFile written = OutputFile.Prepare(target)!;
        KeyRing keys = new(line, output);
        foreach (string words in file.Words)
        {
            output.Note(words);
        }

        if (
            !line.GetValue(_yes)
            && !output.Confirm(
                $"Sign this as {string.Join(", ", names.Select(name => name + RoleOf(file, DidOf(keys, name))))}?",
                _yes.Name
            )
        )
        {
            throw CommandFailure.Interrupted();
        }

        foreach (string name in names)
        {
            using OpenKey key = keys.Open(name);
            file = file.Sign(key.Key, DidOf(keys, name));
        }

        written.Write(file.ToBytes());
        output.Result(new JsonObject { ["file"] = target }.With(Fields.Of(file)));
        return ExitCodes.Done;
    }

    // Whoever acts and whoever approves have keys of their own, and a key may be one of both: its file says whose it is here.
    private static string? DidOf(KeyRing keys, string name) => keys.Read(name).Did;

    private static string RoleOf(OperationFile file, string? did) =>
        did is null ? ""
        : did == file.Operation.Approver ? ", who approves"
        : did == file.Operation.Actor ? ", who acts"
        : "";

    /// <summary>Reads a file with an operation, up to the length that one can have.</summary>
    /// <exception cref="CommandFailure">It is longer.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken stop) =>
        new FileInfo(path) is { Exists: true, Length: > OperationFile.BytesMax }
            ? throw CommandFailure.Unreachable($"{path} is too large to be a file with an operation.")
            : await File.ReadAllBytesAsync(path, stop);
}
