using Google.Protobuf;
using Ledger.V1;

namespace Ledger.Rules.Tests.Registry;

/// <summary>
/// The registry as its specification reads, written without regard to the rules of the node: plain dictionaries of records, whole
/// snapshots to undo with, and every figure counted anew when somebody asks. It shares nothing with the node but the messages.
///
/// <para>A verb's method judges in the order of the specification and writes at its end: account, role, approval; class and pilot, the
/// actor's relation to them, their states and limits; the token, its owner, who acts for the owner; freeze and lock; the other party;
/// transferability, consent, policy.</para>
/// </summary>
internal sealed partial class RegistryModel
{
    private const ulong DayMs = 86_400_000;

    private Dictionary<string, IMessage> _records = [];
    private List<Given> _given = [];
    private readonly List<RefusalRecord> _refusals = [];

    // The operation whose turn it is.
    private Operation _op = new();
    private string _actor = "";
    private ulong _timeMs;
    private ulong _index;
    private uint _step;
    private Verdict _verdict = new();

    // A token that changed hands by the will of its owner.
    private sealed record Given(string ClassId, string PilotId, string Owner, ulong TimeMs);

    /// <summary>Documents of every DID that was registered.</summary>
    public Dictionary<string, DidDocument> Documents { get; } = [];

    /// <summary>DIDs that were deactivated.</summary>
    public HashSet<string> Deactivated { get; } = [];

    /// <summary>The operations that are to be judged carry the time of their batch.</summary>
    public ulong TimeMs
    {
        get => _timeMs;
        set => _timeMs = value;
    }

    /// <summary>The first supervisor is a party from the founding on.</summary>
    public void Found(string supervisor) =>
        Put($"Party {supervisor}", new PartyRecord { Did = supervisor, Roles = { Role.Supervisor } });

    /// <summary>Judges an operation, and does what it asks when nothing refuses it.</summary>
    /// <param name="op">The operation; its actor is registered and in use.</param>
    /// <param name="index">Index of its entry.</param>
    /// <param name="timeMs">Time of its batch, Unix milliseconds.</param>
    public (ReasonCode Outcome, Verdict Verdict) Apply(Operation op, long index, long timeMs)
    {
        _op = op;
        _actor = op.Actor;
        _index = (ulong)index;
        _timeMs = (ulong)timeMs;
        _verdict = new Verdict();
        Dictionary<string, IMessage> records = new(_records);
        List<Given> given = [.. _given];

        Operation judged = op;
        _step = 0;
        ReasonCode outcome = op.BodyCase == Operation.BodyOneofCase.Group ? ReasonCode.Applied : JudgeWithAccount(op);

        for (int i = 0; outcome == ReasonCode.Applied && i < (op.Group?.Steps.Count ?? 0); i++)
        {
            judged = op.Group!.Steps[i];
            _step = (uint)i + 1;
            outcome = JudgeWithAccount(judged);
        }

        if (outcome != ReasonCode.Applied)
        {
            _verdict.Step = _step;
            _records = records;
            _given = given;
            (string pilotId, string classId) = ScopeOf(judged);
            _refusals.Add(
                new RefusalRecord
                {
                    Index = _index,
                    TimeMs = _timeMs,
                    Actor = _actor,
                    Refused = new Refused
                    {
                        Verb = NameOf(judged),
                        Reason = outcome,
                        PilotId = Find<PilotRecord>($"Pilot {pilotId}")?.Id ?? "",
                        ClassId = classId,
                        Step = _step,
                    },
                }
            );
        }

        return (outcome, _verdict);
    }

    // Of each step again: one before it may have ended what the actor could do.
    private ReasonCode JudgeWithAccount(Operation op) =>
        AccountOf(_actor) is var account && account != ReasonCode.Applied ? account : Judge(op);

