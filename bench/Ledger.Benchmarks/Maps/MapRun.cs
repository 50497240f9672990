using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Ledger.Benchmarks.Rivals;
using Ledger.Crypto;
using Ledger.Rules.Map;

namespace Ledger.Benchmarks.Maps;

/// <summary>
/// What the state map costs by itself: new versions, proofs, memory, rows, and opening after a kill. In memory, and over a store; beside
/// both the rival, which is the same tree without any thought for speed. All take turns, batch by batch, and every root is compared.
/// </summary>
public static class MapRun
{
    private const int BuildLeaves = 100_000;
    private static readonly int[] Batches = [1, 100, 1_000];

    /// <summary>Measures maps of some sizes and writes three tables.</summary>
    /// <param name="sizes">Keys of the maps.</param>
    /// <param name="records">Records that each case puts, and proofs that each case makes; of new keys never more than the map has.</param>
    /// <param name="output">Where the tables go.</param>
    /// <exception cref="InvalidOperationException">A root or a proof is wrong.</exception>
    public static IReadOnlyList<MapMeasured> Run(int[] sizes, int records, TextWriter output)
    {
        List<MapMeasured> measured = [];
        foreach (int size in sizes)
        {
            measured.Add(Measure(size, records));
        }

        WriteUpdates(measured, output);
        WriteProofs(measured, output);
        WriteOpenings(measured, output);
        return measured;
    }

    private static MapMeasured Measure(int size, int records)
    {
        MapMeasured measured = new(size);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        StateMap map = StateMap.Empty();
        for (int first = 0; first < size; first += BuildLeaves)
        {
            map = map.Next(Leaves(Enumerable.Range(first, Math.Min(BuildLeaves, size - first)), value: 0));
        }

        long withMap = GC.GetTotalMemory(forceFullCollection: true);
        measured.RssBytes = Environment.WorkingSet;
        RecursiveMap? rival = null;
        for (int first = 0; first < size; first += BuildLeaves)
        {
            rival = RecursiveMap.Put(
                rival,
                Leaves(Enumerable.Range(first, Math.Min(BuildLeaves, size - first)), value: 0)
            );
        }

        long withBoth = GC.GetTotalMemory(forceFullCollection: true);
        Same(map, rival);
        measured.Bytes = (double)(withMap - before) / size;
        measured.RivalBytes = (double)(withBoth - withMap) / size;

        using MapFolder folder = new(map, Enumerable.Range(0, size).Select(static key => Leaf(key, value: 0)));
        int nextKey = size;
        int nextValue = 1;
        foreach (int batch in Batches)
        {
            measured.Updates.Add(Update(map, rival, folder, size, batch, records, isNew: true, nextKey, nextValue++));
            nextKey += records;
            measured.Updates.Add(Update(map, rival, folder, size, batch, records, isNew: false, nextKey, nextValue++));
        }

        Prove(measured, map, rival, folder, records);

        // As many changes as there may be before nodes are written: the most that a start has to look at again.
        Random random = new(size);
        for (int left = Math.Min(Store.MapRows.LeavesEnough - 1, records); left > 0; left -= 1_000)
        {
            folder.Put(Leaves(Keys(random, Math.Min(left, 1_000), size), nextValue));
        }

        measured.Opening = folder.Reopen();
        return measured;
    }

