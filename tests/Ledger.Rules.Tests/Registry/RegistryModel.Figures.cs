using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>What the records add up to: counted from them whenever somebody asks.</summary>
internal sealed partial class RegistryModel
{
    /// <summary>Every record by kind and key, those that count among them; counts of nothing are left out.</summary>
    public SortedDictionary<string, IMessage> Project()
    {
        SortedDictionary<string, IMessage> all = new(StringComparer.Ordinal);
        foreach ((string key, IMessage record) in _records)
        {
            all.Add(key, record);
        }

        foreach (RefusalRecord refusal in _refusals)
        {
            all.Add($"Refusal {Number(refusal.Index)}", refusal);
        }

        foreach (ClassRecord c in All<ClassRecord>())
        {
            TokenRecord[] tokens = [.. All<TokenRecord>().Where(token => token.ClassId == c.Id)];
            all.Add(
                $"Supply {c.Id}",
                new SupplyRecord
                {
                    ClassId = c.Id,
                    Minted = (ulong)tokens.Length,
                    Burned = (ulong)tokens.Count(token => token.State == TokenState.Burned),
                    NextNumber = NextNumber(c.Id),
                }
            );
            foreach (string owner in tokens.Select(token => token.Owner).Distinct())
            {
                if (BalanceOf(owner, c.Id) is { Count: > 0 } balance)
                {
                    all.Add($"Balance {owner}/{c.Id}", balance);
                }
            }

            foreach (string owner in _given.Where(it => it.ClassId == c.Id).Select(it => it.Owner).Distinct())
            {
                if (GivenOf(owner, c.Id) is { } given)
                {
                    all.Add($"Given {owner}/{c.Id}", given);
                }
            }
        }

        foreach (PilotRecord pilot in All<PilotRecord>())
        {
            all.Add($"PilotFigures {pilot.Id}", FiguresOf(pilot.Id));
            RefusalCount[] refused =
            [
                .. _refusals
                    .Where(it => it.Refused.PilotId == pilot.Id)
                    .GroupBy(it => it.Refused.Reason)
                    .OrderBy(it => it.Key)
                    .Select(it => new RefusalCount { Reason = it.Key, Count = (ulong)it.Count() }),
            ];
            if (refused.Length != 0)
            {
                all.Add(
                    $"PilotRefusals {pilot.Id}",
                    new PilotRefusalsRecord { PilotId = pilot.Id, Counts = { refused } }
                );
            }
        }

        all.Add(
            "PilotCounts ",
            new PilotCountsRecord
            {
                Counts =
                {
                    All<PilotRecord>()
                        .GroupBy(pilot => pilot.State)
                        .OrderBy(it => it.Key)
                        .Select(it => new PilotCount { State = it.Key, Count = (ulong)it.Count() }),
                },
            }
        );
        return all;
    }

    /// <summary>What the records of one kind and key say, as a policy asks for them; null when there are none.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="id">The key within the kind.</param>
    public IMessage? FindForPolicy(string kind, string id) =>
        kind switch
        {
            "Balance" => BalanceOf(id[..id.IndexOf('/')], id[(id.IndexOf('/') + 1)..]),
            "Given" => GivenOf(id[..id.IndexOf('/')], id[(id.IndexOf('/') + 1)..]),
            "PilotFigures" => FiguresOf(id),
            _ => _records.GetValueOrDefault($"{kind} {id}"),
        };

    private ulong ParticipantsOf(string pilotId, ParticipantState state = ParticipantState.Admitted) =>
        (ulong)All<ParticipantRecord>().Count(it => it.PilotId == pilotId && it.State == state);

    private ulong DocumentsOf(string pilotId) => (ulong)All<EvidenceRecord>().Count(it => it.PilotId == pilotId);

    private BalanceRecord BalanceOf(string owner, string classId) =>
        new()
        {
            Owner = owner,
            ClassId = classId,
            Count = (ulong)
                All<TokenRecord>()
                    .Count(it => it.ClassId == classId && it.Owner == owner && it.State == TokenState.Live),
        };

    // Of classes with a policy: how many tokens an owner gave on the last day on which it gave any.
    private GivenRecord? GivenOf(string owner, string classId)
    {
        ulong[] days =
        [
            .. _given.Where(it => it.ClassId == classId && it.Owner == owner).Select(it => it.TimeMs / DayMs),
        ];
        return days.Length == 0 || Class(classId)!.PolicyId.Length == 0
            ? null
            : new GivenRecord
            {
                Owner = owner,
                ClassId = classId,
                Day = days.Max(),
                Count = (ulong)days.Count(day => day == days.Max()),
            };
    }

    private PilotFiguresRecord FiguresOf(string pilotId)
    {
        HashSet<string> classes = [.. All<ClassRecord>().Where(it => it.PilotId == pilotId).Select(it => it.Id)];
        TokenRecord[] tokens = [.. All<TokenRecord>().Where(token => classes.Contains(token.ClassId))];
        ulong[] days = [.. _given.Where(it => it.PilotId == pilotId).Select(it => it.TimeMs / DayMs)];
        ulong day = days.DefaultIfEmpty(0UL).Max();
        return new PilotFiguresRecord
        {
            PilotId = pilotId,
            Participants = ParticipantsOf(pilotId),
            Suspended = ParticipantsOf(pilotId, ParticipantState.Suspended),
            Classes = (ulong)classes.Count,
            Minted = (ulong)tokens.Length,
            Burned = (ulong)tokens.Count(token => token.State == TokenState.Burned),
            Transfers = (ulong)days.Length,
            Day = day,
            TransfersOfDay = (ulong)days.Count(it => it == day),
            Documents = DocumentsOf(pilotId),
        };
    }
}
