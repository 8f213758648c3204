using System.Collections.Concurrent;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// A scheduler that is one thread. A worker is what everybody waits for: what it does next must not queue in the thread
/// pool behind the work that its last batch has set free. It may block on the database, and is woken by the socket
/// itself.
/// </summary>
internal sealed class DedicatedThreadScheduler : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> _tasks = [];
    private readonly Thread _thread;
    private int _disposed;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name.</param>
    public DedicatedThreadScheduler(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>
    /// Ends the thread once it has done what it was given. May be called again: a container disposes of a service under
    /// each of its names.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _tasks.CompleteAdding();
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _tasks.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Thread.CurrentThread == _thread && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks.ToArray();

    private void Run()
    {
        foreach (var task in _tasks.GetConsumingEnumerable())
            TryExecuteTask(task);

        // Not disposed of: it holds nothing that the system would have to get back, and CompleteAdding may still look
        // at it.
    }
}
