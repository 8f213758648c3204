using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Replays;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>Reads the explanation of a status.</summary>
internal sealed class ExplanationPageHandler(WorkflowReplay replay, MissingWorkflow missing)
{
    /// <summary>Answers with the page.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("workflow_id", "node", "task", "anonymous");
        var workflowId = RawPath.Id(context, parameters, 2, "workflow_id");
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        return await ConsolePage.Show<ExplanationPage, ExplanationModel>(
            () =>
                Read(workflowId, query["node"], query["task"], query["anonymous"] is not null, context.RequestAborted),
            () => missing.Page(workflowId, null, "There is no such status.", context.RequestAborted)
        );
    }

    private async Task<ExplanationModel?> Read(
        string workflowId,
        string? nodeTaskId,
        string? taskId,
        bool isAnonymous,
        CancellationToken cancellationToken
    )
    {
        var explainer = new Explainer();
        if (await replay.AsItWas(workflowId, long.MaxValue, explainer, cancellationToken) is not { } replayed)
            return null;

        var explanation = explainer.Explain(replayed);
        if (nodeTaskId is null)
            return new ExplanationModel(explanation, null, null);

        if (explanation.Nodes.FirstOrDefault(node => node.NodetaskId == nodeTaskId) is not { } node)
            return null;

        if (taskId is null && !isAnonymous)
            return new ExplanationModel(explanation, node, null);

        return node.Tasks.FirstOrDefault(task => task.TaskId == taskId) is { } found
            ? new ExplanationModel(explanation, node, found)
            : null;
    }
}
