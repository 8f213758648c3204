using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Api.Console.Health;

/// <summary>Incidents in words.</summary>
public static class IncidentWords
{
    /// <summary>What went wrong.</summary>
    public static string Title(IncidentKind kind) => kind == IncidentKind.Outage ? "Outage" : "Refused requests";

    /// <summary>How it is coloured.</summary>
    public static HealthLevel Level(IncidentKind kind) =>
        kind == IncidentKind.Outage ? HealthLevel.Failing : HealthLevel.Warning;

    /// <summary>How many requests were refused, and how.</summary>
    public static string Requests(ServiceIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.Requests == 0
            ? "no request"
            : $"{ConsoleWords.Number(incident.Requests)} × {(incident.Kind == IncidentKind.Outage ? "5xx" : "4xx")}";
    }
}
