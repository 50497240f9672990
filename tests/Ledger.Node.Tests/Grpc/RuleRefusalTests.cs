using Google.Protobuf;
using Grpc.Core;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

/// <summary>Operations that the rules refuse, over gRPC: each is an entry of the log, and its refusal carries the receipt.</summary>
public class RuleRefusalTests(Scene scene) : IClassFixture<Scene>
{
    private const string NoDid = "did:pilot:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public async Task Submit_ByAnUnadmittedActor_IsNotAdmitted() =>
        await Refuses(
            await scene.Register(),
            Scene.Mint("t", scene.Holder),
            ReasonCode.NotAdmitted,
            StatusCode.PermissionDenied
        );

    [Fact]
    public Task Submit_WithoutTheRole_IsNotAuthorised() =>
        Refuses(scene.Holder, Scene.NewClass("other"), ReasonCode.NotAuthorised, StatusCode.PermissionDenied);

    [Fact]
    public Task Submit_AdmissionOfAnUnknownDid_IsDidNotFound() =>
        Refuses(
            scene.Supervisor,
            Scene.Admission(NoDid, Role.Participant),
            ReasonCode.DidNotFound,
            StatusCode.NotFound
        );

    [Fact]
    public Task Submit_SecondAdmission_IsAlreadyAdmitted() =>
        Refuses(
            scene.Supervisor,
            Scene.Admission(scene.Holder.Did, Role.Participant),
            ReasonCode.AlreadyAdmitted,
            StatusCode.AlreadyExists
        );

    [Fact]
    public async Task Submit_StalePrevious_IsAborted()
    {
        Signer signer = await scene.Register();
        Operation update = new()
        {
            UpdateDid = new UpdateDid
            {
                Did = signer.Did,
                Previous = ByteString.CopyFrom(new byte[32]),
                Document = signer.Document,
            },
        };

        await Refuses(signer, update, ReasonCode.StalePrevious, StatusCode.Aborted);
    }

