using System.CommandLine;

namespace Ledger.Cli;

/// <summary>Arguments and options that many commands of the registry have, each made anew for its command.</summary>
internal static class RegistrySymbols
{
    /// <summary>The pilot.</summary>
    public static Argument<string> Pilot() => new("pilot") { Description = "Identifier of the pilot." };

    /// <summary>The class.</summary>
    public static Argument<string> Class() => new("class") { Description = "Identifier of the class." };

    /// <summary>The class of a token.</summary>
    public static Argument<string> TokenClass() => new("class") { Description = "Its class." };

    /// <summary>The token.</summary>
    public static Argument<string> Token() => new("token") { Description = "Its identifier within the class." };

    /// <summary>A party.</summary>
    public static Argument<string> Party() =>
        new("did") { Description = "The party: a DID, or the name of a key of yours." };

    /// <summary>A party, or the one that acts.</summary>
    public static Argument<string?> PartyOrActor() =>
        new("did")
        {
            Description = "The party: a DID, or the name of a key of yours. Default: the one that acts.",
            Arity = ArgumentArity.ZeroOrOne,
        };

    /// <summary>Another party.</summary>
    public static Option<string> RequiredParty(string name, string description) =>
        new(name)
        {
            Description = description + ": a DID, or the name of its key.",
            HelpName = "DID",
            Required = true,
        };

    /// <summary>Another party, if there is one.</summary>
    public static Option<string?> SomeParty(string name, string description) =>
        new(name) { Description = description + ": a DID, or the name of its key.", HelpName = "DID" };

    /// <summary>An identifier that narrows what is asked.</summary>
    public static Option<string?> Id(string name, string description) =>
        new(name) { Description = description, HelpName = "ID" };

    /// <summary>A moment to come.</summary>
    public static Option<string?> Moment(string name, string description) =>
        new(name) { Description = $"{description}: {Times.FutureForm}. Default: no end.", HelpName = "TIME" };
}
