using System.Globalization;
using Grpc.Core;
using Ledger.Node.Grpc;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node.Tests.Grpc;

public class RefusalsTests
{
    // What callers are promised, class by class; a reason that is added must be added here too.
    private static readonly Dictionary<StatusCode, ReasonCode[]> Promised = new()
    {
        [StatusCode.OK] = [ReasonCode.Applied],
        [StatusCode.InvalidArgument] =
        [
            ReasonCode.Malformed,
            ReasonCode.Empty,
            ReasonCode.TooLarge,
            ReasonCode.UnknownField,
            ReasonCode.NotCanonical,
            ReasonCode.MissingBody,
            ReasonCode.InvalidField,
            ReasonCode.WrongLedger,
            ReasonCode.InvalidDid,
            ReasonCode.BadPageToken,
            ReasonCode.InvalidRequest,
        ],
        [StatusCode.Unauthenticated] =
        [
            ReasonCode.UnknownActor,
            ReasonCode.SignatureCount,
            ReasonCode.UnknownKey,
            ReasonCode.SignatureLength,
            ReasonCode.SignatureRange,
            ReasonCode.SignatureHighS,
            ReasonCode.BadSignature,
            ReasonCode.ThresholdNotMet,
            ReasonCode.KeyExpired,
            ReasonCode.KeyCannotSign,
            ReasonCode.ApproverSignature,
        ],
        [StatusCode.PermissionDenied] =
        [
            ReasonCode.KeyPurpose,
            ReasonCode.NotAdmitted,
            ReasonCode.NotAuthorised,
            ReasonCode.RecoveryRank,
            ReasonCode.AdmissionEnded,
            ReasonCode.AccountRestricted,
            ReasonCode.AccountFrozen,
            ReasonCode.ApprovalRequired,
            ReasonCode.ApproverNotAuthorised,
            ReasonCode.SelfApproval,
        ],
        [StatusCode.NotFound] =
        [
            ReasonCode.DidNotFound,
            ReasonCode.PilotNotFound,
            ReasonCode.ClassNotFound,
            ReasonCode.TokenNotFound,
            ReasonCode.EntryNotFound,
            ReasonCode.ReceiptNotFound,
            ReasonCode.VersionNotFound,
            ReasonCode.VersionInFuture,
            ReasonCode.PartyNotFound,
            ReasonCode.NoOffer,
            ReasonCode.RoleNotHeld,
            ReasonCode.MilestoneNotFound,
            ReasonCode.TrancheNotFound,
            ReasonCode.NotAParty,
            ReasonCode.PolicyNotFound,
            ReasonCode.NoSuchProposal,
        ],
        [StatusCode.OutOfRange] = [ReasonCode.SizeOutOfRange],
        [StatusCode.Aborted] = [ReasonCode.StalePrevious, ReasonCode.KeyChanged],
        [StatusCode.AlreadyExists] =
        [
            ReasonCode.AlreadyFounded,
            ReasonCode.AlreadyAdmitted,
            ReasonCode.PilotExists,
            ReasonCode.ClassExists,
            ReasonCode.TokenExists,
            ReasonCode.OfferExists,
            ReasonCode.MilestoneExists,
            ReasonCode.TrancheExists,
            ReasonCode.AlreadyEvaluated,
            ReasonCode.AlreadyErased,
        ],
        [StatusCode.FailedPrecondition] =
        [
            ReasonCode.Expired,
            ReasonCode.DeadlineTooFar,
            ReasonCode.NotFounded,
            ReasonCode.ActorDeactivated,
            ReasonCode.DidDeactivated,
            ReasonCode.ReceiverNotAdmitted,
            ReasonCode.ReceiverDeactivated,
            ReasonCode.NotASponsor,
            ReasonCode.CommitmentMismatch,
            ReasonCode.ControllerCycle,
            ReasonCode.RecoveryPending,
            ReasonCode.NoRecoveryPending,
            ReasonCode.RecoveryUnchanged,
            ReasonCode.PilotNotRunning,
            ReasonCode.SupplyExceeded,
            ReasonCode.TokenBurned,
            ReasonCode.IncorrectOwner,
            ReasonCode.NotTransferable,
            ReasonCode.DuplicateInBatch,
            ReasonCode.NewerFormat,
            ReasonCode.NotCosigned,
            ReasonCode.ClockJumped,
            ReasonCode.NotInRole,
            ReasonCode.PilotMoveNotAllowed,
            ReasonCode.PilotClosed,
            ReasonCode.ObjectionWindowOpen,
            ReasonCode.AssessmentMissing,
            ReasonCode.PilotNotStarted,
            ReasonCode.ParticipantsExceeded,
            ReasonCode.PilotTokensExceeded,
            ReasonCode.TransfersPerDayExceeded,
            ReasonCode.ClassPaused,
            ReasonCode.ClassNotPaused,
            ReasonCode.PowerNotDeclared,
            ReasonCode.MetadataFrozen,
            ReasonCode.ConsentRequired,
            ReasonCode.PolicyRefused,
            ReasonCode.TokenFrozen,
            ReasonCode.TokenNotFrozen,
            ReasonCode.TokenLocked,
            ReasonCode.TokenNotLocked,
            ReasonCode.OfferExpired,
            ReasonCode.Unchanged,
            ReasonCode.ReceiverFrozen,
            ReasonCode.ReceiverAdmissionEnded,
            ReasonCode.AlreadyExpired,
            ReasonCode.NotAParticipant,
            ReasonCode.ParticipantMoveNotAllowed,
            ReasonCode.MilestoneMoveNotAllowed,
            ReasonCode.TrancheMoveNotAllowed,
            ReasonCode.MilestoneNotAccepted,
            ReasonCode.RegionNotAllowed,
            ReasonCode.PolicyNotInForce,
            ReasonCode.PolicyPending,
            ReasonCode.OtherPilot,
            ReasonCode.EffectiveNotInFuture,
            ReasonCode.SameOwner,
            ReasonCode.AlreadyPaused,
            ReasonCode.AlreadyFrozen,
            ReasonCode.MeasureOrdered,
            ReasonCode.Mirror,
        ],
        [StatusCode.ResourceExhausted] = [ReasonCode.Overloaded, ReasonCode.DidQuota, ReasonCode.PeerQuota],
        [StatusCode.Unavailable] = [ReasonCode.Stopping, ReasonCode.SubscriberTooSlow],
        [StatusCode.Internal] = [ReasonCode.Internal],
    };

