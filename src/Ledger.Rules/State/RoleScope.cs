namespace Ledger.Rules.State;

/// <summary>Where a role holds: in one class, in one pilot with all of its classes, or on the whole ledger.</summary>
/// <param name="PilotId">The pilot; for a class, its pilot. Empty: the whole ledger.</param>
/// <param name="ClassId">The class; empty: the pilot, or the whole ledger.</param>
public readonly record struct RoleScope(string PilotId, string ClassId)
{
    /// <summary>The whole ledger.</summary>
    public static RoleScope WholeLedger { get; } = new("", "");

    /// <summary>As records are named by it: <c>c:class</c>, <c>p:pilot</c>, or nothing.</summary>
    public override string ToString() =>
        ClassId.Length != 0 ? "c:" + ClassId
        : PilotId.Length != 0 ? "p:" + PilotId
        : "";
}
