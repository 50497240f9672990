using Google.Protobuf.Collections;
using Ledger.Protocol;
using Ledger.V1;
using Verb = Ledger.V1.Operation.BodyOneofCase;

namespace Ledger.Rules;

/// <summary>Whether every DID that an operation names is one of this ledger's network. It need not be registered.</summary>
internal static class Networks
{
    /// <summary>Judges every DID in an operation.</summary>
    /// <param name="operation">An operation that is right in form: what should be a DID is one of some network.</param>
    /// <param name="network">The ledger's network.</param>
    /// <returns><see cref="ReasonCode.InvalidDid"/> for the first DID of another network.</returns>
    public static Judgement Check(Operation operation, string network)
    {
        string? wrong = operation.BodyCase switch
        {
            Verb.FoundLedger => Foreign("found_ledger.supervisor", operation.FoundLedger.Supervisor, network),
            Verb.CreateDid => Foreign("create_did.document", operation.CreateDid.Document, network),
            Verb.UpdateDid => Foreign("update_did.did", operation.UpdateDid.Did, network)
                ?? Foreign("update_did.document", operation.UpdateDid.Document, network),
            Verb.DeactivateDid => Foreign("deactivate_did.did", operation.DeactivateDid.Did, network),
            Verb.AdmitParty => Foreign("admit_party.party", operation.AdmitParty.Party, network),
            Verb.CreatePilot => Foreign("create_pilot.sponsor", operation.CreatePilot.Sponsor, network),
            Verb.Mint => Foreign("mint.owner", operation.Mint.Owner, network),
            Verb.BatchMint => Foreign("batch_mint.owner", operation.BatchMint.Owner, network),
            Verb.Transfer => Foreign("transfer.from_did", operation.Transfer.FromDid, network)
                ?? Foreign("transfer.to_did", operation.Transfer.ToDid, network),
            _ => null, // names no DID but the actor
        };
        wrong ??= operation.Actor.Length == 0 ? null : Foreign("actor", operation.Actor, network);
        return wrong is null ? Judgement.Ok : Judgement.Refuse(ReasonCode.InvalidDid, wrong);
    }

    // The field's name when the DID is of another network.
    private static string? Foreign(string field, string did, string network) =>
        DidSyntax.IsDid(did, network) ? null : field;

    private static string? Foreign(string field, DidDocument document, string network)
    {
        RepeatedField<string> controllers = document.Controllers;
        for (int i = 0; i < controllers.Count; i++)
        {
            if (!DidSyntax.IsDid(controllers[i], network))
            {
                return $"{field}.controllers[{i}]";
            }
        }

        return null;
    }
}
