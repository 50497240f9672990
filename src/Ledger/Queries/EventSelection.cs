using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Queries;

/// <summary>Which events are wanted: a filter that is right in form.</summary>
public sealed class EventSelection
{
    /// <summary>Most effects that a filter names.</summary>
    public const int EffectsMax = 64;

    private static readonly OneofDescriptor Oneof = Effect.Descriptor.Oneofs.Single(static o => o.Name == "effect");

    private static readonly Dictionary<Effect.EffectOneofCase, EffectFields> ByCase = Oneof.Fields.ToDictionary(
        static field => (Effect.EffectOneofCase)field.FieldNumber,
        static field => new EffectFields(field)
    );

    private readonly EventFilter _filter;
    private readonly HashSet<Effect.EffectOneofCase> _effects;

    private EventSelection(EventFilter filter, IEnumerable<Effect.EffectOneofCase> effects)
    {
        _filter = filter;
        _effects = [.. effects];
    }

    /// <summary>Names of all effects in the protocol, in its order.</summary>
    public static IReadOnlyList<string> Effects { get; } = [.. Oneof.Fields.Select(static field => field.Name)];

    /// <summary>
    /// A selection by a filter. Refused: INVALID_REQUEST, and for a party NOT_FOUNDED, INVALID_DID.
    /// </summary>
    /// <param name="view">Where the ledger's network is read.</param>
    /// <param name="filter">As the caller sent it; null: every event is wanted.</param>
    public static Answer<EventSelection> Of(ReadView view, EventFilter? filter)
    {
        ArgumentNullException.ThrowIfNull(view);
        filter ??= new EventFilter();
        if (filter.Effects.Count > EffectsMax)
        {
            return Judgement.Refuse(ReasonCode.InvalidRequest, $"filter.effects: at most {EffectsMax}");
        }

        List<Effect.EffectOneofCase> effects = [];
        foreach (string name in filter.Effects)
        {
            if (Oneof.Fields.FirstOrDefault(field => field.Name == name) is not { } field)
            {
                return Judgement.Refuse(ReasonCode.InvalidRequest, "filter.effects: names of effects alone");
            }

            effects.Add((Effect.EffectOneofCase)field.FieldNumber);
        }

        Judgement form =
            filter.Party.Length > 0 ? Identifiers.CheckDid(view, filter.Party, "filter.party") : Judgement.Ok;
        if (form.IsOk && filter.PilotId.Length > 0)
        {
            form = Identifiers.CheckId(filter.PilotId, "filter.pilot_id");
        }

        if (form.IsOk && filter.ClassId.Length > 0)
        {
            form = Identifiers.CheckId(filter.ClassId, "filter.class_id");
        }

        if (form.IsOk && filter.TokenId.Length > 0)
        {
            form =
                filter.ClassId.Length > 0
                    ? Identifiers.CheckTokenId(filter.TokenId, "filter.token_id")
                    : Judgement.Refuse(ReasonCode.InvalidRequest, "filter.token_id: with class_id alone");
        }

        return form.IsOk ? new EventSelection(filter, effects) : form;
    }

    /// <summary>Whether an event is wanted.</summary>
    /// <param name="entry">What the entry did.</param>
    /// <param name="effect">One of its effects.</param>
    public bool Includes(EntryEvents entry, Effect effect)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(effect);
        EffectFields fields = ByCase[effect.EffectCase];
        return (_effects.Count == 0 || _effects.Contains(effect.EffectCase))
            && (
                _filter.Party.Length == 0
                || entry.Actor == _filter.Party
                || entry.Approver == _filter.Party
                || fields.NamesDid(effect, _filter.Party)
            )
            && (_filter.PilotId.Length == 0 || fields.PilotOf(effect) == _filter.PilotId)
            && (_filter.ClassId.Length == 0 || fields.ClassOf(effect) == _filter.ClassId)
            && (_filter.TokenId.Length == 0 || fields.TokenOf(effect) == _filter.TokenId);
    }

    /// <summary>Where one kind of effect names parties, a pilot, a class and a token. Effects are flat: their fields are texts.</summary>
    private sealed class EffectFields(FieldDescriptor effect)
    {
        private readonly FieldDescriptor[] _dids =
        [
            .. effect
                .MessageType.Fields.InDeclarationOrder()
                .Where(static field => field.GetOptions()?.GetExtension(OptionsExtensions.Did) == true),
        ];

        private readonly FieldDescriptor? _pilot = effect.MessageType.FindFieldByName("pilot_id");
        private readonly FieldDescriptor? _class = effect.MessageType.FindFieldByName("class_id");
        private readonly FieldDescriptor? _token = effect.MessageType.FindFieldByName("token_id");

        public bool NamesDid(Effect of, string did)
        {
            foreach (FieldDescriptor field in _dids)
            {
                if (TextOf(field, of) == did)
                {
                    return true;
                }
            }

            return false;
        }

        public string? PilotOf(Effect of) => TextOf(_pilot, of);

        public string? ClassOf(Effect of) => TextOf(_class, of);

        public string? TokenOf(Effect of) => TextOf(_token, of);

        private string? TextOf(FieldDescriptor? field, Effect of) =>
            (string?)field?.Accessor.GetValue((Google.Protobuf.IMessage)effect.Accessor.GetValue(of));
    }
}
