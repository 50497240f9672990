using Google.Protobuf.Collections;
using Ledger.Crypto;
using Ledger.V1;

namespace Ledger.Protocol;

/// <summary>
/// The documented range of every field of an operation (proto/ledger/v1/operation.proto). Each check returns null, or the
/// path of the first field that is wrong and what is wrong with it; paths are put together on the way out, so an operation
/// without a problem costs no text.
/// </summary>
internal static class OperationForm
{
    private const int MultihashBytes = 34;

    /// <summary>Finds the first field that is missing or out of its range.</summary>
    /// <param name="operation">An operation with a body.</param>
    /// <returns>Null when there is none; otherwise for example <c>mint.owner: is not a DID</c>.</returns>
    public static string? FindProblem(Operation operation)
    {
        if (operation.NotAfter == 0)
        {
            return "not_after: is missing";
        }
        if (operation.Nonce.Length != Limits.NonceBytes)
        {
            return $"nonce: must have {Limits.NonceBytes} bytes";
        }
        bool createsActor =
            operation.BodyCase is Operation.BodyOneofCase.FoundLedger or Operation.BodyOneofCase.CreateDid;
        if (createsActor && operation.Actor.Length != 0)
        {
            return "actor: must be empty, because the operation creates the DID that acts";
        }
        if (!createsActor && !DidSyntax.IsDid(operation.Actor))
        {
            return "actor: " + NotADid;
        }
        return operation.BodyCase switch
        {
            Operation.BodyOneofCase.FoundLedger => Within("found_ledger", Check(operation.FoundLedger)),
            Operation.BodyOneofCase.CreateDid => Within("create_did", Check(operation.CreateDid)),
            Operation.BodyOneofCase.UpdateDid => Within("update_did", Check(operation.UpdateDid)),
            Operation.BodyOneofCase.DeactivateDid => Within("deactivate_did", Check(operation.DeactivateDid)),
            Operation.BodyOneofCase.AdmitParty => Within("admit_party", Check(operation.AdmitParty)),
            Operation.BodyOneofCase.CreatePilot => Within("create_pilot", Check(operation.CreatePilot)),
            Operation.BodyOneofCase.CreateClass => Within("create_class", Check(operation.CreateClass)),
            Operation.BodyOneofCase.Mint => Within("mint", Check(operation.Mint)),
            Operation.BodyOneofCase.BatchMint => Within("batch_mint", Check(operation.BatchMint)),
            Operation.BodyOneofCase.Transfer => Within("transfer", Check(operation.Transfer)),
            Operation.BodyOneofCase.Burn => Within("burn", Check(operation.Burn)),
            _ => throw new ArgumentException("The operation has no body, or one without checks.", nameof(operation)),
        };
    }

    private const string NotADid = "must be a DID, did:pilot:<network>:<52 characters>";
    private const string NotAName = "must be 1 to 32 of a-z, 0-9 and '-'";
    private const string NotAnId = "must be 1 to 64 of a-z, 0-9, '.', '_', ':' and '-'";
    private const string NotATokenId = "must be 1 to 128 of a-z, 0-9, '.', '_', ':' and '-'";
    private const string NotATitle = "must be 1 to 256 bytes of text without control characters";
    private const string NotAHash = "must have 32 bytes";
    private const string NotAValue = "must be one of the values that are defined, and not 0";

    private static string? Within(string field, string? problem) => problem is null ? null : $"{field}.{problem}";

    private static string? Within(string field, int index, string? problem) =>
        problem is null ? null : $"{field}[{index}].{problem}";

    private static string? Check(FoundLedger body) =>
        !DidSyntax.IsNetwork(body.Network) ? "network: " + NotAName
        : body.Supervisor is null ? "supervisor: is missing"
        : Within("supervisor", Check(body.Supervisor, self: ""));

    private static string? Check(CreateDid body) =>
        body.Document is null ? "document: is missing" : Within("document", Check(body.Document, self: ""));

    private static string? Check(UpdateDid body) =>
        !DidSyntax.IsDid(body.Did) ? "did: " + NotADid
        : body.Previous.Length != Limits.HashBytes ? "previous: " + NotAHash
        : body.Document is null ? "document: is missing"
        : Within("document", Check(body.Document, self: body.Did));

    private static string? Check(DeactivateDid body) =>
        !DidSyntax.IsDid(body.Did) ? "did: " + NotADid
        : body.Previous.Length != Limits.HashBytes ? "previous: " + NotAHash
        : null;

    private static string? Check(DidDocument document, string self) =>
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
            KeyType.Ed25519 => publicKey.Length == Ed25519.PublicKeyBytes ? null : "public_key: must have 32 bytes",
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

    private static string? Check(AdmitParty body) =>
        !DidSyntax.IsDid(body.Party) ? "party: " + NotADid
        : CheckAscending("roles", body.Roles, Role.Supervisor, Role.Relayer) is string problem ? problem
        : body.CredentialCommitment.Length != Limits.HashBytes ? "credential_commitment: " + NotAHash
        : !IsBetween(body.AssuranceLevel, AssuranceLevel.Low, AssuranceLevel.High) ? "assurance_level: " + NotAValue
        : null;

