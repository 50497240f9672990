using System.Text.Json.Nodes;
using Google.Protobuf;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Cli;

/// <summary>Records, entries and documents as the fields of a result.</summary>
internal static class Fields
{
    /// <summary>A time as RFC 3339 has it, with milliseconds; beyond its years, which a node may claim, as the number that it is.</summary>
    public static string Time(ulong timeMs) => TimeText.OfMs(timeMs);

    /// <summary>Bytes in hexadecimal.</summary>
    public static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

    /// <summary>Where and when an operation was recorded, and what shows it.</summary>
    public static JsonObject Of(ProvenEntry entry) =>
        new()
        {
            ["index"] = entry.Index,
            ["time"] = Time((ulong)entry.TimeMs),
            ["operation_id"] = entry.OperationId.IsEmpty ? null : Convert.ToHexStringLower(entry.OperationId.Span),
            ["checkpoint_size"] = entry.Checkpoint.Size,
        };

    /// <summary>What a ledger held under a key, and when.</summary>
    public static JsonObject Of(ProvenRecord proven)
    {
        ProvenEntry seal = proven.Seal;
        return new()
        {
            ["kind"] = NameOf(proven.Kind),
            ["id"] = proven.Id,
            ["is_there"] = proven.Record is not null,
            ["record"] = proven.Record is { } record ? MessageFields.OfRecord(record) : null,
            ["written_by_entry"] = proven.Record is null ? null : proven.Index,
            ["as_of_entry"] = seal.Index,
            ["as_of"] = Time((ulong)seal.TimeMs),
            ["is_newest_of_checkpoint"] = proven.IsNewest,
            ["state_root"] = Convert.ToHexStringLower(proven.StateRoot.Span),
            ["checkpoint_size"] = seal.Checkpoint.Size,
        };
    }

    /// <summary>A kind of record as people write it: <c>pilot-figures</c>.</summary>
    public static string NameOf(RecordKind kind) =>
        string.Concat(
            $"{kind}".Select(static (c, i) => (i > 0 && char.IsUpper(c) ? "-" : "") + char.ToLowerInvariant(c))
        );

    /// <summary>What an entry records, as it was signed.</summary>
    public static JsonObject OfContent(ProvenEntry entry) => OfContent(entry.Entry, entry.Operation);

    /// <summary>What an entry records, as it was signed.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="operation">Its operation; null when it is a seal, or of a kind that this version does not know.</param>
    public static JsonObject OfContent(Entry entry, SubmittedOperation? operation)
    {
        JsonObject fields = [];
        if (entry.Operation is { } recorded)
        {
            fields["outcome"] = Reasons.Name(recorded.Outcome);
            if (recorded.Verdict is { } verdict)
            {
                fields["verdict"] = Of(verdict);
            }

            fields["actor"] = operation?.Operation.Actor is { Length: > 0 } actor ? actor : null;
            fields["signed_by"] = List(
                recorded.Signatures.Select(static s => Text((s.ByApprover ? "approver#" : "#") + s.VerificationMethod))
            );
            fields["operation"] = operation is { } read
                ? MessageFields.Of(read.Operation)
                : Text("of a kind that this version does not know");
        }
        else
        {
            fields["seal"] = MessageFields.Of(entry.Seal);
        }

        return fields;
    }

    /// <summary>A version of a record.</summary>
    public static JsonObject Of(RecordVersion version) =>
        new() { ["index"] = version.Index, ["time"] = Time(version.TimeMs) };

    /// <summary>A DID.</summary>
    public static JsonObject Of(DidRecord record) =>
        new()
        {
            ["did"] = record.Did,
            ["deactivated"] = record.Deactivated,
            ["created"] = Time(record.CreatedMs),
            ["updated"] = record.UpdatedMs == 0 ? null : Time(record.UpdatedMs),
            ["last_operation"] = Hex(record.LastOperation),
            ["document"] = Of(record.Document),
        };

    /// <summary>A document.</summary>
    public static JsonObject Of(DidDocument document) =>
        new()
        {
            ["verification_methods"] = List(document.VerificationMethods.Select(Of)),
            ["controllers"] = List(document.Controllers.Select(Text)),
            ["services"] = List(
                document.Services.Select(static service => new JsonObject
                {
                    ["fragment"] = service.Fragment,
                    ["type"] = service.Type,
                    ["endpoint"] = service.Endpoint,
                })
            ),
            ["also_known_as"] = List(document.AlsoKnownAs.Select(Text)),
            ["update_threshold"] = UpdateKeys.Threshold(document),
            ["next_keys_commitment"] = document.NextKeysCommitment.IsEmpty ? null : Hex(document.NextKeysCommitment),
        };

