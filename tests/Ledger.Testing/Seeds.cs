using System.Globalization;

namespace Ledger.Testing;

/// <summary>
/// Where tests take their seeds from. Each has a seed of its own, so that a run can be repeated; LEDGER_SEED puts another
/// number in the place of all of them. Either way the output of the test names it, and a failure shows that output.
/// </summary>
public static class Seeds
{
    private static readonly int? Asked = Environment.GetEnvironmentVariable("LEDGER_SEED") is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : null;

    /// <summary>The seed to use, which the running test notes in its output.</summary>
    /// <param name="ofTest">The test's own.</param>
    public static int Take(int ofTest)
    {
        int seed = Asked ?? ofTest;
        TestContext.Current.TestOutputHelper?.WriteLine($"LEDGER_SEED={seed}");
        return seed;
    }

    /// <summary>A generator with the seed to use.</summary>
    /// <param name="ofTest">The test's own.</param>
    public static Random Random(int ofTest) => new(Take(ofTest));
}
