using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Rules.Audit;

/// <summary>That what a source shows is one history.</summary>
public static class LogContinuation
{
    /// <summary>
    /// Whether a checkpoint continues another: equal sizes have equal roots, every tree continues the empty one, and a larger tree is
    /// shown by its source to begin with the smaller.
    /// </summary>
    /// <param name="source">Where the proof is asked for.</param>
    /// <param name="earlier">The one that is known.</param>
    /// <param name="newer">The other, of at least its size.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<bool> ContinuesAsync(
        this IAuditSource source,
        Checkpoint earlier,
        Checkpoint newer,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(newer);
        if (earlier.Size == newer.Size)
        {
            return earlier.Root.Span.SequenceEqual(newer.Root.Span);
        }

        if (earlier.Size == 0)
        {
            return true;
        }

        byte[] proof = await source
            .ConsistencyProofAsync(earlier.Size, newer.Size, cancellationToken)
            .ConfigureAwait(false);
        return ConsistencyProof.Verify(earlier.Size, newer.Size, earlier.Root.Span, newer.Root.Span, proof);
    }
}
