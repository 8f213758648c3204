using System.Collections.Immutable;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>An incident of the whole service: what several processes saw of it at one time is one.</summary>
/// <param name="Id">The id of its first part.</param>
/// <param name="Kind">What went wrong.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When it ended; null while it lasts.</param>
/// <param name="IsCutOff">Whether its end is not known: the process that watched it has stopped reporting.</param>
/// <param name="Requests">How many requests were refused.</param>
/// <param name="Reasons">Why, in words; the one with most requests first.</param>
/// <param name="Processes">The processes that saw it.</param>
public sealed record ServiceIncident(
    Guid Id,
    IncidentKind Kind,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    bool IsCutOff,
    long Requests,
    ImmutableArray<string> Reasons,
    ImmutableArray<string> Processes
)
{
    /// <summary>How far apart what two processes saw may be; their clocks differ too.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    /// <summary>After how long an incident of which nothing more is stored has no known end.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(1);

    /// <summary>How long it took, or takes so far.</summary>
    public TimeSpan LengthAt(DateTimeOffset now) => (Until ?? now) - Since;

    /// <summary>Takes together what processes saw.</summary>
    /// <param name="stored">What was stored.</param>
    /// <param name="inMemory">What this process knows newer than that.</param>
    /// <param name="now">The time.</param>
    /// <returns>The incidents, the latest first.</returns>
    public static ImmutableArray<ServiceIncident> Merge(
        IEnumerable<Incident> stored,
        IReadOnlyCollection<Incident> inMemory,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(inMemory);
        var own = inMemory.Select(static incident => incident.Id).ToHashSet();
        return
        [
            .. stored
                .Where(incident => !own.Contains(incident.Id))
                .Concat(inMemory)
                .GroupBy(static incident => incident.Kind)
                .SelectMany(sameKind => Merge(sameKind.OrderBy(static incident => incident.Since), own, now))
                .OrderByDescending(static incident => incident.Since),
        ];
    }

    private static IEnumerable<ServiceIncident> Merge(
        IEnumerable<Incident> ascending,
        HashSet<Guid> own,
        DateTimeOffset now
    )
    {
        var parts = new List<Incident>();
        foreach (var incident in ascending)
        {
            if (parts.Count > 0 && incident.Since > parts.Max(part => End(part, own, now) ?? now) + Slack)
            {
                yield return Of(parts, own, now);
                parts.Clear();
            }

            parts.Add(incident);
        }

        if (parts.Count > 0)
            yield return Of(parts, own, now);
    }

    private static ServiceIncident Of(List<Incident> parts, HashSet<Guid> own, DateTimeOffset now)
    {
        var ends = parts.ConvertAll(part => End(part, own, now));
        return new ServiceIncident(
            parts[0].Id,
            parts[0].Kind,
            parts[0].Since,
            ends.Contains(null) ? null : ends.Max(),
            parts.TrueForAll(static part => part.Until is null) && !ends.Contains(null),
            parts.Sum(static part => part.Requests),
            [.. parts.OrderByDescending(static part => part.Requests).Select(static part => part.What).Distinct()],
            [.. parts.Select(static part => part.Process).Distinct().Order(StringComparer.Ordinal)]
        );
    }

    private static DateTimeOffset? End(Incident part, HashSet<Guid> own, DateTimeOffset now) =>
        part.Until
        ?? (own.Contains(part.Id) || now - part.UpdatedAt <= MaxSilence ? null : (DateTimeOffset?)part.UpdatedAt);
}
