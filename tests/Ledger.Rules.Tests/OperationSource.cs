using Google.Protobuf;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>
/// Random operations, mostly such as the ledger would apply, with a bias to the edges: stale, burned, taken, foreign, late,
/// by strangers. It looks at the model to know what there is.
/// </summary>
internal sealed class OperationSource(Random random, NaiveLedger ledger)
{
    private static readonly string[] KeyNames = ["k0", "k1", "k2"];

    private static readonly string[] RecoveryNames = ["r1", "r2", "r3"];

    private static readonly Role[] UsualRoles =
    [
        Role.Participant,
        Role.Participant,
        Role.Issuer,
        Role.Issuer,
        Role.Sponsor,
        Role.Platform,
        Role.Registrar,
        Role.Auditor,
    ];

    private static readonly string[] EdgeTokenIds =
    [
        "0",
        "007",
        "01",
        "-1",
        "1.0",
        "9007199254740993",
        "9223372036854775808",
        "18446744073709551615",
        "184467440737095516160",
        "1000000000001",
    ];

    private readonly string _network = $"n{random.Next(10)}";

    // The update keys that documents have committed to, by commitment.
    private readonly Dictionary<string, DidDocument> _committed = [];
    private long _timeMs;

    /// <summary>An operation and the names of the keys that sign it.</summary>
    public (Operation Operation, string[] Keys) Next(long timeMs)
    {
        _timeMs = timeMs;
        Operation op = MakeBody();
        op.Ledger = RulesLedger.Origin;
        op.Nonce = RandomBytes(16);
        op.NotAfter = (ulong)timeMs / 1000 + (ulong)random.Next(1, 1000);
        if (Chance(2))
        {
            ulong[] edges = [0, 1, 2_591_999, 2_592_000, 2_592_001];
            op.NotAfter = (ulong)timeMs / 1000 + Pick(edges);
        }

        return (op, PickKeys(op));
    }

    private Operation MakeBody()
    {
        if (ledger.Network is null || Chance(1))
        {
            return Chance(20)
                ? MakeCreate()
                : new Operation
                {
                    FoundLedger = new FoundLedger
                    {
                        Network = _network,
                        Supervisor = MakeDocument(),
                        Recovery = MakePolicy(),
                        DidQuota = Chance(50) ? MakeQuota() : null,
                    },
                };
        }

        return random.Next(100) switch
        {
            < 12 => MakeCreate(),
            < 22 => MakeUpdate(),
            < 24 => MakeDeactivate(),
            < 32 => MakeAdmit(),
            < 35 => MakePilot(),
            < 39 => MakeClass(),
            < 54 => MakeMint(),
            < 60 => MakeBatchMint(),
            < 76 => MakeTransfer(),
            < 82 => MakeChangeRecovery(),
            < 90 => MakeRecover(),
            < 94 => MakeCancelRecovery(),
            < 95 => new Operation
            {
                Actor = Mostly(ledger.Founder!),
                SetDidQuota = new SetDidQuota { Quota = MakeQuota() },
            },
            _ => MakeBurn(),
        };
    }

    private Operation MakeCreate() =>
        new()
        {
            CreateDid = new CreateDid { Document = MakeDocument(), Recovery = MakePolicy() },
        };

    private Operation MakeChangeRecovery()
    {
        string did = AnyDid();
        return new Operation
        {
            Actor = Mostly(PickController(did)),
            ChangeRecovery = new ChangeRecovery
            {
                Did = did,
                Previous = PreviousOf(did),
                Recovery = Chance(10) ? PolicyOf(did) : MakePolicy(),
            },
        };
    }

    private Operation MakeRecover()
    {
        string did = RecoverableDid();
        RecoverDid body = new() { Did = did, Previous = PreviousOf(did) };
        body.Document = Chance(60) ? MakeDocument(did) : null;
        body.Recovery = body.Document is null || Chance(30) ? MakePolicy() ?? new RecoveryPolicy() : null;
        return new Operation { Actor = did, RecoverDid = body };
    }

    private Operation MakeCancelRecovery()
    {
        string did = RecoverableDid();
        return new Operation
        {
            Actor = did,
            CancelRecovery = new CancelRecovery { Did = did, Previous = PreviousOf(did) },
        };
    }

