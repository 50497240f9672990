using Ledger.Client;
using Ledger.Protocol;
using Ledger.V1;

namespace Ledger.Hammer;

/// <summary>What a run of the hammer gives.</summary>
/// <param name="Measurements">One a mode.</param>
/// <param name="Findings">Of all modes together.</param>
/// <param name="StartSize">Entries before.</param>
/// <param name="EndSize">Entries after.</param>
/// <param name="FileSystem">Of a node that the hammer runs; empty otherwise.</param>
/// <param name="Restart">How long that node took to start again after it was killed; null otherwise.</param>
internal sealed record Result(
    IReadOnlyList<Measurement> Measurements,
    Findings Findings,
    long StartSize,
    long EndSize,
    string FileSystem,
    TimeSpan? Restart
)
{
    /// <summary>Whether every call was answered well, or told to come back, and everything that was promised was kept.</summary>
    public bool IsGood =>
        Findings.AreGood
        && Measurements.All(m =>
            m.Errors.Keys.All(static reason => reason == nameof(ReasonCode.Overloaded).ToUpperInvariant())
        );
}

/// <summary>One run: connect, then for each mode prepare, warm up, measure; then check what was promised.</summary>
internal sealed class Session(HammerOptions options, Action<string> note)
{
    private const int InFlightUnary = 256;
    private const int InFlightBatch = 2_048;
    private const int LaterWarmupShare = 8;

    private string[] _dids = [];

    public async Task<Result> RunAsync()
    {
        if (options.Serve is { } program)
        {
            using ServedNode node = ServedNode.Start(program, options.Data);
            note($"Running {program} on {node.Address}, its store on {node.FileSystem}.");
            return await RunAsync(node.Address, node.LogKey, node);
        }
        VerifierKey? logKey = options.LogKey is { } text ? VerifierKey.Parse(text) : null;
        return await RunAsync(options.Address!, logKey, null);
    }

    private async Task<Result> RunAsync(Uri address, VerifierKey? logKey, ServedNode? node)
    {
        await using Target target = await Target.ConnectAsync(options, address, logKey);
        if (logKey is null)
        {
            note($"Trusting the key that the node names: {target.Client.LogKey}");
        }
        SignedCheckpoint before = await target.Client.CheckConsistencyAsync();
        Market market = new(target);
        Uri? http = options.HttpAddress ?? node?.HttpAddress;
        List<Workload> workloads = [];
        List<Measurement> measurements = [];
        foreach (Mode mode in options.Modes)
        {
            if (http is null && IsOverHttp(mode))
            {
                note($"{Report.Name(mode)}: left out, because the node's HTTP address is not known (--http-address).");
                continue;
            }
            int share = Share(mode);
            int warmup = (measurements.Count == 0 ? options.Warmup : options.Warmup / LaterWarmupShare) / share;
            int count = Math.Max(1, options.Count / share);
            int inFlight = InFlight(mode);
            note($"{Report.Name(mode)}: preparing {warmup + count:N0}.");
            Workload workload = await PrepareAsync(target, market, http, mode, warmup + count, inFlight);
            note($"{Report.Name(mode)}: {warmup:N0} to warm up, then {workload.Count - warmup:N0} timed.");
            measurements.Add(await Measurement.TakeAsync(mode, workload, warmup, inFlight, options.Duration, node));
            workloads.Add(workload);
        }

        TimeSpan? restart = null;
        if (node is not null)
        {
            note("Killing the node and starting it again.");
            restart = node.KillAndRestart();
        }
        note("Asking for every receipt again, and verifying some.");
        Findings findings = Findings.None;
        foreach (Workload workload in workloads)
        {
            findings = findings.Plus(await Afterwards.CheckAsync(target, workload, options.VerifySample));
        }
        SignedCheckpoint after = await target.Client.CheckConsistencyAsync();
        return new Result(measurements, findings, before.Size, after.Size, node?.FileSystem ?? "", restart);
    }

