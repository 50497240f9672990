using Google.Protobuf;
using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Tests.Verbs;

/// <summary>Every move of a pilot from every state, by its sponsor, a supervisor and a stranger.</summary>
public sealed class PilotMovesTests
{
    // From the specification, written once more: from, to, who. S: the sponsor, V: a supervisor, B: either.
    private const string Moves = """
        Draft Submitted S
        Submitted UnderReview V
        UnderReview Returned V
        Returned UnderReview S
        UnderReview PublicNotice V
        PublicNotice Approved V
        Approved Running B
        Running Suspended V
        Suspended Running V
        Running Concluded B
        Suspended Concluded B
        Submitted Rejected V
        UnderReview Rejected V
        PublicNotice Rejected V
        Submitted Withdrawn S
        UnderReview Withdrawn S
        PublicNotice Withdrawn S
        Approved Revoked V
        Running Revoked V
        Suspended Revoked V
        Approved TerminatedBySponsor S
        Running TerminatedBySponsor S
        Suspended TerminatedBySponsor S
        Evaluated Archived V
        Rejected Archived V
        Withdrawn Archived V
        Revoked Archived V
        TerminatedBySponsor Archived V
        Expired Archived V
        """;

    private static readonly Dictionary<(PilotState, PilotState), char> Allowed = Moves
        .Split('\n', StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' '))
        .ToDictionary(
            words => (Enum.Parse<PilotState>(words[0]), Enum.Parse<PilotState>(words[1])),
            words => words[2][0]
        );

    private readonly Scene _scene = new();

    public static TheoryData<PilotState> States =>
        [.. Enum.GetValues<PilotState>().Where(state => state != PilotState.Unspecified)];

    [Theory]
    [MemberData(nameof(States))]
    public void Move_FromState_GoesWhereTheTableSaysByWhomItSays(PilotState from)
    {
        string deputy = _scene.Ledger.CreateParty(_scene.Supervisor, Role.SupervisorDeputy);
        foreach (PilotState to in Enum.GetValues<PilotState>().Where(state => state != PilotState.Unspecified))
        {
            char? by = Allowed.TryGetValue((from, to), out char who) ? who : null;
            Assert.Equal(Expected(by, 'S'), Move(from, to, _scene.Sponsor, deputy));
            Assert.Equal(Expected(by, 'V'), Move(from, to, _scene.Supervisor, deputy));
            Assert.Equal(ReasonCode.NotAuthorised, Move(from, to, _scene.Alice, deputy));
        }
    }

    [Fact]
    public void All_Table_IsTheSpecification() =>
        Assert.Equal(
            Allowed.Keys.OrderBy(key => key),
            PilotMoves.All.Select(move => (move.From, move.To)).OrderBy(key => key)
        );

    [Theory]
    [InlineData(PilotState.Approved)]
    [InlineData(PilotState.Running)]
    [InlineData(PilotState.Suspended)]
    public void Move_BoundaryOver_IsExpiredByTimeAlone(PilotState state)
    {
        Put(state, new PilotBoundary { End = (ulong)(_scene.Ledger.TimeMs / 1000) + 10 });
        _scene.Ledger.TimeMs += 9_999;
        Assert.Equal(state, StateNow());
        _scene.Ledger.TimeMs += 1;
        Assert.Equal(PilotState.Expired, StateNow());
        Assert.Equal(
            ReasonCode.PilotMoveNotAllowed,
            _scene.Apply(RulesLedger.MoveOf(_scene.Supervisor, "running", PilotState.Concluded))
        );
        Assert.Equal(ReasonCode.PilotNotRunning, _scene.Transfer(_scene.Alice, "free", "a", _scene.Alice, _scene.Bob));
        Assert.Equal(ReasonCode.Applied, _scene.Burn(_scene.Alice, "free", "a")); // leaving is always open
        Assert.Equal(
            ReasonCode.Applied,
            _scene.Apply(RulesLedger.MoveOf(_scene.Supervisor, "running", PilotState.Archived))
        );

        PilotState StateNow() =>
            Pilots.StateAt(_scene.Ledger.Find<PilotRecord>(RecordKey.Pilot("running")), (ulong)_scene.Ledger.TimeMs);
    }

    [Fact]
    public void Move_ToApproved_AsksForAssessmentAndForTheWindowToBeOver()
    {
        PilotRecord pilot = Put(PilotState.PublicNotice, null).Clone();
        pilot.ObjectionsUntilMs = (ulong)_scene.Ledger.TimeMs + 1;
        pilot.Assessment = ByteString.Empty;
        _scene.Ledger.Overwrite(RecordKey.Pilot("running"), pilot);
        Operation approve = RulesLedger.MoveOf(_scene.Supervisor, "running", PilotState.Approved);
        Assert.Equal(ReasonCode.AssessmentMissing, _scene.Apply(approve.Clone()));

        pilot = pilot.Clone();
        pilot.Assessment = RulesLedger.Bytes(32, 1);
        _scene.Ledger.Overwrite(RecordKey.Pilot("running"), pilot);
        Assert.Equal(ReasonCode.ObjectionWindowOpen, _scene.Apply(approve.Clone()));
        _scene.Ledger.TimeMs += 1;
        Assert.Equal(ReasonCode.Applied, _scene.Apply(approve.Clone()));
    }

    [Fact]
    public void Move_SupervisorWhoIsTheSponsor_ApprovesNothingOfItsOwn()
    {
        PilotRecord pilot = Put(PilotState.UnderReview, null).Clone();
        pilot.Sponsor = _scene.Supervisor;
        _scene.Ledger.Overwrite(RecordKey.Pilot("running"), pilot);
        foreach (PilotState to in (PilotState[])[PilotState.PublicNotice, PilotState.Returned, PilotState.Rejected])
        {
            Assert.Equal(ReasonCode.SelfApproval, _scene.Apply(RulesLedger.MoveOf(_scene.Supervisor, "running", to)));
        }
    }

    [Fact]
    public void Move_Returned_VoidsTheAssessment()
    {
        Put(PilotState.UnderReview, null);
        Assert.Equal(
            ReasonCode.Applied,
            _scene.Apply(RulesLedger.MoveOf(_scene.Supervisor, "running", PilotState.Returned))
        );
        Assert.True(_scene.Ledger.Find<PilotRecord>(RecordKey.Pilot("running")).Assessment.IsEmpty);
    }

    private static ReasonCode Expected(char? by, char mover) =>
        by is null ? ReasonCode.PilotMoveNotAllowed
        : by == mover || by == 'B' ? ReasonCode.Applied
        : ReasonCode.NotAuthorised;

    private ReasonCode Move(PilotState from, PilotState to, string actor, string approver)
    {
        Put(from, null);
        Operation move = RulesLedger.MoveOf(actor, "running", to);
        if (to == PilotState.Revoked && actor != _scene.Alice)
        {
            Assert.NotEqual(ReasonCode.Applied, _scene.Apply(move.Clone()));
            move.Approver = approver;
        }

        return _scene.Apply(move);
    }

    // The pilot as it would be had it come there, with what approval asks for.
    private PilotRecord Put(PilotState state, PilotBoundary? boundary)
    {
        PilotRecord pilot = _scene.Ledger.Find<PilotRecord>(RecordKey.Pilot("running")).Clone();
        PilotState counted = pilot.State;
        pilot.State = state;
        pilot.Assessment = RulesLedger.Bytes(32, 1);
        pilot.ObjectionsUntilMs = 1;
        pilot.Terms = boundary is null ? null : new PilotTerms { Boundary = boundary };
        _scene.Ledger.Overwrite(RecordKey.Pilot("running"), pilot);
        Count(counted, state);
        return pilot;
    }

    private void Count(PilotState from, PilotState to)
    {
        PilotCountsRecord counts = _scene.Ledger.Find<PilotCountsRecord>(RecordKey.PilotCounts).Clone();
        Dictionary<PilotState, ulong> by = counts.Counts.ToDictionary(count => count.State, count => count.Count);
        by[from]--;
        by[to] = by.GetValueOrDefault(to) + 1;
        counts.Counts.Clear();
        counts.Counts.AddRange(
            by.Where(it => it.Value > 0)
                .OrderBy(it => it.Key)
                .Select(it => new PilotCount { State = it.Key, Count = it.Value })
        );
        _scene.Ledger.Overwrite(RecordKey.PilotCounts, counts);
    }
}
