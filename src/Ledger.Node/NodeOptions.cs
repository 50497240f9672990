using System.Net;
using Ledger.Crypto;

namespace Ledger.Node;

/// <summary>What a node needs to know.</summary>
public sealed record NodeOptions
{
    /// <summary>Folder of the ledger. Created when it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Origin of the log.</summary>
    public required string Origin { get; init; }

    /// <summary>The log's signing key. The caller disposes of it after the node has stopped.</summary>
    public required Ed25519PrivateKey SigningKey { get; init; }

    /// <summary>Address and port of gRPC. Port 0: any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 7400);

    /// <summary>PEM file with the server's certificate chain; null: plain text, allowed on loopback only.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the certificate's private key.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>PEM file with the authorities that client certificates must come from; null: none is asked for.</summary>
    public string? ClientAuthoritiesFile { get; init; }

    /// <summary>Whether plain text is allowed beyond loopback.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// How long one message of a stream may wait for its reader: one who has stopped reading is cut off, and may ask again.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping node waits for calls to end; then it cuts them off.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping node leaves connections open that it has just answered on, so that callers can read.</summary>
    public TimeSpan StopLinger { get; init; } = TimeSpan.FromMilliseconds(250);
}
