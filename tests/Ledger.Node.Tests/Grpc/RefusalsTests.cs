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
        ],
        [StatusCode.PermissionDenied] =
        [
            ReasonCode.KeyPurpose,
            ReasonCode.NotAdmitted,
            ReasonCode.NotAuthorised,
            ReasonCode.RecoveryRank,
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
            ReasonCode.ClockJumped,
        ],
        [StatusCode.ResourceExhausted] = [ReasonCode.Overloaded, ReasonCode.DidQuota, ReasonCode.PeerQuota],
        [StatusCode.Unavailable] = [ReasonCode.Stopping],
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
