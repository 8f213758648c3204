using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Api.Console.Health;

/// <summary>The latest incidents: those that are stored, and what this process knows newer than that.</summary>
internal sealed class IncidentLog(SqlIncidents store, IncidentRecorder recorder, TimeProvider time)
{
    /// <summary>How many stored rows are looked at; several processes may have seen one incident.</summary>
    private const int Read = 400;

    private readonly RefreshingCache<IReadOnlyList<Incident>> _stored = new(
        cancellationToken => store.Latest(Read, cancellationToken),
        TimeSpan.FromSeconds(2),
        time
    );

    private volatile IReadOnlyList<Incident>? _last;

    /// <summary>The incidents, the latest first.</summary>
    public async Task<IncidentList> Get(CancellationToken cancellationToken)
    {
        var isKnown = false;
        try
        {
            if (await _stored.Get(cancellationToken) is { } taken)
                (_last, isKnown) = (taken.Value, true);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException)
        {
            // What was read before is shown, and that it may lack something.
        }

        return new IncidentList(ServiceIncident.Merge(_last ?? [], recorder.InMemory, time.GetUtcNow()), isKnown);
    }
}

/// <summary>Incidents.</summary>
/// <param name="Items">The latest first.</param>
/// <param name="IsKnown">Whether what is stored could be read just now.</param>
public sealed record IncidentList(ImmutableArray<ServiceIncident> Items, bool IsKnown);
