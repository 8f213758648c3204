namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>A timer of a grain: a tick is a turn of its activation, and the next is due a period after it has ended.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _tick;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private TimeSpan _period;

    public GrainTimer(Activation activation, TimeProvider time, Func<CancellationToken, Task> tick, GrainTimerCreationOptions options)
    {
        (_activation, _tick, _period) = (activation, tick, options.Period);
        _timer = time.CreateTimer(_ => Fire(), null, options.DueTime, Timeout.InfiniteTimeSpan);
        activation.Timers.Add(this);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        _period = period;
        _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _timer.Dispose();
        _activation.Timers.Remove(this);
    }

    private void Fire()
    {
        if (!_activation.IsGone)
            _activation.Begin(Tick);
    }

    private async Task Tick()
    {
        if (_disposed.IsCancellationRequested)
            return;

        try
        {
            await _tick(_disposed.Token);
        }
        catch (Exception)
        {
            // Orleans logs it and goes on.
        }

        if (!_disposed.IsCancellationRequested)
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
    }
}
