using Ledger.V1;

namespace Ledger.Client;

/// <summary>A DID that an operation created.</summary>
/// <param name="Did">The identifier.</param>
/// <param name="Entry">The entry that created it, proven.</param>
public sealed record CreatedDid(string Did, ProvenEntry Entry);

// One method a verb: builds, signs, submits, verifies. See SubmitAsync for what they throw.
public sealed partial class LedgerClient
{
    /// <summary>Founds the ledger and registers its first supervisor.</summary>
    /// <param name="network">Name of the network in every identifier: <c>[a-z0-9-]{1,32}</c>. Fixed for ever.</param>
    /// <param name="supervisor">Document of the first supervisor.</param>
    /// <param name="keys">Keys that the document names for capability invocation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CreatedDid> FoundLedgerAsync(
        string network,
        DidDocument supervisor,
        IReadOnlyList<SigningKey> keys,
        CancellationToken cancellationToken = default
    )
    {
        PreparedOperation operation = PrepareNew(
            keys,
            new Operation
            {
                FoundLedger = new FoundLedger { Network = network, Supervisor = supervisor },
            }
        );
        ProvenEntry entry = await SubmitAsync(operation, cancellationToken);
        return new CreatedDid(operation.Submitted.ActorDid(network), entry);
    }

    /// <summary>Registers a DID.</summary>
    /// <param name="document">Its document.</param>
    /// <param name="keys">Keys that the document names for capability invocation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CreatedDid> CreateDidAsync(
        DidDocument document,
        IReadOnlyList<SigningKey> keys,
        CancellationToken cancellationToken = default
    )
    {
        PreparedOperation operation = PrepareNew(
            keys,
            new Operation { CreateDid = new CreateDid { Document = document } }
        );
        ProvenEntry entry = await SubmitAsync(operation, cancellationToken);
        LedgerRecord ledger = await GetLedgerAsync(cancellationToken);
        return new CreatedDid(operation.Submitted.ActorDid(ledger.Network), entry);
    }

    /// <summary>
    /// Replaces the document of a DID. A new document that was made from the resolved one is as good as
    /// <see cref="ResolvedDid.DocumentProven"/> says of that.
    /// </summary>
    /// <param name="actor">The DID itself or one of its controllers.</param>
    /// <param name="current">The state that the change was made against, as it was resolved.</param>
    /// <param name="document">The full new document.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> UpdateDidAsync(
        Actor actor,
        DidRecord current,
        DidDocument document,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        return ActAsync(
            actor,
            new Operation
            {
                UpdateDid = new UpdateDid
                {
                    Did = current.Did,
                    Previous = current.LastOperation,
                    Document = document,
                },
            },
            cancellationToken
        );
    }

    /// <summary>Ends a DID for writes, for ever.</summary>
    /// <param name="actor">The DID itself or one of its controllers.</param>
    /// <param name="current">The state that is ended, as it was resolved.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> DeactivateDidAsync(
        Actor actor,
        DidRecord current,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        return ActAsync(
            actor,
            new Operation
            {
                DeactivateDid = new DeactivateDid { Did = current.Did, Previous = current.LastOperation },
            },
            cancellationToken
        );
    }

    /// <summary>Admits a DID as a party with roles.</summary>
    /// <param name="actor">A supervisor, deputy or registrar, as the permission table says.</param>
    /// <param name="party">Whom, as what, and how surely its name was checked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> AdmitPartyAsync(
        Actor actor,
        AdmitParty party,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { AdmitParty = party }, cancellationToken);

    /// <summary>Opens a pilot.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="pilot">The pilot.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> CreatePilotAsync(
        Actor actor,
        CreatePilot pilot,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { CreatePilot = pilot }, cancellationToken);

    /// <summary>Defines a class of tokens.</summary>
    /// <param name="actor">An issuer.</param>
    /// <param name="tokenClass">The class. What is fixed here is fixed for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> CreateClassAsync(
        Actor actor,
        CreateClass tokenClass,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { CreateClass = tokenClass }, cancellationToken);

    /// <summary>Mints a token.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="mint">The token. Name it if you need to know its identifier: an automatic number is in no receipt.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> MintAsync(Actor actor, Mint mint, CancellationToken cancellationToken = default) =>
        ActAsync(actor, new Operation { Mint = mint }, cancellationToken);

    /// <summary>Mints several tokens for one owner, all or none.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="mint">The tokens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> BatchMintAsync(
        Actor actor,
        BatchMint mint,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { BatchMint = mint }, cancellationToken);

    /// <summary>Gives a token to another party.</summary>
    /// <param name="actor">The owner, who also is the transfer's <c>from_did</c>.</param>
    /// <param name="classId">Class of the token.</param>
    /// <param name="tokenId">The token.</param>
    /// <param name="to">DID of the party that gets it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> TransferAsync(
        Actor actor,
        string classId,
        string tokenId,
        string to,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        return ActAsync(
            actor,
            new Operation
            {
                Transfer = new Transfer
                {
                    ClassId = classId,
                    TokenId = tokenId,
                    FromDid = actor.Did,
                    ToDid = to,
                },
            },
            cancellationToken
        );
    }

    /// <summary>Ends a token, for ever.</summary>
    /// <param name="actor">Whom the class's burn authority names.</param>
    /// <param name="classId">Class of the token.</param>
    /// <param name="tokenId">The token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> BurnAsync(
        Actor actor,
        string classId,
        string tokenId,
        CancellationToken cancellationToken = default
    ) =>
        ActAsync(
            actor,
            new Operation
            {
                Burn = new Burn { ClassId = classId, TokenId = tokenId },
            },
            cancellationToken
        );

    private Task<ProvenEntry> ActAsync(Actor actor, Operation body, CancellationToken cancellationToken) =>
        SubmitAsync(Prepare(actor, body), cancellationToken);
}
