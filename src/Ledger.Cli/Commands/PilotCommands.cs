using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Pilots: their way from application to archive.</summary>
internal sealed class PilotCommands : Command
{
    public PilotCommands()
        : base(
            "pilot",
            "Pilots, within which classes of tokens are issued: their paperwork from application to archive."
        )
    {
        Add(Create());
        Add(Amend());
        Add(Move());
        Add(new ShowCommand());
        Add(List());
        Add(History());
        Add(new FiguresCommand());
        Add(new CountsCommand());
        Add(Evaluate());
        Add(PilotFileCommands.Participants());
        Add(PilotFileCommands.Milestones());
        Add(PilotFileCommands.Tranches());
        Add(PilotFileCommands.Evidence());
    }

    private static Argument<string> NewId() =>
        new("id") { Description = "Identifier: 1 to 64 of a-z, 0-9, '.', '_', ':' and '-'." };

    private static Option<string> Title() =>
        new("--title")
        {
            Description = "Public title. Never personal data.",
            HelpName = "TEXT",
            Required = true,
        };

    private static OperationCommand Create()
    {
        Argument<string> id = NewId();
        Option<string> title = Title();
        Option<string?> sponsor = RegistrySymbols.SomeParty(
            "--sponsor",
            "Sponsor, a party with that role; default: the one that acts"
        );
        PilotOptions terms = new();
        return new OperationCommand(
            "create",
            "Apply for a pilot: it begins as a draft, which its sponsor submits with `ledger pilot move`.",
            "ledger pilot create craft-2026 --title \"Crafts of the old town\" --kind field --field crafts --district 310101 "
                + "--end 2027-12-31 --max-tokens 5000 --as museum",
            [id, title, sponsor, .. terms.All],
            asking => new Operation
            {
                CreatePilot = new CreatePilot
                {
                    Id = asking.Line.GetRequiredValue(id),
                    Title = asking.Line.GetRequiredValue(title),
                    Sponsor = asking.Line.GetValue(sponsor) is { } named ? asking.Keys.DidOf(named) : asking.Actor,
                    Terms = terms.Read(asking),
                },
            }
        );
    }

