using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Console.OneWorkflow;

/// <summary>Reads the explanation of a status.</summary>
internal sealed class ExplanationReader(WorkflowGrains grains, GrainCalls calls, IReadModel readModel)
{
    /// <summary>Answers with the page.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("node", "task", "anonymous");
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        return RawPath.Segment(context, 2) is { Length: > 0 } workflowId
            ? await ConsolePage.Show<ExplanationPage, ExplanationModel>(
                () => Read(workflowId, query["node"], query["task"], query["anonymous"] is not null, context.RequestAborted), "There is no such status.")
            : ConsolePage.NotFound(WorkflowReader.Missing);
    }

    private async Task<ExplanationModel?> Read(
        string workflowId, string? nodeTaskId, string? taskId, bool isAnonymous, CancellationToken cancellationToken)
    {
        var grain = grains.Workflow(workflowId);
        if (await calls.Call(_ => grain.GetState(), cancellationToken) is not { } state)
            return null;

        var node = state.Nodes.FirstOrDefault(node => node.NodetaskId == nodeTaskId);
        var task = taskId is null && !isAnonymous ? null : node?.Tasks.FirstOrDefault(task => task.TaskId == taskId);
        if ((nodeTaskId is not null && node is null) || ((taskId is not null || isAnonymous) && task is null))
            return null;

        var transitions = await readModel.ListTransitions(workflowId, null, 1000, cancellationToken);
        return new ExplanationModel(
            state,
            node,
            task,
            [
                .. transitions.Items.Where(change => change.Rule is not null && change.Subject.NodetaskId == nodeTaskId
                    && (task is null || change.Subject.TaskId == taskId)).Reverse(),
            ]);
    }
}
