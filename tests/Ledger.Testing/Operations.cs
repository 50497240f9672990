using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Testing;

/// <summary>Operations as most tests ask them: the body alone, which the rules would take.</summary>
public static class Operations
{
    /// <summary>Founds the ledger.</summary>
    public static Operation Found(string network, DidDocument supervisor) =>
        new()
        {
            FoundLedger = new FoundLedger { Network = network, Supervisor = supervisor },
        };

    /// <summary>Registers a DID.</summary>
    public static Operation Create(DidDocument document) => new() { CreateDid = new CreateDid { Document = document } };

    /// <summary>Gives a DID another document.</summary>
    public static Operation Update(string did, ByteString previous, DidDocument document) =>
        new()
        {
            UpdateDid = new UpdateDid
            {
                Did = did,
                Previous = previous,
                Document = document,
            },
        };

    /// <summary>Ends a DID.</summary>
    public static Operation Deactivate(string did, ByteString previous) =>
        new()
        {
            DeactivateDid = new DeactivateDid { Did = did, Previous = previous },
        };

    /// <summary>Admits a party.</summary>
    public static Operation Admit(string did, params Role[] roles) =>
        new()
        {
            AdmitParty = new AdmitParty
            {
                Party = did,
                Roles = { roles },
                CredentialCommitment = ByteString.CopyFrom(new byte[32]),
                AssuranceLevel = AssuranceLevel.High,
            },
        };

    /// <summary>Creates a pilot.</summary>
    public static Operation Pilot(string id, string sponsor) =>
        new()
        {
            CreatePilot = new CreatePilot
            {
                Id = id,
                Title = "A pilot",
                Sponsor = sponsor,
            },
        };

    /// <summary>Creates a class.</summary>
    public static Operation Class(string id, string pilotId, Transferability rule = Transferability.Free) =>
        new()
        {
            CreateClass = new CreateClass
            {
                Id = id,
                PilotId = pilotId,
                Name = "A class",
                Category = ClassCategory.Cultural,
                MaxSupply = 1_000_000,
                Transferability = rule,
                BurnAuthority = BurnAuthority.Both,
            },
        };

    /// <summary>Mints a token; without an identifier it gets the next number.</summary>
    public static Operation Mint(string classId, string owner, string tokenId = "") =>
        new()
        {
            Mint = new Mint
            {
                ClassId = classId,
                TokenId = tokenId,
                Owner = owner,
            },
        };

    /// <summary>Mints tokens by number.</summary>
    public static Operation BatchMint(string classId, string owner, int tokens)
    {
        BatchMint body = new() { ClassId = classId, Owner = owner };
        for (int i = 0; i < tokens; i++)
        {
            body.Items.Add(new MintItem());
        }

        return new Operation { BatchMint = body };
    }

    /// <summary>Gives a token to another.</summary>
    public static Operation Transfer(string classId, string tokenId, string from, string to) =>
        new()
        {
            Transfer = new Transfer
            {
                ClassId = classId,
                TokenId = tokenId,
                FromDid = from,
                ToDid = to,
            },
        };

    /// <summary>Ends a token.</summary>
    public static Operation Burn(string classId, string tokenId) =>
        new()
        {
            Burn = new Burn { ClassId = classId, TokenId = tokenId },
        };
}