    private static MapUpdates Update(
        StateMap map,
        RecursiveMap? rival,
        MapFolder folder,
        int size,
        int batch,
        int records,
        bool isNew,
        int nextKey,
        int value
    )
    {
        List<double> ours = [];
        List<double> theirs = [];
        Random random = new(batch);
        folder.Costs.Clear();
        for (int left = isNew ? Math.Min(records, size) : records; left >= batch; left -= batch)
        {
            MapLeaf[] leaves = Leaves(isNew ? Enumerable.Range(nextKey, batch) : Keys(random, batch, size), value);
            nextKey += batch;
            long start = Stopwatch.GetTimestamp();
            map = map.Next(leaves);
            ours.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / batch);
            start = Stopwatch.GetTimestamp();
            rival = RecursiveMap.Put(rival, leaves);
            theirs.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / batch);
            folder.Put(leaves);
        }

        folder.Flush();
        Same(map, rival);
        MapCosts costs = folder.Costs;
        return new MapUpdates(isNew ? "new" : "changed", batch, Median(ours), Median(theirs), Median(costs.Made))
        {
            WrittenUs = costs.WrittenUs / costs.Records,
            PublishedUs = costs.PublishedUs / costs.Records,
            FlushedUs = costs.FlushedUs / costs.Records,
            Rows = (double)costs.Rows / costs.Records,
            RowBytes = (double)costs.RowBytes / costs.Records,
        };
    }

    private static void Prove(MapMeasured measured, StateMap map, RecursiveMap? rival, MapFolder folder, int proofs)
    {
        StateMap usual = folder.Restore(StateMap.NodesUsual);
        StateMap read = folder.Restore(nodesMax: 1);
        foreach (bool isThere in (bool[])[true, false])
        {
            // Of the keys that are absent none was put by any case.
            Random random = new(7);
            (List<double> ours, List<double> theirs, List<double> fromUsual, List<double> fromRead) = ([], [], [], []);
            for (int i = 0; i < proofs; i++)
            {
                MapLeaf leaf = Leaf(isThere ? random.Next(measured.Size) : -1 - i, value: 0);
                ours.Add(Timed(() => map.Prove(leaf.KeyHash).Hashes, out IReadOnlyList<byte[]> proof));
                theirs.Add(Timed(() => RecursiveMap.Prove(rival, leaf.KeyHash), out IReadOnlyList<byte[]> theirProof));
                fromUsual.Add(Timed(() => usual.Prove(leaf.KeyHash).Hashes, out _));
                fromRead.Add(Timed(() => read.Prove(leaf.KeyHash).Hashes, out IReadOnlyList<byte[]> readProof));
                if (
                    !proof.SelectMany(static hash => hash).SequenceEqual(theirProof.SelectMany(static hash => hash))
                    || (isThere && !Proves(map, leaf, proof))
                    || readProof.Count == 0
                )
                {
                    throw new InvalidOperationException("A proof is wrong.");
                }
            }

            measured.Proofs.Add(
                new MapProofs(
                    isThere ? "present" : "absent",
                    Median(ours),
                    Median(theirs),
                    Median(fromUsual),
                    Median(fromRead)
                )
            );
        }
    }

    private static bool Proves(StateMap map, in MapLeaf leaf, IReadOnlyList<byte[]> proof) =>
        MapProof.VerifyPresence(
            map.Root.Span,
            leaf.KeyHash,
            leaf.ValueHash,
            proof.SelectMany(static hash => hash).ToArray()
        );

    private static double Timed(Func<IReadOnlyList<byte[]>> prove, out IReadOnlyList<byte[]> proof)
    {
        long start = Stopwatch.GetTimestamp();
        proof = prove();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private static void Same(StateMap map, RecursiveMap? rival)
    {
        if (!map.Root.Span.SequenceEqual(RecursiveMap.RootOf(rival)))
        {
            throw new InvalidOperationException("The two maps have different roots.");
        }
    }

    // Different keys below a bound.
    private static HashSet<int> Keys(Random random, int count, int bound)
    {
        HashSet<int> keys = [];
        while (keys.Count < count)
        {
            keys.Add(random.Next(bound));
        }

        return keys;
    }

    private static MapLeaf[] Leaves(IEnumerable<int> keys, int value)
    {
        MapLeaf[] leaves = [.. keys.Select(key => Leaf(key, value))];
        Array.Sort(leaves, static (one, other) => one.KeyHash.SequenceCompareTo(other.KeyHash));
        return leaves;
    }

    private static MapLeaf Leaf(int key, int value) =>
        new(
            SHA256.HashData(BitConverter.GetBytes(key)),
            SHA256.HashData(BitConverter.GetBytes(((long)key << 32) | (uint)value))
        );

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void WriteUpdates(List<MapMeasured> measured, TextWriter output)
    {
        output.WriteLine(
            "| keys | records | batch | map us | one at a time us | ratio | over a store us | leaf rows us | publish us | flush us | node rows | node bytes |"
        );
        output.WriteLine("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (MapMeasured map in measured)
        {
            foreach (MapUpdates row in map.Updates)
            {
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {map.Size:N0} | {row.Records} | {row.Batch:N0} | {row.MapUs:0.00} | {row.RivalUs:0.00} | {row.RivalUs / row.MapUs:0.0} | {row.StoreUs:0.00} | {row.WrittenUs:0.00} | {row.PublishedUs:0.00} | {row.FlushedUs:0.00} | {row.Rows:0.00} | {row.RowBytes:N0} |"
                    )
                );
            }
        }

        output.WriteLine();
    }

    private static void WriteProofs(List<MapMeasured> measured, TextWriter output)
    {
        output.WriteLine("| keys | key | in memory us | one at a time us | usual memory us | all read us |");
        output.WriteLine("|---:|---|---:|---:|---:|---:|");
        foreach (MapMeasured map in measured)
        {
            foreach (MapProofs row in map.Proofs)
            {
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {map.Size:N0} | {row.Key} | {row.MapUs:0.00} | {row.RivalUs:0.00} | {row.UsualUs:0.0} | {row.ReadUs:0.0} |"
                    )
                );
            }
        }

        output.WriteLine();
    }

    private static void WriteOpenings(List<MapMeasured> measured, TextWriter output)
    {
        output.WriteLine(
            "| keys | map, bytes a key | one at a time, bytes a key | process MiB | opening the database s | opening the map s | leaves changed |"
        );
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (MapMeasured map in measured)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {map.Size:N0} | {map.Bytes:N0} | {map.RivalBytes:N0} | {map.RssBytes >> 20:N0} | {map.Opening.DatabaseSeconds:0.000} | {map.Opening.MapSeconds:0.000} | {map.Opening.Changed:N0} |"
                )
            );
        }
    }
}