    // Zeros now and then: no limit.
    private DidQuota MakeQuota() =>
        new()
        {
            PerHour = (uint)random.Next(0, 4),
            PerDay = (uint)random.Next(0, 6),
            PerWeek = (uint)random.Next(0, 8),
        };

    private RecoveryPolicy? MakePolicy()
    {
        if (Chance(30))
        {
            return null;
        }

        RecoveryPolicy policy = new() { DelaySeconds = (uint)random.Next(0, 20) };
        foreach (string name in RecoveryNames.Where(_ => Chance(60)))
        {
            VerificationMethod key = RulesLedger.Method(name, (byte)random.Next(256));
            if (!policy.Keys.Any(other => other.PublicKey.Equals(key.PublicKey)))
            {
                policy.Keys.Add(key);
            }
        }

        return policy;
    }

    // The policy that a DID has.
    private RecoveryPolicy? PolicyOf(string did) =>
        ledger.Dids.TryGetValue(did, out NaiveLedger.NaiveDid? it) && it.Recovery is { } policy
            ? RecoveryPolicy.Parser.ParseFrom(Convert.FromBase64String(policy.Text[1..]))
            : null;

    // Rather one with something pending.
    private string RecoverableDid()
    {
        string[] pending = [.. ledger.Dids.Where(did => did.Value.Pending is not null).Select(did => did.Key)];
        string[] dids = [.. ledger.Dids.Where(did => did.Value.Recovery is not null).Select(did => did.Key)];
        return pending.Length > 0 && Chance(50) ? Pick(pending)
            : dids.Length > 0 ? Pick(dids)
            : AnyDid();
    }

    private Operation MakeUpdate()
    {
        string[] changed = [.. ledger.Dids.Where(did => did.Value.UpdatedMs > 0).Select(did => did.Key)];
        string did = changed.Length > 0 && Chance(50) ? Pick(changed) : AnyDid();
        return new Operation
        {
            Actor = Mostly(PickController(did)),
            UpdateDid = new UpdateDid
            {
                Did = did,
                Previous = PreviousOf(did),
                Document = MakeDocument(did),
            },
        };
    }

    private Operation MakeDeactivate()
    {
        // Not the founder: without a supervisor little would happen.
        string[] others = [.. ledger.Dids.Keys.Where(key => key != ledger.Founder)];
        string did = others.Length == 0 ? Unknown(_network) : Pick(others);
        return new Operation
        {
            Actor = Mostly(PickController(did)),
            DeactivateDid = new DeactivateDid { Did = did, Previous = PreviousOf(did) },
        };
    }

    private Operation MakeAdmit()
    {
        SortedSet<Role> roles = [Pick(UsualRoles)];
        while (Chance(30))
        {
            roles.Add(Chance(10) ? (Role)random.Next(1, 11) : Pick(UsualRoles));
        }

        string[] outsiders = [.. ledger.Dids.Keys.Where(did => !ledger.Parties.ContainsKey(did))];
        return new Operation
        {
            Actor = Mostly(Chance(70) ? ledger.Founder! : PartyWith(Role.Registrar)),
            AdmitParty = new AdmitParty
            {
                Party = Mostly(outsiders.Length == 0 ? AnyDid() : Pick(outsiders)),
                Roles = { roles },
                CredentialCommitment = RandomBytes(32),
                AssuranceLevel = (AssuranceLevel)random.Next(1, 4),
            },
        };
    }

    private Operation MakePilot() =>
        new()
        {
            Actor = Mostly(ledger.Founder!),
            CreatePilot = new CreatePilot
            {
                Id = $"p{random.Next(8)}",
                Title = "A pilot",
                Sponsor = Mostly(PartyWith(Role.Sponsor)),
            },
        };

    private Operation MakeClass()
    {
        ulong[] supplies = [1, 3, 20, 1000, 1_000_000_000_000];
        return new Operation
        {
            Actor = Mostly(PartyWith(Role.Issuer)),
            CreateClass = new CreateClass
            {
                Id = $"c{random.Next(16)}",
                PilotId = $"p{random.Next(10)}",
                Name = "A class",
                Category = (ClassCategory)random.Next(1, 10),
                MaxSupply = Pick(supplies),
                Transferability = (Transferability)random.Next(1, 4),
                BurnAuthority = (BurnAuthority)random.Next(1, 5),
            },
        };
    }

