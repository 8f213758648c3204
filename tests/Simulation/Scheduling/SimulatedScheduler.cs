using System.Reflection;

namespace Orleans.Workflow.Simulation.Tests.Scheduling;

/// <summary>
/// Where tasks run: a grain's activation, the thread pool of a silo, a client. An activation keeps the order of its
/// tasks, as Orleans does; a thread pool has no order.
/// </summary>
/// <param name="turns">Says whose turn it is.</param>
/// <param name="inOrder">Whether the tasks run in their order.</param>
/// <param name="context">The grain that the tasks belong to.</param>
internal sealed class SimulatedScheduler(SimulationLoop turns, bool inOrder, IGrainContext? context = null)
    : TaskScheduler
{
    // Grains find their context in a static field of the thread, which only Orleans may set.
    private static readonly SetContext SetRuntimeContext = FindSetter()!.CreateDelegate<SetContext>();

    private readonly LinkedList<Task> _tasks = new();
    private bool _isReady;

    private delegate void SetContext(IGrainContext? next, out IGrainContext? before);

    /// <summary>Whether it has ended: nothing runs there any more, also not what was queued.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The method of Orleans that says which grain a thread works for; null if it has none.</summary>
    internal static MethodInfo? FindSetter() =>
        typeof(IGrainContext)
            .Assembly.GetType("Orleans.Runtime.RuntimeContext")
            ?.GetMethod(
                "SetExecutionContext",
                BindingFlags.NonPublic | BindingFlags.Static,
                [typeof(IGrainContext), typeof(IGrainContext).MakeByRefType()]
            );

    /// <summary>Starts work here.</summary>
    public Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Starts work here.</summary>
    public Task<T> Run<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Ends it, at any point of its work.</summary>
    public void Vanish()
    {
        IsGone = true;
        _tasks.Clear();
    }

    /// <summary>Runs one task.</summary>
    /// <returns>Whether there is more to do.</returns>
    internal bool Turn()
    {
        if (_tasks.Count > 0)
        {
            var node = _tasks.First!;
            for (var skip = inOrder ? 0 : turns.Random.Below(_tasks.Count); skip > 0; skip--)
                node = node.Next!;

            _tasks.Remove(node);
            SetRuntimeContext(context, out _);
            TryExecuteTask(node.Value);
            SetRuntimeContext(null, out _);
        }

        return _isReady = _tasks.Count > 0;
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        turns.StayOnThread();
        if (IsGone)
            return;

        _tasks.AddLast(task);
        if (_isReady)
            return;

        _isReady = true;
        turns.Ready(this);
    }

    /// <inheritdoc/>
    /// <remarks>As Orleans and the thread pool do: a continuation in the same place runs at once.</remarks>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        turns.StayOnThread();
        return !taskWasPreviouslyQueued && !IsGone && turns.Running == this && TryExecuteTask(task);
    }

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
