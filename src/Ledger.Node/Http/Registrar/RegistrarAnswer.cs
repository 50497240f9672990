using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.Queries;
using Ledger.V1;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http;

/// <summary>The answers of the registrar: states of DIF DID Registration, section "State Machine".</summary>
internal static class RegistrarAnswer
{
    private const string RecoveryPurpose = "recovery";
    private const int RetryAfterSeconds = 1;

    // What the client makes keys for. It may give them other names, and further purposes.
    private static readonly (string Id, string[] Purposes)[] Template =
    [
        ("#key-1", ["authentication", "assertionMethod", "capabilityInvocation"]),
        ("#recovery-1", [RecoveryPurpose]),
    ];

    /// <summary>The client is asked for keys.</summary>
    public static HttpAnswer KeysAwaited(Guid jobId, KeysAwaited job) =>
        Of(
            StatusCodes.Status200OK,
            jobId,
            json =>
            {
                WriteState(json, "action", job.Did);
                json.WriteString("action", "getVerificationMethod");
                json.WriteStartArray("verificationMethodTemplate");
                foreach ((string id, string[] purposes) in Template)
                {
                    json.WriteStartObject();
                    json.WriteString("id", id);
                    json.WriteString("type", "Multikey");
                    json.WriteStartArray("purpose");
                    foreach (string purpose in purposes)
                    {
                        json.WriteStringValue(purpose);
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );

    /// <summary>The client is asked for signatures.</summary>
    public static HttpAnswer SignaturesAwaited(Guid jobId, SignaturesAwaited job) =>
        Of(
            StatusCodes.Status200OK,
            jobId,
            json =>
            {
                WriteState(json, "action", job.Did);
                json.WriteString("action", "signPayload");
                json.WriteStartObject("signingRequest");
                foreach (SigningRequest request in job.Requests)
                {
                    json.WriteStartObject(request.Name);
                    json.WriteString("kid", $"{job.Did}#{request.Key.Fragment}");
                    json.WriteString("alg", request.Alg);
                    json.WriteString(
                        "purpose",
                        job.Verb == RegistrarVerb.Recover
                            ? RecoveryPurpose
                            : DidDocumentWriter.NameOf(KeyPurpose.CapabilityInvocation)
                    );
                    json.WriteBase64String("serializedPayload", job.Message);
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }
        );

    /// <summary>It is recorded.</summary>
    /// <param name="status">Status code of HTTP.</param>
    /// <param name="did">The DID.</param>
    /// <param name="version">What it is now.</param>
    /// <param name="receipt">Of the entry.</param>
    public static HttpAnswer Finished(int status, string did, Resolution version, Receipt receipt)
    {
        DidRecord record = version.Version.Record;
        return Of(
            status,
            jobId: null,
            json =>
            {
                WriteState(json, "finished", did);
                json.WriteStartObject("secret");
                json.WriteEndObject();
                if (!record.Deactivated)
                {
                    json.WritePropertyName("didDocument");
                    new DidDocumentWriter(DocumentSyntax.JsonLd10).Write(json, did, record.Document);
                }
            },
            receipt,
            new DocumentMetadata
            {
                Record = record,
                Version = version.Version.Version,
                Next = version.Next,
                Deactivated = record.Deactivated,
                Recovery = version.Recovery,
                Pending = version.Pending,
            }
        );
    }

    /// <summary>It is refused.</summary>
    /// <param name="judgement">Why.</param>
    /// <param name="did">The DID, if it has a name.</param>
    /// <param name="jobId">The job, if it still waits for its client; null: it is over.</param>
    /// <param name="receipt">Of the entry, if the refusal was recorded.</param>
    public static HttpAnswer Failed(Judgement judgement, string did = "", Guid? jobId = null, Receipt? receipt = null)
    {
        int status = StatusOf(judgement.Reason);
        HttpAnswer answer = Of(
            status,
            jobId,
            json =>
            {
                WriteState(json, "failed", did);
                json.WriteString("reason", Reasons.Message(judgement));
            },
            receipt
        );
        long seconds = Math.Max(RetryAfterSeconds, (judgement.RetryAfterMs + 999) / 1000);
        return status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable
            ? answer with
            {
                Headers = [("Retry-After", seconds.ToString(CultureInfo.InvariantCulture))],
            }
            : answer;
    }

    private static int StatusOf(ReasonCode reason) =>
        reason switch
        {
            ReasonCode.DidQuota or ReasonCode.PeerQuota => StatusCodes.Status429TooManyRequests,
            ReasonCode.Overloaded or ReasonCode.Stopping or ReasonCode.ClockJumped =>
                StatusCodes.Status503ServiceUnavailable,
            ReasonCode.Internal => StatusCodes.Status500InternalServerError,
            _ => StatusCodes.Status400BadRequest,
        };

    private static void WriteState(Utf8JsonWriter json, string state, string did)
    {
        json.WriteString("state", state);
        if (did.Length > 0)
        {
            json.WriteString("did", did);
        }
    }

    private static HttpAnswer Of(
        int status,
        Guid? jobId,
        Action<Utf8JsonWriter> writeState,
        Receipt? receipt = null,
        DocumentMetadata? metadata = null
    )
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, DidDocumentWriter.JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("jobId", jobId?.ToString("D"));
            json.WriteStartObject("didState");
            writeState(json);
            json.WriteEndObject();
            json.WriteStartObject("didRegistrationMetadata");
            if (receipt is not null)
            {
                json.WriteString("operation", Convert.ToHexStringLower(receipt.OperationId.Span));
                json.WriteString("entry", receipt.Index.ToString(CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
            json.WritePropertyName("didDocumentMetadata");
            if (metadata is null)
            {
                json.WriteStartObject();
                json.WriteEndObject();
            }
            else
            {
                metadata.Write(json);
            }

            json.WriteEndObject();
        }

        return new HttpAnswer(status, "application/json", body.WrittenMemory);
    }
}