    /// <summary>Who can take a DID back, and what of that is about to change.</summary>
    public static JsonObject OfRecovery(ResolvedDid resolved) =>
        new()
        {
            ["recovery"] = resolved.Recovery is { Keys.Count: > 0 } policy ? Of(policy) : null,
            ["recovery_pending"] = resolved.Pending is { } pending
                ? new JsonObject
                {
                    ["proposed"] = DidWords.Policy(pending.Recovery),
                    ["by"] = DidWords.Proposer(pending),
                    ["takes_effect"] = Time(pending.EffectiveMs),
                    ["operation"] = Hex(pending.Operation),
                }
                : null,
        };

    /// <summary>How a document differs from another, in words.</summary>
    public static JsonArray Changes(DidDocument before, DidDocument after) =>
        List(DidWords.Changes(before, after).Select(static change => Text(change)));

    /// <summary>An operation that is on its way from one who signs to the next.</summary>
    public static JsonObject Of(OperationFile file) =>
        new JsonObject
        {
            ["operation_id"] = Convert.ToHexStringLower(file.Id.Span),
            ["ledger"] = file.Operation.Ledger,
            ["not_after"] = Time((ulong)file.NotAfter.ToUnixTimeMilliseconds()),
            ["can_sign"] = List(file.Signers.Select(static key => Text(key.Fragment))),
            ["signed_by"] = List(
                file.Signatures.Where(static s => !s.ByApprover).Select(static s => Text(s.VerificationMethod))
            ),
            ["needed"] = file.Threshold,
        }.With(OfApproval(file));

    // Nothing, when nobody is to approve it.
    private static JsonObject OfApproval(OperationFile file) =>
        file.Operation.Approver.Length == 0
            ? []
            : new JsonObject
            {
                ["approver"] = file.Operation.Approver,
                ["can_approve"] = List(file.Approvers.Select(static key => Text(key.Fragment))),
                ["approved_by"] = List(
                    file.Signatures.Where(static s => s.ByApprover).Select(static s => Text(s.VerificationMethod))
                ),
            };

    /// <summary>What an operation does, in words.</summary>
    public static JsonArray Words(OperationFile file) => List(file.Words.Select(static line => Text(line)));

    private static JsonObject Of(RecoveryPolicy policy) =>
        new()
        {
            ["keys"] = List(policy.Keys.Select(Of)),
            ["delay_seconds"] = (long)DidWords.DelayOf(policy).TotalSeconds,
        };

    /// <summary>A party.</summary>
    public static JsonObject Of(PartyRecord record) =>
        new()
        {
            ["did"] = record.Did,
            ["roles"] = List(record.Roles.Select(static role => Text(EnumNames<Role>.Of(role)))),
            ["assurance"] =
                record.AssuranceLevel == default ? null : EnumNames<AssuranceLevel>.Of(record.AssuranceLevel),
            ["credential_commitment"] = record.CredentialCommitment.IsEmpty ? null : Hex(record.CredentialCommitment),
            ["admitted_by"] = record.AdmittedBy.Length == 0 ? null : record.AdmittedBy,
            ["exited"] = record.Exited,
            ["attestation"] = OfRecord(record.Attestation),
            ["platform_hold"] = OfRecord(record.PlatformHold),
            ["supervisor_hold"] = OfRecord(record.SupervisorHold),
        };

    /// <summary>A pilot as a version of its record says.</summary>
    public static JsonObject Of(PilotRecord record) => Of(record, record.State);

    /// <summary>A pilot.</summary>
    /// <param name="record">The record.</param>
    /// <param name="state">Where it stands, if by time alone it stands elsewhere than the record says.</param>
    public static JsonObject Of(PilotRecord record, PilotState state) =>
        new()
        {
            ["id"] = record.Id,
            ["title"] = record.Title,
            ["sponsor"] = record.Sponsor,
            ["supervisor"] = record.Supervisor.Length == 0 ? null : record.Supervisor,
            ["state"] = EnumNames<PilotState>.Of(state),
            ["reason"] = record.Reason == default ? null : EnumNames<PilotReason>.Of(record.Reason),
            ["evidence_hash"] = record.EvidenceHash.IsEmpty ? null : Hex(record.EvidenceHash),
            ["objections_until"] = record.ObjectionsUntilMs == 0 ? null : Time(record.ObjectionsUntilMs),
            ["assessment"] = record.Assessment.IsEmpty ? null : Hex(record.Assessment),
            ["conclusion"] = record.Conclusion == default ? null : EnumNames<PilotConclusion>.Of(record.Conclusion),
            ["evaluation"] = OfRecord(record.Evaluation),
            ["terms"] = OfRecord(record.Terms),
        };

