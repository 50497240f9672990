using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>
/// What the ledger should do, written once more from the protocol's comments, in the plainest way: dictionaries of plain
/// values, nothing stored that can be counted. It shares nothing with the rules but the messages it reads.
/// </summary>
internal sealed class NaiveLedger
{
    private const string Applied = "Applied";

    private const int Supervisor = 1;
    private const int Registrar = 3;
    private const int Sponsor = 6;
    private const int Issuer = 7;
    private static readonly int[] GrantedBySupervisor = [2, 3, 4, 5, 6, 7, 8, 9, 10];
    private static readonly int[] GrantedByRegistrar = [5, 6, 7, 8];

    private Dictionary<string, NaiveDid> _didsBefore = [];
    private string? _networkBefore;

    public sealed record NaiveKey(string Text, int[] Purposes, long ValidUntil);

    /// <summary>Who can take a DID back: names in their order, with their keys; and how long a change is pending.</summary>
    public sealed record NaivePolicy(string[] Names, string[] Texts, long DelayMs, string Text);

    public sealed record NaivePending(NaivePolicy? Policy, long AtMs, string Operation, int Rank);

    public sealed record NaiveDid(
        string Document,
        Dictionary<string, NaiveKey> Keys,
        int Threshold,
        string Commitment,
        NaivePolicy? Recovery,
        NaivePending? Pending,
        string[] Controllers,
        bool Dead,
        long CreatedMs,
        long UpdatedMs,
        string Last
    );

    public sealed record NaiveParty(int[] Roles, string Commitment, int Level, string By);

    public sealed record NaivePilot(string Title, string Sponsor, string Supervisor);

    public sealed record NaiveClass(
        string Pilot,
        string Issuer,
        string Name,
        int Category,
        ulong Max,
        int Transferability,
        int Burn
    );

    public sealed record NaiveToken(string Owner, string Content, bool Burned, long Minted, long Transferred);

    public string? Network { get; private set; }
    public string? Origin { get; private set; }
    public string? Founder { get; private set; }
    public Dictionary<string, NaiveDid> Dids { get; } = [];
    public Dictionary<string, NaiveParty> Parties { get; } = [];
    public Dictionary<string, NaivePilot> Pilots { get; } = [];
    public Dictionary<string, NaiveClass> Classes { get; } = [];
    public Dictionary<(string Class, string Id), NaiveToken> Tokens { get; } = [];

    /// <summary>How often a DID may be changed: an hour, a day, a week; 0: as often as one likes.</summary>
    private int[] _quota = [10, 30, 100];

    /// <summary>The quota as the ledger was told it.</summary>
    private string _quotaText = "-";

    /// <summary>When a DID was changed, as far as it is kept.</summary>
    private readonly Dictionary<string, List<long>> _changes = [];

    /// <summary>Who ever held a token of which class.</summary>
    private readonly HashSet<(string Owner, string Class)> _everHeld = [];

    /// <summary>Which entry last wrote what, and when.</summary>
    private readonly Dictionary<string, string> _written = [];

    public void BeginBatch()
    {
        _didsBefore = new(Dids);
        _networkBefore = Network;
    }

    public IEnumerable<string> TokenIds(string classId) =>
        Tokens.Keys.Where(token => token.Class == classId).Select(token => token.Id);

    /// <summary>Whether an operation is taken: keys as before the batch, then deadline and keys as they are now.</summary>
    public string Admit(Operation op, string[] keys, long timeMs)
    {
        string before = FindKeys(op, keys, timeMs, _networkBefore, _didsBefore, out List<string> then);
        if (before != Applied)
        {
            return before;
        }

        if (op.NotAfter * 1000 < (ulong)timeMs)
        {
            return "Expired";
        }

        if (op.NotAfter * 1000 > (ulong)timeMs + 30UL * 24 * 3600 * 1000)
        {
            return "DeadlineTooFar";
        }

        string after = FindKeys(op, keys, timeMs, Network, Dids, out List<string> now);
        return after is "UnknownKey" or "KeyPurpose" ? "KeyChanged"
            : after == Applied && !now.SequenceEqual(then) ? "KeyChanged"
            : after == Applied && IsOverQuota(op, timeMs) ? "DidQuota"
            : after;
    }

