using System.Globalization;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Domain;
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
        var parameters = query.Parameters("workflow_id", "node", "task", "anonymous", "page");
        var workflowId = RawPath.Id(context, parameters, 2, "workflow_id");
        var page = (int)(parameters.Number("page", 1, int.MaxValue) ?? 1);
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        return await ConsolePage.Show<ExplanationPage, ExplanationModel>(
            () => Read(query, workflowId, page, context.RequestAborted),
            () => missing.Page(workflowId, null, "There is no such status.", context.RequestAborted)
        );
    }

    private async Task<ExplanationModel?> Read(
        ConsoleQuery query,
        string workflowId,
        int page,
        CancellationToken cancellationToken
    )
    {
        var (nodeTaskId, taskId) = (query["node"], query["task"]);
        var isRegister = nodeTaskId is null || taskId is not null || query["anonymous"] is not null;
        var topic = new Topic(nodeTaskId is null ? Subject.Workflow : Subject.Task(nodeTaskId, taskId), null);

        // A replay reads a bounded number of receipts, so this list is bounded too. One is overruled only when the next
        // is decided, so that the order of arrival is known at the end.
        var others = new List<Overruled>();
        var explainer = new Explainer(
            (of, overruled) =>
            {
                if (isRegister && of == topic)
                    others.Add(overruled);
            }
        );
        if (await replay.AsItWas(workflowId, long.MaxValue, explainer, cancellationToken) is not { } replayed)
            return null;

        var explanation = explainer.Explain(replayed);
        var model = new ExplanationModel(explanation, null, null)
        {
            Ranking = replayed.Vocabulary.Ranking,
            Others = isRegister
                ? OtherReports.Of(others, page, number =>
                    query.With(("page", number.ToString(CultureInfo.InvariantCulture)))
                )
                : null,
        };
        if (nodeTaskId is null)
            return model;

        if (explanation.Nodes.FirstOrDefault(node => node.NodetaskId == nodeTaskId) is not { } node)
            return null;

        if (!isRegister)
            return model with { Node = node };

        return node.Tasks.FirstOrDefault(task => task.TaskId == taskId) is { } found
            ? model with
            {
                Node = node,
                Task = found,
            }
            : null;
    }
}
