using Ledger.Protocol;
using Ledger.Rules.Policies;
using Ledger.V1;

namespace Ledger.Rules.Tests.Policies;

public sealed class PolicyEvaluationTests
{
    private const ulong SecondMs = 1_000;
    private const ulong MinuteMs = 60 * SecondMs;
    private const ulong HourMs = 60 * MinuteMs;
    private const ulong DayMs = 24 * HourMs;
    private const ulong Now = PlainTransfer.Monday10;
    private const ulong Today = Now / DayMs;
    private const ulong Midnight = Today * DayMs;

    [Fact]
    public void Evaluate_RandomPoliciesAndTransfers_IsWhatTheVocabularySays()
    {
        int seed = Environment.TickCount;
        PolicySource source = new(new Random(seed));
        Dictionary<bool, int> seen = new() { [true] = 0, [false] = 0 };
        HashSet<string> failedLeaves = [];
        for (int round = 0; round < 10_000; round++)
        {
            PolicyRule rule = source.Rule();
            PlainTransfer transfer = source.Transfer();
            (bool holds, string failed, ulong retry) = NaivePolicy.Evaluate(rule, transfer);
            PolicyFinding finding = PolicyEvaluation.Evaluate(rule, transfer.ToFacts());
            Assert.True(
                finding == new PolicyFinding(holds, failed, retry),
                $"seed {seed}, round {round}: {finding}, not {(holds, failed, retry)}, of {rule}"
            );
            seen[holds]++;
            failedLeaves.Add(failed.Split('.')[^1]);
        }

        // Otherwise the source has dried up.
        Assert.True(seen.Values.Min() > 2_000, $"seed {seed}: {seen[true]} held and {seen[false]} failed");
        Assert.Equal(PolicyRule.Descriptor.Oneofs[0].Fields.Count, failedLeaves.Count);
    }

    [Fact]
    public void Source_EveryPolicy_IsRightInForm()
    {
        int seed = Environment.TickCount;
        PolicySource source = new(new Random(seed));
        for (int round = 0; round < 1_000; round++)
        {
            PolicyRule rule = source.Rule();
            int deepest = Depth(rule);
            Assert.True(Count(rule) <= Limits.PolicyRulesMax, $"seed {seed}, round {round}: {Count(rule)} rules");
            Assert.True(deepest <= Limits.PolicyDepthMax, $"seed {seed}, round {round}: {deepest} deep");
        }
    }

    [Fact]
    public void FirstHold_TokenOfAnOldLog_WasAlwaysHeld() =>
        Check(
            new PolicyRule { FirstHold = new() { Seconds = Limits.HoldSecondsMax } },
            new PlainTransfer { AcquiredMs = 0 },
            true
        );

    [Fact]
    public void Hold_BelowAtAndBeyondItsEnd_HoldsFromTheEndOn()
    {
        const ulong Days180 = 180 * DayMs;
        PolicyRule first = new() { FirstHold = new() { Seconds = Days180 / SecondMs } };
        PolicyRule again = new() { Rehold = new() { Seconds = Days180 / SecondMs } };
        foreach ((ulong time, bool expected) in new[] { (Days180 - 1, false), (Days180, true), (Days180 + 1, true) })
        {
            PlainTransfer minted = new() { AcquiredMs = Now, TimeMs = Now + time };
            PlainTransfer given = new()
            {
                AcquiredMs = Now,
                TimeMs = Now + time,
                WasGiven = true,
            };
            Check(first, minted, expected, "first_hold", Now + Days180);
            Check(first, given, true);
            Check(again, minted, true);
            Check(again, given, expected, "rehold", Now + Days180);
        }
    }

    [Theory]
    [InlineData(539, false, 540)]
    [InlineData(540, true, 0)]
    [InlineData(1_079, true, 0)]
    [InlineData(1_080, false, 540 + 1_440)]
    [InlineData(1_439, false, 540 + 1_440)]
    [InlineData(0, false, 540)]
    public void TimeWindow_BusinessHours_OpensAtTheNextBeginning(ulong minute, bool expected, ulong opensAtMinute)
    {
        PolicyRule rule = new()
        {
            TimeWindow = new() { FromMinute = 540, UntilMinute = 1_080 },
        };
        ulong retry = Midnight + opensAtMinute * MinuteMs;
        Check(rule, At(Midnight + minute * MinuteMs), expected, "time_window", retry);
        Check(rule, At(Midnight + minute * MinuteMs + MinuteMs - 1), expected, "time_window", retry);
    }

