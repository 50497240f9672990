using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli.Demo;

/// <summary>Who plays in the story of a pilot.</summary>
/// <param name="Supervisor">Examines the pilot and intervenes.</param>
/// <param name="Deputy">Approves what the supervisor must not do alone.</param>
/// <param name="Sponsor">Answers for the pilot and issues its tokens.</param>
/// <param name="Giver">Takes part and holds a token first.</param>
/// <param name="Receiver">Takes part and gets it.</param>
internal sealed record PilotCast(Actor Supervisor, Actor Deputy, Actor Sponsor, Actor Giver, Actor Receiver);

/// <summary>A pilot from its application to its evaluation: its paperwork, a policy that holds, a supervisor who intervenes.</summary>
internal sealed class PilotStory(DemoClients clients, DemoReport report, PilotCast cast, CancellationToken stop)
{
    private const string Pilot = "harbour-passes";
    private const string Policy = "harbour-hold";
    private const string Passes = "passes";
    private const string Milestone = "visitors";
    private const string Tranche = "first";
    private const ulong HoldSeconds = 2;

    private static readonly TimeSpan PolicyAfter = TimeSpan.FromSeconds(2);

    private LedgerClient Client => clients.First;

    /// <summary>The sponsor applies; nobody approves before the window for objections is over.</summary>
    public async Task<string> OpenAsync()
    {
        PilotPath path = new(clients, cast.Sponsor, cast.Supervisor, stop);
        PilotTerms terms = new()
        {
            Kind = PilotKind.Field,
            Fields = { "tourism" },
            District = "310101",
            Boundary = new PilotBoundary { MaxParticipants = 100, MaxTokens = 1_000 },
        };
        await path.ApplyAsync(Pilot, "Passes of the harbour", terms);
        await RefuseAsync(
            "an approval while anyone may object",
            ReasonCode.ObjectionWindowOpen,
            cast.Supervisor,
            PilotPath.Approval(Pilot)
        );
        await path.StartAsync(Pilot);
        ResolvedPilot pilot = await Client.GetPilotAsync(Pilot, stop);
        Expect.That(pilot.State == PilotState.Running, $"the pilot is {pilot.State}, and not running");
        Page<PilotVersion> history = await Client.GetPilotHistoryAsync(Pilot, cancellationToken: stop);
        return $"{Pilot} runs, after {history.Items.Count} versions of its record";
    }

    /// <summary>Participants come in, a milestone is reached, and only then its tranche is released.</summary>
    public async Task<string> FundAsync()
    {
        foreach (Actor participant in new[] { cast.Giver, cast.Receiver })
        {
            await ActAsync(cast.Sponsor, Participant(participant, ParticipantState.Invited, ByteString.Empty));
            byte[] consent = Commitments.Commit("consent", Commitments.NewSalt(), "yes"u8);
            await ActAsync(
                participant,
                Participant(participant, ParticipantState.Admitted, ByteString.CopyFrom(consent))
            );
        }

        PlanMilestone milestone = new()
        {
            PilotId = Pilot,
            MilestoneId = Milestone,
            Kpi = "visitors",
            Target = 5_000,
            Due = (ulong)DateTimeOffset.UtcNow.AddDays(90).ToUnixTimeSeconds(),
        };
        PlanTranche tranche = new()
        {
            PilotId = Pilot,
            TrancheId = Tranche,
            MilestoneId = Milestone,
            AmountFen = 50_000_000,
        };
        MoveTranche release = new()
        {
            PilotId = Pilot,
            TrancheId = Tranche,
            State = TrancheState.Released,
            EvidenceHash = PilotPath.Document("payment"),
        };
        await ActAsync(cast.Sponsor, new Operation { PlanMilestone = milestone });
        await ActAsync(cast.Supervisor, new Operation { PlanTranche = tranche });
        await RefuseAsync(
            "a tranche before its milestone",
            ReasonCode.MilestoneNotAccepted,
            cast.Supervisor,
            new Operation { MoveTranche = release }
        );
        await ActAsync(cast.Sponsor, MoveMilestone(MilestoneState.Reported, 5_120));
        await ActAsync(cast.Supervisor, MoveMilestone(MilestoneState.Accepted, 0));
        await ActAsync(cast.Supervisor, new Operation { MoveTranche = release });
        Page<TrancheRecord> tranches = await Client.ListTranchesAsync(Pilot, cancellationToken: stop);
        Expect.That(tranches.Items is [{ State: TrancheState.Released }], "the tranche is not released");
        return "2 participants, a milestone accepted, its tranche released";
    }

