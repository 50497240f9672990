using Ledger.V1;

namespace Ledger.Client;

// Parties: roles, accounts, erasure. One method a verb, as in LedgerClient.Verbs.cs.
public sealed partial class LedgerClient
{
    /// <summary>Renews what was checked and attested of a party, whole.</summary>
    /// <param name="actor">Whoever may admit the party.</param>
    /// <param name="renewal">What was checked, with a new commitment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> RenewPartyAsync(
        Actor actor,
        RenewParty renewal,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { RenewParty = renewal }, null, cancellationToken);

    /// <summary>Ends an admission, with every role that goes with it. The party keeps what it holds, and may be admitted again.</summary>
    /// <param name="actor">The party itself, a registrar or a supervisor.</param>
    /// <param name="exit">Whose.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ExitPartyAsync(
        Actor actor,
        ExitParty exit,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { ExitParty = exit }, null, cancellationToken);

    /// <summary>Grants a role: for the whole ledger, for one pilot or for one class.</summary>
    /// <param name="actor">Whoever holds a role that grants it, there or above.</param>
    /// <param name="grant">Which role, to whom, where and until when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> GrantRoleAsync(
        Actor actor,
        GrantRole grant,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { GrantRole = grant }, null, cancellationToken);

    /// <summary>Revokes a role that a party was granted, or got when it was admitted.</summary>
    /// <param name="actor">Whoever may grant it, or its holder.</param>
    /// <param name="revocation">Which role, whose and where.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> RevokeRoleAsync(
        Actor actor,
        RevokeRole revocation,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { RevokeRole = revocation }, null, cancellationToken);

    /// <summary>Sets the platform's side of an account.</summary>
    /// <param name="actor">The platform that the party's attestation names.</param>
    /// <param name="state">The party, the state and the order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SetPlatformStateAsync(
        Actor actor,
        SetPlatformState state,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SetPlatformState = state }, null, cancellationToken);

    /// <summary>Sets the supervisor's side of an account.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="state">The party, the state and the order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SetSupervisorStateAsync(
        Actor actor,
        SetSupervisorState state,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SetSupervisorState = state }, null, cancellationToken);

    /// <summary>Records that the salt and the value behind a commitment were destroyed.</summary>
    /// <param name="actor">The party that made the commitment, or a registrar.</param>
    /// <param name="erasure">The commitment, as it stands on the ledger.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> RecordErasureAsync(
        Actor actor,
        RecordErasure erasure,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { RecordErasure = erasure }, null, cancellationToken);
}