    // A change now would be one too many within the hour, day or week that ends now.
    private bool IsOverQuota(Operation op, long timeMs)
    {
        string? did = op.UpdateDid?.Did ?? op.ChangeRecovery?.Did;
        long[] windows = [3_600_000, 86_400_000, 604_800_000];
        return did is not null
            && _changes.TryGetValue(did, out List<long>? times)
            && Enumerable
                .Range(0, 3)
                .Any(i => _quota[i] > 0 && times.Count(time => time > timeMs - windows[i]) >= _quota[i]);
    }

    private static string FindKeys(
        Operation op,
        string[] names,
        long timeMs,
        string? network,
        Dictionary<string, NaiveDid> dids,
        out List<string> texts
    )
    {
        texts = [];
        if (network is null && op.FoundLedger is null)
        {
            return "NotFounded";
        }

        if (network is not null && op.FoundLedger is not null)
        {
            return "AlreadyFounded";
        }

        network ??= op.FoundLedger!.Network;
        if (DidsIn(op).Any(did => did.Split(':')[2] != network))
        {
            return "InvalidDid";
        }

        Dictionary<string, NaiveKey> keys;
        int threshold;
        if ((op.FoundLedger?.Supervisor ?? op.CreateDid?.Document) is { } document)
        {
            keys = KeysOf(document);
            threshold = (int)document.UpdateThreshold;
        }
        else if (!dids.TryGetValue(op.Actor, out NaiveDid? actor))
        {
            return "UnknownActor";
        }
        else if (actor.Dead)
        {
            return "ActorDeactivated";
        }
        else if (IsByRecoveryKey(op))
        {
            NaivePolicy? policy = Settle(actor, timeMs).Recovery;
            foreach (string name in names)
            {
                int at = Array.IndexOf(policy?.Names ?? [], name);
                if (at < 0)
                {
                    return "UnknownKey";
                }

                texts.Add(policy!.Texts[at]);
            }

            return Applied;
        }
        else
        {
            keys = actor.Keys;
            threshold = actor.Threshold;
        }

        foreach (string name in names)
        {
            if (!keys.TryGetValue(name, out NaiveKey? key))
            {
                return "UnknownKey";
            }

            if (!key.Purposes.Contains(PurposeOf(op)))
            {
                return "KeyPurpose";
            }

            if (key.ValidUntil != 0 && key.ValidUntil * 1000 < timeMs)
            {
                return "KeyExpired";
            }

            texts.Add(key.Text);
        }

        return PurposeOf(op) == 3 && texts.Distinct().Count() < threshold ? "ThresholdNotMet" : Applied;
    }

    public static int PurposeOf(Operation op) => (int)op.BodyCase < 17 ? 3 : 2;

    public static bool IsByRecoveryKey(Operation op) => (int)op.BodyCase is 15 or 16;

    /// <summary>A DID as it is at a time: a pending change whose time has come is in force.</summary>
    public static NaiveDid Settle(NaiveDid did, long timeMs) =>
        did.Pending is { } pending && timeMs >= pending.AtMs
            ? did with
            {
                Recovery = pending.Policy,
                Pending = null,
            }
            : did;

    private static IEnumerable<string> DidsIn(Operation op) =>
        new[]
        {
            [op.Actor, op.UpdateDid?.Did, op.DeactivateDid?.Did, op.AdmitParty?.Party, op.CreatePilot?.Sponsor],
            [op.ChangeRecovery?.Did, op.RecoverDid?.Did, op.CancelRecovery?.Did],
            op.RecoverDid?.Document?.Controllers ?? (IEnumerable<string?>)[],
            [op.Mint?.Owner, op.BatchMint?.Owner, op.Transfer?.FromDid, op.Transfer?.ToDid],
            op.FoundLedger?.Supervisor.Controllers ?? [],
            op.CreateDid?.Document.Controllers ?? [],
            op.UpdateDid?.Document.Controllers ?? (IEnumerable<string?>)[],
        }
            .SelectMany(dids => dids)
            .OfType<string>()
            .Where(did => did.Length > 0);

