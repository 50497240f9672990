using System.Text;
using Google.Protobuf.Reflection;

namespace Ledger.Protocol;

/// <summary>Values of the protocol's enumerations as people see them: without the name of the enumeration that each begins with.</summary>
public static class ValueNames
{
    /// <summary>ROLE_SUPERVISOR is SUPERVISOR; what this version has no name for is its number.</summary>
    /// <param name="type">The enumeration.</param>
    /// <param name="number">The value.</param>
    public static string Of(EnumDescriptor type, int number)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.FindValueByNumber(number)?.Name[PrefixOf(type.Name).Length..] ?? $"{number}";
    }

    /// <summary>What the names of an enumeration begin with: AccountState, ACCOUNT_STATE_.</summary>
    /// <param name="type">The enumeration's name.</param>
    public static string PrefixOf(ReadOnlySpan<char> type)
    {
        StringBuilder prefix = new();
        foreach (char letter in type)
        {
            if (char.IsUpper(letter) && prefix.Length > 0)
            {
                prefix.Append('_');
            }
            prefix.Append(char.ToUpperInvariant(letter));
        }
        return prefix.Append('_').ToString();
    }
}
