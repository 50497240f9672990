using Grpc.Core;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;
using Contract = Ledger.V1.TokenService;

namespace Ledger.Node.Services;

/// <summary>Answers what is known of classes, tokens and who holds them.</summary>
internal sealed class TokenService(EmbeddedLedger ledger) : Contract.TokenServiceBase
{
    public override Task<GetClassResponse> GetClass(GetClassRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        VersionedRecord found = FindClass(view, request.ClassId);
        return Task.FromResult(
            new GetClassResponse
            {
                Record = (ClassRecord)found.Record,
                Version = Proofs.Version(found),
                Proof = Proofs.Entry(view, found, request.WithProof),
            }
        );
    }

    public override Task<ListClassesResponse> ListClasses(ListClassesRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        byte[] prefix = IndexKey.Prefix(IndexKind.Classes);
        if (request.PilotId.Length > 0)
        {
            Lists.RequireId(request.PilotId, "pilot_id");
            _ = view.Find(RecordKey.Pilot(request.PilotId)) ?? throw Refusals.Error(ReasonCode.PilotNotFound);
            prefix = IndexKey.Prefix(IndexKind.PilotClasses, request.PilotId);
        }

        (List<byte[]> keys, string next) = Lists.Page(view, prefix, request.PageSize, request.PageToken);
        ListClassesResponse response = new() { NextPageToken = next };
        foreach (byte[] key in keys)
        {
            string classId = Lists.Parts(key)[^1];
            response.Classes.Add(view.Find<ClassRecord>(RecordKey.Class(classId)));
        }

        return Task.FromResult(response);
    }

    public override Task<GetTokenResponse> GetToken(GetTokenRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        RecordKey key = TokenKey(view, request.ClassId, request.TokenId);
        VersionedRecord found = view.Find(key) ?? throw Refusals.Error(ReasonCode.TokenNotFound);
        return Task.FromResult(
            new GetTokenResponse
            {
                Record = (TokenRecord)found.Record,
                Version = Proofs.Version(found),
                Proof = Proofs.Entry(view, found, request.WithProof),
            }
        );
    }

    public override Task<ListTokensResponse> ListTokens(ListTokensRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        byte[] prefix = TokenList(view, request.Owner, request.ClassId);
        (List<byte[]> keys, string next) = Lists.Page(view, prefix, request.PageSize, request.PageToken);
        ListTokensResponse response = new() { NextPageToken = next };
        foreach (byte[] key in keys)
        {
            string[] parts = Lists.Parts(key);
            response.Tokens.Add(view.Find<TokenRecord>(RecordKey.Token(parts[^2], parts[^1])));
        }

        return Task.FromResult(response);
    }

    public override Task<GetTokenHistoryResponse> GetTokenHistory(
        GetTokenHistoryRequest request,
        ServerCallContext context
    )
    {
        using ReadView view = ledger.Read();
        RecordKey key = TokenKey(view, request.ClassId, request.TokenId);
        int size = Pages.Size(request.PageSize);
        if (view.Find(key) is null)
        {
            throw Refusals.Error(ReasonCode.TokenNotFound);
        }

        (List<VersionedRecord> page, string next) = Versions.Page(view, key, "token history", request.PageToken, size);
        GetTokenHistoryResponse response = new() { NextPageToken = next };
        foreach (VersionedRecord version in page)
        {
            response.Versions.Add(
                new TokenVersion { Record = (TokenRecord)version.Record, Version = Proofs.Version(version) }
            );
        }

        return Task.FromResult(response);
    }

    public override Task<GetBalanceResponse> GetBalance(GetBalanceRequest request, ServerCallContext context)
    {
        using ReadView view = ledger.Read();
        Lists.RequireDid(view, request.Owner, "owner");
        FindClass(view, request.ClassId);
        BalanceRecord? balance = view.Find<BalanceRecord>(RecordKey.Balance(request.Owner, request.ClassId));
        return Task.FromResult(new GetBalanceResponse { Count = balance?.Count ?? 0 });
    }

    private static VersionedRecord FindClass(ReadView view, string classId)
    {
        Lists.RequireId(classId, "class_id");
        return view.Find(RecordKey.Class(classId)) ?? throw Refusals.Error(ReasonCode.ClassNotFound);
    }

    private static RecordKey TokenKey(ReadView view, string classId, string tokenId)
    {
        FindClass(view, classId);
        return TextSyntax.IsTokenId(tokenId)
            ? RecordKey.Token(classId, tokenId)
            : throw Refusals.Error(ReasonCode.InvalidRequest, "token_id: [a-z0-9._:-]{1,128}");
    }

    private static byte[] TokenList(ReadView view, string owner, string classId)
    {
        if (owner.Length == 0 && classId.Length == 0)
        {
            throw Refusals.Error(ReasonCode.InvalidRequest, "owner, class_id: at least one");
        }

        if (classId.Length > 0)
        {
            FindClass(view, classId);
        }

        if (owner.Length == 0)
        {
            return IndexKey.Prefix(IndexKind.ClassTokens, classId);
        }

        Lists.RequireDid(view, owner, "owner");
        return classId.Length > 0
            ? IndexKey.Prefix(IndexKind.OwnerTokens, owner, classId)
            : IndexKey.Prefix(IndexKind.OwnerTokens, owner);
    }
}