    private ReasonCode Judge(Operation op) =>
        op.BodyCase switch
        {
            Operation.BodyOneofCase.AdmitParty => Do(op.AdmitParty),
            Operation.BodyOneofCase.RenewParty => Do(op.RenewParty),
            Operation.BodyOneofCase.ExitParty => Do(op.ExitParty),
            Operation.BodyOneofCase.GrantRole => Do(op.GrantRole),
            Operation.BodyOneofCase.RevokeRole => Do(op.RevokeRole),
            Operation.BodyOneofCase.SetPlatformState => Do(op.SetPlatformState),
            Operation.BodyOneofCase.SetSupervisorState => Do(op.SetSupervisorState),
            Operation.BodyOneofCase.RecordErasure => Do(op.RecordErasure),
            Operation.BodyOneofCase.CreatePilot => Do(op.CreatePilot),
            Operation.BodyOneofCase.AmendPilot => Do(op.AmendPilot),
            Operation.BodyOneofCase.MovePilot => Do(op.MovePilot),
            Operation.BodyOneofCase.SetParticipant => Do(op.SetParticipant),
            Operation.BodyOneofCase.PlanMilestone => Do(op.PlanMilestone),
            Operation.BodyOneofCase.MoveMilestone => Do(op.MoveMilestone),
            Operation.BodyOneofCase.PlanTranche => Do(op.PlanTranche),
            Operation.BodyOneofCase.MoveTranche => Do(op.MoveTranche),
            Operation.BodyOneofCase.AddEvidence => Do(op.AddEvidence),
            Operation.BodyOneofCase.EvaluatePilot => Do(op.EvaluatePilot),
            Operation.BodyOneofCase.CreateClass => Do(op.CreateClass),
            Operation.BodyOneofCase.PauseClass => Do(op.PauseClass),
            Operation.BodyOneofCase.UnpauseClass => Do(op.UnpauseClass),
            Operation.BodyOneofCase.ProposePolicy => Do(op.ProposePolicy),
            Operation.BodyOneofCase.ApprovePolicy => Do(op.ApprovePolicy),
            Operation.BodyOneofCase.RejectPolicy => Do(op.RejectPolicy),
            Operation.BodyOneofCase.Mint => Do(op.Mint),
            Operation.BodyOneofCase.BatchMint => Do(op.BatchMint),
            Operation.BodyOneofCase.Transfer => Do(op.Transfer),
            Operation.BodyOneofCase.Burn => Do(op.Burn),
            Operation.BodyOneofCase.OfferToken => Do(op.OfferToken),
            Operation.BodyOneofCase.AcceptOffer => Do(op.AcceptOffer),
            Operation.BodyOneofCase.EndOffer => Do(op.EndOffer),
            Operation.BodyOneofCase.ApproveToken => Do(op.ApproveToken),
            Operation.BodyOneofCase.SetOperator => Do(op.SetOperator),
            Operation.BodyOneofCase.AppendMetadata => Do(op.AppendMetadata),
            Operation.BodyOneofCase.FreezeMetadata => Do(op.FreezeMetadata),
            Operation.BodyOneofCase.SetUser => Do(op.SetUser),
            Operation.BodyOneofCase.LockToken => Do(op.LockToken),
            Operation.BodyOneofCase.SettleLock => Do(op.SettleLock),
            Operation.BodyOneofCase.FreezeToken => Do(op.FreezeToken),
            Operation.BodyOneofCase.UnfreezeToken => Do(op.UnfreezeToken),
            Operation.BodyOneofCase.ForcedTransfer => Do(op.ForcedTransfer),
            Operation.BodyOneofCase.ForcedBurn => Do(op.ForcedBurn),
            _ => throw new InvalidOperationException($"{op.BodyCase} is no verb of the registry."),
        };

    // What an operation is about: class with its pilot, else pilot, else the policy's pilot, else the ledger; nothing that is not there.
    private (string PilotId, string ClassId) ScopeOf(Operation op)
    {
        IMessage body = (IMessage)Operation.Descriptor.FindFieldByNumber((int)op.BodyCase).Accessor.GetValue(op);
        if (Find<ClassRecord>($"Class {Text("class_id")}") is { } c)
        {
            return (c.PilotId, c.Id);
        }

        string pilotId = Text("pilot_id");
        if (pilotId.Length == 0)
        {
            pilotId = Find<PolicyRecord>($"Policy {Text("policy_id")}")?.PilotId ?? "";
        }

        return (Find<PilotRecord>($"Pilot {pilotId}")?.Id ?? "", "");

        string Text(string field) => body.Descriptor.FindFieldByName(field)?.Accessor.GetValue(body) as string ?? "";
    }

    private static string NameOf(Operation op) => Operation.Descriptor.FindFieldByNumber((int)op.BodyCase).Name;

    private T? Find<T>(string key)
        where T : class, IMessage => _records.GetValueOrDefault(key) as T;

    /// <summary>Every record of a type.</summary>
    public IEnumerable<T> All<T>() => _records.Values.OfType<T>();

    private void Put(string key, IMessage record) => _records[key] = record;

    private static string Number(ulong number) => $"{number:D20}";

    // Something that ends holds up to its last second, and to no moment after it began.
    private bool Lasts(ulong lastSecond) => lastSecond == 0 || _timeMs <= lastSecond * 1000;

    // Time alone puts measures in force and ends them.
    private bool InForce(Hold? hold) =>
        hold is not null && hold.FromMs <= _timeMs && (hold.UntilMs == 0 || _timeMs <= hold.UntilMs);

    private bool IsOrdered(Hold? hold) => hold is not null && (hold.UntilMs == 0 || _timeMs <= hold.UntilMs);

    private Hold HoldOf(Order order) =>
        new()
        {
            OrderNumber = order.Number,
            Reason = order.Reason,
            By = _actor,
            FromMs = Math.Max(_timeMs, order.EffectiveFrom * 1000),
            UntilMs = order.Expires * 1000,
        };

    private bool IsOver(Order order) => !Lasts(order.Expires);

    private void Record(
        SupervisoryActionKind kind,
        Order order,
        string party = "",
        string pilotId = "",
        string classId = "",
        string tokenId = ""
    ) =>
        Put(
            $"SupervisoryAction {Number(_index)}/{Number(_step)}",
            new SupervisoryActionRecord
            {
                Kind = kind,
                Order = order,
                By = _actor,
                Approver = _op.Approver,
                Party = party,
                PilotId = pilotId,
                ClassId = classId,
                TokenId = tokenId,
                Index = _index,
                Step = _step,
            }
        );
}
