using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>The ledger itself and its parties: found, admit.</summary>
internal static class PartyRules
{
    public static VerbRule[] All =>
        [
            VerbRule.Of<FoundLedger>(new(null, Relations.NewDid, "the first operation of a log, and only that"), Found),
            VerbRule.Of<AdmitParty>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Registrar),
                    Relations.None,
                    "every role granted must be one that a role of the actor grants"
                ),
                Admit
            ),
        ];

    /// <summary>Names the network and the first supervisor, the one party that nobody admits.</summary>
    public static ReasonCode Found(Turn turn, FoundLedger body)
    {
        turn.Put(
            RecordKey.Ledger,
            new LedgerRecord
            {
                Origin = turn.Submitted.Operation.Ledger,
                Network = body.Network,
                Supervisor = turn.Actor,
                DidQuota = body.DidQuota,
            }
        );
        DidRules.Register(turn, body.Supervisor, body.Recovery);
        turn.Put(RecordKey.Party(turn.Actor), new PartyRecord { Did = turn.Actor, Roles = { Role.Supervisor } });
        return ReasonCode.Applied;
    }

    public static ReasonCode Admit(Turn turn, AdmitParty body)
    {
        if (!Permissions.MayGrant(Parties.RolesOf(turn.State, turn.Actor, turn.Scope, turn.TimeMs), body.Roles))
        {
            return ReasonCode.NotAuthorised;
        }

        DidRecord? did = turn.Find<DidRecord>(RecordKey.Did(body.Party));
        if (did is null)
        {
            return ReasonCode.DidNotFound;
        }

        if (did.Deactivated)
        {
            return ReasonCode.DidDeactivated;
        }

        RecordKey key = RecordKey.Party(body.Party);
        if (turn.State.Find(key) is not null)
        {
            return ReasonCode.AlreadyAdmitted;
        }

        turn.Put(
            key,
            new PartyRecord
            {
                Did = body.Party,
                Roles = { body.Roles },
                CredentialCommitment = body.CredentialCommitment,
                AssuranceLevel = body.AssuranceLevel,
                AdmittedBy = turn.Actor,
            }
        );
        return ReasonCode.Applied;
    }
}
