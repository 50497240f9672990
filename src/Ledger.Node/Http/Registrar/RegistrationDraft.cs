using System.Text.Json;
using Google.Protobuf;
using Ledger.V1;
using static Ledger.Protocol.Documents.DidDocumentReader;

namespace Ledger.Node.Http;

/// <summary>What a DID is before a change.</summary>
/// <param name="Record">The newest version.</param>
/// <param name="Recovery">The recovery policy in force; null: none.</param>
internal sealed record PresentDid(DidRecord Record, RecoveryPolicy? Recovery);

/// <summary>Makes the body of an operation from what a client has said.</summary>
internal static class RegistrationDraft
{
    private const string RecoveryPurpose = "recovery";

    /// <summary>What the first request of a job asks for; keys that come beside the document are not in it yet.</summary>
    /// <param name="verb">What is done.</param>
    /// <param name="request">The request.</param>
    /// <param name="present">The DID; null: it is created.</param>
    /// <param name="draft">The body of an operation, when nothing is wrong.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? Begin(RegistrarVerb verb, RegistrarRequest request, PresentDid? present, out Operation draft)
    {
        draft = new Operation();
        if (
            verb == RegistrarVerb.Deactivate
            || (
                verb == RegistrarVerb.Update
                && request.Changes is [(DocumentChange.Deactivate, { ValueKind: JsonValueKind.Undefined })]
            )
        )
        {
            draft.DeactivateDid = new DeactivateDid
            {
                Did = present!.Record.Did,
                Previous = present.Record.LastOperation,
            };
            return verb == RegistrarVerb.Deactivate && request.Changes.Count > 0 ? "didDocument: must be absent"
                : request.Keys.Count > 0
                    ? "secret.verificationMethod: must be absent: nobody changes the DID after this"
                : null;
        }

        if (verb == RegistrarVerb.Update && request.Changes.Count == 0 && !IsOfRecoveryAlone(request))
        {
            return "didDocument: is missing";
        }

        DidDocument document = StartingPoint(verb, request, present);
        string did = present?.Record.Did ?? "";
        for (int i = 0; i < request.Changes.Count; i++)
        {
            (string operation, JsonElement json) = request.Changes[i];
            string? problem =
                present is null && operation != DocumentChange.Set
                    ? $": must be {DocumentChange.Set}: there is no document yet"
                    : DocumentChange.Apply(operation, json, did, document);
            if (problem is not null)
            {
                return Within(request.Changes.Count == 1 ? "didDocument" : $"didDocument[{i}]", problem);
            }
        }

        switch (verb)
        {
            case RegistrarVerb.Create:
                draft.CreateDid = new CreateDid { Document = document };
                break;
            case RegistrarVerb.Update when IsOfRecoveryAlone(request):
                draft.ChangeRecovery = new ChangeRecovery { Did = did, Previous = present!.Record.LastOperation };
                break;
            case RegistrarVerb.Update:
                draft.UpdateDid = new UpdateDid
                {
                    Did = did,
                    Previous = present!.Record.LastOperation,
                    Document = document,
                };
                break;
            default:
                draft.RecoverDid = new RecoverDid
                {
                    Did = did,
                    Previous = present!.Record.LastOperation,
                    Document = IsOfRecoveryAlone(request) ? null : document,
                };
                break;
        }

        return
            DocumentOf(draft) is null && (request.UpdateThreshold is not null || request.NextKeysCommitment is not null)
            ? "options.updateThreshold: and nextKeysCommitment are changed with the document"
            : null;
    }

