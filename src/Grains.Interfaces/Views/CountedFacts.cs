using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>The facts of one kind, counted.</summary>
/// <param name="Count">How many there are; one that came again is one.</param>
/// <param name="Values">How many of them have a value, by value, ascending (ordinal). Those of which none is known are
/// in the count alone.</param>
/// <param name="Different">How many more bodies there were than facts; left out if none.</param>
public sealed record CountedFacts(
    long Count,
    ImmutableSortedDictionary<string, long> Values,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Different
)
{
    private static readonly ImmutableSortedDictionary<string, long> NoValues = ImmutableSortedDictionary.Create<
        string,
        long
    >(StringComparer.Ordinal);

    /// <summary>
    /// The counts of any nodes together, by kind, in the order of the enumeration; null of the default array.
    /// </summary>
    public static ImmutableSortedDictionary<FactKind, CountedFacts>? ByKind(ImmutableArray<FactCount> counts)
    {
        if (counts.IsDefaultOrEmpty)
            return counts.IsDefault ? null : ImmutableSortedDictionary<FactKind, CountedFacts>.Empty;

        return counts
            .GroupBy(static count => count.Kind)
            .ToImmutableSortedDictionary(static kind => kind.Key, static kind => Sum(kind));
    }

    private static CountedFacts Sum(IEnumerable<FactCount> counts)
    {
        var values = NoValues.ToBuilder();
        var (total, different) = (0L, 0L);
        foreach (var (_, _, value, count, more) in counts)
        {
            total += count;
            different += more;
            if (value.Length > 0)
                values[value] = values.GetValueOrDefault(value) + count;
        }

        return new CountedFacts(total, values.ToImmutable(), different);
    }
}