    /// <summary>Judges and applies an operation that was admitted.</summary>
    public string Apply(Operation op, string[] keys, byte[] id, long index, long timeMs)
    {
        string Write(string what)
        {
            _written[what] = $"{index}/{timeMs}";
            return Applied;
        }

        string hex = Convert.ToHexString(id);
        if (op.FoundLedger is { } found)
        {
            Network = found.Network;
            Origin = op.Ledger;
            Founder = DidOf(id);
            Dids[Founder] = NewDid(found.Supervisor, found.Recovery, timeMs, hex);
            SetQuota(found.DidQuota);
            Parties[Founder] = new NaiveParty([Supervisor], "", 0, "");
            Write("ledger");
            Write($"did {Founder}");
            return Write($"party {Founder}");
        }

        if (op.CreateDid is { } create)
        {
            Dids[DidOf(id)] = NewDid(create.Document, create.Recovery, timeMs, hex);
            return Write($"did {DidOf(id)}");
        }

        if ((int)op.BodyCase is >= 12 and <= 16)
        {
            string subject =
                op.UpdateDid?.Did
                ?? op.DeactivateDid?.Did
                ?? op.ChangeRecovery?.Did
                ?? op.RecoverDid?.Did
                ?? op.CancelRecovery.Did;
            string change = Change(op, subject, keys, hex, timeMs);
            if (change != Applied)
            {
                return change;
            }

            if (op.UpdateDid is not null || op.ChangeRecovery is not null)
            {
                int kept = _quota.Max();
                if (kept > 0)
                {
                    List<long> times = _changes.GetValueOrDefault(subject, []);
                    _changes[subject] =
                    [
                        .. times.Where(time => time > timeMs - 604_800_000).TakeLast(kept - 1),
                        timeMs,
                    ];
                    Write($"changes {subject}");
                }
            }

            return Write($"did {subject}");
        }

        if (!Parties.TryGetValue(op.Actor, out NaiveParty? party))
        {
            return "NotAdmitted";
        }

        if (op.SetDidQuota is { } quota)
        {
            if (!party.Roles.Contains(Supervisor))
            {
                return "NotAuthorised";
            }

            SetQuota(quota.Quota);
            return Write("ledger");
        }

        if (op.AdmitParty is { } admit)
        {
            List<int> grantable = [];
            grantable.AddRange(party.Roles.Contains(Supervisor) ? GrantedBySupervisor : []);
            grantable.AddRange(party.Roles.Contains(Registrar) ? GrantedByRegistrar : []);
            if (!admit.Roles.All(role => grantable.Contains((int)role)))
            {
                return "NotAuthorised";
            }

            if (!Dids.TryGetValue(admit.Party, out NaiveDid? did))
            {
                return "DidNotFound";
            }

            if (did.Dead)
            {
                return "DidDeactivated";
            }

            if (Parties.ContainsKey(admit.Party))
            {
                return "AlreadyAdmitted";
            }

            Parties[admit.Party] = new NaiveParty(
                [.. admit.Roles.Select(role => (int)role)],
                Convert.ToHexString(admit.CredentialCommitment.Span),
                (int)admit.AssuranceLevel,
                op.Actor
            );
            return Write($"party {admit.Party}");
        }

        if (op.CreatePilot is { } pilot)
        {
            if (!party.Roles.Contains(Supervisor))
            {
                return "NotAuthorised";
            }

            if (Pilots.ContainsKey(pilot.Id))
            {
                return "PilotExists";
            }

            if (!IsActiveParty(pilot.Sponsor) || !Parties[pilot.Sponsor].Roles.Contains(Sponsor))
            {
                return "NotASponsor";
            }

            Pilots[pilot.Id] = new NaivePilot(pilot.Title, pilot.Sponsor, op.Actor);
            return Write($"pilot {pilot.Id}");
        }

        if (op.CreateClass is { } tokenClass)
        {
            if (!party.Roles.Contains(Issuer))
            {
                return "NotAuthorised";
            }

            if (!Pilots.ContainsKey(tokenClass.PilotId))
            {
                return "PilotNotFound";
            }

            if (Classes.ContainsKey(tokenClass.Id))
            {
                return "ClassExists";
            }

            Classes[tokenClass.Id] = new NaiveClass(
                tokenClass.PilotId,
                op.Actor,
                tokenClass.Name,
                (int)tokenClass.Category,
                tokenClass.MaxSupply,
                (int)tokenClass.Transferability,
                (int)tokenClass.BurnAuthority
            );
            Write($"supply {tokenClass.Id}");
            return Write($"class {tokenClass.Id}");
        }

        if (op.Mint is not null || op.BatchMint is not null)
        {
            string classId = op.Mint?.ClassId ?? op.BatchMint.ClassId;
            string owner = op.Mint?.Owner ?? op.BatchMint.Owner;
            (string Id, TokenContent? Content)[] items = op.Mint is not null
                ? [(op.Mint.TokenId, op.Mint.Content)]
                : [.. op.BatchMint.Items.Select(item => (item.TokenId, item.Content))];
            if (!party.Roles.Contains(Issuer))
            {
                return "NotAuthorised";
            }

            if (!Classes.TryGetValue(classId, out NaiveClass? of))
            {
                return "ClassNotFound";
            }

            if (of.Issuer != op.Actor)
            {
                return "NotAuthorised";
            }

            if ((ulong)TokenIds(classId).Count() + (ulong)items.Length > of.Max)
            {
                return "SupplyExceeded";
            }

            List<string> given = [];
            foreach ((string asked, _) in items)
            {
                decimal number = NextNumber(TokenIds(classId).Concat(given));
                if (asked.Length == 0 && number >= 9223372036854775808m)
                {
                    return "SupplyExceeded";
                }

                string tokenId = asked.Length == 0 ? number.ToString(CultureInfo.InvariantCulture) : asked;
                if (given.Contains(tokenId))
                {
                    return "DuplicateInBatch";
                }

                if (Tokens.TryGetValue((classId, tokenId), out NaiveToken? taken))
                {
                    return taken.Burned ? "TokenBurned" : "TokenExists";
                }

                given.Add(tokenId);
            }

            if (!IsActiveParty(owner))
            {
                return Parties.ContainsKey(owner) ? "ReceiverDeactivated" : "ReceiverNotAdmitted";
            }

            for (int i = 0; i < given.Count; i++)
            {
                Tokens[(classId, given[i])] = new NaiveToken(owner, TextOf(items[i].Content), false, index, 0);
                Write($"token {classId} {given[i]}");
            }

            _everHeld.Add((owner, classId));
            Write($"balance {owner} {classId}");
            return Write($"supply {classId}");
        }

        (string Class, string Id) key = (
            op.Transfer?.ClassId ?? op.Burn.ClassId,
            op.Transfer?.TokenId ?? op.Burn.TokenId
        );
        if (!Classes.TryGetValue(key.Class, out NaiveClass? its))
        {
            return "ClassNotFound";
        }

        if (!Tokens.TryGetValue(key, out NaiveToken? token))
        {
            return "TokenNotFound";
        }

        if (token.Burned)
        {
            return "TokenBurned";
        }

        if (op.Transfer is { } transfer)
        {
            if (op.Actor != token.Owner)
            {
                return "NotAuthorised";
            }

            if (transfer.FromDid != token.Owner)
            {
                return "IncorrectOwner";
            }

            if (!IsActiveParty(transfer.ToDid))
            {
                return Parties.ContainsKey(transfer.ToDid) ? "ReceiverDeactivated" : "ReceiverNotAdmitted";
            }

            if (its.Transferability == 3)
            {
                return "NotTransferable";
            }

            if (transfer.ToDid != token.Owner)
            {
                Tokens[key] = token with { Owner = transfer.ToDid, Transferred = index };
                _everHeld.Add((transfer.ToDid, key.Class));
                Write($"balance {token.Owner} {key.Class}");
                Write($"balance {transfer.ToDid} {key.Class}");
            }

            return Write($"token {key.Class} {key.Id}");
        }

        bool asIssuer = op.Actor == its.Issuer && its.Burn is 1 or 3;
        bool asOwner = op.Actor == token.Owner && its.Burn is 2 or 3;
        if (!(op.Actor == its.Issuer && asIssuer) && !(op.Actor == token.Owner && asOwner))
        {
            return "NotAuthorised";
        }

        Tokens[key] = token with { Burned = true };
        Write($"balance {token.Owner} {key.Class}");
        Write($"supply {key.Class}");
        return Write($"token {key.Class} {key.Id}");
    }

