using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
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
        (_, Written<TokenRecord> written) = await ReadNewestAsync(
            StateKey.Of(RecordKind.Token, $"{classId}/{tokenId}"),
            call => _tokens.GetTokenAsync(request, call),
            static answer => (answer.Record, answer.Version, answer.Proof),
            cancellationToken
        );
        RecordChecks.RequireToken(written.Entry, classId, tokenId, written.Record);
        return written;
    }

    /// <summary>A class, with the entry that wrote this version proven.</summary>
    /// <param name="classId">Its identifier.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Written<ClassRecord>> GetClassAsync(string classId, CancellationToken cancellationToken = default)
    {
        (_, Written<ClassRecord> written) = await ReadNewestAsync(
            StateKey.Of(RecordKind.Class, classId),
            call => _tokens.GetClassAsync(new GetClassRequest { ClassId = classId, WithProof = true }, call),
            static answer => (answer.Record, answer.Version, answer.Proof),
            cancellationToken
        );
        RecordChecks.RequireNamed(classId, written.Record.Id, "id");
        return written;
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
        (ResolveResponse answer, Written<DidRecord> written) =
            request.VersionCase == ResolveRequest.VersionOneofCase.None
                ? await ReadNewestAsync(
                    StateKey.Of(RecordKind.Did, request.Did),
                    call => _dids.ResolveAsync(request, call),
                    static answer => (answer.Record, answer.Version, answer.Proof),
                    cancellationToken
                )
                : await ResolveEarlierAsync(request, cancellationToken);
        ProvenEntry entry = written.Entry;
        RecordChecks.RequireDid(entry, request.Did, written.Record);
        RecordChecks.RequireKnown(entry, answer.KnownAsOfMs);
        return new ResolvedDid(
            written.Record,
            entry,
            answer.NextVersion,
            await FindDocumentAsync(entry, written.Record, cancellationToken),
            written.Current
        )
        {
            KnownAsOf = DateTimeOffset.FromUnixTimeMilliseconds((long)answer.KnownAsOfMs),
            Recovery = answer.Recovery,
            Pending = answer.Pending,
        };
    }

    private async Task<(ResolveResponse Answer, Written<DidRecord> Written)> ResolveEarlierAsync(
        ResolveRequest request,
        CancellationToken cancellationToken
    )
    {
        ResolveResponse answer = await _calls.CallAsync(call => _dids.ResolveAsync(request, call), cancellationToken);
        ProvenEntry entry = await ProveVersionAsync(answer.Record, answer.Version, answer.Proof, cancellationToken);
        return (answer, new Written<DidRecord>(answer.Record, entry));
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

    /// <summary>What the ledger holds under keys after its newest batch, or that it holds nothing, each proven.</summary>
    /// <param name="keys">1 to <see cref="Limits.RecordProofsMax"/> keys, see <see cref="StateKey"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One answer a key, in their order; null when the log has no seal yet that names the root of its records.</returns>
    public async Task<IReadOnlyList<ProvenRecord>?> ProveRecordsAsync(
        IReadOnlyList<byte[]> keys,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(keys);
        GetRecordProofsRequest request = new();
        request.Keys.AddRange(keys.Select(static key => UnsafeByteOperations.UnsafeWrap(key)));
        long seen = SeenSize;
        GetRecordProofsResponse answer = await _calls.CallAsync(
            call => _entries.GetRecordProofsAsync(request, call),
            cancellationToken
        );
        ProvenEntry seal = await ProveSealAsync(seen, answer.StateRoot, cancellationToken);
        if (!ProvenRecord.NamesStateRoot(seal))
        {
            return null;
        }
        RecordChecks.RequireComplete(answer.Records.Count == keys.Count);
        return [.. keys.Select((key, i) => ProvenRecord.Verify(key, answer.Records[i], seal))];
    }

    // The newest version of a record: what the map holds under its key. A log whose newest seal is of an older format cannot prove it,
    // and that it is such a seal is proven.
    private async Task<(TAnswer Answer, Written<T> Written)> ReadNewestAsync<TAnswer, T>(
        byte[] key,
        Func<CallOptions, AsyncUnaryCall<TAnswer>> ask,
        Func<TAnswer, (T? Record, RecordVersion? Version, EntryProof? Proof)> read,
        CancellationToken cancellationToken
    )
        where TAnswer : class
        where T : class, IMessage
    {
        long seen = SeenSize;
        TAnswer answer = await _calls.CallAsync(ask, cancellationToken);
        (T? record, RecordVersion? version, EntryProof? proof) = read(answer);
        ProvenEntry entry = await ProveVersionAsync(record, version, proof, cancellationToken);
        RecordChecks.RequireComplete(proof!.Current is not null);
        ProvenEntry seal = await ProveSealAsync(seen, proof.Current!.StateRoot, cancellationToken);
        if (!ProvenRecord.NamesStateRoot(seal))
        {
            return (answer, new Written<T>(record!, entry));
        }
        ProvenRecord current = ProvenRecord.Verify(key, proof.Current.Record, seal);
        if (current.Index != entry.Index || current.Record is not T held)
        {
            throw new VerificationException(
                VerificationCheck.Record,
                $"the entry shown is {entry.Index}, and the state map names {current.Index}"
            );
        }
        if (!held.Equals(record))
        {
            throw new VerificationException(
                VerificationCheck.Record,
                "the record shown is not the one that the state map holds"
            );
        }
        return (answer, new Written<T>(held, entry, current));
    }

    // Size of the newest tree that this client knows. Noted before a question: the answer to it is not older.
    private long SeenSize => _tree.Newest?.Size ?? 0;

    // The last entry of the tree that the node answers at, which is not older than what was seen when it was asked.
    private async Task<ProvenEntry> ProveSealAsync(
        long seen,
        StateRootProof? proof,
        CancellationToken cancellationToken
    )
    {
        RecordChecks.RequireComplete(proof is not null);
        ProvenEntry seal = await ProveAsync(proof!.Seal.Memory, proof.Proof, cancellationToken);
        if (seal.Checkpoint.Size < seen)
        {
            throw new VerificationException(
                VerificationCheck.StateMap,
                $"the answer is as of {seal.Checkpoint.Size} entries, and {seen} had been seen before it was asked for"
            );
        }
        return seal.Index == seal.Checkpoint.Size - 1
            ? seal
            : throw new VerificationException(
                VerificationCheck.StateMap,
                $"the seal is entry {seal.Index}, and not the last of the tree of {seal.Checkpoint.Size}"
            );
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
