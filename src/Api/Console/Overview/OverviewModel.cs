using System.Collections.Immutable;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>What the overview shows.</summary>
public sealed record OverviewModel
{
    /// <summary>How many workflows stand at what; null while they are counted for the first time.</summary>
    public required Cached<StateCounts>? States { get; init; }

    /// <summary>The receipts of the last hour; null while they are counted for the first time.</summary>
    public required RateChart? Rates { get; init; }

    /// <summary>The incidents of the last hour, the latest first.</summary>
    public required ImmutableArray<ServiceIncident> Incidents { get; init; }

    /// <summary>From what to what workflows changed within the hour; null while it is counted first.</summary>
    public required MoveTable? Moves { get; init; }

    /// <summary>The workflows that ended lately; null while they are counted first.</summary>
    public required TrendChart? Trend { get; init; }

    /// <summary>Workflows that failed within the hour, the latest first.</summary>
    public required ImmutableArray<WorkflowSummary> Failed { get; init; }

    /// <summary>Workflows that need a person, the latest change first.</summary>
    public required ImmutableArray<WorkflowSummary> Odd { get; init; }

    /// <summary>Workflows that have not ended and have been silent for over an hour, the longest first.</summary>
    public required ImmutableArray<WorkflowSummary> Silent { get; init; }

    /// <summary>The workflows that changed last.</summary>
    public required ImmutableArray<WorkflowSummary> Changed { get; init; }

    /// <summary>The requests that were refused last.</summary>
    public required IReadOnlyList<RejectedRequest> Refused { get; init; }
}
