using Ledger.Files;
using Ledger.Log;
using Ledger.Protocol;

namespace Ledger.Witnessing;

/// <summary>
/// Has the log's checkpoints cosigned by the witnesses of its policy, beside the log and never in its way: a witness that is slow,
/// dead or lies costs the log nothing but its own cosignature.
/// </summary>
/// <remarks>
/// One head at a time is the candidate, and each witness is asked for it once, with at most one request under way. The newest
/// checkpoint with its quorum is kept in the file <c>cosigned</c> in the ledger's folder and then published. A crash between leaves
/// what the next start finds.
/// </remarks>
internal sealed class Cosigning : IAsyncDisposable
{
    private const int RestDoublingsMax = 6;

    private readonly WitnessPolicy _policy;
    private readonly Publisher _publisher;
    private readonly LedgerOptions _options;
    private readonly string _path;
    private readonly Action<Exception> _onFailure;
    private readonly WitnessLink[] _links;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _file = new();
    private Task _running = Task.CompletedTask;

    // Guarded by the gate.
    private readonly Lock _gate = new();
    private readonly Dictionary<VerifierKey, WitnessStatus> _status = [];
    private Candidate? _candidate;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Publishes what was kept.</summary>
    /// <param name="options">The policy, and how patiently it is followed.</param>
    /// <param name="publisher">The log.</param>
    /// <param name="kept">What <see cref="Load"/> found.</param>
    /// <param name="onFailure">Told of a bug. Nothing that a witness does is one.</param>
    public Cosigning(LedgerOptions options, Publisher publisher, CosignedCheckpoint? kept, Action<Exception> onFailure)
    {
        _onFailure = onFailure;
        _options = options;
        _policy = options.Witnesses!;
        _publisher = publisher;
        _path = PathIn(options.Directory);
        if (kept is not null)
        {
            publisher.PublishCosigned(kept);
        }

        foreach (PolicyWitness witness in _policy.Witnesses)
        {
            VerifiedSignature? cosignature = kept?.Cosignatures.FirstOrDefault(one => one.Key == witness.Key);
            _status[witness.Key] = new WitnessStatus(
                witness,
                cosignature is null ? 0 : kept!.Size,
                cosignature?.Time ?? 0,
                null,
                0
            );
        }

        _links =
        [
            .. _policy
                .Witnesses.GroupBy(static witness => witness.Url)
                .Select(at => new WitnessLink(
                    publisher,
                    [.. at],
                    options.WitnessTimeout,
                    at.Max(one => _status[one.Key].CosignedSize)
                )),
        ];
    }

    /// <summary>Reads the cosigned checkpoint that is kept.</summary>
    /// <param name="options">The folder and the policy.</param>
    /// <param name="logKey">The log's key.</param>
    /// <param name="tree">The store's tree.</param>
    /// <returns>Null when there is none, or none by the policy in force.</returns>
    /// <exception cref="Store.StoreException">
    /// It is of more entries than the store has, or of another tree: the log has signed it, so this store must not sign.
    /// </exception>
    public static CosignedCheckpoint? Load(LedgerOptions options, VerifierKey logKey, TreeView tree)
    {
        string path = PathIn(options.Directory);
        if (!LastSigned.Check(path, logKey, tree))
        {
            return null;
        }

        if (
            options.Witnesses!.TryOpen(
                File.ReadAllBytes(path),
                logKey,
                out CosignedCheckpoint? cosigned,
                out string problem
            )
        )
        {
            return cosigned;
        }

        options.OnWitness($"The cosigned checkpoint in {path} is none by the policy in force: {problem}.");
        return null;
    }

    /// <summary>How each witness of the policy stands, in its order.</summary>
    public IReadOnlyList<WitnessStatus> Status
    {
        get
        {
            lock (_gate)
            {
                return [.. _policy.WitnessKeys.Select(key => _status[key])];
            }
        }
    }

    /// <summary>The file in a ledger's folder.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "cosigned");

    /// <summary>Begins to ask.</summary>
    public void Start() =>
        _running = Task.WhenAll([Run(ChooseAsync), .. _links.Select(link => Run(() => FollowAsync(link)))]);

    /// <summary>Ends what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        foreach (WitnessLink link in _links)
        {
            link.Dispose();
        }

