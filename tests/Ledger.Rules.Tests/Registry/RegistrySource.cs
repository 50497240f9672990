using System.Buffers.Binary;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>
/// Random operations on a registry, most of them plausible and many slightly wrong: another party's role, a state that does not allow it,
/// a time that has passed. It looks into the model to see what would be plausible.
/// </summary>
internal sealed class RegistrySource
{
    private static readonly string[] Regions = ["310000", "110000", "CN-SH"];

    private readonly Random _random;
    private readonly RegistryModel _model;
    private ulong _nonce;
    private ulong _timeMs;

    public RegistrySource(Random random, RegistryModel model)
    {
        _random = random;
        _model = model;
    }

    /// <summary>DIDs that are registered.</summary>
    public List<string> Cast { get; } = [];

    /// <summary>Those that operations name, some of which nobody registered, or are in use no more.</summary>
    public List<string> Others { get; } = [];

    /// <summary>The founding supervisor: without it a registry may end with nobody to mend it.</summary>
    public string Founder { get; set; } = "";

    /// <summary>Fills in what every operation has.</summary>
    public Operation Complete(Operation op, ulong timeMs)
    {
        op.Ledger = RulesLedger.Origin;
        op.NotAfter = timeMs / 1000 + 60;
        byte[] nonce = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, ++_nonce);
        op.Nonce = ByteString.CopyFrom(nonce);
        return op;
    }

    /// <summary>The time of the next batch: seconds, hours or days on, or just before or after something ends or begins.</summary>
    public ulong NextTime(ulong timeMs)
    {
        int kind = _random.Next(100);
        if (kind < 10 && Edges(timeMs).ToArray() is { Length: > 0 } edges)
        {
            ulong edge = Pick(edges) + (ulong)_random.Next(4) - 2;
            return Math.Max(timeMs, edge);
        }

        return timeMs
            + (ulong)(
                kind < 70 ? _random.Next(3_000)
                : kind < 92 ? _random.Next(3_600_000)
                : kind < 98 ? _random.Next(86_400_000)
                : _random.Next(3 * 86_400_000)
            );
    }

    // Moments within the next weeks at which something ends or begins by time alone.
    private IEnumerable<ulong> Edges(ulong timeMs)
    {
        List<ulong> edges = [(timeMs / 86_400_000 + 1) * 86_400_000];
        foreach (PartyRecord party in _model.All<PartyRecord>())
        {
            edges.Add((party.Attestation?.ValidUntil ?? 0) * 1000);
            AddHold(party.PlatformHold?.Hold);
            AddHold(party.SupervisorHold?.Hold);
        }

        foreach (PilotRecord pilot in _model.All<PilotRecord>())
        {
            edges.Add((pilot.Terms?.Boundary?.Start ?? 0) * 1000);
            edges.Add((pilot.Terms?.Boundary?.End ?? 0) * 1000);
            edges.Add(pilot.ObjectionsUntilMs);
        }

        edges.AddRange(_model.All<GrantsRecord>().SelectMany(it => it.Grants).Select(it => it.ValidUntil * 1000));
        edges.AddRange(_model.All<PolicyRecord>().Select(it => it.Next?.EffectiveMs ?? 0));
        edges.AddRange(_model.All<OperatorRecord>().Select(it => it.Expires * 1000));
        foreach (ClassRecord c in _model.All<ClassRecord>())
        {
            AddHold(c.Pause);
        }

        foreach (TokenRecord token in _model.All<TokenRecord>())
        {
            edges.Add((token.Offer?.Expires ?? 0) * 1000);
            edges.Add(token.ApprovedUntil * 1000);
            AddHold(token.Freeze);
        }

        return edges.Where(edge => edge > timeMs && edge < timeMs + 20 * 86_400_000UL);

        void AddHold(Hold? hold)
        {
            edges.Add(hold?.FromMs ?? 0);
            edges.Add(hold?.UntilMs ?? 0);
        }
    }

    /// <summary>The next operation.</summary>
    public Operation Next(ulong timeMs)
    {
        _timeMs = timeMs;
        if (Chance(12))
        {
            return Complete(NextGroup(), timeMs);
        }

        (Operation op, string actor) = NextBody();
        op.Actor = Chance(92) && Cast.Contains(actor) ? actor : Pick(Cast);
        op.Approver = NextApprover(op);
        return Complete(op, timeMs);
    }

    private Operation NextGroup()
    {
        (Operation first, string actor) = NextBody();
        Group group = new() { Steps = { first } };
        for (int more = _random.Next(6); more > 0; more--)
        {
            (Operation step, string by) = NextBody();
            for (int tries = 0; by != actor && tries < 40; tries++)
            {
                (step, by) = NextBody();
            }

            if (by == actor || Chance(30))
            {
                group.Steps.Add(step);
            }
        }

        Operation op = new() { Actor = Cast.Contains(actor) ? actor : Pick(Cast), Group = group };
        op.Approver = group.Steps.Select(NextApprover).FirstOrDefault(approver => approver.Length != 0) ?? "";
        if (op.Approver == op.Actor)
        {
            op.Approver = "";
        }

        return op;
    }

    // Nobody, somebody who may, a second DID of the actor, or anybody.
    private string NextApprover(Operation op)
    {
        bool needed =
            op.BodyCase is Operation.BodyOneofCase.ForcedTransfer or Operation.BodyOneofCase.ForcedBurn
            || op.MovePilot?.State == PilotState.Revoked
            || op.GrantRole?.Role == Role.Supervisor
            || op.RevokeRole?.Role == Role.Supervisor
            || (op.AdmitParty?.Roles.Contains(Role.Supervisor) ?? false)
            || op.ExitParty is not null;
        if (!needed)
        {
            return Chance(3) ? Not(op.Actor) : "";
        }

        return Chance(12) ? ""
            : Chance(75)
            && Not(op.Actor, Holders(Role.SupervisorDeputy).Concat(Holders(Role.Supervisor))) is { Length: > 0 } it
                ? it
            : Not(op.Actor);
    }

    private string Not(string actor, IEnumerable<string>? among = null)
    {
        string[] left = [.. (among ?? Cast).Where(did => did != actor)];
        return left.Length == 0 ? "" : Pick(left);
    }

    // A body, and who may plausibly ask for it.
    private (Operation Op, string Actor) NextBody()
    {
        int kind = _random.Next(1000);
        return kind switch
        {
            < 30 => NextAdmission(),
            < 45 => NextRenewal(),
            < 52 => NextExit(),
            < 80 => NextGrant(),
            < 95 => NextRevocation(),
            < 125 => NextAccount(),
            < 132 => (
                new Operation { RecordErasure = new RecordErasure { Commitment = Hash(_random.Next(12)) } },
                Holder(Role.Registrar)
            ),
            < 162 => NextPilot(),
            < 172 => NextAmendment(),
            < 262 => NextMove(),
            < 312 => NextParticipant(),
            < 330 => NextMilestone(),
            < 355 => NextMilestoneMove(),
            < 370 => NextTranche(),
            < 395 => NextTrancheMove(),
            < 430 => NextEvidence(),
            < 442 => NextEvaluation(),
            < 482 => NextClass(),
            < 497 => NextPause(),
            < 517 => NextProposal(),
            < 537 => NextPolicyDecision(),
            < 617 => NextMint(),
            < 737 => NextTransfer(),
            < 757 => NextBurn(),
            < 792 => NextOffer(),
            < 827 => NextAcceptance(),
            < 837 => NextOfferEnd(),
            < 867 => NextApproval(),
            < 887 => NextOperator(),
            < 902 => NextMetadata(),
            < 922 => NextUser(),
            < 937 => NextLock(),
            < 955 => NextSettlement(),
            < 975 => NextFreeze(),
            < 990 => NextForcedTransfer(),
            _ => NextForcedBurn(),
        };
    }

    private (Operation, string) NextAdmission()
    {
        string party = Chance(60)
            ? PickOr(Cast.Where(did => _model.All<PartyRecord>().All(it => it.Did != did || it.Exited)), Pick(Cast))
            : Pick(Others);
        Role[] roles = Chance(8)
            ? Some(Enum.GetValues<Role>()[1..])
            : Some([Role.Platform, Role.Sponsor, Role.Issuer, Role.Participant]);
        return (
            new Operation
            {
                AdmitParty = new AdmitParty
                {
                    Party = party,
                    Roles = { roles },
                    CredentialCommitment = Hash(_random.Next(200)),
                    AssuranceLevel = (AssuranceLevel)_random.Next(1, 4),
                    Attestation = NextAttestation(),
                },
            },
            Chance(50) ? Holder(Role.Supervisor) : Holder(Role.Registrar)
        );
    }

    private Attestation? NextAttestation() =>
        Chance(15)
            ? null
            : new Attestation
            {
                Region = Chance(85) ? Pick(Regions) : "",
                AgeBand = (AgeBand)_random.Next(4),
                Platform =
                    Chance(70) ? Holder(Role.Platform)
                    : Chance(15) ? Pick(Others)
                    : "",
                ValidUntil = Chance(25) ? NextEnd() : 0,
            };

    // Seconds: most in the future, some just over.
    private ulong NextEnd() =>
        Chance(8)
            ? _timeMs / 1000 - (ulong)_random.Next(2)
            : _timeMs / 1000 + (ulong)(Chance(50) ? _random.Next(1, 7_200) : _random.Next(1, 20 * 86_400));

    private (Operation, string) NextRenewal() =>
        (
            new Operation
            {
                RenewParty = new RenewParty
                {
                    Party = Chance(70) && Lapsed().ToArray() is { Length: > 0 } lapsed ? Pick(lapsed) : Pick(Others),
                    CredentialCommitment = Hash(_random.Next(200)),
                    AssuranceLevel = (AssuranceLevel)_random.Next(1, 4),
                    Attestation = NextAttestation(),
                },
            },
            Chance(70) ? Holder(Role.Registrar) : Founder
        );

    private IEnumerable<string> Lapsed() =>
        _model
            .All<PartyRecord>()
            .Where(it => it.Attestation is { ValidUntil: not 0 } attested && attested.ValidUntil * 1000 < _timeMs)
            .Select(it => it.Did);

    private (Operation, string) NextExit()
    {
        string party = Pick(Others);
        if (party == Founder)
        {
            party = Pick(Cast);
        }

        return (
            new Operation { ExitParty = new ExitParty { Party = party } },
            Chance(40) ? party
            : Chance(50) ? Holder(Role.Registrar)
            : Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextGrant()
    {
        (string pilotId, string classId) = NextScope();
        return (
            new Operation
            {
                GrantRole = new GrantRole
                {
                    Party = Chance(90) ? Pick(Cast) : Pick(Others),
                    Role = (Role)_random.Next(1, 11),
                    PilotId = pilotId,
                    ClassId = classId,
                    ValidUntil = Chance(50) ? NextEnd() : 0,
                },
            },
            Chance(60) ? Holder(Role.Supervisor)
            : Chance(60) ? Holder(Role.Registrar)
            : Holder(Role.Sponsor)
        );
    }

    private (string PilotId, string ClassId) NextScope() =>
        _random.Next(3) switch
        {
            0 => ("", ""),
            1 => (PilotId(), ""),
            _ => ("", ClassId()),
        };

    private (Operation, string) NextRevocation()
    {
        RevokeRole body = new() { Party = Pick(Others), Role = (Role)_random.Next(1, 11) };
        GrantsRecord[] granted = [.. _model.All<GrantsRecord>().Where(it => it.Grants.Count != 0)];
        if (Chance(70) && granted.Length != 0)
        {
            GrantsRecord grants = Pick(granted);
            body.Party = grants.Party;
            body.PilotId = grants.PilotId;
            body.ClassId = grants.ClassId;
            body.Role = Pick(grants.Grants.ToArray()).Role;
        }
        else if (Chance(50))
        {
            (body.PilotId, body.ClassId) = NextScope();
        }

        if (body.Party == Founder && body.Role == Role.Supervisor)
        {
            body.Role = Role.Auditor;
        }

        return (
            new Operation { RevokeRole = body },
            Chance(20) ? body.Party
            : Chance(70) ? Holder(Role.Supervisor)
            : Holder(Role.Registrar)
        );
    }

    private Order NextOrder(bool lasts) =>
        new()
        {
            Reason = (SupervisionReason)_random.Next(1, 12),
            Number = $"ORDER-{_random.Next(100)}",
            LegalBasis = "CSL-2016/art.47",
            EffectiveFrom = lasts && Chance(30) ? _timeMs / 1000 + (ulong)_random.Next(7_200) - 60 : 0,
            Expires = lasts && Chance(60) ? _timeMs / 1000 + 7_200 + (ulong)_random.Next(86_400) : 0,
        };

    // Some orders are over before they begin.
    private Order NextLastingOrder()
    {
        Order order = NextOrder(lasts: true);
        if (Chance(8))
        {
            order.EffectiveFrom = 0;
            order.Expires = _timeMs / 1000 - (ulong)_random.Next(2);
        }

        return order;
    }

    private (Operation, string) NextAccount()
    {
        string party = Pick(Others);
        AccountState state = Chance(55) ? AccountState.Active : (AccountState)_random.Next(1, 3);
        PartyRecord[] held =
        [
            .. _model.All<PartyRecord>().Where(it => it.SupervisorHold is not null || it.PlatformHold is not null),
        ];
        if (held.Length != 0 && Chance(state == AccountState.Active ? 85 : 35))
        {
            party = Pick(held).Did;
        }

        Order order = state == AccountState.Active ? NextOrder(lasts: false) : NextLastingOrder();
        if (party == Founder && state != AccountState.Active)
        {
            party = Pick(Cast.Where(did => did != Founder).ToArray());
        }

        PartyRecord? record = _model.All<PartyRecord>().FirstOrDefault(it => it.Did == party);
        if (Chance(25))
        {
            record = PickOr(
                _model.All<PartyRecord>().Where(it => it.Attestation?.Platform is { Length: > 0 }),
                record!
            );
            party = record?.Did ?? party;
        }

        if (record is { Attestation.Platform.Length: > 0 } && Chance(50))
        {
            return (
                new Operation
                {
                    SetPlatformState = new SetPlatformState
                    {
                        Party = party,
                        State = state,
                        Order = order,
                    },
                },
                Chance(90) ? record.Attestation.Platform : Holder(Role.Platform)
            );
        }

        return (
            new Operation
            {
                SetSupervisorState = new SetSupervisorState
                {
                    Party = party,
                    State = state,
                    Order = order,
                },
            },
            Holder(Role.Supervisor)
        );
    }

    private PilotTerms? NextTerms()
    {
        if (Chance(10))
        {
            return null;
        }

        ulong seconds = _timeMs / 1000;
        ulong start = Chance(60) ? seconds + (ulong)_random.Next(5 * 86_400) : 0;
        PilotTerms terms = new()
        {
            Kind = PilotKind.Sandbox,
            Operator =
                Chance(60) ? Holder(Role.Operator)
                : Chance(5) ? Pick(Others)
                : "",
            Venue =
                Chance(30) ? Holder(Role.Platform)
                : Chance(5) ? Pick(Others)
                : "",
            District = Chance(50) ? "310115" : "",
            Fields = { Some(["art", "data", "trade"]) },
            Boundary = new PilotBoundary
            {
                Start = start,
                End = Chance(25) ? seconds + 5 * 86_400 + (ulong)_random.Next(20 * 86_400) : 0,
                MaxParticipants = Chance(50) ? (ulong)_random.Next(1, 4) : 0,
                MaxTokens = Chance(30) ? (ulong)_random.Next(3, 15) : 0,
                MaxTransfersPerDay = Chance(40) ? (ulong)_random.Next(1, 5) : 0,
                Regions = { Chance(45) ? Some([.. Regions.Order(StringComparer.Ordinal)]) : [] },
                ParticipantsOnly = Chance(25),
            },
        };
        if (Chance(30))
        {
            terms.Supervisors.Add(Chance(90) ? Holder(Role.Supervisor) : Pick(Others));
        }

        if (Chance(30))
        {
            terms.Auditors.Add(Chance(90) ? Holder(Role.Auditor) : Pick(Others));
        }

        return terms;
    }

    private (Operation, string) NextPilot()
    {
        string sponsor = Holder(Role.Sponsor);
        if (Chance(4))
        {
            sponsor = Holder(Role.Supervisor);
        }

        return (
            new Operation
            {
                CreatePilot = new CreatePilot
                {
                    Id = $"p{_random.Next(1, 40)}",
                    Title = "A pilot",
                    Sponsor = Chance(93) ? sponsor : Pick(Others),
                    Terms = NextTerms(),
                },
            },
            sponsor
        );
    }

    private (Operation, string) NextAmendment()
    {
        PilotRecord? pilot = AnyPilot(it => it.State is PilotState.Draft or PilotState.Returned);
        return (
            new Operation
            {
                AmendPilot = new AmendPilot
                {
                    PilotId = pilot?.Id ?? PilotId(),
                    Title = "An amended pilot",
                    Terms = NextTerms(),
                },
            },
            SponsorOf(pilot)
        );
    }

    private (Operation, string) NextMove()
    {
        PilotRecord? pilot = AnyPilot(it =>
            it.State is not PilotState.Archived && (it.State != PilotState.Running || Chance(8))
        );
        if (
            pilot is { State: PilotState.UnderReview or PilotState.PublicNotice, Assessment.IsEmpty: true }
            && Chance(45)
        )
        {
            return NextDocument(pilot.Id, EvidenceKind.Assessment, Holder(Role.Supervisor));
        }

        PilotState to = (PilotState)_random.Next(1, 17);
        if (Chance(90))
        {
            // On the way to a pilot that runs, most of the time.
            to = pilot?.State switch
            {
                PilotState.Draft => PilotState.Submitted,
                PilotState.Submitted => Pick([
                    PilotState.UnderReview,
                    PilotState.UnderReview,
                    PilotState.UnderReview,
                    PilotState.Withdrawn,
                    PilotState.Rejected,
                ]),
                PilotState.UnderReview => Pick([
                    PilotState.PublicNotice,
                    PilotState.PublicNotice,
                    PilotState.PublicNotice,
                    PilotState.Returned,
                    PilotState.Rejected,
                    PilotState.Withdrawn,
                ]),
                PilotState.Returned => Pick([PilotState.Submitted, PilotState.UnderReview]),
                PilotState.PublicNotice => Pick([
                    PilotState.Approved,
                    PilotState.Approved,
                    PilotState.Approved,
                    PilotState.Approved,
                    PilotState.Approved,
                    PilotState.Rejected,
                    PilotState.Withdrawn,
                ]),
                PilotState.Approved => Pick([
                    PilotState.Running,
                    PilotState.Running,
                    PilotState.Running,
                    PilotState.Running,
                    PilotState.Revoked,
                    PilotState.TerminatedBySponsor,
                ]),
                PilotState.Running => Chance(85)
                    ? PilotState.Suspended
                    : Pick([PilotState.Concluded, PilotState.Revoked, PilotState.TerminatedBySponsor]),
                PilotState.Suspended => Chance(85)
                    ? PilotState.Running
                    : Pick([PilotState.Concluded, PilotState.Revoked, PilotState.TerminatedBySponsor]),
                _ => Pick([PilotState.Archived, PilotState.Evaluated, PilotState.Expired]),
            };
        }

        bool bySponsor =
            to is PilotState.Submitted or PilotState.Withdrawn or PilotState.TerminatedBySponsor
            || (to is PilotState.Running or PilotState.Concluded && Chance(50));
        return (
            new Operation
            {
                MovePilot = new MovePilot
                {
                    PilotId = pilot?.Id ?? PilotId(),
                    State = to,
                    Reason = (PilotReason)_random.Next(1, 13),
                    EvidenceHash = Hash(_random.Next(100)),
                    ObjectionSeconds = to == PilotState.PublicNotice ? (uint)_random.Next(1, 3_600) : 0,
                    Conclusion =
                        to == PilotState.Concluded ? (PilotConclusion)_random.Next(1, 4) : PilotConclusion.Unspecified,
                    Order = to is PilotState.Suspended or PilotState.Revoked ? NextOrder(lasts: false) : null,
                },
            },
            bySponsor ? SponsorOf(pilot) : Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextParticipant()
    {
        PilotRecord? pilot = AnyPilot(it =>
            it.State is PilotState.Running or PilotState.Suspended or PilotState.Approved
        );
        ParticipantState state = Chance(40) ? ParticipantState.Admitted : (ParticipantState)_random.Next(1, 6);
        string party = Chance(90) ? Pick(Cast) : Pick(Others);
        ParticipantRecord[] there = [.. _model.All<ParticipantRecord>().Where(it => it.PilotId == pilot?.Id)];
        if (Chance(65) && there.Length != 0)
        {
            ParticipantRecord participant = Pick(there);
            party = participant.Party;
            state = Chance(85)
                ? participant.State switch
                {
                    ParticipantState.Invited => ParticipantState.Admitted,
                    ParticipantState.Admitted => Pick([
                        ParticipantState.Suspended,
                        ParticipantState.Exited,
                        ParticipantState.Removed,
                    ]),
                    ParticipantState.Suspended => Pick([
                        ParticipantState.Admitted,
                        ParticipantState.Admitted,
                        ParticipantState.Exited,
                    ]),
                    _ => Pick([ParticipantState.Invited, ParticipantState.Admitted]),
                }
                : state;
        }

        string host = pilot?.Terms?.Operator is { Length: > 0 } it && Chance(50) ? it : SponsorOf(pilot);
        string actor = state switch
        {
            ParticipantState.Invited => host,
            ParticipantState.Admitted => Chance(70) ? host
            : Chance(50) ? party
            : Holder(Role.Supervisor),
            ParticipantState.Exited => party,
            _ => Chance(60) ? host : Holder(Role.Supervisor),
        };
        return (
            new Operation
            {
                SetParticipant = new SetParticipant
                {
                    PilotId = pilot?.Id ?? PilotId(),
                    Party = party,
                    State = state,
                    ConsentHash = state == ParticipantState.Admitted ? Hash(_random.Next(100)) : ByteString.Empty,
                },
            },
            actor
        );
    }

    private (Operation, string) NextMilestone()
    {
        PilotRecord? pilot = AnyPilot(it => it.State != PilotState.Archived);
        return (
            new Operation
            {
                PlanMilestone = new PlanMilestone
                {
                    PilotId = pilot?.Id ?? PilotId(),
                    MilestoneId = $"m{_random.Next(1, 5)}",
                    Kpi = "users",
                    Target = (ulong)_random.Next(100),
                    Due = NextEnd(),
                },
            },
            SponsorOf(pilot)
        );
    }

    private (Operation, string) NextMilestoneMove()
    {
        MilestoneRecord[] all = [.. _model.All<MilestoneRecord>()];
        MilestoneRecord? milestone = all.Length != 0 && Chance(92) ? Pick(all) : null;
        MilestoneState state =
            milestone is { State: MilestoneState.Planned or MilestoneState.Rejected } && Chance(70)
                ? MilestoneState.Reported
                : (MilestoneState)_random.Next(2, 6);
        string pilotId = milestone?.PilotId ?? PilotId();
        return (
            new Operation
            {
                MoveMilestone = new MoveMilestone
                {
                    PilotId = pilotId,
                    MilestoneId = milestone?.MilestoneId ?? "m9",
                    State = state,
                    Reached = state == MilestoneState.Reported ? (ulong)_random.Next(100) : 0,
                    EvidenceHash = Hash(_random.Next(100)),
                },
            },
            state == MilestoneState.Reported
                ? SponsorOf(_model.All<PilotRecord>().FirstOrDefault(it => it.Id == pilotId))
                : Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextTranche()
    {
        MilestoneRecord[] all = [.. _model.All<MilestoneRecord>()];
        MilestoneRecord? milestone = all.Length != 0 && Chance(90) ? Pick(all) : null;
        return (
            new Operation
            {
                PlanTranche = new PlanTranche
                {
                    PilotId = milestone?.PilotId ?? PilotId(),
                    TrancheId = $"t{_random.Next(1, 6)}",
                    MilestoneId = milestone?.MilestoneId ?? "m9",
                    AmountFen = (ulong)_random.Next(1, 1_000_000),
                },
            },
            Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextTrancheMove()
    {
        TrancheRecord[] all = [.. _model.All<TrancheRecord>()];
        TrancheRecord? tranche = all.Length != 0 && Chance(92) ? Pick(all) : null;
        return (
            new Operation
            {
                MoveTranche = new MoveTranche
                {
                    PilotId = tranche?.PilotId ?? PilotId(),
                    TrancheId = tranche?.TrancheId ?? "t9",
                    State = (TrancheState)_random.Next(2, 5),
                    EvidenceHash = Hash(_random.Next(100)),
                },
            },
            Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextEvidence()
    {
        EvidenceKind kind = Chance(50) ? EvidenceKind.Assessment : (EvidenceKind)_random.Next(1, 9);
        PilotRecord? pilot = AnyPilot(it =>
            kind is not (EvidenceKind.Assessment or EvidenceKind.Objection)
            || it.State is PilotState.PublicNotice or PilotState.UnderReview
        );
        string actor = _random.Next(4) switch
        {
            0 when kind != EvidenceKind.Assessment => SponsorOf(pilot),
            1 when kind != EvidenceKind.Assessment => pilot?.Terms?.Operator is { Length: > 0 } host
                ? host
                : Pick(Cast),
            2 => Holder(Role.Auditor),
            _ => kind is EvidenceKind.Objection or EvidenceKind.Complaint ? Pick(Cast) : Holder(Role.Supervisor),
        };
        return NextDocument(pilot?.Id ?? PilotId(), kind, actor);
    }

    private (Operation, string) NextDocument(string pilotId, EvidenceKind kind, string actor) =>
        (
            new Operation
            {
                AddEvidence = new AddEvidence
                {
                    PilotId = pilotId,
                    Kind = kind,
                    Commitment = Hash(_random.Next(100)),
                    MediaType = "application/pdf",
                    Size = (ulong)_random.Next(1_000),
                },
            },
            actor
        );

    private (Operation, string) NextEvaluation()
    {
        PilotRecord? pilot = AnyPilot(it =>
            it.State is PilotState.Concluded or PilotState.Revoked or PilotState.TerminatedBySponsor
            && (it.Evaluation is null || Chance(10))
        );
        bool replicable = Chance(40);
        return (
            new Operation
            {
                EvaluatePilot = new EvaluatePilot
                {
                    PilotId = pilot?.Id ?? PilotId(),
                    Grade = (EvaluationGrade)_random.Next(1, 5),
                    ReportHash = Hash(_random.Next(100)),
                    Replicable = replicable,
                    CaseHash = replicable ? Hash(_random.Next(100)) : ByteString.Empty,
                },
            },
            Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextClass()
    {
        PilotRecord? pilot = AnyPilot(it => it.State == PilotState.Running);
        PolicyRecord[] policies = [.. _model.All<PolicyRecord>().Where(it => it.PilotId == pilot?.Id || Chance(5))];
        return (
            new Operation
            {
                CreateClass = new CreateClass
                {
                    Id = $"c{_random.Next(1, 60)}",
                    PilotId = pilot?.Id ?? PilotId(),
                    Name = "A class",
                    Category = (ClassCategory)_random.Next(1, 10),
                    MaxSupply = (ulong)(Chance(20) ? _random.Next(1, 5) : _random.Next(5, 100)),
                    Transferability = Chance(75) ? Transferability.Free : (Transferability)_random.Next(1, 4),
                    BurnAuthority = Chance(60) ? BurnAuthority.Both : (BurnAuthority)_random.Next(1, 5),
                    MetadataMutability = Chance(60)
                        ? MetadataMutability.AppendVersion
                        : (MetadataMutability)_random.Next(3),
                    ReceiverConsent = Chance(75) ? ReceiverConsent.None : (ReceiverConsent)_random.Next(3),
                    Powers = { Enum.GetValues<ClassPower>()[1..].Where(_ => Chance(80)) },
                    PolicyId =
                        policies.Length != 0 && Chance(60) ? Pick(policies).Id
                        : Chance(5) ? "none"
                        : "",
                },
            },
            Holder(Role.Issuer)
        );
    }

    private (Operation, string) NextPause()
    {
        bool resumes = Chance(40);
        ClassRecord? c = AnyClass(it => it.Powers.Contains(ClassPower.Pause) && (!resumes || it.Pause is not null));
        bool pause = c?.Pause is null ? Chance(70) : Chance(15);
        string actor = Chance(40) && c is not null ? c.Issuer : Holder(Role.Supervisor);
        string classId = c?.Id ?? ClassId();
        return pause
            ? (
                new Operation
                {
                    PauseClass = new PauseClass { ClassId = classId, Order = NextLastingOrder() },
                },
                actor
            )
            : (
                new Operation
                {
                    UnpauseClass = new UnpauseClass { ClassId = classId, Order = NextOrder(lasts: false) },
                },
                actor
            );
    }

    private (Operation, string) NextProposal()
    {
        PilotRecord? pilot = AnyPilot(it => it.State is PilotState.Running or PilotState.Approved);
        return (
            new Operation
            {
                ProposePolicy = new ProposePolicy
                {
                    PolicyId = $"o{_random.Next(1, 12)}",
                    PilotId = pilot?.Id ?? PilotId(),
                    Rule = NextRule(depth: 0),
                },
            },
            _random.Next(3) switch
            {
                0 => Holder(Role.Operator),
                1 => Holder(Role.Platform),
                _ => Holder(Role.Issuer),
            }
        );
    }

    private PolicyRule NextRule(int depth)
    {
        PolicySubject subject = (PolicySubject)_random.Next(1, 3);
        return _random.Next(depth < 2 ? 14 : 11) switch
        {
            0 => new PolicyRule
            {
                Role = new RoleRule { Subject = subject, Roles = { Role.Participant } },
            },
            1 => new PolicyRule
            {
                Admission = new AdmissionRule { Subject = subject, Level = AssuranceLevel.Substantial },
            },
            2 => new PolicyRule
            {
                Account = new AccountRule { Subject = subject, State = (AccountState)_random.Next(2) },
            },
            3 => new PolicyRule
            {
                TimeWindow = new TimeWindowRule
                {
                    FromMinute = (uint)_random.Next(1_440),
                    UntilMinute = (uint)_random.Next(1_441),
                },
            },
            4 => new PolicyRule { FirstHold = new HoldRule { Seconds = (ulong)_random.Next(1, 3_600) } },
            5 => new PolicyRule { Rehold = new HoldRule { Seconds = (ulong)_random.Next(1, 3_600) } },
            6 => new PolicyRule { GiftsPerDay = new CountRule { Below = (ulong)_random.Next(1, 4) } },
            7 => new PolicyRule { ReceiverHolds = new CountRule { Below = (ulong)_random.Next(1, 5) } },
            8 => new PolicyRule { PilotTransfersPerDay = new CountRule { Below = (ulong)_random.Next(1, 6) } },
            9 => new PolicyRule
            {
                Region = new RegionRule { Subject = subject, Regions = { "110000", "310000" } },
            },
            10 => new PolicyRule
            {
                PilotState = new PilotStateRule { States = { PilotState.Running, PilotState.Suspended } },
            },
            11 => new PolicyRule { Not = NextRule(depth + 1) },
            12 => new PolicyRule { Any = new PolicyRules { Rules = { NextRule(depth + 1), NextRule(depth + 1) } } },
            _ => new PolicyRule { All = new PolicyRules { Rules = { NextRule(depth + 1), NextRule(depth + 1) } } },
        };
    }

    private (Operation, string) NextPolicyDecision()
    {
        PolicyRecord[] all = [.. _model.All<PolicyRecord>().Where(it => it.Proposed is not null || Chance(15))];
        PolicyRecord? policy = all.Length != 0 ? Pick(all) : null;
        string policyId = policy?.Id ?? $"o{_random.Next(1, 14)}";
        ulong version = Chance(93) ? policy?.Proposed?.Version ?? 1 : (ulong)_random.Next(1, 4);
        string supervisor = Chance(12) ? policy?.Proposed?.ProposedBy ?? Pick(Cast) : Holder(Role.Supervisor);
        return Chance(80)
            ? (
                new Operation
                {
                    ApprovePolicy = new ApprovePolicy
                    {
                        PolicyId = policyId,
                        Version = version,
                        Effective = Chance(10)
                            ? _timeMs / 1000 - (ulong)_random.Next(2)
                            : _timeMs / 1000 + (ulong)_random.Next(1, 900),
                    },
                },
                supervisor
            )
            : (
                new Operation
                {
                    RejectPolicy = new RejectPolicy { PolicyId = policyId, Version = version },
                },
                supervisor
            );
    }

    private TokenContent NextContent() =>
        new()
        {
            Multihash = ByteString.CopyFrom([0x12, 0x20, .. Hash(_random.Next(100)).ToByteArray()]),
            MediaType = "image/png",
            Size = (ulong)_random.Next(100),
        };

    private (Operation, string) NextMint()
    {
        ClassRecord? c = AnyClass(it => IsOpen(it));
        string classId = c?.Id ?? ClassId();
        string owner = Receiver(classId);
        string actor = c?.Issuer ?? Holder(Role.Issuer);
        if (Chance(75))
        {
            return (
                new Operation
                {
                    Mint = new Mint
                    {
                        ClassId = classId,
                        TokenId = NextTokenId(),
                        Owner = owner,
                        Content = Chance(50) ? NextContent() : null,
                    },
                },
                actor
            );
        }

        BatchMint batch = new() { ClassId = classId, Owner = owner };
        for (int count = _random.Next(1, 5); count > 0; count--)
        {
            batch.Items.Add(
                new MintItem
                {
                    TokenId = batch.Items.Count != 0 && Chance(8) ? batch.Items[0].TokenId : NextTokenId(),
                    Content = Chance(20) ? NextContent() : null,
                }
            );
        }

        return (new Operation { BatchMint = batch }, actor);
    }

    private string NextTokenId() =>
        Chance(50) ? ""
        : Chance(40) ? $"{_random.Next(30)}"
        : $"k{_random.Next(60)}";

    private TokenRecord? AnyToken(Func<TokenRecord, bool>? likely = null)
    {
        likely ??= static it => it.Lock is not (LockState.Locked or LockState.Exported);
        TokenRecord[] all = [.. _model.All<TokenRecord>().Where(it => it.State == TokenState.Live || Chance(5))];
        HashSet<string> open = [.. _model.All<ClassRecord>().Where(it => IsOpen(it) || Chance(4)).Select(it => it.Id)];
        TokenRecord[] some = [.. all.Where(it => open.Contains(it.ClassId) && likely(it))];
        return Chance(3) || all.Length == 0 ? null
            : some.Length != 0 && Chance(93) ? Pick(some)
            : Pick(all);
    }

    // A class in which things move.
    private bool IsOpen(ClassRecord c) =>
        (c.Pause is null || Chance(20))
        && _model.All<PilotRecord>().First(it => it.Id == c.PilotId).State == PilotState.Running;

    private string GiverOf(TokenRecord? token) =>
        token is null ? Pick(Cast)
        : token.Approved.Length != 0 && Chance(40) ? token.Approved
        : Chance(25)
        && _model.All<OperatorRecord>().FirstOrDefault(it => it.Owner == token.Owner && it.ClassId == token.ClassId)
            is { } it
            ? it.Operator
        : token.Owner;

    // Whom the pilot of the class lets get something, most of the time.
    private string Receiver(string? classId = null)
    {
        ClassRecord? c = _model.All<ClassRecord>().FirstOrDefault(it => it.Id == classId);
        PilotRecord? pilot = _model.All<PilotRecord>().FirstOrDefault(it => it.Id == c?.PilotId);
        string[] within =
        [
            .. _model
                .All<PartyRecord>()
                .Where(it =>
                    !it.Exited
                    && Cast.Contains(it.Did)
                    && (
                        pilot?.Terms?.Boundary is not { Regions.Count: > 0 } bounded
                        || bounded.Regions.Contains(it.Attestation?.Region ?? "")
                    )
                    && (
                        pilot?.Terms?.Boundary is not { ParticipantsOnly: true }
                        || _model
                            .All<ParticipantRecord>()
                            .Any(p =>
                                p.Party == it.Did && p.PilotId == pilot.Id && p.State == ParticipantState.Admitted
                            )
                    )
                )
                .Select(it => it.Did),
        ];
        return Chance(85) ? PickOr(within, PartyDid())
            : Chance(60) ? PartyDid()
            : Pick(Others);
    }

    private (Operation, string) NextTransfer()
    {
        TokenRecord? token = AnyToken();
        return (
            new Operation
            {
                Transfer = new Transfer
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    FromDid = Chance(96) && token is not null ? token.Owner : Pick(Cast),
                    ToDid = token is not null && Chance(6) ? token.Owner : Receiver(token?.ClassId),
                },
            },
            GiverOf(token)
        );
    }

    private (Operation, string) NextBurn()
    {
        TokenRecord? token = AnyToken();
        ClassRecord? c = _model.All<ClassRecord>().FirstOrDefault(it => it.Id == token?.ClassId);
        return (
            new Operation
            {
                Burn = new Burn { ClassId = token?.ClassId ?? ClassId(), TokenId = token?.TokenId ?? "none" },
            },
            Chance(50) ? token?.Owner ?? Pick(Cast) : c?.Issuer ?? Pick(Cast)
        );
    }

    private (Operation, string) NextOffer()
    {
        TokenRecord? token = AnyToken(it => it.Offer is null || Chance(60));
        return (
            new Operation
            {
                OfferToken = new OfferToken
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    ToDid = Receiver(),
                    Expires = Chance(60) ? NextEnd() : 0,
                },
            },
            GiverOf(token)
        );
    }

    private (Operation, string) NextAcceptance()
    {
        TokenRecord? token = AnyToken(it => it.Offer is not null);
        return (
            new Operation
            {
                AcceptOffer = new AcceptOffer
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    FromDid = Chance(96) && token is not null ? token.Owner : Pick(Cast),
                },
            },
            token?.Offer?.ToDid ?? Pick(Cast)
        );
    }

    private (Operation, string) NextOfferEnd()
    {
        TokenRecord? token = AnyToken(it => it.Offer is not null);
        return (
            new Operation
            {
                EndOffer = new EndOffer { ClassId = token?.ClassId ?? ClassId(), TokenId = token?.TokenId ?? "none" },
            },
            Chance(50) ? token?.Offer?.ToDid ?? Pick(Cast) : GiverOf(token)
        );
    }

    private (Operation, string) NextApproval()
    {
        TokenRecord? token = AnyToken();
        string approved =
            Chance(15) ? ""
            : Chance(5) && token is not null ? token.Owner
            : Receiver();
        return (
            new Operation
            {
                ApproveToken = new ApproveToken
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    Approved = approved,
                    Expires = approved.Length != 0 && Chance(50) ? NextEnd() : 0,
                },
            },
            GiverOf(token)
        );
    }

    private (Operation, string) NextOperator()
    {
        TokenRecord? token = AnyToken();
        bool approved = Chance(80);
        return (
            new Operation
            {
                SetOperator = new SetOperator
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    Operator = Chance(5) && token is not null ? token.Owner : Receiver(token?.ClassId),
                    Approved = approved,
                    Expires = approved && Chance(50) ? NextEnd() : 0,
                },
            },
            token?.Owner ?? Pick(Cast)
        );
    }

    private (Operation, string) NextMetadata()
    {
        TokenRecord? token = AnyToken();
        ClassRecord? c = _model.All<ClassRecord>().FirstOrDefault(it => it.Id == token?.ClassId);
        string classId = token?.ClassId ?? ClassId();
        string tokenId = token?.TokenId ?? "none";
        return (
            Chance(75)
                ? new Operation
                {
                    AppendMetadata = new AppendMetadata
                    {
                        ClassId = classId,
                        TokenId = tokenId,
                        Content = NextContent(),
                    },
                }
                : new Operation
                {
                    FreezeMetadata = new FreezeMetadata { ClassId = classId, TokenId = tokenId },
                },
            c?.Issuer ?? Holder(Role.Issuer)
        );
    }

    private (Operation, string) NextUser()
    {
        TokenRecord? token = AnyToken();
        string user = Chance(15) ? "" : Receiver();
        return (
            new Operation
            {
                SetUser = new SetUser
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    User = user,
                    Expires = user.Length != 0 && Chance(50) ? NextEnd() : 0,
                },
            },
            GiverOf(token)
        );
    }

    private (Operation, string) NextLock()
    {
        TokenRecord? token = AnyToken();
        return (
            new Operation
            {
                LockToken = new LockToken
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    Target = "ledger.test/other",
                },
            },
            token?.Owner ?? Pick(Cast)
        );
    }

    private (Operation, string) NextSettlement()
    {
        TokenRecord? token = AnyToken(it => it.Lock is LockState.Locked or LockState.Exported);
        ClassRecord? c = _model.All<ClassRecord>().FirstOrDefault(it => it.Id == token?.ClassId);
        return (
            new Operation
            {
                SettleLock = new SettleLock
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    State = (LockState)_random.Next(2, 5),
                    EvidenceHash = Hash(_random.Next(100)),
                },
            },
            c?.Issuer ?? Holder(Role.Issuer)
        );
    }

    private (Operation, string) NextFreeze()
    {
        bool thaw = Chance(45);
        bool frozen = thaw == Chance(75);
        TokenRecord? token = AnyToken(it => it.Freeze is not null == frozen);
        string classId = token?.ClassId ?? ClassId();
        string tokenId = token?.TokenId ?? "none";
        return (
            thaw
                ? new Operation
                {
                    UnfreezeToken = new UnfreezeToken
                    {
                        ClassId = classId,
                        TokenId = tokenId,
                        Order = NextOrder(lasts: false),
                    },
                }
                : new Operation
                {
                    FreezeToken = new FreezeToken
                    {
                        ClassId = classId,
                        TokenId = tokenId,
                        Order = NextLastingOrder(),
                    },
                },
            Chance(85) ? Holder(Role.Supervisor)
            : Chance(50) ? _model.All<ClassRecord>().FirstOrDefault(it => it.Id == classId)?.Issuer ?? Pick(Cast)
            : Holder(Role.Platform)
        );
    }

    private (Operation, string) NextForcedTransfer()
    {
        TokenRecord? token = AnyToken(it => it.Freeze is not null || Chance(50));
        string from = Chance(93) && token is not null ? token.Owner : Pick(Cast);
        string to = Receiver();
        while (to == from)
        {
            to = Pick(Cast);
        }

        return (
            new Operation
            {
                ForcedTransfer = new ForcedTransfer
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    FromDid = from,
                    ToDid = to,
                    Order = NextOrder(lasts: false),
                },
            },
            Holder(Role.Supervisor)
        );
    }

    private (Operation, string) NextForcedBurn()
    {
        TokenRecord? token = AnyToken(it => it.Freeze is not null || Chance(50));
        return (
            new Operation
            {
                ForcedBurn = new ForcedBurn
                {
                    ClassId = token?.ClassId ?? ClassId(),
                    TokenId = token?.TokenId ?? "none",
                    Order = NextOrder(lasts: false),
                },
            },
            Holder(Role.Supervisor)
        );
    }

    private PilotRecord? AnyPilot(Func<PilotRecord, bool> likely)
    {
        PilotRecord[] some = [.. _model.All<PilotRecord>().Where(likely)];
        PilotRecord[] all = [.. _model.All<PilotRecord>()];
        return some.Length != 0 && Chance(92) ? Pick(some)
            : all.Length != 0 && Chance(90) ? Pick(all)
            : null;
    }

    private ClassRecord? AnyClass(Func<ClassRecord, bool> likely)
    {
        ClassRecord[] some = [.. _model.All<ClassRecord>().Where(likely)];
        return some.Length != 0 && Chance(92) ? Pick(some) : null;
    }

    private string PilotId() =>
        Chance(60) ? PickOr(_model.All<PilotRecord>().Select(it => it.Id), "p1") : $"p{_random.Next(1, 42)}";

    private string ClassId() =>
        Chance(70) ? PickOr(_model.All<ClassRecord>().Select(it => it.Id), "c1") : $"c{_random.Next(1, 62)}";

    private string SponsorOf(PilotRecord? pilot) => pilot?.Sponsor ?? Holder(Role.Sponsor);

    private IEnumerable<string> Holders(Role role) =>
        _model
            .All<PartyRecord>()
            .Where(it => !it.Exited && it.Roles.Contains(role) && !_model.Deactivated.Contains(it.Did))
            .Select(it => it.Did)
            .Concat(
                _model
                    .All<GrantsRecord>()
                    .Where(it => it.Grants.Any(grant => grant.Role == role))
                    .Select(it => it.Party)
                    .Where(did => !_model.Deactivated.Contains(did))
            );

    private string Holder(Role role) => PickOr(Holders(role), Pick(Cast));

    private string PartyDid() =>
        PickOr(_model.All<PartyRecord>().Select(it => it.Did).Where(Cast.Contains), Pick(Cast));

    private T[] Some<T>(T[] all)
    {
        T[] some = [.. all.Where(_ => Chance(40))];
        return some.Length == 0 ? [Pick(all)] : some;
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> among) => among[_random.Next(among.Count)];

    private T PickOr<T>(IEnumerable<T> among, T otherwise)
    {
        T[] all = [.. among];
        return all.Length == 0 ? otherwise : Pick(all);
    }

    private static ByteString Hash(int number)
    {
        byte[] hash = new byte[32];
        BinaryPrimitives.WriteInt32BigEndian(hash, number);
        return ByteString.CopyFrom(hash);
    }
}
