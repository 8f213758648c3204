using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Lists facts, the latest first.</summary>
internal sealed class FactQueries(
    SqlFactQueries facts,
    TrimmedResponses trimmed,
    WorkflowGrains grains,
    GrainCalls calls
)
{
    /// <summary>Answers with a page of a workflow's facts, those of its nodes too.</summary>
    public Task ListOfWorkflow(HttpContext context)
    {
        var parameters = Parameters(context, "workflow_id");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        return List(context, parameters, new FactFilter { WorkflowId = workflowId }, async () =>
            await calls.Call(() => grains.Workflow(workflowId).GetState(), context.RequestAborted) is null
                ? Problem.NotFound("Nothing is known of this workflow.")
                : null
        );
    }

    /// <summary>Answers with a page of a node task's facts.</summary>
    public Task ListOfNodeTask(HttpContext context)
    {
        var parameters = Parameters(context, "workflow_id", "nodetask_id");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var nodeTaskId = RawPath.Id(context, parameters, 3, "nodetask_id");
        return List(
            context,
            parameters,
            new FactFilter { WorkflowId = workflowId, NodetaskId = nodeTaskId },
            async () =>
                await calls.Call(() => grains.Workflow(workflowId).GetNode(nodeTaskId), context.RequestAborted) is null
                    ? Problem.NotFound("Nothing is known of this node task.")
                    : null
        );
    }

    /// <summary>Answers with a page of the facts of a person or an entry of a list, in any workflow.</summary>
    public Task ListOfPerson(HttpContext context)
    {
        var parameters = Parameters(context);
        if (parameters.Text("case_id") is null && parameters.Text("callee") is null)
            parameters.Note(
                Problem.BadRequest("Facts are looked up by case_id or callee; send one of them.", "case_id")
            );

        return List(context, parameters, new FactFilter(), static () => Task.FromResult<Problem?>(null));
    }

    private static QueryParameters Parameters(HttpContext context, params ReadOnlySpan<string> ids) =>
        new(context.Request.Query, [.. ids, .. FactQueryParameters.FilterNames, "limit", "cursor"]);

    /// <summary>Answers with a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="ofPath">What the path asks for.</param>
    /// <param name="findUnknown">What is wrong if there are none: nothing if what the path names is known.</param>
    private Task List(
        HttpContext context,
        QueryParameters parameters,
        FactFilter ofPath,
        Func<Task<Problem?>> findUnknown
    )
    {
        var filter = FactQueryParameters.Filter(parameters, ofPath);
        var kind = FactQueryParameters.CursorKind(parameters, filter);
        var before = FactQueryParameters.Before(parameters, kind);
        var limit = parameters.Limit();
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var page = await facts.List(filter, before, limit, context.RequestAborted);
            var problem = filter.WorkflowId is { } workflowId
                ? await trimmed.FindEarlier(workflowId, null, null, context.RequestAborted)
                : null;
            if (page.Items.IsEmpty && before is null)
                problem ??= await findUnknown();

            var next = FactQueryParameters.Next(page.Next, kind);
            await (
                problem is null
                    ? context.Response.WriteJson(
                        new ListResponse<FactSummary>(
                            [.. page.Items.Select(fact => Persons.Visible(fact, context.User))],
                            next
                        ),
                        ApiJson.Default.ListResponseFactSummary
                    )
                    : problem.Write(context.Response)
            );
        });
    }
}
