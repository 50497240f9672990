using Google.Protobuf;
using Grpc.Core;
using Ledger.Node.Grpc;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>
/// Every reason for which the registry refuses, reached over gRPC on one node, in the course of two pilots. Each refusal is recorded, and
/// can be listed afterwards with who tried.
/// </summary>
public class RegistryRefusalTests
{
    private const string Wide = "wide";
    private const string Narrow = "narrow";
    private const string Powers = "powers";
    private const string Plain = "plain";
    private const string Judged = "judged";
    private const string Few = "few";

    private readonly HashSet<ReasonCode> _reached = [];
    private Scene _scene = null!;
    private Signer _supervisor = null!;
    private Signer _deputy = null!;
    private Signer _sponsor = null!;
    private Signer _issuer = null!;
    private Signer _platform = null!;
    private Signer _alice = null!;
    private Signer _bob = null!;
    private Signer _carol = null!;

    [Fact]
    public async Task Submit_WhatTheRegistryRefuses_ReachesEveryReason()
    {
        await using Scene scene = await Scene.OpenAsync();
        _scene = scene;
        _supervisor = scene.Supervisor;
        _deputy = await PartyAsync(Role.SupervisorDeputy);
        _sponsor = await PartyAsync(Role.Sponsor);
        _issuer = await PartyAsync(Role.Issuer);
        _platform = await PartyAsync(Role.Platform);
        _alice = await PartyAsync(Role.Participant);
        _bob = await PartyAsync(Role.Participant);
        _carol = await PartyAsync(Role.Participant);

        await ApprovalsAndRolesAsync();
        await PilotsAsync();
        await FilesAsync();
        await PoliciesAsync();
        await ClassesAndTokensAsync();
        await BoundariesAsync();
        await AccountsAsync();

        IEnumerable<ReasonCode> registry = Enum.GetValues<ReasonCode>()
            .Where(code =>
                (int)code
                    is 114
                        or 209
                        or (>= 213 and <= 219)
                        or (>= 223 and <= 229)
                        or (>= 236 and <= 239)
                        or (>= 246 and <= 299)
            );
        Assert.Empty(registry.Except(_reached));

        ListRefusalsResponse refused = await scene.Node.Supervision.ListRefusalsAsync(
            new ListRefusalsRequest { PageSize = 1_000 }
        );
        Assert.Empty(_reached.Except(refused.Refusals.Select(refusal => refusal.Refused.Reason)).Where(IsRecorded));
    }

    private async Task ApprovalsAndRolesAsync()
    {
        Operation grant = new()
        {
            GrantRole = new GrantRole { Party = _bob.Did, Role = Role.Supervisor },
        };
        await No(ReasonCode.ApprovalRequired, _supervisor, grant);
        await No(ReasonCode.ApproverNotAuthorised, _supervisor, grant, _alice);
        await No(ReasonCode.ApproverSignature, _supervisor.Sign(With(grant, _deputy.Did)));
        Operation self = new()
        {
            GrantRole = new GrantRole { Party = _supervisor.Did, Role = Role.Issuer },
        };
        await No(ReasonCode.SelfApproval, _supervisor, self);
        Operation late = new()
        {
            GrantRole = new GrantRole
            {
                Party = _bob.Did,
                Role = Role.Auditor,
                ValidUntil = 1,
            },
        };
        await No(ReasonCode.AlreadyExpired, _supervisor, late);
        await No(
            ReasonCode.RoleNotHeld,
            _supervisor,
            new Operation
            {
                RevokeRole = new RevokeRole { Party = _bob.Did, Role = Role.Auditor },
            }
        );
        Signer stranger = await _scene.Register();
        await No(
            ReasonCode.NotAParty,
            _supervisor,
            new Operation { ExitParty = new ExitParty { Party = stranger.Did } }
        );
        Operation erasure = new() { RecordErasure = new RecordErasure { Commitment = Hash } };
        await Do(_issuer, erasure);
        await No(ReasonCode.AlreadyErased, _issuer, erasure);
    }

