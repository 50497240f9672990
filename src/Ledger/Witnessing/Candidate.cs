using Ledger.Protocol;

namespace Ledger.Witnessing;

/// <summary>
/// The head that witnesses are asked to cosign. It stays the one until the quorum has cosigned it, or nobody is left who may still
/// answer: if each witness took the newest head when it is ready, a busy log would never get two cosignatures of one size.
/// </summary>
/// <param name="head">The head.</param>
/// <param name="asked">How many may answer.</param>
/// <remarks>Guarded by the gate of <see cref="Cosigning"/>, except the task.</remarks>
internal sealed class Candidate(LogHead head, IEnumerable<WitnessLink> asked)
{
    private readonly HashSet<WitnessLink> _open = [.. asked];
    private readonly Dictionary<VerifierKey, VerifiedSignature> _cosignatures = [];
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LogHead Head { get; } = head;

    /// <summary>Completes when there is no need to wait for anybody.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Adds what a witness answered: nothing when it failed.</summary>
    /// <returns>The checkpoint with everything that there is of it; null while that is too little.</returns>
    public CosignedCheckpoint? Add(
        WitnessLink link,
        IReadOnlyList<VerifiedSignature> cosignatures,
        WitnessPolicy policy
    )
    {
        _open.Remove(link);
        foreach (VerifiedSignature cosignature in cosignatures)
        {
            _cosignatures[cosignature.Key] = cosignature;
        }

        // In the policy's order, whoever was first.
        VerifiedSignature[] all =
        [
            .. policy.WitnessKeys.Where(_cosignatures.ContainsKey).Select(key => _cosignatures[key]),
        ];
        bool isMet = policy.IsMet(all);
        if (isMet || _open.Count == 0)
        {
            _settled.TrySetResult();
        }

        return isMet && cosignatures.Count > 0
            ? new CosignedCheckpoint(
                Head.Checkpoint,
                (byte[])
                    [
                        .. Head.Note.Span,
                        .. System.Text.Encoding.UTF8.GetBytes(string.Concat(all.Select(static one => one.Line))),
                    ],
                all
            )
            : null;
    }
}
