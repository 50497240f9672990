using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using Google.Protobuf.Reflection;
using Ledger.Protocol;

namespace Ledger.Cli;

/// <summary>
/// Values of the protocol's enumerations as people see them: ROLE_SUPERVISOR_DEPUTY is printed SUPERVISOR_DEPUTY and typed
/// supervisor-deputy.
/// </summary>
internal static class EnumNames<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names = Read();

    /// <summary>The name that is printed.</summary>
    public static string Of(T value) => Names.TryGetValue(value, out string? name) ? name : value.ToString("D");

    /// <summary>An option that takes one value.</summary>
    /// <param name="name">Name of the option.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="except">Values that it does not take.</param>
    public static Option<T> Option(string name, string description, params T[] except)
    {
        Option<T> option = new(name)
        {
            Description = description,
            HelpName = Choices(except),
            CustomParser = argument => Parse(argument.Tokens[0].Value, argument, except),
        };
        return option;
    }

    /// <summary>An argument that takes one value.</summary>
    /// <param name="name">Name of the argument.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="except">Values that it does not take.</param>
    public static Argument<T> Argument(string name, string description, params T[] except) =>
        new(name)
        {
            Description = $"{description} One of {Choices(except)}.",
            CustomParser = argument => Parse(argument.Tokens[0].Value, argument, except),
        };

    /// <summary>An option that can be given several times.</summary>
    public static Option<T[]> Options(string name, string description)
    {
        Option<T[]> option = new(name)
        {
            Description = description,
            HelpName = Choices([]),
            AllowMultipleArgumentsPerToken = true,
            CustomParser = static argument =>
                [.. argument.Tokens.Select(token => Parse(token.Value, argument, [])).Distinct().Order()],
        };
        return option;
    }

    /// <summary>Reads a value as it is typed.</summary>
    public static bool TryParse(string text, out T value)
    {
        foreach ((T candidate, string name) in Names)
        {
            if (string.Equals(name, text.Replace('-', '_'), StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    private static T Parse(string text, ArgumentResult argument, T[] except)
    {
        if (TryParse(text, out T value) && !except.Contains(value))
        {
            return value;
        }

        argument.AddError($"'{text}' is none of {Choices(except)}.");
        return default;
    }

    private static string Choices(T[] except) =>
        string.Join('|', Names.Where(name => !except.Contains(name.Key)).Select(static name => Typed(name.Value)));

    private static string Typed(string name) => name.ToLowerInvariant().Replace('_', '-');

    // 0 is not a value, but for enumerations whose 0 says something.
    private static Dictionary<T, string> Read()
    {
        Dictionary<T, string> original = typeof(T)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(
                static field => (T)field.GetValue(null)!,
                static field => field.GetCustomAttribute<OriginalNameAttribute>()!.Name
            );
        int prefix = ValueNames.PrefixOf(typeof(T).Name).Length;
        return original
            .Where(pair => pair.Value[prefix..] != "UNSPECIFIED")
            .ToDictionary(static pair => pair.Key, pair => pair.Value[prefix..]);
    }
}

/// <summary>Values that an option may leave open.</summary>
internal static class EnumValues
{
    /// <summary>The value, or another when it is the enumeration's UNSPECIFIED.</summary>
    public static T Or<T>(this T value, T otherwise)
        where T : struct, Enum => EqualityComparer<T>.Default.Equals(value, default) ? otherwise : value;
}
