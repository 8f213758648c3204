using System.Diagnostics;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>When requests are meant to be sent. Times are Stopwatch timestamps.</summary>
internal interface ISchedule
{
    /// <summary>When the next request is meant to be sent, given the present time.</summary>
    long NextDue(long now);

    /// <summary>The next request was sent.</summary>
    void Sent();
}

/// <summary>As soon as a connection is free.</summary>
internal sealed class ClosedSchedule : ISchedule
{
    public long NextDue(long now) => now;

    public void Sent() { }
}

/// <summary>
/// A fixed rate, also if the service is slower. The latency of a request includes the wait for a free connection (no
/// coordinated omission).
/// </summary>
internal sealed class FixedRateSchedule(double perSecond) : ISchedule
{
    private readonly double _interval = Stopwatch.Frequency / perSecond;
    private long? _start;
    private long _sent;

    public long NextDue(long now)
    {
        _start ??= now;
        return _start.Value + (long)(_sent * _interval);
    }

    public void Sent() => _sent++;
}