    /// <summary>A policy asks the first owner to hold a pass for a while: a transfer is refused, says until when, and is allowed then.</summary>
    public async Task<string> HoldAsync()
    {
        ProposePolicy proposal = new()
        {
            PolicyId = Policy,
            PilotId = Pilot,
            Rule = new PolicyRule { FirstHold = new HoldRule { Seconds = HoldSeconds } },
        };
        await ActAsync(cast.Sponsor, new Operation { ProposePolicy = proposal });
        ulong effective = (ulong)(DateTimeOffset.UtcNow + PolicyAfter).ToUnixTimeSeconds();
        ApprovePolicy approval = new()
        {
            PolicyId = Policy,
            Version = 1,
            Effective = effective,
        };
        await ActAsync(cast.Supervisor, new Operation { ApprovePolicy = approval });
        await PilotPath.WaitUntilAsync(effective * 1000, stop);
        CreateClass passes = new()
        {
            Id = Passes,
            PilotId = Pilot,
            Name = "Passes",
            Category = ClassCategory.Consumer,
            MaxSupply = 100,
            Transferability = Transferability.Free,
            BurnAuthority = BurnAuthority.Issuer,
            Powers = { ClassPower.Freeze, ClassPower.ForcedTransfer },
            PolicyId = Policy,
        };
        await ActAsync(cast.Sponsor, new Operation { CreateClass = passes });
        await ActAsync(cast.Sponsor, Mint("1"));
        await ActAsync(cast.Sponsor, Mint("2"));
        Operation transfer = Transfer("1", cast.Giver, cast.Receiver);
        Verdict? verdict = await RefuseAsync(
            "a transfer within the hold",
            ReasonCode.PolicyRefused,
            cast.Giver,
            transfer
        );
        Expect.That(
            verdict is { FailedRule: "first_hold", RetryAtMs: > 0, PolicyVersions: [1] },
            $"the verdict does not name rule, version and time: {verdict}"
        );
        TransferCheck check = await Client.CheckTransferAsync(transfer.Transfer, cancellationToken: stop);
        Expect.That(
            check.IsAllowed || check.Outcome == ReasonCode.PolicyRefused,
            $"a check says {check.Outcome} where the rules said POLICY_REFUSED"
        );
        await PilotPath.WaitUntilAsync(verdict!.RetryAtMs, stop);
        ProvenEntry applied = await ActAsync(cast.Giver, transfer);
        Expect.That(
            applied.Verdict is { PolicyVersions: [1] },
            "the entry does not say which version of the policy judged"
        );
        return $"{HoldSeconds} s by policy {Policy}: refused, then allowed";
    }

    /// <summary>A supervisor freezes a pass, and recalls it with a deputy; alone they cannot.</summary>
    public async Task<string> RecallAsync()
    {
        FreezeToken freeze = new()
        {
            ClassId = Passes,
            TokenId = "1",
            Order = NewOrder("2026-1"),
        };
        ForcedTransfer recall = new()
        {
            ClassId = Passes,
            TokenId = "1",
            FromDid = cast.Receiver.Did,
            ToDid = cast.Sponsor.Did,
            Order = NewOrder("2026-2"),
        };
        await ActAsync(cast.Supervisor, new Operation { FreezeToken = freeze });
        await RefuseAsync(
            "a transfer of a frozen token",
            ReasonCode.TokenFrozen,
            cast.Receiver,
            Transfer("1", cast.Receiver, cast.Giver)
        );
        await RefuseAsync(
            "a recall by one supervisor alone",
            ReasonCode.ApprovalRequired,
            cast.Supervisor,
            new Operation { ForcedTransfer = recall }
        );
        PreparedOperation both = Client.Prepare(
            cast.Supervisor,
            new Operation { ForcedTransfer = recall },
            cast.Deputy
        );
        await clients.SubmitAsync(both, stop);
        TokenRecord token = (await Client.GetTokenAsync(Passes, "1", stop)).Record;
        Expect.That(token.Owner == cast.Sponsor.Did && token.Freeze is null, "the token was not recalled");
        return "frozen, and recalled by supervisor and deputy";
    }

