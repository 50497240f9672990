using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.Queries;
using Ledger.V1;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http;

/// <summary>
/// DIF DID Registration in client-managed secret mode: <c>getVerificationMethod</c>, unless the first request brings the keys, then
/// <c>signPayload</c>, then <c>finished</c>. The node makes the operation, and never has a private key.
/// </summary>
internal sealed class Registrar(EmbeddedLedger ledger, RegistrationJobs jobs, TimeProvider time)
{
    // Longer than a job waits, so that what is signed in time is taken.
    private static readonly TimeSpan OperationLifetime = 2 * RegistrationJobs.Lifetime;

    /// <summary>Does the next step of a job, or the first of a new one.</summary>
    /// <param name="verb">What is done.</param>
    /// <param name="request">What the client says.</param>
    /// <param name="door">The node's own say in what is taken.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<HttpAnswer> AnswerAsync(
        RegistrarVerb verb,
        RegistrarRequest request,
        Door? door,
        CancellationToken cancellationToken
    )
    {
        if (request.JobId is not { } jobId)
        {
            return Begin(verb, request);
        }

        if (!jobs.TryTake(jobId, out RegistrationJob? job))
        {
            return Refuse("jobId: there is no such job: it is finished, or too old, or never was. Begin another");
        }

        RegistrationJob? next = job;
        try
        {
            string? problem =
                job.Verb != verb ? $"jobId: is of a job of {job.Verb.ToString().ToLowerInvariant()}"
                : request.Did is { } did && did != job.Did ? "did: is not that of the job"
                : null;
            if (problem is not null)
            {
                return Refuse(problem, job.Did, jobId);
            }

            if (job is KeysAwaited keysAwaited)
            {
                return Continue(jobId, keysAwaited, request, out next);
            }

            SignaturesAwaited ready = (SignaturesAwaited)job;
            problem = Collect(ready, request, out SignedOperation signed);
            if (problem is not null)
            {
                return Refuse(problem, job.Did, jobId);
            }

            Submission submission = await ledger.SubmitAsync(signed, cancellationToken, door);

            // What is recorded is over, applied or not. Anything else the client may mend, and send again.
            next = submission.Receipt is null ? job : null;
            return Tell(ready, submission, next is null ? null : jobId);
        }
        finally
        {
            jobs.PutBack(jobId, next);
        }
    }

    private HttpAnswer Begin(RegistrarVerb verb, RegistrarRequest request)
    {
        if (request.Signatures.Count > 0)
        {
            return Refuse("secret.signingResponse: nothing was to be signed yet: a first request begins a job");
        }

        Judgement judgement = FindPresent(verb, request, out PresentDid? present);
        string did = present?.Record.Did ?? "";
        if (!judgement.IsOk)
        {
            return RegistrarAnswer.Failed(judgement, did);
        }

        VerificationMethod[] signers =
            present is null ? []
            : verb == RegistrarVerb.Recover ? [.. present.Recovery?.Keys ?? []]
            : UpdateKeysOf(present.Record.Document);
        if (present is not null && signers.Length == 0)
        {
            return Refuse("did: no key could sign this: it has no such key, or all have expired", did);
        }

        string? problem = RegistrationDraft.Begin(verb, request, present, out Operation draft);
        if (problem is not null)
        {
            return Refuse(problem, did);
        }

        bool lacksKeys =
            request.Keys.Count == 0 && RegistrationDraft.DocumentOf(draft) is { VerificationMethods.Count: 0 };
        KeysAwaited job = new(verb, did, draft, signers, request.RecoveryDelaySeconds);
        if (lacksKeys)
        {
            return job.Weight <= Limits.OperationBytesMax
                ? RegistrarAnswer.KeysAwaited(jobs.Add(job), job)
                : Refuse("didDocument: is too large", did);
        }

        problem = Complete(job, request, out SignaturesAwaited? ready, out judgement);
        return problem is not null ? Refuse(problem, did)
            : !judgement.IsOk ? RegistrarAnswer.Failed(judgement, did)
            : RegistrarAnswer.SignaturesAwaited(jobs.Add(ready!), ready!);
    }

    private HttpAnswer Continue(Guid jobId, KeysAwaited job, RegistrarRequest request, out RegistrationJob? next)
    {
        next = job;
        if (request.Keys.Count == 0 || request.Signatures.Count > 0)
        {
            return Refuse("secret.verificationMethod: the job waits for keys, and for nothing else", job.Did, jobId);
        }

        // The job stays as it was when these keys do not do.
        KeysAwaited copy = job with
        {
            Draft = job.Draft.Clone(),
        };
        string? problem = Complete(copy, request, out SignaturesAwaited? ready, out Judgement judgement);
        if (problem is not null)
        {
            return Refuse(problem, job.Did, jobId);
        }

        if (!judgement.IsOk)
        {
            return RegistrarAnswer.Failed(judgement, job.Did, jobId);
        }

        next = ready;
        return RegistrarAnswer.SignaturesAwaited(jobId, ready!);
    }

    // The DID as it is now; none on creation.
    private Judgement FindPresent(RegistrarVerb verb, RegistrarRequest request, out PresentDid? present)
    {
        present = null;
        using ReadView view = ledger.Read();
        Answer<LedgerRecord> founded = PilotQueries.FindLedger(view);
        if (!founded.IsOk)
        {
            return founded.Judgement;
        }

        if (request.Network is { } network && network != founded.Value.Network)
        {
            return Invalid($"options.network: must be {founded.Value.Network}, or absent");
        }

        if (verb == RegistrarVerb.Create)
        {
            return string.IsNullOrEmpty(request.Did)
                ? Judgement.Ok
                : Invalid("did: must be absent: the DID follows from the operation that creates it");
        }

        Answer<Resolution> answer = DidQueries.Resolve(view, request.Did ?? "", VersionChoice.Newest, time.GetUtcNow());
        if (!answer.IsOk)
        {
            return answer.Judgement;
        }

        present = new PresentDid(answer.Value.Version.Record, answer.Value.Recovery);
        return present.Record.Deactivated ? Judgement.Refuse(ReasonCode.DidDeactivated) : Judgement.Ok;
    }

    // From a body to an operation that lacks nothing but signatures.
    private string? Complete(
        KeysAwaited job,
        RegistrarRequest request,
        out SignaturesAwaited? ready,
        out Judgement judgement
    )
    {
        ready = null;
        judgement = Judgement.Ok;
        Operation operation = job.Draft;
        string? problem = RegistrationDraft.AddKeys(request, job.Did, job.RecoveryDelaySeconds, operation);
        if (problem is not null)
        {
            return problem;
        }

        operation.Ledger = ledger.Origin;
        operation.Actor = job.Did;
        operation.NotAfter = (ulong)(Now() + OperationLifetime).ToUnixTimeSeconds();
        operation.Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(Limits.NonceBytes));
        if (RegistrationDraft.DocumentOf(operation) is { } document)
        {
            DropKeptCommitment(document);
        }

        byte[] bytes = OperationCodec.Encode(operation);
        judgement = OperationCodec.DecodeUnsigned(bytes, ledger.Origin, out _);
        if (!judgement.IsOk)
        {
            return null;
        }

        string did = job.Did.Length > 0 ? job.Did : NewDid(bytes);
        IEnumerable<VerificationMethod> signers =
            job.Signers.Count > 0 ? job.Signers : UpdateKeysOf(operation.CreateDid.Document);
        ready = new SignaturesAwaited(
            job.Verb,
            did,
            bytes,
            [
                .. signers
                    .Take(Limits.SignaturesMax)
                    .Select(static (key, i) => new SigningRequest($"signingRequest{i + 1}", key)),
            ]
        );
        return null;
    }

    // A document that commits to the keys that it has could never have others: the commitment was to these, and is kept.
    private static void DropKeptCommitment(DidDocument document)
    {
        if (document.NextKeysCommitment.Span.SequenceEqual(UpdateKeys.Commit(document)))
        {
            document.NextKeysCommitment = ByteString.Empty;
        }
    }

    private static string? Collect(SignaturesAwaited job, RegistrarRequest request, out SignedOperation signed)
    {
        signed = new SignedOperation { Operation = UnsafeByteOperations.UnsafeWrap(job.Operation) };
        if (request.Signatures.Count == 0 || request.Keys.Count > 0)
        {
            return "secret.signingResponse: the job waits for signatures, and for nothing else";
        }

        for (int i = 0; i < request.Signatures.Count; i++)
        {
            SigningResponse response = request.Signatures[i];
            SigningRequest? asked = job.Requests.FirstOrDefault(one => one.Name == response.Request);
            string? problem =
                asked is null ? ": answers no signing request of this job"
                : response.Alg is { } alg && alg != asked.Alg ? $"alg: must be {asked.Alg}"
                : response.Kid is { } kid && kid != $"{job.Did}#{asked.Key.Fragment}" && kid != $"#{asked.Key.Fragment}"
                    ? $"kid: must be that of {asked.Name}"
                : null;
            if (problem is not null)
            {
                return DidDocumentReader.Within($"secret.signingResponse[{i}]", problem);
            }

            signed.Signatures.Add(
                new Signature
                {
                    VerificationMethod = asked!.Key.Fragment,
                    Value = UnsafeByteOperations.UnsafeWrap(response.Signature),
                }
            );
        }

        return null;
    }

    private HttpAnswer Tell(SignaturesAwaited job, Submission submission, Guid? jobId)
    {
        if (!submission.Judgement.IsOk)
        {
            return RegistrarAnswer.Failed(submission.Judgement, job.Did, jobId, submission.Receipt);
        }

        using ReadView view = ledger.Read();
        VersionChoice version = VersionChoice.AtIndex(submission.Receipt!.Index);
        return RegistrarAnswer.Finished(
            job.Verb == RegistrarVerb.Create ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            job.Did,
            DidQueries.Resolve(view, job.Did, version, time.GetUtcNow()).Value,
            submission.Receipt
        );
    }

    private VerificationMethod[] UpdateKeysOf(DidDocument document)
    {
        ulong now = (ulong)Now().ToUnixTimeSeconds();
        return
        [
            .. document.VerificationMethods.Where(key =>
                UpdateKeys.Contains(key) && (key.ValidUntil == 0 || key.ValidUntil >= now)
            ),
        ];
    }

    private string NewDid(byte[] operation)
    {
        byte[] id = new byte[Limits.HashBytes];
        OperationCodec.ComputeId(operation, id);
        using ReadView view = ledger.Read();
        return DidSyntax.FromOperationId(PilotQueries.FindLedger(view).Value.Network, id);
    }

    // Deadlines are judged by the log's time, which may be ahead of this machine's clock.
    private DateTimeOffset Now()
    {
        DateTimeOffset here = time.GetUtcNow();
        DateTimeOffset log = DateTimeOffset.FromUnixTimeMilliseconds(ledger.Head.TimeMs);
        return here > log ? here : log;
    }

    private static Judgement Invalid(string problem) => Judgement.Refuse(ReasonCode.InvalidRequest, problem);

    private static HttpAnswer Refuse(string problem, string did = "", Guid? jobId = null) =>
        RegistrarAnswer.Failed(Invalid(problem), did, jobId);
}
