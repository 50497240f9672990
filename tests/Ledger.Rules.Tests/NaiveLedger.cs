using System.Globalization;
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

    public sealed record NaiveKey(string Text, int[] Purposes);

    public sealed record NaiveDid(
        string Document,
        Dictionary<string, NaiveKey> Keys,
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
    public string Admit(Operation op, string key, long timeMs)
    {
        string before = FindKey(op, key, _networkBefore, _didsBefore, out NaiveKey? then);
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

        string after = FindKey(op, key, Network, Dids, out NaiveKey? now);
        return after is "UnknownKey" or "KeyPurpose" ? "KeyChanged"
            : after == Applied && now!.Text != then!.Text ? "KeyChanged"
            : after;
    }

    private static string FindKey(
        Operation op,
        string name,
        string? network,
        Dictionary<string, NaiveDid> dids,
        out NaiveKey? key
    )
    {
        key = null;
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
        if (op.FoundLedger is not null || op.CreateDid is not null)
        {
            keys = KeysOf(op.FoundLedger?.Supervisor ?? op.CreateDid.Document);
        }
        else if (!dids.TryGetValue(op.Actor, out NaiveDid? actor))
        {
            return "UnknownActor";
        }
        else if (actor.Dead)
        {
            return "ActorDeactivated";
        }
        else
        {
            keys = actor.Keys;
        }

        if (!keys.TryGetValue(name, out key))
        {
            return "UnknownKey";
        }

        return key.Purposes.Contains(PurposeOf(op)) ? Applied : "KeyPurpose";
    }

    public static int PurposeOf(Operation op) => (int)op.BodyCase < 20 ? 3 : 2;

    private static IEnumerable<string> DidsIn(Operation op) =>
        new[]
        {
            [op.Actor, op.UpdateDid?.Did, op.DeactivateDid?.Did, op.AdmitParty?.Party, op.CreatePilot?.Sponsor],
            [op.Mint?.Owner, op.BatchMint?.Owner, op.Transfer?.FromDid, op.Transfer?.ToDid],
            op.FoundLedger?.Supervisor.Controllers ?? [],
            op.CreateDid?.Document.Controllers ?? [],
            op.UpdateDid?.Document.Controllers ?? (IEnumerable<string?>)[],
        }
            .SelectMany(dids => dids)
            .OfType<string>()
            .Where(did => did.Length > 0);

    /// <summary>Judges and applies an operation that was admitted.</summary>
    public string Apply(Operation op, byte[] id, long index, long timeMs)
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
            Dids[Founder] = NewDid(found.Supervisor, timeMs, hex);
            Parties[Founder] = new NaiveParty([Supervisor], "", 0, "");
            Write("ledger");
            Write($"did {Founder}");
            return Write($"party {Founder}");
        }

        if (op.CreateDid is { } create)
        {
            Dids[DidOf(id)] = NewDid(create.Document, timeMs, hex);
            return Write($"did {DidOf(id)}");
        }

        if (op.UpdateDid is not null || op.DeactivateDid is not null)
        {
            string did = op.UpdateDid?.Did ?? op.DeactivateDid.Did;
            ByteString previous = op.UpdateDid?.Previous ?? op.DeactivateDid.Previous;
            if (!Dids.TryGetValue(did, out NaiveDid? current))
            {
                return "DidNotFound";
            }

            if (current.Dead)
            {
                return "DidDeactivated";
            }

            if (op.Actor != did && !current.Controllers.Contains(op.Actor))
            {
                return "NotAuthorised";
            }

            if (Convert.ToHexString(previous.Span) != current.Last)
            {
                return "StalePrevious";
            }

            NaiveDid next = op.UpdateDid is null ? current : NewDid(op.UpdateDid.Document, 0, "");
            Dids[did] = next with
            {
                Dead = op.UpdateDid is null,
                CreatedMs = current.CreatedMs,
                UpdatedMs = timeMs,
                Last = hex,
            };
            return Write($"did {did}");
        }

        if (!Parties.TryGetValue(op.Actor, out NaiveParty? party))
        {
            return "NotAdmitted";
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
                return "ReceiverNotAdmitted";
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
                return "ReceiverNotAdmitted";
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

    public bool IsActiveParty(string did) => Parties.ContainsKey(did) && !Dids[did].Dead;

    /// <summary>The whole state as sorted lines: records with their versions, and index keys.</summary>
    public List<string> Print()
    {
        List<string> lines = [];
        void Add(string what, string text) => lines.Add($"{what} @{_written[what]} {text}");

        if (Network is not null)
        {
            Add("ledger", $"{Origin} {Network} {Founder}");
        }

        foreach ((string did, NaiveDid it) in Dids)
        {
            Add($"did {did}", $"{it.Document} {it.Dead} {it.CreatedMs} {it.UpdatedMs} {it.Last}");
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

    private static NaiveDid NewDid(DidDocument document, long createdMs, string last) =>
        new(TextOf(document), KeysOf(document), [.. document.Controllers], false, createdMs, 0, last);

    private static Dictionary<string, NaiveKey> KeysOf(DidDocument document) =>
        document.VerificationMethods.ToDictionary(
            method => method.Fragment,
            method => new NaiveKey(
                $"{method.Type} {method.PublicKey.ToBase64()}",
                [.. method.Purposes.Select(purpose => (int)purpose)]
            )
        );

    // One above the largest identifier that is a number in its shortest spelling and below 2^63; at least 1.
    private static decimal NextNumber(IEnumerable<string> tokenIds) =>
        1
        + tokenIds
            .Where(id => id.Length <= 25 && id.All(char.IsAsciiDigit))
            .Select(id => (Id: id, Number: decimal.Parse(id, CultureInfo.InvariantCulture)))
            .Where(it => it.Number.ToString(CultureInfo.InvariantCulture) == it.Id)
            .Select(it => it.Number)
            .Where(number => number < 9223372036854775808m)
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
