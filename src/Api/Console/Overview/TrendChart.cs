using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>The workflows that ended lately, by the time of their last change.</summary>
/// <param name="IsWeek">Whether it is of seven days, six hours a bar; else of one day, an hour a bar.</param>
/// <param name="Bars">The bars, oldest first.</param>
/// <param name="Top">The number at the top of the axis; half of it is a whole number too.</param>
public sealed record TrendChart(bool IsWeek, ImmutableArray<TrendBar> Bars, long Top)
{
    /// <summary>The longest time that is shown.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    private static readonly WorkflowOutcome[] Stacked =
    [
        WorkflowOutcome.Completed,
        WorkflowOutcome.Cancelled,
        WorkflowOutcome.Failed,
    ];

    /// <summary>How many ended in all.</summary>
    public long Total => Bars.Sum(static bar => bar.Total);

    /// <summary>How many ended so.</summary>
    public long Of(WorkflowOutcome outcome) =>
        Bars.SelectMany(static bar => bar.Parts).Where(part => part.Outcome == outcome).Sum(static part => part.Count);

    /// <summary>Draws it.</summary>
    internal static TrendChart Of(IReadOnlyList<EndedCount> counts, bool isWeek, DateTimeOffset now)
    {
        var (length, number) = isWeek ? (TimeSpan.FromHours(6), 28) : (TimeSpan.FromHours(1), 24);
        var last = new DateTimeOffset(now.UtcTicks / length.Ticks * length.Ticks, TimeSpan.Zero);
        var first = last - (length * (number - 1));
        var byBar = counts.Where(count => count.Hour >= first).ToLookup(count => (int)((count.Hour - first) / length));
        var top = AxisTop(Enumerable.Range(0, number).Max(i => byBar[i].Sum(static count => count.Count)));
        return new TrendChart(
            isWeek,
            [.. Enumerable.Range(0, number).Select(i => Bar(first + (length * i), length, [.. byBar[i]], top))],
            top
        );
    }

    /// <summary>The next of 2, 4, 10, 20, 40, 100 and so on.</summary>
    private static long AxisTop(long most)
    {
        for (var power = 1L; ; power *= 10)
        {
            foreach (var step in (long[])[2, 4, 10])
            {
                if (most <= step * power)
                    return step * power;
            }
        }
    }

    private static TrendBar Bar(DateTimeOffset from, TimeSpan length, IReadOnlyList<EndedCount> counts, long top)
    {
        var parts = ImmutableArray.CreateBuilder<TrendPart>();
        var below = 0L;
        foreach (var outcome in Stacked)
        {
            var count = counts.Where(count => count.Outcome == outcome).Sum(static count => count.Count);
            if (count > 0)
                parts.Add(
                    new TrendPart(
                        outcome,
                        count,
                        Math.Round(100d * (top - below - count) / top, 2),
                        Math.Round(100d * count / top, 2)
                    )
                );

            below += count;
        }

        return new TrendBar(from, from + length, below, parts.ToImmutable());
    }
}

/// <summary>A bar.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="Until">Its end.</param>
/// <param name="Total">How many ended.</param>
/// <param name="Parts">Its parts, stacked.</param>
public sealed record TrendBar(DateTimeOffset From, DateTimeOffset Until, long Total, ImmutableArray<TrendPart> Parts)
{
    /// <summary>The list of the workflows in it.</summary>
    public string Href =>
        "/console/workflows"
        + new QueryBuilder
        {
            { "phase", "ended" },
            { "changed_after", Write(From.AddMilliseconds(-1)) },
            { "changed_before", Write(Until) },
        }.ToQueryString();

    private static string Write(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

/// <summary>The workflows of a bar with one outcome; places are percent of the axis, from the top.</summary>
/// <param name="Outcome">How they ended.</param>
/// <param name="Count">How many.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Height">How high it is.</param>
public sealed record TrendPart(WorkflowOutcome Outcome, long Count, double Top, double Height);
