using System.Text;
using Ledger.Crypto;
using Ledger.Testing;

namespace Ledger.Protocol.Tests;

public sealed class WitnessPolicyTests
{
    private static readonly string[] Keys =
    [
        .. Enumerable
            .Range(0, 40)
            .Select(i =>
            {
                using Cosigner cosigner = Ed25519Cosignature.Instance.Open($"w{i}.example", Samples.Hash($"w{i}"));
                return cosigner.Key.ToString();
            }),
    ];

    private static string Log
    {
        get
        {
            using Ed25519PrivateKey key = Samples.Ed25519Key("log");
            return VerifierKey.ForEd25519(Samples.Origin, key.PublicKey).ToString();
        }
    }

    // The example of tlog-policy.
    private static string Example =>
        $"""
            # a comment, and an empty line

            log {Log} https://log.example/
            witness X1 {Keys[1]} https://x1.example/prefix
            witness X2 {Keys[2]}
              witness	X3   {Keys[3]}  
            group X-witnesses 2 X1 X2 X3
            witness Y1 {Keys[4]}
            witness Y2 {Keys[5]}
            group Y-witnesses any Y1 Y2
            group X-and-Y all X-witnesses Y-witnesses
            quorum X-and-Y
            """;

    [Theory]
    [InlineData(true, 1, 2, 4)]
    [InlineData(true, 1, 3, 5)]
    [InlineData(true, 1, 2, 3, 4, 5)]
    [InlineData(false, 1, 4)]
    [InlineData(false, 1, 2, 3)]
    [InlineData(false, 1, 1, 4)] // one key twice is one witness
    [InlineData(false)]
    [InlineData(false, 6, 7, 8)] // strangers
    public void IsMet_OfTheExample_CountsGroups(bool met, params int[] witnesses)
    {
        WitnessPolicy policy = Parse(Example);

        Assert.Equal(
            met,
            policy.IsMet(witnesses.Select(i => new VerifiedSignature(VerifierKey.Parse(Keys[i]), 1, "")))
        );
    }

    [Fact]
    public void IsMet_ByCosignaturesWithoutTime_IsNot()
    {
        WitnessPolicy policy = WitnessPolicy.AllOf(VerifierKey.Parse(Keys[0]));

        Assert.True(policy.IsMet([new VerifiedSignature(VerifierKey.Parse(Keys[0]), 1, "")]));
        Assert.False(policy.IsMet([new VerifiedSignature(VerifierKey.Parse(Keys[0]), 0, "")]));
    }

    [Fact]
    public void TryParse_TheExample_HasItsParts()
    {
        WitnessPolicy policy = Parse(Example);

        Assert.Equal([Log], policy.Logs.Select(static key => key.ToString()));
        Assert.Equal(["X1", "X2", "X3", "Y1", "Y2"], policy.Witnesses.Select(static one => one.Name));
        Assert.Equal("https://x1.example/prefix", policy.Witnesses[0].Url!.AbsoluteUri);
        Assert.Null(policy.Witnesses[1].Url);
        Assert.True(policy.HasQuorum);
        Assert.False(Parse("quorum none").HasQuorum);
        Assert.True(Parse("quorum none").IsMet([]));
    }

