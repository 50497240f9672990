using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>
/// What a subscriber knows who reads the events alone, from the first on: who owns which token, which are burned or frozen, where pilots
/// stand, and what was last ordered of accounts.
/// </summary>
internal sealed class EventReplay
{
    private readonly Dictionary<(string ClassId, string TokenId), string> _owners = [];
    private readonly HashSet<(string ClassId, string TokenId)> _burned = [];
    private readonly Dictionary<(string ClassId, string TokenId), Order> _frozen = [];
    private readonly Dictionary<string, PilotState> _pilots = [];
    private readonly Dictionary<string, AccountEffect> _platformSides = [];
    private readonly Dictionary<string, AccountEffect> _supervisorSides = [];

    /// <summary>Takes note of what entries did.</summary>
    /// <returns>What cannot be after what was before; null when there is nothing.</returns>
    public string? Add(IEnumerable<KeyValuePair<long, EntryEvents>> entries)
    {
        foreach ((long index, EntryEvents events) in entries)
        {
            foreach (Effect effect in events.Effects)
            {
                if (!Add(effect, events.TimeMs))
                {
                    return $"The event cannot be, at {index}: {effect}.";
                }
            }
        }

        return null;
    }

    private bool Add(Effect effect, ulong timeMs)
    {
        switch (effect.EffectCase)
        {
            case Effect.EffectOneofCase.Minted:
                return _owners.TryAdd((effect.Minted.ClassId, effect.Minted.TokenId), effect.Minted.Owner);
            case Effect.EffectOneofCase.Transferred:
                (string, string) given = (effect.Transferred.ClassId, effect.Transferred.TokenId);
                bool canBeGiven =
                    _owners.GetValueOrDefault(given) == effect.Transferred.FromDid && IsFree(given, timeMs);
                _owners[given] = effect.Transferred.ToDid;
                return canBeGiven;
            case Effect.EffectOneofCase.Burned:
                (string, string) burned = (effect.Burned.ClassId, effect.Burned.TokenId);
                return _owners.GetValueOrDefault(burned) == effect.Burned.Owner
                    && IsFree(burned, timeMs)
                    && _burned.Add(burned);
            case Effect.EffectOneofCase.TokenFrozen:
                _frozen[(effect.TokenFrozen.ClassId, effect.TokenFrozen.TokenId)] = effect.TokenFrozen.Order;
                return true;
            case Effect.EffectOneofCase.TokenUnfrozen:
                return _frozen.Remove((effect.TokenUnfrozen.ClassId, effect.TokenUnfrozen.TokenId));
            case Effect.EffectOneofCase.PilotCreated:
                return _pilots.TryAdd(effect.PilotCreated.PilotId, effect.PilotCreated.To);
            case Effect.EffectOneofCase.PilotMoved:
                _pilots[effect.PilotMoved.PilotId] = effect.PilotMoved.To;
                return true;
            // One that was not over by any event had come to the end of its boundary.
            case Effect.EffectOneofCase.PilotEvaluated:
                string evaluated = effect.PilotEvaluated.PilotId;
                if (_pilots[evaluated] is PilotState.Approved or PilotState.Running or PilotState.Suspended)
                {
                    _pilots[evaluated] = PilotState.Expired;
                }

                return true;
            case Effect.EffectOneofCase.PlatformStateSet:
                _platformSides[effect.PlatformStateSet.Party] = effect.PlatformStateSet;
                return true;
            case Effect.EffectOneofCase.SupervisorStateSet:
                _supervisorSides[effect.SupervisorStateSet.Party] = effect.SupervisorStateSet;
                return true;
            default:
                return true;
        }
    }

    // Whether no freeze is in force: a forced transfer or burn is told after the end of the freeze.
    private bool IsFree((string, string) token, ulong timeMs) =>
        !_frozen.TryGetValue(token, out Order? order)
        || timeMs < order.EffectiveFrom * 1000
        || (order.Expires != 0 && timeMs > order.Expires * 1000);

    /// <summary>Compares with the records that they came from.</summary>
    public string? FindProblem(IReadOnlyDictionary<RecordKey, VersionedRecord> records)
    {
        foreach (VersionedRecord version in records.Values)
        {
            bool agrees = version.Record switch
            {
                TokenRecord it => _owners.GetValueOrDefault((it.ClassId, it.TokenId)) == it.Owner
                    && _burned.Contains((it.ClassId, it.TokenId)) == (it.State == TokenState.Burned),
                PilotRecord it => _pilots.GetValueOrDefault(it.Id) == it.State,
                PartyRecord it => Agree(_supervisorSides.GetValueOrDefault(it.Did), it.SupervisorHold)
                    && Agree(_platformSides.GetValueOrDefault(it.Did), it.PlatformHold),
                _ => true,
            };
            if (!agrees)
            {
                return $"The events do not lead to {version.Record}.";
            }
        }

        int tokens = records.Values.Count(it => it.Record is TokenRecord);
        int pilots = records.Values.Count(it => it.Record is PilotRecord);
        return (tokens, pilots) == (_owners.Count, _pilots.Count)
            ? null
            : $"Events made {_owners.Count} tokens and {_pilots.Count} pilots; there are {tokens} and {pilots}.";
    }

    private static bool Agree(AccountEffect? last, AccountHold? side) =>
        (last?.State ?? AccountState.Active) == (side?.State ?? AccountState.Active)
        && (
            side is null
            || (side.Hold.OrderNumber == last!.Order.Number && side.Hold.UntilMs == last.Order.Expires * 1000)
        );
}
