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
    private readonly Dictionary<Guid, LinkedListNode<Kept>> _byId = [];
    private readonly LinkedList<Kept> _byAge = [];
    private long _weight;

    private sealed record Kept(Guid Id, RegistrationJob Job, long Since);

    /// <summary>How many jobs there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                DropOld();
                return _byId.Count;
            }
        }
    }

    /// <summary>Keeps a job.</summary>
    /// <returns>Its id.</returns>
    public Guid Add(RegistrationJob job)
    {
        // Not to be guessed: whoever has it can go on with the job.
        Guid id = Guid.NewGuid();
        Keep(id, job);
        return id;
    }

    /// <summary>Keeps a job under an id that it had: it has come further, or was taken in vain.</summary>
    public void Keep(Guid id, RegistrationJob job)
    {
        lock (_lock)
        {
            LinkedListNode<Kept> node = _byAge.AddLast(new Kept(id, job, time.GetTimestamp()));
            _byId.Add(id, node);
            _weight += OwnWeight + job.Weight;
            DropOld();
        }
    }

    /// <summary>Takes a job out: nobody else gets it.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(Guid id, [NotNullWhen(true)] out RegistrationJob? job)
    {
        lock (_lock)
        {
            DropOld();
            bool isThere = _byId.TryGetValue(id, out LinkedListNode<Kept>? node);
            job = node?.Value.Job;
            if (isThere)
            {
                Drop(node!);
            }

            return job is not null;
        }
    }

    private void DropOld()
    {
        while (
            _byAge.First is { } oldest
            && (
                time.GetElapsedTime(oldest.Value.Since) >= Lifetime
                || _byId.Count > limits.RegistrarJobsMax
                || _weight > limits.RegistrarJobBytesMax
            )
        )
        {
            Drop(oldest);
        }
    }

    private void Drop(LinkedListNode<Kept> node)
    {
        _byAge.Remove(node);
        _byId.Remove(node.Value.Id);
        _weight -= OwnWeight + node.Value.Job.Weight;
    }
}
