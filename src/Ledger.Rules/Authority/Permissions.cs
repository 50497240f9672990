using Ledger.V1;

namespace Ledger.Rules.Authority;

/// <summary>
/// What roles may do beside using verbs: grant roles, burn tokens. Who may use a verb stands with its rule, in
/// <see cref="Verbs.VerbRules"/>; <see cref="Verbs.PermissionsPage"/> prints all of it for the documentation.
/// </summary>
public static class Permissions
{
    internal static readonly Role[] EveryRole = Array.FindAll(Enum.GetValues<Role>(), role => role != Role.Unspecified);

    /// <summary>Every role: what a verb asks for that any party may use, be its last role revoked.</summary>
    public static RoleSet AnyParty { get; } = RoleSet.Of(EveryRole);

    /// <summary>
    /// Roles that a role grants. SUPERVISOR, above which no role stands, grants itself too, with the approval of a second party
    /// (<see cref="SecondParty"/>); the first supervisor is named by the founding operation.
    /// </summary>
    public static IReadOnlyList<(Role Grantor, RoleSet Grants)> Grants { get; } =
    [
        (
            Role.Supervisor,
            RoleSet.Of(
                Role.Supervisor,
                Role.SupervisorDeputy,
                Role.Registrar,
                Role.Operator,
                Role.Platform,
                Role.Sponsor,
                Role.Issuer,
                Role.Participant,
                Role.Auditor,
                Role.Relayer
            )
        ),
        (Role.Registrar, RoleSet.Of(Role.Platform, Role.Sponsor, Role.Issuer, Role.Participant)),
    ];

    /// <summary>Roles of which the second party to an act of a supervisor needs one.</summary>
    public static RoleSet SecondParty { get; } = RoleSet.Of(Role.Supervisor, Role.SupervisorDeputy);

    /// <summary>Who may burn a token, by the burn authority of its class.</summary>
    public static IReadOnlyList<(BurnAuthority Authority, Relations Relations)> Burners { get; } =
    [
        (BurnAuthority.Issuer, Relations.ClassIssuer),
        (BurnAuthority.Owner, Relations.TokenOwner),
        (BurnAuthority.Both, Relations.ClassIssuer | Relations.TokenOwner),
        (BurnAuthority.Neither, Relations.None),
    ];

    /// <summary>Whether a holder of some roles may grant every one of others.</summary>
    public static bool MayGrant(RoleSet roles, IReadOnlyList<Role> granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        RoleSet grantable = default;
        foreach ((Role grantor, RoleSet grants) in Grants)
        {
            grantable = roles.Contains(grantor) ? grantable.Union(grants) : grantable;
        }

        for (int i = 0; i < granted.Count; i++)
        {
            if (!grantable.Contains(granted[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a burn authority lets an actor burn.</summary>
    /// <param name="authority">Of the class.</param>
    /// <param name="relations">Everything that the actor is to the token.</param>
    public static bool MayBurn(BurnAuthority authority, Relations relations)
    {
        foreach ((BurnAuthority named, Relations allowed) in Burners)
        {
            if (named == authority)
            {
                return (allowed & relations) != 0;
            }
        }

        return false;
    }
}
