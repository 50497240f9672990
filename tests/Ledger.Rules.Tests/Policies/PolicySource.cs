using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Rules.Tests.Policies;

/// <summary>
/// Random policies of the right form, and random transfers. Both draw from few values, so that what a policy asks for is often just met
/// or just missed.
/// </summary>
internal sealed class PolicySource(Random random)
{
    private const ulong DayMs = 86_400_000;

    private static readonly string[] Dids = ["did:giver", "did:receiver", "did:platform", "did:other"];
    private static readonly string[] Regions = ["110000", "310000", "CN-SH"];
    private static readonly string[] Scopes = ["ledger", "pilot", "class", "other pilot", "other class"];

    // Around the moment of the transfer, in milliseconds.
    private static readonly long[] Steps = [-(long)DayMs, -60_000, -1_000, -1, 0, 1, 1_000, 60_000, (long)DayMs];

    public PolicyRule Rule() => Rule(depth: 1, Limits.PolicyRulesMax, out _);

    public PlainTransfer Transfer()
    {
        ulong now = Near(PlainTransfer.Monday10);
        PlainTransfer transfer = new()
        {
            TimeMs = now,
            Category = Any<ClassCategory>(),
            Pilot = Any<PilotState>(),
            PilotEnd = random.Next(3) == 0 ? 0 : Near(now) / 1000,
            AcquiredMs = random.Next(6) == 0 ? 0 : now - (ulong)random.Next(4) * 1_000 + (ulong)random.Next(2),
            WasGiven = random.Next(2) == 0,
            Gifts = Counter(now),
            PilotTransfers = Counter(now),
            Held = random.Next(3) == 0 ? null : (ulong)random.Next(4),
            Giver = Party("did:giver", now),
            Receiver = Party("did:receiver", now),
        };
        if (random.Next(10) == 0)
        {
            transfer.Receiver = transfer.Giver;
        }

        return transfer;
    }

    // `room` is how many rules there may be, this one included.
    private PolicyRule Rule(int depth, int room, out int used)
    {
        bool holdsOthers = depth < Limits.PolicyDepthMax && room > 1 && random.Next(depth == 1 ? 5 : 3) != 0;
        if (!holdsOthers)
        {
            used = 1;
            return Leaf();
        }

        used = 1;
        if (random.Next(4) == 0)
        {
            PolicyRule inner = Rule(depth + 1, room - 1, out int usedWithin);
            used += usedWithin;
            return new PolicyRule { Not = inner };
        }

        V1.PolicyRules rules = new();
        int count = random.Next(1, 5);
        for (int i = 0; i < count && used < room; i++)
        {
            rules.Rules.Add(Rule(depth + 1, room - used, out int usedWithin));
            used += usedWithin;
        }

        return random.Next(2) == 0 ? new PolicyRule { All = rules } : new PolicyRule { Any = rules };
    }

    private PolicyRule Leaf()
    {
        PolicySubject subject = random.Next(2) == 0 ? PolicySubject.Giver : PolicySubject.Receiver;
        switch (random.Next(15))
        {
            case 0:
                return new()
                {
                    Role = new() { Subject = subject, Roles = { Some<Role>() } },
                };
            case 1:
                return new()
                {
                    Admission = new() { Subject = subject, Level = Any<AssuranceLevel>() },
                };
            case 2:
                return new()
                {
                    Account = new() { Subject = subject, State = (AccountState)random.Next(2) },
                };
            case 3:
                return new() { Category = new() { Categories = { Some<ClassCategory>() } } };
            case 4:
                return new() { TimeWindow = Window() };
            case 5:
                return new() { FirstHold = new() { Seconds = (ulong)random.Next(1, 4) } };
            case 6:
                return new() { Rehold = new() { Seconds = (ulong)random.Next(1, 4) } };
            case 7:
                return new() { GiftsPerDay = new() { Below = (ulong)random.Next(1, 4) } };
            case 8:
                return new()
                {
                    Age = new() { Subject = subject, Bands = { Some<AgeBand>() } },
                };
            case 9:
                return new() { ReceiverHolds = new() { Below = (ulong)random.Next(1, 4) } };
            case 10:
                return new() { PilotTransfersPerDay = new() { Below = (ulong)random.Next(1, 4) } };
            case 11:
                return new()
                {
                    Region = new() { Subject = subject, Regions = { Some(Regions) } },
                };
            case 12:
                return new()
                {
                    Platform = new() { Subject = subject, Dids = { Some(Dids) } },
                };
            case 13:
                return new() { PilotState = new() { States = { Some<PilotState>() } } };
            default:
                return new()
                {
                    Counterparty = new() { Subject = subject, Dids = { Some(Dids) } },
                };
        }
    }

    private TimeWindowRule Window()
    {
        ulong from = random.Next(2) == 0 ? 0 : Near(PlainTransfer.Monday10) / 1000;
        return new TimeWindowRule
        {
            From = from,
            Until = random.Next(2) == 0 ? 0 : Math.Max(from + 1, Near(PlainTransfer.Monday10) / 1000),
            FromMinute = Minute(),
            UntilMinute = random.Next(4) == 0 ? 1_440 : Minute(),
        };
    }

    // 10:00 is minute 600.
    private uint Minute() => random.Next(4) == 0 ? 0 : (uint)random.Next(598, 603);

    private (ulong, ulong)? Counter(ulong now) =>
        random.Next(4) == 0 ? null : (now / DayMs - (random.Next(3) == 0 ? 1u : 0), (ulong)random.Next(4));

    private PlainParty Party(string did, ulong now)
    {
        PlainParty party = new(did)
        {
            IsParty = random.Next(12) != 0,
            Exited = random.Next(12) == 0,
            Level = (AssuranceLevel)random.Next(4),
            IsAttested = random.Next(4) != 0,
            Region = random.Next(4) == 0 ? "" : Regions[random.Next(Regions.Length)],
            Band = (AgeBand)random.Next(4),
            Platform = random.Next(4) == 0 ? "" : Dids[random.Next(Dids.Length)],
            ValidUntil = random.Next(2) == 0 ? 0 : Near(now) / 1000,
            PlatformHold = Hold(now),
            SupervisorHold = Hold(now),
        };
        party.Roles.AddRange(random.Next(3) == 0 ? [] : Some<Role>());
        for (int i = random.Next(3); i > 0; i--)
        {
            party.Grants.Add(
                (Scopes[random.Next(Scopes.Length)], Any<Role>(), random.Next(2) == 0 ? 0 : Near(now) / 1000)
            );
        }

        return party;
    }

    private AccountHold? Hold(ulong now) =>
        random.Next(2) == 0
            ? null
            : new AccountHold
            {
                State = (AccountState)random.Next(1, 3),
                Hold = new Hold { FromMs = Near(now), UntilMs = random.Next(2) == 0 ? 0 : Near(now) },
            };

    private ulong Near(ulong moment) => (ulong)((long)moment + Steps[random.Next(Steps.Length)]);

    private T Any<T>()
        where T : struct, Enum
    {
        T[] values = [.. Enum.GetValues<T>().Where(value => !value.Equals(default(T)))];
        return values[random.Next(values.Length)];
    }

    private T[] Some<T>()
        where T : struct, Enum => Some([.. Enum.GetValues<T>().Where(value => !value.Equals(default(T)))]);

    // Ascending and distinct, as the form asks.
    private T[] Some<T>(T[] values)
    {
        T[] some = [.. values.Where(_ => random.Next(3) == 0)];
        return some.Length > 0 ? some : [values[random.Next(values.Length)]];
    }
}
