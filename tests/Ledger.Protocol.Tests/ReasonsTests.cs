using Grpc.Core;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public sealed class ReasonsTests
{
    private static readonly ReasonCode[] All = Enum.GetValues<ReasonCode>();

    // Logs and callers hold on to these: lines are added, and none is ever changed.
    private static readonly (int Number, string Name)[] Stable =
    [
        (0, "APPLIED"),
        (1, "MALFORMED"),
        (2, "EMPTY"),
        (3, "TOO_LARGE"),
        (4, "UNKNOWN_FIELD"),
        (5, "NOT_CANONICAL"),
        (6, "MISSING_BODY"),
        (7, "INVALID_FIELD"),
        (8, "WRONG_LEDGER"),
        (9, "EXPIRED"),
        (10, "DEADLINE_TOO_FAR"),
        (11, "NOT_FOUNDED"),
        (12, "ALREADY_FOUNDED"),
        (13, "INVALID_DID"),
        (100, "UNKNOWN_ACTOR"),
        (101, "ACTOR_DEACTIVATED"),
        (102, "SIGNATURE_COUNT"),
        (103, "UNKNOWN_KEY"),
        (104, "KEY_PURPOSE"),
        (105, "SIGNATURE_LENGTH"),
        (106, "SIGNATURE_RANGE"),
        (107, "SIGNATURE_HIGH_S"),
        (108, "BAD_SIGNATURE"),
        (109, "KEY_CHANGED"),
        (110, "THRESHOLD_NOT_MET"),
        (111, "KEY_EXPIRED"),
        (112, "KEY_CANNOT_SIGN"),
        (113, "DID_QUOTA"),
        (114, "APPROVER_SIGNATURE"),
        (200, "NOT_ADMITTED"),
        (201, "NOT_AUTHORISED"),
        (202, "DID_NOT_FOUND"),
        (203, "DID_DEACTIVATED"),
        (204, "STALE_PREVIOUS"),
        (205, "ALREADY_ADMITTED"),
        (206, "RECEIVER_NOT_ADMITTED"),
        (207, "NOT_A_SPONSOR"),
        (208, "RECEIVER_DEACTIVATED"),
        (209, "NOT_IN_ROLE"),
        (210, "PILOT_EXISTS"),
        (211, "PILOT_NOT_FOUND"),
        (212, "PILOT_NOT_RUNNING"),
        (213, "PILOT_MOVE_NOT_ALLOWED"),
        (214, "PILOT_CLOSED"),
        (215, "OBJECTION_WINDOW_OPEN"),
        (216, "ASSESSMENT_MISSING"),
        (217, "PILOT_NOT_STARTED"),
        (218, "PARTICIPANTS_EXCEEDED"),
        (219, "PILOT_TOKENS_EXCEEDED"),
        (220, "CLASS_EXISTS"),
        (221, "CLASS_NOT_FOUND"),
        (222, "SUPPLY_EXCEEDED"),
        (223, "TRANSFERS_PER_DAY_EXCEEDED"),
        (224, "CLASS_PAUSED"),
        (225, "CLASS_NOT_PAUSED"),
        (226, "POWER_NOT_DECLARED"),
        (227, "METADATA_FROZEN"),
        (228, "CONSENT_REQUIRED"),
        (229, "POLICY_REFUSED"),
        (230, "TOKEN_EXISTS"),
        (231, "TOKEN_NOT_FOUND"),
        (232, "TOKEN_BURNED"),
        (233, "INCORRECT_OWNER"),
        (234, "NOT_TRANSFERABLE"),
        (235, "DUPLICATE_IN_BATCH"),
        (236, "TOKEN_FROZEN"),
        (237, "TOKEN_NOT_FROZEN"),
        (238, "TOKEN_LOCKED"),
        (239, "TOKEN_NOT_LOCKED"),
        (240, "COMMITMENT_MISMATCH"),
        (241, "CONTROLLER_CYCLE"),
        (242, "RECOVERY_PENDING"),
        (243, "NO_RECOVERY_PENDING"),
        (244, "RECOVERY_RANK"),
        (245, "RECOVERY_UNCHANGED"),
        (246, "NO_OFFER"),
        (247, "OFFER_EXISTS"),
        (248, "OFFER_EXPIRED"),
        (249, "UNCHANGED"),
        (250, "ADMISSION_ENDED"),
        (251, "ACCOUNT_RESTRICTED"),
        (252, "ACCOUNT_FROZEN"),
        (253, "RECEIVER_FROZEN"),
        (254, "RECEIVER_ADMISSION_ENDED"),
        (255, "ROLE_NOT_HELD"),
        (256, "APPROVAL_REQUIRED"),
        (257, "APPROVER_NOT_AUTHORISED"),
        (258, "SELF_APPROVAL"),
        (259, "ALREADY_EXPIRED"),
        (260, "NOT_A_PARTICIPANT"),
        (261, "PARTICIPANT_MOVE_NOT_ALLOWED"),
        (262, "MILESTONE_EXISTS"),
        (263, "MILESTONE_NOT_FOUND"),
        (264, "MILESTONE_MOVE_NOT_ALLOWED"),
        (265, "TRANCHE_EXISTS"),
        (266, "TRANCHE_NOT_FOUND"),
        (267, "TRANCHE_MOVE_NOT_ALLOWED"),
        (268, "MILESTONE_NOT_ACCEPTED"),
        (269, "ALREADY_EVALUATED"),
        (270, "REGION_NOT_ALLOWED"),
        (271, "NOT_A_PARTY"),
        (272, "POLICY_NOT_FOUND"),
        (273, "POLICY_NOT_IN_FORCE"),
        (274, "NO_SUCH_PROPOSAL"),
        (275, "POLICY_PENDING"),
        (276, "OTHER_PILOT"),
        (277, "EFFECTIVE_NOT_IN_FUTURE"),
        (278, "SAME_OWNER"),
        (279, "ALREADY_PAUSED"),
        (280, "ALREADY_FROZEN"),
        (281, "ALREADY_ERASED"),
        (282, "MEASURE_ORDERED"),
        (300, "ENTRY_NOT_FOUND"),
        (301, "RECEIPT_NOT_FOUND"),
        (302, "VERSION_NOT_FOUND"),
        (303, "VERSION_IN_FUTURE"),
        (304, "BAD_PAGE_TOKEN"),
        (305, "SIZE_OUT_OF_RANGE"),
        (306, "PARTY_NOT_FOUND"),
        (307, "INVALID_REQUEST"),
        (308, "NEWER_FORMAT"),
        (310, "NOT_COSIGNED"),
        (400, "OVERLOADED"),
        (401, "STOPPING"),
        (402, "INTERNAL"),
        (403, "CLOCK_JUMPED"),
        (404, "PEER_QUOTA"),
        (405, "SUBSCRIBER_TOO_SLOW"),
        (406, "MIRROR"),
    ];

    [Fact]
    public void Texts_EveryReason_AreSentences()
    {
        string unknown = Reasons.Meaning((ReasonCode)999);
        Assert.All(
            All,
            reason =>
            {
                string[] texts = [Reasons.Meaning(reason), Reasons.Advice(reason)];
                Assert.All(texts, text => Assert.Matches("^[A-Z`].*[^.]\\.$", text));
                Assert.All(texts, text => Assert.DoesNotMatch("[^ -~]", text)); // a gRPC status message is ASCII at best
                Assert.NotEqual(unknown, texts[0]);
            }
        );
    }

    [Fact]
    public void Status_EveryRefusal_IsAnErrorOfGrpc()
    {
        Assert.Equal(GrpcStatus.Ok, Reasons.Status(ReasonCode.Applied));
        Assert.All(
            All.Except([ReasonCode.Applied]),
            reason =>
            {
                Assert.True(Enum.IsDefined(Reasons.Status(reason)));
                Assert.NotEqual(GrpcStatus.Ok, Reasons.Status(reason));
            }
        );
    }

    [Fact]
    public void Status_WhatIsNoReason_IsABug() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Reasons.Status((ReasonCode)999));

    [Fact]
    public void GrpcStatus_NumbersAndNames_AreThoseOfGrpc() =>
        Assert.Equal(
            Enum.GetValues<StatusCode>().Select(code => ((int)code, code.ToString())),
            Enum.GetValues<GrpcStatus>().Select(status => ((int)status, status.ToString())),
            (expected, actual) =>
                expected.Item1 == actual.Item1
                && expected.Item2.Equals(actual.Item2, StringComparison.OrdinalIgnoreCase)
        );

    [Fact]
    public void Meaning_EveryReason_IsItsOwn() =>
        Assert.Equal(All.Length, All.Select(Reasons.Meaning).Distinct().Count());

    [Fact]
    public void Name_EveryReason_IsTheStableOne()
    {
        Assert.Equal(Stable, All.Order().Select(reason => ((int)reason, Reasons.Name(reason))));
        Assert.All(All, reason => Assert.True(Reasons.IsDefined(reason)));
        Assert.Equal("999", Reasons.Name((ReasonCode)999));
        Assert.False(Reasons.IsDefined((ReasonCode)999));
    }

    [Fact]
    public void Message_WithAndWithoutDetail_HasNameNumberFaultAndAdvice()
    {
        Assert.Equal(
            "STALE_PREVIOUS (204): `previous` is not the id of the DID's last operation. "
                + "Resolve the DID, apply the change to its newest document and sign again.",
            Reasons.Message(Judgement.Refuse(ReasonCode.StalePrevious))
        );
        Assert.Equal(
            "INVALID_FIELD (7): mint.owner: must be a DID. Correct the field and sign again.",
            Reasons.Message(Judgement.Refuse(ReasonCode.InvalidField, "mint.owner: must be a DID"))
        );
    }

    [Fact]
    public void ToMarkdown_ReasonsPage_IsUpToDate()
    {
        string page = $"""
            # Reasons

            Every refusal carries one of these: the number and the name are stable, the texts may change. An operation that the
            rules refuse (200 to 299) is an entry of the log with that outcome; the other refusals are never recorded.

            Code writes this page: change `proto/ledger/v1/reason.proto`, then run the tests of Ledger.Protocol with
            `LEDGER_UPDATE_DOCS=1`.

            {Reasons.ToMarkdown()}
            """;
        Documentation.AssertPage("reasons.md", page);
    }
}
