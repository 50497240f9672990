using Google.Protobuf.Reflection;
using Ledger.V1;

namespace Ledger.Protocol.Tests;

public sealed class ReasonsTests
{
    private static readonly ReasonCode[] All = Enum.GetValues<ReasonCode>();

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
    public void Meaning_EveryReason_IsItsOwn() =>
        Assert.Equal(All.Length, All.Select(Reasons.Meaning).Distinct().Count());

    [Fact]
    public void Name_EveryReason_IsThatOfTheProtocol()
    {
        foreach (EnumValueDescriptor value in ReasonReflection.Descriptor.EnumTypes[0].Values)
        {
            Assert.Equal(value.Name, "REASON_CODE_" + Reasons.Name((ReasonCode)value.Number));
            Assert.True(Reasons.IsDefined((ReasonCode)value.Number));
        }
        Assert.Equal("STALE_PREVIOUS", Reasons.Name(ReasonCode.StalePrevious));
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

            Code writes this page: change `Reasons.cs`, then run the tests of Ledger.Protocol with `LEDGER_UPDATE_DOCS=1`.

            {Reasons.ToMarkdown()}
            """;
        Documentation.AssertPage("reasons.md", page);
    }
}
