using Ledger.Protocol;
using Ledger.Queries;
using Ledger.V1;

namespace Ledger.Tests.Queries;

public class AnswerTests
{
    private static readonly Judgement Refusal = Judgement.Refuse(ReasonCode.ClassNotFound, "class_id");

    [Fact]
    public void Value_OfAnAnswer_IsWhatWasGiven()
    {
        Answer<string> answer = "yes";

        Assert.True(answer.IsOk);
        Assert.Equal("yes", answer.Value);
        Assert.Equal(Judgement.Ok, answer.Judgement);
        Assert.Equal(3, answer.Map(static text => text.Length).Value);
    }

    [Fact]
    public void Value_OfARefusal_IsABug()
    {
        Answer<string> answer = Refusal;

        Assert.False(answer.IsOk);
        Assert.Equal(Refusal, answer.Judgement);
        Assert.Equal(Refusal, answer.Map(static text => text.Length).Judgement);
        Assert.Throws<InvalidOperationException>(() => answer.Value);
    }

    [Fact]
    public void Refusal_WithoutAReason_IsABug() =>
        Assert.Throws<ArgumentException>(() =>
        {
            Answer<string> _ = Judgement.Ok;
        });
}
