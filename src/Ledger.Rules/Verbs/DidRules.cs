using Google.Protobuf;
using Google.Protobuf.Collections;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>DIDs: create, update, deactivate.</summary>
internal static class DidRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<CreateDid>(new(null, Relations.NewDid), Create),
            VerbRule.Of<UpdateDid>(new(null, Relations.Subject | Relations.Controller), Update),
            VerbRule.Of<DeactivateDid>(new(null, Relations.Subject | Relations.Controller), Deactivate),
        ];

    public static ReasonCode Create(Turn turn, CreateDid body)
    {
        Register(turn, body.Document);
        return ReasonCode.Applied;
    }

    /// <summary>Registers the actor's DID. Nothing can refuse it: its name is the hash of an operation taken once.</summary>
    /// <exception cref="InvalidOperationException">The log took one operation twice.</exception>
    public static void Register(Turn turn, DidDocument document)
    {
        RecordKey key = RecordKey.Did(turn.Actor);
        if (turn.State.Find(key) is not null)
        {
            // Going on would give a DID back to the keys that it was created with.
            throw new InvalidOperationException("An operation that creates a DID was applied twice.");
        }

        turn.Put(
            key,
            new DidRecord
            {
                Did = turn.Actor,
                Document = document,
                CreatedMs = turn.TimeMs,
                LastOperation = turn.OperationId,
            }
        );
    }

    public static ReasonCode Update(Turn turn, UpdateDid body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out DidRecord? changed);
        if (changed is not null)
        {
            changed.Document = body.Document;
            turn.Put(RecordKey.Did(body.Did), changed);
        }

        return reason;
    }

    /// <summary>The last document stays in the record, so that the DID resolves to what it was.</summary>
    public static ReasonCode Deactivate(Turn turn, DeactivateDid body)
    {
        ReasonCode reason = FindToChange(turn, body.Did, body.Previous, out DidRecord? changed);
        if (changed is not null)
        {
            changed.Deactivated = true;
            turn.Put(RecordKey.Did(body.Did), changed);
        }

        return reason;
    }

    // What update and deactivate share: the checks, and the next version as far as it does not depend on the verb.
    private static ReasonCode FindToChange(Turn turn, string did, ByteString previous, out DidRecord? changed)
    {
        changed = null;
        DidRecord? current = turn.Find<DidRecord>(RecordKey.Did(did));
        if (current is null)
        {
            return ReasonCode.DidNotFound;
        }

        if (current.Deactivated)
        {
            return ReasonCode.DidDeactivated;
        }

        if (!turn.Allows(RelationsOf(turn.Actor, current)))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!previous.Equals(current.LastOperation))
        {
            return ReasonCode.StalePrevious;
        }

        changed = new DidRecord
        {
            Did = current.Did,
            Document = current.Document,
            CreatedMs = current.CreatedMs,
            UpdatedMs = turn.TimeMs,
            LastOperation = turn.OperationId,
        };
        return ReasonCode.Applied;
    }

    private static Relations RelationsOf(string actor, DidRecord did)
    {
        Relations relations = actor == did.Did ? Relations.Subject : Relations.None;
        RepeatedField<string> controllers = did.Document.Controllers;
        for (int i = 0; i < controllers.Count; i++)
        {
            relations |= controllers[i] == actor ? Relations.Controller : Relations.None;
        }

        return relations;
    }
}