    // A change of a DID that exists: what it is afterwards.
    private string Change(Operation op, string subject, string[] keys, string hex, long timeMs)
    {
        ByteString previous =
            op.UpdateDid?.Previous
            ?? op.DeactivateDid?.Previous
            ?? op.ChangeRecovery?.Previous
            ?? op.RecoverDid?.Previous
            ?? op.CancelRecovery.Previous;
        if (!Dids.TryGetValue(subject, out NaiveDid? current))
        {
            return "DidNotFound";
        }

        if (current.Dead)
        {
            return "DidDeactivated";
        }

        if (op.Actor != subject && (IsByRecoveryKey(op) || !current.Controllers.Contains(op.Actor)))
        {
            return "NotAuthorised";
        }

        if (Convert.ToHexString(previous.Span) != current.Last)
        {
            return "StalePrevious";
        }

        current = Settle(current, timeMs);
        NaiveDid next = current with { UpdatedMs = timeMs, Last = hex };
        int best = keys.Select(name => Array.IndexOf(current.Recovery?.Names ?? [], name) + 1).Min();
        if ((op.UpdateDid?.Document ?? op.RecoverDid?.Document) is { } document)
        {
            if (LeadsBack(subject, document.Controllers))
            {
                return "ControllerCycle";
            }

            NaiveDid brought = NewDid(document, null, 0, "");
            bool matches = Commit(brought) == current.Commitment;
            bool leaves =
                Commit(brought) == Commit(current)
                && Math.Max(brought.Threshold, 1) == Math.Max(current.Threshold, 1)
                && brought.Commitment == current.Commitment;
            if (op.UpdateDid is not null && current.Commitment.Length > 0 && !matches && !leaves)
            {
                return "CommitmentMismatch";
            }

            next = next with
            {
                Document = brought.Document,
                Keys = brought.Keys,
                Threshold = brought.Threshold,
                Commitment = brought.Commitment,
                Controllers = brought.Controllers,
            };
        }

        if (op.DeactivateDid is not null)
        {
            next = next with { Dead = true, Pending = null };
        }

        if (op.CancelRecovery is not null)
        {
            if (current.Pending is null)
            {
                return "NoRecoveryPending";
            }

            if (current.Pending.Rank > 0 && best > current.Pending.Rank)
            {
                return "RecoveryRank";
            }

            next = next with { Pending = null };
        }

        if (op.ChangeRecovery is not null || op.RecoverDid?.Recovery is not null)
        {
            int rank = op.ChangeRecovery is null ? best : 0;
            if (current.Pending is { } pending)
            {
                if (op.ChangeRecovery is not null)
                {
                    return "RecoveryPending";
                }

                if (pending.Rank > 0 && rank > pending.Rank)
                {
                    return "RecoveryRank";
                }
            }

            NaivePolicy? policy = PolicyOf(
                op.ChangeRecovery is null ? op.RecoverDid!.Recovery : op.ChangeRecovery.Recovery
            );
            if (policy?.Text == current.Recovery?.Text)
            {
                return "RecoveryUnchanged";
            }

            next =
                (current.Recovery?.Names.Length ?? 0) == 0
                    ? next with
                    {
                        Recovery = policy,
                    }
                    : next with
                    {
                        Pending = new NaivePending(policy, timeMs + current.Recovery!.DelayMs, hex, rank),
                    };
        }

        Dids[subject] = next;
        return Applied;
    }

