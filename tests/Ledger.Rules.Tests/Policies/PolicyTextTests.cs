using Google.Protobuf;
using Google.Protobuf.Reflection;
using Ledger.Protocol;
using Ledger.Rules.Policies;
using Ledger.V1;

namespace Ledger.Rules.Tests.Policies;

/// <summary>The words, by one policy that uses every rule; and the page of the documentation, by what it shows.</summary>
public sealed class PolicyTextTests
{
    private const string Everything = """
        {"all": {"rules": [
          {"role": {"subject": "POLICY_SUBJECT_RECEIVER", "roles": ["ROLE_ISSUER", "ROLE_PARTICIPANT", "ROLE_AUDITOR"]}},
          {"admission": {"subject": "POLICY_SUBJECT_RECEIVER", "level": "ASSURANCE_LEVEL_SUBSTANTIAL"}},
          {"account": {"subject": "POLICY_SUBJECT_GIVER", "state": "ACCOUNT_STATE_ACTIVE"}},
          {"account": {"subject": "POLICY_SUBJECT_RECEIVER", "state": "ACCOUNT_STATE_RESTRICTED"}},
          {"category": {"categories": ["CLASS_CATEGORY_CULTURAL", "CLASS_CATEGORY_CERTIFICATE"]}},
          {"time_window": {"from": "1772409600", "until": "1803945600", "from_minute": 540, "until_minute": 1080}},
          {"time_window": {"from_minute": 1320, "until_minute": 360}},
          {"time_window": {"until": "1803945600"}},
          {"first_hold": {"seconds": "15552000"}},
          {"rehold": {"seconds": "90061"}},
          {"gifts_per_day": {"below": "1"}},
          {"receiver_holds": {"below": "10"}},
          {"pilot_transfers_per_day": {"below": "5000"}},
          {"region": {"subject": "POLICY_SUBJECT_RECEIVER", "regions": ["310000", "CN-SH"]}},
          {"pilot_state": {"states": ["PILOT_STATE_RUNNING", "PILOT_STATE_SUSPENDED"]}},
          {"any": {"rules": [
            {"age": {"subject": "POLICY_SUBJECT_RECEIVER", "bands": ["AGE_BAND_MINOR", "AGE_BAND_ADULT"]}},
            {"platform": {"subject": "POLICY_SUBJECT_RECEIVER", "dids": ["did:pilot:city:museum"]}}
          ]}},
          {"not": {"counterparty": {"subject": "POLICY_SUBJECT_RECEIVER", "dids": ["did:pilot:city:a", "did:pilot:city:b"]}}}
        ]}}
        """;

    private const string InEnglish = """
        - All of the following hold:
          - The receiver has the role issuer, participant or auditor, on the ledger, in the pilot or in the class.
          - The receiver's real name was checked with at least substantial assurance.
          - The giver's account is neither restricted nor frozen.
          - The receiver's account is not frozen.
          - The token belongs to a class of cultural works or certificates.
          - The transfer takes place from 2026-03-02T00:00:00Z on and before 2027-03-02T00:00:00Z, between 09:00 and 18:00 UTC.
          - The transfer takes place between 22:00 and 06:00 UTC.
          - The transfer takes place before 2027-03-02T00:00:00Z.
          - If the giver is the first owner of the token, they have held it for at least 180 days.
          - If the giver was given the token by another owner, they have held it for at least 1 day 1 hour 1 minute 1 second.
          - The giver gives no more than 1 token of this class on one day (UTC), this one included.
          - The receiver holds no more than 10 tokens of this class, this one included.
          - No more than 5,000 transfers take place in the pilot on one day (UTC), this one included.
          - The receiver is attested to belong to 310000 or CN-SH.
          - The pilot is running or suspended.
          - At least one of the following holds:
            - The receiver's attested age is 14 to 17 or 18 and above.
            - The receiver is attested to use the platform did:pilot:city:museum.
          - The following does not hold:
            - The receiver is did:pilot:city:a or did:pilot:city:b.

        """;

    private const string InChinese = """
        - 同时满足以下各项：
          - 接收方在本账本、本试点或本类别中具有发行方、参与者或审计方的角色。
          - 接收方的实名核验等级不低于“中”。
          - 转出方的账户既未受限也未被冻结。
          - 接收方的账户未被冻结。
          - 通证所属类别为文化作品或证书。
          - 转让自2026-03-02T00:00:00Z起至2027-03-02T00:00:00Z之前，于每日09:00至18:00（协调世界时）之间进行。
          - 转让于每日22:00至06:00（协调世界时）之间进行。
          - 转让在2027-03-02T00:00:00Z之前进行。
          - 转出方为首个持有人的，持有该通证须满180天。
          - 转出方系受让取得该通证的，持有须满1天1小时1分钟1秒。
          - 转出方每日（协调世界时）转出本类别通证不超过1枚，含本次。
          - 接收方持有本类别通证不超过10枚，含本次。
          - 本试点每日（协调世界时）转让不超过5,000次，含本次。
          - 接收方经核验所属地区为310000或CN-SH。
          - 试点状态为运行中或已暂停。
          - 至少满足以下一项：
            - 接收方经核验的年龄段为14至17周岁或18周岁及以上。
            - 接收方经核验所用平台为did:pilot:city:museum。
          - 不得符合以下情形：
            - 接收方为did:pilot:city:a或did:pilot:city:b。

        """;

