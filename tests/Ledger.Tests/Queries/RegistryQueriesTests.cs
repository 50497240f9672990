using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

/// <summary>Every list of pilots, of what is in their files, and of what supervisors see.</summary>
public sealed class RegistryQueriesTests(RegistryLedger ledger) : IClassFixture<RegistryLedger>
{
    private const string Pilot = RegistryLedger.Pilot;

    public static TheoryData<string> Lists =>
        [
            "pilots",
            "drafts",
            "running pilots",
            "expired pilots",
            "pilots of a district",
            "pilots of a field",
            "cases",
            "history of a pilot",
            "participants",
            "milestones",
            "tranches",
            "documents",
            "policies",
            "history of a policy",
            "actions",
            "actions about a party",
            "actions about a pilot",
            "actions about a class",
            "refusals",
            "refusals of an actor",
            "refusals about a pilot",
        ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Pages_OfAnySize_LoseNothingAndRepeatNothing(string list)
    {
        using ReadView view = ledger.Ledger.Read();
        string[] expected = ledger.Expected[list];
        for (uint size = 1; size <= expected.Length + 1; size++)
        {
            List<string> all = [];
            string token = "";
            do
            {
                Page<string> page = ledger.Page(view, list, size, token).Value;
                all.AddRange(page.Items);
                token = page.Next;
            } while (token.Length > 0);

            Assert.Equal(expected, all);
        }

        Assert.Equal(expected, ledger.Page(view, list, 0, "").Value.Items);
        Assert.Equal(ReasonCode.InvalidRequest, ledger.Page(view, list, 1_001, "").Judgement.Reason);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Pages_TokenOfAnotherListOrNone_IsRefused(string list)
    {
        using ReadView view = ledger.Ledger.Read();
        foreach (string other in Lists.Select(row => row.Data).Where(other => other != list))
        {
            string token = ledger.Page(view, other, 1, "").Value.Next;
            Assert.NotEmpty(token);
            Assert.Equal(ReasonCode.BadPageToken, ledger.Page(view, list, 1, token).Judgement.Reason);
        }

        foreach (string text in (string[])["x", "!!!!", ledger.Page(view, list, 1, "").Value.Next[..10]])
        {
            Assert.Equal(ReasonCode.BadPageToken, ledger.Page(view, list, 1, text).Judgement.Reason);
        }
    }

    [Fact]
    public void ListPilotsIn_TokenOfAnotherPartOfTheStore_IsRefused()
    {
        using ReadView view = ledger.Ledger.Read();
        string token = Pages.Token("expired pilots", "Sa pilot"u8);

        Assert.Equal(
            ReasonCode.BadPageToken,
            PilotQueries.ListPilotsIn(view, PilotState.Expired, 1, token).Judgement.Reason
        );
    }

    [Fact]
    public void Lists_OfWhatThereIsNot_AreRefused()
    {
        using ReadView view = ledger.Ledger.Read();

        Is(ReasonCode.InvalidRequest, PilotQueries.ListPilotsIn(view, PilotState.Unspecified, 0, ""));
        Is(ReasonCode.InvalidRequest, PilotQueries.ListPilotsIn(view, (PilotState)99, 0, ""));
        Is(ReasonCode.InvalidRequest, PilotQueries.ListPilotsOfDistrict(view, "no district", 0, ""));
        Is(ReasonCode.InvalidRequest, PilotQueries.ListPilotsOfField(view, "No field", 0, ""));
        Is(ReasonCode.PilotNotFound, PilotQueries.ListHistory(view, "nowhere", 0, ""));
        Is(ReasonCode.InvalidRequest, PilotQueries.ListHistory(view, "", 0, ""));
        Is(ReasonCode.PilotNotFound, PilotFileQueries.ListMilestones(view, "nowhere", 0, ""));
        Is(ReasonCode.PilotNotFound, PolicyQueries.ListPolicies(view, "nowhere", 0, ""));
        Is(ReasonCode.PolicyNotFound, PolicyQueries.ListHistory(view, "nothing", 0, ""));
        Is(ReasonCode.InvalidRequest, PolicyQueries.ListHistory(view, "No policy", 0, ""));
        Is(ReasonCode.InvalidRequest, SupervisionQueries.ListActions(view, "", Pilot, Scene.Class, 0, ""));
        Is(ReasonCode.InvalidDid, SupervisionQueries.ListActions(view, "did:web:a.test", "", "", 0, ""));
        Is(ReasonCode.PilotNotFound, SupervisionQueries.ListActions(view, "", "nowhere", "", 0, ""));
        Is(ReasonCode.ClassNotFound, SupervisionQueries.ListActions(view, "", "", "nothing", 0, ""));
        Is(ReasonCode.InvalidRequest, SupervisionQueries.ListRefusals(view, ledger.Scene.Bob.Did, Pilot, 0, ""));
        Is(ReasonCode.InvalidDid, SupervisionQueries.ListRefusals(view, "me", "", 0, ""));
        Is(ReasonCode.PilotNotFound, SupervisionQueries.ListRefusals(view, "", "nowhere", 0, ""));

        static void Is<T>(ReasonCode reason, Answer<Page<T>> answer) => Assert.Equal(reason, answer.Judgement.Reason);
    }

    [Fact]
    public void CountPilots_SomeExpiredByTime_AgreesWithTheLists()
    {
        using ReadView view = ledger.Ledger.Read();
        Dictionary<PilotState, int> expected = PilotQueries
            .ListPilots(view, 0, "")
            .Value.Items.GroupBy(pilot => PilotQueries.StateOf(view, pilot))
            .ToDictionary(group => group.Key, group => group.Count());

        IReadOnlyList<PilotCount> counts = SupervisionQueries.CountPilots(view);

        Assert.Equal(
            expected.OrderBy(p => p.Key).Select(p => (p.Key, p.Value)),
            counts.Select(c => (c.State, (int)c.Count))
        );
        Assert.Equal(4, expected[PilotState.Expired]);
    }

    [Fact]
    public void FindFigures_OfPilots_HaveRefusalsAndDays()
    {
        using ReadView view = ledger.Ledger.Read();

        GetPilotFiguresResponse without = SupervisionQueries.FindFigures(view, Pilot).Value;
        GetPilotFiguresResponse running = SupervisionQueries.FindFigures(view, "run-1").Value;
        GetPilotFiguresResponse over = SupervisionQueries.FindFigures(view, "run-2").Value;

        Assert.Equal((false, 0UL), (without.HasEnd, without.DaysLeft));
        Assert.Equal(RegistryLedger.Many + 1UL, without.Figures.Documents);
        Assert.Equal(
            [new RefusalCount { Reason = ReasonCode.NotAuthorised, Count = RegistryLedger.Many + 1 }],
            without.Refusals
        );
        Assert.Equal((true, RegistryLedger.Days - 2UL), (running.HasEnd, running.DaysLeft));
        Assert.Equal((true, 0UL), (over.HasEnd, over.DaysLeft));
        Assert.Equal("run-2", over.Figures.PilotId);
        Assert.Equal(ReasonCode.PilotNotFound, SupervisionQueries.FindFigures(view, "nowhere").Judgement.Reason);
    }

    [Fact]
    public void VersionInForce_OneInForceAndOneThatComes_IsTheFirst()
    {
        using ReadView view = ledger.Ledger.Read();

        PolicyRecord policy = PolicyQueries.FindPolicy(view, RegistryLedger.Policy).Value.Record;

        Assert.Equal((1UL, 2UL, 2UL), (policy.Current.Version, policy.Next.Version, policy.LastVersion));
        Assert.Equal(1UL, PolicyQueries.VersionInForce(view, policy));
        Assert.Equal(0UL, PolicyQueries.VersionInForce(view, PolicyQueries.FindPolicy(view, "policy-0").Value.Record));
        Assert.Equal(ReasonCode.PolicyNotFound, PolicyQueries.FindPolicy(view, "nothing").Judgement.Reason);
    }

    [Fact]
    public void GrantsOf_GrantedThreeTimes_AreByScope()
    {
        using ReadView view = ledger.Ledger.Read();

        IReadOnlyList<GrantsRecord> grants = PilotQueries.GrantsOf(view, ledger.Scene.Alice.Did);

        Assert.Equal([("", ""), ("", Scene.Class), (Pilot, "")], grants.Select(g => (g.PilotId, g.ClassId)));
        Assert.All(grants, grant => Assert.Equal(Role.Auditor, Assert.Single(grant.Grants).Role));
        Assert.Empty(PilotQueries.GrantsOf(view, ledger.Scene.Bob.Did));
    }

    [Fact]
    public void FindErasure_RecordedOrNot_SaysWhich()
    {
        using ReadView view = ledger.Ledger.Read();
        ByteString other = ByteString.CopyFrom([1, .. new byte[31]]);

        GetErasureResponse found = PilotQueries.FindErasure(view, ByteString.CopyFrom(new byte[32])).Value;

        Assert.Equal(ledger.Scene.Supervisor.Did, found.Record.By);
        Assert.NotNull(found.Version);
        Assert.Null(PilotQueries.FindErasure(view, other).Value.Record);
        Assert.Equal(ReasonCode.InvalidRequest, PilotQueries.FindErasure(view, ByteString.Empty).Judgement.Reason);
    }

    [Fact]
    public void FindOperator_ItsTimeHasPassed_IsRecordedAndNotApproved()
    {
        using ReadView view = ledger.Ledger.Read();
        (string alice, string bob) = (ledger.Scene.Alice.Did, ledger.Scene.Bob.Did);

        GetOperatorResponse found = TokenQueries.FindOperator(view, alice, Scene.Class, bob).Value;

        Assert.True(found.Record.Approved);
        Assert.False(found.Approved);
        Assert.Null(TokenQueries.FindOperator(view, bob, Scene.Class, alice).Value.Record);
        Assert.Equal(ReasonCode.ClassNotFound, TokenQueries.FindOperator(view, alice, "nothing", bob).Judgement.Reason);
        Assert.Equal(
            ReasonCode.InvalidDid,
            TokenQueries.FindOperator(view, alice, Scene.Class, "bob").Judgement.Reason
        );
    }
}
