using System.Diagnostics;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>
/// The load generator: one thread, a few kept-alive connections, hardly an allocation. It shares the machine with
/// what it measures, so that it must cost little.
/// </summary>
internal sealed class LoadLoop(Uri address, int connections)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Sends until the time is over or the source has nothing more, then waits for the answers that are due.
    /// </summary>
    public LoadResult Run(IRequestSource source, ISchedule schedule, TimeSpan duration)
    {
        using var run = new LoadRun(address, connections, source, schedule);
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        run.MeasureUntil(end);
        run.Drain(Stopwatch.GetTimestamp() + (long)(Timeout.TotalSeconds * Stopwatch.Frequency));
        run.Result.Elapsed = Stopwatch.GetElapsedTime(start, Math.Min(end, run.LastAnswerAt));
        return run.Result;
    }

    /// <summary>Sends all that a source has, as fast as it is answered.</summary>
    public LoadResult RunAll(IRequestSource source) => Run(source, new ClosedSchedule(), TimeSpan.FromHours(2));
}
