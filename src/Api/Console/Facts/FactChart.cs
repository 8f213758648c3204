using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console.Facts;

/// <summary>The facts of one kind by value, as bars.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Different">How many more bodies there were than facts.</param>
/// <param name="Bars">The values, the most frequent first; those without a value are the last.</param>
/// <param name="LeftOut">How many values are not among them.</param>
public sealed record FactChart(FactKind Kind, long Count, long Different, ImmutableArray<FactBar> Bars, int LeftOut)
{
    /// <summary>Draws each kind that there are facts of, those without values last.</summary>
    /// <param name="facts">The counts; null if there are none.</param>
    /// <param name="most">How many values of each kind are drawn at most.</param>
    public static ImmutableArray<FactChart> Of(ImmutableSortedDictionary<FactKind, CountedFacts>? facts, int most) =>
        [
            .. (facts ?? ImmutableSortedDictionary<FactKind, CountedFacts>.Empty)
                .Select(one => Of(one.Key, one.Value, most))
                .OrderBy(static chart => chart.Bars.IsEmpty),
        ];

    private static FactChart Of(FactKind kind, CountedFacts facts, int most)
    {
        var values = facts
            .Values.OrderByDescending(static value => value.Value)
            .ThenBy(static value => value.Key, StringComparer.Ordinal)
            .Take(most)
            .Select(value => new FactBar(value.Key, value.Value, Share(value.Value, facts.Count)));
        var without = facts.Count - facts.Values.Values.Sum();
        return new FactChart(
            kind,
            facts.Count,
            facts.Different,
            facts.Values.IsEmpty
                ? []
                :
                [
                    .. values,
                    .. without > 0 ? [new FactBar(null, without, Share(without, facts.Count))] : (FactBar[])[],
                ],
            Math.Max(0, facts.Values.Count - most)
        );
    }

    private static double Share(long count, long all) => all == 0 ? 0 : Math.Round(100d * count / all, 2);
}

/// <summary>A value.</summary>
/// <param name="Value">The value; null for those of which none is known.</param>
/// <param name="Count">How many facts have it.</param>
/// <param name="Share">In percent of all of the kind.</param>
public sealed record FactBar(string? Value, long Count, double Share)
{
    /// <summary>The share in words.</summary>
    public string ShareText =>
        Share switch
        {
            > 0 and < 1 => "< 1 %",
            > 99 and < 100 => "> 99 %",
            _ => $"{Share:0} %",
        };
}
