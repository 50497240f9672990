using Ledger.Rules.Authority;
using Ledger.Rules.State;
using Ledger.V1;

namespace Ledger.Rules.Verbs;

/// <summary>Classes of tokens: create, pause, unpause.</summary>
internal static class ClassRules
{
    /// <summary>First number of a class's automatic token identifiers.</summary>
    private const ulong FirstNumber = 1;

    public static VerbRule[] All =>
        [
            VerbRule.Of<CreateClass>(new(RoleSet.Of(Role.Issuer), Relations.None), Create),
            VerbRule.Of<PauseClass>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Issuer),
                    Relations.None,
                    "a supervisor, or the issuer of the class"
                ),
                Pause
            ),
            VerbRule.Of<UnpauseClass>(
                new(
                    RoleSet.Of(Role.Supervisor, Role.Issuer),
                    Relations.None,
                    "a supervisor, or the issuer of the class that paused it"
                ),
                Unpause
            ),
        ];

    public static ReasonCode Create(Turn turn, CreateClass body)
    {
        ReasonCode reason = PilotRules.JudgeRunning(turn, body.PilotId);
        if (reason != ReasonCode.Applied)
        {
            return reason;
        }

        RecordKey key = RecordKey.Class(body.Id);
        if (turn.State.Find(key) is not null)
        {
            return ReasonCode.ClassExists;
        }

        if (body.PolicyId.Length != 0)
        {
            PolicyRecord? policy = turn.Find<PolicyRecord>(RecordKey.Policy(body.PolicyId));
            if (policy?.PilotId != body.PilotId)
            {
                return policy is null ? ReasonCode.PolicyNotFound : ReasonCode.OtherPilot;
            }
        }

        turn.Put(
            key,
            new ClassRecord
            {
                Id = body.Id,
                PilotId = body.PilotId,
                Issuer = turn.Actor,
                Name = body.Name,
                Category = body.Category,
                MaxSupply = body.MaxSupply,
                Transferability = body.Transferability,
                BurnAuthority = body.BurnAuthority,
                MetadataMutability = body.MetadataMutability,
                ReceiverConsent = body.ReceiverConsent,
                Powers = { body.Powers },
                PolicyId = body.PolicyId,
            }
        );
        turn.Put(RecordKey.Supply(body.Id), new SupplyRecord { ClassId = body.Id, NextNumber = FirstNumber });
        PilotFiguresRecord figures = PilotFileRules.Figures(turn, body.PilotId);
        figures.Classes++;
        turn.Put(RecordKey.PilotFigures(body.PilotId), figures);
        turn.Emit(
            new Effect
            {
                ClassCreated = new ClassEffect { ClassId = body.Id, PilotId = body.PilotId },
            }
        );
        return ReasonCode.Applied;
    }

    public static ReasonCode Pause(Turn turn, PauseClass body)
    {
        if (turn.Find<ClassRecord>(RecordKey.Class(body.ClassId)) is not { } tokenClass)
        {
            return ReasonCode.ClassNotFound;
        }

        if (!turn.ActorHas(Role.Supervisor) && !Tokens.IsIssuer(turn, tokenClass))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!tokenClass.Powers.Contains(ClassPower.Pause))
        {
            return ReasonCode.PowerNotDeclared;
        }

        if (Holds.IsOrdered(tokenClass.Pause, turn.TimeMs))
        {
            return ReasonCode.AlreadyPaused;
        }

        if (Orders.Judge(turn, body.Order) is var reason and not ReasonCode.Applied)
        {
            return reason;
        }

        ClassRecord changed = tokenClass.Clone();
        changed.Pause = Orders.HoldOf(turn, body.Order);
        turn.Put(RecordKey.Class(body.ClassId), changed);
        Orders.Record(turn, SupervisoryActionKind.PauseClass, body.Order, classId: body.ClassId);
        turn.Emit(new Effect { ClassPaused = EffectOf(changed, body.Order) });
        return ReasonCode.Applied;
    }

    public static ReasonCode Unpause(Turn turn, UnpauseClass body)
    {
        if (turn.Find<ClassRecord>(RecordKey.Class(body.ClassId)) is not { } tokenClass)
        {
            return ReasonCode.ClassNotFound;
        }

        bool isSupervisor = turn.ActorHas(Role.Supervisor);
        if (!isSupervisor && !Tokens.IsIssuer(turn, tokenClass))
        {
            return ReasonCode.NotAuthorised;
        }

        if (!Holds.IsOrdered(tokenClass.Pause, turn.TimeMs))
        {
            return ReasonCode.ClassNotPaused;
        }

        if (!isSupervisor && turn.Actor != tokenClass.Pause.By)
        {
            return ReasonCode.NotAuthorised; // somebody else paused it
        }

        ClassRecord changed = tokenClass.Clone();
        changed.Pause = null;
        turn.Put(RecordKey.Class(body.ClassId), changed);
        Orders.Record(turn, SupervisoryActionKind.UnpauseClass, body.Order, classId: body.ClassId);
        turn.Emit(new Effect { ClassUnpaused = EffectOf(changed, body.Order) });
        return ReasonCode.Applied;
    }

    private static ClassEffect EffectOf(ClassRecord tokenClass, Order order) =>
        new()
        {
            ClassId = tokenClass.Id,
            PilotId = tokenClass.PilotId,
            Order = order,
        };
}
