namespace Grpc.Core.Api.Tests;

public class IdentityTests
{
    /// <summary>What the real server and client assemblies ask the runtime for.</summary>
    [Fact]
    public void AssemblyName_VersionAndPublicKeyToken_AreThoseThatTheRealPackagesReference()
    {
        System.Reflection.AssemblyName name = typeof(Status).Assembly.GetName();
        Assert.Equal("Grpc.Core.Api", name.Name);
        Assert.Equal(new Version(2, 0, 0, 0), name.Version);
        Assert.Equal("D754F35622E28BAD", Convert.ToHexString(name.GetPublicKeyToken()!));
    }

    [Theory]
    [InlineData(StatusCode.OK, 0)]
    [InlineData(StatusCode.Cancelled, 1)]
    [InlineData(StatusCode.Unknown, 2)]
    [InlineData(StatusCode.InvalidArgument, 3)]
    [InlineData(StatusCode.DeadlineExceeded, 4)]
    [InlineData(StatusCode.NotFound, 5)]
    [InlineData(StatusCode.AlreadyExists, 6)]
    [InlineData(StatusCode.PermissionDenied, 7)]
    [InlineData(StatusCode.ResourceExhausted, 8)]
    [InlineData(StatusCode.FailedPrecondition, 9)]
    [InlineData(StatusCode.Aborted, 10)]
    [InlineData(StatusCode.OutOfRange, 11)]
    [InlineData(StatusCode.Unimplemented, 12)]
    [InlineData(StatusCode.Internal, 13)]
    [InlineData(StatusCode.Unavailable, 14)]
    [InlineData(StatusCode.DataLoss, 15)]
    [InlineData(StatusCode.Unauthenticated, 16)]
    public void StatusCode_Number_IsTheProtocols(StatusCode code, int number) => Assert.Equal(number, (int)code);

    /// <summary>Compiled callers hold the numbers, not the names.</summary>
    [Fact]
    public void Enums_Numbers_AreThoseCompiledIntoCallers()
    {
        Assert.Equal(17, Enum.GetValues<StatusCode>().Length);
        Assert.Equal(4, Enum.GetValues<MethodType>().Length);
        Assert.Equal(0, (int)MethodType.Unary);
        Assert.Equal(1, (int)MethodType.ClientStreaming);
        Assert.Equal(2, (int)MethodType.ServerStreaming);
        Assert.Equal(3, (int)MethodType.DuplexStreaming);
        Assert.Equal(1, (int)WriteFlags.BufferHint);
        Assert.Equal(2, (int)WriteFlags.NoCompress);
    }
}
