using Ledger.Protocol;
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
    /// <param name="keys">Keys that the document names for capability invocation, as many as its threshold says.</param>
    /// <param name="recovery">Who can take the supervisor's DID back; null: nobody.</param>
    /// <param name="didQuota">How often the document of a DID may be changed; null: the usual quota.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CreatedDid> FoundLedgerAsync(
        string network,
        DidDocument supervisor,
        IReadOnlyList<SigningKey> keys,
        RecoveryPolicy? recovery = null,
        DidQuota? didQuota = null,
        CancellationToken cancellationToken = default
    )
    {
        PreparedOperation operation = PrepareNew(
            keys,
            new Operation
            {
                FoundLedger = new FoundLedger
                {
                    Network = network,
                    Supervisor = supervisor,
                    Recovery = recovery,
                    DidQuota = didQuota,
                },
            }
        );
        ProvenEntry entry = await SubmitAsync(operation, cancellationToken);
        return new CreatedDid(operation.Submitted.ActorDid(network), entry);
    }

    /// <summary>Registers a DID.</summary>
    /// <param name="document">Its document.</param>
    /// <param name="keys">Keys that the document names for capability invocation, as many as its threshold says.</param>
    /// <param name="recovery">Who can take the DID back, and after which delay that can be changed; null: nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CreatedDid> CreateDidAsync(
        DidDocument document,
        IReadOnlyList<SigningKey> keys,
        RecoveryPolicy? recovery = null,
        CancellationToken cancellationToken = default
    )
    {
        PreparedOperation operation = PrepareNew(
            keys,
            new Operation
            {
                CreateDid = new CreateDid { Document = document, Recovery = recovery },
            }
        );
        ProvenEntry entry = await SubmitAsync(operation, cancellationToken);
        LedgerRecord ledger = await GetLedgerAsync(cancellationToken);
        return new CreatedDid(operation.Submitted.ActorDid(ledger.Network), entry);
    }

    /// <summary>
    /// Replaces the document of a DID. A new document that was made from the resolved one is as good as
    /// <see cref="ResolvedDid.DocumentProven"/> says of that.
    /// </summary>
    /// <param name="actor">The DID itself or one of its controllers, with as many of its update keys as its threshold says.</param>
    /// <param name="current">The state that the change was made against, as it was resolved.</param>
    /// <param name="document">The full new document.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RefusedException">
    /// The ledger refused it; or, with <c>COMMITMENT_MISMATCH</c> and without an entry, it would: nothing was sent.
    /// </exception>
    public Task<ProvenEntry> UpdateDidAsync(
        Actor actor,
        DidRecord current,
        DidDocument document,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        NextKeys.Require(current.Document, document);
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
            null,
            cancellationToken
        );
    }

    /// <summary>
    /// Replaces the update keys of a DID by others, and leaves the rest of its document as it is. With pre-rotation, the new keys are
    /// those that were committed to, and the commitment is consumed.
    /// </summary>
    /// <param name="actor">The DID itself or one of its controllers, with as many of its update keys as its threshold says.</param>
    /// <param name="current">The state that the change was made against, as it was resolved.</param>
    /// <param name="updateKeys">All update keys from then on, each with the purpose of capability invocation.</param>
    /// <param name="nextCommitment">Commitment to the update keys that come after these (<see cref="UpdateKeys.Commit"/>); empty: none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RefusedException">
    /// The ledger refused it; or, with <c>COMMITMENT_MISMATCH</c> and without an entry, it would: nothing was sent.
    /// </exception>
    public Task<ProvenEntry> RotateKeysAsync(
        Actor actor,
        DidRecord current,
        IReadOnlyList<VerificationMethod> updateKeys,
        ReadOnlyMemory<byte> nextCommitment = default,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        DidDocument document = NextKeys.Replace(current.Document, updateKeys, nextCommitment.Span);
        return UpdateDidAsync(actor, current, document, cancellationToken);
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
            null,
            cancellationToken
        );
    }

    /// <summary>
    /// Proposes another recovery policy for a DID. While the policy in force has recovery keys, the change is pending for its delay;
    /// otherwise it takes effect at once.
    /// </summary>
    /// <param name="actor">The DID itself or one of its controllers, with as many of its update keys as its threshold says.</param>
    /// <param name="current">The state that the change was made against, as it was resolved.</param>
    /// <param name="recovery">The whole new policy; null: no recovery keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ChangeRecoveryAsync(
        Actor actor,
        DidRecord current,
        RecoveryPolicy? recovery,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        return ActAsync(
            actor,
            new Operation
            {
                ChangeRecovery = new ChangeRecovery
                {
                    Did = current.Did,
                    Previous = current.LastOperation,
                    Recovery = recovery,
                },
            },
            null,
            cancellationToken
        );
    }

    /// <summary>
    /// Takes a DID back: replaces its document at once, proposes another recovery policy, or both. At least one of them is given.
    /// </summary>
    /// <param name="actor">The DID, with recovery keys of it, each of which is enough.</param>
    /// <param name="current">The state that is replaced, as it was resolved.</param>
    /// <param name="document">The full new document; null: it stays.</param>
    /// <param name="recovery">The whole new policy, which is pending for the delay of the one in force; null: it stays.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> RecoverDidAsync(
        Actor actor,
        DidRecord current,
        DidDocument? document,
        RecoveryPolicy? recovery = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(current);
        return ActAsync(
            actor,
            new Operation
            {
                RecoverDid = new RecoverDid
                {
                    Did = current.Did,
                    Previous = current.LastOperation,
                    Document = document,
                    Recovery = recovery,
                },
            },
            null,
            cancellationToken
        );
    }

    /// <summary>Stops a change of recovery policy that is pending.</summary>
    /// <param name="actor">The DID, with a recovery key of the rank of the proposer or above.</param>
    /// <param name="current">The state with the pending change, as it was resolved.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> CancelRecoveryAsync(
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
                CancelRecovery = new CancelRecovery { Did = current.Did, Previous = current.LastOperation },
            },
            null,
            cancellationToken
        );
    }

    /// <summary>Says how often the document of a DID may be changed, for the whole ledger.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="quota">The quota, whole; 0 in a field: no limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SetDidQuotaAsync(
        Actor actor,
        DidQuota quota,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SetDidQuota = new SetDidQuota { Quota = quota } }, null, cancellationToken);

    /// <summary>Admits a DID as a party with roles.</summary>
    /// <param name="actor">A supervisor, deputy or registrar, as the permission table says.</param>
    /// <param name="party">Whom, as what, and how surely its name was checked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> AdmitPartyAsync(
        Actor actor,
        AdmitParty party,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { AdmitParty = party }, null, cancellationToken);

    /// <summary>Applies for a pilot: it begins as a draft.</summary>
    /// <param name="actor">Its sponsor.</param>
    /// <param name="pilot">The pilot.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> CreatePilotAsync(
        Actor actor,
        CreatePilot pilot,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { CreatePilot = pilot }, null, cancellationToken);

    /// <summary>Defines a class of tokens.</summary>
    /// <param name="actor">An issuer.</param>
    /// <param name="tokenClass">The class. What is fixed here is fixed for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> CreateClassAsync(
        Actor actor,
        CreateClass tokenClass,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { CreateClass = tokenClass }, null, cancellationToken);

    /// <summary>Mints a token.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="mint">The token. Name it if you need to know its identifier: an automatic number is in no receipt.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> MintAsync(Actor actor, Mint mint, CancellationToken cancellationToken = default) =>
        ActAsync(actor, new Operation { Mint = mint }, null, cancellationToken);

    /// <summary>Mints several tokens for one owner, all or none.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="mint">The tokens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> BatchMintAsync(
        Actor actor,
        BatchMint mint,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { BatchMint = mint }, null, cancellationToken);

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
            null,
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
            null,
            cancellationToken
        );

    /// <summary>Does several things, all or none: they are judged in order, and each sees what those before it did.</summary>
    /// <param name="actor">Who acts, in every step.</param>
    /// <param name="steps">
    /// 1 to <see cref="Limits.GroupStepsMax"/> operations of which the body alone is set: verbs that ASSERTION_METHOD keys sign, and no
    /// group.
    /// </param>
    /// <param name="approver">The second party that approves all of it; null: nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RefusedException">A step was refused, and nothing was done; the verdict says which step.</exception>
    public Task<ProvenEntry> GroupAsync(
        Actor actor,
        IEnumerable<Operation> steps,
        Actor? approver = null,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { Group = new Group { Steps = { steps } } }, approver, cancellationToken);

    /// <summary>Signs, submits and verifies an operation of any verb. The other methods of this class name what a verb needs.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="body">An operation of which the body alone is set; the rest is filled in, in a copy.</param>
    /// <param name="approver">The second party that approves it; null: nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ActAsync(
        Actor actor,
        Operation body,
        Actor? approver = null,
        CancellationToken cancellationToken = default
    ) => SubmitAsync(Prepare(actor, body, approver), cancellationToken);
}