    private static OperationCommand Amend()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Option<string> title = Title();
        PilotOptions terms = new();
        return new OperationCommand(
            "amend",
            "Replace title and terms of a pilot that is a draft, or was returned: what is not given again is gone.",
            "ledger pilot amend craft-2026 --title \"Crafts of the old town\" --terms terms.json --as museum",
            [pilot, title, .. terms.All],
            asking => new Operation
            {
                AmendPilot = new AmendPilot
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    Title = asking.Line.GetRequiredValue(title),
                    Terms = terms.Read(asking),
                },
            }
        );
    }

    private static OperationCommand Move()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<PilotState> state = EnumNames<PilotState>.Argument(
            "state",
            "Where to.",
            PilotState.Draft,
            PilotState.Expired
        );
        Option<PilotReason> reason = EnumNames<PilotReason>.Option("--reason", "Why.");
        reason.Required = true;
        Option<string> evidence = Digests.Required("--evidence", "Document that shows why");
        Option<string?> objection = new("--objection")
        {
            Description = $"To public-notice: for how long anyone may object, {Durations.Form}.",
            HelpName = "TIME",
        };
        Option<int?> objectionDays = new("--objection-days") { Description = "The same in days.", HelpName = "COUNT" };
        Option<PilotConclusion> conclusion = EnumNames<PilotConclusion>.Option(
            "--conclusion",
            "To concluded: how it went."
        );
        OrderOptions order = new(lasts: false, isRequired: false, reason: "--order-reason");
        return new OperationCommand(
            "move",
            "Move a pilot to another state. The table of moves says who may make which: docs/permissions.md.",
            "ledger pilot move craft-2026 public-notice --reason requirements-met --evidence notice.pdf --objection-days 14 --as supervisor",
            [pilot, state, reason, evidence, objection, objectionDays, conclusion, .. order.All],
            asking =>
            {
                ParseResult line = asking.Line;
                if (line.GetValue(objection) is not null && line.GetValue(objectionDays) is not null)
                {
                    throw CommandFailure.Usage($"Give {objection.Name} or {objectionDays.Name}.");
                }

                TimeSpan window = line.GetValue(objection) is { } text
                    ? Durations.Parse(text)
                    : TimeSpan.FromDays(line.GetValue(objectionDays) ?? 0);
                return new Operation
                {
                    MovePilot = new MovePilot
                    {
                        PilotId = line.GetRequiredValue(pilot),
                        State = line.GetRequiredValue(state),
                        Reason = line.GetRequiredValue(reason),
                        EvidenceHash = Digests.Of(line.GetRequiredValue(evidence)),
                        ObjectionSeconds = (uint)Math.Clamp((long)window.TotalSeconds, 0, uint.MaxValue),
                        Conclusion = line.GetValue(conclusion),
                        Order = order.Find(line),
                    },
                };
            }
        );
    }

    private static OperationCommand Evaluate()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Option<EvaluationGrade> grade = EnumNames<EvaluationGrade>.Option("--grade", "What it is worth.");
        grade.Required = true;
        Option<string> report = Digests.Required("--report", "Report of the evaluation");
        Option<string?> replicable = new("--replicable-case")
        {
            Description = $"Others can do the same: the description of the case, {Digests.Form}.",
            HelpName = "FILE|HASH",
        };
        return new OperationCommand(
            "evaluate",
            "Evaluate a pilot that is over, once.",
            "ledger pilot evaluate craft-2026 --grade good --report report.pdf --replicable-case case.pdf --as supervisor",
            [pilot, grade, report, replicable],
            asking =>
            {
                EvaluatePilot evaluation = new()
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    Grade = asking.Line.GetRequiredValue(grade),
                    ReportHash = Digests.Of(asking.Line.GetRequiredValue(report)),
                };
                if (asking.Line.GetValue(replicable) is { } description)
                {
                    evaluation.Replicable = true;
                    evaluation.CaseHash = Digests.Of(description);
                }

                return new Operation { EvaluatePilot = evaluation };
            }
        );
    }

    private static ListingCommand List()
    {
        Option<PilotState> state = EnumNames<PilotState>.Option("--state", "Only those that stand there.");
        Option<string?> district = RegistrySymbols.Id("--district", "Only those in this district.");
        Option<string?> field = RegistrySymbols.Id("--field", "Only those in this field.");
        Option<bool> replicable = new("--replicable") { Description = "Only those that are cases for others." };
        return new ListingCommand(
            "pilots",
            "list",
            "List the pilots, by identifier: all, or those that one of the options names.",
            "ledger pilot list --state running",
            [state, district, field, replicable],
            question =>
            {
                PilotFilter?[] filters =
                [
                    .. new[]
                    {
                        question.Line.GetValue(state) is var at && at != default ? PilotFilter.InState(at) : null,
                        question.Line.GetValue(district) is { } inDistrict ? PilotFilter.InDistrict(inDistrict) : null,
                        question.Line.GetValue(field) is { } inField ? PilotFilter.InField(inField) : null,
                        question.Line.GetValue(replicable) ? PilotFilter.Replicable : null,
                    }.Where(static filter => filter is not null),
                ];
                return filters.Length <= 1
                    ? ListingCommand.Shown(
                        question.Client.ListPilotsAsync(
                            filters.FirstOrDefault(),
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        Fields.Of
                    )
                    : throw CommandFailure.Usage("Give one of --state, --district, --field and --replicable.");
            }
        );
    }

    private static ListingCommand History()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        return new ListingCommand(
            "versions",
            "history",
            "Show every version of a pilot, oldest first.",
            "ledger pilot history craft-2026",
            [pilot],
            question =>
                ListingCommand.Shown(
                    question.Client.GetPilotHistoryAsync(
                        question.Line.GetRequiredValue(pilot),
                        question.Size,
                        question.Token,
                        question.Stop
                    ),
                    static version =>
                        new JsonObject
                        {
                            ["index"] = version.Version.Index,
                            ["time"] = Fields.Time(version.Version.TimeMs),
                        }.With(Fields.Of(version.Record))
                )
        );
    }

    private sealed class ShowCommand : ReadingVerb
    {
        private readonly Argument<string> _id = RegistrySymbols.Pilot();

        public ShowCommand()
            : base("show", "Show a pilot, and what of it is verified.", "ledger pilot show craft-2026") => Add(_id);

        protected override Func<LedgerClient, Task<Shown>> Ask(
            ParseResult line,
            KeyRing keys,
            CancellationToken stop
        ) =>
            async client =>
            {
                ResolvedPilot pilot = await client.GetPilotAsync(line.GetRequiredValue(_id), stop);
                return new Shown(Fields.Of(pilot.Record, pilot.State), pilot.Entry, pilot.Current)
                {
                    NotVerified = ["state_by_time"],
                };
            };
    }

    private sealed class FiguresCommand : Verb
    {
        private readonly Argument<string> _pilot = RegistrySymbols.Pilot();

        public FiguresCommand()
            : base("figures", "Show a pilot in numbers.", "ledger pilot figures craft-2026")
        {
            Remarks = "The numbers are the node's word: `ledger audit` recomputes what they come from.";
            Add(_pilot);
            KeyRing.AddTo(this, canOpen: false);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            PilotFigures figures = await connection.Client.GetPilotFiguresAsync(line.GetRequiredValue(_pilot), stop);
            PilotFiguresRecord counted = figures.Figures;
            output.Result(
                new JsonObject
                {
                    ["pilot"] = counted.PilotId,
                    ["participants"] = counted.Participants,
                    ["classes"] = counted.Classes,
                    ["minted"] = counted.Minted,
                    ["burned"] = counted.Burned,
                    ["transfers"] = counted.Transfers,
                    ["transfers_of_last_day"] = counted.TransfersOfDay,
                    ["documents"] = counted.Documents,
                    ["days_left"] = figures.DaysLeft,
                    ["refusals"] = Fields.List(
                        figures.Refusals.Select(static refusal => new JsonObject
                        {
                            ["reason"] = Protocol.Reasons.Name(refusal.Reason),
                            ["count"] = refusal.Count,
                        })
                    ),
                    ["not_verified"] = Fields.List([Fields.Text("figures")]),
                }
            );
            return ExitCodes.Done;
        }
    }

    private sealed class CountsCommand : Verb
    {
        public CountsCommand()
            : base("counts", "Show how many pilots stand where.", "ledger pilot counts")
        {
            Remarks =
                "As their records say: one whose boundary has ended counts where it stood. The numbers are the node's word.";
            KeyRing.AddTo(this, canOpen: false);
            Connection.AddTo(this);
        }

        protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
        {
            await using Connection connection = await Connection.OpenAsync(line, output, stop);
            IReadOnlyList<PilotCount> counts = await connection.Client.CountPilotsAsync(stop);
            output.Result(
                new JsonObject
                {
                    ["counts"] = Fields.List(
                        counts.Select(static count => new JsonObject
                        {
                            ["state"] = EnumNames<PilotState>.Of(count.State),
                            ["count"] = count.Count,
                        })
                    ),
                    ["not_verified"] = Fields.List([Fields.Text("counts")]),
                }
            );
            return ExitCodes.Done;
        }
    }
}
