namespace Orleans.Workflow.Simulation.Tests.Scheduling;

/// <summary>
/// A clock that moves from timer to timer. Timers of the same time fire in an order that the random numbers decide.
/// </summary>
internal sealed class SimulatedTime(SeededRandom random) : TimeProvider
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_795_341_600_000);

    private readonly PriorityQueue<(Timer Timer, int Setting), (long At, int Order)> _waiting = new();
    private long _now;

    /// <summary>How long the simulation has been running, by its own clock.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(_now);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => _now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does something later.</summary>
    public ITimer After(TimeSpan delay, Action action)
    {
        var timer = new Timer(this, action);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>Completes later.</summary>
    public Task Pause(TimeSpan delay) => Task.Delay(delay, this);

    /// <summary>Advances to the next timer, if it is near enough, and lets it fire.</summary>
    /// <returns>False if there is none.</returns>
    internal bool Advance(TimeSpan atMost)
    {
        while (_waiting.TryPeek(out var next, out var due))
        {
            var counts = next.Timer.Setting == next.Setting;
            if (counts && due.At - _now > atMost.Ticks)
                return false;

            _waiting.Dequeue();
            if (!counts)
                continue;

            _now = Math.Max(_now, due.At);
            next.Timer.Fire();
            return true;
        }

        return false;
    }

    private int Order() => random.Below(int.MaxValue);

    private sealed class Timer(SimulatedTime time, Action action) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Rises when the timer is set again; an earlier setting no longer counts.</summary>
        public int Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Setting++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._waiting.Enqueue((this, Setting), (time._now + dueTime.Ticks, time.Order()));

            return true;
        }

        public void Fire()
        {
            if (_period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero)
                Setting++;
            else
                Change(_period, _period);

            action();
        }

        public void Dispose() => Setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
