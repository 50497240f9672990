using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>What belongs to a pilot, and what supervisors see, as callers get it: one of each.</summary>
public sealed class RegistryReadsTests(Scene scene) : IClassFixture<Scene>
{
    private const string Pilot = Scene.Pilot;

    private TestNode Node => scene.Node;

    [Fact]
    public async Task ListPilots_ByEachFilter_AreThose()
    {
        Operation draft = Operations.Pilot(
            "draft-1",
            scene.Issuer.Did,
            new PilotTerms { District = "SZ-1", Fields = { "art" } }
        );
        await scene.Apply(scene.Issuer, draft);
        (ListPilotsRequest Request, string[] Ids)[] cases =
        [
            (new ListPilotsRequest { State = PilotState.Running }, [Pilot]),
            (new ListPilotsRequest { State = PilotState.Draft }, ["draft-1"]),
            (new ListPilotsRequest { State = PilotState.Expired }, []),
            (new ListPilotsRequest { District = "SZ-1" }, ["draft-1"]),
            (new ListPilotsRequest { Field = "art" }, ["draft-1"]),
            (new ListPilotsRequest { Replicable = true }, []),
            (new ListPilotsRequest(), ["draft-1", Pilot]),
        ];
        foreach ((ListPilotsRequest request, string[] ids) in cases)
        {
            Assert.Equal(ids, (await Node.Pilots.ListPilotsAsync(request)).Pilots.Select(p => p.Id));
        }

        foreach (
            ListPilotsRequest request in (ListPilotsRequest[])
                [
                    new ListPilotsRequest { Replicable = false },
                    new ListPilotsRequest { State = PilotState.Unspecified },
                    new ListPilotsRequest { District = "" },
                    new ListPilotsRequest { Field = "" },
                ]
        )
        {
            await Refusal.Of(
                Node.Pilots.ListPilotsAsync(request),
                StatusCode.InvalidArgument,
                ReasonCode.InvalidRequest
            );
        }

        CountPilotsResponse counts = await Node.Supervision.CountPilotsAsync(new CountPilotsRequest());
        Assert.Equal(
            [(PilotState.Running, 1UL), (PilotState.Draft, 1UL)],
            counts.Counts.Select(c => (c.State, c.Count))
        );
    }

    [Fact]
    public async Task PilotFile_WithOneOfEach_HasIt()
    {
        await scene.Apply(
            scene.Issuer,
            new Operation
            {
                SetParticipant = new SetParticipant
                {
                    PilotId = Pilot,
                    Party = scene.Holder.Did,
                    State = ParticipantState.Invited,
                },
            }
        );
        await scene.Apply(
            scene.Issuer,
            new Operation
            {
                PlanMilestone = new PlanMilestone
                {
                    PilotId = Pilot,
                    MilestoneId = "m",
                    Kpi = "visitors",
                    Target = 1,
                    Due = 2_000_000_000,
                },
            }
        );
        await scene.Apply(
            scene.Supervisor,
            new Operation
            {
                PlanTranche = new PlanTranche
                {
                    PilotId = Pilot,
                    TrancheId = "t",
                    MilestoneId = "m",
                    AmountFen = 1,
                },
            }
        );
        Receipt proposed = await scene.Apply(
            scene.Issuer,
            new Operation
            {
                ProposePolicy = new ProposePolicy
                {
                    PolicyId = "policy-1",
                    PilotId = Pilot,
                    Rule = new PolicyRule { ReceiverHolds = new CountRule { Below = 10 } },
                },
            }
        );

        Assert.Equal(
            scene.Holder.Did,
            Assert
                .Single(
                    (
                        await Node.Pilots.ListParticipantsAsync(new ListParticipantsRequest { PilotId = Pilot })
                    ).Participants
                )
                .Party
        );
        Assert.Equal(
            "m",
            Assert
                .Single(
                    (await Node.Pilots.ListMilestonesAsync(new ListMilestonesRequest { PilotId = Pilot })).Milestones
                )
                .MilestoneId
        );
        Assert.Equal(
            "t",
            Assert
                .Single((await Node.Pilots.ListTranchesAsync(new ListTranchesRequest { PilotId = Pilot })).Tranches)
                .TrancheId
        );
        Assert.Equal(
            EvidenceKind.Assessment,
            Assert
                .Single((await Node.Pilots.ListEvidenceAsync(new ListEvidenceRequest { PilotId = Pilot })).Documents)
                .Kind
        );
        GetPilotHistoryResponse history = await Node.Pilots.GetPilotHistoryAsync(
            new GetPilotHistoryRequest { PilotId = Pilot }
        );
        Assert.Equal(
            (PilotState.Draft, PilotState.Running),
            (history.Versions[0].Record.State, history.Versions[^1].Record.State)
        );

        GetPolicyResponse policy = await Node.Policies.GetPolicyAsync(
            new GetPolicyRequest { PolicyId = "policy-1", WithProof = true }
        );
        Assert.Equal((proposed.Index, 0UL), (policy.Version.Index, policy.VersionInForce));
        await scene.CheckEntry(policy.Proof, policy.Version);
        ListPoliciesResponse policies = await Node.Policies.ListPoliciesAsync(
            new ListPoliciesRequest { PilotId = Pilot }
        );
        Assert.Equal(policy.Record, Assert.Single(policies.Policies));
        GetPolicyHistoryResponse versions = await Node.Policies.GetPolicyHistoryAsync(
            new GetPolicyHistoryRequest { PolicyId = "policy-1" }
        );
        Assert.Equal(policy.Version, Assert.Single(versions.Versions).Version);
    }

