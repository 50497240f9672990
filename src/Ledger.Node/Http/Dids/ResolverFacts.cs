using System.Buffers;
using System.Reflection;
using System.Text.Json;
using Ledger.Protocol.Documents;
using Ledger.Queries;
using Ledger.V1;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Http.Dids;

/// <summary>What a resolver says of itself, where the Universal Resolver asks its drivers.</summary>
internal sealed class ResolverFacts(EmbeddedLedger ledger)
{
    // The first vectors of did:key, of Ed25519 and of secp256k1.
    private static readonly string[] SampleKeys =
    [
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
    ];

    // DIF DID Traits: what is true of each method; the others are false.
    private static readonly (string Trait, bool OfPilot, bool OfKey)[] Traits =
    [
        ("updateable", true, false),
        ("updateableServiceEndpoints", true, false),
        ("updateableVerificationMethods", true, false),
        ("deactivatable", true, false),
        ("deletable", false, false),
        ("transactionalFees", false, false),
        ("selfCertifying", true, true),
        ("prerotationOfKeys", true, false),
        ("multisigVerificationMethod", true, false),
        ("humanReadable", false, false),
        ("enumerable", true, false),
        ("resolvableLocally", false, true),
        ("resolvableGlobally", true, true),
        ("history", true, false),
        ("historySigned", true, false),
        ("hostingNotRequired", false, true),
        ("hostedCentrally", true, false),
        ("hostedDecentrally", false, false),
    ];

    /// <summary>What it is: texts and lists of texts.</summary>
    public HttpAnswer Properties()
    {
        LedgerRecord? record = Founded();
        return Answer(json =>
        {
            json.WriteStartObject();
            WriteList(json, "methods", DidResolver.Methods);
            json.WriteString("origin", ledger.Origin);
            json.WriteString("logKey", ledger.LogKey.ToString());
            if (record is not null)
            {
                json.WriteString("network", record.Network);
            }

            json.WriteString("version", Assembly.GetExecutingAssembly().GetName().Version!.ToString(3));
            json.WriteEndObject();
        });
    }

    /// <summary>The methods that it resolves.</summary>
    public static HttpAnswer Methods() =>
        Answer(static json =>
        {
            json.WriteStartArray();
            foreach (string method in DidResolver.Methods)
            {
                json.WriteStringValue(method);
            }

            json.WriteEndArray();
        });

    /// <summary>DIDs that it resolves, of each method.</summary>
    public HttpAnswer TestIdentifiers()
    {
        LedgerRecord? record = Founded();
        return Answer(json =>
        {
            json.WriteStartObject();
            WriteList(json, "pilot", record is null ? [] : [record.Supervisor]);
            WriteList(json, "key", SampleKeys);
            json.WriteEndObject();
        });
    }

    /// <summary>Traits of each method.</summary>
    public static HttpAnswer MethodTraits() =>
        Answer(static json =>
        {
            json.WriteStartObject();
            Write(json, "pilot", static trait => trait.OfPilot);
            Write(json, "key", static trait => trait.OfKey);
            json.WriteEndObject();

            static void Write(
                Utf8JsonWriter json,
                string method,
                Func<(string Trait, bool OfPilot, bool OfKey), bool> of
            )
            {
                json.WriteStartObject(method);
                foreach ((string Trait, bool, bool) trait in Traits)
                {
                    json.WriteBoolean(trait.Trait, of(trait));
                }

                json.WriteEndObject();
            }
        });

    private LedgerRecord? Founded()
    {
        using ReadView view = ledger.Read();
        Answer<LedgerRecord> record = PilotQueries.FindLedger(view);
        return record.IsOk ? record.Value : null;
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static HttpAnswer Answer(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, DidDocumentWriter.JsonOptions))
        {
            write(json);
        }

        return new HttpAnswer(StatusCodes.Status200OK, "application/json", body.WrittenMemory)
        {
            CacheControl = "public, max-age=60",
        };
    }
}
