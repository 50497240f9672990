using Ledger.V1;
using Verb = Ledger.V1.Operation.BodyOneofCase;

namespace Ledger.Rules;

/// <summary>What an actor can be to the thing that an operation is about.</summary>
[Flags]
public enum Relations
{
    /// <summary>Nothing to it.</summary>
    None = 0,

    /// <summary>The DID that the operation creates: its document's own keys sign.</summary>
    NewDid = 1,

    /// <summary>The DID that the operation changes.</summary>
    Subject = 2,

    /// <summary>A controller that the current document of that DID names.</summary>
    Controller = 4,

    /// <summary>The issuer of the class.</summary>
    ClassIssuer = 8,

    /// <summary>The owner of the token.</summary>
    TokenOwner = 16,
}

/// <summary>Who may use a verb.</summary>
/// <param name="Verb">The kind of operation.</param>
/// <param name="Roles">Roles of which the actor needs one; null: it need not even be a party.</param>
/// <param name="Relations">Relations of which the actor needs one; none: the role is enough.</param>
/// <param name="Note">What else holds, for the documentation; may be empty.</param>
public sealed record Permission(Verb Verb, RoleSet? Roles, Relations Relations, string Note = "")
{
    /// <summary>Whether a relation to the thing is enough for the verb.</summary>
    /// <param name="relations">Everything that the actor is to the thing.</param>
    public bool Allows(Relations relations) => Relations == Relations.None || (Relations & relations) != 0;
}

/// <summary>
/// The one table of who may do what. What it does not name is refused. The rules read it, and <see cref="ToMarkdown"/> prints
/// it for the documentation.
/// </summary>
public static class Permissions
{
    internal static readonly Role[] EveryRole = Array.FindAll(Enum.GetValues<Role>(), role => role != Role.Unspecified);

    private static readonly RoleSet AnyParty = RoleSet.Of(EveryRole);

    /// <summary>Every verb, in the order of the protocol.</summary>
    public static IReadOnlyList<Permission> Verbs { get; } =
    [
        new(Verb.FoundLedger, null, Relations.NewDid, "the first operation of a log, and only that"),
        new(Verb.CreateDid, null, Relations.NewDid),
        new(Verb.UpdateDid, null, Relations.Subject | Relations.Controller),
        new(Verb.DeactivateDid, null, Relations.Subject | Relations.Controller),
        new(
            Verb.AdmitParty,
            RoleSet.Of(Role.Supervisor, Role.Registrar),
            Relations.None,
            "every role granted must be one that a role of the actor grants"
        ),
        new(Verb.CreatePilot, RoleSet.Of(Role.Supervisor), Relations.None),
        new(Verb.CreateClass, RoleSet.Of(Role.Issuer), Relations.None),
        new(Verb.Mint, RoleSet.Of(Role.Issuer), Relations.ClassIssuer),
        new(Verb.BatchMint, RoleSet.Of(Role.Issuer), Relations.ClassIssuer),
        new(Verb.Transfer, AnyParty, Relations.TokenOwner),
        new(
            Verb.Burn,
            AnyParty,
            Relations.ClassIssuer | Relations.TokenOwner,
            "only whom the burn authority of the class names"
        ),
    ];

    /// <summary>
    /// Roles that a role grants: those below it. Nobody grants SUPERVISOR: the founding operation names the supervisor, and no
    /// role stands above it.
    /// </summary>
    public static IReadOnlyList<(Role Grantor, RoleSet Grants)> Grants { get; } =
    [
        (
            Role.Supervisor,
            RoleSet.Of(
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

    /// <summary>Who may burn a token, by the burn authority of its class.</summary>
    public static IReadOnlyList<(BurnAuthority Authority, Relations Relations)> Burners { get; } =
    [
        (BurnAuthority.Issuer, Relations.ClassIssuer),
        (BurnAuthority.Owner, Relations.TokenOwner),
        (BurnAuthority.Both, Relations.ClassIssuer | Relations.TokenOwner),
        (BurnAuthority.Neither, Relations.None),
    ];

    /// <summary>Who may use a verb.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The operation has no body, or the table misses a verb.</exception>
    public static Permission Of(Verb verb)
    {
        foreach (Permission permission in Verbs)
        {
            if (permission.Verb == verb)
            {
                return permission;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(verb), verb, "No permission is written for this verb.");
    }

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

    /// <summary>The tables as a page of the documentation, in markdown.</summary>
    public static string ToMarkdown() => PermissionsPage.Print();
}
