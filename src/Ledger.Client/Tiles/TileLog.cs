using System.Runtime.CompilerServices;
using Ledger.Crypto;
using Ledger.Protocol;

namespace Ledger.Client;

/// <summary>
/// A log that is published as tiles (C2SP tlog-tiles), at one checkpoint. Whatever is read is verified before it is used: the hashes at
/// the right edge of the tree must have the checkpoint's root; every full tile must have the root that the tile above it names, up to
/// that edge; and every entry must have the leaf hash that its tile names. One thread calls.
/// </summary>
public sealed class TileLog
{
    // Bundles that are fetched beside the one that is read.
    private const int ReadAhead = 3;

    private readonly ITileSource _source;

    // By level of tiles: the partial tile at the right edge, and the full tile that was read last. Whoever reads in order finds the
    // tiles above the next one here.
    private readonly VerifiedTile?[] _edge;
    private readonly VerifiedTile?[] _last;

    private TileLog(ITileSource source, Checkpoint checkpoint, VerifiedTile?[] edge)
    {
        _source = source;
        Checkpoint = checkpoint;
        _edge = edge;
        _last = new VerifiedTile?[edge.Length];
    }

    /// <summary>The checkpoint. Whether the log signed it is for whoever named it to know.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>The partial tiles at the right edge, lowest level first, verified.</summary>
    internal IEnumerable<VerifiedTile> Edge => _edge.OfType<VerifiedTile>();

    /// <summary>Opens a log: reads the right edge of its tree, at most 8 tiles, and verifies it.</summary>
    /// <param name="source">Where it is read.</param>
    /// <param name="checkpoint">A checkpoint that the log signed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="VerificationException">The tiles are not those of the checkpoint.</exception>
    /// <exception cref="IOException">A tile could not be read, or is missing.</exception>
    public static async Task<TileLog> OpenAsync(
        ITileSource source,
        Checkpoint checkpoint,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(checkpoint);
        int levels = 0;
        while (levels < MerkleTile.LevelsMax && checkpoint.Size >> (MerkleTile.Height * levels) > 0)
        {
            levels++;
        }
        TileLog log = new(source, checkpoint, new VerifiedTile?[levels]);

        // From the top, which holds the largest subtrees: in the order of the leaves.
        CompactRange range = new();
        for (int level = levels - 1; level >= 0; level--)
        {
            if (TilePath.In(level, TilePath.FullIn(level, checkpoint.Size), checkpoint.Size) is { } path)
            {
                VerifiedTile tile = new(path, await log.ReadHashesAsync(path, cancellationToken));
                MerkleTile.AppendTo(range, tile);
                log._edge[level] = tile;
            }
        }
        return MerkleTile.RootOf(range).AsSpan().SequenceEqual(checkpoint.Root.Span)
            ? log
            : throw Wrong(
                $"the tiles at the right edge of {source} do not have the root of the checkpoint of {checkpoint.Size} entries"
            );
    }