    [Fact]
    public void Explain_EveryRule_IsASentence()
    {
        PolicyRule rule = Parse(Everything);
        Assert.Equal(
            PolicyRule.Descriptor.Oneofs[0].Fields.Select(field => field.Name).ToHashSet(),
            NamesWithin(rule).ToHashSet()
        );
        Assert.Equal(InEnglish, PolicyText.Explain(rule, PolicyLanguage.English), ignoreLineEndingDifferences: false);
        Assert.Equal(InChinese, PolicyText.Explain(rule, PolicyLanguage.Chinese), ignoreLineEndingDifferences: false);
    }

    [Theory]
    [InlineData(PolicyLanguage.English)]
    [InlineData(PolicyLanguage.Chinese)]
    public void Explain_RandomPolicies_HasALineForEachRule(PolicyLanguage language)
    {
        int seed = Environment.TickCount;
        PolicySource source = new(new Random(seed));
        for (int round = 0; round < 1_000; round++)
        {
            PolicyRule rule = source.Rule();
            string text = PolicyText.Explain(rule, language);
            int rules = NamesWithin(rule).Count();
            Assert.True(text.Count(c => c == '\n') == rules, $"seed {seed}, round {round}: {text}");
            Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.Matches("^( {2})*- .+[.:。：]$", line));
        }
    }

    [Theory]
    [InlineData(PolicyLanguage.English)]
    [InlineData(PolicyLanguage.Chinese)]
    public void Explain_EveryValue_HasANameOfItsOwn(PolicyLanguage language)
    {
        PolicySubject receiver = PolicySubject.Receiver;
        AllDiffer<Role>(value =>
            new()
            {
                Role = new() { Subject = receiver, Roles = { value } },
            }
        );
        AllDiffer<AssuranceLevel>(value =>
            new()
            {
                Admission = new() { Subject = receiver, Level = value },
            }
        );
        AllDiffer<ClassCategory>(value => new() { Category = new() { Categories = { value } } });
        AllDiffer<AgeBand>(value =>
            new()
            {
                Age = new() { Subject = receiver, Bands = { value } },
            }
        );
        AllDiffer<PilotState>(value => new() { PilotState = new() { States = { value } } });

        void AllDiffer<T>(Func<T, PolicyRule> with)
            where T : struct, Enum
        {
            T[] values = [.. Enum.GetValues<T>().Where(value => !value.Equals(default(T)))];
            IEnumerable<string> texts = values.Select(value => PolicyText.Explain(with(value), language));
            Assert.Equal(values.Length, texts.Distinct().Count());
        }
    }

    // Each example is a policy, and then the same in both languages; the last is a table of cases for the first.
    [Fact]
    public void Page_EveryExample_IsWhatItsPolicySays()
    {
        string[] blocks = BlocksOf(Path.Combine(RepositoryRoot(), "docs", "policies.md"));
        Assert.Equal(4 * 3 + 1, blocks.Length);
        for (int i = 0; i + 2 < blocks.Length; i += 3)
        {
            PolicyRule rule = Parse(blocks[i]);
            Assert.Null(PolicyForms.CheckRules(rule));
            Assert.Equal(blocks[i + 1], PolicyText.Explain(rule, PolicyLanguage.English));
            Assert.Equal(blocks[i + 2], PolicyText.Explain(rule, PolicyLanguage.Chinese));
        }

        IReadOnlyList<PolicyCase> cases = PolicyCase.Parse(blocks[^1]);
        Assert.True(cases.Count >= 3);
        PolicyRule first = Parse(blocks[0]);
        Assert.All(
            cases,
            tried =>
            {
                PolicyFinding finding = PolicyEvaluation.Evaluate(first, tried.Facts);
                Assert.True(tried.IsExpected(finding), $"{tried.Name}: {finding}");
            }
        );
    }

    [Fact]
    public void Page_TheVocabulary_NamesEveryRule()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "policies.md"));
        Assert.All(
            PolicyRule.Descriptor.Oneofs[0].Fields,
            field => Assert.Contains($"| `{field.Name}` |", page, StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("{}", "cases")]
    [InlineData("[", "")]
    [InlineData("{\"cases\": [null]}", "cases[0]")]
    [InlineData("{\"cases\": [{\"time\": \"noon\"}]}", "cases[0].time")]
    [InlineData("{\"cases\": [{\"time\": \"2026-03-02T10:00:00Z\", \"token\": {\"x\": 1}}]}", "cases[0].token")]
    [InlineData(
        "{\"cases\": [{\"time\": \"2026-03-02T10:00:00Z\", \"parties\": [{\"x\": 1}]}]}",
        "cases[0].parties[0]"
    )]
    public void ParseCases_NoTable_SaysWhere(string json, string where)
    {
        FormatException problem = Assert.Throws<FormatException>(() => PolicyCase.Parse(json));
        Assert.StartsWith(where, problem.Message, StringComparison.Ordinal);
    }

    private static PolicyRule Parse(string json) => JsonParser.Default.Parse<PolicyRule>(json);

    private static IEnumerable<string> NamesWithin(PolicyRule rule)
    {
        FieldDescriptor field = PolicyRule.Descriptor.FindFieldByNumber((int)rule.RuleCase);
        IEnumerable<PolicyRule> within = field.Accessor.GetValue(rule) switch
        {
            V1.PolicyRules rules => rules.Rules,
            PolicyRule inner => [inner],
            _ => [],
        };
        return [field.Name, .. within.SelectMany(NamesWithin)];
    }

    private static string[] BlocksOf(string path)
    {
        string[] parts = File.ReadAllText(path).Split("```\n");
        return [.. parts.Where((_, i) => i % 2 == 1)];
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Ledger.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
