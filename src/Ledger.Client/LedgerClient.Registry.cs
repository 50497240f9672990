using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

// The registry beyond identities and tokens: pilots and their files, policies, what supervisors did and who was refused. Of a single record
// the entry that wrote it is proven; lists, histories, counts and what holds at the log's time are the node's word.
public sealed partial class LedgerClient
{
    /// <summary>A pilot, with the entry that wrote this version proven. Where it stands at the log's time is the node's word.</summary>
    /// <param name="pilotId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ResolvedPilot> GetPilotAsync(string pilotId, CancellationToken cancellationToken = default)
    {
        (GetPilotResponse answer, Written<PilotRecord> written) = await ReadNewestAsync(
            StateKey.Of(RecordKind.Pilot, pilotId),
            call => _pilots.GetPilotAsync(new GetPilotRequest { PilotId = pilotId, WithProof = true }, call),
            static answer => (answer.Record, answer.Version, answer.Proof),
            cancellationToken
        );
        RecordChecks.RequireNamed(pilotId, written.Record.Id, "id");
        return new ResolvedPilot(written.Record, written.Entry, answer.State, written.Current);
    }

    /// <summary>The pilots, by identifier. Not proven.</summary>
    /// <param name="filter">Which of them; null: all.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<PilotRecord>> ListPilotsAsync(
        PilotFilter? filter = null,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListPilotsRequest request = filter?.ToRequest() ?? new ListPilotsRequest();
        request.PageSize = PageSize(pageSize);
        request.PageToken = pageToken;
        ListPilotsResponse answer = await _calls.CallAsync(
            call => _pilots.ListPilotsAsync(request, call),
            cancellationToken
        );
        return new Page<PilotRecord>(answer.Pilots, answer.NextPageToken);
    }

    /// <summary>Every version of a pilot, oldest first. Not proven.</summary>
    /// <param name="pilotId">Its identifier.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<PilotVersion>> GetPilotHistoryAsync(
        string pilotId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        GetPilotHistoryRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        GetPilotHistoryResponse answer = await _calls.CallAsync(
            call => _pilots.GetPilotHistoryAsync(request, call),
            cancellationToken
        );
        RecordChecks.RequireComplete(answer.Versions.All(static v => v.Record is not null && v.Version is not null));
        return new Page<PilotVersion>(answer.Versions, answer.NextPageToken);
    }

    /// <summary>The participants of a pilot, by DID. Not proven.</summary>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<ParticipantRecord>> ListParticipantsAsync(
        string pilotId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListParticipantsRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListParticipantsResponse answer = await _calls.CallAsync(
            call => _pilots.ListParticipantsAsync(request, call),
            cancellationToken
        );
        return new Page<ParticipantRecord>(answer.Participants, answer.NextPageToken);
    }

    /// <summary>The milestones of a pilot, by identifier. Not proven.</summary>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<MilestoneRecord>> ListMilestonesAsync(
        string pilotId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListMilestonesRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListMilestonesResponse answer = await _calls.CallAsync(
            call => _pilots.ListMilestonesAsync(request, call),
            cancellationToken
        );
        return new Page<MilestoneRecord>(answer.Milestones, answer.NextPageToken);
    }

    /// <summary>The tranches of a pilot, by identifier. Not proven.</summary>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<TrancheRecord>> ListTranchesAsync(
        string pilotId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListTranchesRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListTranchesResponse answer = await _calls.CallAsync(
            call => _pilots.ListTranchesAsync(request, call),
            cancellationToken
        );
        return new Page<TrancheRecord>(answer.Tranches, answer.NextPageToken);
    }

    /// <summary>The documents in a pilot's file, by number. Not proven.</summary>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<EvidenceRecord>> ListEvidenceAsync(
        string pilotId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListEvidenceRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListEvidenceResponse answer = await _calls.CallAsync(
            call => _pilots.ListEvidenceAsync(request, call),
            cancellationToken
        );
        return new Page<EvidenceRecord>(answer.Documents, answer.NextPageToken);
    }

    /// <summary>
    /// An admitted party and its roles by admission, with the entry that wrote this version proven. What it was granted besides is the
    /// node's word.
    /// </summary>
    /// <param name="did">Its DID.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ResolvedParty> GetPartyAsync(string did, CancellationToken cancellationToken = default)
    {
        (GetPartyResponse answer, Written<PartyRecord> written) = await ReadNewestAsync(
            StateKey.Of(RecordKind.Party, did),
            call => _pilots.GetPartyAsync(new GetPartyRequest { Did = did, WithProof = true }, call),
            static answer => (answer.Record, answer.Version, answer.Proof),
            cancellationToken
        );
        RecordChecks.RequireNamed(did, written.Record.Did, "did");
        foreach (GrantsRecord grants in answer.Grants)
        {
            RecordChecks.RequireNamed(did, grants.Party, "party");
        }
        return new ResolvedParty(written.Record, written.Entry, answer.Grants, written.Current);
    }

    /// <summary>Whether the erasure of what is behind a commitment was recorded. Not proven.</summary>
    /// <param name="commitment">The commitment, 32 bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when none was.</returns>
    public async Task<Erasure?> GetErasureAsync(
        ReadOnlyMemory<byte> commitment,
        CancellationToken cancellationToken = default
    )
    {
        GetErasureRequest request = new() { Commitment = Google.Protobuf.ByteString.CopyFrom(commitment.Span) };
        GetErasureResponse answer = await _calls.CallAsync(
            call => _pilots.GetErasureAsync(request, call),
            cancellationToken
        );
        if (answer.Record is null)
        {
            return null;
        }
        RecordChecks.RequireComplete(answer.Version is not null);
        return new Erasure(answer.Record, answer.Version!);
    }

    /// <summary>
    /// A policy, with the entry that wrote this version of its record proven. Which of its versions judges at the log's time is the node's
    /// word.
    /// </summary>
    /// <param name="policyId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ResolvedPolicy> GetPolicyAsync(string policyId, CancellationToken cancellationToken = default)
    {
        (GetPolicyResponse answer, Written<PolicyRecord> written) = await ReadNewestAsync(
            StateKey.Of(RecordKind.Policy, policyId),
            call => _policies.GetPolicyAsync(new GetPolicyRequest { PolicyId = policyId, WithProof = true }, call),
            static answer => (answer.Record, answer.Version, answer.Proof),
            cancellationToken
        );
        RecordChecks.RequireNamed(policyId, written.Record.Id, "id");
        return new ResolvedPolicy(written.Record, written.Entry, answer.VersionInForce, written.Current);
    }

    /// <summary>The policies of a pilot, by identifier. Not proven.</summary>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<PolicyRecord>> ListPoliciesAsync(
        string pilotId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListPoliciesRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListPoliciesResponse answer = await _calls.CallAsync(
            call => _policies.ListPoliciesAsync(request, call),
            cancellationToken
        );
        return new Page<PolicyRecord>(answer.Policies, answer.NextPageToken);
    }

    /// <summary>Every version of the record of a policy, oldest first. Not proven.</summary>
    /// <param name="policyId">Its identifier.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<PolicyRecordVersion>> GetPolicyHistoryAsync(
        string policyId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        GetPolicyHistoryRequest request = new()
        {
            PolicyId = policyId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        GetPolicyHistoryResponse answer = await _calls.CallAsync(
            call => _policies.GetPolicyHistoryAsync(request, call),
            cancellationToken
        );
        RecordChecks.RequireComplete(answer.Versions.All(static v => v.Record is not null && v.Version is not null));
        return new Page<PolicyRecordVersion>(answer.Versions, answer.NextPageToken);
    }

    /// <summary>What supervisors (and who else may) did on whose order, newest first. Not proven.</summary>
    /// <param name="about">About whom or what; null: all.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<SupervisoryActionRecord>> ListActionsAsync(
        ActionSubject? about = null,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListActionsRequest request = about?.ToRequest() ?? new ListActionsRequest();
        request.PageSize = PageSize(pageSize);
        request.PageToken = pageToken;
        ListActionsResponse answer = await _calls.CallAsync(
            call => _supervision.ListActionsAsync(request, call),
            cancellationToken
        );
        return new Page<SupervisoryActionRecord>(answer.Actions, answer.NextPageToken);
    }

    /// <summary>
    /// Operations that the rules refused, newest first. Not proven: <see cref="GetEntryAsync(long, CancellationToken)"/> proves any of them by its index.
    /// </summary>
    /// <param name="actor">Only those of this DID; empty: any. At most one of actor and pilot is named.</param>
    /// <param name="pilotId">Only those about this pilot; empty: any.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<RefusalRecord>> ListRefusalsAsync(
        string actor = "",
        string pilotId = "",
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListRefusalsRequest request = new()
        {
            Actor = actor,
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListRefusalsResponse answer = await _calls.CallAsync(
            call => _supervision.ListRefusalsAsync(request, call),
            cancellationToken
        );
        RecordChecks.RequireComplete(answer.Refusals.All(static r => r.Refused is not null));
        return new Page<RefusalRecord>(answer.Refusals, answer.NextPageToken);
    }

    /// <summary>A pilot in numbers. Not proven.</summary>
    /// <param name="pilotId">The pilot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PilotFigures> GetPilotFiguresAsync(string pilotId, CancellationToken cancellationToken = default)
    {
        GetPilotFiguresResponse answer = await _calls.CallAsync(
            call => _supervision.GetPilotFiguresAsync(new GetPilotFiguresRequest { PilotId = pilotId }, call),
            cancellationToken
        );
        RecordChecks.RequireComplete(answer.Figures is not null);
        return new PilotFigures(answer.Figures!, answer.Refusals, answer.HasEnd ? answer.DaysLeft : null);
    }

    /// <summary>How many pilots stand where. Not proven.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<PilotCount>> CountPilotsAsync(CancellationToken cancellationToken = default)
    {
        CountPilotsResponse answer = await _calls.CallAsync(
            call => _supervision.CountPilotsAsync(new CountPilotsRequest(), call),
            cancellationToken
        );
        return answer.Counts;
    }

    /// <summary>Whether a party acts for an owner with all of its tokens of a class, at the log's time. Not proven.</summary>
    /// <param name="owner">DID of the owner.</param>
    /// <param name="classId">The class.</param>
    /// <param name="operatorDid">DID of the operator.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<OperatorStanding> GetOperatorAsync(
        string owner,
        string classId,
        string operatorDid,
        CancellationToken cancellationToken = default
    )
    {
        GetOperatorRequest request = new()
        {
            Owner = owner,
            ClassId = classId,
            Operator = operatorDid,
        };
        GetOperatorResponse answer = await _calls.CallAsync(
            call => _tokens.GetOperatorAsync(request, call),
            cancellationToken
        );
        return new OperatorStanding(answer.Approved, answer.Record);
    }

    /// <summary>
    /// What the rules would say of a transfer at the newest head. Nothing is written, and a transfer that would be refused is an answer and
    /// no exception. Not proven.
    /// </summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="actor">DID that would act; empty: the owner that the transfer names.</param>
    /// <param name="time">At which time: not before the log's, and at most 366 days after it; null: now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TransferCheck> CheckTransferAsync(
        Transfer transfer,
        string actor = "",
        DateTimeOffset? time = null,
        CancellationToken cancellationToken = default
    )
    {
        CheckTransferRequest request = new()
        {
            Transfer = transfer,
            Actor = actor,
            TimeMs = (ulong)(time?.ToUnixTimeMilliseconds() ?? 0),
        };
        CheckTransferResponse answer = await _calls.CallAsync(
            call => _tokens.CheckTransferAsync(request, call),
            cancellationToken
        );
        return new TransferCheck(answer.Outcome, answer.Verdict, answer.Message, answer.Size, answer.TimeMs);
    }

    /// <summary>Every version of a token, oldest first, each with the entry that wrote it proven. That none is missing is the node's word.</summary>
    /// <param name="classId">Its class.</param>
    /// <param name="tokenId">Its identifier within the class.</param>
    /// <param name="pageSize">Most to return: 1 to 100; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<Written<TokenRecord>>> GetProvenTokenHistoryAsync(
        string classId,
        string tokenId,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        GetTokenHistoryRequest request = new()
        {
            ClassId = classId,
            TokenId = tokenId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
            WithProof = true,
        };
        GetTokenHistoryResponse answer = await _calls.CallAsync(
            call => _tokens.GetTokenHistoryAsync(request, call),
            cancellationToken
        );
        List<Written<TokenRecord>> versions = [];
        foreach (TokenVersion version in answer.Versions)
        {
            ProvenEntry entry = await ProveVersionAsync(
                version.Record,
                version.Version,
                version.Proof,
                cancellationToken
            );
            RecordChecks.RequireToken(entry, classId, tokenId, version.Record);
            RecordChecks.RequireLater(versions.Count == 0 ? null : versions[^1].Entry, entry);
            versions.Add(new Written<TokenRecord>(version.Record, entry));
        }
        return new Page<Written<TokenRecord>>(versions, answer.NextPageToken);
    }
}
