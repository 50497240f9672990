using System.Globalization;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Client;

/// <summary>
/// Whether the operation that wrote a version yields the record that the node shows: everything that the one operation says of the
/// record is compared.
/// </summary>
internal static class RecordChecks
{
    /// <summary>That an entry wrote the version which the node names, and was applied.</summary>
    public static SubmittedOperation RequireWrote(ProvenEntry entry, RecordVersion? version)
    {
        if (version is null)
        {
            throw new VerificationException(VerificationCheck.Form, "the version is missing");
        }
        if (version.Index != (ulong)entry.Index || version.TimeMs != (ulong)entry.TimeMs)
        {
            throw new VerificationException(
                VerificationCheck.Entry,
                $"the version is {version.Index} of {version.TimeMs} ms, and the entry {entry.Index} of {entry.TimeMs} ms"
            );
        }
        if (entry.Operation is not { } operation)
        {
            throw new VerificationException(VerificationCheck.Operation, "the entry is a seal");
        }
        return entry.Outcome == ReasonCode.Applied
            ? operation
            : throw new VerificationException(
                VerificationCheck.Outcome,
                $"the entry's operation was refused, {Reasons.Name(entry.Outcome)}"
            );
    }

    /// <summary>The document that an operation gives to a DID; null when it gives none to this DID.</summary>
    public static DidDocument? DocumentOf(SubmittedOperation operation, string did) =>
        operation.Operation.BodyCase switch
        {
            Operation.BodyOneofCase.CreateDid when CreatesDid(operation, did) => operation.Operation.CreateDid.Document,
            Operation.BodyOneofCase.FoundLedger when CreatesDid(operation, did) => operation
                .Operation
                .FoundLedger
                .Supervisor,
            Operation.BodyOneofCase.UpdateDid when operation.Operation.UpdateDid.Did == did => operation
                .Operation
                .UpdateDid
                .Document,
            _ => null,
        };

    /// <summary>A DID, all but the document of one that was deactivated.</summary>
    public static void RequireDid(ProvenEntry entry, SubmittedOperation operation, string did, DidRecord record)
    {
        bool creates = CreatesDid(operation, did);
        bool ends =
            operation.Operation.BodyCase == Operation.BodyOneofCase.DeactivateDid
            && operation.Operation.DeactivateDid.Did == did;
        DidDocument? document = DocumentOf(operation, did);
        RequireNames(ends || document is not null);
        Require(record.Did == did, "did");
        Require(record.LastOperation.Span.SequenceEqual(operation.Id.Span), "last_operation");
        Require(
            record.CreatedMs == (ulong)entry.TimeMs || (!creates && record.CreatedMs < (ulong)entry.TimeMs),
            "created_ms"
        );
        Require(record.UpdatedMs == (creates ? 0 : (ulong)entry.TimeMs), "updated_ms");
        Require(record.Deactivated == ends, "deactivated");
        Require(ends || document!.Equals(record.Document), "document");
    }

    /// <summary>A party.</summary>
    public static void RequireParty(SubmittedOperation operation, string did, PartyRecord record)
    {
        PartyRecord? expected = operation.Operation.BodyCase switch
        {
            Operation.BodyOneofCase.AdmitParty when operation.Operation.AdmitParty is { } body && body.Party == did =>
                new PartyRecord
                {
                    Did = did,
                    Roles = { body.Roles },
                    CredentialCommitment = body.CredentialCommitment,
                    AssuranceLevel = body.AssuranceLevel,
                    AdmittedBy = operation.Operation.Actor,
                },
            Operation.BodyOneofCase.FoundLedger when CreatesDid(operation, did) => new PartyRecord
            {
                Did = did,
                Roles = { Role.Supervisor },
            },
            _ => null,
        };
        RequireNames(expected is not null);
        Require(expected!.Equals(record), "party");
    }

    /// <summary>A pilot.</summary>
    public static void RequirePilot(SubmittedOperation operation, string pilotId, PilotRecord record)
    {
        CreatePilot? body = operation.Operation.CreatePilot;
        RequireNames(body?.Id == pilotId);
        PilotRecord expected = new()
        {
            Id = pilotId,
            Title = body!.Title,
            Sponsor = body.Sponsor,
            Supervisor = operation.Operation.Actor,
            State = PilotState.Running,
        };
        Require(expected.Equals(record), "pilot");
    }

