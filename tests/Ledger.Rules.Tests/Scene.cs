using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>
/// A ledger with somebody in every part, and with one thing of each sort that can stand in the way. Classes by name:
/// "free" allows everything; "soul" is soulbound; "full" is soulbound and has no supply left; "halted" is as full and its
/// pilot does not run. In each, Alice owns "a", Bob owns "b", and "burned" is burned.
/// </summary>
internal sealed class Scene
{
    public RulesLedger Ledger { get; }

    public string Supervisor { get; }
    public string Registrar { get; }
    public string Sponsor { get; }
    public string Issuer { get; }
    public string OtherIssuer { get; }
    public string Alice { get; }
    public string Bob { get; }

    /// <summary>A registered DID that is no party.</summary>
    public string Stranger { get; }

    /// <summary>A DID that nobody registered.</summary>
    public string Nobody { get; } = $"did:pilot:{RulesLedger.Network}:{new string('a', 52)}";

    /// <summary>A party with every role of the registrar's gift, whose DID is deactivated.</summary>
    public string Gone { get; }

    /// <summary>A DID that Alice controls.</summary>
    public string Thing { get; }

    /// <summary>A DID with recovery keys.</summary>
    public string Kept { get; }

    /// <summary>One for which update keys have proposed another policy.</summary>
    public string Pending { get; }

    /// <summary>One for which its first recovery key has proposed another policy; "r1" is its second.</summary>
    public string Outranked { get; }

    /// <summary>One that has committed to its next keys.</summary>
    public string Committed { get; }

    /// <summary>One that each of these controls.</summary>
    public string Child { get; }

    public Scene(uint format = EntryCodec.LatestFormat)
    {
        Ledger = new RulesLedger { Format = format };
        Supervisor = Ledger.Found();
        Registrar = Ledger.CreateParty(Supervisor, Role.Registrar);
        Sponsor = Ledger.CreateParty(Registrar, Role.Sponsor);
        Issuer = Ledger.CreateParty(Registrar, Role.Issuer);
        OtherIssuer = Ledger.CreateParty(Registrar, Role.Issuer);
        Alice = Ledger.CreateParty(Registrar, Role.Participant);
        Bob = Ledger.CreateParty(Registrar, Role.Participant);
        Stranger = Ledger.CreateDid();
        Gone = Ledger.CreateParty(Registrar, Role.Platform, Role.Sponsor, Role.Issuer, Role.Participant);
        Ledger.Deactivate(Gone);
        Thing = Ledger.CreateDid(Alice);
        Kept = Ledger.CreateDid(RulesLedger.Policy(150));
        Pending = Ledger.CreateDid(RulesLedger.Policy(151));
        Assert.Equal(ReasonCode.Applied, Ledger.ChangeRecovery(Pending, RulesLedger.Policy(152)));
        Outranked = Ledger.CreateDid(RulesLedger.Policy(153, "r0", RulesLedger.RecoveryKey));
        Assert.Equal(ReasonCode.Applied, Ledger.Recover(Outranked, null, RulesLedger.Policy(155), "r0"));
        DidDocument committed = RulesLedger.Document(156);
        committed.NextKeysCommitment = ByteString.CopyFrom(UpdateKeys.Commit(RulesLedger.Document(157)));
        Committed = Ledger.CreateDid(committed);
        Child = Ledger.CreateDid(Thing, Kept, Outranked, Committed);

        CreatePilot("running");
        CreatePilot("halted");
        CreateClass("free", "running", Transferability.Free, maxSupply: 1000);
        CreateClass("soul", "running", Transferability.Soulbound, maxSupply: 1000);
        CreateClass("full", "running", Transferability.Soulbound, maxSupply: 3);
        CreateClass("halted", "halted", Transferability.Soulbound, maxSupply: 3);
        PilotRecord halted = Ledger.Find<PilotRecord>(RecordKey.Pilot("halted")).Clone();
        halted.State = PilotState.Unspecified;
        Ledger.Overwrite(RecordKey.Pilot("halted"), halted);
    }

    public ReasonCode Apply(Operation operation) => Ledger.Apply(operation);

    public TokenRecord Token(string classId, string tokenId) =>
        Ledger.Find<TokenRecord>(RecordKey.Token(classId, tokenId));

    public ClassRecord Class(string classId) => Ledger.Find<ClassRecord>(RecordKey.Class(classId));

    public SupplyRecord Supply(string classId) => Ledger.Find<SupplyRecord>(RecordKey.Supply(classId));

    public ulong Balance(string owner, string classId) =>
        ((BalanceRecord?)Ledger.Records.Find(RecordKey.Balance(owner, classId))?.Record)?.Count ?? 0;

    public ReasonCode Mint(string classId, string tokenId, string owner) =>
        Apply(
            new Operation
            {
                Actor = Issuer,
                Mint = new Mint
                {
                    ClassId = classId,
                    TokenId = tokenId,
                    Owner = owner,
                },
            }
        );

    public ReasonCode BatchMint(string classId, string owner, params string[] tokenIds) =>
        Apply(
            new Operation
            {
                Actor = Issuer,
                BatchMint = new BatchMint
                {
                    ClassId = classId,
                    Owner = owner,
                    Items = { Array.ConvertAll(tokenIds, id => new MintItem { TokenId = id }) },
                },
            }
        );

    public ReasonCode Transfer(string actor, string classId, string tokenId, string from, string to) =>
        Apply(
            new Operation
            {
                Actor = actor,
                Transfer = new Transfer
                {
                    ClassId = classId,
                    TokenId = tokenId,
                    FromDid = from,
                    ToDid = to,
                },
            }
        );

    public ReasonCode Burn(string actor, string classId, string tokenId) =>
        Apply(
            new Operation
            {
                Actor = actor,
                Burn = new Burn { ClassId = classId, TokenId = tokenId },
            }
        );

    public ReasonCode CreateClass(
        string id,
        string pilotId,
        Transferability transferability,
        ulong maxSupply,
        BurnAuthority burnAuthority = BurnAuthority.Both
    )
    {
        ReasonCode outcome = Apply(
            new Operation
            {
                Actor = Issuer,
                CreateClass = new CreateClass
                {
                    Id = id,
                    PilotId = pilotId,
                    Name = $"The class {id}",
                    Category = ClassCategory.Certificate,
                    MaxSupply = maxSupply,
                    Transferability = transferability,
                    BurnAuthority = burnAuthority,
                },
            }
        );
        Assert.Equal(ReasonCode.Applied, outcome);
        Assert.Equal(ReasonCode.Applied, BatchMint(id, Alice, "a", "burned"));
        Assert.Equal(ReasonCode.Applied, Mint(id, "b", Bob));
        if (burnAuthority is BurnAuthority.Both or BurnAuthority.Owner)
        {
            Assert.Equal(ReasonCode.Applied, Burn(Alice, id, "burned"));
        }

        return outcome;
    }

    private void CreatePilot(string id) => Ledger.OpenPilot(Supervisor, Sponsor, id);
}
