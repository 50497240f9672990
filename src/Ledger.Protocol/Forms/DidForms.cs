using Google.Protobuf.Collections;
using Ledger.Crypto;
using Ledger.V1;
using static Ledger.Protocol.FieldForms;

namespace Ledger.Protocol;

/// <summary>The forms of the verbs on DIDs, and of documents.</summary>
internal static class DidForms
{
    public static VerbForm[] All =>
        [VerbForm.Of<CreateDid>(Check), VerbForm.Of<UpdateDid>(Check), VerbForm.Of<DeactivateDid>(Check)];

    private static string? Check(CreateDid body) =>
        body.Document is null ? "document: is missing" : Within("document", CheckDocument(body.Document, self: ""));

    private static string? Check(UpdateDid body) =>
        !DidSyntax.IsDid(body.Did) ? "did: " + NotADid
        : body.Previous.Length != Limits.HashBytes ? "previous: " + NotAHash
        : body.Document is null ? "document: is missing"
        : Within("document", CheckDocument(body.Document, self: body.Did));

    private static string? Check(DeactivateDid body) =>
        !DidSyntax.IsDid(body.Did) ? "did: " + NotADid
        : body.Previous.Length != Limits.HashBytes ? "previous: " + NotAHash
        : null;

    public static string? CheckDocument(DidDocument document, string self) =>
        CheckMethods(document.VerificationMethods)
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
            if (Within("verification_methods", i, Check(methods[i])) is string problem)
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

    private static string? Check(VerificationMethod method) =>
        !DidSyntax.IsFragment(method.Fragment)
            ? "fragment: " + NotAName
            : CheckKey(method.Type, method.PublicKey.Span)
                ?? CheckAscending(
                    "purposes",
                    method.Purposes,
                    KeyPurpose.Authentication,
                    KeyPurpose.CapabilityDelegation
                );

    private static string? CheckKey(KeyType type, ReadOnlySpan<byte> publicKey) =>
        type switch
        {
            KeyType.Secp256K1 => Ecdsa.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of secp256k1, compressed to 33 bytes",
            KeyType.Ed25519 => Ed25519.IsPublicKey(publicKey)
                ? null
                : "public_key: must be a point of Ed25519, canonical in its 32 bytes and not of small order",
            _ => "type: " + NotAValue,
        };

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