    /// <summary>Entries from an index on, up to the checkpoint's size, each verified. Some are fetched ahead.</summary>
    /// <param name="firstIndex">0 or more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="VerificationException">What is shown is not what the checkpoint's root names.</exception>
    /// <exception cref="IOException">A tile or bundle could not be read, or is missing.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EntriesAsync(
        long firstIndex = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstIndex);
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<FetchedBundle> ahead = [];
        try
        {
            long next = firstIndex / TilePath.FullWidth;
            while (true)
            {
                while (ahead.Count <= ReadAhead && TilePath.In(0, next, Checkpoint.Size) is { } path)
                {
                    ahead.Enqueue(Fetch(path, ends.Token));
                    next++;
                }
                if (!ahead.TryPeek(out FetchedBundle? bundle))
                {
                    yield break;
                }
                ReadOnlyMemory<byte>[] entries = await VerifyAsync(bundle, cancellationToken);
                ahead.Dequeue();
                long start = bundle.LeafHashes.Index * TilePath.FullWidth;
                for (long index = Math.Max(firstIndex, start); index < start + entries.Length; index++)
                {
                    yield return entries[index - start];
                }
            }
        }
        finally
        {
            // What was fetched for nothing is given up; how that ends is nobody's concern any more.
            await ends.CancelAsync();
            foreach (Task fetch in ahead.SelectMany(static bundle => (Task[])[bundle.Hashes, bundle.Entries]))
            {
                await fetch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>That an entry is in the checkpoint's tree (RFC 9162, section 2.1.3), from verified tiles.</summary>
    /// <param name="index">0 or more, below the checkpoint's size.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>32-byte hashes, joined.</returns>
    /// <exception cref="VerificationException">What is shown is not what the checkpoint's root names.</exception>
    /// <exception cref="IOException">A tile could not be read, or is missing.</exception>
    public Task<byte[]> ProveInclusionAsync(long index, CancellationToken cancellationToken = default) =>
        ProveAsync((nodes, proof) => InclusionProof.Prove(nodes, index, Checkpoint.Size, proof), cancellationToken);

    /// <summary>That the tree of a size is a prefix of the checkpoint's (RFC 9162, section 2.1.4), from verified tiles.</summary>
    /// <param name="size">1 or more, at most the checkpoint's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>32-byte hashes, joined.</returns>
    /// <exception cref="VerificationException">What is shown is not what the checkpoint's root names.</exception>
    /// <exception cref="IOException">A tile could not be read, or is missing.</exception>
    public Task<byte[]> ProveConsistencyAsync(long size, CancellationToken cancellationToken = default) =>
        ProveAsync((nodes, proof) => ConsistencyProof.Prove(nodes, size, Checkpoint.Size, proof), cancellationToken);

    internal static VerificationException Wrong(string problem, Exception? inner = null) =>
        new(VerificationCheck.Tiles, problem, "The log", inner);

    // Which nodes a proof is made of follows from sizes alone: asked once to learn the tiles, and once more to have the hashes.
    private async Task<byte[]> ProveAsync(Func<TileNodes, byte[], int> prove, CancellationToken cancellationToken)
    {
        byte[] proof = new byte[MerkleHash.ProofHashesMax * MerkleHash.HashBytes];
        TileNodes nodes = new(Checkpoint.Size);
        prove(nodes, proof);
        foreach (TilePath path in nodes.Asked.ToArray())
        {
            nodes.Add(await HashesAsync(path, fetched: null, cancellationToken));
        }
        return proof[..prove(nodes, proof)];
    }

    private FetchedBundle Fetch(TilePath path, CancellationToken cancellationToken) =>
        new(
            path,
            _edge[0]?.Path == path ? Task.FromResult(_edge[0]!.Hashes) : ReadHashesAsync(path, cancellationToken),
            ReadAsync(path with { Level = TilePath.Entries }, EntryBundle.EntryBytesMax, cancellationToken)
        );

    private async Task<ReadOnlyMemory<byte>[]> VerifyAsync(FetchedBundle bundle, CancellationToken cancellationToken)
    {
        VerifiedTile hashes = await HashesAsync(bundle.LeafHashes, bundle.Hashes, cancellationToken);
        (TilePath path, ReadOnlyMemory<byte> bytes) = await bundle.Entries;
        if (!EntryBundle.TryRead(bytes, path.Width, out ReadOnlyMemory<byte>[]? entries, out string problem))
        {
            throw Wrong($"{path} of {_source} is no bundle of {path.Width} entries: {problem}");
        }
        entries = entries[..bundle.LeafHashes.Width]; // a full bundle in the place of a partial one has more
        byte[] hash = new byte[MerkleHash.HashBytes];
        for (int i = 0; i < entries.Length; i++)
        {
            MerkleHash.HashLeaf(entries[i].Span, hash);
            if (!hash.AsSpan().SequenceEqual(hashes.Hash(i)))
            {
                throw Wrong(
                    $"entry {(path.Index * TilePath.FullWidth) + i} in {path} of {_source} is not the one that the checkpoint's root names"
                );
            }
        }
        return entries;
    }

    // A tile of hashes, verified: at the edge it has been; a full one by the tile above it, which is nearer to the edge.
    private async Task<VerifiedTile> HashesAsync(
        TilePath path,
        Task<ReadOnlyMemory<byte>>? fetched,
        CancellationToken cancellationToken
    )
    {
        if (_edge[path.Level] is { } edge && edge.Path == path)
        {
            return edge;
        }
        if (_last[path.Level] is { } last && last.Path == path)
        {
            return last;
        }
        TilePath above = TilePath.In(path.Level + 1, path.Index / TilePath.FullWidth, Checkpoint.Size)!.Value;
        VerifiedTile parent = await HashesAsync(above, fetched: null, cancellationToken);
        VerifiedTile tile = new(path, fetched is null ? await ReadHashesAsync(path, cancellationToken) : await fetched);
        if (!MerkleTile.RootOf(tile).AsSpan().SequenceEqual(parent.Hash((int)(path.Index % TilePath.FullWidth))))
        {
            throw Wrong($"{path} of {_source} does not have the root that {above} names");
        }
        return _last[path.Level] = tile;
    }

    private async Task<ReadOnlyMemory<byte>> ReadHashesAsync(TilePath path, CancellationToken cancellationToken)
    {
        (TilePath read, ReadOnlyMemory<byte> bytes) = await ReadAsync(path, MerkleHash.HashBytes, cancellationToken);
        return bytes.Length == read.Width * MerkleHash.HashBytes
            ? bytes[..(path.Width * MerkleHash.HashBytes)]
            : throw Wrong($"{read} of {_source} has {bytes.Length} bytes, not {read.Width} hashes");
    }

    // A partial tile may have gone once the full one is there, which begins with it.
    private async Task<(TilePath Path, ReadOnlyMemory<byte> Bytes)> ReadAsync(
        TilePath path,
        int itemBytesMax,
        CancellationToken cancellationToken
    )
    {
        if (await _source.ReadAsync(path.ToString(), path.Width * itemBytesMax, cancellationToken) is { } bytes)
        {
            return (path, bytes);
        }
        TilePath full = path with { Width = TilePath.FullWidth };
        return
            path.IsPartial
            && await _source.ReadAsync(full.ToString(), full.Width * itemBytesMax, cancellationToken) is { } more
            ? (full, more)
            : throw new IOException(
                $"{path} of {_source} is missing, and the checkpoint of {Checkpoint.Size} entries calls for it."
            );
    }

    private sealed record FetchedBundle(
        TilePath LeafHashes,
        Task<ReadOnlyMemory<byte>> Hashes,
        Task<(TilePath Path, ReadOnlyMemory<byte> Bytes)> Entries
    );
}