    /// <summary>A class: its terms.</summary>
    public static JsonObject Of(ClassRecord record) =>
        new()
        {
            ["id"] = record.Id,
            ["pilot"] = record.PilotId,
            ["issuer"] = record.Issuer,
            ["name"] = record.Name,
            ["category"] = EnumNames<ClassCategory>.Of(record.Category),
            ["max_supply"] = record.MaxSupply,
            ["transferability"] = EnumNames<Transferability>.Of(record.Transferability),
            ["burn_authority"] = EnumNames<BurnAuthority>.Of(record.BurnAuthority),
            ["metadata"] = EnumNames<MetadataMutability>.Of(record.MetadataMutability.Or(MetadataMutability.Frozen)),
            ["consent"] = EnumNames<ReceiverConsent>.Of(record.ReceiverConsent.Or(ReceiverConsent.None)),
            ["powers"] = List(record.Powers.Select(static power => Text(EnumNames<ClassPower>.Of(power)))),
            ["policy"] = record.PolicyId.Length == 0 ? null : record.PolicyId,
            ["pause"] = OfRecord(record.Pause),
        };

    /// <summary>A class, and what was issued of it so far.</summary>
    public static JsonObject Of(ClassRecord record, SupplyRecord supply)
    {
        JsonObject fields = Of(record);
        fields["minted"] = supply.Minted;
        fields["burned"] = supply.Burned;
        return fields;
    }

    /// <summary>A token.</summary>
    public static JsonObject Of(TokenRecord record) =>
        new()
        {
            ["class"] = record.ClassId,
            ["token"] = record.TokenId,
            ["owner"] = record.Owner,
            ["state"] = EnumNames<TokenState>.Of(record.State),
            ["minted_index"] = record.MintedIndex,
            ["transferred_index"] = record.TransferredIndex == 0 ? null : record.TransferredIndex,
            ["content"] = record.Content is { } content ? Of(content) : null,
            ["content_versions"] = record.ContentVersions == 0 ? null : record.ContentVersions,
            ["content_frozen"] = record.ContentFrozen ? true : null,
            ["acquired"] = record.AcquiredMs == 0 ? null : Time(record.AcquiredMs),
            ["offer"] = OfRecord(record.Offer),
            ["approved"] = Granted(record.Approved, record.ApprovedUntil),
            ["user"] = Granted(record.User, record.UserUntil),
            ["freeze"] = OfRecord(record.Freeze),
            ["lock"] = record.Lock == default ? null : EnumNames<LockState>.Of(record.Lock),
            ["lock_target"] = record.LockTarget.Length == 0 ? null : record.LockTarget,
        };

    /// <summary>What a judgement said beside its outcome; nothing when it said nothing else.</summary>
    public static JsonObject Of(Verdict? verdict) => verdict is null ? [] : MessageFields.OfRecord(verdict);

    private static JsonObject? OfRecord(IMessage? record) => record is null ? null : MessageFields.OfRecord(record);

    private static JsonObject? Granted(string did, ulong until) =>
        did.Length == 0 ? null : new JsonObject { ["did"] = did, ["until"] = until == 0 ? null : Time(until * 1000) };

    /// <summary>A list.</summary>
    public static JsonArray List(IEnumerable<JsonNode> items) => [.. items];

    /// <summary>A text.</summary>
    public static JsonNode Text(string text) => JsonValue.Create(text);

    /// <summary>Adds the fields of one result to another.</summary>
    public static JsonObject With(this JsonObject fields, JsonObject more)
    {
        foreach ((string name, JsonNode? value) in more)
        {
            fields[name] = value?.DeepClone();
        }

        return fields;
    }

    private static JsonObject Of(VerificationMethod method) =>
        new()
        {
            ["fragment"] = method.Fragment,
            ["type"] = EnumNames<KeyType>.Of(method.Type),
            ["public_key"] = Hex(method.PublicKey),
            ["purposes"] = List(method.Purposes.Select(static purpose => Text(EnumNames<KeyPurpose>.Of(purpose)))),
            ["valid_until"] = method.ValidUntil == 0 ? null : Time(method.ValidUntil * 1000),
        };

    private static JsonObject Of(TokenContent content)
    {
        string multihash = Hex(content.Multihash);
        bool isSha256 = multihash.Length == 68 && multihash.StartsWith("1220", StringComparison.Ordinal);
        return new JsonObject
        {
            [isSha256 ? "sha256" : "multihash"] = isSha256 ? multihash[4..] : multihash,
            ["media_type"] = content.MediaType,
            ["size"] = content.Size,
            ["uri"] = content.Uri,
            ["fields_root"] = content.FieldsRoot.IsEmpty ? null : Hex(content.FieldsRoot),
        };
    }
}
