using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ledger.Protocol;

/// <summary>A witness of a policy.</summary>
/// <param name="Name">What the policy calls it.</param>
/// <param name="Key">Its key.</param>
/// <param name="Url">Where it takes requests (the submission prefix of C2SP tlog-witness); null: not said.</param>
public sealed record PolicyWitness(string Name, VerifierKey Key, Uri? Url);

/// <summary>Why a file is no policy, and where.</summary>
/// <param name="Line">The line, from 1; 0: the file as a whole.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Detail">The same for a person, without a full stop.</param>
public sealed record PolicyProblem(int Line, PolicyProblemKind Kind, string Detail)
{
    /// <summary>Line and detail.</summary>
    public override string ToString() => Line == 0 ? Detail : $"line {Line}: {Detail}";
}

/// <summary>What can be wrong with a policy.</summary>
public enum PolicyProblemKind
{
    /// <summary>The file is too large, or has control characters other than tab and newline.</summary>
    Characters,

    /// <summary>The line begins with no word of the grammar.</summary>
    UnknownWord,

    /// <summary>The line has too few or too many parts.</summary>
    Parts,

    /// <summary>The key is none, or of a type that is not known or not for this purpose.</summary>
    Key,

    /// <summary>The public key stands on an earlier line.</summary>
    DuplicateKey,

    /// <summary>The name stands for something already, or is reserved.</summary>
    DuplicateName,

    /// <summary>The URL is not an absolute one of http or https, without a query.</summary>
    Url,

    /// <summary>The name stands for nothing on an earlier line.</summary>
    Undefined,

    /// <summary>The name is a member of a group already.</summary>
    MemberTwice,

    /// <summary>The threshold is not <c>all</c>, <c>any</c> or a number from 1 to that of the members.</summary>
    Threshold,

    /// <summary>There is a second quorum line, or none.</summary>
    Quorum,

    /// <summary>There are too many logs, witnesses or groups.</summary>
    TooMany,
}

/// <summary>
/// Whose cosignatures make a checkpoint good (C2SP tlog-policy): witnesses, groups of them with thresholds, and the one of these that
/// must have cosigned, the quorum. A file of lines: <c>log &lt;vkey&gt; [&lt;url&gt;]</c>, <c>witness &lt;name&gt; &lt;vkey&gt;
/// [&lt;url&gt;]</c>, <c>group &lt;name&gt; all|any|&lt;k&gt; &lt;member&gt;…</c>, <c>quorum &lt;name&gt;|none</c>, and comments after
/// <c>#</c>.
/// </summary>
public sealed class WitnessPolicy
{
    private const string None = "none";

    // Witnesses and groups by name; null: no quorum is asked for.
    private readonly Member? _quorum;

    private WitnessPolicy(IReadOnlyList<VerifierKey> logs, IReadOnlyList<PolicyWitness> witnesses, Member? quorum)
    {
        Logs = logs;
        Witnesses = witnesses;
        WitnessKeys = [.. witnesses.Select(static witness => witness.Key)];
        _quorum = quorum;
    }

    /// <summary>Keys of the logs that it is for; empty: of any.</summary>
    public IReadOnlyList<VerifierKey> Logs { get; }

    /// <summary>Every witness that it names.</summary>
    public IReadOnlyList<PolicyWitness> Witnesses { get; }

    /// <summary>Their keys.</summary>
    public IReadOnlyList<VerifierKey> WitnessKeys { get; }

    /// <summary>Whether it asks for any cosignature at all.</summary>
    public bool HasQuorum => _quorum is not null;

