using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Earlier states, and why a state is shown as it is, by folding the stored receipts again.</summary>
internal sealed class ExplainQueries(WorkflowReplay replay, IReceiptHistory history, TrimmedResponses trimmed)
{
    /// <summary>Whether a request asks for an earlier state.</summary>
    public static bool IsAskedFor(IQueryCollection query) =>
        query.ContainsKey("as_of_version") || query.ContainsKey("as_of");

    /// <summary>Answers with the explanation of a workflow.</summary>
    public Task Explain(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "workflow_id");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var explainer = new Explainer();
            if (await replay.AsItWas(workflowId, long.MaxValue, explainer, context.RequestAborted) is { } replayed)
                await context.Response.WriteJson(explainer.Explain(replayed), ApiJson.Default.Explanation);
            else
                await WriteUnknown(context, workflowId);
        });
    }

    /// <summary>Answers with a page of what was overruled of one register or name.</summary>
    public Task ListOverruled(HttpContext context)
    {
        var parameters = new QueryParameters(
            context.Request.Query,
            "workflow_id",
            "nodetask_id",
            "task_id",
            "name",
            "limit",
            "cursor"
        );
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var topic = Topic(parameters);
        var kind = Cursor.Kind("overruled", [workflowId, .. parameters.Sent("nodetask_id", "task_id", "name")]);
        var skip = Cursor.ReadNumbers(parameters, kind, 1) is [var seen] ? seen : 0;
        var limit = parameters.Limit();
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var page = new OverruledPage(topic, skip, limit);
            if (
                await replay.AsItWas(workflowId, long.MaxValue, new Explainer(page.Add), context.RequestAborted) is null
            )
            {
                await WriteUnknown(context, workflowId);
                return;
            }

            var next = page.Next is { } place ? Cursor.Write(kind, $"{place}") : null;
            await context.Response.WriteJson(
                new ListResponse<Overruled>(page.Items, next),
                ApiJson.Default.ListResponseOverruled
            );
        });
    }

    /// <summary>Answers with the state of a workflow as it was.</summary>
    public Task GetWorkflowAsOf(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "workflow_id", "as_of_version", "as_of");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var version = parameters.Number("as_of_version", 1, long.MaxValue);
        var time = parameters.Time("as_of");
        if (version is not null && time is { } given)
            parameters.Wrong("as_of", $"{given:O}", "without as_of_version: a state is asked for by one of the two");

        return ProblemResults.Handle(context, parameters, async () =>
        {
            var upTo = version is { } wanted
                ? await history.FindVersion(workflowId, wanted, context.RequestAborted)
                : await history.FindTime(
                    workflowId,
                    time!.Value.ToUnixTimeMilliseconds(),
                    WorkflowReplay.MaxReceipts + 1,
                    context.RequestAborted
                );
            if (
                upTo is { } place
                && await replay.AsItWas(workflowId, place, null, context.RequestAborted) is { } replayed
            )
                await context.Response.WriteJson(
                    WithoutFacts(Views.Of(replayed.State, replayed.Vocabulary.Ranking)),
                    ApiJson.Default.WorkflowView
                );
            else
                await WriteNotShown(context, workflowId, version, upTo);
        });
    }

    /// <summary>How many facts there were then, nothing says.</summary>
    private static WorkflowView WithoutFacts(WorkflowView state) =>
        state with
        {
            FactCounts = default,
            Nodes = [.. state.Nodes.Select(static node => node with { FactCounts = default })],
        };

    private async Task WriteUnknown(HttpContext context, string workflowId)
    {
        var gone = await trimmed.FindEarlier(workflowId, null, null, context.RequestAborted);
        await (gone ?? Problem.NotFound("Nothing is known of this workflow.")).Write(context.Response);
    }

    private async Task WriteNotShown(HttpContext context, string workflowId, long? version, long? place)
    {
        var gone = await trimmed.FindEarlier(workflowId, version, place, context.RequestAborted);
        var unknown = version is null
            ? "Nothing was known of this workflow then."
            : $"This workflow has not reached version {version}.";
        await (gone ?? Problem.NotFound(unknown)).Write(context.Response);
    }

    private static Topic Topic(QueryParameters parameters)
    {
        var (node, task, name) = (
            parameters.Text("nodetask_id"),
            parameters.Text("task_id"),
            parameters.Word<NameKind>("name")
        );
        if (node is null && task is not null)
            parameters.Wrong("task_id", task, "together with the nodetask_id that the task belongs to");

        if (name is { } ofName && (task is not null || node is null != (ofName == NameKind.WorkflowName)))
            parameters.Wrong(
                "name",
                ApiWords.Of(ofName),
                "workflow_name without a nodetask_id, or nodetask_name or node_type with one and without a task_id"
            );

        return node is null ? new Topic(Subject.Workflow, name)
            : name is null ? new Topic(Subject.Task(node, task), null)
            : new Topic(Subject.Node(node), name);
    }
}
