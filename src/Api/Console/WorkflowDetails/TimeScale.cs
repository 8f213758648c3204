using System.Collections.Immutable;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>Places times on a line, to scale, in percent of its length.</summary>
public sealed class TimeScale
{
    /// <summary>Left at either end, so that what lies there can be seen.</summary>
    private const double Margin = 2.4;

    private static readonly TimeSpan[] Steps =
    [
        .. ((int[])[1, 2, 5, 10, 20, 50, 100, 200, 500]).Select(static n => TimeSpan.FromMilliseconds(n)),
        .. ((int[])[1, 2, 5, 10, 15, 30]).Select(static n => TimeSpan.FromSeconds(n)),
        .. ((int[])[1, 2, 5, 10, 15, 30]).Select(static n => TimeSpan.FromMinutes(n)),
        .. ((int[])[1, 2, 3, 6, 12]).Select(static n => TimeSpan.FromHours(n)),
        .. ((int[])[1, 2, 7, 14, 30, 90, 365, 3650]).Select(static n => TimeSpan.FromDays(n)),
    ];

    private readonly double _milliseconds;

    /// <summary>Makes a scale.</summary>
    /// <param name="start">The earliest time.</param>
    /// <param name="end">The latest time.</param>
    public TimeScale(DateTimeOffset start, DateTimeOffset end)
    {
        (Start, End) = (start, end > start ? end : start.AddMilliseconds(10));
        _milliseconds = (End - Start).TotalMilliseconds;
    }

    /// <summary>The earliest time.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>The latest time.</summary>
    public DateTimeOffset End { get; }

    /// <summary>Where a time lies.</summary>
    public double Place(DateTimeOffset time) =>
        Math.Round(
            Margin + ((100 - (2 * Margin)) * Math.Clamp((time - Start).TotalMilliseconds / _milliseconds, 0, 1)),
            3
        );

    /// <summary>At most so many lines, at round times in UTC.</summary>
    public ImmutableArray<Tick> Ticks(int most)
    {
        var step = Array.Find(Steps, step => _milliseconds / step.TotalMilliseconds <= most);
        if (step == TimeSpan.Zero)
            step = Steps[^1];

        var ticks = ImmutableArray.CreateBuilder<Tick>();
        var at = new DateTimeOffset(((Start.UtcTicks + step.Ticks - 1) / step.Ticks) * step.Ticks, TimeSpan.Zero);
        for (; at <= End && ticks.Count <= most; at += step)
            ticks.Add(new Tick(Place(at), at));

        return ticks.ToImmutable();
    }
}