    private Operation MakeMint()
    {
        string classId = AnyClass();
        return new Operation
        {
            Actor = Mostly(IssuerOf(classId)),
            Mint = new Mint
            {
                ClassId = classId,
                TokenId = MakeTokenId(classId),
                Owner = Mostly(AnyParty()),
                Content = MakeContent(),
            },
        };
    }

    private Operation MakeBatchMint()
    {
        string classId = AnyClass();
        BatchMint body = new() { ClassId = classId, Owner = Mostly(AnyParty()) };
        for (int i = random.Next(1, Chance(10) ? 30 : 5); i > 0; i--)
        {
            body.Items.Add(new MintItem { TokenId = MakeTokenId(classId), Content = MakeContent() });
        }

        return new Operation { Actor = Mostly(IssuerOf(classId)), BatchMint = body };
    }

    private Operation MakeTransfer()
    {
        (string classId, string tokenId) = AnyToken();
        string owner = OwnerOf(classId, tokenId);
        return new Operation
        {
            Actor = Mostly(owner),
            Transfer = new Transfer
            {
                ClassId = classId,
                TokenId = tokenId,
                FromDid = Mostly(owner),
                ToDid = Chance(8) ? owner : Mostly(AnyParty()),
            },
        };
    }

    private Operation MakeBurn()
    {
        (string classId, string tokenId) = AnyToken();
        return new Operation
        {
            Actor = Mostly(Chance(50) ? OwnerOf(classId, tokenId) : IssuerOf(classId)),
            Burn = new Burn { ClassId = classId, TokenId = tokenId },
        };
    }

    private DidDocument MakeDocument(string? self = null)
    {
        DidDocument document = new();
        int count = random.Next(1, KeyNames.Length + 1);
        for (int i = 0; i < count; i++)
        {
            SortedSet<KeyPurpose> purposes = [(KeyPurpose)random.Next(1, 6)];
            if (i == 0)
            {
                purposes.Add(KeyPurpose.CapabilityInvocation);
            }

            if (Chance(i == 0 ? 95 : 30))
            {
                purposes.Add(KeyPurpose.AssertionMethod);
            }

            document.VerificationMethods.Add(
                new VerificationMethod
                {
                    Fragment = KeyNames[i],
                    Type = KeyType.Ed25519,
                    PublicKey = RulesLedger.PublicKey((byte)random.Next(256)),
                    Purposes = { purposes },
                    ValidUntil = Chance(90) ? 0 : (ulong)(_timeMs / 1000 + random.Next(-5, 60)),
                }
            );
        }

        KeepCommitment(self, document);
        int updateKeys = UpdateKeys.CountDistinct(document);
        document.UpdateThreshold = Chance(70) ? document.UpdateThreshold : (uint)random.Next(0, updateKeys + 1);

        HashSet<string> controllers = [];
        while (ledger.Dids.Count > 0 && Chance(25))
        {
            controllers.Add(AnyDid());
        }

        controllers.Remove(self ?? ""); // would be wrong in form
        document.Controllers.Add(controllers);
        return document;
    }

    // Mostly what the DID's commitment asks for; and a commitment of its own now and then.
    private void KeepCommitment(string? self, DidDocument document)
    {
        NaiveLedger.NaiveDid? before = self is null ? null : ledger.Dids.GetValueOrDefault(self);
        if (before?.Commitment.Length > 0 && Chance(80))
        {
            DidDocument? next = Chance(70)
                ? _committed.GetValueOrDefault(before.Commitment)
                : DidDocument.Parser.ParseFrom(Convert.FromBase64String(before.Document));
            if (next is not null)
            {
                document.VerificationMethods.Clear();
                document.VerificationMethods.Add(next.VerificationMethods.Select(method => method.Clone()));
                document.UpdateThreshold = next.UpdateThreshold;
                document.NextKeysCommitment = next.NextKeysCommitment;
            }
        }

        if (Chance(20))
        {
            DidDocument next = new()
            {
                VerificationMethods =
                {
                    RulesLedger.Method("k0", (byte)random.Next(256), KeyPurpose.CapabilityInvocation),
                    RulesLedger.Method("k2", (byte)random.Next(256), KeyPurpose.CapabilityInvocation),
                },
            };
            document.NextKeysCommitment = ByteString.CopyFrom(UpdateKeys.Commit(next));
            _committed[Convert.ToHexString(document.NextKeysCommitment.Span)] = next;
        }
    }