    /// <summary>Two mints and a transfer that must be refused: none of them is done, and the refusal names the third.</summary>
    public async Task<string> GroupAsync()
    {
        Group group = new() { Steps = { Mint("3"), Mint("4"), Transfer("2", cast.Giver, cast.Receiver) } };
        Verdict? verdict = await RefuseAsync(
            "a group with one step that is not allowed",
            ReasonCode.NotAuthorised,
            cast.Sponsor,
            new Operation { Group = group }
        );
        Expect.That(verdict is { Step: 3 }, $"the verdict does not name step 3: {verdict}");
        SupplyRecord supply = await Client.GetSupplyAsync(Passes, stop);
        Expect.That(supply.Minted == 2, $"{supply.Minted} passes were minted, not 2");
        return "3 steps, none of them done, step 3 named";
    }

    /// <summary>What the supervisor sees, and how the pilot ends.</summary>
    public async Task<string> EvaluateAsync()
    {
        Page<RefusalRecord> refusals = await Client.ListRefusalsAsync(pilotId: Pilot, cancellationToken: stop);
        Page<SupervisoryActionRecord> actions = await Client.ListActionsAsync(
            ActionSubject.Class(Passes),
            cancellationToken: stop
        );
        foreach (RefusalRecord refusal in refusals.Items)
        {
            report.Line($"{refusal.Refused.Verb} was refused", Reasons.Name(refusal.Refused.Reason));
        }

        Expect.That(refusals.Items.Count >= 5, $"the supervisor sees {refusals.Items.Count} refusals, not 5 or more");
        Expect.That(
            actions.Items.Select(static action => action.Order.Number).Contains("2026-1")
                && actions.Items.Any(action => action.Approver == cast.Deputy.Did),
            "the supervisor does not see its freeze and the recall with its approver"
        );
        Operation conclude = PilotPath.Move(Pilot, PilotState.Concluded, PilotReason.AsPlanned);
        conclude.MovePilot.Conclusion = PilotConclusion.Completed;
        await ActAsync(cast.Supervisor, conclude);
        EvaluatePilot evaluation = new()
        {
            PilotId = Pilot,
            Grade = EvaluationGrade.Good,
            ReportHash = PilotPath.Document("report"),
            Replicable = true,
            CaseHash = PilotPath.Document("case"),
        };
        await ActAsync(cast.Supervisor, new Operation { EvaluatePilot = evaluation });
        Page<PilotRecord> cases = await Client.ListPilotsAsync(PilotFilter.Replicable, cancellationToken: stop);
        Expect.That(cases.Items.Any(static pilot => pilot.Id == Pilot), "the pilot is not among the cases for others");
        return $"{refusals.Items.Count} refusals, {actions.Items.Count} actions; evaluated, a case for others";
    }

    private async Task<ProvenEntry> ActAsync(Actor actor, Operation body) =>
        await clients.SubmitAsync(Client.Prepare(actor, body), stop);

    private Task<Verdict?> RefuseAsync(string what, ReasonCode reason, Actor actor, Operation body) =>
        new MustRefuse(clients, report).RuleAsync(what, reason, actor, body, stop);

    private static Operation Participant(Actor party, ParticipantState state, ByteString consent) =>
        new()
        {
            SetParticipant = new SetParticipant
            {
                PilotId = Pilot,
                Party = party.Did,
                State = state,
                ConsentHash = consent,
            },
        };

    private static Operation MoveMilestone(MilestoneState state, ulong reached) =>
        new()
        {
            MoveMilestone = new MoveMilestone
            {
                PilotId = Pilot,
                MilestoneId = Milestone,
                State = state,
                Reached = reached,
                EvidenceHash = PilotPath.Document($"{Milestone} {state}"),
            },
        };

    private Operation Mint(string tokenId) =>
        new()
        {
            Mint = new Mint
            {
                ClassId = Passes,
                TokenId = tokenId,
                Owner = cast.Giver.Did,
            },
        };

    private static Operation Transfer(string tokenId, Actor from, Actor to) =>
        new()
        {
            Transfer = new Transfer
            {
                ClassId = Passes,
                TokenId = tokenId,
                FromDid = from.Did,
                ToDid = to.Did,
            },
        };

    private static Order NewOrder(string number) =>
        new()
        {
            Reason = SupervisionReason.RightsDispute,
            Number = number,
            LegalBasis = "CSL-2016/art.47",
        };
}
