using System.Diagnostics.CodeAnalysis;

namespace Ledger.Node.Http;

/// <summary>
/// The jobs of a node, in its memory alone: each for five minutes, and within bounds. Beginning one takes nobody's leave, so when there
/// are too many the oldest go first: whoever floods the node shortens the time that jobs have, and shuts nobody out.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="time">How time passes.</param>
internal sealed class RegistrationJobs(NodeLimits limits, TimeProvider time)
{
    /// <summary>How long a job waits for its client.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    // What a job takes beside what it holds.
    private const int OwnWeight = 1_024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Kept> _byId = [];
    private readonly Queue<Guid> _byAge = [];
    private long _weight;

    private sealed class Kept(RegistrationJob job, long since)
    {
        public RegistrationJob Job { get; set; } = job;

        public long Since { get; } = since;

        public bool IsTaken { get; set; }

        public long Weight => OwnWeight + Job.Weight;
    }

    /// <summary>Keeps a new job.</summary>
    /// <returns>Its id, not to be guessed: whoever has it can go on with the job.</returns>
    public Guid Add(RegistrationJob job)
    {
        Guid id = Guid.NewGuid();
        Kept kept = new(job, time.GetTimestamp());
        lock (_lock)
        {
            _byId.Add(id, kept);
            _byAge.Enqueue(id);
            _weight += kept.Weight;
            DropOld();
        }

        return id;
    }

    /// <summary>Takes a job: nobody else gets it until it is put back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(Guid id, [NotNullWhen(true)] out RegistrationJob? job)
    {
        lock (_lock)
        {
            DropOld();
            bool isFree = _byId.TryGetValue(id, out Kept? kept) && !kept.IsTaken;
            job = isFree ? kept!.Job : null;
            if (isFree)
            {
                kept!.IsTaken = true;
            }

            return job is not null;
        }
    }

    /// <summary>Puts a job back that was taken. Its time goes on.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="job">What has become of it; null: it is over.</param>
    public void PutBack(Guid id, RegistrationJob? job)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(id, out Kept? kept))
            {
                _weight -= kept.Weight;
                if (job is null)
                {
                    _byId.Remove(id);
                    return;
                }

                (kept.Job, kept.IsTaken) = (job, false);
                _weight += kept.Weight;
            }
        }
    }

    private void DropOld()
    {
        while (_byAge.TryPeek(out Guid id))
        {
            bool isThere = _byId.TryGetValue(id, out Kept? oldest);
            if (isThere && time.GetElapsedTime(oldest!.Since) < Lifetime && IsWithinBounds)
            {
                return;
            }

            _byAge.Dequeue();
            if (_byId.Remove(id))
            {
                _weight -= oldest!.Weight;
            }
        }
    }

    private bool IsWithinBounds => _byId.Count <= limits.RegistrarJobsMax && _weight <= limits.RegistrarJobBytesMax;
}
