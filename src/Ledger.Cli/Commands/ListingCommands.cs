using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>What a supervisor looks at: actions on orders, and who tried what and was refused.</summary>
internal static class ListingCommands
{
    /// <summary>Supervisory actions.</summary>
    public static ListingCommand Actions()
    {
        Option<string?> party = RegistrySymbols.SomeParty("--party", "Only those about this party");
        Option<string?> pilot = RegistrySymbols.Id("--pilot", "Only those about this pilot.");
        Option<string?> @class = RegistrySymbols.Id("--class", "Only those about this class and its tokens.");
        return new ListingCommand(
            "actions",
            "actions",
            "List what supervisors, and who else may, did on whose order, newest first.",
            "ledger actions --class medals",
            [party, pilot, @class],
            question =>
            {
                ActionSubject[] about =
                [
                    .. new[]
                    {
                        question.DidOf(party) is { Length: > 0 } did ? ActionSubject.Party(did) : null,
                        question.Line.GetValue(pilot) is { } ofPilot ? ActionSubject.Pilot(ofPilot) : null,
                        question.Line.GetValue(@class) is { } ofClass ? ActionSubject.Class(ofClass) : null,
                    }.OfType<ActionSubject>(),
                ];
                return about.Length <= 1
                    ? ListingCommand.Shown(
                        question.Client.ListActionsAsync(
                            about.FirstOrDefault(),
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        MessageFields.OfRecord
                    )
                    : throw CommandFailure.Usage($"Give one of {party.Name}, {pilot.Name} and {@class.Name}.");
            }
        );
    }

    /// <summary>Refused operations.</summary>
    public static ListingCommand Refusals()
    {
        Option<string?> actor = RegistrySymbols.SomeParty("--actor", "Only those of this DID");
        Option<string?> pilot = RegistrySymbols.Id("--pilot", "Only those about this pilot.");
        return new ListingCommand(
            "refusals",
            "refusals",
            "List who tried what and was refused by the rules, newest first.",
            "ledger refusals --pilot craft-2026",
            [actor, pilot],
            question =>
                question.Line.GetValue(actor) is null || question.Line.GetValue(pilot) is null
                    ? ListingCommand.Shown(
                        question.Client.ListRefusalsAsync(
                            question.DidOf(actor),
                            question.Line.GetValue(pilot) ?? "",
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        Show
                    )
                    : throw CommandFailure.Usage($"Give one of {actor.Name} and {pilot.Name}.")
        );
    }

    private static JsonObject Show(RefusalRecord refusal) =>
        new()
        {
            ["index"] = refusal.Index,
            ["time"] = Fields.Time(refusal.TimeMs),
            ["actor"] = refusal.Actor,
            ["verb"] = refusal.Refused.Verb,
            ["reason"] = Reasons.Name(refusal.Refused.Reason),
            ["step"] = refusal.Refused.Step == 0 ? null : refusal.Refused.Step,
            ["pilot"] = refusal.Refused.PilotId.Length == 0 ? null : refusal.Refused.PilotId,
            ["class"] = refusal.Refused.ClassId.Length == 0 ? null : refusal.Refused.ClassId,
        };
}
