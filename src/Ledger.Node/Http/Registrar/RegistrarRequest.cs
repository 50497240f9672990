using System.Text.Json;
using Ledger.Protocol;
using static Ledger.Protocol.Documents.DidDocumentReader;

namespace Ledger.Node.Http;

/// <summary>What is done to a DID: one path of the registrar each.</summary>
internal enum RegistrarVerb
{
    Create,
    Update,
    Deactivate,
    Recover,
}

/// <summary>One answer to a signing request.</summary>
/// <param name="Request">Name of the signing request.</param>
/// <param name="Kid">The key that signed, if that was said.</param>
/// <param name="Alg">Its algorithm, if that was said.</param>
/// <param name="Signature">The signature, decoded.</param>
internal sealed record SigningResponse(string Request, string? Kid, string? Alg, byte[] Signature);

/// <summary>
/// A request to the registrar (DIF DID Registration), in client-managed secret mode. It begins a job, or goes on with one: then what was
/// said at the beginning stands.
/// </summary>
internal sealed record RegistrarRequest
{
    private const int SignatureLengthMax = 1_024;

    private static readonly string[] Members =
    [
        "jobId",
        "did",
        "options",
        "secret",
        "didDocument",
        "didDocumentOperation",
    ];

    private static readonly string[] OptionMembers =
    [
        "clientSecretMode",
        "storeSecrets",
        "returnSecrets",
        "network",
        "updateThreshold",
        "nextKeysCommitment",
        "recoveryDelaySeconds",
    ];

    private static readonly string[] SecretMembers = ["verificationMethod", "signingResponse"];
    private static readonly string[] ResponseMembers = ["signature", "kid", "alg"];

    /// <summary>The job; null: the request begins one.</summary>
    public Guid? JobId { get; private set; }

    /// <summary>The DID; null: not said.</summary>
    public string? Did { get; private set; }

    /// <summary>The network; null: not said.</summary>
    public string? Network { get; private set; }

    /// <summary>How many update keys must sign a change; null: not said.</summary>
    public uint? UpdateThreshold { get; private set; }

    /// <summary>Commitment to the next update keys; empty: none; null: not said.</summary>
    public byte[]? NextKeysCommitment { get; private set; }

    /// <summary>How long a change of the recovery policy is pending; null: not said.</summary>
    public uint? RecoveryDelaySeconds { get; private set; }

    /// <summary>Public keys, each with its purposes.</summary>
    public IReadOnlyList<JsonElement> Keys { get; private set; } = [];

    /// <summary>Signatures.</summary>
    public IReadOnlyList<SigningResponse> Signatures { get; private set; } = [];

    /// <summary>Documents or parts of them, each with what is done with it.</summary>
    public IReadOnlyList<(string Operation, JsonElement Document)> Changes { get; private set; } = [];

    /// <summary>Reads a request.</summary>
    /// <param name="json">The body. The request needs it for as long as it is in use.</param>
    /// <param name="request">The request, when nothing is wrong.</param>
    /// <returns>What is wrong, and where; null when nothing is.</returns>
    public static string? Read(JsonElement json, out RegistrarRequest request)
    {
        request = new RegistrarRequest();
        return CheckMembers(json, Members)
            ?? request.ReadJob(json)
            ?? request.ReadOptions(json)
            ?? request.ReadSecret(json)
            ?? request.ReadChanges(json);
    }

    private string? ReadJob(JsonElement json)
    {
        string? did = null;
        string? problem = ReadText(json, "jobId", out string? jobId) ?? ReadText(json, "did", out did);
        if (problem is not null)
        {
            return problem;
        }

        // Only the form that was given out.
        if (jobId is not null && !Guid.TryParseExact(jobId, "D", out _))
        {
            return "jobId: must be a UUID that an answer brought";
        }

        JobId = jobId is null ? null : Guid.ParseExact(jobId, "D");
        Did = did;
        return null;
    }

    // Defaults of DIF DID Registration are those of a registrar that keeps keys: so the mode must be named, once a job.
    private string? ReadOptions(JsonElement json)
    {
        if (!json.TryGetProperty("options", out JsonElement options))
        {
            return JobId is null ? NotThisMode : null;
        }

        string? problem = CheckMembers(options, OptionMembers);
        if (problem is not null)
        {
            return Within("options", problem);
        }

        bool isNamed = options.TryGetProperty("clientSecretMode", out JsonElement mode);
        if (isNamed ? mode.ValueKind != JsonValueKind.True : JobId is null)
        {
            return NotThisMode;
        }

        foreach (string name in (string[])["storeSecrets", "returnSecrets"])
        {
            if (options.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.False)
            {
                return $"options.{name}: must be false: this node never has a private key";
            }
        }

        (uint? threshold, uint? delay, byte[]? commitment) = (null, null, null);
        problem =
            ReadText(options, "network", out string? network)
            ?? ReadNumber(options, "updateThreshold", out threshold)
            ?? ReadNumber(options, "recoveryDelaySeconds", out delay)
            ?? ReadCommitment(options, out commitment);
        if (problem is not null)
        {
            return Within("options", problem);
        }

        (Network, UpdateThreshold, RecoveryDelaySeconds, NextKeysCommitment) = (network, threshold, delay, commitment);
        return null;
    }