    public static TheoryData<ReasonCode> EveryReason => [.. Enum.GetValues<ReasonCode>()];

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void StatusOf_EveryReason_IsTheStatusThatIsPromised(ReasonCode reason)
    {
        StatusCode promised = Promised.Single(row => row.Value.Contains(reason)).Key;

        Assert.Equal(promised, Refusals.StatusOf(reason));
    }

    [Fact]
    public void StatusOf_WhatIsNoReason_IsABug()
    {
        Assert.Equal(Enum.GetValues<ReasonCode>().Order(), Promised.Values.SelectMany(r => r).Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => Refusals.StatusOf((ReasonCode)99));
    }

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void Error_OfEveryReason_SaysWhatToDo(ReasonCode reason)
    {
        RpcException error = Refusals.Error(Judgement.Refuse(reason));

        Refusal.Check(error, Refusals.StatusOf(reason), reason);
        Assert.Null(Refusal.ReceiptIn(error));
    }

    [Theory]
    [MemberData(nameof(EveryReason))]
    public void Error_OfEveryReason_SaysWhenToComeBackIfThatHelps(ReasonCode reason)
    {
        string? retry = Refusals.Error(Judgement.Refuse(reason)).Trailers.GetValue("retry-after-ms");

        if (reason is ReasonCode.Overloaded or ReasonCode.Stopping)
        {
            Assert.InRange(int.Parse(retry!, CultureInfo.InvariantCulture), 1, 60_000);
        }
        else
        {
            Assert.Null(retry);
        }
    }
}
