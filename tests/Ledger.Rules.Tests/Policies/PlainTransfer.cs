using Google.Protobuf;
using Ledger.Rules.Policies;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.Policies;

/// <summary>A party as a test says it: admitted, active and attested of nothing unless it says otherwise.</summary>
internal sealed class PlainParty(string did)
{
    public string Did { get; } = did;
    public bool IsParty { get; set; } = true;
    public bool Exited { get; set; }
    public List<Role> Roles { get; } = [];

    /// <summary>Roles granted on the ledger, in the pilot, in the class and elsewhere, each with its last second or 0.</summary>
    public List<(string Where, Role Role, ulong Until)> Grants { get; } = [];
    public AssuranceLevel Level { get; set; }
    public bool IsAttested { get; set; }
    public string Region { get; set; } = "";
    public AgeBand Band { get; set; }
    public string Platform { get; set; } = "";
    public ulong ValidUntil { get; set; }
    public AccountHold? PlatformHold { get; set; }
    public AccountHold? SupervisorHold { get; set; }
}

/// <summary>What a test says of a transfer, and the records that say the same.</summary>
internal sealed class PlainTransfer
{
    public const string ClassId = "class";
    public const string PilotId = "pilot";

    /// <summary>2026-03-02T10:00:00Z, a Monday.</summary>
    public const ulong Monday10 = 1_772_445_600_000;

    public ulong TimeMs { get; set; } = Monday10;
    public ClassCategory Category { get; set; } = ClassCategory.Cultural;
    public PilotState Pilot { get; set; } = PilotState.Running;
    public ulong PilotEnd { get; set; }
    public ulong AcquiredMs { get; set; }
    public bool WasGiven { get; set; }
    public (ulong Day, ulong Count)? Gifts { get; set; }
    public (ulong Day, ulong Count)? PilotTransfers { get; set; }
    public ulong? Held { get; set; }
    public PlainParty Giver { get; set; } = new("did:giver");
    public PlainParty Receiver { get; set; } = new("did:receiver");

    public TransferFacts ToFacts()
    {
        List<(RecordKey, IMessage)> records = [];
        Add(Giver);
        if (Receiver.Did != Giver.Did)
        {
            Add(Receiver);
        }

        if (Gifts is { } gifts)
        {
            records.Add(
                (RecordKey.Given(Giver.Did, ClassId), new GivenRecord { Day = gifts.Day, Count = gifts.Count })
            );
        }

        if (PilotTransfers is { } transfers)
        {
            records.Add(
                (
                    RecordKey.PilotFigures(PilotId),
                    new PilotFiguresRecord
                    {
                        PilotId = PilotId,
                        Transfers = 1_000_000,
                        Day = transfers.Day,
                        TransfersOfDay = transfers.Count,
                    }
                )
            );
        }

        if (Held is { } held)
        {
            records.Add((RecordKey.Balance(Receiver.Did, ClassId), new BalanceRecord { Count = held }));
        }

        return new TransferFacts(
            new FixedRecords(records),
            TimeMs,
            new ClassRecord
            {
                Id = ClassId,
                PilotId = PilotId,
                Category = Category,
            },
            new PilotRecord
            {
                Id = PilotId,
                State = Pilot,
                Terms = new PilotTerms { Boundary = new PilotBoundary { End = PilotEnd } },
            },
            new TokenRecord
            {
                ClassId = ClassId,
                TokenId = "token",
                Owner = Giver.Did,
                AcquiredMs = AcquiredMs,
                MintedIndex = 5,
                TransferredIndex = WasGiven ? 6u : 0,
            },
            Receiver.Did
        );

        void Add(PlainParty party)
        {
            if (party.IsParty)
            {
                records.Add((RecordKey.Party(party.Did), RecordOf(party)));
            }

            foreach (
                IGrouping<string, (string Where, Role Role, ulong Until)> scope in party.Grants.GroupBy(g => g.Where)
            )
            {
                GrantsRecord grants = new() { Party = party.Did };
                grants.Grants.Add(scope.Select(g => new RoleGrant { Role = g.Role, ValidUntil = g.Until }));
                records.Add((RecordKey.Grants(party.Did, ScopeOf(scope.Key)), grants));
            }
        }
    }

    private static RoleScope ScopeOf(string where) =>
        where switch
        {
            "ledger" => RoleScope.WholeLedger,
            "pilot" => new RoleScope(PilotId, ""),
            "class" => new RoleScope(PilotId, ClassId),
            "other pilot" => new RoleScope("other", ""),
            "other class" => new RoleScope(PilotId, "other"),
            _ => throw new ArgumentOutOfRangeException(nameof(where), where, "No such scope."),
        };

    private static PartyRecord RecordOf(PlainParty party) =>
        new()
        {
            Did = party.Did,
            Roles = { party.Roles },
            AssuranceLevel = party.Level,
            Exited = party.Exited,
            Attestation = !party.IsAttested
                ? null
                : new Attestation
                {
                    Region = party.Region,
                    AgeBand = party.Band,
                    Platform = party.Platform,
                    ValidUntil = party.ValidUntil,
                },
            PlatformHold = party.PlatformHold,
            SupervisorHold = party.SupervisorHold,
        };

    /// <summary>Records that were said, and no others.</summary>
    private sealed class FixedRecords(IEnumerable<(RecordKey Key, IMessage Record)> records) : IRecords
    {
        private readonly Dictionary<RecordKey, VersionedRecord> _records = records.ToDictionary(
            static pair => pair.Key,
            static pair => new VersionedRecord(1, 1, pair.Record)
        );

        public VersionedRecord? Find(RecordKey key) => _records.GetValueOrDefault(key);

        public long? IndexOf(ReadOnlySpan<byte> operationId) => null;
    }
}