/// <summary>What was measured of a map.</summary>
/// <param name="Size">Its keys at the beginning.</param>
public sealed record MapMeasured(int Size)
{
    /// <summary>Bytes a key in memory.</summary>
    public double Bytes { get; internal set; }

    /// <summary>The rival's.</summary>
    public double RivalBytes { get; internal set; }

    /// <summary>The process's memory with the map, before the rival is made.</summary>
    public long RssBytes { get; internal set; }

    /// <summary>New versions.</summary>
    public IList<MapUpdates> Updates { get; } = [];

    /// <summary>Proofs.</summary>
    public IList<MapProofs> Proofs { get; } = [];

    internal MapOpening Opening { get; set; }
}

/// <summary>What a record costs in a new version, microseconds.</summary>
/// <param name="Records">Whether keys are new or were there.</param>
/// <param name="Batch">Records of a version.</param>
/// <param name="MapUs">With the map in memory.</param>
/// <param name="RivalUs">The rival, in memory.</param>
/// <param name="StoreUs">With the map in a store, and as much in memory as usual.</param>
public sealed record MapUpdates(string Records, int Batch, double MapUs, double RivalUs, double StoreUs)
{
    /// <summary>Writing leaves and changes.</summary>
    public double WrittenUs { get; init; }

    /// <summary>Letting nodes go, and a snapshot.</summary>
    public double PublishedUs { get; init; }

    /// <summary>Writing nodes.</summary>
    public double FlushedUs { get; init; }

    /// <summary>Nodes written, a record.</summary>
    public double Rows { get; init; }

    /// <summary>Their bytes, a record.</summary>
    public double RowBytes { get; init; }
}

/// <summary>What a proof costs, microseconds.</summary>
/// <param name="Key">Whether it is present.</param>
/// <param name="MapUs">With the map in memory.</param>
/// <param name="RivalUs">The rival, in memory.</param>
/// <param name="UsualUs">From a store, with as much in memory as usual.</param>
/// <param name="ReadUs">From a store, every node below the first.</param>
public sealed record MapProofs(string Key, double MapUs, double RivalUs, double UsualUs, double ReadUs);
