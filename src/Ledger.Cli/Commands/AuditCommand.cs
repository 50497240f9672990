using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ledger.Protocol;
using Ledger.Rules.Audit;

namespace Ledger.Cli.Commands;

/// <summary>Audits a whole log, wherever it can be read.</summary>
internal sealed class AuditCommand : Verb
{
    private readonly Argument<string> _target = LogPlace.Argument("target");

    private readonly Option<string?> _logKey = new("--log-key")
    {
        Description =
            "The log's verifier key, or a file that holds it, from elsewhere than the node. Without it, the key that was remembered; at "
            + "the first audit, the one that the node or its folder names; tiles name none.",
        HelpName = "VKEY|FILE",
    };

    private readonly Option<string?> _memory = new("--memory")
    {
        Description =
            "File in which the newest checkpoint is remembered, so that the next audit finds a log that has shrunk or was rewritten. "
            + "Default: $XDG_STATE_HOME/ledger/audit/ORIGIN.",
        HelpName = "FILE",
    };

    public AuditCommand()
        : base(
            "audit",
            "Audit a whole log.",
            "ledger audit 127.0.0.1:7400 --log-key registry.pub",
            "ledger audit ./data --memory ./last-audit",
            "ledger audit --tiles https://log.example/ --log-key registry.pub"
        )
    {
        Remarks =
            "Every entry, signature, outcome, seal and published checkpoint is computed again, and the log must continue "
            + "the one that the last audit saw. The first wrong index is named, with the reason.";
        Add(_target);
        Add(_logKey);
        Add(_memory);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        using LogPlace log = LogPlace.Open(line, line.GetRequiredValue(_target));
        return await log.ReachAsync(() => AuditAsync(line, output, log, stop));
    }

    private async Task<int> AuditAsync(ParseResult line, Output output, LogPlace log, CancellationToken stop)
    {
        VerifierKey? given = Connection.ParseLogKey(line.GetValue(_logKey));
        string origin =
            given?.Name
            ?? await log.OriginAsync(stop)
            ?? throw CommandFailure.Unverified(
                "The log names no verifier key that can be read. Give it with --log-key."
            );
        string? named = line.GetValue(_memory);
        string path = named ?? LogMemory.DefaultPath("audit", origin);
        string forget = named is null ? $"`ledger log forget {origin}` forgets that" : "remove the file";
        LogMemory? memory = LogMemory.Read(path);
        (VerifierKey key, string keySource) = await log.KeyAsync(given, memory, stop);
        if (memory is not null && memory.LogKey != key)
        {
            throw CommandFailure.Unverified(
                $"{path} remembers a log with the key {memory.LogKey}, not {key}. If the log's key was replaced and you know why, {forget}."
            );
        }

        if (given is null && memory is null)
        {
            output.Warn(
                $"First audit of {origin}, without --log-key: the key {key} is trusted because the log itself names it. "
                    + "Compare it with one that you got elsewhere."
            );
        }

        Stopwatch clock = Stopwatch.StartNew();
        AuditReport report = await output.WithProgressAsync(
            "Auditing entries",
            progress => LogAudit.RunAsync(log.Log, key, memory?.Checkpoint ?? default, progress, stop)
        );
        output.Result(Describe(report, key, keySource, memory is not null, clock.Elapsed));
        if (report.Finding is { Kind: FindingKind.NewerFormat } newer)
        {
            output.Warn($"The log of {origin} is not judged: {newer} What comes before is sound. Update this program.");
            return ExitCodes.Unreachable;
        }

        if (report.Finding is { } finding)
        {
            string remembered = memory is null
                ? ""
                : $" Remembered of it: {memory}, in {path}. If it was set up anew and you know why, {forget}.";
            output.Warn($"The log of {origin} is wrong. {finding}.{remembered}");
            return ExitCodes.Refused;
        }

        if (report.Uncovered > 0)
        {
            output.Warn(
                $"The last {report.Uncovered} of {report.Auditor.Size} entries are sound too, but no checkpoint that covers them is at hand: "
                    + "the log has not been seen to sign them. The node signs them when it starts."
            );
        }

        if (!report.CheckpointNote.IsEmpty)
        {
            new LogMemory(key, report.CheckpointNote).Write(path);
        }

        return ExitCodes.Done;
    }

    private static JsonObject Describe(
        AuditReport report,
        VerifierKey key,
        string keySource,
        bool isRemembered,
        TimeSpan time
    )
    {
        Auditor auditor = report.Auditor;
        JsonObject result = new()
        {
            ["verdict"] = Verdicts.Of(report.Finding),
            ["origin"] = key.Name,
            ["log_key"] = key.ToString(),
            ["key_source"] = keySource,
            ["size"] = auditor.Size,
            ["root"] = Convert.ToHexStringLower(auditor.Root()),
            ["operations"] = auditor.Operations,
            ["refused_operations"] = auditor.Refused,
            ["signatures"] = auditor.Signatures,
            ["seals"] = auditor.Seals,
            ["checkpoints"] = auditor.Checkpoints,
            ["beyond_checkpoint"] = report.Uncovered,
            ["continues_remembered"] = isRemembered && report.Finding is null,
            ["seconds"] = Math.Round(time.TotalSeconds, 3),
            ["entries_per_second"] = Math.Round(auditor.Size / Math.Max(time.TotalSeconds, 1e-3)),
        };
        if (report.Finding is { } finding)
        {
            result["index"] = finding.Index;
            result["finding"] = finding.What;
        }

        return result;
    }
}
