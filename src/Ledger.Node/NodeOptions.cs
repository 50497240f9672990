using System.Net;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Witness;

namespace Ledger.Node;

/// <summary>What a node needs to know.</summary>
public sealed record NodeOptions
{
    /// <summary>Folder of the ledger. Created when it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Origin of the log.</summary>
    public required string Origin { get; init; }

    /// <summary>
    /// The log's signing key. The caller disposes of it after the node has stopped. Null: the node serves a ledger that is open already.
    /// </summary>
    public Ed25519PrivateKey? SigningKey { get; init; }

    /// <summary>Whether the log goes on from a mirror, see <see cref="LedgerOptions.Promote"/>.</summary>
    public bool Promote { get; init; }

    /// <summary>Entries from which the log goes on in a restored folder, see <see cref="LedgerOptions.AcceptedLossSize"/>.</summary>
    public long? AcceptedLossSize { get; init; }

    /// <summary>A second file for the last signed checkpoint, best on another disk; null: it is kept in the folder alone.</summary>
    public string? LastSignedFile { get; init; }

    /// <summary>Up to when the operator vouches for the machine's clock, however far it has leapt; null: not at all.</summary>
    public DateTimeOffset? ClockAcceptedUntil { get; init; }

    /// <summary>Address and port of gRPC. Port 0: any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 7400);

    /// <summary>Address and port of HTTP: DID resolution. Port 0: any free one; null: none.</summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>Whose cosignatures the log's checkpoints are to have; null: nobody is asked.</summary>
    public WitnessPolicy? Witnesses { get; init; }

    /// <summary>
    /// The witness that the node is for other logs, at <c>/witness/add-checkpoint</c> of its HTTP port; null: none. The caller disposes
    /// of it after the node has stopped.
    /// </summary>
    public CheckpointWitness? Witness { get; init; }

    /// <summary>PEM file with the server's certificate, then those above it, all of which are sent; null: plain text. Both ports show it.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the certificate's private key; null: it is in the same file.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>
    /// PEM file with the authorities that clients' certificates must come from; null: clients are not asked for any.
    /// </summary>
    public string? ClientAuthoritiesFile { get; init; }

    /// <summary>Whether plain text may be spoken beyond loopback too. Without it, only there.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// How many DIDs one peer may register a minute; 0: as many as it likes; null:
    /// <see cref="CreationQuota.UsualPerMinute"/>, and as many as they like for peers on this machine.
    /// </summary>
    public int? CreatesPerMinute { get; init; }

    /// <summary>Where the log's batches, and what is judged by the present time, get it from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// How long an answer, or one message of a stream, may wait for its reader: one who has stopped reading is cut off, and may
    /// ask again.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping node waits for calls to end; then it cuts them off.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stopping node leaves connections open that it has just answered on, so that callers can read.</summary>
    public TimeSpan StopLinger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What all callers together may have of the node.</summary>
    internal NodeLimits Limits { get; init; } = NodeLimits.Default;
}
