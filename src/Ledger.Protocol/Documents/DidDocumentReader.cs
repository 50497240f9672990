using System.Text.Json;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Protocol.Documents;

/// <summary>
/// Reads what <see cref="DidDocumentWriter"/> writes: the document of a DID, or part of one, as W3C DID 1.0 and 1.1 have it. Strict: a
/// member that this ledger could not keep is refused by its name, never dropped. Whether the whole can be recorded is judged where the
/// operation is (<see cref="OperationCodec"/>). What is wrong comes back as the path of a member, ": " and a few words; of the whole, the
/// path is empty.
/// </summary>
public static class DidDocumentReader
{
    // In the order of DID Core, section 5.3.
    private static readonly (string Name, KeyPurpose Purpose)[] Relationships =
    [
        .. Enum.GetValues<KeyPurpose>()
            .Where(static purpose => DidDocumentWriter.NameOf(purpose) is not null)
            .Select(static purpose => (DidDocumentWriter.NameOf(purpose)!, purpose)),
    ];

    private static readonly string[] DocumentMembers =
    [
        "@context",
        "id",
        "alsoKnownAs",
        "controller",
        "verificationMethod",
        .. Relationships.Select(static one => one.Name),
        "service",
    ];

    private static readonly string[] MethodMembers =
    [
        "id",
        "type",
        "controller",
        "publicKeyMultibase",
        "publicKeyJwk",
        "expires",
    ];

    private static readonly string[] ServiceMembers = ["id", "type", "serviceEndpoint"];

    /// <summary>The purpose that a relationship of a document stands for; null when the name is none.</summary>
    public static KeyPurpose? PurposeOf(string name)
    {
        foreach ((string known, KeyPurpose purpose) in Relationships)
        {
            if (known == name)
            {
                return purpose;
            }
        }

        return null;
    }

    /// <summary>Reads a document, or adds one to another.</summary>
    /// <param name="json">JSON without members that come twice.</param>
    /// <param name="did">The DID that it is of; empty: it has no name yet, and ids in it begin with '#'.</param>
    /// <param name="document">What the document is added to; ids may name its keys.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? Read(JsonElement json, string did, DidDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        string? problem =
            CheckMembers(json, DocumentMembers)
            ?? CheckId(json, did)
            ?? ReadTexts(json, "alsoKnownAs", Limits.AliasesMax, document.AlsoKnownAs.Add)
            ?? ReadControllers(json, did, document)
            ?? ReadEach(
                json,
                "verificationMethod",
                Limits.VerificationMethodsMax,
                one => AddMethod(one, did, document, [])
            );
        foreach ((string name, KeyPurpose purpose) in Relationships)
        {
            problem ??= ReadEach(
                json,
                name,
                Limits.VerificationMethodsMax,
                one => ReadRelationship(one, did, document, purpose)
            );
        }

