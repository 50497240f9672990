using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

public class PilotServiceTests(Scene scene) : IClassFixture<Scene>
{
    private const string NoDid = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public async Task GetLedger_Founded_NamesTheSupervisor()
    {
        GetLedgerResponse response = await scene.Node.Pilots.GetLedgerAsync(new GetLedgerRequest());

        Assert.Equal(
            new LedgerRecord
            {
                Origin = TestNode.Origin,
                Network = TestNode.Network,
                Supervisor = scene.Supervisor.Did,
            },
            response.Record
        );
    }

    [Fact]
    public async Task Reads_BeforeTheFounding_SaySo()
    {
        await using TestNode node = await TestNode.StartAsync();

        await Refusal.Of(
            node.Pilots.GetLedgerAsync(new GetLedgerRequest()),
            StatusCode.FailedPrecondition,
            ReasonCode.NotFounded
        );
        await Refusal.Of(
            node.Pilots.GetPartyAsync(new GetPartyRequest { Did = NoDid }),
            StatusCode.FailedPrecondition,
            ReasonCode.NotFounded
        );
        Assert.Empty((await node.Pilots.ListPilotsAsync(new ListPilotsRequest())).Pilots);
    }

    [Fact]
    public async Task GetPilot_Known_IsProved()
    {
        GetPilotResponse response = await scene.Node.Pilots.GetPilotAsync(
            new GetPilotRequest { PilotId = Scene.Pilot, WithProof = true }
        );

        Assert.Equal(
            new PilotRecord
            {
                Id = Scene.Pilot,
                Title = "A pilot",
                Sponsor = scene.Issuer.Did,
                State = PilotState.Running,
                Reason = PilotReason.AsPlanned,
                EvidenceHash = ByteString.CopyFrom(new byte[32]),
                ObjectionsUntilMs = response.Record.ObjectionsUntilMs,
                Assessment = ByteString.CopyFrom(new byte[32]),
            },
            response.Record
        );
        Assert.Equal(PilotState.Running, response.State);
        await scene.CheckEntry(response.Proof, response.Version);
    }

    [Fact]
    public async Task GetPilot_Unknown_IsNotFound() =>
        await Refusal.Of(
            scene.Node.Pilots.GetPilotAsync(new GetPilotRequest { PilotId = "nowhere" }),
            StatusCode.NotFound,
            ReasonCode.PilotNotFound
        );

    [Theory]
    [InlineData("")]
    [InlineData("Capital")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    public async Task GetPilot_TextThatIsNoIdentifier_IsInvalidRequest(string id) =>
        await Refusal.Of(
            scene.Node.Pilots.GetPilotAsync(new GetPilotRequest { PilotId = id }),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidRequest
        );

    [Fact]
    public async Task GetParty_Admitted_IsProved()
    {
        GetPartyResponse response = await scene.Node.Pilots.GetPartyAsync(
            new GetPartyRequest { Did = scene.Issuer.Did, WithProof = true }
        );

        Assert.Equal([Role.Sponsor, Role.Issuer, Role.Participant], response.Record.Roles);
        Assert.Equal(scene.Supervisor.Did, response.Record.AdmittedBy);
        await scene.CheckEntry(response.Proof, response.Version);
    }

    [Fact]
    public async Task GetParty_NotAdmitted_IsNotFound()
    {
        Signer registered = await scene.Register();
        foreach (string did in (string[])[registered.Did, NoDid])
        {
            await Refusal.Of(
                scene.Node.Pilots.GetPartyAsync(new GetPartyRequest { Did = did }),
                StatusCode.NotFound,
                ReasonCode.PartyNotFound
            );
        }
    }

    [Fact]
    public async Task GetParty_TextThatIsNoDid_IsInvalidDid() =>
        await Refusal.Of(
            scene.Node.Pilots.GetPartyAsync(new GetPartyRequest { Did = "somebody" }),
            StatusCode.InvalidArgument,
            ReasonCode.InvalidDid
        );
}
