using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Api.OpenApi;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The routes that other services ask.</summary>
internal static class QueryEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapQueries(this IEndpointRouteBuilder app)
    {
        var queries = app.MapGroup("").WithTags("Queries").ShedLoad();
        MapStates(queries);
        MapExplanations(queries);
        MapHistories(queries);
        MapFacts(queries);
        MapLists(queries);
    }

    /// <summary>Describes a route that answers with JSON.</summary>
    internal static RouteHandlerBuilder Describe<TResponse>(
        RouteHandlerBuilder route,
        string operationId,
        string summary,
        string description,
        params QueryParameter[] parameters
    ) =>
        route
            .WithName(operationId)
            .WithSummary(summary)
            .WithDescription(description)
            .WithMetadata([.. parameters])
            .Produces<TResponse>()
            .Produces<Problem>(400, Problem.ContentType)
            .Produces<Problem>(429, Problem.ContentType)
            .Produces<Problem>(503, Problem.ContentType);

    private static void MapStates(RouteGroupBuilder queries)
    {
        Describe<WorkflowView>(
                queries.MapGet(
                    "/workflows/{workflow_id}",
                    static (HttpContext context, StateQueries states, ExplainQueries earlier) =>
                        ExplainQueries.IsAskedFor(context.Request.Query)
                            ? earlier.GetWorkflowAsOf(context)
                            : states.GetWorkflow(context)
                ),
                "getWorkflow",
                "The state of a workflow",
                "With min_version or until and wait, answers as soon as the version or at least the phase is "
                    + "reached, and when the wait is over with the state as it is. The weak ETag is the version, "
                    + "with facts also their number; last_received_at is not covered by it. "
                    + "With as_of_version or as_of, answers with the state as it was: folded again from the "
                    + "receipts that had arrived, without facts.",
                [.. QueryParameter.OfWait, .. QueryParameter.OfEarlier]
            )
            .Produces(304)
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType)
            .Produces<Problem>(422, Problem.ContentType);
        Describe<NodeTaskView>(
                queries.MapGet(
                    "/workflows/{workflow_id}/nodes/{nodetask_id}",
                    static (HttpContext context, StateQueries states) => states.GetNodeTask(context)
                ),
                "getNodeTask",
                "The state of a node task",
                "As its workflow shows it."
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType);
    }

    private static void MapExplanations(RouteGroupBuilder queries)
    {
        Describe<Explanation>(
                queries.MapGet(
                    "/workflows/{workflow_id}/explain",
                    static (HttpContext context, ExplainQueries explain) => explain.Explain(context)
                ),
                "explainWorkflow",
                "Why a workflow is shown as it is",
                "For each status its value, the receipt that decided it, the rule, and what was overruled: "
                    + "counted, with the latest; the same for names, and what each node's status and each reason to "
                    + "look is due to."
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType)
            .Produces<Problem>(422, Problem.ContentType);
        Describe<ListResponse<Overruled>>(
                queries.MapGet(
                    "/workflows/{workflow_id}/explain/overruled",
                    static (HttpContext context, ExplainQueries explain) => explain.ListOverruled(context)
                ),
                "listOverruled",
                "What was overruled of a status or a name",
                "All of it, in the order in which it happened.",
                [.. QueryParameter.OfTopic, .. QueryParameter.OfPage]
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType)
            .Produces<Problem>(422, Problem.ContentType);
    }

    private static void MapHistories(RouteGroupBuilder queries)
    {
        Describe<ListResponse<TransitionSummary>>(
                queries.MapGet("/workflows/{workflow_id}/history", static (HttpContext context, ListQueries lists) =>
                    lists.ListTransitions(context)
                ),
                "listTransitions",
                "The transitions of a workflow",
                "Every change that raised the version, oldest first. Where the first of them were removed, the "
                    + "headers X-Removed-Through-Seq and X-Removed-Through-Version say up to which; a cursor before "
                    + "that is 410.",
                QueryParameter.OfPage
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType);
        Describe<ListResponse<ReceiptSummary>>(
                queries.MapGet("/workflows/{workflow_id}/receipts", static (HttpContext context, ListQueries lists) =>
                    lists.ListReceipts(context)
                ),
                "listReceipts",
                "The receipts of a workflow",
                "Every accepted notification with what it did, in the order of the fold. Where the first of "
                    + "them were removed, the headers X-Removed-Through-Seq and X-Removed-Through-Version say up to "
                    + "which; a cursor before that is 410.",
                QueryParameter.OfPage
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType);
        Describe<ReceiptResponse>(
                queries.MapGet(
                    "/receipts/{receipt_id}",
                    static (HttpContext context, string receipt_id, ListQueries lists) =>
                        lists.GetReceipt(context, receipt_id)
                ),
                "getReceipt",
                "A receipt with its raw body",
                "The body is as it was received, byte for byte; that of a fact is shown to the roles read-personal "
                    + "and admin alone."
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType);
    }

    private static void MapFacts(RouteGroupBuilder queries)
    {
        const string Items =
            "The latest first, those that came again too, with what each did. To the role read callees are masked.";
        Describe<ListResponse<FactSummary>>(
                queries.MapGet("/workflows/{workflow_id}/facts", static (HttpContext context, FactQueries facts) =>
                    facts.ListOfWorkflow(context)
                ),
                "listFacts",
                "The facts of a workflow",
                $"Every accepted notification of it and of its nodes that is no status change. {Items}",
                [.. QueryParameter.OfFacts, .. QueryParameter.OfPage]
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType);
        Describe<ListResponse<FactSummary>>(
                queries.MapGet(
                    "/workflows/{workflow_id}/nodes/{nodetask_id}/facts",
                    static (HttpContext context, FactQueries facts) => facts.ListOfNodeTask(context)
                ),
                "listNodeTaskFacts",
                "The facts of a node task",
                $"Every accepted notification of it that is no status change. {Items}",
                [.. QueryParameter.OfFacts, .. QueryParameter.OfPage]
            )
            .Produces<Problem>(404, Problem.ContentType)
            .Produces<Problem>(410, Problem.ContentType);
        Describe<ListResponse<FactSummary>>(
            queries.MapGet("/facts", static (HttpContext context, FactQueries facts) => facts.ListOfPerson(context)),
            "findFacts",
            "The facts of a person or an entry",
            $"In any workflow, and of none; case_id or callee must be sent. {Items}",
            [.. QueryParameter.OfFacts, .. QueryParameter.OfPage]
        );
    }

    private static void MapLists(RouteGroupBuilder queries)
    {
        Describe<ListResponse<WorkflowSummary>>(
            queries.MapGet("/workflows", static (HttpContext context, ListQueries lists) =>
                lists.ListWorkflows(context)
            ),
            "listWorkflows",
            "Workflows",
            "Those that meet every filter, in pages that are complete and without repeats.",
            [.. QueryParameter.OfFilter, .. QueryParameter.OfOrder, .. QueryParameter.OfPage]
        );
        Describe<CountsResponse>(
                queries.MapGet("/workflow-counts", static (HttpContext context, ListQueries lists) =>
                    lists.CountWorkflows(context)
                ),
                "countWorkflows",
                "Workflows counted",
                "Those that meet every filter, counted by something they share; the largest group first. total "
                    + "and group_total count all, also what the limit leaves out.",
                [.. QueryParameter.OfFilter, .. QueryParameter.OfGrouping]
            )
            .Produces<Problem>(422, Problem.ContentType);
        Describe<VocabularyResponse>(
                queries.MapGet("/vocabulary", static (HttpContext context, VocabularyQueries vocabulary) =>
                    vocabulary.GetVocabulary(context)
                ),
                "getVocabulary",
                "The vocabulary in force",
                "Its words with their phases and outcomes, and a page of the words that were received with how "
                    + "often, those that it does not list first. The counts are approximate: a silo that is killed "
                    + "takes those of its last seconds with it, and of more than 10,000 words the rarest are not "
                    + "kept.",
                QueryParameter.OfPage
            )
            .Produces<Problem>(404, Problem.ContentType);
    }
}
