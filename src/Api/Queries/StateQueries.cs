using Microsoft.Net.Http.Headers;
using Orleans.Workflow.Api.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>The state of one workflow and of one node task, from their grains.</summary>
internal sealed class StateQueries(
    WorkflowGrains grains,
    GrainCalls calls,
    SqlFactQueries facts,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A wait is asked for in slices, so that it outlives the grain's activation and stays below the response timeout.
    /// </summary>
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(3);

    /// <summary>Answers with a workflow's state, at once or when it has reached something.</summary>
    public Task GetWorkflow(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "workflow_id", "min_version", "until", "wait");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var condition = Condition(parameters);
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var grain = grains.Workflow(workflowId);
            var state = condition is null
                ? await calls.Call(() => grain.GetState(), context.RequestAborted)
                : await Wait(grain, condition, context.RequestAborted);
            await Write(context, state is null ? null : await WithFacts(state, context.RequestAborted));
        });
    }

    /// <summary>Answers with the state of one node task.</summary>
    public Task GetNodeTask(HttpContext context)
    {
        var parameters = new QueryParameters(context.Request.Query, "workflow_id", "nodetask_id");
        var workflowId = RawPath.Id(context, parameters, 1, "workflow_id");
        var nodeTaskId = RawPath.Id(context, parameters, 3, "nodetask_id");
        return ProblemResults.Handle(context, parameters, async () =>
        {
            var grain = grains.NodeTask(workflowId, nodeTaskId);
            if (await calls.Call(() => grain.GetState(), context.RequestAborted) is { } node)
                await context.Response.WriteJson(node, ApiJson.Default.NodeTaskView);
            else
                await Problem.NotFound("Nothing is known of this node task.").Write(context.Response);
        });
    }

    /// <summary>The state with the counts of its facts, which the workflow's grain does not know.</summary>
    public async Task<WorkflowView> WithFacts(WorkflowView state, CancellationToken cancellationToken)
    {
        if (!state.HasFacts)
            return state;

        var counts = await facts.Count(state.WorkflowId, cancellationToken);
        var ofNodes = counts.ToLookup(static count => count.NodetaskId, StringComparer.Ordinal);
        return state with
        {
            FactCounts = counts,
            Nodes = [.. state.Nodes.Select(node => node with { FactCounts = [.. ofNodes[node.NodetaskId]] })],
        };
    }

    private static WaitCondition? Condition(QueryParameters parameters)
    {
        var minVersion = parameters.Number("min_version", 1, long.MaxValue);
        var until = parameters.Word<WorkflowPhase>("until");
        var wait = parameters.Duration("wait", MaxWait);
        if (minVersion is null && until is null && wait is { } given)
            parameters.Wrong(
                "wait",
                $"{given.TotalSeconds:0.###}s",
                "together with min_version or until, which say what to wait for"
            );

        return minVersion is null && until is null ? null : new WaitCondition(minVersion, until, wait ?? TimeSpan.Zero);
    }

    /// <summary>
    /// Waits; a process that is about to stop answers with the state as it is, as when the wait is over.
    /// </summary>
    private async Task<WorkflowView?> Wait(
        IWorkflowGrain grain,
        WaitCondition condition,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        var stopping = lifetime.ApplicationStopping;
        while (
            condition.AtMost - time.GetElapsedTime(start) is var left
            && left > TimeSpan.Zero
            && !stopping.IsCancellationRequested
        )
        {
            try
            {
                var slice = condition with { AtMost = left < Slice ? left : Slice };
                var state = await calls
                    .Call(() => grain.WaitForState(slice), cancellationToken)
                    .AsTask()
                    .WaitAsync(stopping);
                if (condition.IsMetBy(state))
                    return state;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (GrainsUnavailableException exception)
                when (exception.InnerException is not WorkflowUnavailableException { IsOutage: true })
            {
                // A slice without an answer, as while silos change, is not the end of the wait.
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        return await calls.Call(() => grain.GetState(), cancellationToken);
    }

    private static Task Write(HttpContext context, WorkflowView? state)
    {
        var response = context.Response;
        if (state is null)
            return Problem.NotFound("Nothing is known of this workflow.").Write(response);

        var tag = Tag(state);
        response.Headers.ETag = tag;
        response.Headers.CacheControl = "private, no-cache";
        if (!Matches(context.Request.Headers.IfNoneMatch, tag))
            return response.WriteJson(state, ApiJson.Default.WorkflowView);

        response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    /// <summary>The version; with facts also how many bodies of them there were, which no other fact lowers.</summary>
    private static string Tag(WorkflowView state) =>
        state.HasFacts
            ? $"W/\"{state.Version}-{state.FactCounts.Sum(static count => count.Count + count.Different)}\""
            : $"W/\"{state.Version}\"";

    private static bool Matches(Microsoft.Extensions.Primitives.StringValues ifNoneMatch, string tag) =>
        ifNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(ifNoneMatch, out var tags)
        && tags.Any(candidate =>
            candidate.Equals(EntityTagHeaderValue.Any)
            || candidate.Compare(new EntityTagHeaderValue(tag[2..], isWeak: true), useStrongComparison: false)
        );
}
