using System.Collections.Immutable;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Sources;

/// <summary>What the page of the sources shows.</summary>
/// <param name="Sources">The sources, by name.</param>
/// <param name="IsCounted">Whether the receipts of the last hour have been counted.</param>
/// <param name="Credentials">The use of their credentials; null for those who may not know.</param>
public sealed record SourcesModel(
    ImmutableArray<SourceActivity> Sources,
    bool IsCounted,
    ImmutableArray<SourceResponse>? Credentials
);

/// <summary>What came from a source within the last hour.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsConfigured">Whether it may still send.</param>
/// <param name="ByEffect">Its receipts by effect.</param>
/// <param name="ByMinute">Its receipts by minute, oldest first.</param>
/// <param name="LastReceivedAt">When its last notification came; null if not within the hour.</param>
public sealed record SourceActivity(
    string Name,
    bool IsConfigured,
    ImmutableDictionary<ReceiptEffect, long> ByEffect,
    ImmutableArray<long> ByMinute,
    DateTimeOffset? LastReceivedAt
)
{
    /// <summary>All its receipts.</summary>
    public long Total => ByEffect.Values.Sum();

    /// <summary>Its receipts with an effect.</summary>
    public long Of(ReceiptEffect effect) => ByEffect.GetValueOrDefault(effect);

    /// <summary>How much of a hundred had an effect.</summary>
    public double PercentOf(ReceiptEffect effect) => Total == 0 ? 0 : 100d * Of(effect) / Total;

    /// <summary>The activity of a source.</summary>
    internal static SourceActivity Of(
        string name,
        bool isConfigured,
        IEnumerable<ReceiptCount> counts,
        DateTimeOffset firstMinute
    )
    {
        var all = counts.ToList();
        var byMinute = new long[ReceiptRates.Minutes];
        foreach (var count in all)
        {
            var place = (int)(count.Minute - firstMinute).TotalMinutes;
            if (place >= 0 && place < byMinute.Length)
                byMinute[place] += count.Count;
        }

        return new SourceActivity(
            name,
            isConfigured,
            all.GroupBy(static count => count.Effect)
                .ToImmutableDictionary(
                    static group => group.Key,
                    static group => group.Sum(static count => count.Count)
                ),
            [.. byMinute],
            all.Count == 0 ? null : all.Max(static count => count.Latest)
        );
    }
}