    private bool LeadsBack(string did, IEnumerable<string> controllers)
    {
        HashSet<string> reached = [.. controllers];
        for (int before = -1; before != reached.Count; )
        {
            before = reached.Count;
            reached.UnionWith(
                reached.ToArray().SelectMany(it => Dids.TryGetValue(it, out NaiveDid? its) ? its.Controllers : [])
            );
        }

        // The rules follow 64 DIDs and no more; so long a chain does not come of so few operations.
        Assert.True(reached.Count <= 64);
        return reached.Contains(did);
    }

    private void SetQuota(DidQuota? quota)
    {
        _quota = quota is null ? [10, 30, 100] : [(int)quota.PerHour, (int)quota.PerDay, (int)quota.PerWeek];
        _quotaText = TextOf(quota);
    }

    /// <summary>The commitment to a document's update keys, in hex.</summary>
    public static string Commit(NaiveDid did)
    {
        IEnumerable<string> keys = did
            .Keys.Values.Where(key => key.Purposes.Contains(3))
            .Select(key => $"02{Convert.ToHexString(Convert.FromBase64String(key.Text.Split(' ')[1]))}")
            .Distinct()
            .Order(StringComparer.Ordinal);
        string domain = Convert.ToHexString("ledger.v1.NextKeys\n"u8);
        return Convert.ToHexString(SHA256.HashData(Convert.FromHexString(domain + string.Concat(keys))));
    }

