namespace Ledger.Rules.Policies;

/// <summary>Languages in which a policy can be explained.</summary>
public enum PolicyLanguage
{
    /// <summary>English.</summary>
    English,

    /// <summary>Chinese, in simplified characters.</summary>
    Chinese,
}
