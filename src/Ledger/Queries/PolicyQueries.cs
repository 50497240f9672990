using Ledger.Protocol;
using Ledger.Rules.Policies;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>What is known of policies.</summary>
public static class PolicyQueries
{
    /// <summary>A policy. Refused: INVALID_REQUEST, POLICY_NOT_FOUND.</summary>
    public static Answer<Versioned<PolicyRecord>> FindPolicy(ReadView view, string policyId)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckId(policyId, "policy_id");
        return !form.IsOk ? form
            : view.Find(RecordKey.Policy(policyId)) is { } found ? new Versioned<PolicyRecord>(found)
            : Judgement.Refuse(ReasonCode.PolicyNotFound);
    }

    /// <summary>The version of a policy that judges at the log's time; 0: none does.</summary>
    /// <param name="view">Where it was read.</param>
    /// <param name="policy">Its newest record.</param>
    public static ulong VersionInForce(ReadView view, PolicyRecord policy)
    {
        ArgumentNullException.ThrowIfNull(view);
        return PolicyEvaluation.InForce(policy, (ulong)view.Head.TimeMs)?.Version ?? 0;
    }

    /// <summary>The policies of a pilot, by identifier. Refused: INVALID_REQUEST, PILOT_NOT_FOUND, BAD_PAGE_TOKEN.</summary>
    public static Answer<Page<PolicyRecord>> ListPolicies(
        ReadView view,
        string pilotId,
        uint pageSize,
        string pageToken
    ) =>
        PilotFileQueries.List<PolicyRecord>(
            view,
            IndexKind.Policies,
            pilotId,
            pageSize,
            pageToken,
            static (_, policyId) => RecordKey.Policy(policyId)
        );

    /// <summary>
    /// Every version of the record of a policy, oldest first. Refused: INVALID_REQUEST, POLICY_NOT_FOUND, BAD_PAGE_TOKEN.
    /// </summary>
    public static Answer<Page<Versioned<PolicyRecord>>> ListHistory(
        ReadView view,
        string policyId,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckId(policyId, "policy_id");
        return form.IsOk
            ? Versions.Page<PolicyRecord>(
                view,
                RecordKey.Policy(policyId),
                ReasonCode.PolicyNotFound,
                "policy history",
                newestFirst: false,
                pageSize,
                pageToken
            )
            : form;
    }
}
