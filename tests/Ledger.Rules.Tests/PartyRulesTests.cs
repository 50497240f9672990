using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests;

/// <summary>Parties, pilots and classes as they are recorded.</summary>
public sealed class PartyRulesTests
{
    private static readonly Role[] Roles = [.. Enum.GetValues<Role>().Where(role => role != Role.Unspecified)];

    private readonly Scene _scene = new();

    [Fact]
    public void Admit_NewParty_IsRecordedAsAsked()
    {
        Assert.Equal(ReasonCode.Applied, Admit(_scene.Registrar, _scene.Stranger, Role.Sponsor, Role.Issuer));
        Assert.Equal(
            new PartyRecord
            {
                Did = _scene.Stranger,
                Roles = { Role.Sponsor, Role.Issuer },
                CredentialCommitment = RulesLedger.Bytes(32, 3),
                AssuranceLevel = AssuranceLevel.Substantial,
                AdmittedBy = _scene.Registrar,
            },
            _scene.Ledger.Find<PartyRecord>(RecordKey.Party(_scene.Stranger))
        );
    }

    [Theory]
    [InlineData("supervisor", "2,3,4,5,6,7,8,9,10")]
    [InlineData("registrar", "5,6,7,8")]
    [InlineData("issuer", "")]
    public void Admit_EachRole_IsGrantedByTheRoleAboveOnly(string grantor, string grantable)
    {
        string actor = grantor switch
        {
            "supervisor" => _scene.Supervisor,
            "registrar" => _scene.Registrar,
            _ => _scene.Issuer,
        };
        HashSet<string> granted = [.. grantable.Split(',', StringSplitOptions.RemoveEmptyEntries)];
        foreach (Role role in Roles)
        {
            string did = _scene.Ledger.CreateDid();
            ReasonCode expected =
                granted.Contains($"{(int)role}") ? ReasonCode.Applied
                : grantor == "supervisor" ? ReasonCode.ApprovalRequired
                : ReasonCode.NotAuthorised;
            Assert.Equal(expected, Admit(actor, did, role));
        }
    }

    [Fact]
    public void Admit_OneRoleTooHigh_GrantsNone()
    {
        Assert.Equal(
            ReasonCode.NotAuthorised,
            Admit(_scene.Registrar, _scene.Stranger, Role.Registrar, Role.Participant)
        );
        Assert.Null(_scene.Ledger.Records.Find(RecordKey.Party(_scene.Stranger)));
    }

    [Fact]
    public void CreateClass_New_StartsEmptyAndIsIndexed()
    {
        Operation create = new()
        {
            Actor = _scene.OtherIssuer,
            CreateClass = new CreateClass
            {
                Id = "empty",
                PilotId = "running",
                Name = "Empty",
                Category = ClassCategory.DataIp,
                MaxSupply = 12,
                Transferability = Transferability.GiftOnly,
                BurnAuthority = BurnAuthority.Owner,
            },
        };
        Assert.Equal(ReasonCode.Applied, _scene.Apply(create));
        Assert.Equal(
            new ClassRecord
            {
                Id = "empty",
                PilotId = "running",
                Issuer = _scene.OtherIssuer,
                Name = "Empty",
                Category = ClassCategory.DataIp,
                MaxSupply = 12,
                Transferability = Transferability.GiftOnly,
                BurnAuthority = BurnAuthority.Owner,
            },
            _scene.Class("empty")
        );
        Assert.Equal(new SupplyRecord { ClassId = "empty", NextNumber = 1 }, _scene.Supply("empty"));
        Assert.Contains(IndexKey.Class("empty"), _scene.Ledger.Records.Indexes);
        Assert.Contains(IndexKey.PilotClass("running", "empty"), _scene.Ledger.Records.Indexes);
    }

    private ReasonCode Admit(string actor, string party, params Role[] roles) =>
        _scene.Apply(
            new Operation
            {
                Actor = actor,
                AdmitParty = new AdmitParty
                {
                    Party = party,
                    Roles = { roles },
                    CredentialCommitment = RulesLedger.Bytes(32, 3),
                    AssuranceLevel = AssuranceLevel.Substantial,
                },
            }
        );
}