    public static TheoryData<string, PolicyProblemKind, int> Refused =>
        new()
        {
            { "", PolicyProblemKind.Quorum, 0 },
            { $"witness a {Keys[0]}\n", PolicyProblemKind.Quorum, 0 },
            { "quorum none\nquorum none\n", PolicyProblemKind.Quorum, 2 },
            { "quorum a\n", PolicyProblemKind.Undefined, 1 },
            { $"quorum a\nwitness a {Keys[0]}\n", PolicyProblemKind.Undefined, 1 },
            { "quorum\n", PolicyProblemKind.Parts, 1 },
            { "quorum none none\n", PolicyProblemKind.Parts, 1 },
            { "\nwitnesses a b\n", PolicyProblemKind.UnknownWord, 2 },
            { "quorum none # not a comment here\n", PolicyProblemKind.Parts, 1 },
            { "quorum none\r\n", PolicyProblemKind.Characters, 1 },
            { "quorum none\n\0", PolicyProblemKind.Characters, 2 },
            { "quorum none\x7f\n", PolicyProblemKind.Characters, 1 },
            { $"witness a\n", PolicyProblemKind.Parts, 1 },
            { $"witness a {Keys[0]} http://a b\n", PolicyProblemKind.Parts, 1 },
            { $"witness a {Keys[0]} a.example\n", PolicyProblemKind.Url, 1 },
            { $"witness a {Keys[0]} ftp://a.example\n", PolicyProblemKind.Url, 1 },
            { $"witness a {Keys[0]} https://a.example/?x\n", PolicyProblemKind.Url, 1 },
            { $"witness a {Keys[0]} https://u:p@a.example/\n", PolicyProblemKind.Url, 1 },
            { $"witness a {Log}\n", PolicyProblemKind.Key, 1 },
            { $"log {Keys[0]}\n", PolicyProblemKind.Key, 1 },
            { $"witness a {Keys[0][..^4]}\n", PolicyProblemKind.Key, 1 },
            { $"witness a {Keys[0]}\nwitness b {Keys[0]}\n", PolicyProblemKind.DuplicateKey, 2 },
            { $"log {Log}\nlog {Log}\n", PolicyProblemKind.DuplicateKey, 2 },
            { $"witness a {Keys[0]}\nwitness a {Keys[1]}\n", PolicyProblemKind.DuplicateName, 2 },
            { $"witness none {Keys[0]}\n", PolicyProblemKind.DuplicateName, 1 },
            { $"witness a {Keys[0]}\ngroup a any a\n", PolicyProblemKind.DuplicateName, 2 },
            { $"witness a {Keys[0]}\ngroup g any b\n", PolicyProblemKind.Undefined, 2 },
            { $"witness a {Keys[0]}\ngroup g any g\n", PolicyProblemKind.Undefined, 2 },
            { $"witness a {Keys[0]}\ngroup g any none\n", PolicyProblemKind.Undefined, 2 },
            { $"witness a {Keys[0]}\ngroup g any\n", PolicyProblemKind.Parts, 2 },
            { $"witness a {Keys[0]}\ngroup g any a a\n", PolicyProblemKind.MemberTwice, 2 },
            { $"witness a {Keys[0]}\ngroup g any a\ngroup h any a\n", PolicyProblemKind.MemberTwice, 3 },
            { $"witness a {Keys[0]}\ngroup g 0 a\n", PolicyProblemKind.Threshold, 2 },
            { $"witness a {Keys[0]}\ngroup g 2 a\n", PolicyProblemKind.Threshold, 2 },
            { $"witness a {Keys[0]}\ngroup g -1 a\n", PolicyProblemKind.Threshold, 2 },
            { $"witness a {Keys[0]}\ngroup g most a\n", PolicyProblemKind.Threshold, 2 },
            { Many(33), PolicyProblemKind.TooMany, 33 },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryParse_AnythingElse_SaysWhereAndWhy(string file, PolicyProblemKind kind, int line)
    {
        Assert.False(
            WitnessPolicy.TryParse(Encoding.UTF8.GetBytes(file), NoteAlgorithm.BuiltIn, out var policy, out var problem)
        );
        Assert.Null(policy);
        Assert.Equal((kind, line), (problem.Kind, problem.Line));
    }

    [Fact]
    public void TryParse_AsManyAsItMay_IsTaken() => Assert.Equal(32, Parse(Many(32) + "quorum none\n").Witnesses.Count);

    [Fact]
    public void TryParse_MutatedFiles_NeverThrows()
    {
        Random random = Seeds.Random(20261128);
        byte[] example = Encoding.UTF8.GetBytes(Example);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] mutated = Mutation.Of(random, [example]);
            bool isPolicy = WitnessPolicy.TryParse(mutated, NoteAlgorithm.BuiltIn, out var policy, out var problem);
            Assert.Equal(isPolicy, policy is not null);
            Assert.Equal(isPolicy, problem is null);
        }
    }

    [Fact]
    public void TryParseLogs_LinesOfLogs_AreTaken()
    {
        Assert.True(WitnessPolicy.TryParseLogs(Encoding.UTF8.GetBytes($"# logs\nlog {Log}\n"), out var logs, out _));
        Assert.Equal(Log, Assert.Single(logs).ToString());
        Assert.False(WitnessPolicy.TryParseLogs("quorum none\n"u8, out _, out PolicyProblem? problem));
        Assert.Equal(PolicyProblemKind.UnknownWord, problem.Kind);
    }

    [Fact]
    public void TryOpen_APolicyForAnotherLog_IsRefused()
    {
        using Ed25519PrivateKey other = Samples.Ed25519Key("other");
        VerifierKey otherKey = VerifierKey.ForEd25519("other.example", other.PublicKey);
        byte[] note = new Checkpoint("other.example", 1, Samples.Hash("root")).Sign(other);

        Assert.False(Parse($"log {Log}\nquorum none\n").TryOpen(note, otherKey, out _, out string problem));
        Assert.Contains("not for the log", problem, StringComparison.Ordinal);
        Assert.True(Parse("quorum none\n").TryOpen(note, otherKey, out _, out _));
    }

    private static string Many(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"witness w{i} {Keys[i]}\n"));

    private static WitnessPolicy Parse(string file)
    {
        bool isPolicy = WitnessPolicy.TryParse(
            Encoding.UTF8.GetBytes(file),
            NoteAlgorithm.BuiltIn,
            out WitnessPolicy? policy,
            out PolicyProblem? problem
        );
        Assert.True(isPolicy, problem?.ToString());
        return policy!;
    }
}
