using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Node.Http.Dids;

/// <summary>What a DID resolves to.</summary>
/// <param name="Did">The DID.</param>
/// <param name="Document">Its state; null: this version says that it is deactivated.</param>
/// <param name="Metadata">What is said of it; null: nothing, of a DID that is only a key.</param>
internal sealed record Resolved(string Did, DidDocument? Document, DocumentMetadata? Metadata)
{
    /// <summary>Whether the DID is deactivated, by this version or a later one.</summary>
    public bool IsDeactivated => Metadata?.Deactivated == true;

    /// <summary>When anything that is said of it last changed; null: never.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Time of the log's newest batch, Unix milliseconds; null: no log was asked.</summary>
    public long? KnownAsOfMs { get; init; }
}

/// <summary>Resolves DIDs of this ledger, and those that hold their key themselves.</summary>
internal sealed class DidResolver(EmbeddedLedger ledger, TimeProvider time)
{
    private const string KeyMethod = "key";

    /// <summary>Names of the methods.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["pilot", KeyMethod];

    /// <summary>Resolves a DID.</summary>
    /// <param name="request">The DID, and which version of it.</param>
    /// <param name="resolved">What it resolves to, when nothing is wrong.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public ResolutionFailure? Resolve(ResolutionRequest request, out Resolved? resolved)
    {
        if (request.Url.Method == KeyMethod)
        {
            return ResolveKey(request, out resolved);
        }

        using ReadView view = ledger.Read();
        return ResolveRecorded(view, request, out resolved);
    }

    private static ResolutionFailure? ResolveKey(ResolutionRequest request, out Resolved? resolved)
    {
        resolved = null;
        if (request.VersionId is not null || request.VersionTime is not null || request.WithProof)
        {
            return ResolutionError.FeatureNotSupported.Because(
                "A did:key has no versions and is in no log: it is its key."
            );
        }

        if (!DidKey.TryParse(request.Url.Did, out DidKey? key, out string problem))
        {
            return ResolutionError.InvalidDid.Because($"This is no did:key: {problem}.");
        }

        resolved = new Resolved(request.Url.Did, key.Document, Metadata: null);
        return null;
    }

    private ResolutionFailure? ResolveRecorded(ReadView view, ResolutionRequest request, out Resolved? resolved)
    {
        resolved = null;
        string did = request.Url.Did;
        DateTimeOffset now = time.GetUtcNow();
        Answer<Resolution> answer = DidQueries.Resolve(view, did, Choice(request, now, view), now);
        if (!answer.IsOk)
        {
            return Failure(view, did, answer.Judgement);
        }

        Resolution found = answer.Value;
        Resolution newest = found.Next is null ? found : DidQueries.Resolve(view, did, VersionChoice.Newest, now).Value;
        (DidRecord record, RecordVersion version) = found.Version;
        resolved = new Resolved(
            did,
            record.Deactivated ? null : record.Document,
            new DocumentMetadata
            {
                Record = record,
                Version = version,
                Next = found.Next,
                Deactivated = newest.Version.Record.Deactivated,
                Recovery = found.Recovery,
                Pending = found.Pending,
                ProofBundle = request.WithProof ? Bundle(view, version) : null,
            }
        )
        {
            LastModified = LastModified(newest, now),
            KnownAsOfMs = found.KnownAsOfMs,
        };
        return null;
    }

    // Times of versions are told in whole seconds: what is asked for is the version at the end of the second, so that the time of
    // every version leads to it, or to one of the same second.
    private static VersionChoice Choice(ResolutionRequest request, DateTimeOffset now, ReadView view)
    {
        if (request.VersionId is { } index)
        {
            return VersionChoice.AtIndex(index);
        }

        if (request.VersionTime is not { } seconds)
        {
            return VersionChoice.Newest;
        }

        ulong presentMs = (ulong)Math.Max(now.ToUnixTimeMilliseconds(), view.Head.TimeMs);
        ulong startMs = seconds * 1000;
        return VersionChoice.AtTime(startMs <= presentMs ? Math.Min(startMs + 999, presentMs) : startMs);
    }

    // A DID of another network is a DID, and not of this ledger.
    private static ResolutionFailure Failure(ReadView view, string did, Judgement judgement) =>
        judgement.Reason switch
        {
            ReasonCode.NotFounded => ResolutionError.NotFound.Because(
                "This ledger is not founded yet: it has no DIDs."
            ),
            ReasonCode.InvalidDid when DidSyntax.TryParse(did, out string network, out _) =>
                ResolutionError.NotFound.Because(
                    $"The network {network} is not this ledger's, which is {PilotQueries.FindLedger(view).Value.Network}."
                ),
            ReasonCode.InvalidDid => ResolutionError.InvalidDid.Because(
                $"This is no DID of did:pilot: {ProblemOf(did)}."
            ),
            ReasonCode.DidNotFound => ResolutionError.NotFound.Because("The DID is not registered."),
            ReasonCode.VersionInFuture => ResolutionError.NotFound.Because(
                "The version lies in the future: what it will be is not known yet."
            ),
            _ => ResolutionError.NotFound.Because("The DID has no such version."),
        };

    // The first part that is wrong of did:pilot:<network>:<id>.
    private static string ProblemOf(string did)
    {
        string[] parts = did.Split(':');
        return parts.Length != 4 ? "it has the form did:pilot:<network>:<id>"
            : !DidSyntax.IsNetwork(parts[2]) ? "the network is 1 to 32 of a-z, 0-9 and '-'"
            : parts[3].Length != DidSyntax.IdLength ? $"the id has {DidSyntax.IdLength} characters"
            : parts[3].Any(static c => c is not (>= 'a' and <= 'z' or >= '2' and <= '7'))
                ? "the id is made of a-z and 2-7"
            : "the id ends with a or q, or it would have other spellings";
    }

    // A later version changes what is said of earlier ones; a change of recovery takes effect without any version.
    private static DateTimeOffset? LastModified(Resolution newest, DateTimeOffset now)
    {
        (DidRecord record, RecordVersion version) = newest.Version;
        ulong effectiveMs = newest.Pending is null ? record.Pending?.EffectiveMs ?? 0 : 0;
        ulong seconds = Math.Max(version.TimeMs, effectiveMs) / 1000;

        // Within that second it may change again, and a time could not tell (RFC 9110, section 8.8.2.2).
        return seconds < (ulong)now.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
    }

    private static string Bundle(ReadView view, RecordVersion version)
    {
        EntryProof proof = Proofs.Entry(view, version);
        byte[] hashes = [.. proof.Proof.Hashes.SelectMany(static hash => hash.ToByteArray())];
        return System.Text.Encoding.UTF8.GetString(
            ProofBundle.Write((long)version.Index, hashes, proof.Proof.Checkpoint.Span, proof.Entry.Span)
        );
    }
}
