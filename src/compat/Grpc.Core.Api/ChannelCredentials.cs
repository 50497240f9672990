namespace Grpc.Core;

/// <summary>How a channel secures its connections, and the credentials that all its calls carry.</summary>
public abstract class ChannelCredentials
{
    /// <summary>No encryption. Calls over it carry no call credentials.</summary>
    public static ChannelCredentials Insecure { get; } = new InsecureCredentials();

    /// <summary>TLS with the system's root certificates.</summary>
    public static ChannelCredentials SecureSsl { get; } = new SslCredentials();

    /// <summary>Whether call credentials may go over the channel: not over one that anybody can read.</summary>
    internal virtual bool IsComposable => false;

    /// <summary>Makes channel credentials whose calls all carry the call credentials.</summary>
    /// <param name="channelCredentials">How connections are secured.</param>
    /// <param name="callCredentials">What every call carries.</param>
    /// <returns>The composition.</returns>
    /// <exception cref="ArgumentException">The channel is not secure, or already carries call credentials.</exception>
    public static ChannelCredentials Create(ChannelCredentials channelCredentials, CallCredentials callCredentials)
    {
        ArgumentNullException.ThrowIfNull(channelCredentials);
        ArgumentNullException.ThrowIfNull(callCredentials);
        if (!channelCredentials.IsComposable)
        {
            throw new ArgumentException(
                "The channel credentials do not allow composition with call credentials.",
                nameof(channelCredentials)
            );
        }

        return new CompositeCredentials(channelCredentials, callCredentials);
    }

    /// <summary>Shows a gRPC implementation what these credentials are. Not for applications.</summary>
    /// <param name="configurator">The implementation's visitor.</param>
    /// <param name="state">Passed to the visitor.</param>
    public abstract void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state);

    private sealed class InsecureCredentials : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(
            ChannelCredentialsConfiguratorBase configurator,
            object state
        ) => configurator.SetInsecureCredentials(state);
    }

    private sealed class CompositeCredentials(ChannelCredentials channel, CallCredentials call) : ChannelCredentials
    {
        public override void InternalPopulateConfiguration(
            ChannelCredentialsConfiguratorBase configurator,
            object state
        ) => configurator.SetCompositeCredentials(state, channel, call);
    }
}

/// <summary>TLS with roots, client certificate and check of the peer of one's own.</summary>
public sealed class SslCredentials : ChannelCredentials
{
    private readonly VerifyPeerCallback? verifyPeer;

    /// <summary>The system's root certificates, no client certificate.</summary>
    public SslCredentials()
        : this(null, null, null) { }

    /// <summary>Given root certificates, no client certificate.</summary>
    /// <param name="rootCertificates">PEM.</param>
    public SslCredentials(string rootCertificates)
        : this(rootCertificates, null, null) { }

    /// <summary>Given root certificates and client certificate.</summary>
    /// <param name="rootCertificates">PEM.</param>
    /// <param name="keyCertificatePair">The client's certificate.</param>
    public SslCredentials(string rootCertificates, KeyCertificatePair keyCertificatePair)
        : this(rootCertificates, keyCertificatePair, null) { }

    /// <summary>Given root certificates, client certificate and check of the peer.</summary>
    /// <param name="rootCertificates">PEM; null for the system's.</param>
    /// <param name="keyCertificatePair">The client's certificate; null for none.</param>
    /// <param name="verifyPeerCallback">Asked after the usual checks have passed; null for no further check.</param>
    public SslCredentials(
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback
    )
    {
        RootCertificates = rootCertificates;
        KeyCertificatePair = keyCertificatePair;
        verifyPeer = verifyPeerCallback;
    }

    /// <summary>PEM; null for the system's.</summary>
    public string? RootCertificates { get; }

    /// <summary>The client's certificate; null for none.</summary>
    public KeyCertificatePair? KeyCertificatePair { get; }

    internal override bool IsComposable => true;

    /// <inheritdoc/>
    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state) =>
        configurator.SetSslCredentials(state, RootCertificates, KeyCertificatePair, verifyPeer);
}

/// <summary>A certificate with its private key.</summary>
public sealed class KeyCertificatePair
{
    /// <summary>Makes a pair.</summary>
    /// <param name="certificateChain">PEM.</param>
    /// <param name="privateKey">PEM.</param>
    public KeyCertificatePair(string certificateChain, string privateKey)
    {
        ArgumentNullException.ThrowIfNull(certificateChain);
        ArgumentNullException.ThrowIfNull(privateKey);
        CertificateChain = certificateChain;
        PrivateKey = privateKey;
    }

    /// <summary>PEM.</summary>
    public string CertificateChain { get; }

    /// <summary>PEM.</summary>
    public string PrivateKey { get; }
}

/// <summary>The server that a <see cref="VerifyPeerCallback"/> is asked about.</summary>
public class VerifyPeerContext
{
    internal VerifyPeerContext(string targetName, string peerPem)
    {
        TargetName = targetName;
        PeerPem = peerPem;
    }

    /// <summary>The name that the connection was made to.</summary>
    public string TargetName { get; }

    /// <summary>The server's certificate, PEM.</summary>
    public string PeerPem { get; }
}

/// <summary>Decides whether to talk to a server.</summary>
/// <param name="context">The server.</param>
/// <returns>True to go on; false to fail the connection.</returns>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);

/// <summary>A gRPC implementation's visitor of <see cref="ChannelCredentials"/>.</summary>
public abstract class ChannelCredentialsConfiguratorBase
{
    /// <summary>The credentials are <see cref="ChannelCredentials.Insecure"/>.</summary>
    /// <param name="state">What the visited was given.</param>
    public abstract void SetInsecureCredentials(object state);

    /// <summary>The credentials are <see cref="SslCredentials"/>.</summary>
    /// <param name="state">What the visited was given.</param>
    /// <param name="rootCertificates">PEM; null for the system's.</param>
    /// <param name="keyCertificatePair">The client's certificate; null for none.</param>
    /// <param name="verifyPeerCallback">A further check of the server; null for none.</param>
    public abstract void SetSslCredentials(
        object state,
        string? rootCertificates,
        KeyCertificatePair? keyCertificatePair,
        VerifyPeerCallback? verifyPeerCallback
    );

    /// <summary>The credentials are a composition.</summary>
    /// <param name="state">What the visited was given.</param>
    /// <param name="channelCredentials">How connections are secured.</param>
    /// <param name="callCredentials">What every call carries.</param>
    public abstract void SetCompositeCredentials(
        object state,
        ChannelCredentials channelCredentials,
        CallCredentials callCredentials
    );
}
