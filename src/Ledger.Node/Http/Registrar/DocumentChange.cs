using System.Text.Json;
using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.V1;
using static Ledger.Protocol.Documents.DidDocumentReader;

namespace Ledger.Node.Http;

/// <summary>What an update does with a document: the operations of DIF DID Registration.</summary>
internal static class DocumentChange
{
    public const string Set = "setDidDocument";
    public const string Add = "addToDidDocument";
    public const string Remove = "removeFromDidDocument";
    public const string Deactivate = "deactivate";

    /// <summary>Changes a document.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="json">The document, or a part of one.</param>
    /// <param name="did">The DID.</param>
    /// <param name="document">What is changed.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? Apply(string operation, JsonElement json, string did, DidDocument document)
    {
        switch (operation)
        {
            case Set:
                document.AlsoKnownAs.Clear();
                document.Controllers.Clear();
                document.VerificationMethods.Clear();
                document.Services.Clear();
                return Read(json, did, document);
            case Add:
                return Read(json, did, document);
            case Remove:
                return Subtract(json, did, document);
            default:
                return $": the operation must be {Set}, {Add} or {Remove}; {Deactivate} only alone, on an update";
        }
    }

    // Keys and services are named by their ids; of relationships, the ids in them are taken out. What is not there cannot be removed.
    private static string? Subtract(JsonElement json, string did, DidDocument document)
    {
        string[] relationships = [.. Enum.GetValues<KeyPurpose>().Select(DidDocumentWriter.NameOf).OfType<string>()];
        string? problem =
            CheckMembers(
                json,
                ["@context", "id", "alsoKnownAs", "controller", "verificationMethod", .. relationships, "service"]
            )
            ?? RemoveTexts(json, "alsoKnownAs", Limits.AliasesMax, document.AlsoKnownAs)
            ?? RemoveTexts(json, "controller", Limits.ControllersMax, document.Controllers);
        foreach (string name in relationships)
        {
            KeyPurpose purpose = PurposeOf(name)!.Value;
            problem ??= RemoveNamed(json, name, did, fragment => Find(document, fragment)?.Purposes.Remove(purpose));
        }

        return problem
            ?? RemoveNamed(
                json,
                "verificationMethod",
                did,
                fragment => Find(document, fragment) is { } key && document.VerificationMethods.Remove(key)
            )
            ?? RemoveNamed(
                json,
                "service",
                did,
                fragment =>
                    document.Services.FirstOrDefault(known => known.Fragment == fragment) is { } service
                    && document.Services.Remove(service)
            );
    }

    private static VerificationMethod? Find(DidDocument document, string fragment) =>
        document.VerificationMethods.FirstOrDefault(known => known.Fragment == fragment);

    private static string? RemoveTexts(JsonElement json, string name, int countMax, RepeatedField<string> from)
    {
        List<string> texts = [];
        return ReadTexts(json, name, countMax, texts.Add)
            ?? (texts.All(from.Remove) ? null : $"{name}: is not all there");
    }

    private static string? RemoveNamed(JsonElement json, string name, string did, Func<string, bool?> remove) =>
        ReadEach(
            json,
            name,
            Limits.VerificationMethodsMax,
            one =>
            {
                JsonElement id = one;
                bool isObject = one.ValueKind == JsonValueKind.Object;
                if (isObject && !one.TryGetProperty("id", out id))
                {
                    return "id: is missing";
                }

                return ReadReference(id, did, out string fragment)
                    ?? (remove(fragment) == true ? null : ": is not there");
            }
        );
}
