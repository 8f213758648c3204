using System.Globalization;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Lists and counts, from the read model.</summary>
internal sealed class ListQueries(
    SqlReadModel readModel,
    SqlFactQueries facts,
    TrimmedResponses trimmed,
    TimeProvider time
)
{
    private static readonly string TooManyNames = string.Create(
        CultureInfo.InvariantCulture,
        $"More than {WorkflowCounts.MaxCountedByName:N0} workflows meet the filters, and at most that many are "
            + $"counted by name. "
            + $"Add a filter, such as the beginning of the name, or changed_after."
    );

    /// <summary>Answers with a page of workflows.</summary>
    public Task ListWorkflows(HttpContext context)
    {
        var parameters = new QueryParameters(
            context.Request.Query,
            [.. WorkflowQueryParameters.FilterNames, "sort", "limit", "cursor"]
        );
        var filter = WorkflowQueryParameters.Filter(parameters, time.GetUtcNow());
        var sort = WorkflowQueryParameters.Sort(parameters);
        var kind = WorkflowQueryParameters.CursorKind(parameters, sort);
        var after = WorkflowQueryParameters.After(parameters, sort, kind);
        var limit = parameters.Limit();
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var page = await readModel.ListWorkflows(filter, sort, after, limit, context.RequestAborted);
            await context.Response.WriteJson(
                new ListResponse<WorkflowSummary>(page.Items, WorkflowQueryParameters.Next(page.Next, kind)),
                ApiJson.Default.ListResponseWorkflowSummary
            );
        });
    }

    /// <summary>Answers with counts of workflows.</summary>
    public Task CountWorkflows(HttpContext context)
    {
        var parameters = new QueryParameters(
            context.Request.Query,
            [.. WorkflowQueryParameters.FilterNames, "group_by", "limit"]
        );
        var filter = WorkflowQueryParameters.Filter(parameters, time.GetUtcNow());
        var grouping = parameters.Word<WorkflowGrouping>("group_by") ?? WorkflowGrouping.Phase;
        var limit = parameters.Limit(byDefault: QueryParameters.MaxLimit);
        return ProblemResults.Handle(context, parameters, async () =>
        {
            if (await readModel.CountWorkflows(filter, grouping, limit, context.RequestAborted) is { } counts)
                await context.Response.WriteJson(
                    new CountsResponse(counts.Total, counts.Groups, counts.GroupTotal),
                    ApiJson.Default.CountsResponse
                );
            else
                await Problem.TooLargeToAnswer(TooManyNames).Write(context.Response);
        });
    }

    /// <summary>Answers with a page of a workflow's transitions, oldest first.</summary>
    public Task ListTransitions(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "workflow_id", "limit", "cursor");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var kind = Cursor.Kind("history", workflowId);
        var after = Cursor.ReadNumbers(parameters, kind, 2) is [var seq, var ordinal]
            ? new TransitionPosition(seq, (int)Math.Clamp(ordinal, int.MinValue, int.MaxValue))
            : null;
        var limit = parameters.Limit();
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var page = await readModel.ListTransitions(workflowId, after, limit, context.RequestAborted);
            var next = page.Next is { } place ? Cursor.Write(kind, $"{place.Seq}", $"{place.Ordinal}") : null;
            await (
                await Wrong(context, workflowId, page.Items.IsEmpty && after is null, after?.Seq) is { } problem
                    ? problem.Write(context.Response)
                    : context.Response.WriteJson(
                        new ListResponse<TransitionSummary>(page.Items, next),
                        ApiJson.Default.ListResponseTransitionSummary
                    )
            );
        });
    }

    /// <summary>Answers with a page of a workflow's receipts, in the order of the fold.</summary>
    public Task ListReceipts(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "workflow_id", "limit", "cursor");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var kind = Cursor.Kind("receipts", workflowId);
        var after = Cursor.ReadNumbers(parameters, kind, 1) is [var seq] ? new ReceiptPosition(seq) : null;
        var limit = parameters.Limit();
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var page = await readModel.ListReceipts(workflowId, after, limit, context.RequestAborted);
            var next = page.Next is { } place ? Cursor.Write(kind, $"{place.Seq}") : null;
            await (
                await Wrong(context, workflowId, page.Items.IsEmpty && after is null, after?.Seq + 1) is { } problem
                    ? problem.Write(context.Response)
                    : context.Response.WriteJson(
                        new ListResponse<ReceiptSummary>(page.Items, next),
                        ApiJson.Default.ListResponseReceiptSummary
                    )
            );
        });
    }

    /// <summary>Answers with one receipt and its raw body.</summary>
    public Task GetReceipt(HttpContext context, string receiptId)
    {
        var parameters = new QueryParameters(context.Request.Query);
        return ProblemResults.Handle(context, parameters, async () =>
        {
            if (!Guid.TryParse(receiptId, out var id))
                await Problem
                    .BadRequest("A receipt id is a UUID, as in the header X-Receipt-Id.", "receipt_id")
                    .Write(context.Response);
            else if (await readModel.FindReceipt(id, context.RequestAborted) is { } receipt)
                await context.Response.WriteJson(ReceiptResponse.Of(receipt), ApiJson.Default.ReceiptResponse);
            else if (await facts.Find(id, context.RequestAborted) is { } fact)
                await context.Response.WriteJson(
                    ReceiptResponse.Of(fact, context.User),
                    ApiJson.Default.ReceiptResponse
                );
            else if (await trimmed.MayHaveHeld(id, context.RequestAborted))
                await Problem
                    .Gone("There is no such receipt, and those of its time were removed (Retention:Receipts).")
                    .Write(context.Response);
            else
                await Problem.NotFound("There is no such receipt.").Write(context.Response);
        });
    }

    /// <summary>
    /// What is wrong with a page; null if nothing is. Of history the cursor's own receipt is needed too: it may stand
    /// within it.
    /// </summary>
    private async Task<Problem?> Wrong(HttpContext context, string workflowId, bool isNothing, long? neededSeq)
    {
        var problem = await trimmed.Check(context.Response, workflowId, neededSeq);
        var isHeld = context.Response.Headers.ContainsKey(TrimmedResponses.SeqHeader);
        return problem ?? (isNothing && !isHeld ? Problem.NotFound("Nothing is known of this workflow.") : null);
    }
}
