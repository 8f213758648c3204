using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Lists and counts, from the read model.</summary>
internal sealed class ListQueries(IReadModel readModel, TimeProvider time)
{
    /// <summary>Answers with a page of workflows.</summary>
    public Task ListWorkflows(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, [.. WorkflowQueryParameters.FilterNames, "sort", "limit", "cursor"]);
        var filter = WorkflowQueryParameters.Filter(parameters, time.GetUtcNow());
        var sort = WorkflowQueryParameters.Sort(parameters);
        var after = WorkflowQueryParameters.After(parameters, sort);
        var limit = parameters.Limit();
        return Answer.Run(context, parameters, async () =>
        {
            var page = await readModel.ListWorkflows(filter, sort, after, limit, context.RequestAborted);
            await context.Response.WriteJson(
                new ListAnswer<WorkflowSummary>(page.Items, WorkflowQueryParameters.Next(page.Next, sort)),
                ApiJson.Default.ListAnswerWorkflowSummary);
        });
    }

    /// <summary>Answers with counts of workflows.</summary>
    public Task CountWorkflows(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, [.. WorkflowQueryParameters.FilterNames, "group_by"]);
        var filter = WorkflowQueryParameters.Filter(parameters, time.GetUtcNow());
        var grouping = parameters.Word<WorkflowGrouping>("group_by") ?? WorkflowGrouping.Phase;
        return Answer.Run(context, parameters, async () =>
        {
            var groups = await readModel.CountWorkflows(filter, grouping, context.RequestAborted);
            await context.Response.WriteJson(new CountsAnswer(groups.Sum(static group => group.Count), groups), ApiJson.Default.CountsAnswer);
        });
    }

    /// <summary>Answers with a page of a workflow's transitions, oldest first.</summary>
    public Task ListTransitions(HttpContext context)
    {
        const string Kind = "history";
        var parameters = new QueryParameters(context.Request.Query, "limit", "cursor");
        var after = Cursor.ReadNumbers(parameters, Kind, 2) is [var seq, var ordinal]
            ? new TransitionPosition(seq, (int)Math.Clamp(ordinal, int.MinValue, int.MaxValue))
            : null;
        var limit = parameters.Limit();
        return OfWorkflow(context, parameters, async workflowId =>
        {
            var page = await readModel.ListTransitions(workflowId, after, limit, context.RequestAborted);
            var next = page.Next is { } place ? Cursor.Write(Kind, $"{place.Seq}", $"{place.Ordinal}") : null;
            await (page.Items.IsEmpty && after is null
                ? Problem.NotFound("Nothing is known of this workflow.").Write(context.Response)
                : context.Response.WriteJson(new ListAnswer<TransitionSummary>(page.Items, next), ApiJson.Default.ListAnswerTransitionSummary));
        });
    }

    /// <summary>Answers with a page of a workflow's receipts, in the order of the fold.</summary>
    public Task ListReceipts(HttpContext context)
    {
        const string Kind = "receipts";
        var parameters = new QueryParameters(context.Request.Query, "limit", "cursor");
        var after = Cursor.ReadNumbers(parameters, Kind, 1) is [var seq] ? new ReceiptPosition(seq) : null;
        var limit = parameters.Limit();
        return OfWorkflow(context, parameters, async workflowId =>
        {
            var page = await readModel.ListReceipts(workflowId, after, limit, context.RequestAborted);
            var next = page.Next is { } place ? Cursor.Write(Kind, $"{place.Seq}") : null;
            await (page.Items.IsEmpty && after is null
                ? Problem.NotFound("Nothing is known of this workflow.").Write(context.Response)
                : context.Response.WriteJson(new ListAnswer<ReceiptSummary>(page.Items, next), ApiJson.Default.ListAnswerReceiptSummary));
        });
    }

    /// <summary>Answers with one receipt and its raw body.</summary>
    public Task GetReceipt(HttpContext context, string receiptId)
    {
        var parameters = new QueryParameters(context.Request.Query);
        return Answer.Run(context, parameters, async () =>
        {
            if (!Guid.TryParse(receiptId, out var id))
                await Problem.BadRequest("A receipt id is a UUID, as in the header X-Receipt-Id.", "receipt_id").Write(context.Response);
            else if (await readModel.FindReceipt(id, context.RequestAborted) is { } receipt)
                await context.Response.WriteJson(ReceiptAnswer.Of(receipt), ApiJson.Default.ReceiptAnswer);
            else
                await Problem.NotFound("There is no such receipt.").Write(context.Response);
        });
    }

    private static Task OfWorkflow(HttpContext context, QueryParameters parameters, Func<string, Task> query) =>
        Answer.Run(context, parameters, () => RawPath.Segment(context, 1) is { Length: > 0 } workflowId
            ? query(workflowId)
            : Problem.BadId("workflow_id").Write(context.Response));
}