    public bool IsActiveParty(string did) => Parties.ContainsKey(did) && !Dids[did].Dead;

    /// <summary>The whole state as sorted lines: records with their versions, and index keys.</summary>
    public List<string> Print()
    {
        List<string> lines = [];
        void Add(string what, string text) => lines.Add($"{what} @{_written[what]} {text}");

        if (Network is not null)
        {
            Add("ledger", $"{Origin} {Network} {Founder} {_quotaText}");
        }

        foreach ((string did, NaiveDid it) in Dids)
        {
            string recovery = it.Recovery?.Text ?? "-";
            string pending = it.Pending is { } change
                ? $"{change.Policy?.Text ?? "-"},{change.AtMs},{change.Operation},{change.Rank}"
                : "-";
            Add($"did {did}", $"{it.Document} {it.Dead} {it.CreatedMs} {it.UpdatedMs} {it.Last} {recovery} {pending}");
        }

        foreach ((string did, List<long> times) in _changes)
        {
            Add($"changes {did}", string.Join(',', times));
        }

        foreach ((string did, NaiveParty it) in Parties)
        {
            Add($"party {did}", $"{string.Join(',', it.Roles)} {it.Commitment} {it.Level} {it.By}");
        }

        foreach ((string id, NaivePilot it) in Pilots)
        {
            Add($"pilot {id}", $"{it.Title} {it.Sponsor} {it.Supervisor} 1");
            lines.Add($"index S {id}");
        }

        foreach ((string id, NaiveClass it) in Classes)
        {
            NaiveToken[] tokens = [.. Tokens.Where(token => token.Key.Class == id).Select(token => token.Value)];
            string fixedPart =
                $"{it.Pilot} {it.Issuer} {it.Name} {it.Category} {it.Max} {it.Transferability} {it.Burn}";
            string counts = $"{tokens.Length} {tokens.Count(token => token.Burned)} {NextNumber(TokenIds(id))}";
            Add($"class {id}", fixedPart);
            Add($"supply {id}", counts);
            lines.Add($"index R {id}");
            lines.Add($"index Q {it.Pilot} {id}");
        }

        foreach (((string classId, string id), NaiveToken it) in Tokens)
        {
            Add($"token {classId} {id}", $"{it.Owner} {it.Content} {(it.Burned ? 2 : 1)} {it.Minted} {it.Transferred}");
            lines.Add($"index K {classId} {id}");
            if (!it.Burned)
            {
                lines.Add($"index O {it.Owner} {classId} {id}");
            }
        }

        Dictionary<(string, string), int> held = Tokens
            .Where(token => !token.Value.Burned)
            .CountBy(token => (token.Value.Owner, token.Key.Class))
            .ToDictionary();
        foreach ((string owner, string classId) in _everHeld)
        {
            Add($"balance {owner} {classId}", $"{held.GetValueOrDefault((owner, classId))}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public static string TextOf(TokenContent? content) =>
        content is null ? "-" : $"{content.Multihash.ToBase64()},{content.MediaType},{content.Size},{content.Uri}";

    public static string TextOf(DidDocument document) => Convert.ToBase64String(document.ToByteArray());

    public static string TextOf(IMessage? message) =>
        message is null ? "-" : $"={Convert.ToBase64String(message.ToByteArray())}";

    private static NaiveDid NewDid(DidDocument document, RecoveryPolicy? recovery, long createdMs, string last) =>
        new(
            TextOf(document),
            KeysOf(document),
            (int)document.UpdateThreshold,
            Convert.ToHexString(document.NextKeysCommitment.Span),
            PolicyOf(recovery),
            null,
            [.. document.Controllers],
            false,
            createdMs,
            0,
            last
        );

    private static NaivePolicy? PolicyOf(RecoveryPolicy? recovery) =>
        recovery is null || (recovery.Keys.Count == 0 && recovery.DelaySeconds == 0)
            ? null
            : new NaivePolicy(
                [.. recovery.Keys.Select(key => key.Fragment)],
                [.. recovery.Keys.Select(key => $"{key.Type} {key.PublicKey.ToBase64()}")],
                recovery.DelaySeconds == 0 ? 259_200_000 : recovery.DelaySeconds * 1000L,
                TextOf((IMessage)recovery)
            );

    private static Dictionary<string, NaiveKey> KeysOf(DidDocument document) =>
        document.VerificationMethods.ToDictionary(
            method => method.Fragment,
            method => new NaiveKey(
                $"{method.Type} {method.PublicKey.ToBase64()}",
                [.. method.Purposes.Select(purpose => (int)purpose)],
                (long)method.ValidUntil
            )
        );

    // One above the largest identifier that is a number in its shortest spelling and at most 10^12; at least 1.
    private static decimal NextNumber(IEnumerable<string> tokenIds) =>
        1
        + tokenIds
            .Where(id => id.Length <= 25 && id.All(char.IsAsciiDigit))
            .Select(id => (Id: id, Number: decimal.Parse(id, CultureInfo.InvariantCulture)))
            .Where(it => it.Number.ToString(CultureInfo.InvariantCulture) == it.Id)
            .Select(it => it.Number)
            .Where(number => number <= 1_000_000_000_000m)
            .DefaultIfEmpty(0)
            .Max();

    // RFC 4648, section 6, five bits at a time.
    private string DidOf(byte[] id)
    {
        string bits = string.Concat(id.Select(octet => octet.ToString("b8", CultureInfo.InvariantCulture))) + "0000";
        IEnumerable<char> characters = bits.Chunk(5)
            .Select(five => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(new string(five), 2)]);
        return $"did:pilot:{Network}:{string.Concat(characters)}";
    }
}