    [Fact]
    public async Task Supervision_OneActAndOneRefusal_AreThereWithTheFigures()
    {
        Receipt act = await scene.Apply(
            scene.Supervisor,
            new Operation
            {
                SetSupervisorState = new SetSupervisorState
                {
                    Party = scene.Other.Did,
                    State = AccountState.Restricted,
                    Order = Operations.Order(),
                },
            }
        );
        Receipt refused = await scene.RefusesRecorded(
            scene.Holder.Sign(Scene.Mint(scene.NewTokenId(), scene.Holder)),
            StatusCode.PermissionDenied,
            ReasonCode.NotAuthorised
        );

        ListActionsResponse actions = await Node.Supervision.ListActionsAsync(
            new ListActionsRequest { Party = scene.Other.Did }
        );
        ListRefusalsResponse refusals = await Node.Supervision.ListRefusalsAsync(
            new ListRefusalsRequest { Actor = scene.Holder.Did, PageSize = 1 }
        );
        GetPilotFiguresResponse figures = await Node.Supervision.GetPilotFiguresAsync(
            new GetPilotFiguresRequest { PilotId = Pilot }
        );

        Assert.Equal(act.Index, Assert.Single(actions.Actions).Index);
        Assert.Equal(refused.Index, Assert.Single(refusals.Refusals).Index);
        Assert.Equal(Pilot, figures.Figures.PilotId);
        Assert.Contains(figures.Refusals, r => r.Reason == ReasonCode.NotAuthorised);
    }

    [Fact]
    public async Task Tokens_OperatorCheckAndProvedHistory_AreAnswered()
    {
        string token = await scene.MintFor(scene.Issuer);
        await scene.Apply(
            scene.Issuer,
            new Operation
            {
                SetOperator = new SetOperator
                {
                    ClassId = Scene.Class,
                    Operator = scene.Holder.Did,
                    Approved = true,
                },
            }
        );
        GetOperatorResponse found = await Node.Tokens.GetOperatorAsync(
            new GetOperatorRequest
            {
                Owner = scene.Issuer.Did,
                ClassId = Scene.Class,
                Operator = scene.Holder.Did,
            }
        );
        Assert.True(found.Approved);

        CheckTransferRequest check = new()
        {
            Transfer = Scene.Transfer(token, scene.Issuer, scene.Holder).Transfer,
            Actor = scene.Holder.Did,
        };
        long size = Node.Size;
        CheckTransferResponse said = await Node.Tokens.CheckTransferAsync(check);
        Assert.Equal((ReasonCode.Applied, (ulong)size), (said.Outcome, said.Size));
        check.Transfer.TokenId = "nothing";
        Assert.Equal(ReasonCode.TokenNotFound, (await Node.Tokens.CheckTransferAsync(check)).Outcome);
        Assert.Equal(size, Node.Size);

        GetTokenHistoryResponse history = await Node.Tokens.GetTokenHistoryAsync(
            new GetTokenHistoryRequest
            {
                ClassId = Scene.Class,
                TokenId = token,
                WithProof = true,
            }
        );
        TokenVersion version = Assert.Single(history.Versions);
        await scene.CheckEntry(version.Proof, version.Version);
    }

    [Fact]
    public async Task Parties_GrantsAndErasures_AreTold()
    {
        ByteString commitment = ByteString.CopyFrom(new byte[32]);
        await scene.Apply(
            scene.Supervisor,
            new Operation
            {
                GrantRole = new GrantRole
                {
                    Party = scene.Holder.Did,
                    Role = Role.Auditor,
                    PilotId = Pilot,
                },
            }
        );
        await scene.Apply(
            scene.Supervisor,
            new Operation { RecordErasure = new RecordErasure { Commitment = commitment } }
        );

        GetPartyResponse party = await Node.Pilots.GetPartyAsync(new GetPartyRequest { Did = scene.Holder.Did });
        GetErasureResponse erasure = await Node.Pilots.GetErasureAsync(
            new GetErasureRequest { Commitment = commitment }
        );

        Assert.Equal(Pilot, Assert.Single(party.Grants).PilotId);
        Assert.Equal(scene.Supervisor.Did, erasure.Record.By);
        await Refusal.Of(
            Node.Pilots.GetErasureAsync(new GetErasureRequest()),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidRequest
        );
    }
}