        return problem ?? ReadEach(json, "service", Limits.ServicesMax, one => AddService(one, did, document));
    }

    /// <summary>Reads a verification method.</summary>
    /// <param name="json">Any JSON.</param>
    /// <param name="did">The DID of its document; empty: it has no name yet.</param>
    /// <param name="method">The method, without purposes.</param>
    /// <param name="otherMembers">Members that it may have beside those of a method.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? ReadMethod(
        JsonElement json,
        string did,
        out VerificationMethod method,
        params string[] otherMembers
    )
    {
        method = new VerificationMethod();
        string fragment = "";
        string? problem =
            CheckMembers(json, [.. MethodMembers, .. otherMembers])
            ?? ReadId(json, did, out fragment)
            ?? ReadText(json, "type", out string type)
            ?? CheckController(json, did)
            ?? ReadKey(json, type, method)
            ?? ReadExpiry(json, method);
        method.Fragment = fragment;
        return problem;
    }

    /// <summary>Reads the name of a key or service: a DID URL of the document, or '#' and the name.</summary>
    /// <param name="json">Any JSON.</param>
    /// <param name="did">The DID of the document; empty: it has no name yet.</param>
    /// <param name="fragment">The name, without '#'.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? ReadReference(JsonElement json, string did, out string fragment)
    {
        string text = json.ValueKind == JsonValueKind.String ? json.GetString()! : "";
        string start = text.StartsWith('#') ? "#" : did + "#";
        fragment = text.StartsWith(start, StringComparison.Ordinal) ? text[start.Length..] : "";
        return DidSyntax.IsFragment(fragment)
            ? null
            : $": must be the DID, '#' and a name, or '#' and a name: 1 to {Limits.FragmentLengthMax} of a-z, 0-9 and '-'";
    }

    /// <summary>Whether an object has no members but these.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? CheckMembers(JsonElement json, IReadOnlyCollection<string> members)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return ": must be a JSON object";
        }

        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!members.Contains(member.Name))
            {
                string name = member.Name.Length <= 32 ? member.Name : member.Name[..32];
                return $"{JsonEncodedText.Encode(name)}: is not a member that is known here";
            }
        }

        return null;
    }

    /// <summary>Reads every item of a list; one that is not there has none.</summary>
    /// <param name="json">The object with the list.</param>
    /// <param name="name">Its member.</param>
    /// <param name="countMax">Most items.</param>
    /// <param name="read">Reads an item and returns what is wrong with it.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? ReadEach(JsonElement json, string name, int countMax, Func<JsonElement, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!json.TryGetProperty(name, out JsonElement list))
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > countMax)
        {
            return $"{name}: must be a list of up to {countMax}";
        }

        int i = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (read(item) is string problem)
            {
                return Within($"{name}[{i}]", problem);
            }

            i++;
        }

        return null;
    }

    /// <summary>Reads the texts of a list; one that is not there has none.</summary>
    /// <inheritdoc cref="ReadEach"/>
    public static string? ReadTexts(JsonElement json, string name, int countMax, Action<string> add) =>
        ReadEach(
            json,
            name,
            countMax,
            one =>
            {
                if (one.ValueKind != JsonValueKind.String)
                {
                    return ": must be text";
                }

                add(one.GetString()!);
                return null;
            }
        );

    /// <summary>Says where a problem is. One that begins with ':' is that of the whole.</summary>
    public static string Within(string place, string problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return problem.StartsWith(':') ? place + problem : $"{place}.{problem}";
    }

    private static bool Is(JsonElement json, string text) =>
        json.ValueKind == JsonValueKind.String && json.ValueEquals(text);

    private static string? ReadText(JsonElement json, string name, out string text)
    {
        text =
            json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : "";
        return text.Length > 0 ? null : $"{name}: must be text";
    }

    private static string? ReadId(JsonElement json, string did, out string fragment)
    {
        fragment = "";
        string? problem = json.TryGetProperty("id", out JsonElement id)
            ? ReadReference(id, did, out fragment)
            : ": is missing";
        return problem is null ? null : Within("id", problem);
    }

    // A document that has no name yet may leave its id out, or empty.
    private static string? CheckId(JsonElement json, string did) =>
        !json.TryGetProperty("id", out JsonElement id) || Is(id, did) ? null
        : did.Length == 0 ? "id: must be absent or empty: the ledger gives it"
        : "id: must be the DID that is changed";

    // The keys of the DID itself can always change it, and it is not named among its controllers.
    private static string? ReadControllers(JsonElement json, string did, DidDocument document)
    {
        if (json.TryGetProperty("controller", out JsonElement one) && one.ValueKind == JsonValueKind.String)
        {
            Add(one.GetString()!);
            return null;
        }

        return ReadTexts(json, "controller", Limits.ControllersMax + 1, Add);

        void Add(string controller)
        {
            if (controller != did)
            {
                document.Controllers.Add(controller);
            }
        }
    }

    private static string? CheckController(JsonElement json, string did) =>
        !json.TryGetProperty("controller", out JsonElement controller) || Is(controller, did)
            ? null
            : "controller: must be the DID of the document, or absent";

    private static string? AddMethod(JsonElement json, string did, DidDocument document, KeyPurpose[] purposes)
    {
        string? problem = ReadMethod(json, did, out VerificationMethod method);
        method.Purposes.AddRange(purposes);
        if (problem is null && document.VerificationMethods.Any(known => known.Fragment == method.Fragment))
        {
            problem = "id: is that of another verification method";
        }

        document.VerificationMethods.Add(method);
        return problem;
    }

    private static string? ReadKey(JsonElement json, string type, VerificationMethod method)
    {
        string? form =
            type == "Multikey" ? "publicKeyMultibase"
            : type is "JsonWebKey" or "JsonWebKey2020" ? "publicKeyJwk"
            : null;
        if (form is null)
        {
            return "type: must be Multikey, JsonWebKey or JsonWebKey2020";
        }

        string other = form == "publicKeyJwk" ? "publicKeyMultibase" : "publicKeyJwk";
        if (!json.TryGetProperty(form, out JsonElement key) || json.TryGetProperty(other, out _))
        {
            return $"{form}: must be there, and no other form of the key";
        }

        if (form == "publicKeyJwk")
        {
            if (!Jwk.TryRead(key, out Jwk? jwk, out string problem))
            {
                return $"{form}: {problem}";
            }

            method.Type = jwk.Type;
            method.PublicKey = ByteString.CopyFrom(jwk.PublicKey.Span);
            return null;
        }

        string text = key.ValueKind == JsonValueKind.String ? key.GetString()! : "";
        if (!Multikey.TryDecode(text, out KeyType found, out byte[] publicKey, out string wrong))
        {
            return $"{form}: {wrong}";
        }

        method.Type = found;
        method.PublicKey = ByteString.CopyFrom(publicKey);
        return null;
    }

    private static string? ReadExpiry(JsonElement json, VerificationMethod method)
    {
        if (!json.TryGetProperty("expires", out JsonElement expires))
        {
            return null;
        }

        string text = expires.ValueKind == JsonValueKind.String ? expires.GetString()! : "";
        if (!TimeText.TryParseSeconds(text, out ulong seconds, out string problem))
        {
            return $"expires: {problem}";
        }

        method.ValidUntil = seconds;
        return seconds > 0 ? null : "expires: must be after 1970-01-01T00:00:00Z";
    }

    // The id of a method, or a method that has this relationship alone.
    private static string? ReadRelationship(JsonElement json, string did, DidDocument document, KeyPurpose purpose)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            return AddMethod(json, did, document, [purpose]);
        }

        if (ReadReference(json, did, out string fragment) is string problem)
        {
            return problem;
        }

        VerificationMethod? method = document.VerificationMethods.FirstOrDefault(known => known.Fragment == fragment);
        if (method is null || method.Purposes.Contains(purpose))
        {
            return method is null
                ? ": names no verification method"
                : ": names a verification method that has this relationship already";
        }

        // Operations have purposes in the order of their numbers.
        int next = method.Purposes.Count(known => known < purpose);
        method.Purposes.Insert(next, purpose);
        return null;
    }

    private static string? AddService(JsonElement json, string did, DidDocument document)
    {
        (string fragment, string type, string endpoint) = ("", "", "");
        string? problem =
            CheckMembers(json, ServiceMembers)
            ?? ReadId(json, did, out fragment)
            ?? ReadText(json, "type", out type)
            ?? ReadText(json, "serviceEndpoint", out endpoint);
        if (problem is not null)
        {
            return problem;
        }

        document.Services.Add(
            new Service
            {
                Fragment = fragment,
                Type = type,
                Endpoint = endpoint,
            }
        );
        return null;
    }
}
