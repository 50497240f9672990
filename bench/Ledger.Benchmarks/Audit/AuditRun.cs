using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Ledger.Benchmarks.Reading;
using Ledger.Crypto;
using Ledger.Protocol;
using Ledger.Rules;
using Ledger.Rules.Audit;
using Ledger.Rules.Map;
using Ledger.Rules.Signatures;
using Ledger.Testing;
using Ledger.V1;

namespace Ledger.Benchmarks.Audit;

/// <summary>
/// How fast a log of creations, mints and transfers is audited from memory: by the auditor on all processors and on one, and by the plain
/// loop that anybody would write first, with the same executor. Beside them, what each step of the way takes on one thread.
/// </summary>
public static class AuditRun
{
    private const int CallOperations = 1_000;
    private const string Class = "class";
    private const int SignaturesAtOnce = 4_096;

    /// <summary>Makes a log and measures.</summary>
    /// <param name="operations">How many creations, how many mints and how many transfers there are.</param>
    /// <param name="output">Where the tables go.</param>
    /// <returns>Entries a second, by way.</returns>
    /// <exception cref="InvalidOperationException">Something was found wrong with the log.</exception>
    public static async Task<IReadOnlyDictionary<string, double>> RunAsync(int operations, TextWriter output)
    {
        (VerifierKey key, List<byte[]> entries, double bytesAnEntry) = await MakeAsync(operations);
        Dictionary<string, double> seconds = [];

        // Once to warm up, then in turns; the best of three counts, as whatever disturbs only adds.
        for (int round = 0; round < 4; round++)
        {
            Keep("auditor, all processors", Audit(key, entries, threads: 0));
            Keep("auditor, one thread", Audit(key, entries, threads: 1));
            if (Libsecp256k1.IsAvailable)
            {
                Keep("plain loop, one thread", Steps(key, entries, isPlain: true).Values.Sum());
            }

            foreach ((string step, double time) in Steps(key, entries, isPlain: false))
            {
                Keep(step, time);
            }

            if (round == 0)
            {
                seconds.Clear();
            }
        }

        string[] steps = ["decoding", "signatures", "execution without map", "map", "tree"];
        double whole = steps.Sum(step => seconds[step]);
        output.WriteLine("| what | seconds | entries a second | of the auditor on one thread |");
        output.WriteLine("|---|---:|---:|---:|");
        foreach ((string what, double time) in seconds.Where(way => !steps.Contains(way.Key)))
        {
            Line(what, time, seconds["auditor, one thread"]);
        }

        if (!Libsecp256k1.IsAvailable)
        {
            output.WriteLine("Left out: " + Libsecp256k1.Absent);
        }

        output.WriteLine();
        output.WriteLine("| step, one thread | seconds | entries a second | of all |");
        output.WriteLine("|---|---:|---:|---:|");
        foreach (string step in steps)
        {
            Line(step, seconds[step], whole);
        }

        output.WriteLine();
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{entries.Count:N0} entries; the auditor ends with {bytesAnEntry:N0} bytes of memory an entry."
            )
        );
        return seconds
            .Where(way => !steps.Contains(way.Key))
            .ToDictionary(static way => way.Key, way => entries.Count / way.Value);

        void Keep(string what, double time) => seconds[what] = Math.Min(time, seconds.GetValueOrDefault(what, time));

        void Line(string what, double time, double of) =>
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {what} | {time:0.000} | {entries.Count / time:N0} | {time / of:0.00} |"
                )
            );
    }

    private static async Task<(VerifierKey Key, List<byte[]> Entries, double BytesAnEntry)> MakeAsync(int operations)
    {
        await using BenchLedger bench = new();
        string supervisor = await bench.FoundAsync();
        string sponsor = await bench.CreatePartyAsync();
        string issuer = await bench.CreatePartyAsync();
        string giver = await bench.CreatePartyAsync();
        string taker = await bench.CreatePartyAsync();
        await bench.SubmitAsync([
            By(supervisor, PilotOperations.Admit(sponsor, Role.Sponsor)),
            By(supervisor, PilotOperations.Admit(issuer, Role.Issuer)),
            By(supervisor, PilotOperations.Admit(giver, Role.Participant)),
            By(supervisor, PilotOperations.Admit(taker, Role.Participant)),
        ]);
        await RegistryRun.OpenPilotAsync(bench, supervisor, sponsor);
        await bench.SubmitAsync([By(issuer, PilotOperations.CreateClass(Class, RegistryRun.Pilot))]);
        await SubmitAsync(_ => BenchLedger.Create());
        await SubmitAsync(i => By(issuer, Mint(giver, $"t-{i}")));
        await SubmitAsync(i => By(giver, PilotOperations.Transfer(Class, $"t-{i}", giver, taker)));
        using ReadView view = bench.Ledger.Read();
        List<byte[]> entries = [.. view.Entries(0)];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Auditor auditor = new(bench.Ledger.LogKey);
        Check(Replay(auditor, entries));
        double bytes = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / entries.Count;
        GC.KeepAlive(auditor);
        return (bench.Ledger.LogKey, entries, bytes);

        async Task SubmitAsync(Func<int, Operation> make)
        {
            foreach (int[] some in Enumerable.Range(0, operations).Chunk(CallOperations))
            {
                await bench.SubmitAsync([.. some.Select(make)]);
            }
        }
    }

    private static double Audit(VerifierKey key, List<byte[]> entries, int threads)
    {
        Auditor auditor = new(key, threads);
        long start = Stopwatch.GetTimestamp();
        Finding? finding = Replay(auditor, entries);
        double time = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Check(finding);
        return time;
    }

    private static Finding? Replay(Auditor auditor, List<byte[]> entries)
    {
        foreach (byte[] entry in entries)
        {
            auditor.Add(entry);
        }

        return auditor.Finish();
    }

    // The way of an audit, step by step, with a clock around each. What is plain takes one signature and one hash after the other.
    private static Dictionary<string, double> Steps(VerifierKey key, List<byte[]> entries, bool isPlain)
    {
        MemoryRecords records = new();
        ChainHead head = ChainHead.Empty;
        CompactRange tree = new();
        SignatureBatch signatures = new();
        List<ProposedOperation> batch = [];
        byte[] leafHash = new byte[MerkleHash.HashBytes];
        (long decoding, long verifying, long executing, long mapping, long growing) = (0, 0, 0, 0, 0);
        foreach (byte[] bytes in entries)
        {
            long start = Stopwatch.GetTimestamp();
            if (isPlain)
            {
                SHA256.HashData([0, .. bytes], leafHash);
            }
            else
            {
                MerkleHash.HashLeaf(bytes, leafHash);
            }

            tree.Append(leafHash);
            growing += Since(ref start);
            Require(EntryCodec.Decode(bytes, out Entry? entry).IsOk);
            if (entry!.Operation is { } recorded)
            {
                Require(
                    OperationCodec
                        .Decode(
                            recorded.Operation.Memory,
                            recorded.Signatures,
                            key.Name,
                            out SubmittedOperation? operation
                        )
                        .IsOk
                );
                batch.Add(new ProposedOperation(operation!, VerifiedWith: null));
                decoding += Since(ref start);
                continue;
            }

            decoding += Since(ref start);
            AppliedBatch applied = BatchExecutor.Execute(
                records,
                records.Map,
                head,
                new ProposedBatch((long)entry.TimeMs, batch, entry.Seal.Format)
            );
            Require(applied.Entries[^1].AsSpan().SequenceEqual(bytes));
            executing += Since(ref start);

            // The executor did this too: done once more to know what it took, and taken from what it took altogether.
            if (!isPlain)
            {
                MapChanges changes = MapChanges.Of([.. applied.State.Records]);
                Require(records.Map.Next(changes.Leaves).Root.Span.SequenceEqual(applied.Map.Root.Span));
                mapping += Since(ref start);
            }

            records.Apply(applied);
            head = applied.Head;
            batch.Clear();
            executing += Since(ref start);
            Verify(applied, signatures, isPlain);
            verifying += Since(ref start);
        }

        long last = Stopwatch.GetTimestamp();
        VerifyAll(signatures);
        verifying += Since(ref last);
        return new()
        {
            ["decoding"] = Seconds(decoding),
            ["signatures"] = Seconds(verifying),
            ["execution without map"] = Seconds(executing - mapping),
            ["map"] = Seconds(mapping),
            ["tree"] = Seconds(growing),
        };
    }

    private static void Verify(AppliedBatch applied, SignatureBatch signatures, bool isPlain)
    {
        foreach (AppliedOperation operation in applied.Operations)
        {
            for (int i = 0; i < operation.Keys.Count; i++)
            {
                ReadOnlyMemory<byte> signature = operation.Operation.Signatures[i].Value.Memory;
                if (!isPlain)
                {
                    signatures.Add(operation.Keys[i], operation.Operation, signature);
                    continue;
                }

                Require(
                    Libsecp256k1.Verify(operation.Keys[i].PublicKey.Span, operation.Operation.Id.Span, signature.Span)
                );
            }
        }

        if (signatures.Count >= SignaturesAtOnce)
        {
            VerifyAll(signatures);
        }
    }

    private static void VerifyAll(SignatureBatch signatures)
    {
        bool[] verdicts = new bool[signatures.Count];
        signatures.Verify(verdicts, threads: 1);
        Require(!verdicts.Contains(false));
    }

    private static long Since(ref long start)
    {
        long now = Stopwatch.GetTimestamp();
        long ticks = now - start;
        start = now;
        return ticks;
    }

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;

    private static void Check(Finding? finding) => Require(finding is null);

    private static void Require(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidOperationException("The log is not sound, or is judged as if it were not.");
        }
    }

    private static Operation Mint(string owner, string token) =>
        new()
        {
            Mint = new Mint
            {
                ClassId = Class,
                TokenId = token,
                Owner = owner,
            },
        };

    private static Operation By(string actor, Operation operation)
    {
        operation.Actor = actor;
        return operation;
    }
}
