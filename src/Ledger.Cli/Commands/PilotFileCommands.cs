using System.CommandLine;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>What lies in a pilot's file: participants, milestones, tranches of funding, documents.</summary>
internal static class PilotFileCommands
{
    private const string Example = "craft-2026";

    /// <summary>Who takes part.</summary>
    public static Command Participants()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        return new Command("participant", "Parties that take part in a pilot.")
        {
            Participant("invite", ParticipantState.Invited, "Ask a party to take part."),
            Participant(
                "admit",
                ParticipantState.Admitted,
                "Let a party take part; it accepts an invitation so itself."
            ),
            Participant("suspend", ParticipantState.Suspended, "Let a party take no part for now."),
            Participant("exit", ParticipantState.Exited, "Leave a pilot."),
            Participant("remove", ParticipantState.Removed, "Remove a party from a pilot, for good."),
            new ListingCommand(
                "participants",
                "list",
                "List who takes part, or took, by DID.",
                $"ledger pilot participant list {Example}",
                [pilot],
                question =>
                    ListingCommand.Shown(
                        question.Client.ListParticipantsAsync(
                            question.Line.GetRequiredValue(pilot),
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        MessageFields.OfRecord
                    )
            ),
        };
    }

    /// <summary>What is to be reached.</summary>
    public static Command Milestones()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        return new Command("milestone", "What a pilot is to reach, and whether it did.")
        {
            PlanMilestone(),
            ReportMilestone(),
            MoveMilestone("accept", MilestoneState.Accepted, "Accept what was reported."),
            MoveMilestone("reject", MilestoneState.Rejected, "Reject what was reported; it can be reported again."),
            MoveMilestone("waive", MilestoneState.Waived, "Ask for a milestone no more."),
            new ListingCommand(
                "milestones",
                "list",
                "List the milestones, by identifier.",
                $"ledger pilot milestone list {Example}",
                [pilot],
                question =>
                    ListingCommand.Shown(
                        question.Client.ListMilestonesAsync(
                            question.Line.GetRequiredValue(pilot),
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        MessageFields.OfRecord
                    )
            ),
        };
    }

    /// <summary>Funding, which is paid off the ledger.</summary>
    public static Command Tranches()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        return new Command("tranche", "Tranches of funding, which is paid off the ledger: records, never tokens.")
        {
            PlanTranche(),
            MoveTranche(
                "release",
                TrancheState.Released,
                "Record that a tranche was paid: its milestone was accepted or waived."
            ),
            MoveTranche("withhold", TrancheState.Withheld, "Hold a tranche back."),
            MoveTranche("claw-back", TrancheState.ClawedBack, "Ask a tranche back that was paid."),
            new ListingCommand(
                "tranches",
                "list",
                "List the tranches, by identifier.",
                $"ledger pilot tranche list {Example}",
                [pilot],
                question =>
                    ListingCommand.Shown(
                        question.Client.ListTranchesAsync(
                            question.Line.GetRequiredValue(pilot),
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        MessageFields.OfRecord
                    )
            ),
        };
    }