    private static bool IsOverHttp(Mode mode) =>
        mode is Mode.ResolveHttp or Mode.ResolveHttpProof or Mode.Tiles or Mode.Bundles or Mode.BundlesGzip;

    // Items that are dear are fewer.
    private static int Share(Mode mode) =>
        mode switch
        {
            Mode.Single or Mode.Mint100 or Mode.Group or Mode.Tiles or Mode.Bundles or Mode.BundlesGzip => 10,
            Mode.Mint1000 => 100,
            _ => 1,
        };

    private int InFlight(Mode mode) =>
        mode switch
        {
            Mode.Single => 1,
            Mode.Batch or Mode.Stream => options.InFlight ?? InFlightBatch,
            _ => options.InFlight ?? InFlightUnary,
        };

    private async Task<Workload> PrepareAsync(
        Target target,
        Market market,
        Uri? http,
        Mode mode,
        int count,
        int inFlight
    )
    {
        CreateSource creates = new(target, options.OperationsPerKey);
        return mode switch
        {
            Mode.Create or Mode.Single => Unary(await creates.PrepareAsync(count)),
            Mode.Mint => Unary(await new MintSource(target, market).PrepareAsync(count)),
            Mode.Mint100 => Unary(await new BatchMintSource(target, market, 100).PrepareAsync(count)),
            Mode.Mint1000 => Unary(await new BatchMintSource(target, market, 1_000).PrepareAsync(count)),
            Mode.Transfer => Unary(await new TransferSource(target, market, 1).PrepareAsync(count)),
            Mode.Group => Unary(await new TransferSource(target, market, 10).PrepareAsync(count)),
            Mode.CheckTransfer => new CheckTransferWorkload(
                target,
                await CheckTransferWorkload.RequestsAsync(target, market),
                count,
                inFlight
            ),
            Mode.Batch => new BatchWorkload(
                target,
                await creates.PrepareAsync(count),
                inFlight,
                options.BatchSize,
                options.WithProof
            ),
            Mode.Stream => new StreamWorkload(target, await creates.PrepareAsync(count), inFlight, options.WithProof),
            Mode.Mixed => await MixedWorkload.PrepareAsync(
                target,
                market,
                await DidsAsync(target),
                count,
                options,
                inFlight
            ),
            Mode.Resolve or Mode.ResolveProof => new ResolveWorkload(
                target,
                ResolveWorkload.Newest(await DidsAsync(target), withProof: mode == Mode.ResolveProof),
                count,
                inFlight
            ),
            Mode.ResolveOld => new ResolveWorkload(target, await ResolveWorkload.OldAsync(target), count, inFlight),
            Mode.ResolveHttp or Mode.ResolveHttpProof => new ResolveHttpWorkload(
                http!,
                await DidsAsync(target),
                count,
                inFlight,
                withProof: mode == Mode.ResolveHttpProof
            ),
            Mode.Tiles or Mode.Bundles or Mode.BundlesGzip => await TilesWorkload.PrepareAsync(
                http!,
                mode,
                count,
                inFlight
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "This is not a mode."),
        };

        UnaryWorkload Unary(Prepared[] operations) => new(target, operations, inFlight, options.WithProof);
    }

    // Created once, for all modes that read.
    private async Task<string[]> DidsAsync(Target target)
    {
        if (_dids.Length == 0)
        {
            CreateSource creates = new(target, options.OperationsPerKey);
            await creates.SetUpAsync(options.Population);
            PreparedOperation[] operations = [.. Enumerable.Range(0, options.Population).Select(creates.Make)];
            IReadOnlyList<SubmissionResult> results = await target.Client.SubmitBatchAsync(operations);
            if (results.FirstOrDefault(static r => !r.IsApplied) is { } failed)
            {
                throw new InvalidOperationException($"DIDs to resolve could not be created: {failed.Message}");
            }
            _dids = [.. operations.Select(o => o.Submitted.ActorDid(target.Network))];
        }
        return _dids;
    }
}