    private async Task PilotsAsync()
    {
        PilotTerms unknown = new() { Auditors = { _alice.Did } };
        await No(ReasonCode.NotInRole, _sponsor, Operations.Pilot(Wide, _sponsor.Did, unknown));
        await Do(_sponsor, Operations.Pilot(Wide, _sponsor.Did));
        await No(ReasonCode.PilotMoveNotAllowed, _sponsor, Operations.Move(Wide, PilotState.Running));
        await Do(_sponsor, Operations.Move(Wide, PilotState.Submitted));
        await No(ReasonCode.PilotClosed, _sponsor, Milestone("m"));
        await Do(_supervisor, Operations.Move(Wide, PilotState.UnderReview));
        await Do(_supervisor, Operations.Move(Wide, PilotState.PublicNotice));
        await No(ReasonCode.AssessmentMissing, _supervisor, Operations.Move(Wide, PilotState.Approved));
        await Do(_supervisor, Operations.Evidence(Wide, EvidenceKind.Assessment));
        await No(ReasonCode.ObjectionWindowOpen, _supervisor, Operations.Move(Wide, PilotState.Approved));
        await PassAsync(1);
        await Do(_supervisor, Operations.Move(Wide, PilotState.Approved));
        await Do(_sponsor, Operations.Move(Wide, PilotState.Running));

        PilotBoundary boundary = new()
        {
            Start = Now + 5,
            MaxParticipants = 1,
            MaxTokens = 3,
            MaxTransfersPerDay = 1,
            Regions = { "310000" },
            ParticipantsOnly = true,
        };
        foreach (
            (bool bySponsor, Operation step) in Operations.ApplyFor(
                Narrow,
                _sponsor.Did,
                new PilotTerms { Boundary = boundary }
            )
        )
        {
            await Do(bySponsor ? _sponsor : _supervisor, step);
        }

        await PassAsync(1);
        await Do(_supervisor, Operations.Move(Narrow, PilotState.Approved));
        await No(ReasonCode.PilotNotStarted, _sponsor, Operations.Move(Narrow, PilotState.Running));
        await PassAsync(5);
        await Do(_sponsor, Operations.Move(Narrow, PilotState.Running));
    }

    private async Task FilesAsync()
    {
        await Do(_sponsor, Participant(_alice, ParticipantState.Admitted));
        await No(ReasonCode.ParticipantMoveNotAllowed, _sponsor, Participant(_alice, ParticipantState.Invited));
        await No(ReasonCode.ParticipantsExceeded, _sponsor, Participant(_bob, ParticipantState.Admitted));

        await Do(_sponsor, Milestone("m"));
        await No(ReasonCode.MilestoneExists, _sponsor, Milestone("m"));
        await No(ReasonCode.MilestoneNotFound, _supervisor, Tranche("t", "none"));
        await Do(_supervisor, Tranche("t", "m"));
        await No(ReasonCode.TrancheExists, _supervisor, Tranche("t", "m"));
        await No(ReasonCode.MilestoneMoveNotAllowed, _supervisor, MoveMilestone(MilestoneState.Accepted));
        await No(ReasonCode.MilestoneNotAccepted, _supervisor, MoveTranche("t", TrancheState.Released));
        await No(ReasonCode.TrancheNotFound, _supervisor, MoveTranche("none", TrancheState.Released));
        await No(ReasonCode.TrancheMoveNotAllowed, _supervisor, MoveTranche("t", TrancheState.ClawedBack));
    }

    private async Task PoliciesAsync()
    {
        PolicyRule rule = new() { FirstHold = new HoldRule { Seconds = 3_000 } };
        await No(ReasonCode.PolicyNotFound, _supervisor, Approve(1, Now + 60));
        await Do(_sponsor, Propose(Wide, rule));
        await No(ReasonCode.OtherPilot, _sponsor, Propose(Narrow, rule));
        await No(ReasonCode.PolicyPending, _issuer, Propose(Wide, rule));
        await No(ReasonCode.NoSuchProposal, _supervisor, Approve(9, Now + 60));
        await No(ReasonCode.EffectiveNotInFuture, _supervisor, Approve(1, 1));
        await Do(_supervisor, Approve(1, Now + 2));
        Operation judged = Operations.Class(Judged, Wide);
        judged.CreateClass.PolicyId = "hold";
        await Do(_issuer, judged);
        await Do(_issuer, Operations.Mint(Judged, _alice.Did, "1"));
        await No(ReasonCode.PolicyNotInForce, _alice, Give(Judged, _alice, _bob));
        await PassAsync(3);
        RpcException held = await No(ReasonCode.PolicyRefused, _alice, Give(Judged, _alice, _bob));
        Verdict verdict = Refusal.ReceiptIn(held)!.Verdict;
        Assert.Equal([1UL], verdict.PolicyVersions);
        Assert.Equal("first_hold", verdict.FailedRule);
        Assert.True(verdict.RetryAtMs > Now * 1000);
    }

