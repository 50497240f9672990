using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Asks what the rules would say of a transfer.</summary>
internal sealed class TokenCheckCommand : Verb
{
    private readonly Argument<string> _class = RegistrySymbols.TokenClass();
    private readonly Argument<string> _token = RegistrySymbols.Token();
    private readonly Option<string> _from = RegistrySymbols.RequiredParty("--from", "Owner");
    private readonly Option<string> _to = RegistrySymbols.RequiredParty("--to", "Party that would get it");
    private readonly Option<string?> _actor = RegistrySymbols.SomeParty("--actor", "Who would act; default: the owner");

    private readonly Option<string?> _at = new("--at")
    {
        Description = $"At which time: {Times.FutureForm}. Default: now.",
        HelpName = "TIME",
    };

    public TokenCheckCommand()
        : base(
            "check",
            "Ask what the rules would say of a transfer: it ends with 0 if the transfer would be applied, and otherwise as the transfer would.",
            "ledger token check medals 17 --from bob --to carol",
            "ledger token check medals 17 --from bob --to carol --at 48h"
        )
    {
        Remarks = "Nothing is signed or written. The answer is the node's word, and holds for the log as it is now.";
        this.AddOwn([_class, _token, _from, _to, _actor, _at]);
        KeyRing.AddTo(this, canOpen: false);
        Connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        KeyRing keys = new(line, output);
        Transfer transfer = new()
        {
            ClassId = line.GetRequiredValue(_class),
            TokenId = line.GetRequiredValue(_token),
            FromDid = keys.DidOf(line.GetRequiredValue(_from)),
            ToDid = keys.DidOf(line.GetRequiredValue(_to)),
        };
        string actor = line.GetValue(_actor) is { } named ? keys.DidOf(named) : "";
        DateTimeOffset? at = line.GetValue(_at) is { } text
            ? DateTimeOffset.FromUnixTimeSeconds((long)Times.FutureSeconds(text))
            : null;
        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        TransferCheck check = await connection.Client.CheckTransferAsync(transfer, actor, at, stop);
        JsonObject judged = new() { ["size"] = check.Size, ["time"] = Fields.Time(check.TimeMs) };
        if (check.Verdict is { } verdict)
        {
            judged["verdict"] = Fields.Of(verdict);
        }

        if (!check.IsAllowed)
        {
            throw CommandFailure.Refused(
                $"It would be refused: {check.Message}{VerdictWords.Of(check.Verdict)}",
                new JsonObject { ["reason"] = Reasons.Name(check.Outcome), ["code"] = (int)check.Outcome }.With(judged)
            );
        }

        output.Result(
            new JsonObject { ["outcome"] = Reasons.Name(check.Outcome) }
                .With(judged)
                .With(new JsonObject { ["not_verified"] = Fields.List([Fields.Text("outcome")]) })
        );
        return ExitCodes.Done;
    }
}
