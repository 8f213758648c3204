using System.Threading.Channels;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// Gathers requests and works on whatever is waiting, one batch per worker. Nothing waits for a timer: an idle worker
/// takes a request at once, and what arrives while all workers are busy makes the next batch. A row is in one batch at
/// most once. What does not fit into a batch, being too large or limited, is set aside and worked on after it.
/// </summary>
/// <param name="commitConcurrency">How many batches are worked on side by side.</param>
/// <param name="maxBatch">How many requests a batch holds at most.</param>
/// <param name="work">Works on a batch and completes its requests. If it throws, those that are left fail, and the
/// worker continues.</param>
/// <param name="growth">Lets batches grow while each takes long; null if they never do.</param>
internal sealed class BatchingQueue<T>(
    int commitConcurrency,
    int maxBatch,
    Func<List<T>, Task> work,
    BatchGrowth? growth = null
) : IAsyncDisposable
    where T : class, IKeyedRequest
{
    private readonly Channel<T> _waiting = Channel.CreateUnbounded<T>();
    private readonly List<DedicatedThreadScheduler> _threads = [];
    private Task _workers = Task.CompletedTask;

    /// <summary>How many requests wait to be taken into a batch.</summary>
    public int Waiting => _waiting.Reader.Count;

    /// <summary>Starts the workers, each on a thread of its own.</summary>
    /// <param name="threads">What the threads are called.</param>
    public void Start(string threads) =>
        Start(() =>
        {
            _threads.Add(new DedicatedThreadScheduler(threads));
            return _threads[^1];
        });

    /// <summary>Starts the workers.</summary>
    /// <param name="scheduler">Where they run.</param>
    public void Start(TaskScheduler scheduler) => Start(() => scheduler);

    /// <summary>Adds a request.</summary>
    /// <exception cref="ObjectDisposedException">The gatherer has stopped.</exception>
    public void Add(T request)
    {
        if (!_waiting.Writer.TryWrite(request))
            throw new ObjectDisposedException(nameof(BatchingQueue<T>), "The storage has stopped.");
    }

    /// <summary>Works on what is waiting, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _workers;
        foreach (var thread in _threads)
            thread.Dispose();
    }

    private void Start(Func<TaskScheduler> schedulerOfLane)
    {
        // They work for all requests, so they do not run in the context, and the trace, of the first one.
        using (ExecutionContext.SuppressFlow())
        {
            _workers = Task.WhenAll(
                Enumerable
                    .Range(0, commitConcurrency)
                    .Select(_ =>
                        Task.Factory.StartNew(
                                RunLane,
                                CancellationToken.None,
                                TaskCreationOptions.DenyChildAttach,
                                schedulerOfLane()
                            )
                            .Unwrap()
                    )
            );
        }
    }

    private async Task RunLane()
    {
        var aside = new Queue<T>();
        var most = maxBatch;
        while (aside.Count > 0 || await _waiting.Reader.WaitToReadAsync())
        {
            var batch = new Batch<T>(most);
            while (batch.HasRoom && _waiting.Reader.TryRead(out var request))
            {
                if (!batch.TryAdd(request))
                    aside.Enqueue(request);
            }

            if (batch.Requests.Count > 0)
                most = await Work(batch.Requests);

            // In turn with the others, which so wait for one of them at most (ADR 0038). How long they take says
            // nothing about the others' batches.
            if (aside.TryDequeue(out var first))
            {
                batch = new Batch<T>(maxBatch, first);
                while (batch.HasRoom && aside.TryPeek(out var next) && batch.TryAdd(next))
                    aside.Dequeue();

                await Work(batch.Requests);
            }
        }
    }

    /// <returns>How many requests the next batch may hold.</returns>
    private async Task<int> Work(List<T> batch)
    {
        var start = growth?.Time.GetTimestamp() ?? 0;
        try
        {
            await work(batch);
        }
        catch (Exception exception)
        {
            // Such as a logger that throws. One batch fails with it, not the worker, which is what everybody waits for.
            foreach (var request in batch)
                request.Fail(exception);
        }

        return growth?.Next(maxBatch, start) ?? maxBatch;
    }
}