    private static string? Check(CreatePilot body) =>
        !TextSyntax.IsId(body.Id) ? "id: " + NotAnId
        : !TextSyntax.IsTitle(body.Title) ? "title: " + NotATitle
        : !DidSyntax.IsDid(body.Sponsor) ? "sponsor: " + NotADid
        : null;

    private static string? Check(CreateClass body) =>
        !TextSyntax.IsId(body.Id) ? "id: " + NotAnId
        : !TextSyntax.IsId(body.PilotId) ? "pilot_id: " + NotAnId
        : !TextSyntax.IsTitle(body.Name) ? "name: " + NotATitle
        : !IsBetween(body.Category, ClassCategory.Cultural, ClassCategory.Other) ? "category: " + NotAValue
        : body.MaxSupply is 0 or > Limits.SupplyMax ? $"max_supply: must be 1 to {Limits.SupplyMax}"
        : !IsBetween(body.Transferability, Transferability.Free, Transferability.Soulbound)
            ? "transferability: " + NotAValue
        : !IsBetween(body.BurnAuthority, BurnAuthority.Issuer, BurnAuthority.Neither) ? "burn_authority: " + NotAValue
        : null;

    private static string? Check(Mint body) =>
        !TextSyntax.IsId(body.ClassId) ? "class_id: " + NotAnId
        : body.TokenId.Length != 0 && !TextSyntax.IsTokenId(body.TokenId) ? "token_id: " + NotATokenId + ", or empty"
        : !DidSyntax.IsDid(body.Owner) ? "owner: " + NotADid
        : Within("content", Check(body.Content));

    private static string? Check(BatchMint body)
    {
        if (!TextSyntax.IsId(body.ClassId))
        {
            return "class_id: " + NotAnId;
        }
        if (!DidSyntax.IsDid(body.Owner))
        {
            return "owner: " + NotADid;
        }
        if (body.Items.Count is 0 or > Limits.MintItemsMax)
        {
            return $"items: must be 1 to {Limits.MintItemsMax}";
        }
        for (int i = 0; i < body.Items.Count; i++)
        {
            if (Within("items", i, Check(body.Items[i])) is string problem)
            {
                return problem;
            }
        }
        return null;
    }

    private static string? Check(MintItem item) =>
        item.TokenId.Length != 0 && !TextSyntax.IsTokenId(item.TokenId)
            ? "token_id: " + NotATokenId + ", or empty"
            : Within("content", Check(item.Content));

    private static string? Check(TokenContent? content) =>
        content is null ? null
        : !IsMultihash(content.Multihash.Span) ? "multihash: must be 0x12 0x20 and a hash of 32 bytes"
        : !TextSyntax.IsMediaType(content.MediaType)
            ? $"media_type: must be two parts and a '/', in lower case, up to {Limits.MediaTypeLengthMax} bytes"
        : content.Uri.Length != 0 && !TextSyntax.IsUri(content.Uri, Limits.UriBytesMax)
            ? "uri: " + NotAUri(Limits.UriBytesMax) + ", or empty"
        : null;

    private static string? Check(Transfer body) =>
        !TextSyntax.IsId(body.ClassId) ? "class_id: " + NotAnId
        : !TextSyntax.IsTokenId(body.TokenId) ? "token_id: " + NotATokenId
        : !DidSyntax.IsDid(body.FromDid) ? "from_did: " + NotADid
        : !DidSyntax.IsDid(body.ToDid) ? "to_did: " + NotADid
        : null;

    private static string? Check(Burn body) =>
        !TextSyntax.IsId(body.ClassId) ? "class_id: " + NotAnId
        : !TextSyntax.IsTokenId(body.TokenId) ? "token_id: " + NotATokenId
        : null;

    // sha2-256 is function 0x12, and its digest has 0x20 bytes.
    private static bool IsMultihash(ReadOnlySpan<byte> bytes) =>
        bytes.Length == MultihashBytes && bytes[0] == 0x12 && bytes[1] == 0x20;

    private static string NotAUri(int bytesMax) =>
        $"must be a URI with a scheme, up to {bytesMax} bytes of the characters of RFC 3986";

    private static bool IsBetween<T>(T value, T first, T last)
        where T : struct, Enum =>
        Comparer<T>.Default.Compare(value, first) >= 0 && Comparer<T>.Default.Compare(value, last) <= 0;

    private static string? CheckAscending<T>(string field, RepeatedField<T> values, T first, T last)
        where T : struct, Enum
    {
        if (values.Count == 0)
        {
            return field + ": is missing";
        }
        for (int i = 0; i < values.Count; i++)
        {
            if (!IsBetween(values[i], first, last))
            {
                return $"{field}[{i}]: {NotAValue}";
            }
            if (i > 0 && Comparer<T>.Default.Compare(values[i - 1], values[i]) >= 0)
            {
                return field + ": not ascending";
            }
        }
        return null;
    }

    private static string? CheckDistinct(string field, RepeatedField<string> values)
    {
        for (int i = 1; i < values.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (values[i] == values[j])
                {
                    return $"{field}[{i}]: is {field}[{j}] again";
                }
            }
        }
        return null;
    }
}
