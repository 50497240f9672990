using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Node;

/// <summary>
/// How many DIDs one peer may register. Creating one takes nobody's leave, so it is counted at the door by where it comes from: an
/// address, or the first 64 bits of one of IPv6, which one subscriber has alone. Kept in this node's memory, and no part of the log.
/// </summary>
internal sealed class CreationQuota : IAsyncDisposable
{
    /// <summary>Registrations a minute of a peer on another machine, when the operator has named no number.</summary>
    public const int UsualPerMinute = 600;

    private const int PrefixBytes = 8;

    private readonly int? _perMinute;
    private readonly PartitionedRateLimiter<IPAddress> _limiter;

    /// <summary>Starts with every peer's quota unused.</summary>
    /// <param name="perMinute">Registrations a minute; 0: no limit; null: the usual number, and none for this machine itself.</param>
    public CreationQuota(int? perMinute)
    {
        _perMinute = perMinute;
        int limit = perMinute is null or 0 ? UsualPerMinute : perMinute.Value;
        _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(peer =>
            RateLimitPartition.GetTokenBucketLimiter(
                Subscriber(peer),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = limit,
                    TokensPerPeriod = 1,
                    ReplenishmentPeriod = TimeSpan.FromMinutes(1) / limit,
                    AutoReplenishment = true,
                }
            )
        );
    }

    /// <summary>The door for what a peer sends; null: nothing of it is counted.</summary>
    /// <param name="peer">Address of the peer; null: it has none, as on a pipe.</param>
    public Door? For(IPAddress? peer) =>
        peer is null || _perMinute == 0 || (_perMinute is null && IPAddress.IsLoopback(peer))
            ? null
            : operation => operation.CreatesActor ? Take(peer) : Judgement.Ok;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    private Judgement Take(IPAddress peer)
    {
        using RateLimitLease lease = _limiter.AttemptAcquire(peer);
        return lease.IsAcquired
            ? Judgement.Ok
            : Judgement.Refuse(ReasonCode.PeerQuota) with
            {
                RetryAfterMs = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after)
                    ? Math.Max(1, (long)after.TotalMilliseconds)
                    : 1,
            };
    }

    private static IPAddress Subscriber(IPAddress peer)
    {
        if (peer.IsIPv4MappedToIPv6)
        {
            return peer.MapToIPv4();
        }

        if (peer.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return peer;
        }

        byte[] bytes = peer.GetAddressBytes();
        bytes.AsSpan(PrefixBytes).Clear();
        return new IPAddress(bytes);
    }
}