    private TokenContent? MakeContent() =>
        Chance(70)
            ? null
            : new TokenContent
            {
                Multihash = ByteString.CopyFrom([0x12, 0x20, .. RandomBytes(32).Span]),
                MediaType = "image/png",
                Size = (ulong)random.Next(),
            };

    private string MakeTokenId(string classId)
    {
        int roll = random.Next(1000);
        string[] taken = roll is >= 800 and < 900 ? [.. ledger.TokenIds(classId)] : [];
        return taken.Length > 0 ? Pick(taken)
            : roll < 500 ? ""
            : roll < 800 ? $"{random.Next(40)}"
            : roll < 950 ? $"t{random.Next(40)}"
            : roll < 998 ? Pick(EdgeTokenIds)
            : $"{long.MaxValue - random.Next(2)}";
    }

    // Mostly the keys that it takes, once in a while one too few or a wrong one.
    private string[] PickKeys(Operation op)
    {
        if (NaiveLedger.IsByRecoveryKey(op))
        {
            string[] names = ledger.Dids.TryGetValue(op.Actor, out NaiveLedger.NaiveDid? its)
                ? NaiveLedger.Settle(its, _timeMs).Recovery?.Names ?? []
                : [];
            return names.Length == 0 || Chance(3) ? [Pick(RecoveryNames)] : [Pick(names)];
        }

        DidDocument? own = op.FoundLedger?.Supervisor ?? op.CreateDid?.Document;
        IEnumerable<(string Name, bool Fits)> keys =
            own is not null
                ? own.VerificationMethods.Select(key =>
                    (key.Fragment, key.Purposes.Contains((KeyPurpose)NaiveLedger.PurposeOf(op)))
                )
            : ledger.Dids.TryGetValue(op.Actor, out NaiveLedger.NaiveDid? did)
                ? did.Keys.Select(key => (key.Key, key.Value.Purposes.Contains(NaiveLedger.PurposeOf(op))))
            : [];
        string[] fitting = [.. keys.Where(key => key.Fits).Select(key => key.Name)];
        return fitting.Length == 0 || Chance(2) ? [Pick(KeyNames)]
            : Chance(20) ? [Pick(fitting)]
            : fitting;
    }

    private string PickController(string did) =>
        ledger.Dids.TryGetValue(did, out NaiveLedger.NaiveDid? it) && it.Controllers.Length > 0 && Chance(50)
            ? Pick(it.Controllers)
            : did;

    private ByteString PreviousOf(string did) =>
        Chance(10) || !ledger.Dids.TryGetValue(did, out NaiveLedger.NaiveDid? it)
            ? RandomBytes(32)
            : ByteString.CopyFrom(Convert.FromHexString(it.Last));

    private string PartyWith(Role role)
    {
        string[] parties =
        [
            .. ledger.Parties.Where(party => party.Value.Roles.Contains((int)role)).Select(party => party.Key),
        ];
        return parties.Length == 0 ? AnyDid() : Pick(parties);
    }

    private string AnyParty() => Pick([.. ledger.Parties.Keys]);

    private string AnyDid() => Pick([.. ledger.Dids.Keys]);

    private string AnyClass() =>
        ledger.Classes.Count == 0 || Chance(3) ? $"c{random.Next(20)}" : Pick([.. ledger.Classes.Keys]);

    private string IssuerOf(string classId) =>
        ledger.Classes.TryGetValue(classId, out NaiveLedger.NaiveClass? it) ? it.Issuer : AnyDid();

    private (string Class, string Id) AnyToken() =>
        ledger.Tokens.Count == 0 || Chance(4) ? (AnyClass(), $"{random.Next(40)}") : Pick([.. ledger.Tokens.Keys]);

    private string OwnerOf(string classId, string tokenId) =>
        ledger.Tokens.TryGetValue((classId, tokenId), out NaiveLedger.NaiveToken? it) ? it.Owner : AnyDid();

    // What was meant, or somebody else: registered, unknown, or of another network.
    private string Mostly(string did) =>
        random.Next(100) switch
        {
            < 90 => did,
            < 97 => AnyDid(),
            < 99 => Unknown(_network),
            _ => Unknown("other"),
        };

    private static string Unknown(string network) => $"did:pilot:{network}:{new string('b', 51)}a";

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];

    private ByteString RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