    private async Task ClassesAndTokensAsync()
    {
        Operation powers = Operations.Class(Powers, Wide);
        powers.CreateClass.Powers.Add([
            ClassPower.Pause,
            ClassPower.Freeze,
            ClassPower.ForcedTransfer,
            ClassPower.ForcedBurn,
        ]);
        powers.CreateClass.MetadataMutability = MetadataMutability.AppendVersion;
        await Do(_issuer, powers);
        Operation plain = Operations.Class(Plain, Wide);
        plain.CreateClass.ReceiverConsent = ReceiverConsent.Required;
        await Do(_issuer, plain);
        await Do(_issuer, Operations.Mint(Powers, _alice.Did, "1"));
        await Do(_issuer, Operations.Mint(Plain, _alice.Did, "1"));

        await No(ReasonCode.PowerNotDeclared, _supervisor, Freeze(Plain));
        await No(ReasonCode.ConsentRequired, _alice, Give(Plain, _alice, _bob));
        await No(ReasonCode.NoOffer, _bob, Accept(Plain));
        await No(ReasonCode.SameOwner, _alice, Offer(Plain, _alice, 0));
        await Do(_alice, Offer(Plain, _bob, Now + 1));
        await No(ReasonCode.OfferExists, _alice, Offer(Plain, _carol, 0));
        await PassAsync(2);
        await No(ReasonCode.OfferExpired, _bob, Accept(Plain));
        await No(ReasonCode.MetadataFrozen, _issuer, FreezeMetadata(Plain));

        await No(ReasonCode.ClassNotPaused, _supervisor, Unpause());
        await Do(_supervisor, Pause());
        await No(ReasonCode.AlreadyPaused, _supervisor, Pause());
        await No(ReasonCode.ClassPaused, _alice, Give(Powers, _alice, _bob));
        await Do(_supervisor, Unpause());

        await No(ReasonCode.TokenNotFrozen, _supervisor, Unfreeze());
        await Do(_supervisor, Freeze(Powers));
        await No(ReasonCode.AlreadyFrozen, _supervisor, Freeze(Powers));
        await No(ReasonCode.TokenFrozen, _alice, Give(Powers, _alice, _bob));
        await Do(_supervisor, Unfreeze());

        await No(ReasonCode.TokenNotLocked, _issuer, Settle(LockState.Exported));
        await Do(
            _alice,
            new Operation
            {
                LockToken = new LockToken
                {
                    ClassId = Powers,
                    TokenId = "1",
                    Target = "other.example/log",
                },
            }
        );
        await No(ReasonCode.TokenLocked, _alice, Give(Powers, _alice, _bob));
        await Do(_issuer, Settle(LockState.Failed));

        Operation approve = new()
        {
            ApproveToken = new ApproveToken
            {
                ClassId = Powers,
                TokenId = "1",
                Approved = _bob.Did,
            },
        };
        await Do(_alice, approve);
        await No(ReasonCode.Unchanged, _alice, approve);
    }

