using System.Text;
using System.Text.Json.Nodes;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli;

/// <summary>A checkpoint that a place has shown, signed by the log.</summary>
/// <param name="Place">Who showed it.</param>
/// <param name="Checkpoint">What it says.</param>
/// <param name="Note">As it was signed.</param>
internal sealed record ShownCheckpoint(string Place, Checkpoint Checkpoint, ReadOnlyMemory<byte> Note);

/// <summary>What is wrong with what a place shows of a log.</summary>
/// <param name="Place">Which place.</param>
/// <param name="Finding">What, with its index.</param>
/// <param name="Evidence">The signed checkpoints that it concerns. Two that contradict each other convict the log.</param>
internal sealed record PlaceFinding(string Place, Finding Finding, params IReadOnlyList<ShownCheckpoint> Evidence)
{
    /// <summary>Fields for machines.</summary>
    public JsonObject Describe(VerifierKey logKey) =>
        new()
        {
            ["event"] = "finding",
            ["origin"] = logKey.Name,
            ["log_key"] = logKey.ToString(),
            ["place"] = Place,
            ["index"] = Finding.Index,
            ["finding"] = Finding.What,
            ["checkpoints"] = Describe(Evidence),
        };

    /// <summary>Checkpoints as they were signed, for machines.</summary>
    public static JsonArray Describe(IEnumerable<ShownCheckpoint> checkpoints) =>
        [
            .. checkpoints.Select(static shown => new JsonObject
            {
                ["place"] = shown.Place,
                ["size"] = shown.Checkpoint.Size,
                ["note"] = Encoding.UTF8.GetString(shown.Note.Span),
            }),
        ];

    /// <summary>For a person: what is wrong, and the notes as they were signed.</summary>
    public override string ToString() =>
        Evidence.Aggregate(
            $"{Place}: {Finding}.",
            static (text, shown) =>
                $"{text}\n\nThe log signed, and {shown.Place} shows:\n\n{Encoding.UTF8.GetString(shown.Note.Span)}"
        );
}
