using System.Collections.Immutable;
using Orleans.Workflow.Api.Console.Facts;
using Orleans.Workflow.Api.Console.Operators;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>What the page of a workflow shows.</summary>
public sealed record WorkflowModel
{
    /// <summary>The state, as of the version that is shown.</summary>
    public required WorkflowView State { get; init; }

    /// <summary>Where the vendor listed each node task last: it sends no order of its own.</summary>
    public required IReadOnlyDictionary<string, int> Listed { get; init; }

    /// <summary>The version that there is by now.</summary>
    public required long Latest { get; init; }

    /// <summary>The changes on a line of time.</summary>
    public required Timeline Timeline { get; init; }

    /// <summary>The changes of the version that is shown.</summary>
    public required ImmutableArray<TransitionSummary> Changes { get; init; }

    /// <summary>A page of receipts, the latest first.</summary>
    public required ImmutableArray<ReceiptSummary> Receipts { get; init; }

    /// <summary>The address of the older receipts; null if there are none.</summary>
    public string? Older { get; init; }

    /// <summary>How far the list is; null if nothing is known of it, or while it is being counted.</summary>
    public ListProgress? Progress { get; init; }

    /// <summary>What operators decided of it; null of an earlier version.</summary>
    public ReviewModel? Review { get; init; }

    /// <summary>Whether an earlier version is shown.</summary>
    public bool IsPast => State.Version < Latest;
}
