using Google.Protobuf;
using Google.Protobuf.Collections;
using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs on DIDs, and of documents.</summary>
internal static class DidForms
{
    private static readonly string NotALimit = $"must be at most {Limits.DidQuotaMax}; 0: no limit";

    public static VerbForm[] All =>
        [
            VerbForm.Of<CreateDid>(Check),
            VerbForm.Of<UpdateDid>(Check),
            VerbForm.Of<DeactivateDid>(Check),
            VerbForm.Of<ChangeRecovery>(Check),
            VerbForm.Of<RecoverDid>(Check),
            VerbForm.Of<CancelRecovery>(Check),
            VerbForm.Of<SetDidQuota>(Check),
        ];

    private static string? Check(CreateDid body) =>
        body.Document is null
            ? "document: is missing"
            : Within("document", CheckDocument(body.Document, self: ""))
                ?? Within("recovery", CheckRecovery(body.Recovery));

    private static string? Check(UpdateDid body) =>
        CheckChange(body.Did, body.Previous)
        ?? (
            body.Document is null
                ? "document: is missing"
                : Within("document", CheckDocument(body.Document, self: body.Did))
        );

    private static string? Check(DeactivateDid body) => CheckChange(body.Did, body.Previous);

    private static string? Check(ChangeRecovery body) =>
        CheckChange(body.Did, body.Previous) ?? Within("recovery", CheckRecovery(body.Recovery));

    private static string? Check(RecoverDid body) =>
        CheckChange(body.Did, body.Previous)
        ?? (body.Document is null && body.Recovery is null ? "document: is missing, and recovery too" : null)
        ?? (body.Document is null ? null : Within("document", CheckDocument(body.Document, self: body.Did)))
        ?? Within("recovery", CheckRecovery(body.Recovery));

    private static string? Check(CancelRecovery body) => CheckChange(body.Did, body.Previous);

    private static string? Check(SetDidQuota body) =>
        body.Quota is null ? "quota: is missing" : Within("quota", CheckQuota(body.Quota));

    private static string? CheckChange(string did, ByteString previous) =>
        !DidSyntax.IsDid(did) ? "did: " + NotADid
        : previous.Length != Limits.HashBytes ? "previous: " + NotAHash
        : null;

    public static string? CheckQuota(DidQuota? quota) =>
        quota is null ? null
        : quota.PerHour > Limits.DidQuotaMax ? "per_hour: " + NotALimit
        : quota.PerDay > Limits.DidQuotaMax ? "per_day: " + NotALimit
        : quota.PerWeek > Limits.DidQuotaMax ? "per_week: " + NotALimit
        : null;

    public static string? CheckRecovery(RecoveryPolicy? recovery)
    {
        if (recovery is null)
        {
            return null;
        }
        if (recovery.DelaySeconds > Limits.RecoveryDelaySecondsMax)
        {
            return $"delay_seconds: must be at most {Limits.RecoveryDelaySecondsMax}";
        }
        if (recovery.Keys.Count > Limits.RecoveryKeysMax)
        {
            return $"keys: must be at most {Limits.RecoveryKeysMax}";
        }
        for (int i = 0; i < recovery.Keys.Count; i++)
        {
            if (Within("keys", i, KeyForms.CheckRecoveryKey(recovery.Keys[i])) is string problem)
            {
                return problem;
            }
            for (int j = 0; j < i; j++)
            {
                if (recovery.Keys[j].Fragment == recovery.Keys[i].Fragment)
                {
                    return $"keys[{i}].fragment: is that of keys[{j}]";
                }
                if (recovery.Keys[j].PublicKey.Equals(recovery.Keys[i].PublicKey))
                {
                    return $"keys[{i}].public_key: is that of keys[{j}]";
                }
            }
        }
        return null;
    }

