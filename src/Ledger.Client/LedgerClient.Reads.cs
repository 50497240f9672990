using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="NextPageToken">Where the next page starts; empty: this was the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string NextPageToken);

// What the ledger holds. Single records are proven; lists, histories and balances are the node's word.
public sealed partial class LedgerClient
{
    /// <summary>Resolves a DID, with the document proven.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ResolvedDid> ResolveAsync(string did, CancellationToken cancellationToken = default) =>
        ResolveAsync(new ResolveRequest { Did = did }, cancellationToken);

    /// <summary>Resolves a DID as the entry at an index left it, with the document proven.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="versionId">Index of the entry, 0 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ResolvedDid> ResolveVersionAsync(
        string did,
        long versionId,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(versionId);
        ResolvedDid resolved = await ResolveAsync(
            new ResolveRequest { Did = did, VersionId = (ulong)versionId },
            cancellationToken
        );
        return resolved.Entry.Index == versionId
            ? resolved
            : throw new VerificationException(VerificationCheck.Entry, "the version is not the one that was asked for");
    }

    /// <summary>
    /// Resolves a DID as it was at a time, with the document proven. That no version lies between it and that time is the node's word.
    /// </summary>
    /// <param name="did">The DID.</param>
    /// <param name="time">The time; not after that of the log's last batch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ResolvedDid> ResolveAtAsync(
        string did,
        DateTimeOffset time,
        CancellationToken cancellationToken = default
    )
    {
        long timeMs = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(timeMs, nameof(time));
        ResolvedDid resolved = await ResolveAsync(
            new ResolveRequest { Did = did, VersionTimeMs = (ulong)timeMs },
            cancellationToken
        );
        return resolved.Entry.TimeMs <= timeMs && (resolved.NextVersion is not { } next || next.TimeMs > (ulong)timeMs)
            ? resolved
            : throw new VerificationException(VerificationCheck.Entry, "the version is not the one of that time");
    }

    /// <summary>A token, proven. A burned one is returned with its state.</summary>
    /// <param name="classId">Its class.</param>
    /// <param name="tokenId">Its identifier within the class.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Proven<TokenRecord>> GetTokenAsync(
        string classId,
        string tokenId,
        CancellationToken cancellationToken = default
    )
    {
        GetTokenRequest request = new()
        {
            ClassId = classId,
            TokenId = tokenId,
            WithProof = true,
        };
        GetTokenResponse answer = await _calls.CallAsync(
            call => _tokens.GetTokenAsync(request, call),
            cancellationToken
        );
        (ProvenEntry entry, SubmittedOperation operation) = await ProveVersionAsync(
            answer.Record,
            answer.Version,
            answer.Proof,
            cancellationToken
        );
        RecordChecks.RequireToken(entry, operation, classId, tokenId, answer.Record);
        return new Proven<TokenRecord>(answer.Record, entry);
    }

    /// <summary>A class, proven.</summary>
    /// <param name="classId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Proven<ClassRecord>> GetClassAsync(string classId, CancellationToken cancellationToken = default)
    {
        GetClassResponse answer = await _calls.CallAsync(
            call => _tokens.GetClassAsync(new GetClassRequest { ClassId = classId, WithProof = true }, call),
            cancellationToken
        );
        (ProvenEntry entry, SubmittedOperation operation) = await ProveVersionAsync(
            answer.Record,
            answer.Version,
            answer.Proof,
            cancellationToken
        );
        RecordChecks.RequireClass(operation, classId, answer.Record);
        return new Proven<ClassRecord>(answer.Record, entry);
    }

    /// <summary>A pilot, proven.</summary>
    /// <param name="pilotId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Proven<PilotRecord>> GetPilotAsync(string pilotId, CancellationToken cancellationToken = default)
    {
        GetPilotResponse answer = await _calls.CallAsync(
            call => _pilots.GetPilotAsync(new GetPilotRequest { PilotId = pilotId, WithProof = true }, call),
            cancellationToken
        );
        (ProvenEntry entry, SubmittedOperation operation) = await ProveVersionAsync(
            answer.Record,
            answer.Version,
            answer.Proof,
            cancellationToken
        );
        RecordChecks.RequirePilot(operation, pilotId, answer.Record);
        return new Proven<PilotRecord>(answer.Record, entry);
    }

    /// <summary>An admitted party and its roles, proven.</summary>
    /// <param name="did">Its DID.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Proven<PartyRecord>> GetPartyAsync(string did, CancellationToken cancellationToken = default)
    {
        GetPartyResponse answer = await _calls.CallAsync(
            call => _pilots.GetPartyAsync(new GetPartyRequest { Did = did, WithProof = true }, call),
            cancellationToken
        );
        (ProvenEntry entry, SubmittedOperation operation) = await ProveVersionAsync(
            answer.Record,
            answer.Version,
            answer.Proof,
            cancellationToken
        );
        RecordChecks.RequireParty(operation, did, answer.Record);
        return new Proven<PartyRecord>(answer.Record, entry);
    }

    /// <summary>Every version of a DID, oldest first. Not proven.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<DidVersion>> ListDidVersionsAsync(
        string did,
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListVersionsRequest request = new()
        {
            Did = did,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListVersionsResponse answer = await _calls.CallAsync(
            call => _dids.ListVersionsAsync(request, call),
            cancellationToken
        );
        return new Page<DidVersion>(answer.Versions, answer.NextPageToken);
    }

    /// <summary>The classes of the ledger or of one pilot, by identifier. Not proven.</summary>
    /// <param name="pilotId">The pilot; empty: all.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<ClassRecord>> ListClassesAsync(
        string pilotId = "",
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListClassesRequest request = new()
        {
            PilotId = pilotId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListClassesResponse answer = await _calls.CallAsync(
            call => _tokens.ListClassesAsync(request, call),
            cancellationToken
        );
        return new Page<ClassRecord>(answer.Classes, answer.NextPageToken);
    }

    /// <summary>The pilots, by identifier. Not proven.</summary>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<PilotRecord>> ListPilotsAsync(
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListPilotsRequest request = new() { PageSize = PageSize(pageSize), PageToken = pageToken };
        ListPilotsResponse answer = await _calls.CallAsync(
            call => _pilots.ListPilotsAsync(request, call),
            cancellationToken
        );
        return new Page<PilotRecord>(answer.Pilots, answer.NextPageToken);
    }

    /// <summary>The tokens of a class, or the live tokens of an owner, by identifier. Not proven.</summary>
    /// <param name="owner">DID of the owner; empty: any. At least one of owner and class is named.</param>
    /// <param name="classId">The class; empty: any.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<TokenRecord>> ListTokensAsync(
        string owner = "",
        string classId = "",
        int pageSize = 0,
        string pageToken = "",
        CancellationToken cancellationToken = default
    )
    {
        ListTokensRequest request = new()
        {
            Owner = owner,
            ClassId = classId,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
        };
        ListTokensResponse answer = await _calls.CallAsync(
            call => _tokens.ListTokensAsync(request, call),
            cancellationToken
        );
        return new Page<TokenRecord>(answer.Tokens, answer.NextPageToken);
    }

    /// <summary>Every version of a token, oldest first. Not proven.</summary>
    /// <param name="classId">Its class.</param>
    /// <param name="tokenId">Its identifier within the class.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<TokenVersion>> GetTokenHistoryAsync(
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
        };
        GetTokenHistoryResponse answer = await _calls.CallAsync(
            call => _tokens.GetTokenHistoryAsync(request, call),
            cancellationToken
        );
        return new Page<TokenVersion>(answer.Versions, answer.NextPageToken);
    }

    /// <summary>How many live tokens of a class a party holds. Not proven.</summary>
    /// <param name="owner">DID of the party.</param>
    /// <param name="classId">The class.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ulong> GetBalanceAsync(
        string owner,
        string classId,
        CancellationToken cancellationToken = default
    )
    {
        GetBalanceResponse answer = await _calls.CallAsync(
            call => _tokens.GetBalanceAsync(new GetBalanceRequest { Owner = owner, ClassId = classId }, call),
            cancellationToken
        );
        return answer.Count;
    }

    private async Task<ResolvedDid> ResolveAsync(ResolveRequest request, CancellationToken cancellationToken)
    {
        request.WithProof = true;
        ResolveResponse answer = await _calls.CallAsync(call => _dids.ResolveAsync(request, call), cancellationToken);
        (ProvenEntry entry, SubmittedOperation operation) = await ProveVersionAsync(
            answer.Record,
            answer.Version,
            answer.Proof,
            cancellationToken
        );
        RecordChecks.RequireDid(entry, operation, request.Did, answer.Record);
        if (operation.Operation.BodyCase == Operation.BodyOneofCase.DeactivateDid)
        {
            // The document of an ended DID is that of the operation before, which the ending one names.
            ProvenEntry? before = await FindAsync(operation.Operation.DeactivateDid.Previous.Memory, cancellationToken);
            if (
                before is not { Operation: { } previous, Outcome: ReasonCode.Applied }
                || RecordChecks.DocumentOf(previous, request.Did) is not { } document
            )
            {
                throw new VerificationException(
                    VerificationCheck.Operation,
                    "the operation before the deactivation is not one that writes this record"
                );
            }
            if (!document.Equals(answer.Record.Document))
            {
                throw new VerificationException(
                    VerificationCheck.Record,
                    "the record is not what the operation before the deactivation made of it: document"
                );
            }
        }
        return new ResolvedDid(answer.Record, entry, answer.NextVersion);
    }

    private async Task<(ProvenEntry Entry, SubmittedOperation Operation)> ProveVersionAsync(
        object? record,
        RecordVersion? version,
        EntryProof? proof,
        CancellationToken cancellationToken
    )
    {
        if (record is null || proof is null)
        {
            throw new VerificationException(VerificationCheck.Form, "the record or its proof is missing");
        }
        ProvenEntry entry = await ProveAsync(proof.Entry.Memory, proof.Proof, cancellationToken);
        return (entry, RecordChecks.RequireWrote(entry, version));
    }

    private static uint PageSize(int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pageSize);
        return (uint)pageSize;
    }
}
