using Ledger.V1;

namespace Ledger.Rules.State;

/// <summary>
/// The recovery policy of a DID at a moment. A change that is pending takes effect by the time alone, so a record is read together
/// with the moment that is meant.
/// </summary>
public static class Recovery
{
    /// <summary>Rank of whoever proposes with update keys: below every recovery key.</summary>
    public const int UpdateKeysRank = int.MaxValue;

    /// <summary>The policy in force; null: nobody can take the DID back.</summary>
    /// <param name="did">A version of the DID, the newest at that moment.</param>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static RecoveryPolicy? InForce(DidRecord did, ulong timeMs)
    {
        ArgumentNullException.ThrowIfNull(did);
        return did.Pending is { } pending && pending.EffectiveMs <= timeMs ? pending.Recovery : did.Recovery;
    }

    /// <summary>The change that is pending; null when there is none, or when its time has come.</summary>
    /// <param name="did">A version of the DID, the newest at that moment.</param>
    /// <param name="timeMs">The moment, Unix milliseconds.</param>
    public static PendingRecovery? Pending(DidRecord did, ulong timeMs)
    {
        ArgumentNullException.ThrowIfNull(did);
        return did.Pending is { } pending && pending.EffectiveMs > timeMs ? pending : null;
    }

    /// <summary>Position of a key in a policy, from 1, the highest; 0 when the policy has no key of that name.</summary>
    public static int RankOf(RecoveryPolicy? policy, string fragment)
    {
        for (int i = 0; i < policy?.Keys.Count; i++)
        {
            if (policy.Keys[i].Fragment == fragment)
            {
                return i + 1;
            }
        }

        return 0;
    }

    /// <summary>Rank of whoever proposed a change.</summary>
    public static int ProposerRank(PendingRecovery pending)
    {
        ArgumentNullException.ThrowIfNull(pending);
        return pending.Rank == 0 ? UpdateKeysRank : (int)pending.Rank;
    }
}