    /// <summary>Adds the keys that came beside the document.</summary>
    /// <param name="request">The request.</param>
    /// <param name="did">The DID; empty: it has no name yet.</param>
    /// <param name="delaySeconds">How long changes of the recovery policy are to be pending; null: as long as usual.</param>
    /// <param name="draft">The body of an operation.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? AddKeys(RegistrarRequest request, string did, uint? delaySeconds, Operation draft)
    {
        RecoveryPolicy policy = new() { DelaySeconds = delaySeconds ?? 0 };
        DidDocument? document = DocumentOf(draft);
        for (int i = 0; i < request.Keys.Count; i++)
        {
            JsonElement json = request.Keys[i];
            string? problem = ReadMethod(json, did, out VerificationMethod method, "purpose");
            problem ??= ReadPurposes(json, method, out bool isRecovery) ?? Place(isRecovery);
            if (problem is not null)
            {
                return Within($"secret.verificationMethod[{i}]", problem);
            }

            string? Place(bool isRecovery)
            {
                if (!isRecovery && document is null)
                {
                    return "purpose: a change of recovery keys has no others";
                }

                (isRecovery ? policy.Keys : document!.VerificationMethods).Add(method);
                return null;
            }
        }

        return SetRecovery(draft, policy);
    }

    /// <summary>The document that an operation brings; null: none.</summary>
    public static DidDocument? DocumentOf(Operation draft) =>
        draft.CreateDid?.Document ?? draft.UpdateDid?.Document ?? draft.RecoverDid?.Document;

    private static DidDocument StartingPoint(RegistrarVerb verb, RegistrarRequest request, PresentDid? present)
    {
        DidDocument document = present?.Record.Document.Clone() ?? new DidDocument();
        if (verb == RegistrarVerb.Recover)
        {
            // Whoever recovers may have lost every key: nothing that the old ones promised binds the new.
            document.UpdateThreshold = 0;
            document.NextKeysCommitment = ByteString.Empty;
            if (request.Changes.Count == 0)
            {
                document.VerificationMethods.Clear();
            }
        }

        document.UpdateThreshold = request.UpdateThreshold ?? document.UpdateThreshold;
        document.NextKeysCommitment = request.NextKeysCommitment is { } commitment
            ? ByteString.CopyFrom(commitment)
            : document.NextKeysCommitment;
        return document;
    }

    // Keys with the purpose "recovery" and nothing else: the document stays as it is.
    private static bool IsOfRecoveryAlone(RegistrarRequest request) =>
        request.Changes.Count == 0
        && request.Keys.Count > 0
        && request.Keys.All(static key =>
            key.ValueKind == JsonValueKind.Object
            && key.TryGetProperty("purpose", out JsonElement purpose)
            && purpose.ValueKind == JsonValueKind.Array
            && purpose
                .EnumerateArray()
                .All(static one => one.ValueKind == JsonValueKind.String && one.ValueEquals(RecoveryPurpose))
        );

    private static string? SetRecovery(Operation draft, RecoveryPolicy policy)
    {
        if (policy.Keys.Count == 0)
        {
            return policy.DelaySeconds > 0 ? "options.recoveryDelaySeconds: is that of no recovery key" : null;
        }

        switch (draft.BodyCase)
        {
            case Operation.BodyOneofCase.CreateDid:
                draft.CreateDid.Recovery = policy;
                return null;
            case Operation.BodyOneofCase.ChangeRecovery:
                draft.ChangeRecovery.Recovery = policy;
                return null;
            case Operation.BodyOneofCase.RecoverDid:
                draft.RecoverDid.Recovery = policy;
                return null;
            default:
                return "secret.verificationMethod: recovery keys are changed by an update of their own, without a document";
        }
    }

    private static string? ReadPurposes(JsonElement json, VerificationMethod method, out bool isRecovery)
    {
        SortedSet<KeyPurpose> purposes = [];
        bool found = false;
        string? problem = ReadEach(
            json,
            "purpose",
            Enum.GetValues<KeyPurpose>().Length,
            one =>
            {
                string name = one.ValueKind == JsonValueKind.String ? one.GetString()! : "";
                found |= name == RecoveryPurpose;
                return name == RecoveryPurpose || (PurposeOf(name) is { } purpose && purposes.Add(purpose))
                    ? null
                    : $": must be {RecoveryPurpose} or a verification relationship, and once";
            }
        );
        isRecovery = found;
        method.Purposes.AddRange(purposes);
        return problem
            ?? (
                isRecovery == purposes.Count > 0
                    ? $"purpose: must name verification relationships, or {RecoveryPurpose} alone"
                    : null
            );
    }
}