    [Theory]
    [InlineData(1_319, false)]
    [InlineData(1_320, true)]
    [InlineData(1_439, true)]
    [InlineData(0, true)]
    [InlineData(359, true)]
    [InlineData(360, false)]
    public void TimeWindow_OverMidnight_IsOpenOnBothSides(ulong minute, bool expected)
    {
        PolicyRule rule = new()
        {
            TimeWindow = new() { FromMinute = 1_320, UntilMinute = 360 },
        };
        Check(rule, At(Midnight + minute * MinuteMs), expected, "time_window", Midnight + 1_320 * MinuteMs);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1_440)]
    [InlineData(600, 600)]
    [InlineData(1_439, 1_439)]
    public void TimeWindow_WholeDay_IsAlwaysOpen(uint fromMinute, uint untilMinute)
    {
        PolicyRule rule = new()
        {
            TimeWindow = new() { FromMinute = fromMinute, UntilMinute = untilMinute },
        };
        for (ulong minute = 0; minute < 1_440; minute++)
        {
            Check(rule, At(Midnight + minute * MinuteMs), true);
        }
    }

    [Fact]
    public void TimeWindow_Bounds_AreTheFirstMomentAndTheOneAfterTheLast()
    {
        PolicyRule rule = new()
        {
            TimeWindow = new() { From = Now / SecondMs, Until = Now / SecondMs + 10 },
        };
        Check(rule, At(Now - 1), false, "time_window", Now);
        Check(rule, At(Now), true);
        Check(rule, At(Now + 10 * SecondMs - 1), true);
        Check(rule, At(Now + 10 * SecondMs), false, "time_window", 0);
    }

    [Fact]
    public void TimeWindow_BeginsAfterTheHours_OpensOnTheNextDay()
    {
        // From 10:00 on, but only before 09:00.
        PolicyRule rule = new()
        {
            TimeWindow = new() { From = Now / SecondMs, UntilMinute = 540 },
        };
        Check(rule, At(Now - DayMs), false, "time_window", Midnight + DayMs);

        // It ends before that.
        rule.TimeWindow.Until = (Midnight + DayMs) / SecondMs;
        Check(rule, At(Now - DayMs), false, "time_window", 0);
        rule.TimeWindow.Until++;
        Check(rule, At(Now - DayMs), false, "time_window", Midnight + DayMs);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void Counts_OfToday_StayBelow(ulong count, bool expected)
    {
        PolicyRule gifts = new() { GiftsPerDay = new() { Below = 3 } };
        PolicyRule transfers = new() { PilotTransfersPerDay = new() { Below = 3 } };
        PolicyRule held = new() { ReceiverHolds = new() { Below = 3 } };
        PlainTransfer transfer = new()
        {
            Gifts = (Today, count),
            PilotTransfers = (Today, count),
            Held = count,
        };
        Check(gifts, transfer, expected, "gifts_per_day", Midnight + DayMs);
        Check(transfers, transfer, expected, "pilot_transfers_per_day", Midnight + DayMs);
        Check(held, transfer, expected, "receiver_holds", 0);

        PlainTransfer yesterday = new() { Gifts = (Today - 1, count), PilotTransfers = (Today - 1, count) };
        Check(gifts, yesterday, true);
        Check(transfers, yesterday, true);
        Check(held, new PlainTransfer(), true);
    }

    [Fact]
    public void Role_InEachScope_CountsWhereTheClassIs()
    {
        PolicyRule rule = new()
        {
            Role = new() { Subject = PolicySubject.Receiver, Roles = { Role.Auditor } },
        };
        Check(rule, To(party => party.Roles.Add(Role.Auditor)), true);
        Check(rule, To(party => party.Roles.Add(Role.Issuer)), false, "role");
        foreach (
            (string where, bool expected) in new[]
            {
                ("ledger", true),
                ("pilot", true),
                ("class", true),
                ("other pilot", false),
                ("other class", false),
            }
        )
        {
            Check(rule, To(party => party.Grants.Add((where, Role.Auditor, 0))), expected, "role");
            Check(rule, To(party => party.Grants.Add((where, Role.Auditor, Now / SecondMs))), expected, "role");
            Check(rule, To(party => party.Grants.Add((where, Role.Auditor, Now / SecondMs - 1))), false, "role");
        }
    }

    [Theory]
    [InlineData(AssuranceLevel.Unspecified, false)]
    [InlineData(AssuranceLevel.Low, false)]
    [InlineData(AssuranceLevel.Substantial, true)]
    [InlineData(AssuranceLevel.High, true)]
    public void Admission_Level_IsTheLowestThatWillDo(AssuranceLevel level, bool expected)
    {
        PolicyRule rule = new()
        {
            Admission = new() { Subject = PolicySubject.Receiver, Level = AssuranceLevel.Substantial },
        };
        Check(rule, To(party => party.Level = level), expected, "admission");
    }

    [Theory]
    [InlineData(AccountState.Active, AccountState.Active, true, true)]
    [InlineData(AccountState.Restricted, AccountState.Active, false, true)]
    [InlineData(AccountState.Active, AccountState.Restricted, false, true)]
    [InlineData(AccountState.Frozen, AccountState.Restricted, false, false)]
    [InlineData(AccountState.Restricted, AccountState.Frozen, false, false)]
    public void Account_BothSides_CountTheLessFree(
        AccountState platform,
        AccountState supervisor,
        bool isActive,
        bool isRestrictedAtMost
    )
    {
        PlainTransfer transfer = To(party =>
        {
            party.PlatformHold = HoldOf(platform);
            party.SupervisorHold = HoldOf(supervisor);
        });
        AccountRule account = new() { Subject = PolicySubject.Receiver, State = AccountState.Active };
        Check(new PolicyRule { Account = account }, transfer, isActive, "account");
        account.State = AccountState.Restricted;
        Check(new PolicyRule { Account = account }, transfer, isRestrictedAtMost, "account");
        transfer.TimeMs = Now + 2; // after both have ended
        Check(new PolicyRule { Account = account }, transfer, true);

        static AccountHold? HoldOf(AccountState state) =>
            state == AccountState.Active
                ? null
                : new AccountHold
                {
                    State = state,
                    Hold = new Hold { FromMs = Now, UntilMs = Now + 1 },
                };
    }

    public static TheoryData<string> RulesOnAttestation => ["age", "region", "platform"];

    [Theory]
    [MemberData(nameof(RulesOnAttestation))]
    public void Attestation_AbsentEmptyOrLapsed_SatisfiesNothing(string name)
    {
        PolicyRule rule = name switch
        {
            "age" => new()
            {
                Age = new()
                {
                    Subject = PolicySubject.Receiver,
                    Bands = { AgeBand.Child, AgeBand.Minor, AgeBand.Adult },
                },
            },
            "region" => new()
            {
                Region = new() { Subject = PolicySubject.Receiver, Regions = { "310000" } },
            },
            _ => new()
            {
                Platform = new() { Subject = PolicySubject.Receiver, Dids = { "did:platform" } },
            },
        };
        Check(rule, To(_ => { }), false, name);
        Check(rule, To(party => party.IsAttested = true), false, name);
        Check(rule, To(party => Attest(party)), true);
        Check(rule, To(party => Attest(party, Now / SecondMs)), true);
        Check(rule, To(party => Attest(party, Now / SecondMs - 1)), false, name);
        Check(rule, To(party => Attest(party, exited: true)), false, name);

        static void Attest(PlainParty party, ulong validUntil = 0, bool exited = false)
        {
            party.IsAttested = true;
            party.Region = "310000";
            party.Band = AgeBand.Minor;
            party.Platform = "did:platform";
            party.ValidUntil = validUntil;
            party.Exited = exited;
        }
    }

    [Fact]
    public void Rules_OnAPartyThatIsNone_FailButForItsName()
    {
        PlainTransfer transfer = To(party => party.IsParty = false);
        PolicySubject receiver = PolicySubject.Receiver;
        Check(new PolicyRule { Admission = new() { Subject = receiver } }, transfer, false, "admission");
        Check(
            new PolicyRule
            {
                Account = new() { Subject = receiver, State = AccountState.Restricted },
            },
            transfer,
            false,
            "account"
        );
        Check(
            new PolicyRule
            {
                Counterparty = new() { Subject = receiver, Dids = { transfer.Receiver.Did } },
            },
            transfer,
            true
        );
    }

    [Fact]
    public void Subject_OfARule_IsThePartyThatItNames()
    {
        foreach (PolicySubject subject in (PolicySubject[])[PolicySubject.Giver, PolicySubject.Receiver])
        {
            foreach (string did in (string[])["did:giver", "did:receiver"])
            {
                PolicyRule rule = new()
                {
                    Counterparty = new() { Subject = subject, Dids = { did } },
                };
                bool expected = (subject == PolicySubject.Giver) == (did == "did:giver");
                Check(rule, new PlainTransfer(), expected, "counterparty");
            }
        }
    }

    [Fact]
    public void PilotState_AtTheEndOfItsBoundary_IsExpired()
    {
        PolicyRule running = new() { PilotState = new() { States = { PilotState.Running } } };
        PolicyRule expired = new() { PilotState = new() { States = { PilotState.Expired } } };
        PlainTransfer transfer = new() { PilotEnd = Now / SecondMs, TimeMs = Now - 1 };
        Check(running, transfer, true);
        Check(expired, transfer, false, "pilot_state");
        transfer.TimeMs = Now;
        Check(running, transfer, false, "pilot_state");
        Check(expired, transfer, true);
    }

    [Fact]
    public void Category_OfTheClass_IsOneOfThem()
    {
        PolicyRule rule = new()
        {
            Category = new() { Categories = { ClassCategory.Cultural, ClassCategory.Certificate } },
        };
        Check(rule, new PlainTransfer { Category = ClassCategory.Certificate }, true);
        Check(rule, new PlainTransfer { Category = ClassCategory.Brand }, false, "category");
    }

    [Fact]
    public void FailedRule_OfNestedRules_EndsAtWhatCannotBeBlamedAlone()
    {
        PolicyRule yes = new() { FirstHold = new() { Seconds = 1 } };
        PolicyRule no = new() { ReceiverHolds = new() { Below = 1 } };
        PolicyRule day = new() { GiftsPerDay = new() { Below = 1 } };
        PolicyRule hours = new() { TimeWindow = new() { FromMinute = 660 } };
        PlainTransfer transfer = new() { Held = 1, Gifts = (Today, 1) };
        Check(All(yes, no, hours), transfer, false, "all[1].receiver_holds", 0);
        Check(All(yes, All(yes, yes, hours), no), transfer, false, "all[1].all[2].time_window", Midnight + 11 * HourMs);
        Check(Any(no, day, hours), transfer, false, "any", Midnight + 11 * HourMs);
        Check(Any(no, All(yes, day)), transfer, false, "any", Midnight + DayMs);
        Check(Any(no, no), transfer, false, "any", 0);
        Check(All(yes, Any(no, hours)), transfer, false, "all[1].any", Midnight + 11 * HourMs);
        Check(Not(yes), transfer, false, "not", 0);
        Check(All(Not(All(yes))), transfer, false, "all[0].not", 0);
        Check(Not(hours), transfer, true);
        Check(Any(no, yes), transfer, true);
    }

    [Fact]
    public void FailedRule_OfTheDeepestAndWidestPolicy_FitsInAVerdict()
    {
        // As many rules as there may be, the longest name last, and as deep as they may lie.
        string longest = PolicyRule.Descriptor.Oneofs[0].Fields.Select(field => field.Name).MaxBy(name => name.Length)!;
        Assert.Equal("pilot_transfers_per_day", longest);
        PolicyRule rule = new() { PilotTransfersPerDay = new() { Below = 1 } };
        int wide = (Limits.PolicyRulesMax - Limits.PolicyDepthMax) / (Limits.PolicyDepthMax - 1);
        for (int depth = Limits.PolicyDepthMax - 1; depth >= 1; depth--)
        {
            PolicyRule around = new() { All = new() };
            for (int i = 0; i < wide; i++)
            {
                around.All.Rules.Add(new PolicyRule { FirstHold = new() { Seconds = 1 } });
            }

            around.All.Rules.Add(rule);
            rule = around;
        }

        Assert.Equal(Limits.PolicyDepthMax, Depth(rule));
        Assert.Equal(Limits.PolicyRulesMax, Count(rule));
        PlainTransfer transfer = new() { PilotTransfers = (Today, 1) };
        string path = PolicyEvaluation.Evaluate(rule, transfer.ToFacts()).FailedRule;
        Assert.Equal(Limits.PolicyDepthMax, path.Split('.').Length);

        // No index has more digits than the number of rules has.
        string bound = string.Concat(Enumerable.Repeat("all[64].", Limits.PolicyDepthMax - 1)) + longest;
        Assert.InRange(path.Length, 1, bound.Length);
        Assert.InRange(bound.Length, 1, Limits.RulePathLengthMax);
    }

    [Fact]
    public void Evaluate_EverythingHolds_AllocatesNothing()
    {
        PolicySubject giver = PolicySubject.Giver;
        PolicySubject receiver = PolicySubject.Receiver;
        PolicyRule rule = All(
            new PolicyRule { FirstHold = new() { Seconds = 1 } },
            new PolicyRule { Rehold = new() { Seconds = 1 } },
            new PolicyRule
            {
                Role = new() { Subject = receiver, Roles = { Role.Issuer, Role.Participant } },
            },
            new PolicyRule
            {
                Admission = new() { Subject = receiver, Level = AssuranceLevel.Low },
            },
            new PolicyRule
            {
                Account = new() { Subject = giver, State = AccountState.Active },
            },
            new PolicyRule { Category = new() { Categories = { ClassCategory.Cultural } } },
            new PolicyRule
            {
                TimeWindow = new() { FromMinute = 540, UntilMinute = 1_080 },
            },
            Any(
                new PolicyRule
                {
                    Age = new() { Subject = receiver, Bands = { AgeBand.Adult } },
                },
                Not(
                    new PolicyRule
                    {
                        Region = new() { Subject = receiver, Regions = { "310000" } },
                    }
                )
            ),
            new PolicyRule { PilotState = new() { States = { PilotState.Running } } },
            new PolicyRule
            {
                Counterparty = new() { Subject = receiver, Dids = { "did:receiver" } },
            }
        );
        PlainTransfer transfer = To(party =>
        {
            party.Roles.Add(Role.Participant);
            party.Level = AssuranceLevel.High;
        });
        TransferFacts facts = transfer.ToFacts();
        Assert.Equal(PolicyFinding.Allowed, PolicyEvaluation.Evaluate(rule, facts));
        long before = GC.GetAllocatedBytesForCurrentThread();
        PolicyEvaluation.Evaluate(rule, facts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void InForce_NextVersion_TakesOverAtItsTime()
    {
        PolicyRecord policy = new();
        Assert.Null(PolicyEvaluation.InForce(policy, Now));
        policy.Proposed = new PolicyVersion { Version = 1 };
        Assert.Null(PolicyEvaluation.InForce(policy, Now));
        policy.Next = new PolicyVersion { Version = 1, EffectiveMs = Now };
        Assert.Null(PolicyEvaluation.InForce(policy, Now - 1));
        Assert.Equal(1u, PolicyEvaluation.InForce(policy, Now)!.Version);
        policy.Current = policy.Next;
        policy.Next = new PolicyVersion { Version = 2, EffectiveMs = Now + 5 };
        Assert.Equal(1u, PolicyEvaluation.InForce(policy, Now + 4)!.Version);
        Assert.Equal(2u, PolicyEvaluation.InForce(policy, Now + 5)!.Version);
    }

    private static void Check(
        PolicyRule rule,
        PlainTransfer transfer,
        bool holds,
        string failedRule = "",
        ulong retryAtMs = 0
    )
    {
        PolicyFinding expected = holds ? PolicyFinding.Allowed : new PolicyFinding(false, failedRule, retryAtMs);
        Assert.Equal(expected, PolicyEvaluation.Evaluate(rule, transfer.ToFacts()));
    }

    private static PlainTransfer At(ulong timeMs) => new() { TimeMs = timeMs };

    private static PlainTransfer To(Action<PlainParty> describe)
    {
        PlainTransfer transfer = new();
        describe(transfer.Receiver);
        return transfer;
    }

    private static PolicyRule All(params PolicyRule[] rules) => new() { All = new() { Rules = { rules } } };

    private static PolicyRule Any(params PolicyRule[] rules) => new() { Any = new() { Rules = { rules } } };

    private static PolicyRule Not(PolicyRule rule) => new() { Not = rule };

    private static PolicyRule[] Within(PolicyRule rule) =>
        rule.RuleCase switch
        {
            PolicyRule.RuleOneofCase.All => [.. rule.All.Rules],
            PolicyRule.RuleOneofCase.Any => [.. rule.Any.Rules],
            PolicyRule.RuleOneofCase.Not => [rule.Not],
            _ => [],
        };

    private static int Count(PolicyRule rule) => 1 + Within(rule).Sum(Count);

    private static int Depth(PolicyRule rule) => 1 + Within(rule).Select(Depth).DefaultIfEmpty().Max();
}
