using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Ledger.Client;
using Ledger.Protocol;
using Ledger.Protocol.Documents;
using Ledger.V1;

namespace Ledger.Cli.Commands;

/// <summary>Resolves a DID to its document: for a person, or as W3C DID Resolution has it.</summary>
internal sealed class DidResolveCommand : Verb
{
    private readonly VersionOptions _version = new();

    public DidResolveCommand()
        : base(
            "resolve",
            "Resolve a DID to its document, at present or at a version: for a person to read, or with --json as W3C has it.",
            "ledger did resolve alice",
            "ledger did resolve alice --version-time 2026-03-01T12:00:00Z",
            "ledger did resolve alice --json"
        )
    {
        Remarks =
            "With --json it is the result of W3C DID Resolution, application/did-resolution: document, metadata, and in them the proof that "
            + "the version is in the log. It was verified before it is printed. That no newer version exists is the node's word.";
        _version.AddTo(this);
        KeyRing.AddTo(this, canOpen: false);
        Connection.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        Func<LedgerClient, Task<ResolvedDid>> ask = _version.Ask(line, new KeyRing(line, output), stop);
        await using Connection connection = await Connection.OpenAsync(line, output, stop);
        ResolvedDid resolved = await ask(connection.Client);
        bool isDeactivated =
            resolved.Record.Deactivated
            || (
                resolved.NextVersion is not null
                && (await connection.Client.ResolveAsync(resolved.Record.Did, stop)).Record.Deactivated
            );
        Console.Out.Write(output.IsJson ? InJson(resolved, isDeactivated) + "\n" : InWords(resolved, isDeactivated));
        return ExitCodes.Done;
    }

    private static string InJson(ResolvedDid resolved, bool isDeactivated)
    {
        DocumentMetadata metadata = new()
        {
            Record = resolved.Record,
            Version = VersionOf(resolved),
            Next = resolved.NextVersion,
            Deactivated = isDeactivated,
            Recovery = resolved.Recovery,
            Pending = resolved.Pending,
            ProofBundle = Encoding.UTF8.GetString(resolved.Entry.ToProofBundle()),
        };
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, DidDocumentWriter.JsonOptions))
        {
            json.WriteStartObject();
            json.WritePropertyName("didDocument");
            if (resolved.Record.Deactivated)
            {
                json.WriteNullValue();
            }
            else
            {
                new DidDocumentWriter(DocumentSyntax.JsonLd10).Write(
                    json,
                    resolved.Record.Did,
                    resolved.Record.Document
                );
            }

            json.WriteStartObject("didResolutionMetadata");
            json.WriteString("contentType", "application/did");
            json.WriteEndObject();
            json.WritePropertyName("didDocumentMetadata");
            metadata.Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string InWords(ResolvedDid resolved, bool isDeactivated)
    {
        DidRecord record = resolved.Record;
        DidDocument document = record.Document;
        StringBuilder text = new();
        text.Append(record.Did).Append('\n');
        Line("version", $"{resolved.Entry.Index}, of {Fields.Time((ulong)resolved.Entry.TimeMs)}");
        Line(
            "",
            resolved.NextVersion is { } next ? $"followed by version {next.Index}"
                : resolved.Current is null ? "the newest, by the node's word"
                : "the newest"
        );
        Line(
            "known as of",
            Fields.Time((ulong)resolved.KnownAsOf.ToUnixTimeMilliseconds()) + (isDeactivated ? "; deactivated" : "")
        );
        Line("registered", Fields.Time(record.CreatedMs));
        Section("Keys", document.VerificationMethods, DidWords.Method);
        Line(
            "to change it",
            UpdateKeys.Threshold(document) == 1
                ? "one of those for changes of DIDs signs"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{UpdateKeys.Threshold(document)} of those for changes of DIDs sign together"
                )
        );
        if (!document.NextKeysCommitment.IsEmpty)
        {
            Line("next keys", "committed to: no others can follow");
        }

        Section("Controllers", document.Controllers, static did => did);
        Section("Services", document.Services, static s => $"{s.Fragment}  {s.Type}  {s.Endpoint}");
        Section("Also known as", document.AlsoKnownAs, static uri => uri);
        text.Append("Can be taken back by\n");
        text.Append("  ").Append(DidWords.Policy(resolved.Recovery)).Append('\n');
        if (resolved.Pending is { } pending)
        {
            text.Append("  from ").Append(Fields.Time(pending.EffectiveMs)).Append(" on by ");
            text.Append(DidWords.Policy(pending.Recovery)).Append(", as ").Append(DidWords.Proposer(pending));
            text.Append(" proposed\n");
        }

        text.Append("Verified\n");
        Line("in the log", $"entry {resolved.Entry.Index}, in the tree of {resolved.Entry.Checkpoint.Size}");
        Line(
            "document",
            resolved.Current is not null ? "what the ledger's records hold"
                : resolved.DocumentSource is { } source ? $"carried by entry {source.Index}"
                : "the node's word"
        );
        if (resolved.Current is { } current)
        {
            Line("newest", $"as of entry {current.Seal.Index}, of {Fields.Time((ulong)current.Seal.TimeMs)}");
        }

        return text.ToString();

        void Line(string label, string value) =>
            text.Append("  ").Append(label.PadRight(14)).Append(value).Append('\n');

        void Section<T>(string title, IReadOnlyCollection<T> items, Func<T, string> show)
        {
            if (items.Count > 0)
            {
                text.Append(title).Append('\n');
                foreach (T item in items)
                {
                    text.Append("  ").Append(show(item)).Append('\n');
                }
            }
        }
    }

    private static RecordVersion VersionOf(ResolvedDid resolved) =>
        new() { Index = (ulong)resolved.Entry.Index, TimeMs = (ulong)resolved.Entry.TimeMs };
}
