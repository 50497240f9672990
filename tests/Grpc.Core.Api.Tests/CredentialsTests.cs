namespace Grpc.Core.Api.Tests;

public class CredentialsTests
{
    private static readonly AsyncAuthInterceptor AddNothing = (_, _) => Task.CompletedTask;

    [Fact]
    public void FromInterceptor_Visited_ShowsTheInterceptor()
    {
        var visitor = new CallVisitor();
        CallCredentials.FromInterceptor(AddNothing).InternalPopulateConfiguration(visitor, "state");
        Assert.Same(AddNothing, visitor.Interceptor);
        Assert.Equal("state", visitor.State);
        Assert.Throws<ArgumentNullException>(() => CallCredentials.FromInterceptor(null!));
    }

    [Fact]
    public void Compose_Visited_ShowsTheCredentialsInOrder()
    {
        CallCredentials[] parts =
        [
            CallCredentials.FromInterceptor(AddNothing),
            CallCredentials.FromInterceptor(AddNothing),
            CallCredentials.FromInterceptor(AddNothing),
        ];
        CallCredentials[] given = [.. parts];
        var composed = CallCredentials.Compose(given);
        given[0] = given[1];
        var visitor = new CallVisitor();
        composed.InternalPopulateConfiguration(visitor, null!);
        Assert.Equal(parts, visitor.Composite);
    }

    [Fact]
    public void Compose_FewerThanTwo_Throws()
    {
        Assert.Throws<ArgumentException>(() => CallCredentials.Compose());
        Assert.Throws<ArgumentException>(() => CallCredentials.Compose(CallCredentials.FromInterceptor(AddNothing)));
    }

    [Fact]
    public void ChannelCredentials_Visited_ShowWhatTheyAre()
    {
        var pair = new KeyCertificatePair("chain", "key");
        VerifyPeerCallback verify = _ => true;
        CallCredentials call = CallCredentials.FromInterceptor(AddNothing);
        var ssl = new SslCredentials("roots", pair, verify);
        Assert.Equal("roots", ssl.RootCertificates);
        Assert.Same(pair, ssl.KeyCertificatePair);
        Assert.Equal(("chain", "key"), (pair.CertificateChain, pair.PrivateKey));
        Assert.Equal("insecure", Visit(ChannelCredentials.Insecure).Seen);
        Assert.Equal("ssl ", Visit(ChannelCredentials.SecureSsl).Seen);
        ChannelVisitor visitor = Visit(ssl);
        Assert.Equal("ssl roots", visitor.Seen);
        Assert.Same(pair, visitor.Pair);
        Assert.Same(verify, visitor.Verify);
        visitor = Visit(ChannelCredentials.Create(ssl, call));
        Assert.Equal("composite", visitor.Seen);
        Assert.Same(ssl, visitor.Channel);
        Assert.Same(call, visitor.Call);

        static ChannelVisitor Visit(ChannelCredentials credentials)
        {
            var visitor = new ChannelVisitor();
            credentials.InternalPopulateConfiguration(visitor, "state");
            Assert.Equal("state", visitor.State);
            return visitor;
        }
    }

    /// <summary>A token must not go over a connection that anybody can read.</summary>
    [Fact]
    public void Create_InsecureOrComposedChannel_Throws()
    {
        CallCredentials call = CallCredentials.FromInterceptor(AddNothing);
        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(ChannelCredentials.Insecure, call));
        var composed = ChannelCredentials.Create(ChannelCredentials.SecureSsl, call);
        Assert.Throws<ArgumentException>(() => ChannelCredentials.Create(composed, call));
    }

    [Fact]
    public void AuthInterceptorContext_Made_KeepsItsParts()
    {
        using var source = new CancellationTokenSource();
        var context = new AuthInterceptorContext("https://node", "Resolve", source.Token);
        Assert.Equal("https://node", context.ServiceUrl);
        Assert.Equal("Resolve", context.MethodName);
        Assert.Equal(source.Token, context.CancellationToken);
        Assert.False(new AuthInterceptorContext("https://node", "Resolve").CancellationToken.CanBeCanceled);
    }

    [Fact]
    public void AuthContext_Authenticated_FindsItsPeer()
    {
        byte[] given = "node-7"u8.ToArray();
        AuthProperty name = AuthProperty.Create("cn", given);
        given[0] = 0;
        AuthProperty kind = AuthProperty.Create("kind", "tls"u8.ToArray());
        var context = new AuthContext("cn", new() { ["cn"] = [name], ["kind"] = [kind] });
        Assert.True(context.IsPeerAuthenticated);
        Assert.Equal("cn", context.PeerIdentityPropertyName);
        Assert.Equal("node-7", Assert.Single(context.PeerIdentity).Value);
        Assert.Equal("node-7"u8.ToArray(), name.ValueBytes);
        Assert.Equal("cn", name.Name);
        Assert.Same(kind, Assert.Single(context.FindPropertiesByName("kind")));
        Assert.Empty(context.FindPropertiesByName("absent"));
        Assert.Equal(2, context.Properties.Count());
    }

    [Fact]
    public void AuthContext_NotAuthenticated_HasNoPeer()
    {
        var context = new AuthContext(null, []);
        Assert.False(context.IsPeerAuthenticated);
        Assert.Empty(context.PeerIdentity);
    }

    private sealed class CallVisitor : CallCredentialsConfiguratorBase
    {
        public object? State { get; private set; }

        public IReadOnlyList<CallCredentials>? Composite { get; private set; }

        public AsyncAuthInterceptor? Interceptor { get; private set; }

        public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials) =>
            (State, Composite) = (state, credentials);

        public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) =>
            (State, Interceptor) = (state, interceptor);
    }

    private sealed class ChannelVisitor : ChannelCredentialsConfiguratorBase
    {
        public string? Seen { get; private set; }

        public object? State { get; private set; }

        public KeyCertificatePair? Pair { get; private set; }

        public VerifyPeerCallback? Verify { get; private set; }

        public ChannelCredentials? Channel { get; private set; }

        public CallCredentials? Call { get; private set; }

        public override void SetInsecureCredentials(object state) => (State, Seen) = (state, "insecure");

        public override void SetSslCredentials(
            object state,
            string? rootCertificates,
            KeyCertificatePair? keyCertificatePair,
            VerifyPeerCallback? verifyPeerCallback
        ) => (State, Seen, Pair, Verify) = (state, "ssl " + rootCertificates, keyCertificatePair, verifyPeerCallback);

        public override void SetCompositeCredentials(
            object state,
            ChannelCredentials channelCredentials,
            CallCredentials callCredentials
        ) => (State, Seen, Channel, Call) = (state, "composite", channelCredentials, callCredentials);
    }
}
