namespace Ledger.Hammer;

/// <summary>What is asked of a node.</summary>
internal enum Mode
{
    /// <summary>CreateDid, one a call.</summary>
    Create,

    /// <summary>CreateDid, several a call.</summary>
    Batch,

    /// <summary>CreateDid, through streams.</summary>
    Stream,

    /// <summary>DIDs are resolved, without proof.</summary>
    Resolve,

    /// <summary>DIDs are resolved, with proof.</summary>
    ResolveProof,

    /// <summary>Old versions of DIDs are resolved, by id and by time, without proof.</summary>
    ResolveOld,

    /// <summary>DIDs are resolved over HTTP, without proof.</summary>
    ResolveHttp,

    /// <summary>DIDs are resolved over HTTP, with proof.</summary>
    ResolveHttpProof,

    /// <summary>Tiles of hashes over HTTP, those of the leaves, all of them in turn; a tenth of the items of other modes.</summary>
    Tiles,

    /// <summary>Bundles of entries over HTTP, all of them in turn; a tenth of the items of other modes.</summary>
    Bundles,

    /// <summary>The same, compressed.</summary>
    BundlesGzip,

    /// <summary>Mint, one a call.</summary>
    Mint,

    /// <summary>BatchMint of 100 tokens, one a call; a tenth of the items of other modes.</summary>
    Mint100,

    /// <summary>BatchMint of 1,000 tokens, one a call; a hundredth of the items of other modes.</summary>
    Mint1000,

    /// <summary>Transfer, one a call.</summary>
    Transfer,

    /// <summary>Group of 10 transfers, one a call; a tenth of the items of other modes.</summary>
    Group,

    /// <summary>Transfers are asked about, and not made.</summary>
    CheckTransfer,

    /// <summary>Of ten calls: five resolve with proof, two create, two mint, one transfers.</summary>
    Mixed,

    /// <summary>CreateDid, one at a time; a tenth of the items of other modes.</summary>
    Single,
}

/// <summary>How a node is loaded.</summary>
internal sealed record HammerOptions
{
    /// <summary>The modes, one after the other.</summary>
    public required IReadOnlyList<Mode> Modes { get; init; }

    /// <summary>The node; null: the hammer runs its own.</summary>
    public Uri? Address { get; init; }

    /// <summary>Where the node answers HTTP; null: the one that the hammer runs says it.</summary>
    public Uri? HttpAddress { get; init; }

    /// <summary>The log's verifier key; null: the one that the node names.</summary>
    public string? LogKey { get; init; }

    /// <summary>The <c>ledger</c> program (or its .dll) that the hammer runs a node with.</summary>
    public string? Serve { get; init; }

    /// <summary>Where that node keeps its store, removed in the end; null: the folder for temporary files.</summary>
    public string? Data { get; init; }

    /// <summary>Operations or reads that are timed, in each mode.</summary>
    public int Count { get; init; } = 100_000;

    /// <summary>The timed part ends after this time even when something is left; null: when nothing is.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Operations or reads before the timed part of the first mode; an eighth of it before the others.</summary>
    public int Warmup { get; init; } = 150_000;

    /// <summary>What is under way at once: calls; in <see cref="Mode.Batch"/> and <see cref="Mode.Stream"/> operations.</summary>
    public int? InFlight { get; init; }

    /// <summary>HTTP/2 connections.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Operations a call in <see cref="Mode.Batch"/>.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Operations that one key signs.</summary>
    public int OperationsPerKey { get; init; } = 100;

    /// <summary>DIDs that are resolved.</summary>
    public int Population { get; init; } = 10_000;

    /// <summary>Whether receipts come with their proofs in the timed part.</summary>
    public bool WithProof { get; init; }

    /// <summary>Receipts and records whose proofs are verified afterwards, in each mode.</summary>
    public int VerifySample { get; init; } = 1_000;

    /// <summary>Key file of the supervisor of a ledger that has been founded; null: the hammer founds it.</summary>
    public string? Supervisor { get; init; }

    /// <summary>Whether the result is JSON.</summary>
    public bool Json { get; init; }
}
