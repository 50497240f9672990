using Grpc.Core;
using Ledger.Queries;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.PolicyService;

namespace Ledger.Node.Grpc;

/// <summary>Answers what is known of policies.</summary>
internal sealed class PolicyService(EmbeddedLedger ledger) : Contract.PolicyServiceBase
{
    public override Task<GetPolicyResponse> GetPolicy(GetPolicyRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Versioned<PolicyRecord> found = PolicyQueries.FindPolicy(view, request.PolicyId).OrThrow();
        return Task.FromResult(
            new GetPolicyResponse
            {
                Record = found.Record,
                Version = found.Version,
                Proof = request.WithProof
                    ? Proofs.Version(view, RecordKey.Policy(request.PolicyId), found.Version)
                    : null,
                VersionInForce = PolicyQueries.VersionInForce(view, found.Record),
            }
        );
    }

    public override Task<ListPoliciesResponse> ListPolicies(ListPoliciesRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<PolicyRecord> page = PolicyQueries
            .ListPolicies(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListPoliciesResponse { Policies = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetPolicyHistoryResponse> GetPolicyHistory(
        GetPolicyHistoryRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        Page<PolicyRecordVersion> page = PolicyQueries
            .ListHistory(view, request.PolicyId, request.PageSize, request.PageToken)
            .OrThrow()
            .Map(static v => new PolicyRecordVersion { Record = v.Record, Version = v.Version });
        return Task.FromResult(new GetPolicyHistoryResponse { Versions = { page.Items }, NextPageToken = page.Next });
    }
}
