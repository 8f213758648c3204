using System.Collections.Immutable;
using Orleans.Workflow.Hosting.Processes;

namespace Orleans.Workflow.Api.Console.Health;

/// <summary>What the page of the service shows.</summary>
/// <param name="Service">The processes.</param>
/// <param name="Incidents">The latest incidents.</param>
/// <param name="IsKnown">Whether stored incidents could be read.</param>
public sealed record HealthModel(ServiceSnapshot Service, ImmutableArray<ServiceIncident> Incidents, bool IsKnown);
