using Ledger.Protocol;

namespace Ledger.Client.Tests;

public class VerbCallsTests
{
    [Fact]
    public void LedgerClient_HasACallForEveryVerb()
    {
        string[] calls = [.. typeof(LedgerClient).GetMethods().Select(static method => method.Name)];

        Assert.All(Verb.All, verb => Assert.Contains(CallOf(verb), calls));
    }

    private static string CallOf(Verb verb) =>
        string.Concat(verb.Name.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..])) + "Async";
}
