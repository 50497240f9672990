using System.CommandLine;
using System.Text.Json.Nodes;
using Ledger.PostQuantum;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>Options that say whose cosignatures a checkpoint must have.</summary>
internal sealed class WitnessOptions
{
    private readonly Option<string[]> _witness = new("--witness")
    {
        Description =
            "Verifier key of a witness that must have cosigned the checkpoint, or a file that holds it. May be given several times: all of "
            + "them must.",
        HelpName = "VKEY|FILE",
    };

    private readonly Option<string?> _policy = new("--witness-policy")
    {
        Description = "File that says which witnesses must have cosigned the checkpoint (C2SP tlog-policy).",
        HelpName = "FILE",
    };

    /// <summary>Gives a command the options.</summary>
    public void AddTo(Verb verb)
    {
        verb.Add(_witness);
        verb.Add(_policy);
    }

    /// <summary>What the command line asks for.</summary>
    /// <returns>Null when it asks for no cosignatures.</returns>
    /// <exception cref="CommandFailure">It contradicts itself, or names no keys of witnesses.</exception>
    public WitnessPolicy? Parse(ParseResult line)
    {
        string[] keys = line.GetValue(_witness) ?? [];
        string? policy = line.GetValue(_policy);
        return keys.Length > 0 && policy is not null
                ? throw CommandFailure.Usage($"{_witness.Name} and {_policy.Name} say the same: give one of them.")
            : keys.Length > 0 ? WitnessPolicy.AllOf([.. keys.Select(ParseKey)])
            : policy is not null ? ReadPolicy(policy)
            : null;
    }

    /// <summary>Reads a file with a policy.</summary>
    /// <exception cref="CommandFailure">It is none; the message says in which line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WitnessPolicy ReadPolicy(string path) =>
        WitnessPolicy.TryParse(
            File.ReadAllBytes(path),
            MlDsa44Cosignature.AndBuiltIn,
            out WitnessPolicy? policy,
            out PolicyProblem? problem
        )
            ? policy
            : throw CommandFailure.Usage($"{path} is not a policy of witnesses, {problem}.");

    /// <summary>Reads a file with the keys of logs, for a witness.</summary>
    /// <exception cref="CommandFailure">It is none; the message says in which line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<VerifierKey> ReadLogs(string path) =>
        WitnessPolicy.TryParseLogs(
            File.ReadAllBytes(path),
            out IReadOnlyList<VerifierKey>? logs,
            out PolicyProblem? problem
        )
            ? logs
            : throw CommandFailure.Usage($"{path} is not a file of logs, {problem}.");

    /// <summary>Which witnesses cosigned, and when they say that they did.</summary>
    public static JsonArray Fields(IEnumerable<VerifiedSignature> cosignatures) =>
        Cli.Fields.List(
            cosignatures.Select(static one => new JsonObject
            {
                ["witness"] = one.Key.Name,
                ["key_id"] = NoteKeyFile.IdOf(one.Key),
                ["time"] = Cli.Fields.Time((ulong)Math.Min(one.Time ?? 0, long.MaxValue / 1_000) * 1_000), // a witness may say anything
            })
        );

    private VerifierKey ParseKey(string text)
    {
        string candidate =
            !text.Contains('+', StringComparison.Ordinal) && File.Exists(text)
                ? TextFile.ReadOneLine(text) ?? ""
                : text;
        return
            VerifierKey.TryParse(candidate, MlDsa44Cosignature.AndBuiltIn, out VerifierKey? key)
            && key.Algorithm.IsCosignature
            ? key
            : throw CommandFailure.Usage(
                $"{_witness.Name}: '{text}' is neither a witness's verifier key (<name>+<key id>+<base64>) nor a file that holds one."
            );
    }
}
