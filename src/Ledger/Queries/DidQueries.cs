using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>Which version of a DID is meant. By default the newest.</summary>
public readonly record struct VersionChoice
{
    /// <summary>The newest version.</summary>
    public static VersionChoice Newest => default;

    internal ulong? Index { get; private init; }

    internal ulong? TimeMs { get; private init; }

    /// <summary>The version that the entry at an index wrote.</summary>
    public static VersionChoice AtIndex(ulong index) => new() { Index = index };

    /// <summary>The newest version at or before a time, Unix milliseconds.</summary>
    public static VersionChoice AtTime(ulong timeMs) => new() { TimeMs = timeMs };
}

/// <summary>A version of a DID.</summary>
/// <param name="Version">The record, and which version it is.</param>
/// <param name="Next">The version that followed it; null for the newest.</param>
/// <param name="KnownAsOfMs">
/// Time of the log's newest batch, Unix milliseconds: what later ones will say of the DID is not known yet.
/// </param>
public sealed record Resolution(Versioned<DidRecord> Version, RecordVersion? Next, long KnownAsOfMs);

/// <summary>DIDs, at present and at every version.</summary>
public static class DidQueries
{
    /// <summary>
    /// A version of a DID. Refused: NOT_FOUNDED, INVALID_DID, DID_NOT_FOUND, VERSION_NOT_FOUND, VERSION_IN_FUTURE.
    /// </summary>
    /// <param name="view">Where it is read.</param>
    /// <param name="did">The DID.</param>
    /// <param name="choice">Which version.</param>
    /// <param name="now">The present: nothing is known of a time that has not come.</param>
    public static Answer<Resolution> Resolve(ReadView view, string did, VersionChoice choice, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckDid(view, did, "did");
        if (!form.IsOk)
        {
            return form;
        }

        RecordKey key = RecordKey.Did(did);
        if (view.Find(key) is not { } newest)
        {
            return Judgement.Refuse(ReasonCode.DidNotFound);
        }

        Answer<VersionedRecord> found =
            choice.Index is { } index ? AtIndex(view, key, index)
            : choice.TimeMs is { } timeMs ? AtTime(view, key, timeMs, now.ToUnixTimeMilliseconds())
            : newest;
        if (!found.IsOk)
        {
            return found.Judgement;
        }

        VersionedRecord? next = found.Value.Index == newest.Index ? null : view.FindNextVersion(key, found.Value.Index);
        return new Resolution(
            new Versioned<DidRecord>(found.Value),
            next is null ? null : Versioned<DidRecord>.VersionOf(next),
            view.Head.TimeMs
        );
    }

    /// <summary>
    /// Every version of a DID, oldest first. Refused: NOT_FOUNDED, INVALID_DID, INVALID_REQUEST, DID_NOT_FOUND, BAD_PAGE_TOKEN.
    /// </summary>
    public static Answer<Page<Versioned<DidRecord>>> ListVersions(
        ReadView view,
        string did,
        uint pageSize,
        string pageToken
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        Judgement form = Identifiers.CheckDid(view, did, "did");
        return form.IsOk
            ? Versions.Page<DidRecord>(
                view,
                RecordKey.Did(did),
                ReasonCode.DidNotFound,
                "did versions",
                pageSize,
                pageToken
            )
            : form;
    }

    private static Answer<VersionedRecord> AtIndex(ReadView view, RecordKey key, ulong index) =>
        index >= (ulong)view.Head.Size ? Judgement.Refuse(ReasonCode.VersionInFuture, "version_id")
        : view.FindVersion(key, (long)index) is { } found ? found
        : Judgement.Refuse(ReasonCode.VersionNotFound, "version_id");

    // The log's time may be ahead of this machine's clock, and has come all the same.
    private static Answer<VersionedRecord> AtTime(ReadView view, RecordKey key, ulong timeMs, long nowMs) =>
        timeMs > (ulong)Math.Max(nowMs, view.Head.TimeMs)
            ? Judgement.Refuse(ReasonCode.VersionInFuture, "version_time_ms")
        : view.FindVersionAt(key, (long)timeMs) is { } found ? found
        : Judgement.Refuse(ReasonCode.VersionNotFound, "version_time_ms");
}