    private static string NotThisMode =>
        "options.clientSecretMode: must be true: this node never has a private key, so the client keeps them and signs";

    private string? ReadSecret(JsonElement json)
    {
        if (!json.TryGetProperty("secret", out JsonElement secret))
        {
            return null;
        }

        List<JsonElement> keys = [];
        string? problem =
            CheckMembers(secret, SecretMembers)
            ?? ReadEach(
                secret,
                "verificationMethod",
                Limits.VerificationMethodsMax + Limits.RecoveryKeysMax,
                key =>
                {
                    keys.Add(key);
                    return null;
                }
            )
            ?? ReadSignatures(secret);
        Keys = keys;
        return problem is null ? null : Within("secret", problem);
    }

    private string? ReadSignatures(JsonElement secret)
    {
        if (!secret.TryGetProperty("signingResponse", out JsonElement responses))
        {
            return null;
        }

        if (responses.ValueKind != JsonValueKind.Object || responses.GetPropertyCount() > Limits.SignaturesMax)
        {
            return $"signingResponse: must be an object of up to {Limits.SignaturesMax} responses";
        }

        List<SigningResponse> read = [];
        foreach (JsonProperty one in responses.EnumerateObject())
        {
            string? signature = null;
            string? problem =
                CheckMembers(one.Value, ResponseMembers)
                ?? ReadText(one.Value, "kid", out string? kid)
                ?? ReadText(one.Value, "alg", out string? alg)
                ?? ReadText(one.Value, "signature", out signature)
                ?? (
                    signature is { Length: <= SignatureLengthMax } && Base64Text.Decode(signature) is { } bytes
                        ? Add(bytes)
                        : "signature: must be base64 or base64url"
                );
            if (problem is not null)
            {
                // Names are the client's own, of any length and kind: the place among them says enough.
                return Within($"signingResponse[{read.Count}]", problem);
            }

            string? Add(byte[] value)
            {
                read.Add(new SigningResponse(one.Name, Text("kid"), Text("alg"), value));
                return null;
            }

            string? Text(string name) =>
                one.Value.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
        }

        Signatures = read;
        return null;
    }

    // On create and recover one document stands alone; on update it may be a list beside a list of what is done with each.
    private string? ReadChanges(JsonElement json)
    {
        List<string> operations = [];
        string? problem = ReadTexts(json, "didDocumentOperation", 8, operations.Add);
        JsonElement[] documents = json.TryGetProperty("didDocument", out JsonElement document)
            ? document.ValueKind switch
            {
                JsonValueKind.Null => [],
                JsonValueKind.Array => [.. document.EnumerateArray().Take(9)],
                _ => [document],
            }
            : [];
        if (problem is null && operations.Count == 0 && documents.Length == 1)
        {
            operations.Add(DocumentChange.Set);
        }

        // What ends a DID has no document.
        if (problem is null && operations is [DocumentChange.Deactivate])
        {
            documents = documents.Length == 0 ? [default] : documents;
        }

        problem ??=
            operations.Count != documents.Length
                ? "didDocumentOperation: must name one operation for each didDocument, up to 8"
                : null;
        Changes = problem is null ? [.. operations.Zip(documents)] : [];
        return problem;
    }

    private static string? ReadText(JsonElement json, string name, out string? text)
    {
        text = null;
        if (!json.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is null ? $"{name}: must be text" : null;
    }

    private static string? ReadNumber(JsonElement json, string name, out uint? number)
    {
        number = null;
        if (!json.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetUInt32(out uint read))
        {
            return $"{name}: must be a whole number";
        }

        number = read;
        return null;
    }

    private static string? ReadCommitment(JsonElement json, out byte[]? commitment)
    {
        commitment = null;
        string? problem = ReadText(json, "nextKeysCommitment", out string? text);
        if (problem is not null || text is null)
        {
            return problem;
        }

        if (text.Length is not (0 or 2 * Limits.HashBytes) || text.Any(static c => !char.IsAsciiHexDigitLower(c)))
        {
            return "nextKeysCommitment: must be 64 of 0-9 and a-f, or empty";
        }

        commitment = Convert.FromHexString(text);
        return null;
    }
}
