using Ledger.V1;

namespace Ledger.Client;

// Classes and tokens: consent, content, use, export and supervision. One method a verb, as in LedgerClient.Verbs.cs.
public sealed partial class LedgerClient
{
    /// <summary>Stops everything that moves in a class; reads go on.</summary>
    /// <param name="actor">A supervisor, or the issuer of the class.</param>
    /// <param name="pause">The class and the order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> PauseClassAsync(
        Actor actor,
        PauseClass pause,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { PauseClass = pause }, null, cancellationToken);

    /// <summary>Ends the pause of a class.</summary>
    /// <param name="actor">A supervisor, or the issuer if the issuer paused it.</param>
    /// <param name="end">The class and the order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> UnpauseClassAsync(
        Actor actor,
        UnpauseClass end,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { UnpauseClass = end }, null, cancellationToken);

    /// <summary>Offers a token to another party, which gets it when it accepts.</summary>
    /// <param name="actor">Its owner, who is approved for the token, or an operator of the owner.</param>
    /// <param name="offer">The token, to whom and until when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> OfferTokenAsync(
        Actor actor,
        OfferToken offer,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { OfferToken = offer }, null, cancellationToken);

    /// <summary>Accepts an offer: the token changes hands.</summary>
    /// <param name="actor">The one that it was offered to.</param>
    /// <param name="acceptance">The token and its owner.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> AcceptOfferAsync(
        Actor actor,
        AcceptOffer acceptance,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { AcceptOffer = acceptance }, null, cancellationToken);

    /// <summary>Ends an offer.</summary>
    /// <param name="actor">The one that it was made to, or whoever could make it.</param>
    /// <param name="end">The token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> EndOfferAsync(Actor actor, EndOffer end, CancellationToken cancellationToken = default) =>
        ActAsync(actor, new Operation { EndOffer = end }, null, cancellationToken);

    /// <summary>Lets another party give one token on behalf of its owner.</summary>
    /// <param name="actor">The owner, or an operator of the owner.</param>
    /// <param name="approval">The token, who and until when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ApproveTokenAsync(
        Actor actor,
        ApproveToken approval,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { ApproveToken = approval }, null, cancellationToken);

    /// <summary>Lets another party act for an owner with all of its tokens of a class, or lets it no more.</summary>
    /// <param name="actor">The owner.</param>
    /// <param name="setting">The class, who, whether and until when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SetOperatorAsync(
        Actor actor,
        SetOperator setting,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SetOperator = setting }, null, cancellationToken);

    /// <summary>Adds a version of what a token stands for.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="content">The token, and what it stands for from now on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> AppendMetadataAsync(
        Actor actor,
        AppendMetadata content,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { AppendMetadata = content }, null, cancellationToken);

    /// <summary>Ends the versions of what a token stands for, for ever.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="freeze">The token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> FreezeMetadataAsync(
        Actor actor,
        FreezeMetadata freeze,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { FreezeMetadata = freeze }, null, cancellationToken);

    /// <summary>Lets another party use a token, without owning it.</summary>
    /// <param name="actor">Its owner, who is approved for the token, or an operator of the owner.</param>
    /// <param name="setting">The token, who and until when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SetUserAsync(
        Actor actor,
        SetUser setting,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SetUser = setting }, null, cancellationToken);

    /// <summary>Locks a token, so that it can live on another ledger.</summary>
    /// <param name="actor">Its owner.</param>
    /// <param name="locking">The token, and the origin of the other ledger.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> LockTokenAsync(
        Actor actor,
        LockToken locking,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { LockToken = locking }, null, cancellationToken);

    /// <summary>Says what became of a token that was locked.</summary>
    /// <param name="actor">The issuer of the class.</param>
    /// <param name="settlement">The token, what became of it, and what shows it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SettleLockAsync(
        Actor actor,
        SettleLock settlement,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SettleLock = settlement }, null, cancellationToken);

    /// <summary>Freezes a token.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="freeze">The token and the order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> FreezeTokenAsync(
        Actor actor,
        FreezeToken freeze,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { FreezeToken = freeze }, null, cancellationToken);

    /// <summary>Ends the freeze of a token.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="end">The token and the order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> UnfreezeTokenAsync(
        Actor actor,
        UnfreezeToken end,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { UnfreezeToken = end }, null, cancellationToken);

    /// <summary>Gives a token to another party without its owner: it is recalled.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="transfer">The token, from whom, to whom, and the order.</param>
    /// <param name="approver">Another supervisor, or a deputy, who approves it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ForcedTransferAsync(
        Actor actor,
        ForcedTransfer transfer,
        Actor approver,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { ForcedTransfer = transfer }, approver, cancellationToken);

    /// <summary>Ends a token without its owner.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="burn">The token and the order.</param>
    /// <param name="approver">Another supervisor, or a deputy, who approves it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ForcedBurnAsync(
        Actor actor,
        ForcedBurn burn,
        Actor approver,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { ForcedBurn = burn }, approver, cancellationToken);
}