    private async Task BoundariesAsync()
    {
        await Do(_issuer, Operations.Class(Few, Narrow));
        await No(ReasonCode.RegionNotAllowed, _issuer, Operations.Mint(Few, _alice.Did, "1"));
        await Renew(_alice, "310000", 0);
        await Renew(_bob, "310000", 0);
        await No(ReasonCode.NotAParticipant, _issuer, Operations.Mint(Few, _bob.Did, "1"));
        await Do(_issuer, Operations.Mint(Few, _alice.Did, "1"));
        await Do(_issuer, Operations.Mint(Few, _alice.Did, "2"));
        await No(ReasonCode.PilotTokensExceeded, _issuer, Operations.BatchMint(Few, _alice.Did, 2));
        await Do(_sponsor, Participant(_alice, ParticipantState.Suspended));
        await Do(_sponsor, Participant(_bob, ParticipantState.Admitted));
        await No(ReasonCode.NotAParticipant, _alice, Give(Few, _alice, _bob));
        await Do(_sponsor, Participant(_bob, ParticipantState.Suspended));
        await Do(_sponsor, Participant(_alice, ParticipantState.Admitted));
        await Do(_alice, Participant(_alice, ParticipantState.Exited));
        await Do(_sponsor, Participant(_bob, ParticipantState.Admitted));
        await Do(_alice, Give(Few, _alice, _bob));
        Operation back = Give(Few, _alice, _bob);
        back.Transfer.TokenId = "2";
        await No(ReasonCode.TransfersPerDayExceeded, _alice, back);
    }

    private async Task AccountsAsync()
    {
        await Do(_supervisor, Operations.Move(Wide, PilotState.Concluded));
        Operation evaluate = new()
        {
            EvaluatePilot = new EvaluatePilot
            {
                PilotId = Wide,
                Grade = EvaluationGrade.Good,
                ReportHash = Hash,
            },
        };
        await Do(_supervisor, evaluate);
        await No(ReasonCode.AlreadyEvaluated, _supervisor, evaluate);

        Order later = Operations.Order();
        later.EffectiveFrom = Now + 1_000;
        await Do(_supervisor, Account(_bob, AccountState.Restricted, Operations.Order()));
        await No(ReasonCode.MeasureOrdered, _supervisor, Account(_bob, AccountState.Frozen, later));
        await No(ReasonCode.AccountRestricted, _bob, Give(Few, _bob, _alice));
        await Do(_supervisor, Account(_bob, AccountState.Frozen, Operations.Order()));
        await No(ReasonCode.AccountFrozen, _bob, Give(Few, _bob, _alice));
        await No(ReasonCode.ReceiverFrozen, _issuer, Operations.Mint(Few, _bob.Did, "3"));

        await Renew(_carol, "310000", Now + 1);
        await PassAsync(3);
        await No(ReasonCode.AdmissionEnded, _carol, new Operation { ExitParty = new ExitParty { Party = _carol.Did } });
        await No(ReasonCode.ReceiverAdmissionEnded, _issuer, Operations.Mint(Few, _carol.Did, "3"));
    }

    private static ByteString Hash => ByteString.CopyFrom(new byte[Limits.HashBytes]);

    private ulong Now => (ulong)_scene.Node.Time.GetUtcNow().ToUnixTimeSeconds();

    private static bool IsRecorded(ReasonCode reason) => (int)reason is >= 200 and <= 299;

    private Task PassAsync(int seconds) => ForwardTime.PassAsync(_scene.Node.Time, TimeSpan.FromSeconds(seconds));

    private async Task<Signer> PartyAsync(Role role)
    {
        Signer party = await _scene.Register();
        await _scene.Admit(party, role);
        return party;
    }

    private Task Do(Signer signer, Operation operation) => _scene.Apply(signer, operation);

    private Task<RpcException> No(ReasonCode reason, Signer signer, Operation operation, Signer? approver = null) =>
        No(reason, approver is null ? signer.Sign(operation) : Approved(signer, operation, approver));

    private async Task<RpcException> No(ReasonCode reason, SignedOperation operation)
    {
        RpcException error = await Refusal.Of(
            _scene.Node.Registry.SubmitAsync(new SubmitRequest { Operation = operation, WithProof = true }),
            Refusals.StatusOf(reason),
            reason
        );
        Assert.Equal(IsRecorded(reason), Refusal.ReceiptIn(error) is not null);
        _reached.Add(reason);
        return error;
    }

    private static Operation With(Operation operation, string approver)
    {
        Operation named = operation.Clone();
        named.Approver = approver;
        return named;
    }

    private static SignedOperation Approved(Signer actor, Operation operation, Signer approver)
    {
        SignedOperation signed = actor.Sign(With(operation, approver.Did));
        Signature second = approver.SignBytes(signed.Operation.ToByteArray()).Signatures[0];
        second.ByApprover = true;
        signed.Signatures.Add(second);
        return signed;
    }

