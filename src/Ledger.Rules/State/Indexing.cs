using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.State;

/// <summary>
/// Which lists a record stands in: the keys of the indexes are a function of the current records, and nothing else adds or removes
/// one.
/// </summary>
public static class Indexing
{
    /// <summary>The keys under which a record is listed.</summary>
    public static IReadOnlyList<IndexKey> KeysOf(IMessage record) =>
        record switch
        {
            TokenRecord token => KeysOf(token),
            PilotRecord pilot => KeysOf(pilot),
            ClassRecord c => [IndexKey.Class(c.Id), IndexKey.PilotClass(c.PilotId, c.Id)],
            GrantsRecord g when g.Grants.Count != 0 =>
            [
                IndexKey.Of(IndexKind.PartyGrants, g.Party, new RoleScope(g.PilotId, g.ClassId).ToString()),
            ],
            ParticipantRecord p => [IndexKey.Of(IndexKind.Participants, p.PilotId, p.Party)],
            MilestoneRecord m => [IndexKey.Of(IndexKind.Milestones, m.PilotId, m.MilestoneId)],
            TrancheRecord t => [IndexKey.Of(IndexKind.Tranches, t.PilotId, t.TrancheId)],
            EvidenceRecord e => [IndexKey.Of(IndexKind.Evidence, e.PilotId, IndexKey.Number(e.Number))],
            PolicyRecord p => [IndexKey.Of(IndexKind.Policies, p.PilotId, p.Id)],
            SupervisoryActionRecord action => KeysOf(action),
            RefusalRecord refusal => KeysOf(refusal),
            _ => [],
        };

    /// <summary>Adds what becomes of the keys when a record takes the place of another.</summary>
    /// <param name="before">The record before; null when there was none.</param>
    /// <param name="after">The record of the same key that takes its place.</param>
    /// <param name="changes">Where the changes are added, in order.</param>
    public static void AddChanges(IMessage? before, IMessage after, List<IndexChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (before is TokenRecord was && after is TokenRecord now && was.Owner == now.Owner && was.State == now.State)
        {
            return; // by far the most common change of a token but the one of its owner
        }

        IReadOnlyList<IndexKey> old = before is null ? [] : KeysOf(before);
        IReadOnlyList<IndexKey> present = KeysOf(after);
        foreach (IndexKey key in old)
        {
            if (!present.Contains(key))
            {
                changes.Add(new IndexChange(key, IsPresent: false));
            }
        }

        foreach (IndexKey key in present)
        {
            if (!old.Contains(key))
            {
                changes.Add(new IndexChange(key, IsPresent: true));
            }
        }
    }

    private static IndexKey[] KeysOf(TokenRecord token) =>
        token.State == TokenState.Live
            ?
            [
                IndexKey.ClassToken(token.ClassId, token.TokenId),
                IndexKey.OwnerToken(token.Owner, token.ClassId, token.TokenId),
            ]
            : [IndexKey.ClassToken(token.ClassId, token.TokenId)];

    private static List<IndexKey> KeysOf(PilotRecord pilot)
    {
        List<IndexKey> keys =
        [
            IndexKey.Pilot(pilot.Id),
            IndexKey.Of(IndexKind.PilotStates, IndexKey.Number((ulong)pilot.State), pilot.Id),
        ];
        if (pilot.Terms is { } terms)
        {
            if (terms.District.Length != 0)
            {
                keys.Add(IndexKey.Of(IndexKind.PilotDistricts, terms.District, pilot.Id));
            }

            keys.AddRange(terms.Fields.Select(field => IndexKey.Of(IndexKind.PilotFields, field, pilot.Id)));
        }

        if (Pilots.CanExpire(pilot))
        {
            keys.Add(IndexKey.Of(IndexKind.PilotEnds, IndexKey.Number(pilot.Terms.Boundary.End), pilot.Id));
        }

        if (pilot.Evaluation is { Replicable: true })
        {
            keys.Add(IndexKey.Of(IndexKind.PilotCases, pilot.Id));
        }

        return keys;
    }

    private static List<IndexKey> KeysOf(SupervisoryActionRecord action)
    {
        string index = IndexKey.Descending(action.Index);
        string step = IndexKey.Descending(action.Step);
        List<IndexKey> keys = [IndexKey.Of(IndexKind.Actions, index, step)];
        AddBy(IndexKind.PartyActions, action.Party);
        AddBy(IndexKind.PilotActions, action.PilotId);
        AddBy(IndexKind.ClassActions, action.ClassId);
        return keys;

        void AddBy(IndexKind kind, string target)
        {
            if (target.Length != 0)
            {
                keys.Add(IndexKey.Of(kind, target, index, step));
            }
        }
    }

    private static List<IndexKey> KeysOf(RefusalRecord refusal)
    {
        string index = IndexKey.Descending(refusal.Index);
        List<IndexKey> keys =
        [
            IndexKey.Of(IndexKind.Refusals, index),
            IndexKey.Of(IndexKind.ActorRefusals, refusal.Actor, index),
        ];
        if (refusal.Refused.PilotId.Length != 0)
        {
            keys.Add(IndexKey.Of(IndexKind.PilotRefusals, refusal.Refused.PilotId, index));
        }

        return keys;
    }
}
