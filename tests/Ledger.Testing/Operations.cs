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

    /// <summary>How long anyone may object to a pilot of these.</summary>
    public static readonly TimeSpan ObjectionWindow = TimeSpan.FromSeconds(1);

    /// <summary>Creates a pilot.</summary>
    public static Operation Pilot(string id, string sponsor, PilotTerms? terms = null) =>
        new()
        {
            CreatePilot = new CreatePilot
            {
                Id = id,
                Title = "A pilot",
                Sponsor = sponsor,
                Terms = terms,
            },
        };

    /// <summary>What its sponsor and a supervisor do until anyone may object to a pilot, in order, and who does it.</summary>
    public static (bool BySponsor, Operation Operation)[] ApplyFor(
        string id,
        string sponsor,
        PilotTerms? terms = null
    ) =>
        [
            (true, Pilot(id, sponsor, terms)),
            (true, Move(id, PilotState.Submitted)),
            (false, Move(id, PilotState.UnderReview)),
            (false, Evidence(id, EvidenceKind.Assessment)),
            (false, Move(id, PilotState.PublicNotice)),
        ];

    /// <summary>What they do when the window for objections is over: then the pilot runs.</summary>
    public static (bool BySponsor, Operation Operation)[] Start(string id) =>
        [(false, Move(id, PilotState.Approved)), (true, Move(id, PilotState.Running))];

    /// <summary>Moves a pilot, with what the state asks for.</summary>
    public static Operation Move(string pilotId, PilotState state) =>
        new()
        {
            MovePilot = new MovePilot
            {
                PilotId = pilotId,
                State = state,
                Reason = PilotReason.AsPlanned,
                EvidenceHash = ByteString.CopyFrom(new byte[32]),
                ObjectionSeconds = state == PilotState.PublicNotice ? (uint)ObjectionWindow.TotalSeconds : 0,
                Conclusion = state == PilotState.Concluded ? PilotConclusion.Completed : PilotConclusion.Unspecified,
                Order = state is PilotState.Suspended or PilotState.Revoked ? Order() : null,
            },
        };

    /// <summary>Adds a document to a pilot's file.</summary>
    public static Operation Evidence(string pilotId, EvidenceKind kind) =>
        new()
        {
            AddEvidence = new AddEvidence
            {
                PilotId = pilotId,
                Kind = kind,
                Commitment = ByteString.CopyFrom(new byte[32]),
                MediaType = "application/pdf",
            },
        };

    /// <summary>An order, in force at once and for ever.</summary>
    public static Order Order() =>
        new()
        {
            Reason = SupervisionReason.CourtOrder,
            Number = "2026-1",
            LegalBasis = "CSL-2016/art.47",
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
