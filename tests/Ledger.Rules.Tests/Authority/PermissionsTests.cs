using Ledger.Rules.Authority;
using Ledger.Rules.Verbs;
using Ledger.V1;

namespace Ledger.Rules.Tests.Authority;

public sealed class PermissionsTests
{
    [Fact]
    public void Burners_EveryAuthority_HasOneRow()
    {
        IEnumerable<BurnAuthority> authorities = Enum.GetValues<BurnAuthority>()
            .Where(authority => authority != BurnAuthority.Unspecified);
        Assert.Equal(authorities.Order(), Permissions.Burners.Select(row => row.Authority).Order());
        Assert.False(Permissions.MayBurn(BurnAuthority.Unspecified, (Relations)~0));
    }

    [Fact]
    public void MayGrant_Supervisor_IsGrantedByASupervisorAlone()
    {
        Role[] others = [.. Enum.GetValues<Role>().Where(role => role != Role.Supervisor)];
        Assert.False(Permissions.MayGrant(RoleSet.Of(others), [Role.Supervisor]));
        Assert.True(Permissions.MayGrant(RoleSet.Of(Role.Supervisor), [Role.Supervisor]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(33)] // would wrap around to 1
    [InlineData(40)] // would wrap around to 8
    [InlineData(int.MinValue)]
    public void RoleSet_NumberThatIsNoRole_IsNeverContained(int number)
    {
        Assert.Equal(default, RoleSet.Of((Role)number));
        Assert.False(RoleSet.Of(Enum.GetValues<Role>()).Contains((Role)number));
        Assert.False(Permissions.MayGrant(RoleSet.Of(Role.Supervisor), [Role.Participant, (Role)number]));
    }

    [Fact]
    public void Allows_NoRelationAskedFor_TheRoleIsEnough()
    {
        Assert.True(new Permission(Permissions.AnyParty, Relations.None).Allows(Relations.None));
        Permission owner = new(Permissions.AnyParty, Relations.TokenOwner | Relations.Subject);
        Assert.False(owner.Allows(Relations.None));
        Assert.False(owner.Allows(Relations.ClassIssuer));
        Assert.True(owner.Allows(Relations.ClassIssuer | Relations.TokenOwner));
    }

    [Fact]
    public void Print_Page_IsTheDocumentation()
    {
        string path = Path.Combine(RepositoryRoot(), "docs", "permissions.md");
        string page = PermissionsPage.Print();
        if (Environment.GetEnvironmentVariable("LEDGER_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page);
        }

        Assert.True(File.Exists(path), "docs/permissions.md is missing: run the tests with LEDGER_UPDATE_DOCS=1.");
        Assert.True(
            page == File.ReadAllText(path),
            "docs/permissions.md is not what the table says: run the tests with LEDGER_UPDATE_DOCS=1."
        );
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Ledger.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