    [Fact]
    public async Task Submit_ChangeOfAStrangersDid_IsNotAuthorised()
    {
        Signer signer = await scene.Register();
        Operation end = new()
        {
            DeactivateDid = new DeactivateDid { Did = signer.Did, Previous = ByteString.CopyFrom(new byte[32]) },
        };

        await Refuses(scene.Holder, end, ReasonCode.NotAuthorised, StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task Submit_ToADeactivatedDid_IsDidDeactivated()
    {
        Signer controller = await scene.Register();
        Signer signer = new();
        Operation create = signer.Create;
        create.CreateDid.Document.Controllers.Add(controller.Did);
        Receipt created = await scene.Apply(signer, create);
        signer.Did = Protocol.DidSyntax.FromOperationId(TestNode.Network, created.OperationId.Span);
        Operation end = new()
        {
            DeactivateDid = new DeactivateDid { Did = signer.Did, Previous = created.OperationId },
        };
        await scene.Apply(signer, end);

        await Refuses(controller, end, ReasonCode.DidDeactivated, StatusCode.FailedPrecondition);
        await Refuses(
            scene.Supervisor,
            Scene.Admission(signer.Did, Role.Participant),
            ReasonCode.DidDeactivated,
            StatusCode.FailedPrecondition
        );
    }

    [Fact]
    public Task Submit_PilotWithoutASponsor_IsNotASponsor() =>
        Refuses(
            scene.Supervisor,
            Scene.NewPilot("pilot-2", scene.Supervisor),
            ReasonCode.NotASponsor,
            StatusCode.FailedPrecondition
        );

    [Fact]
    public Task Submit_DuplicatePilot_IsPilotExists() =>
        Refuses(
            scene.Issuer,
            Scene.NewPilot(Scene.Pilot, scene.Issuer),
            ReasonCode.PilotExists,
            StatusCode.AlreadyExists
        );

    [Fact]
    public Task Submit_ClassOfNoPilot_IsPilotNotFound() =>
        Refuses(
            scene.Issuer,
            Scene.NewClass("class-2", pilot: "nowhere"),
            ReasonCode.PilotNotFound,
            StatusCode.NotFound
        );

    [Fact]
    public Task Submit_DuplicateClass_IsClassExists() =>
        Refuses(scene.Issuer, Scene.NewClass(Scene.Class), ReasonCode.ClassExists, StatusCode.AlreadyExists);

    [Fact]
    public Task Submit_MintOfNoClass_IsClassNotFound() =>
        Refuses(
            scene.Issuer,
            Scene.Mint("t", scene.Holder, classId: "nowhere"),
            ReasonCode.ClassNotFound,
            StatusCode.NotFound
        );

    [Fact]
    public async Task Submit_DuplicateToken_IsTokenExists() =>
        await Refuses(
            scene.Issuer,
            Scene.Mint(await scene.MintFor(scene.Holder), scene.Holder),
            ReasonCode.TokenExists,
            StatusCode.AlreadyExists
        );

    [Fact]
    public async Task Submit_BeyondTheSupply_IsSupplyExceeded()
    {
        Operation narrow = Scene.NewClass("narrow");
        narrow.CreateClass.MaxSupply = 1;
        await scene.Apply(scene.Issuer, narrow);
        Operation two = new()
        {
            BatchMint = new BatchMint
            {
                ClassId = "narrow",
                Owner = scene.Holder.Did,
                Items = { new MintItem(), new MintItem() },
            },
        };

        await Refuses(scene.Issuer, two, ReasonCode.SupplyExceeded, StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Submit_BatchWithADuplicateInside_MintsNone()
    {
        string first = scene.NewTokenId();
        string second = scene.NewTokenId();
        Operation batch = new()
        {
            BatchMint = new BatchMint
            {
                ClassId = Scene.Class,
                Owner = scene.Holder.Did,
                Items =
                {
                    new MintItem { TokenId = first },
                    new MintItem { TokenId = second },
                    new MintItem { TokenId = first },
                },
            },
        };

        await Refuses(scene.Issuer, batch, ReasonCode.DuplicateInBatch, StatusCode.FailedPrecondition);

        await Refusal.Of(
            scene.Node.Tokens.GetTokenAsync(new GetTokenRequest { ClassId = Scene.Class, TokenId = second }),
            StatusCode.NotFound,
            ReasonCode.TokenNotFound
        );
    }

    [Fact]
    public async Task Submit_MintForAnUnadmittedParty_IsReceiverNotAdmitted() =>
        await Refuses(
            scene.Issuer,
            Scene.Mint(scene.NewTokenId(), await scene.Register()),
            ReasonCode.ReceiverNotAdmitted,
            StatusCode.FailedPrecondition
        );

    [Fact]
    public async Task Submit_TransferByAStranger_IsNotAuthorisedWhateverItGuesses()
    {
        string token = await scene.MintFor(scene.Holder);

        foreach (Signer guessed in (Signer[])[scene.Holder, scene.Other])
        {
            await Refuses(
                scene.Other,
                Scene.Transfer(token, guessed, scene.Other),
                ReasonCode.NotAuthorised,
                StatusCode.PermissionDenied
            );
        }
    }

    [Fact]
    public async Task Submit_TransferFromAnother_IsIncorrectOwner() =>
        await Refuses(
            scene.Holder,
            Scene.Transfer(await scene.MintFor(scene.Holder), scene.Other, scene.Issuer),
            ReasonCode.IncorrectOwner,
            StatusCode.FailedPrecondition
        );

    [Fact]
    public Task Submit_TransferOfNoToken_IsTokenNotFound() =>
        Refuses(
            scene.Holder,
            Scene.Transfer("nothing", scene.Holder, scene.Other),
            ReasonCode.TokenNotFound,
            StatusCode.NotFound
        );

    [Fact]
    public async Task Submit_TransferOfABurnedToken_IsTokenBurned()
    {
        string token = await scene.MintFor(scene.Holder);
        await scene.Apply(scene.Holder, Scene.Burn(token));

        await Refuses(
            scene.Holder,
            Scene.Transfer(token, scene.Holder, scene.Other),
            ReasonCode.TokenBurned,
            StatusCode.FailedPrecondition
        );
        await Refuses(
            scene.Issuer,
            Scene.Mint(token, scene.Holder),
            ReasonCode.TokenBurned,
            StatusCode.FailedPrecondition
        );
    }

    [Fact]
    public async Task Submit_TransferToAnUnadmittedParty_IsReceiverNotAdmitted() =>
        await Refuses(
            scene.Holder,
            Scene.Transfer(await scene.MintFor(scene.Holder), scene.Holder, await scene.Register()),
            ReasonCode.ReceiverNotAdmitted,
            StatusCode.FailedPrecondition
        );

    [Fact]
    public async Task Submit_TransferOfASoulboundToken_IsNotTransferable()
    {
        await scene.Apply(scene.Issuer, Scene.NewClass("soulbound", rule: Transferability.Soulbound));
        await scene.Apply(scene.Issuer, Scene.Mint("t", scene.Holder, "soulbound"));

        await Refuses(
            scene.Holder,
            Scene.Transfer("t", scene.Holder, scene.Other, "soulbound"),
            ReasonCode.NotTransferable,
            StatusCode.FailedPrecondition
        );
    }

    private Task<Receipt> Refuses(Signer signer, Operation operation, ReasonCode reason, StatusCode status) =>
        scene.RefusesRecorded(signer.Sign(operation), status, reason);
}