    private Task Renew(Signer party, string region, ulong until) =>
        Do(
            _supervisor,
            new Operation
            {
                RenewParty = new RenewParty
                {
                    Party = party.Did,
                    CredentialCommitment = Hash,
                    AssuranceLevel = AssuranceLevel.High,
                    Attestation = new Attestation
                    {
                        Region = region,
                        Platform = _platform.Did,
                        ValidUntil = until,
                    },
                },
            }
        );

    private static Operation Participant(Signer party, ParticipantState state) =>
        new()
        {
            SetParticipant = new SetParticipant
            {
                PilotId = Narrow,
                Party = party.Did,
                State = state,
                ConsentHash = state == ParticipantState.Admitted ? Hash : ByteString.Empty,
            },
        };

    private static Operation Milestone(string id) =>
        new()
        {
            PlanMilestone = new PlanMilestone
            {
                PilotId = Wide,
                MilestoneId = id,
                Kpi = "visitors",
                Due = 1,
            },
        };

    private static Operation MoveMilestone(MilestoneState state) =>
        new()
        {
            MoveMilestone = new MoveMilestone
            {
                PilotId = Wide,
                MilestoneId = "m",
                State = state,
                EvidenceHash = Hash,
            },
        };

    private static Operation Tranche(string id, string milestone) =>
        new()
        {
            PlanTranche = new PlanTranche
            {
                PilotId = Wide,
                TrancheId = id,
                MilestoneId = milestone,
                AmountFen = 1,
            },
        };

    private static Operation MoveTranche(string id, TrancheState state) =>
        new()
        {
            MoveTranche = new MoveTranche
            {
                PilotId = Wide,
                TrancheId = id,
                State = state,
                EvidenceHash = Hash,
            },
        };

    private static Operation Propose(string pilot, PolicyRule rule) =>
        new()
        {
            ProposePolicy = new ProposePolicy
            {
                PolicyId = "hold",
                PilotId = pilot,
                Rule = rule,
            },
        };

    private static Operation Approve(ulong version, ulong effective) =>
        new()
        {
            ApprovePolicy = new ApprovePolicy
            {
                PolicyId = "hold",
                Version = version,
                Effective = effective,
            },
        };

    private static Operation Give(string classId, Signer from, Signer to) =>
        Operations.Transfer(classId, "1", from.Did, to.Did);

    private static Operation Offer(string classId, Signer to, ulong expires) =>
        new()
        {
            OfferToken = new OfferToken
            {
                ClassId = classId,
                TokenId = "1",
                ToDid = to.Did,
                Expires = expires,
            },
        };

    private Operation Accept(string classId) =>
        new()
        {
            AcceptOffer = new AcceptOffer
            {
                ClassId = classId,
                TokenId = "1",
                FromDid = _alice.Did,
            },
        };

    private static Operation FreezeMetadata(string classId) =>
        new()
        {
            FreezeMetadata = new FreezeMetadata { ClassId = classId, TokenId = "1" },
        };

    private static Operation Pause() =>
        new()
        {
            PauseClass = new PauseClass { ClassId = Powers, Order = Operations.Order() },
        };

    private static Operation Unpause() =>
        new()
        {
            UnpauseClass = new UnpauseClass { ClassId = Powers, Order = Operations.Order() },
        };

    private static Operation Freeze(string classId) =>
        new()
        {
            FreezeToken = new FreezeToken
            {
                ClassId = classId,
                TokenId = "1",
                Order = Operations.Order(),
            },
        };

    private static Operation Unfreeze() =>
        new()
        {
            UnfreezeToken = new UnfreezeToken
            {
                ClassId = Powers,
                TokenId = "1",
                Order = Operations.Order(),
            },
        };

    private static Operation Settle(LockState state) =>
        new()
        {
            SettleLock = new SettleLock
            {
                ClassId = Powers,
                TokenId = "1",
                State = state,
                EvidenceHash = Hash,
            },
        };

    private static Operation Account(Signer party, AccountState state, Order order) =>
        new()
        {
            SetSupervisorState = new SetSupervisorState
            {
                Party = party.Did,
                State = state,
                Order = order,
            },
        };
}
