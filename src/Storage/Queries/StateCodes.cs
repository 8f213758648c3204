using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Phase and outcome in one number, so that one index serves the list alone, by phase and by outcome: 0 nothing known,
/// 1 scheduled, 2 active, 3 to 5 ended, by outcome.
/// </summary>
internal static class StateCodes
{
    private const int Unknown = 0;
    private const int Ended = 1 + (int)WorkflowPhase.Ended;
    private const int Last = Ended + (int)WorkflowOutcome.Failed;

    /// <summary>The number of a workflow.</summary>
    public static int Of(WorkflowRow row) => row.Phase is { } phase ? Of(phase, row.Outcome) : Unknown;

    /// <summary>The numbers of workflows in a phase, with an outcome, or both; of all if neither is given.</summary>
    private static ImmutableArray<int> Of(WorkflowPhase? phase, WorkflowOutcome? outcome) =>
        (phase, outcome) switch
        {
            (null, null) => [.. Enumerable.Range(Unknown, Last + 1)],
            (null or WorkflowPhase.Ended, { } known) => [Of(WorkflowPhase.Ended, known)],
            (WorkflowPhase.Ended, null) => [.. Enumerable.Range(Ended, Last - Ended + 1)],
            ({ } live, null) => [Of(live, null)],
            _ => [],
        };

    /// <summary>The numbers of workflows that may meet a filter: what is silent has not ended.</summary>
    public static ImmutableArray<int> Of(WorkflowFilter filter) =>
        [.. Of(filter.Phase, filter.Outcome).Where(code => filter.SilentSince is null || code < Ended)];

    private static int Of(WorkflowPhase phase, WorkflowOutcome? outcome) => 1 + (int)phase + (int)(outcome ?? 0);
}