    /// <summary>The policy that each of some keys must have cosigned.</summary>
    /// <param name="witnesses">Keys of witnesses, at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is the key of a log.</exception>
    public static WitnessPolicy AllOf(params IReadOnlyList<VerifierKey> witnesses)
    {
        ArgumentNullException.ThrowIfNull(witnesses);
        if (witnesses.Count == 0 || witnesses.Any(static key => !key.Algorithm.IsCosignature))
        {
            throw new ArgumentException("These are not keys of witnesses.", nameof(witnesses));
        }
        PolicyWitness[] named = [.. witnesses.Distinct().Select(static key => new PolicyWitness(key.Name, key, null))];
        return new WitnessPolicy(
            [],
            named,
            new Group(named.Length, [.. named.Select(static one => new Single(one.Key))])
        );
    }

    /// <summary>Whether the witnesses that cosigned are enough.</summary>
    /// <param name="cosignatures">Verified cosignatures of one checkpoint. One without a time says nothing of what is newest, and does not count.</param>
    public bool IsMet(IEnumerable<VerifiedSignature> cosignatures)
    {
        HashSet<VerifierKey> keys = [.. cosignatures.Where(static one => one.Time > 0).Select(static one => one.Key)];
        return _quorum?.IsMet(keys) ?? true;
    }

    /// <summary>Opens a checkpoint that must have been signed by the log and cosigned as the policy asks.</summary>
    /// <param name="note">Any bytes.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="cosigned">The checkpoint with the cosignatures of the policy's witnesses, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise, for a person.</param>
    public bool TryOpen(
        ReadOnlyMemory<byte> note,
        VerifierKey logKey,
        [NotNullWhen(true)] out CosignedCheckpoint? cosigned,
        out string problem
    )
    {
        cosigned = null;
        if (Logs.Count > 0 && !Logs.Contains(logKey))
        {
            problem = $"the policy of witnesses is not for the log {logKey.Name}";
            return false;
        }
        if (
            !SignedNote.TryParse(note.Span, out SignedNote? parsed, out problem)
            || !Checkpoint.TryOpen(
                parsed,
                logKey,
                WitnessKeys,
                out Checkpoint? checkpoint,
                out IReadOnlyList<VerifiedSignature> cosignatures,
                out problem
            )
        )
        {
            return false;
        }
        if (!IsMet(cosignatures))
        {
            problem =
                cosignatures.Count == 0
                    ? "no witness cosigned the checkpoint"
                    : $"too few witnesses cosigned the checkpoint: {string.Join(", ", cosignatures.Select(static one => one.Key.Name))}";
            return false;
        }
        cosigned = new CosignedCheckpoint(checkpoint, note, cosignatures);
        return true;
    }