    public static string? CheckDocument(DidDocument document, string self) =>
        CheckMethods(document.VerificationMethods)
        ?? CheckThreshold(document)
        ?? (
            document.NextKeysCommitment.Length is 0 or Limits.HashBytes
                ? null
                : "next_keys_commitment: " + NotAHash + ", or be empty"
        )
        ?? CheckControllers(document.Controllers, self)
        ?? CheckServices(document.Services, document.VerificationMethods)
        ?? CheckAliases(document.AlsoKnownAs);

    private static string? CheckMethods(RepeatedField<VerificationMethod> methods)
    {
        if (methods.Count is 0 or > Limits.VerificationMethodsMax)
        {
            return $"verification_methods: must be 1 to {Limits.VerificationMethodsMax}";
        }
        bool invocable = false;
        for (int i = 0; i < methods.Count; i++)
        {
            if (Within("verification_methods", i, KeyForms.CheckMethod(methods[i])) is string problem)
            {
                return problem;
            }
            for (int j = 0; j < i; j++)
            {
                if (methods[j].Fragment == methods[i].Fragment)
                {
                    return $"verification_methods[{i}].fragment: is that of verification_methods[{j}]";
                }
            }
            invocable |= methods[i].Purposes.Contains(KeyPurpose.CapabilityInvocation);
        }
        return invocable ? null : "verification_methods: none has the purpose CAPABILITY_INVOCATION";
    }

    private static string? CheckThreshold(DidDocument document) =>
        document.UpdateThreshold > 1
        && document.UpdateThreshold > (ulong)Math.Min(UpdateKeys.CountDistinct(document), Limits.SignaturesMax)
            ? $"update_threshold: must be at most the number of update keys, and {Limits.SignaturesMax}"
            : null;

    private static string? CheckControllers(RepeatedField<string> controllers, string self)
    {
        if (controllers.Count > Limits.ControllersMax)
        {
            return $"controllers: must be at most {Limits.ControllersMax}";
        }
        for (int i = 0; i < controllers.Count; i++)
        {
            if (!DidSyntax.IsDid(controllers[i]))
            {
                return $"controllers[{i}]: {NotADid}";
            }
            if (controllers[i] == self)
            {
                return $"controllers[{i}]: must be another DID";
            }
        }
        return CheckDistinct("controllers", controllers);
    }

    // `did#fragment` names one thing: a service may not take a key's name either.
    private static string? CheckServices(RepeatedField<Service> services, RepeatedField<VerificationMethod> methods)
    {
        if (services.Count > Limits.ServicesMax)
        {
            return $"services: must be at most {Limits.ServicesMax}";
        }
        for (int i = 0; i < services.Count; i++)
        {
            if (Within("services", i, Check(services[i])) is string problem)
            {
                return problem;
            }
            for (int j = 0; j < i; j++)
            {
                if (services[j].Fragment == services[i].Fragment)
                {
                    return $"services[{i}].fragment: is that of services[{j}]";
                }
            }
            for (int j = 0; j < methods.Count; j++)
            {
                if (methods[j].Fragment == services[i].Fragment)
                {
                    return $"services[{i}].fragment: is that of verification_methods[{j}]";
                }
            }
        }
        return null;
    }

    private static string? Check(Service service) =>
        !DidSyntax.IsFragment(service.Fragment) ? "fragment: " + NotAName
        : !TextSyntax.IsServiceType(service.Type) ? "type: must be 1 to 64 of A-Z, a-z and 0-9"
        : !TextSyntax.IsUri(service.Endpoint, Limits.UriBytesMax) ? "endpoint: " + NotAUri(Limits.UriBytesMax)
        : null;

    private static string? CheckAliases(RepeatedField<string> aliases)
    {
        if (aliases.Count > Limits.AliasesMax)
        {
            return $"also_known_as: must be at most {Limits.AliasesMax}";
        }
        for (int i = 0; i < aliases.Count; i++)
        {
            if (!TextSyntax.IsUri(aliases[i], Limits.AliasBytesMax))
            {
                return $"also_known_as[{i}]: {NotAUri(Limits.AliasBytesMax)}";
            }
        }
        return CheckDistinct("also_known_as", aliases);
    }
}
