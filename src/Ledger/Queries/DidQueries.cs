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
/// <param name="Recovery">
/// The recovery policy in force at the time that was asked for, at that of the version that was asked for, or, for the newest, at that
/// of the log; null: none.
/// </param>
/// <param name="Pending">The change of it that was pending at that time; null: none.</param>
public sealed record Resolution(
    Versioned<DidRecord> Version,
    RecordVersion? Next,
    long KnownAsOfMs,
    RecoveryPolicy? Recovery,
    PendingRecovery? Pending
);

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
        Answer<StoredVersion> found =
            choice.Index is { } index ? AtIndex(view, key, index)
            : choice.TimeMs is { } timeMs ? AtTime(view, key, timeMs, now.ToUnixTimeMilliseconds())
            : Newest(view, key);
        if (!found.IsOk)
        {
            // That there is no such DID comes before whatever else is wrong.
            return view.Find(key) is null ? Judgement.Refuse(ReasonCode.DidNotFound) : found.Judgement;
        }

        Versioned<DidRecord> version = new(found.Value.Version);
        ulong asOfMs = Math.Min(
            (ulong)view.Head.TimeMs,
            choice.TimeMs ?? (choice.Index is null ? ulong.MaxValue : version.Version.TimeMs)
        );
        return new Resolution(
            version,
            found.Value.Next,
            view.Head.TimeMs,
            Recovery.InForce(version.Record, asOfMs),
            Recovery.Pending(version.Record, asOfMs)
        );
    }

    /// <summary>
    /// Every version of a DID, oldest or newest first. Refused: NOT_FOUNDED, INVALID_DID, INVALID_REQUEST, DID_NOT_FOUND, BAD_PAGE_TOKEN.
    /// </summary>
    public static Answer<Page<Versioned<DidRecord>>> ListVersions(
        ReadView view,
        string did,
        bool newestFirst,
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
                newestFirst,
                pageSize,
                pageToken
            )
            : form;
    }

    private static Answer<StoredVersion> Newest(ReadView view, RecordKey key) =>
        view.Find(key) is { } newest ? new StoredVersion(newest, Next: null) : Judgement.Refuse(ReasonCode.DidNotFound);

    private static Answer<StoredVersion> AtIndex(ReadView view, RecordKey key, ulong index) =>
        index >= (ulong)view.Head.Size ? Judgement.Refuse(ReasonCode.VersionInFuture, "version_id")
        : view.FindVersion(key, (long)index) is { } found ? found
        : Judgement.Refuse(ReasonCode.VersionNotFound, "version_id");

    // The log's time may be ahead of this machine's clock, and has come all the same.
    private static Answer<StoredVersion> AtTime(ReadView view, RecordKey key, ulong timeMs, long nowMs) =>
        timeMs > (ulong)Math.Max(nowMs, view.Head.TimeMs)
            ? Judgement.Refuse(ReasonCode.VersionInFuture, "version_time_ms")
        : view.FindVersionAt(key, (long)timeMs) is { } found ? found
        : Judgement.Refuse(ReasonCode.VersionNotFound, "version_time_ms");
}
