namespace Orleans.Workflow.Simulation.Tests.Scheduling;

/// <summary>
/// Runs everything on one thread, one task at a time; the random numbers choose the next one. Time stands still while
/// there is a task, and then jumps to the next timer.
/// </summary>
internal sealed class SimulationLoop(SeededRandom random, SimulatedTime time)
{
    private const int MaxTurns = 500_000;
    private static readonly TimeSpan MaxTurn = TimeSpan.FromMilliseconds(20);

    private readonly List<SimulatedScheduler> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private string? _escaped;

    /// <summary>The scheduler whose turn it is.</summary>
    public SimulatedScheduler? Running { get; private set; }

    /// <summary>Says which turn it is, for traces.</summary>
    public int Count { get; private set; }

    /// <summary>The random numbers of this run.</summary>
    public SeededRandom Random => random;

    /// <summary>Runs until some work is done, or something else says that it is enough.</summary>
    /// <exception cref="InvalidOperationException">The work is stuck, never ends, or left the thread.</exception>
    public void Run(SimulatedScheduler scheduler, Func<Task> work, Func<bool> enough)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var all = scheduler.Run(work);
            while (!all.IsCompleted && !enough())
                Next();

            if (all.IsCompleted)
                all.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Notes that a scheduler has something to do.</summary>
    internal void Ready(SimulatedScheduler scheduler) => _ready.Add(scheduler);

    /// <summary>
    /// Whether the caller is on the thread of this run. If not, the schedule would no longer follow from the seed.
    /// </summary>
    internal void StayOnThread()
    {
        if (Environment.CurrentManagedThreadId == _thread)
            return;

        _escaped = Environment.StackTrace;
        throw new InvalidOperationException("The simulation left its thread.");
    }

    private void Next()
    {
        if (_escaped is not null)
            throw new InvalidOperationException($"The simulation left its thread:\n{_escaped}");

        if (++Count > MaxTurns)
            throw new InvalidOperationException($"The simulation has not ended after {MaxTurns} turns.");

        // Now and then a slow machine is imitated: a timer fires although there is something to do.
        if (_ready.Count > 0 && !(random.Percent(1) && time.Advance(MaxTurn)))
        {
            var at = random.Below(_ready.Count);
            Running = _ready[at];
            if (!Running.Turn())
                _ready.RemoveAt(at);

            Running = null;
        }
        else if (_ready.Count == 0 && !time.Advance(TimeSpan.MaxValue))
        {
            throw new InvalidOperationException("The simulation waits for something that will never happen.");
        }
    }
}
