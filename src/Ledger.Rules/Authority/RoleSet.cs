using Ledger.V1;

namespace Ledger.Rules.Authority;

/// <summary>A set of roles.</summary>
public readonly record struct RoleSet
{
    private readonly uint _bits;

    private RoleSet(uint bits) => _bits = bits;

    /// <summary>The set of some roles. A number that is no role is left out.</summary>
    public static RoleSet Of(params IReadOnlyList<Role> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);
        uint bits = 0;
        for (int i = 0; i < roles.Count; i++)
        {
            bits |= Bit(roles[i]);
        }

        return new RoleSet(bits);
    }

    /// <summary>Whether a role is in the set.</summary>
    public bool Contains(Role role) => (_bits & Bit(role)) != 0;

    /// <summary>Whether two sets share a role.</summary>
    public bool Overlaps(RoleSet other) => (_bits & other._bits) != 0;

    /// <summary>The roles of either set.</summary>
    public RoleSet Union(RoleSet other) => new(_bits | other._bits);

    // An operation may hold any number where a role is meant; a shift by it would wrap around to another role.
    private static uint Bit(Role role) => (uint)role is > 0 and < 32 ? 1u << (int)role : 0;
}
