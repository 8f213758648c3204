namespace Orleans.Workflow.Storage.Commit;

/// <summary>Requests that are worked on together: of different rows, and bounded in number and bytes.</summary>
internal sealed class Batch<T>
    where T : class, IKeyedRequest
{
    /// <summary>How many bytes a batch writes, unless it is one request that writes more.</summary>
    // PostgreSQL ends the connection on a message of 1 GiB. Beyond some MiB a larger batch wins nothing (ADR 0038).
    public const long MaxBytes = 8 * 1024 * 1024;

    private readonly HashSet<RowKey> _keys = [];
    private readonly int _most;
    private long _bytes;

    /// <summary>Begins empty. It takes nothing that is larger than a batch, or more limited than this one.</summary>
    public Batch(int most) => _most = most;

    /// <summary>Begins with a request, whatever its size and limit.</summary>
    public Batch(int most, T first)
        : this(Math.Min(most, first.MaxBatch)) => Add(first);

    public List<T> Requests { get; } = [];

    /// <summary>Whether another request may fit.</summary>
    public bool HasRoom => Requests.Count < _most && _bytes < MaxBytes;

    /// <summary>Adds a request if it fits.</summary>
    public bool TryAdd(T request)
    {
        if (request.MaxBatch < _most || _bytes + request.Size > MaxBytes || _keys.Contains(request.Key))
            return false;

        Add(request);
        return true;
    }

    private void Add(T request)
    {
        _keys.Add(request.Key);
        Requests.Add(request);
        _bytes += request.Size;
    }
}
