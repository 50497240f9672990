using System.Globalization;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="NextPageToken">Where the next page starts; empty: this was the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string NextPageToken);

// What the ledger holds. Of a single record the entry that wrote it is proven; lists, histories and balances are the node's word.
public sealed partial class LedgerClient
{
    // How far back a document is looked for.
    private const int DocumentStepsMax = 32;

    /// <summary>Resolves a DID, with the entry that wrote the version proven.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ResolvedDid> ResolveAsync(string did, CancellationToken cancellationToken = default) =>
        ResolveAsync(new ResolveRequest { Did = did }, cancellationToken);

    /// <summary>Resolves a DID as the entry at an index left it, with that entry proven.</summary>
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
    /// Resolves a DID as it was at a time, with the entry that wrote the version proven. That no version lies between it and that time
    /// is the node's word.
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

    /// <summary>A token, with the entry that wrote this version proven. A burned one is returned with its state.</summary>
    /// <param name="classId">Its class.</param>
    /// <param name="tokenId">Its identifier within the class.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Written<TokenRecord>> GetTokenAsync(
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
        ProvenEntry entry = await ProveVersionAsync(answer.Record, answer.Version, answer.Proof, cancellationToken);
        RecordChecks.RequireToken(entry, classId, tokenId, answer.Record);
        return new Written<TokenRecord>(answer.Record, entry);
    }

    /// <summary>A class, with the entry that wrote this version proven.</summary>
    /// <param name="classId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Written<ClassRecord>> GetClassAsync(string classId, CancellationToken cancellationToken = default)
    {
        GetClassResponse answer = await _calls.CallAsync(
            call => _tokens.GetClassAsync(new GetClassRequest { ClassId = classId, WithProof = true }, call),
            cancellationToken
        );
        ProvenEntry entry = await ProveVersionAsync(answer.Record, answer.Version, answer.Proof, cancellationToken);
        RecordChecks.RequireNamed(classId, answer.Record.Id, "id");
        return new Written<ClassRecord>(answer.Record, entry);
    }

    /// <summary>What was issued of a class so far. Not proven.</summary>
    /// <param name="classId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SupplyRecord> GetSupplyAsync(string classId, CancellationToken cancellationToken = default)
    {
        GetClassResponse answer = await _calls.CallAsync(
            call => _tokens.GetClassAsync(new GetClassRequest { ClassId = classId }, call),
            cancellationToken
        );
        return answer.Supply
            ?? throw new VerificationException(VerificationCheck.Form, "the count of the class's tokens is missing");
    }

    /// <summary>
    /// The numbers that an operation gave to the tokens that it minted without a name, ascending. Found by looking at the class's
    /// newest numbers; the node's word.
    /// </summary>
    /// <param name="classId">The class.</param>
    /// <param name="index">Index of the entry that records the operation.</param>
    /// <param name="count">How many tokens it minted without a name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when so many others were minted since that the search is given up.</returns>
    public async Task<IReadOnlyList<ulong>?> FindMintedNumbersAsync(
        string classId,
        long index,
        int count,
        CancellationToken cancellationToken = default
    )
    {
        const int LooksMax = 4 * Limits.MintItemsMax;
        ulong next = (await GetSupplyAsync(classId, cancellationToken)).NextNumber;
        List<ulong> numbers = [];
        for (int looks = 0; looks < LooksMax && numbers.Count < count && next > 1; looks++)
        {
            next--;
            GetTokenRequest request = new()
            {
                ClassId = classId,
                TokenId = next.ToString(CultureInfo.InvariantCulture),
            };
            try
            {
                GetTokenResponse answer = await _calls.CallAsync(
                    call => _tokens.GetTokenAsync(request, call),
                    cancellationToken
                );
                if (answer.Record.MintedIndex == (ulong)index)
                {
                    numbers.Add(next);
                }
            }
            catch (RefusedException e) when (e.Reason == ReasonCode.TokenNotFound)
            {
                // A number that was skipped because a token was named after a later one.
            }
        }

        numbers.Reverse();
        return numbers.Count == count ? numbers : null;
    }

    /// <summary>Every version of a DID. Not proven.</summary>
    /// <param name="did">The DID.</param>
    /// <param name="pageSize">Most to return: 1 to 1,000; 0: 100.</param>
    /// <param name="pageToken">Where the last page ended; empty: from the start.</param>
    /// <param name="newestFirst">Whether the newest version comes first, and not the oldest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<DidVersion>> ListDidVersionsAsync(
        string did,
        int pageSize = 0,
        string pageToken = "",
        bool newestFirst = false,
        CancellationToken cancellationToken = default
    )
    {
        ListVersionsRequest request = new()
        {
            Did = did,
            PageSize = PageSize(pageSize),
            PageToken = pageToken,
            NewestFirst = newestFirst,
        };
        ListVersionsResponse answer = await _calls.CallAsync(
            call => _dids.ListVersionsAsync(request, call),
            cancellationToken
        );
        RecordChecks.RequireComplete(
            answer.Versions.All(static v => v.Record?.Document is not null && v.Version is not null)
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
        RecordChecks.RequireComplete(answer.Versions.All(static v => v.Record is not null && v.Version is not null));
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
        ProvenEntry entry = await ProveVersionAsync(answer.Record, answer.Version, answer.Proof, cancellationToken);
        RecordChecks.RequireDid(entry, request.Did, answer.Record);
        RecordChecks.RequireKnown(entry, answer.KnownAsOfMs);
        return new ResolvedDid(
            answer.Record,
            entry,
            answer.NextVersion,
            await FindDocumentAsync(entry, answer.Record, cancellationToken)
        )
        {
            KnownAsOf = DateTimeOffset.FromUnixTimeMilliseconds((long)answer.KnownAsOfMs),
            Recovery = answer.Recovery,
            Pending = answer.Pending,
        };
    }

    // The entry whose operation carries a record's document. One that changed the recovery policy alone left the document as it was,
    // and names the operation before it: the ledger applied it because that was the last one, so the chain has no gaps.
    private async Task<ProvenEntry?> FindDocumentAsync(
        ProvenEntry newest,
        DidRecord record,
        CancellationToken cancellationToken
    )
    {
        ProvenEntry? entry = newest;
        for (int steps = 0; steps <= DocumentStepsMax && entry is { Outcome: ReasonCode.Applied }; steps++)
        {
            if (RecordChecks.CarriesDocument(entry, record.Did, record.Document))
            {
                return entry;
            }
            ByteString? previous = RecordChecks.PreviousOf(entry, record.Did);
            entry = previous is null ? null : await FindAsync(previous.Memory, cancellationToken);
        }
        return null;
    }

    private async Task<ProvenEntry> ProveVersionAsync(
        object? record,
        RecordVersion? version,
        EntryProof? proof,
        CancellationToken cancellationToken
    )
    {
        RecordChecks.RequireComplete(record is not null && proof is not null);
        ProvenEntry entry = await ProveAsync(proof!.Entry.Memory, proof.Proof, cancellationToken);
        RecordChecks.RequireWrote(entry, version);
        return entry;
    }

    private static uint PageSize(int pageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pageSize);
        return (uint)pageSize;
    }
}
