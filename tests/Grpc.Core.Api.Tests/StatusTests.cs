namespace Grpc.Core.Api.Tests;

public class StatusTests
{
    [Fact]
    public void Status_Defaults_AreOkAndCancelledWithoutDetail()
    {
        Assert.Equal(StatusCode.OK, Status.DefaultSuccess.StatusCode);
        Assert.Equal("", Status.DefaultSuccess.Detail);
        Assert.Equal(StatusCode.Cancelled, Status.DefaultCancelled.StatusCode);
        Assert.Equal("", Status.DefaultCancelled.Detail);
        Assert.Equal(StatusCode.OK, default(Status).StatusCode);
    }

    [Fact]
    public void Status_ToString_HasCodeDetailAndCause()
    {
        var cause = new InvalidOperationException("why");
        var status = new Status(StatusCode.NotFound, "no such DID", cause);
        Assert.Same(cause, status.DebugException);
        Assert.Equal(
            "Status(StatusCode=\"NotFound\", Detail=\"no such DID\")",
            new Status(StatusCode.NotFound, "no such DID").ToString()
        );
        Assert.Equal(
            "Status(StatusCode=\"NotFound\", Detail=\"no such DID\","
                + " DebugException=\"System.InvalidOperationException: why\")",
            status.ToString()
        );
    }

    [Fact]
    public void RpcException_StatusAlone_IsItsMessageWithoutTrailers()
    {
        var cause = new InvalidOperationException("why");
        var status = new Status(StatusCode.Aborted, "conflict", cause);
        var exception = new RpcException(status);
        Assert.Equal(status, exception.Status);
        Assert.Equal(StatusCode.Aborted, exception.StatusCode);
        Assert.Equal(status.ToString(), exception.Message);
        Assert.Same(cause, exception.InnerException);
        Assert.Empty(exception.Trailers);
    }

    [Fact]
    public void RpcException_TrailersAndMessage_AreKept()
    {
        var status = new Status(StatusCode.Aborted, "conflict");
        var trailers = new Metadata { { "reason", "busy" } };
        Assert.Same(trailers, new RpcException(status, trailers).Trailers);
        Assert.Equal("text", new RpcException(status, "text").Message);
        var exception = new RpcException(status, trailers, "text");
        Assert.Same(trailers, exception.Trailers);
        Assert.Equal("text", exception.Message);
        Assert.Throws<ArgumentNullException>(() => new RpcException(status, (Metadata)null!));
    }
}
