using Google.Protobuf;
using Grpc.Core;
using Ledger.Client;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>What was found after the load.</summary>
/// <param name="Receipts">Receipts that were asked for again.</param>
/// <param name="Missing">Of those, the ones that the node no longer gives, or gives differently.</param>
/// <param name="Verified">Entries and records whose proofs were verified.</param>
/// <param name="Unverified">Those that did not verify.</param>
/// <param name="Problem">The first thing that was wrong; empty when nothing was.</param>
internal sealed record Findings(int Receipts, int Missing, int Verified, int Unverified, string Problem)
{
    public static readonly Findings None = new(0, 0, 0, 0, "");

    public bool AreGood => Missing == 0 && Unverified == 0 && Problem.Length == 0;

    public Findings Plus(Findings other) =>
        new(
            Receipts + other.Receipts,
            Missing + other.Missing,
            Verified + other.Verified,
            Unverified + other.Unverified,
            Problem.Length > 0 ? Problem : other.Problem
        );
}

/// <summary>Looks, after the load, whether the node keeps what it promised during it.</summary>
internal static class Afterwards
{
    private const int InFlight = 256;

    /// <summary>Asks for every receipt again and verifies the proofs of some; or verifies some of the records that were read.</summary>
    public static async Task<Findings> CheckAsync(Target target, Workload workload, int sample)
    {
        Findings findings = Findings.None;
        switch (workload)
        {
            case SubmitWorkload submitted:
                findings = await FindAllAsync(target, submitted);
                int[] answered =
                [
                    .. Enumerable.Range(0, submitted.Receipts.Length).Where(i => submitted.Receipts[i] is not null),
                ];
                findings = findings.Plus(
                    await VerifyAsync(
                        Spread(answered, sample),
                        async i =>
                        {
                            ProvenEntry? entry = await target.Client.FindAsync(submitted.Operations[i].Id.Memory);
                            return entry is not null && IsOf(entry, submitted.Operations[i], submitted.Receipts[i]!);
                        }
                    )
                );
                break;
            case ResolveWorkload resolved:
                findings = await VerifyAsync(
                    Spread([.. Enumerable.Range(0, resolved.Resolved.Length)], sample),
                    async i => (await target.Client.ResolveAsync(resolved.Resolved[i])).Record is not null
                );
                break;
        }
        return findings;
    }

    private static async Task<Findings> FindAllAsync(Target target, SubmitWorkload workload)
    {
        int next = 0;
        int receipts = 0;
        int missing = 0;
        string problem = "";
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(FindAsync)));
        return new Findings(receipts, missing, 0, 0, problem);

        async Task FindAsync()
        {
            while (Interlocked.Increment(ref next) - 1 is int i && i < workload.Receipts.Length)
            {
                if (workload.Receipts[i] is not { } receipt)
                {
                    continue;
                }
                Interlocked.Increment(ref receipts);
                string? wrong = await CompareAsync(i, workload.Operations[i], receipt);
                if (wrong is not null)
                {
                    Interlocked.Increment(ref missing);
                    Interlocked.CompareExchange(ref problem, wrong, "");
                }
            }
        }

        // The first call on a connection to the killed node still fails: ask again when the failure is not the node's own word.
        static async Task<GetReceiptResponse> AskAsync(
            RegistryService.RegistryServiceClient registry,
            Prepared operation
        )
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    return await registry.GetReceiptAsync(new GetReceiptRequest { OperationId = operation.Id });
                }
                catch (RpcException e) when (attempt < 5 && e.Trailers.GetValue("ledger-reason") is null)
                {
                    await Task.Delay(100 * attempt);
                }
            }
        }

        async Task<string?> CompareAsync(int i, Prepared operation, Receipt receipt)
        {
            if (receipt.Outcome != ReasonCode.Applied || !receipt.OperationId.Equals(operation.Id))
            {
                return $"the receipt of entry {receipt.Index} is not of the operation that was sent";
            }
            try
            {
                GetReceiptResponse answer = await AskAsync(target.Registries[i % target.Registries.Count], operation);
                Receipt plain = receipt;
                if (receipt.Proof is not null)
                {
                    plain = receipt.Clone();
                    plain.Proof = null;
                }
                return plain.Equals(answer.Receipt) ? null : $"the receipt of entry {receipt.Index} has changed";
            }
            catch (RpcException e)
            {
                return $"the receipt of entry {receipt.Index} is gone: {e.Status.Detail}";
            }
        }
    }

    private static async Task<Findings> VerifyAsync(int[] items, Func<int, Task<bool>> verify)
    {
        int verified = 0;
        int unverified = 0;
        string problem = "";
        foreach (int item in items)
        {
            try
            {
                if (await verify(item))
                {
                    verified++;
                    continue;
                }
                problem = problem.Length > 0 ? problem : $"item {item} does not verify";
            }
            catch (Exception e) when (e is VerificationException or RefusedException or NodeUnavailableException)
            {
                problem = problem.Length > 0 ? problem : e.Message;
            }
            unverified++;
        }
        return new Findings(0, 0, verified, unverified, problem);
    }

    private static bool IsOf(ProvenEntry entry, Prepared operation, Receipt receipt)
    {
        byte[] leafHash = new byte[32];
        Crypto.MerkleHash.HashLeaf(entry.Bytes.Span, leafHash);
        return (ulong)entry.Index == receipt.Index
            && (ulong)entry.TimeMs == receipt.TimeMs
            && entry.Outcome == receipt.Outcome
            && receipt.LeafHash.Span.SequenceEqual(leafHash)
            && entry.Entry.Operation?.Operation.Span.SequenceEqual(operation.Operation.Operation.Span) == true;
    }

    // Evenly, the first and the last included.
    private static int[] Spread(int[] items, int sample) =>
        sample >= items.Length ? items
        : sample < 2 ? items[..sample]
        : [.. Enumerable.Range(0, sample).Select(i => items[(int)((long)i * (items.Length - 1) / (sample - 1))])];
}
