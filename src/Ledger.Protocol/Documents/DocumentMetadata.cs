using System.Globalization;
using System.Text.Json;
using Ledger.V1;

namespace Ledger.Protocol.Documents;

/// <summary>
/// What is said of a version of a DID beside its document (DID Resolution, section 4.3, and members of this method). No value is a
/// number; times have whole seconds, in UTC.
/// </summary>
public sealed record DocumentMetadata
{
    /// <summary>The version.</summary>
    public required DidRecord Record { get; init; }

    /// <summary>Which version it is.</summary>
    public required RecordVersion Version { get; init; }

    /// <summary>The version that followed it; null for the newest.</summary>
    public RecordVersion? Next { get; init; }

    /// <summary>Whether the DID is deactivated, by this version or by a later one.</summary>
    public bool Deactivated { get; init; }

    /// <summary>Who can take the DID back; null: nobody.</summary>
    public RecoveryPolicy? Recovery { get; init; }

    /// <summary>The change of that policy that is pending; null: none.</summary>
    public PendingRecovery? Pending { get; init; }

    /// <summary>A proof bundle with the entry that wrote the version, in C2SP tlog-proof; null: it was not asked for.</summary>
    public string? ProofBundle { get; init; }

    /// <summary>Writes it as a value.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("created", TimeText.OfSeconds(Record.CreatedMs / 1000));
        if (Record.UpdatedMs > 0)
        {
            json.WriteString("updated", TimeText.OfSeconds(Record.UpdatedMs / 1000));
        }

        if (Deactivated)
        {
            json.WriteBoolean("deactivated", true);
        }

        json.WriteString("versionId", Text(Version.Index));
        if (Next is { } next)
        {
            json.WriteString("nextUpdate", TimeText.OfSeconds(next.TimeMs / 1000));
            json.WriteString("nextVersionId", Text(next.Index));
        }

        if (Record.Document.UpdateThreshold > 1)
        {
            json.WriteString("updateThreshold", Text(Record.Document.UpdateThreshold));
        }

        if (!Record.Document.NextKeysCommitment.IsEmpty)
        {
            json.WriteString("nextKeysCommitment", Convert.ToHexStringLower(Record.Document.NextKeysCommitment.Span));
        }

        if (Recovery is { } recovery)
        {
            json.WritePropertyName("recovery");
            Write(json, recovery);
        }

        if (Pending is { } pending)
        {
            json.WritePropertyName("pendingRecovery");
            Write(json, pending);
        }

        if (ProofBundle is { } bundle)
        {
            json.WriteStartArray("proof");
            json.WriteStartObject();
            json.WriteString("type", "c2sp.org/tlog-proof@v1");
            json.WriteString("bundle", bundle);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RecoveryPolicy policy)
    {
        json.WriteStartObject();
        json.WriteString("delaySeconds", Text(Limits.RecoveryDelaySeconds(policy)));
        json.WriteStartArray("keys");
        foreach (VerificationMethod key in policy.Keys)
        {
            // No DID URL: the document may have a key of the same name, and this one is not in it.
            json.WriteStartObject();
            json.WriteString("name", key.Fragment);
            json.WriteString("publicKeyMultibase", Multikey.Encode(key.Type, key.PublicKey.Span));
            if (key.ValidUntil > 0)
            {
                json.WriteString("expires", TimeText.OfSeconds(key.ValidUntil));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PendingRecovery pending)
    {
        json.WriteStartObject();

        // Rounded up: at that second it is in force.
        json.WriteString("effective", TimeText.OfSeconds((pending.EffectiveMs + 999) / 1000));
        json.WriteString("operation", Convert.ToHexStringLower(pending.Operation.Span));
        json.WriteString("rank", Text(pending.Rank));
        if (pending.Recovery is { } policy)
        {
            json.WritePropertyName("recovery");
            Write(json, policy);
        }

        json.WriteEndObject();
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
