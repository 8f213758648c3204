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

    /// <summary>The address of the page, to make links to the same page with other filters.</summary>
    public required ConsoleQuery Query { get; init; }

    /// <summary>The node tasks, in the order in which the vendor listed them last: it sends no other.</summary>
    public required NodeList Nodes { get; init; }

    /// <summary>The part that is shown; null if all parts are, one below the other.</summary>
    public WorkflowPart? Part { get; init; }

    /// <summary>Where the workflow is found outside the console.</summary>
    public required WorkflowAddresses Addresses { get; init; }

    /// <summary>From the first to the last receipt of one that has ended, else from the first until now.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The version that there is by now.</summary>
    public required long Latest { get; init; }

    /// <summary>The changes on a line of time; null unless they are shown.</summary>
    public Timeline? Timeline { get; init; }

    /// <summary>The changes of the version that is shown.</summary>
    public ImmutableArray<TransitionSummary> Changes { get; init; } = [];

    /// <summary>A page of receipts, the latest first.</summary>
    public ImmutableArray<ReceiptSummary> Receipts { get; init; } = [];

    /// <summary>The address of the older receipts; null if there are none.</summary>
    public string? Older { get; init; }

    /// <summary>How far the list is; null if nothing is known of it, or while it is being counted.</summary>
    public ListProgress? Progress { get; init; }

    /// <summary>What operators decided of it; null of an earlier version.</summary>
    public ReviewModel? Review { get; init; }

    /// <summary>Whether an earlier version is shown.</summary>
    public bool IsPast => State.Version < Latest;

    /// <summary>Whether a part is on the page.</summary>
    public bool Shows(WorkflowPart part) => Part is null || Part == part;
}

/// <summary>A part of the page of a workflow. One with many node tasks shows one part at a time.</summary>
public enum WorkflowPart
{
    /// <summary>The node tasks.</summary>
    Nodes,

    /// <summary>The timeline.</summary>
    Timeline,

    /// <summary>What the version that is shown changed.</summary>
    Changes,

    /// <summary>The receipts.</summary>
    Receipts,
}

/// <summary>Where a workflow is found outside the console.</summary>
/// <param name="Json">The whole address of its state.</param>
/// <param name="Curl">The command that reads it.</param>
public sealed record WorkflowAddresses(string Json, string Curl)
{
    /// <summary>The addresses, as the service is reached by a request.</summary>
    public static WorkflowAddresses Of(HttpRequest request, string workflowId)
    {
        ArgumentNullException.ThrowIfNull(request);
        var json = $"{request.Scheme}://{request.Host}{request.PathBase}{ConsoleLinks.Json(workflowId)}";

        // A command that is copied must not take a secret along.
        var key = request.Headers.Authorization.Count > 0 ? "-H \"X-Api-Key: $API_KEY\" " : string.Empty;
        return new WorkflowAddresses(json, $"curl -s {key}'{json}'");
    }
}
