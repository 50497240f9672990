using Grpc.Core;
using Ledger.Queries;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.TokenService;

namespace Ledger.Node.Grpc;

/// <summary>Answers what is known of classes, tokens and who holds them.</summary>
internal sealed class TokenService(EmbeddedLedger ledger, TimeProvider time) : Contract.TokenServiceBase
{
    public override Task<GetClassResponse> GetClass(GetClassRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Versioned<ClassRecord> found = TokenQueries.FindClass(view, request.ClassId).OrThrow();
        SupplyRecord supply = TokenQueries.FindSupply(view, request.ClassId).OrThrow();
        return Task.FromResult(
            new GetClassResponse
            {
                Record = found.Record,
                Version = found.Version,
                Proof = request.WithProof
                    ? Proofs.Version(view, RecordKey.Class(request.ClassId), found.Version)
                    : null,
                Supply = supply,
            }
        );
    }

    public override Task<ListClassesResponse> ListClasses(ListClassesRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<ClassRecord> page = TokenQueries
            .ListClasses(view, request.PilotId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListClassesResponse { Classes = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetTokenResponse> GetToken(GetTokenRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Versioned<TokenRecord> found = TokenQueries.FindToken(view, request.ClassId, request.TokenId).OrThrow();
        return Task.FromResult(
            new GetTokenResponse
            {
                Record = found.Record,
                Version = found.Version,
                Proof = request.WithProof
                    ? Proofs.Version(view, RecordKey.Token(request.ClassId, request.TokenId), found.Version)
                    : null,
            }
        );
    }

    public override Task<ListTokensResponse> ListTokens(ListTokensRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Page<TokenRecord> page = TokenQueries
            .ListTokens(view, request.Owner, request.ClassId, request.PageSize, request.PageToken)
            .OrThrow();
        return Task.FromResult(new ListTokensResponse { Tokens = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetTokenHistoryResponse> GetTokenHistory(
        GetTokenHistoryRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        Page<TokenVersion> page = TokenQueries
            .ListHistory(view, request.ClassId, request.TokenId, request.PageSize, request.PageToken, request.WithProof)
            .OrThrow()
            .Map(v => new TokenVersion
            {
                Record = v.Record,
                Version = v.Version,
                Proof = request.WithProof ? Proofs.Entry(view, v.Version) : null,
            });
        return Task.FromResult(new GetTokenHistoryResponse { Versions = { page.Items }, NextPageToken = page.Next });
    }

    public override Task<GetBalanceResponse> GetBalance(GetBalanceRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        ulong count = TokenQueries.FindBalance(view, request.Owner, request.ClassId).OrThrow();
        return Task.FromResult(new GetBalanceResponse { Count = count });
    }

    public override Task<GetOperatorResponse> GetOperator(GetOperatorRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        return Task.FromResult(
            TokenQueries.FindOperator(view, request.Owner, request.ClassId, request.Operator).OrThrow()
        );
    }

    public override Task<CheckTransferResponse> CheckTransfer(CheckTransferRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        return Task.FromResult(TransferQueries.Check(view, request, time.GetUtcNow()).OrThrow());
    }
}
