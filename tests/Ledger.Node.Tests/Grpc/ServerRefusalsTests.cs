using Grpc.Core;
using Ledger.Node.Grpc;
using Ledger.V1;
using Microsoft.AspNetCore.Http;

namespace Ledger.Node.Tests.Grpc;

public class ServerRefusalsTests
{
    [Theory]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Internal)]
    public async Task Explain_FaultBeforeTheRequestWasRead_IsTheCallersFrame(StatusCode code)
    {
        IHeaderDictionary status = await Explained(code, isHandled: false);

        Assert.Equal($"{(int)StatusCode.InvalidArgument}", status["grpc-status"]);
        Assert.Equal("1 MALFORMED", status["ledger-reason"]);
    }

    // An answer that cannot be written, for example: callers may try again, so nothing must tell them that their bytes are wrong.
    [Theory]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Internal)]
    public async Task Explain_FaultAfterTheRequestWasRead_IsTheNodes(StatusCode code)
    {
        IHeaderDictionary status = await Explained(code, isHandled: true);

        Assert.Equal($"{(int)StatusCode.Internal}", status["grpc-status"]);
        Assert.Equal($"{(int)ReasonCode.Internal} INTERNAL", status["ledger-reason"]);
        Refusal.CheckText(Uri.UnescapeDataString(status["grpc-message"]!), ReasonCode.Internal);
    }

    [Theory]
    [InlineData(StatusCode.OK)]
    [InlineData(StatusCode.NotFound)]
    [InlineData(StatusCode.Cancelled)]
    public async Task Explain_StatusThatSaysAll_IsLeftAlone(StatusCode code)
    {
        IHeaderDictionary status = await Explained(code, isHandled: true);

        Assert.Equal($"{(int)code}", status["grpc-status"]);
        Assert.Equal("as it was", status["grpc-message"]);
        Assert.False(status.ContainsKey("ledger-reason"));
    }

    [Fact]
    public async Task Explain_RefusalWithAReason_IsLeftAlone()
    {
        DefaultHttpContext context = new();
        context.Response.Headers["ledger-reason"] = "500 OVERLOADED";

        await ServerRefusals.Explain(context, Ends(StatusCode.ResourceExhausted));

        Assert.Equal("500 OVERLOADED", context.Response.Headers["ledger-reason"]);
        Assert.Equal("as it was", context.Response.Headers["grpc-message"]);
    }

    private static async Task<IHeaderDictionary> Explained(StatusCode code, bool isHandled)
    {
        DefaultHttpContext context = new();
        context.Features.Set(new OpenCall { IsHandled = isHandled });
        await ServerRefusals.Explain(context, Ends(code));
        return context.Response.Headers;
    }

    private static RequestDelegate Ends(StatusCode code) =>
        context =>
        {
            context.Response.Headers["grpc-status"] = $"{(int)code}";
            context.Response.Headers["grpc-message"] = "as it was";
            return Task.CompletedTask;
        };
}
