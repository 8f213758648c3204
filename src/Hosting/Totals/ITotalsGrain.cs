using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Orleans.Workflow.Hosting.Totals;

/// <summary>
/// Reads the totals of the database for all silos: the cluster has one activation. The key is always 0.
/// </summary>
[Alias("owf.ITotalsGrain")]
public interface ITotalsGrain : IGrainWithIntegerKey
{
    /// <summary>What was read last; null if nothing was yet.</summary>
    [AlwaysInterleave]
    [Alias("Latest")]
    Task<Totals?> Latest();
}

/// <summary>The totals of the database as of a time.</summary>
/// <param name="ReadAt">When they were read, in Unix milliseconds.</param>
/// <param name="Phases">How many workflows there are, by phase.</param>
/// <param name="Attention">How many workflows need attention, by reason.</param>
/// <param name="Rejected">How many refused requests are kept.</param>
/// <param name="SilentSince">Since when the workflow that is silent longest is silent, in Unix milliseconds; null if
/// all have ended.</param>
[GenerateSerializer]
[Immutable]
[Alias("owf.Totals")]
public sealed record Totals(
    [property: Id(0)] long ReadAt,
    [property: Id(1)] ImmutableArray<Total> Phases,
    [property: Id(2)] ImmutableArray<Total> Attention,
    [property: Id(3)] long Rejected,
    [property: Id(4)] long? SilentSince
);

/// <summary>How many there are of something.</summary>
/// <param name="Word">Its word, as in the contract.</param>
/// <param name="Count">How many.</param>
[GenerateSerializer]
[Immutable]
[Alias("owf.Total")]
public sealed record Total([property: Id(0)] string Word, [property: Id(1)] long Count);