    /// <summary>Documents.</summary>
    public static Command Evidence()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        return new Command("evidence", "Documents in a pilot's file, by commitment: the documents are elsewhere.")
        {
            AddEvidence(),
            new ListingCommand(
                "documents",
                "list",
                "List the documents, by number.",
                $"ledger pilot evidence list {Example}",
                [pilot],
                question =>
                    ListingCommand.Shown(
                        question.Client.ListEvidenceAsync(
                            question.Line.GetRequiredValue(pilot),
                            question.Size,
                            question.Token,
                            question.Stop
                        ),
                        MessageFields.OfRecord
                    )
            ),
        };
    }

    private static OperationCommand Participant(string name, ParticipantState state, string description)
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string?> party = RegistrySymbols.PartyOrActor();
        Option<string> consent = new("--consent")
        {
            Description =
                "Its consent: a file, to which a salted commitment is made here, with the salt printed; or the commitment in hexadecimal.",
            HelpName = "FILE|HASH",
            Required = true,
        };
        bool isAdmission = state == ParticipantState.Admitted;
        string example = $"ledger pilot participant {name} {Example} ";
        example += state switch
        {
            ParticipantState.Admitted => "--consent consent.pdf --as bob",
            ParticipantState.Exited => "--as bob",
            _ => "bob --as museum",
        };
        return new OperationCommand(
            name,
            description,
            example,
            isAdmission ? [pilot, party, consent] : [pilot, party],
            asking => new Operation
            {
                SetParticipant = new SetParticipant
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    Party = asking.DidOrActor(party),
                    State = state,
                    ConsentHash = isAdmission
                        ? Digests.Commit(asking.Line.GetRequiredValue(consent), "consent", asking)
                        : Google.Protobuf.ByteString.Empty,
                },
            }
        );
    }

    private static OperationCommand PlanMilestone()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string> milestone = Milestone();
        Option<string> kpi = new("--kpi")
        {
            Description = "Code of what is measured.",
            HelpName = "CODE",
            Required = true,
        };
        Option<ulong> target = new("--target")
        {
            Description = "What is to be reached.",
            HelpName = "COUNT",
            Required = true,
        };
        Option<string> due = new("--due")
        {
            Description = $"When: {Times.FutureForm}.",
            HelpName = "TIME",
            Required = true,
        };
        return new OperationCommand(
            "plan",
            "Plan a milestone.",
            $"ledger pilot milestone plan {Example} visitors --kpi visitors --target 5000 --due 2027-06-30 --as museum",
            [pilot, milestone, kpi, target, due],
            asking => new Operation
            {
                PlanMilestone = new PlanMilestone
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    MilestoneId = asking.Line.GetRequiredValue(milestone),
                    Kpi = asking.Line.GetRequiredValue(kpi),
                    Target = asking.Line.GetRequiredValue(target),
                    Due = Times.FutureSeconds(asking.Line.GetRequiredValue(due)),
                },
            }
        );
    }

    private static OperationCommand ReportMilestone()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string> milestone = Milestone();
        Option<ulong> reached = new("--reached")
        {
            Description = "What was reached.",
            HelpName = "COUNT",
            Required = true,
        };
        Option<string> evidence = Digests.Required("--evidence", "Document that shows it");
        return new OperationCommand(
            "report",
            "Report what was reached of a milestone.",
            $"ledger pilot milestone report {Example} visitors --reached 5120 --evidence visitors.pdf --as museum",
            [pilot, milestone, reached, evidence],
            asking => new Operation
            {
                MoveMilestone = new MoveMilestone
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    MilestoneId = asking.Line.GetRequiredValue(milestone),
                    State = MilestoneState.Reported,
                    Reached = asking.Line.GetRequiredValue(reached),
                    EvidenceHash = Digests.Of(asking.Line.GetRequiredValue(evidence)),
                },
            }
        );
    }

    private static OperationCommand MoveMilestone(string name, MilestoneState state, string description)
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string> milestone = Milestone();
        Option<string> evidence = Digests.Required("--evidence", "Document that shows it");
        return new OperationCommand(
            name,
            description,
            $"ledger pilot milestone {name} {Example} visitors --evidence decision.pdf --as supervisor",
            [pilot, milestone, evidence],
            asking => new Operation
            {
                MoveMilestone = new MoveMilestone
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    MilestoneId = asking.Line.GetRequiredValue(milestone),
                    State = state,
                    EvidenceHash = Digests.Of(asking.Line.GetRequiredValue(evidence)),
                },
            }
        );
    }

    private static OperationCommand PlanTranche()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string> tranche = Tranche();
        Option<string> milestone = new("--milestone")
        {
            Description = "Milestone that it depends on.",
            HelpName = "ID",
            Required = true,
        };
        Option<ulong> amount = new("--fen")
        {
            Description = "Amount in fen (1/100 CNY).",
            HelpName = "COUNT",
            Required = true,
        };
        return new OperationCommand(
            "plan",
            "Plan a tranche of funding.",
            $"ledger pilot tranche plan {Example} first --milestone visitors --fen 50000000 --as supervisor",
            [pilot, tranche, milestone, amount],
            asking => new Operation
            {
                PlanTranche = new PlanTranche
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    TrancheId = asking.Line.GetRequiredValue(tranche),
                    MilestoneId = asking.Line.GetRequiredValue(milestone),
                    AmountFen = asking.Line.GetRequiredValue(amount),
                },
            }
        );
    }

    private static OperationCommand MoveTranche(string name, TrancheState state, string description)
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string> tranche = Tranche();
        Option<string> evidence = Digests.Required("--evidence", "Document that shows it");
        return new OperationCommand(
            name,
            description,
            $"ledger pilot tranche {name} {Example} first --evidence payment.pdf --as supervisor",
            [pilot, tranche, evidence],
            asking => new Operation
            {
                MoveTranche = new MoveTranche
                {
                    PilotId = asking.Line.GetRequiredValue(pilot),
                    TrancheId = asking.Line.GetRequiredValue(tranche),
                    State = state,
                    EvidenceHash = Digests.Of(asking.Line.GetRequiredValue(evidence)),
                },
            }
        );
    }

    private static OperationCommand AddEvidence()
    {
        Argument<string> pilot = RegistrySymbols.Pilot();
        Argument<string> document = new("document")
        {
            Description = "The file; or its commitment in hexadecimal, with --size.",
        };
        Option<EvidenceKind> kind = EnumNames<EvidenceKind>.Option("--kind", "What it is.");
        kind.Required = true;
        Option<string?> mediaType = new("--media-type")
        {
            Description = "Its media type. Default: application/octet-stream.",
            HelpName = "TYPE",
        };
        Option<ulong> size = new("--size")
        {
            Description = "Its length in bytes, where no file is given.",
            HelpName = "BYTES",
        };
        Option<bool> isPublic = new("--public")
        {
            Description = "The document is public: its SHA-256 is recorded, and no salted commitment.",
        };
        return new OperationCommand(
            "add",
            "Add a document to a pilot's file: a salted commitment to it, whose salt is printed.",
            $"ledger pilot evidence add {Example} assessment.pdf --kind assessment --media-type application/pdf --as supervisor",
            [pilot, document, kind, mediaType, size, isPublic],
            asking =>
            {
                ParseResult line = asking.Line;
                string named = line.GetRequiredValue(document);
                FileInfo file = new(named);
                return new Operation
                {
                    AddEvidence = new AddEvidence
                    {
                        PilotId = line.GetRequiredValue(pilot),
                        Kind = line.GetRequiredValue(kind),
                        Commitment = line.GetValue(isPublic)
                            ? Digests.Of(named)
                            : Digests.Commit(named, "evidence", asking),
                        MediaType = line.GetValue(mediaType) ?? "application/octet-stream",
                        Size = file.Exists ? (ulong)file.Length : line.GetValue(size),
                    },
                };
            }
        );
    }

    private static Argument<string> Milestone() => new("milestone") { Description = "Identifier within the pilot." };

    private static Argument<string> Tranche() => new("tranche") { Description = "Identifier within the pilot." };
}
