using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>What a client needs to know.</summary>
public sealed record LedgerClientOptions
{
    /// <summary>Where the node is: <c>http://</c> or <c>https://</c>, host and port.</summary>
    public required Uri Address { get; init; }

    /// <summary>The log's key, from a source other than the node. Required, unless <see cref="TrustOnFirstUse"/> is set.</summary>
    public VerifierKey? LogKey { get; init; }

    /// <summary>
    /// Whether, without a <see cref="LogKey"/>, the key that the node names is believed. The client then notices when the log
    /// contradicts itself, but not that it is the wrong log. Keep the key for the next time.
    /// </summary>
    public bool TrustOnFirstUse { get; init; }

    /// <summary>
    /// Signed checkpoint that an earlier client of this log had accepted: what this one sees must be consistent with it. Empty:
    /// the first checkpoint seen is where it starts.
    /// </summary>
    public ReadOnlyMemory<byte> KnownCheckpoint { get; init; }

    /// <summary>
    /// Whose cosignatures make a checkpoint good, for the calls that ask for a cosigned one: a checkpoint that lacks the quorum is not
    /// accepted by them, whatever the log says. Null: no such call can be made.
    /// </summary>
    public WitnessPolicy? Witnesses { get; init; }

    /// <summary>How long one attempt at a call may take. Streams have no such bound.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a call is repeated when its answer was lost or the node is overloaded: 0 or more.</summary>
    public int RetriesMax { get; init; } = 4;

    /// <summary>
    /// How long the operations that this client signs may wait for their turn: up to 30 days, from the time of its clock or the
    /// newest of the log that it has seen, whichever is later.
    /// </summary>
    public TimeSpan NotAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How much time passes at least between two consistency proofs. Zero: every checkpoint is proved before the answer that it
    /// came with is returned; the answers of one batch share one. Otherwise the checkpoints between are checked for signature and
    /// inclusion and compared with those of the same size, and never become <see cref="LedgerClient.NewestCheckpoint"/>.
    /// </summary>
    public TimeSpan ConsistencyInterval { get; init; } = TimeSpan.Zero;

    /// <summary>PEM file with the authorities that the node's certificate must come from; null: those of the system.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>PEM file with this client's certificate; null: none is shown.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file with the certificate's private key; null: it is in <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Whether more connections are opened when one carries all the calls that it may.</summary>
    public bool MultipleConnections { get; init; } = true;

    /// <summary>Where the deadlines of operations come from, and the time between consistency proofs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
