using System.CommandLine;
using System.Diagnostics;
using System.Text;
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

    private readonly Option<string[]> _compare = new("--compare")
    {
        Description =
            "Another place of the same log, whose newest checkpoint must be of the same history. May be given more than once.",
        HelpName = "ADDRESS|DIR",
    };

    private readonly Option<string?> _report = new("--report")
    {
        Description =
            "File for the report, whatever the verdict: the result as JSON, with the checkpoints as the log signed them.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _signReport = new("--sign-report")
    {
        Description =
            "File with the auditor's key: the report is then a signed note (C2SP signed-note) whose text is the JSON. It is made when it is "
            + "missing. Never the log's own key.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _auditor = new("--auditor")
    {
        Description = "Name of the auditor's key, when its file is made.",
        HelpName = "NAME",
    };

    public AuditCommand()
        : base(
            "audit",
            "Audit a whole log.",
            "ledger audit 127.0.0.1:7400 --log-key registry.pub",
            "ledger audit ./data --memory ./last-audit",
            "ledger audit --tiles https://log.example/ --log-key registry.pub",
            "ledger audit 127.0.0.1:7400 --compare mirror.example.net:7400 --log-key registry.pub --report audit.json"
        )
    {
        Remarks =
            "Every entry, signature, outcome, seal and published checkpoint is computed again, and the log must continue "
            + "the one that the last audit saw. The first wrong index is named, with the reason.";
        Add(_target);
        Add(_logKey);
        Add(_memory);
        Add(_compare);
        Add(_report);
        Add(_signReport);
        Add(_auditor);
        LogPlace.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult line, Output output, CancellationToken stop)
    {
        using OutputFile? file = OutputFile.Prepare(line.GetValue(_report));
        using AuditorKey? signer = TakeAuditorKey(line, output);
        List<LogPlace> others = [];
        try
        {
            foreach (string target in line.GetValue(_compare) ?? [])
            {
                others.Add(LogPlace.Open(line, target));
            }

            using LogPlace log = LogPlace.Open(line, line.GetRequiredValue(_target));
            return await log.ReachAsync(() => AuditAsync(line, output, log, others, (file, signer), stop));
        }
        finally
        {
            others.ForEach(static place => place.Dispose());
        }
    }

    private async Task<int> AuditAsync(
        ParseResult line,
        Output output,
        LogPlace log,
        IReadOnlyList<LogPlace> others,
        (OutputFile? File, AuditorKey? Signer) reporting,
        CancellationToken stop
    )
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

        if (reporting.Signer?.IsOf(key) == true)
        {
            throw CommandFailure.Usage(
                $"{_signReport.Name}: this is the key of the log. An auditor has a key of its own."
            );
        }

        Stopwatch clock = Stopwatch.StartNew();
        CheckpointComparison comparison = new(key);
        foreach (LogPlace other in others)
        {
            await other.ReachAsync(() => comparison.AskAsync(other, stop));
        }

        AuditReport report = await output.WithProgressAsync(
            "Auditing entries",
            progress => LogAudit.RunAsync(log.Log, key, memory?.Checkpoint ?? default, progress, stop)
        );
        if (report is { Finding: null, Checkpoint: { } newest })
        {
            comparison.Add(log, newest, report.CheckpointNote);
            await comparison.RunAsync(stop);
        }

        JsonObject result = Describe(report, comparison, key, keySource, memory is not null, clock.Elapsed);
        output.Result(result);
        if (reporting.File is { } file)
        {
            result["target"] = log.Name;
            result["time"] = Fields.Time((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            result["checkpoints"] = comparison.Describe();
            string json = Output.InJson(result) + "\n";
            file.Write(reporting.Signer?.Sign(json) ?? Encoding.UTF8.GetBytes(json));
        }

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

        if (comparison.Finding is { } between)
        {
            output.Warn($"The log of {origin} is wrong. {between}");
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

    private AuditorKey? TakeAuditorKey(ParseResult line, Output output)
    {
        if (line.GetValue(_signReport) is not { } path)
        {
            return null;
        }

        if (line.GetValue(_report) is null)
        {
            throw CommandFailure.Usage($"{_signReport.Name} needs {_report.Name}.");
        }

        return AuditorKey.Take(path, line.GetValue(_auditor), output);
    }

    private static JsonObject Describe(
        AuditReport report,
        CheckpointComparison comparison,
        VerifierKey key,
        string keySource,
        bool isRemembered,
        TimeSpan time
    )
    {
        Auditor auditor = report.Auditor;
        Finding? found = report.Finding ?? comparison.Finding?.Finding;
        JsonObject result = new()
        {
            ["verdict"] = Verdicts.Of(found),
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
        if (comparison.Asked > 0)
        {
            result["compared"] = comparison.Asked;
        }

        if (found is { } finding)
        {
            result["index"] = finding.Index;
            result["finding"] = finding.What;
        }

        return result;
    }
}
