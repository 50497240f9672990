using Ledger.V1;

namespace Ledger.Client;

// Pilots: their paperwork from application to archive, and their policies. One method a verb, as in LedgerClient.Verbs.cs.
public sealed partial class LedgerClient
{
    /// <summary>Replaces title and terms of a pilot that is a draft, or was returned.</summary>
    /// <param name="actor">Its sponsor.</param>
    /// <param name="amendment">Title and terms, whole.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> AmendPilotAsync(
        Actor actor,
        AmendPilot amendment,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { AmendPilot = amendment }, null, cancellationToken);

    /// <summary>Moves a pilot to another state.</summary>
    /// <param name="actor">Whom the table of moves names.</param>
    /// <param name="move">Where to, why, and what shows it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> MovePilotAsync(
        Actor actor,
        MovePilot move,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { MovePilot = move }, null, cancellationToken);

    /// <summary>Sets where a party stands in a pilot.</summary>
    /// <param name="actor">Sponsor, operator, a supervisor or the party itself, as the move asks.</param>
    /// <param name="participant">The party and where it stands from now on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> SetParticipantAsync(
        Actor actor,
        SetParticipant participant,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { SetParticipant = participant }, null, cancellationToken);

    /// <summary>Plans a milestone.</summary>
    /// <param name="actor">The sponsor of the pilot.</param>
    /// <param name="milestone">What is to be reached, and when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> PlanMilestoneAsync(
        Actor actor,
        PlanMilestone milestone,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { PlanMilestone = milestone }, null, cancellationToken);

    /// <summary>Reports, accepts, rejects or waives a milestone.</summary>
    /// <param name="actor">The sponsor reports; a supervisor does the rest.</param>
    /// <param name="move">Where it stands from now on, and what shows it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> MoveMilestoneAsync(
        Actor actor,
        MoveMilestone move,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { MoveMilestone = move }, null, cancellationToken);

    /// <summary>Plans a tranche of funding, which is paid off the ledger.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="tranche">Its amount, and the milestone that it depends on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> PlanTrancheAsync(
        Actor actor,
        PlanTranche tranche,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { PlanTranche = tranche }, null, cancellationToken);

    /// <summary>Releases, withholds or claws back a tranche.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="move">Where it stands from now on, and what shows it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> MoveTrancheAsync(
        Actor actor,
        MoveTranche move,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { MoveTranche = move }, null, cancellationToken);

    /// <summary>Adds a document to a pilot's file, by commitment.</summary>
    /// <param name="actor">The sponsor, the operator, an auditor or a supervisor.</param>
    /// <param name="evidence">The document.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> AddEvidenceAsync(
        Actor actor,
        AddEvidence evidence,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { AddEvidence = evidence }, null, cancellationToken);

    /// <summary>Evaluates a pilot that is over, once.</summary>
    /// <param name="actor">A supervisor.</param>
    /// <param name="evaluation">What it is worth.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> EvaluatePilotAsync(
        Actor actor,
        EvaluatePilot evaluation,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { EvaluatePilot = evaluation }, null, cancellationToken);

    /// <summary>Proposes a version of a policy; the first makes the policy.</summary>
    /// <param name="actor">An operator, platform or issuer of the pilot.</param>
    /// <param name="proposal">What it demands.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ProposePolicyAsync(
        Actor actor,
        ProposePolicy proposal,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { ProposePolicy = proposal }, null, cancellationToken);

    /// <summary>Approves the version of a policy that is proposed.</summary>
    /// <param name="actor">A supervisor other than its proposer.</param>
    /// <param name="approval">Which version, and from when on it judges.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> ApprovePolicyAsync(
        Actor actor,
        ApprovePolicy approval,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { ApprovePolicy = approval }, null, cancellationToken);

    /// <summary>Turns down the version of a policy that is proposed.</summary>
    /// <param name="actor">A supervisor, or its proposer.</param>
    /// <param name="rejection">Which version.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ProvenEntry> RejectPolicyAsync(
        Actor actor,
        RejectPolicy rejection,
        CancellationToken cancellationToken = default
    ) => ActAsync(actor, new Operation { RejectPolicy = rejection }, null, cancellationToken);
}