        _stop.Dispose();
    }

    private Task Run(Func<Task> work) =>
        Task.Run(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Told to end.
            }
            catch (Exception e)
            {
                _onFailure(e);
            }
        });

    // Makes the newest head the candidate, whenever the one before is settled.
    private async Task ChooseAsync()
    {
        long size = _publisher.Cosigned?.Size ?? 0;
        while (await _publisher.WaitForSizeAsync(size + 1, _stop.Token).ConfigureAwait(false) is { } head)
        {
            Candidate candidate;
            lock (_gate)
            {
                candidate = new Candidate(head, _links.Where(static link => !link.IsResting));
                if (_links.All(static link => link.IsResting))
                {
                    candidate.Add(_links[0], [], _policy); // there is nobody to wait for
                }

                _candidate = candidate;
            }

            Interlocked
                .Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                .SetResult();
            await candidate.Settled.WaitAsync(_stop.Token).ConfigureAwait(false);
            size = head.Size;
            await Task.Delay(_options.WitnessInterval, _stop.Token).ConfigureAwait(false);
        }
    }

    // Offers each candidate to a witness, the newest when it is ready.
    private async Task FollowAsync(WitnessLink link)
    {
        Candidate? done = null;
        int failures = 0;
        while (true)
        {
            Candidate candidate = await NextAsync(done).ConfigureAwait(false);
            WitnessReply reply = await link.OfferAsync(candidate.Head, _stop.Token).ConfigureAwait(false);
            Take(link, candidate, reply);
            if (reply.Problem is null)
            {
                done = candidate;
                failures = 0;
                continue;
            }

            await Task.Delay(_options.WitnessInterval * (1 << Math.Min(failures++, RestDoublingsMax)), _stop.Token)
                .ConfigureAwait(false);
            lock (_gate)
            {
                link.IsResting = false;
            }
        }
    }

    private async Task<Candidate> NextAsync(Candidate? done)
    {
        while (true)
        {
            Task next = Volatile.Read(ref _next).Task;
            lock (_gate)
            {
                if (_candidate is { } candidate && candidate != done)
                {
                    return candidate;
                }
            }

            await next.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
    }

    private void Take(WitnessLink link, Candidate candidate, WitnessReply reply)
    {
        CosignedCheckpoint? cosigned;
        lock (_gate)
        {
            link.IsResting = reply.Problem is not null;
            cosigned = candidate.Add(link, reply.Cosignatures, _policy);
            if (link.IsResting)
            {
                _candidate!.Add(link, [], _policy); // a newer one does not wait for it either
            }

            foreach (PolicyWitness witness in link.Witnesses)
            {
                Note(witness, candidate.Head.Size, reply);
            }
        }

        if (cosigned is not null)
        {
            Keep(cosigned);
        }
    }

    // The operator hears of a change, not of each attempt.
    private void Note(PolicyWitness witness, long size, WitnessReply reply)
    {
        WitnessStatus before = _status[witness.Key];
        VerifiedSignature? cosignature = reply.Cosignatures.FirstOrDefault(one => one.Key == witness.Key);
        string? problem = reply.Problem ?? (cosignature is null ? "it did not cosign with this key" : null);
        long since =
            problem is null ? 0
            : before.ProblemSinceMs > 0 ? before.ProblemSinceMs
            : TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        _status[witness.Key] = new WitnessStatus(
            witness,
            cosignature is null ? before.CosignedSize : size,
            cosignature?.Time ?? before.CosignedTime,
            problem,
            since
        );
        if (problem != before.Problem)
        {
            _options.OnWitness($"Witness {witness.Name}: {problem ?? "it cosigns again"}.");
        }
    }

    // On disk before anybody sees it: what was once shown as cosigned stays so over a restart.
    private void Keep(CosignedCheckpoint cosigned)
    {
        lock (_file)
        {
            if (
                _publisher.Cosigned is { } newest
                && (
                    newest.Size > cosigned.Size
                    || (newest.Size == cosigned.Size && newest.Cosignatures.Count >= cosigned.Cosignatures.Count)
                )
            )
            {
                return; // another was faster
            }

            try
            {
                DurableFile.Write(_path, cosigned.Note.Span);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Nothing is lost but the wait for the next one after a restart.
                _options.OnWitness($"The cosigned checkpoint cannot be kept in {_path}: {e.Message}");
            }

            _publisher.PublishCosigned(cosigned);
        }
    }
}
