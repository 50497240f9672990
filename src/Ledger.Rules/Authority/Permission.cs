namespace Ledger.Rules.Authority;

/// <summary>Who may use a verb. What no permission names is refused.</summary>
/// <param name="Roles">Roles of which the actor needs one; null: it need not even be a party.</param>
/// <param name="Relations">Relations of which the actor needs one; none: the role is enough.</param>
/// <param name="Note">What else holds, for the documentation; may be empty.</param>
/// <param name="Approvers">Roles of which a second party that approves needs one; null: nobody has to approve.</param>
public sealed record Permission(RoleSet? Roles, Relations Relations, string Note = "", RoleSet? Approvers = null)
{
    /// <summary>Whether a relation to the thing is enough for the verb.</summary>
    /// <param name="relations">Everything that the actor is to the thing.</param>
    public bool Allows(Relations relations) => Relations == Relations.None || (Relations & relations) != 0;
}