    /// <summary>Parses a policy.</summary>
    /// <param name="file">Any bytes; more than <see cref="Limits.PolicyBytesMax"/> are refused.</param>
    /// <param name="algorithms">The algorithms of keys that are known.</param>
    /// <param name="policy">The policy, when this returns true.</param>
    /// <param name="problem">What is wrong otherwise.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> file,
        IReadOnlyList<NoteAlgorithm> algorithms,
        [NotNullWhen(true)] out WitnessPolicy? policy,
        [NotNullWhen(false)] out PolicyProblem? problem
    )
    {
        Reader reader = new(algorithms, Limits.PolicyLinesMax);
        problem = reader.Read(file) ?? reader.RequireQuorum();
        policy = problem is null ? new WitnessPolicy(reader.Logs, reader.Witnesses, reader.Quorum) : null;
        return policy is not null;
    }

    /// <summary>Parses a file of logs alone, as a witness is given it: only the lines of logs and comments of a policy.</summary>
    /// <param name="file">Any bytes; more than <see cref="Limits.PolicyBytesMax"/> are refused.</param>
    /// <param name="logs">The logs' keys: several may be of one origin.</param>
    /// <param name="problem">What is wrong otherwise.</param>
    public static bool TryParseLogs(
        ReadOnlySpan<byte> file,
        [NotNullWhen(true)] out IReadOnlyList<VerifierKey>? logs,
        [NotNullWhen(false)] out PolicyProblem? problem
    )
    {
        Reader reader = new(NoteAlgorithm.BuiltIn, int.MaxValue) { OnlyLogs = true };
        problem = reader.Read(file);
        logs = problem is null ? reader.Logs : null;
        return logs is not null;
    }

    private abstract record Member
    {
        public abstract bool IsMet(HashSet<VerifierKey> cosigned);
    }

    private sealed record Single(VerifierKey Key) : Member
    {
        public override bool IsMet(HashSet<VerifierKey> cosigned) => cosigned.Contains(Key);
    }

    private sealed record Group(int Threshold, IReadOnlyList<Member> Members) : Member
    {
        public override bool IsMet(HashSet<VerifierKey> cosigned) =>
            Members.Count(member => member.IsMet(cosigned)) >= Threshold;
    }

    private sealed class Reader(IReadOnlyList<NoteAlgorithm> algorithms, int linesMax)
    {
        private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
        private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
        private readonly HashSet<string> _publicKeys = [];
        private int _groups;
        private bool _hasQuorum;

        public bool OnlyLogs { get; init; }

        public List<VerifierKey> Logs { get; } = [];

        public List<PolicyWitness> Witnesses { get; } = [];

        public Member? Quorum { get; private set; }

        // The first thing that is wrong; null: nothing is.
        public PolicyProblem? Read(ReadOnlySpan<byte> file)
        {
            if (file.Length > Limits.PolicyBytesMax)
            {
                return new PolicyProblem(
                    0,
                    PolicyProblemKind.Characters,
                    $"the file has more than {Limits.PolicyBytesMax} bytes"
                );
            }
            int number = 0;
            // Names are compared byte by byte, whatever they are encoded in: Latin-1 keeps every byte apart. Keys are UTF-8.
            foreach (string line in Encoding.Latin1.GetString(file).Split('\n'))
            {
                number++;
                if (line.Any(static c => (c < ' ' && c != '\t') || c == '\x7f'))
                {
                    return new PolicyProblem(
                        number,
                        PolicyProblemKind.Characters,
                        "there is a control character other than tab and newline"
                    );
                }
                string[] parts = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length > 0 && parts[0][0] != '#' && ReadLine(parts) is var (kind, detail))
                {
                    return new PolicyProblem(number, kind, detail);
                }
            }
            return null;
        }

        public PolicyProblem? RequireQuorum() =>
            _hasQuorum ? null : new PolicyProblem(0, PolicyProblemKind.Quorum, "there is no quorum line");

        private (PolicyProblemKind, string)? ReadLine(string[] parts) =>
            parts[0] switch
            {
                "log" => ReadLog(parts),
                "witness" when !OnlyLogs => ReadWitness(parts),
                "group" when !OnlyLogs => ReadGroup(parts),
                "quorum" when !OnlyLogs => ReadQuorum(parts),
                _ => (
                    PolicyProblemKind.UnknownWord,
                    OnlyLogs ? "a line begins with log" : "a line begins with log, witness, group or quorum"
                ),
            };

        private (PolicyProblemKind, string)? ReadLog(string[] parts)
        {
            if (parts.Length is < 2 or > 3)
            {
                return (PolicyProblemKind.Parts, "log <vkey> [<url>]");
            }
            if (ReadKey(parts[1], cosigns: false, out VerifierKey key) is { } wrong)
            {
                return wrong;
            }
            Logs.Add(key);
            return Logs.Count > linesMax ? (PolicyProblemKind.TooMany, $"there are more than {linesMax} logs")
                : parts.Length == 3 ? ReadUrl(parts[2], out _)
                : null;
        }

        private (PolicyProblemKind, string)? ReadWitness(string[] parts)
        {
            if (parts.Length is < 3 or > 4)
            {
                return (PolicyProblemKind.Parts, "witness <name> <vkey> [<url>]");
            }
            Uri? url = null;
            if (
                (
                    ReadKey(parts[2], cosigns: true, out VerifierKey key)
                    ?? (parts.Length == 4 ? ReadUrl(parts[3], out url) : null)
                    ?? Define(parts[1], new Single(key))
                ) is
                { } wrong
            )
            {
                return wrong;
            }
            Witnesses.Add(new PolicyWitness(Utf8(parts[1]), key, url));
            return Witnesses.Count > linesMax
                ? (PolicyProblemKind.TooMany, $"there are more than {linesMax} witnesses")
                : null;
        }

        private (PolicyProblemKind, string)? ReadGroup(string[] parts)
        {
            if (parts.Length < 4)
            {
                return (PolicyProblemKind.Parts, "group <name> all|any|<k> <member>…");
            }
            List<Member> members = [];
            foreach (string name in parts[3..])
            {
                if (!_members.TryGetValue(name, out Member? member))
                {
                    return (PolicyProblemKind.Undefined, $"'{Utf8(name)}' stands for nothing yet");
                }
                // So each witness counts in one way only.
                if (!_taken.Add(name))
                {
                    return (PolicyProblemKind.MemberTwice, $"'{Utf8(name)}' is a member of a group already");
                }
                members.Add(member);
            }
            int threshold = parts[2] switch
            {
                "all" => members.Count,
                "any" => 1,
                _ when DecimalText.TryParse(parts[2], out long k) => (int)Math.Min(k, int.MaxValue),
                _ => 0,
            };
            if (threshold < 1 || threshold > members.Count)
            {
                return (PolicyProblemKind.Threshold, $"the threshold is all, any, or from 1 to {members.Count}");
            }
            return ++_groups > linesMax
                ? (PolicyProblemKind.TooMany, $"there are more than {linesMax} groups")
                : Define(parts[1], new Group(threshold, members));
        }

        private (PolicyProblemKind, string)? ReadQuorum(string[] parts)
        {
            if (parts.Length != 2)
            {
                return (PolicyProblemKind.Parts, "quorum <name>|none");
            }
            if (_hasQuorum)
            {
                return (PolicyProblemKind.Quorum, "there is a second quorum line");
            }
            _hasQuorum = true;
            Quorum = _members.GetValueOrDefault(parts[1]);
            return Quorum is null && parts[1] != None
                ? (PolicyProblemKind.Undefined, $"'{Utf8(parts[1])}' stands for nothing yet")
                : null;
        }

        private (PolicyProblemKind, string)? Define(string name, Member member) =>
            name != None && _members.TryAdd(name, member)
                ? null
                : (PolicyProblemKind.DuplicateName, $"'{Utf8(name)}' stands for something else");

        private (PolicyProblemKind, string)? ReadKey(string text, bool cosigns, out VerifierKey key)
        {
            if (
                !VerifierKey.TryParse(Utf8(text), algorithms, out key!)
                || key.Algorithm.IsCosignature != cosigns
                || (cosigns && Encoding.UTF8.GetByteCount(key.Name) > Limits.WitnessNameBytesMax)
            )
            {
                return (
                    PolicyProblemKind.Key,
                    cosigns
                        ? $"this is not a witness's verifier key of a known type ({string.Join(", ", algorithms.Where(static one => one.IsCosignature).Select(static one => one.Name))})"
                        : "this is not a log's verifier key of a known type (Ed25519)"
                );
            }
            // Under whatever name or type: one key is one signer.
            return _publicKeys.Add(Convert.ToHexString(key.PublicKey.Span))
                ? null
                : (PolicyProblemKind.DuplicateKey, "this public key stands on an earlier line");
        }

        private static (PolicyProblemKind, string)? ReadUrl(string text, out Uri? url) =>
            Uri.TryCreate(Utf8(text), UriKind.Absolute, out url)
            && url.Scheme is "http" or "https"
            && url.Query.Length + url.Fragment.Length + url.UserInfo.Length == 0
                ? null
                : (PolicyProblemKind.Url, "this is not an absolute URL of http or https, without a query");

        private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));
    }
}