    /// <summary>A class. Once tokens were minted or burned, the operation shows only that and who the issuer is.</summary>
    public static void RequireClass(SubmittedOperation operation, string classId, ClassRecord record)
    {
        Require(record.Id == classId, "id");
        Require(record.Minted <= record.MaxSupply && record.Burned <= record.Minted, "minted, burned");
        Operation signed = operation.Operation;
        switch (signed.BodyCase)
        {
            case Operation.BodyOneofCase.CreateClass when signed.CreateClass.Id == classId:
                CreateClass body = signed.CreateClass;
                ClassRecord expected = new()
                {
                    Id = classId,
                    PilotId = body.PilotId,
                    Issuer = signed.Actor,
                    Name = body.Name,
                    Category = body.Category,
                    MaxSupply = body.MaxSupply,
                    Transferability = body.Transferability,
                    BurnAuthority = body.BurnAuthority,
                    NextNumber = record.NextNumber, // where numbers start is the rules' business
                };
                Require(expected.Equals(record), "class");
                break;
            case Operation.BodyOneofCase.Mint when signed.Mint.ClassId == classId:
                Require(record.Issuer == signed.Actor, "issuer");
                Require(record.Minted >= 1, "minted");
                break;
            case Operation.BodyOneofCase.BatchMint when signed.BatchMint.ClassId == classId:
                Require(record.Issuer == signed.Actor, "issuer");
                Require(record.Minted >= (ulong)signed.BatchMint.Items.Count, "minted");
                break;
            case Operation.BodyOneofCase.Burn when signed.Burn.ClassId == classId:
                Require(record.Burned >= 1, "burned");
                break;
            default:
                RequireNames(false);
                break;
        }
    }

    /// <summary>A token. A transfer shows its owner and a burn its end; what it stands for, the mint alone.</summary>
    public static void RequireToken(
        ProvenEntry entry,
        SubmittedOperation operation,
        string classId,
        string tokenId,
        TokenRecord record
    )
    {
        Require(record.ClassId == classId, "class_id");
        Require(record.TokenId == tokenId, "token_id");
        Operation signed = operation.Operation;
        bool burned = signed.BodyCase == Operation.BodyOneofCase.Burn;
        Require(record.State == (burned ? TokenState.Burned : TokenState.Live), "state");
        switch (signed.BodyCase)
        {
            case Operation.BodyOneofCase.Mint when signed.Mint is { } mint && mint.ClassId == classId:
                RequireNames(IsNamed(mint.TokenId, tokenId));
                Require(record.Owner == mint.Owner, "owner");
                Require(Equals(record.Content, mint.Content), "content");
                RequireMinted(entry, record);
                break;
            case Operation.BodyOneofCase.BatchMint when signed.BatchMint is { } mint && mint.ClassId == classId:
                RequireNames(mint.Items.Any(item => IsNamed(item.TokenId, tokenId)));
                Require(record.Owner == mint.Owner, "owner");
                Require(
                    mint.Items.Any(item => IsNamed(item.TokenId, tokenId) && Equals(record.Content, item.Content)),
                    "content"
                );
                RequireMinted(entry, record);
                break;
            case Operation.BodyOneofCase.Transfer when signed.Transfer is { } transfer && transfer.ClassId == classId:
                RequireNames(transfer.TokenId == tokenId);
                Require(record.Owner == transfer.ToDid, "owner");
                Require(record.MintedIndex < (ulong)entry.Index, "minted_index");
                // Given to its own owner, a token keeps the index of the last transfer that meant something.
                Require(
                    transfer.FromDid == transfer.ToDid
                        ? record.TransferredIndex < (ulong)entry.Index
                        : record.TransferredIndex == (ulong)entry.Index,
                    "transferred_index"
                );
                break;
            case Operation.BodyOneofCase.Burn when signed.Burn.ClassId == classId:
                RequireNames(signed.Burn.TokenId == tokenId);
                Require(record.MintedIndex < (ulong)entry.Index, "minted_index");
                Require(record.TransferredIndex < (ulong)entry.Index, "transferred_index");
                break;
            default:
                RequireNames(false);
                break;
        }
    }

    private static void RequireMinted(ProvenEntry entry, TokenRecord record)
    {
        Require(record.MintedIndex == (ulong)entry.Index, "minted_index");
        Require(record.TransferredIndex == 0, "transferred_index");
    }

    // A token that was minted without a name is named by its number, in decimal.
    private static bool IsNamed(string name, string tokenId) =>
        name == tokenId
        || (
            name.Length == 0
            && tokenId[0] != '0'
            && ulong.TryParse(tokenId, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        );

    private static bool CreatesDid(SubmittedOperation operation, string did) =>
        operation.CreatesActor
        && DidSyntax.TryParse(did, out string network, out _)
        && operation.ActorDid(network) == did;

    private static void RequireNames(bool names)
    {
        if (!names)
        {
            throw new VerificationException(
                VerificationCheck.Operation,
                "the entry's operation is not one that writes this record"
            );
        }
    }

    private static void Require(bool agrees, string field)
    {
        if (!agrees)
        {
            throw new VerificationException(
                VerificationCheck.Record,
                $"the record is not what the entry's operation makes of it: {field}"
            );
        }
    }
}
