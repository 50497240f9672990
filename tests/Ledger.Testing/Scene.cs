using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Testing;

/// <summary>
/// A founded ledger with somebody in every part: a supervisor, a sponsor, an issuer and two holders, of whom Bob has an Ed25519
/// key; and with one pilot and one class. It plays on any ledger, a node's too.
/// </summary>
public sealed class Scene
{
    /// <summary>Network of the DIDs.</summary>
    public const string Network = TemporaryLedger.Network;

    /// <summary>The pilot.</summary>
    public const string Pilot = "pilot-1";

    /// <summary>The class; its issuer is <see cref="Issuer"/>.</summary>
    public const string Class = "class-1";

    private readonly EmbeddedLedger _ledger;

    private Scene(EmbeddedLedger ledger, TimeProvider time)
    {
        _ledger = ledger;
        Supervisor = new Signer(time, ledger.Origin);
        Sponsor = new Signer(time, ledger.Origin);
        Issuer = new Signer(time, ledger.Origin);
        Alice = new Signer(time, ledger.Origin);
        Bob = new Signer(time, ledger.Origin, KeyType.Ed25519);
    }

    public Signer Supervisor { get; }

    public Signer Sponsor { get; }

    public Signer Issuer { get; }

    public Signer Alice { get; }

    public Signer Bob { get; }

    /// <summary>Sets a scene on an empty ledger.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="time">What time it is for those who sign.</param>
    public static async Task<Scene> SetAsync(EmbeddedLedger ledger, TimeProvider time)
    {
        Scene scene = new(ledger, time);
        await scene.Register(scene.Supervisor, Operations.Found(Network, scene.Supervisor.Document));
        await scene.Admit(scene.Sponsor, Role.Sponsor);
        await scene.Admit(scene.Issuer, Role.Issuer);
        await scene.Admit(scene.Alice, Role.Participant);
        await scene.Admit(scene.Bob, Role.Participant);
        await scene.OpenPilot(Pilot, time);
        await scene.Apply(scene.Issuer, Operations.Class(Class, Pilot));
        return scene;
    }

    /// <summary>Submits an operation that must be applied.</summary>
    public async Task<Receipt> Apply(Signer signer, Operation operation)
    {
        Submission submission = await _ledger.SubmitAsync(
            signer.Sign(operation),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(Judgement.Ok, submission.Judgement);
        return submission.Receipt!;
    }

    /// <summary>Registers a signer and admits it as a party.</summary>
    public async Task Admit(Signer signer, params Role[] roles)
    {
        await Register(signer, Operations.Create(signer.Document));
        await Apply(Supervisor, Operations.Admit(signer.Did, roles));
    }

    /// <summary>Opens a pilot that runs.</summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="time">The ledger's clock: time passes on it while anyone may object.</param>
    /// <param name="terms">What it says of itself; null: nothing.</param>
    public async Task OpenPilot(string id, TimeProvider time, PilotTerms? terms = null)
    {
        foreach ((bool bySponsor, Operation operation) in Operations.ApplyFor(id, Sponsor.Did, terms))
        {
            await Apply(bySponsor ? Sponsor : Supervisor, operation);
        }

        await ForwardTime.PassAsync(time, Operations.ObjectionWindow);
        foreach ((bool bySponsor, Operation operation) in Operations.Start(id))
        {
            await Apply(bySponsor ? Sponsor : Supervisor, operation);
        }
    }

    private async Task Register(Signer signer, Operation operation)
    {
        Receipt receipt = await Apply(signer, operation);
        signer.Did = DidSyntax.FromOperationId(Network, receipt.OperationId.Span);
    }
}
