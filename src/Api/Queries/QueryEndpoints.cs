using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The routes that other services ask.</summary>
internal static class QueryEndpoints
{
    private static readonly ParameterDescription[] Pages =
    [
        new("limit", "How many items a page has, 1 to 1,000; 100 by default.", IsNumber: true),
        new("cursor", "The next_cursor of the page before."),
    ];

    private static readonly ParameterDescription[] Filters =
    [
        new("phase", "The phase of the status.", Words: ["scheduled", "active", "ended"]),
        new("status", "The vendor's status; case, blanks, '_' and '-' do not matter."),
        new("outcome", "The outcome.", Words: ["completed", "cancelled", "failed"]),
        new("name", "How the name begins, in any case."),
        new("attention", "A reason for a person to look.", Words: ["conflicting_outcome", "unfinished_tasks", "unrecognised_status", "several_sources"]),
        new("node_type", "A type that one of the node tasks has, such as call."),
        new("changed_after", "Changed later than this, such as 2026-11-22T10:00:00Z."),
        new("changed_before", "Changed earlier than this."),
    ];

    /// <summary>Maps the routes.</summary>
    public static void MapQueries(this IEndpointRouteBuilder app)
    {
        var queries = app.MapGroup("").WithTags("Queries");
        Describe<WorkflowView>(
            queries.MapGet("/workflows/{workflow_id}", static (HttpContext context, StateQueries states) => states.GetWorkflow(context)),
            "The state of a workflow",
            "With min_version or until and wait, answers as soon as the version or at least the phase is reached, and when the wait is over with the state as it is. The weak ETag is the version; last_received_at is not covered by it.")
            .WithMetadata(
                new ParameterDescription("min_version", "Wait for at least this version.", IsNumber: true),
                new ParameterDescription("until", "Wait for at least this phase.", Words: ["scheduled", "active", "ended"]),
                new ParameterDescription("wait", "How long, such as 30s; 60s at most."))
            .Produces(304)
            .Produces<Problem>(404, Problem.ContentType);
        Describe<NodeTaskView>(
            queries.MapGet("/workflows/{workflow_id}/nodes/{nodetask_id}", static (HttpContext context, StateQueries states) => states.GetNodeTask(context)),
            "The state of a node task",
            "From the node task's own grain.")
            .Produces<Problem>(404, Problem.ContentType);
        Describe<ListAnswer<TransitionSummary>>(
            queries.MapGet("/workflows/{workflow_id}/history", static (HttpContext context, ListQueries lists) => lists.ListTransitions(context)),
            "The transitions of a workflow",
            "Every change that raised the version, oldest first.")
            .WithMetadata([.. Pages])
            .Produces<Problem>(404, Problem.ContentType);
        Describe<ListAnswer<ReceiptSummary>>(
            queries.MapGet("/workflows/{workflow_id}/receipts", static (HttpContext context, ListQueries lists) => lists.ListReceipts(context)),
            "The receipts of a workflow",
            "Every accepted notification with what it did, in the order of the fold.")
            .WithMetadata([.. Pages])
            .Produces<Problem>(404, Problem.ContentType);
        Describe<ReceiptAnswer>(
            queries.MapGet("/receipts/{receipt_id}", static (HttpContext context, string receipt_id, ListQueries lists) => lists.GetReceipt(context, receipt_id)),
            "A receipt with its raw body",
            "The body is as it was received, byte for byte.")
            .Produces<Problem>(404, Problem.ContentType);
        Describe<ListAnswer<WorkflowSummary>>(
            queries.MapGet("/workflows", static (HttpContext context, ListQueries lists) => lists.ListWorkflows(context)),
            "Workflows",
            "With keyset paging.")
            .WithMetadata([.. Filters, new ParameterDescription("sort", "The order; -changed_at by default.", Words: ["changed_at", "-changed_at", "name", "first_received_at"]), .. Pages]);
        Describe<CountsAnswer>(
            queries.MapGet("/workflow-counts", static (HttpContext context, ListQueries lists) => lists.CountWorkflows(context)),
            "Workflows counted",
            "With the filters of the list.")
            .WithMetadata([.. Filters, new ParameterDescription("group_by", "What they are counted by; phase by default.", Words: ["phase", "status", "outcome", "name"])]);
    }

    private static RouteHandlerBuilder Describe<TAnswer>(RouteHandlerBuilder route, string summary, string description) => route
        .WithSummary(summary)
        .WithDescription(description)
        .Produces<TAnswer>()
        .Produces<Problem>(400, Problem.ContentType)
        .Produces<Problem>(503, Problem.ContentType);
}
