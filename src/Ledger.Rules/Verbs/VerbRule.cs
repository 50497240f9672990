using Google.Protobuf;
using Ledger.Protocol;
using Ledger.Rules.Authority;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>What a rule does at its turn: judges the body of an operation, and writes what it applies.</summary>
/// <returns>The outcome. What was written is kept only if it is <see cref="ReasonCode.Applied"/>.</returns>
internal delegate ReasonCode Rule<in T>(Turn turn, T body)
    where T : class, IMessage;

/// <summary>One verb with its rule: who may use it and what it does.</summary>
public sealed class VerbRule
{
    // A verb that says nothing else writes a few records and keys of indexes.
    private const int RowsUsual = 4;

    private readonly Func<Turn, IMessage, ReasonCode> _rule;
    private readonly Func<IMessage, int> _rows;

    private VerbRule(Verb verb, Permission permission, Func<Turn, IMessage, ReasonCode> rule, Func<IMessage, int> rows)
    {
        Verb = verb;
        Permission = permission;
        _rule = rule;
        _rows = rows;
    }

    /// <summary>The verb.</summary>
    public Verb Verb { get; }

    /// <summary>Who may use it.</summary>
    public Permission Permission { get; }

    /// <summary>About how many rows of a store an operation writes: what it weighs beside its bytes.</summary>
    /// <param name="operation">An operation of this verb.</param>
    public int RowsOf(Operation operation) => _rows(Verb.BodyOf(operation));

    /// <summary>The rule of the verb whose body is a message of that type.</summary>
    /// <param name="permission">Who may use it.</param>
    /// <param name="rule">What it does.</param>
    /// <param name="rows">About how many rows it writes; null: a few.</param>
    internal static VerbRule Of<T>(Permission permission, Rule<T> rule, Func<T, int>? rows = null)
        where T : class, IMessage<T>, new() =>
        new(
            Verb.All.Single(static verb => verb.Body == new T().Descriptor),
            permission,
            (turn, body) => rule(turn, (T)body),
            rows is null ? static _ => RowsUsual : body => rows((T)body)
        );

    /// <summary>
    /// Whether the actor can act and has one of the roles that the verb asks for, there where the operation is about, and whether who
    /// has to approve does.
    /// </summary>
    internal ReasonCode JudgeActor(in Turn turn)
    {
        if (Permission.Roles is not { } needed)
        {
            return ReasonCode.Applied;
        }

        ReasonCode reason = Parties.JudgeActor(turn.State, turn.Actor, turn.TimeMs);
        return reason != ReasonCode.Applied ? reason
            : needed != Permissions.AnyParty && !turn.Has(turn.Actor, needed) ? ReasonCode.NotAuthorised
            : Permission.Approvers is { } approvers ? turn.JudgeApproval(approvers)
            : ReasonCode.Applied;
    }

    /// <summary>Runs the rule.</summary>
    internal ReasonCode Apply(in Turn turn) => _rule(turn, Verb.BodyOf(turn.Body));
}
