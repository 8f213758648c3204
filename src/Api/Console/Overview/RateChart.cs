using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>The receipts of the last hour, minute by minute.</summary>
/// <param name="Bars">The minutes, oldest first.</param>
/// <param name="Max">The receipts of the busiest minute.</param>
/// <param name="Totals">The receipts of the hour by effect, in the order in which they are stacked.</param>
/// <param name="Now">When it was drawn.</param>
public sealed record RateChart(
    ImmutableArray<RateBar> Bars,
    long Max,
    ImmutableArray<(ReceiptEffect Effect, long Count)> Totals,
    DateTimeOffset Now
)
{
    private static readonly ReceiptEffect[] Stacked =
    [
        ReceiptEffect.Advanced,
        ReceiptEffect.Duplicate,
        ReceiptEffect.Stale,
        ReceiptEffect.Conflict,
    ];

    /// <summary>The receipts of the hour.</summary>
    public long Total => Totals.Sum(static total => total.Count);

    /// <summary>Draws it.</summary>
    internal static RateChart Of(IReadOnlyList<ReceiptCount> counts, DateTimeOffset now)
    {
        var first = ReceiptRates.FirstMinute(now);
        var byMinute = counts.ToLookup(static count => count.Minute);
        var minutes = Enumerable.Range(0, ReceiptRates.Minutes).Select(i => first.AddMinutes(i)).ToList();
        var most = Math.Max(1, minutes.Max(minute => byMinute[minute].Sum(static count => count.Count)));
        return new RateChart(
            [.. minutes.Select(minute => Bar(minute, [.. byMinute[minute]], most))],
            most,
            [
                .. Stacked.Select(effect =>
                    (effect, counts.Where(count => count.Effect == effect).Sum(static count => count.Count))
                ),
            ],
            now
        );
    }

    private static RateBar Bar(DateTimeOffset minute, IReadOnlyList<ReceiptCount> counts, long most)
    {
        var parts = ImmutableArray.CreateBuilder<RatePart>();
        var below = 0L;
        foreach (var effect in Stacked)
        {
            var count = counts.Where(count => count.Effect == effect).Sum(static count => count.Count);
            if (count > 0)
                parts.Add(
                    new RatePart(
                        effect,
                        Math.Round(100d * (most - below - count) / most, 2),
                        Math.Round(100d * count / most, 2)
                    )
                );

            below += count;
        }

        return new RateBar(minute, below, parts.ToImmutable());
    }
}

/// <summary>A minute.</summary>
/// <param name="Minute">Its beginning.</param>
/// <param name="Count">Its receipts.</param>
/// <param name="Parts">Its parts, stacked.</param>
public sealed record RateBar(DateTimeOffset Minute, long Count, ImmutableArray<RatePart> Parts);

/// <summary>The receipts of a minute with one effect; places are percent of the busiest minute, from the top.</summary>
/// <param name="Effect">What they did.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Height">How high it is.</param>
public sealed record RatePart(ReceiptEffect Effect, double Top, double Height);
