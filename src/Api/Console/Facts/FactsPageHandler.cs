using Orleans.Workflow.Api.Console.WorkflowDetails;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Facts;

/// <summary>Reads the lists of facts: of a workflow, of a node task, and of a search.</summary>
internal sealed class FactsPageHandler(
    SqlFactQueries facts,
    SqlReadModel readModel,
    StateQueries states,
    WorkflowGrains grains,
    GrainCalls calls,
    MissingWorkflow missing
)
{
    private const int OnPage = 50;
    private const string MissingNode = "Nothing is known of this node task.";
    private static readonly string[] Ids = ["workflow_id", "nodetask_id"];

    /// <summary>Answers with a page of the facts of a workflow, those of its nodes too.</summary>
    public Task<IResult> ShowOfWorkflow(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = Parameters(query, "workflow_id");
        var workflowId = RawPath.Id(context, parameters, 2, "workflow_id");
        return Show(context, query, parameters, new FactFilter { WorkflowId = workflowId });
    }

    /// <summary>Answers with a page of the facts of a node task.</summary>
    public Task<IResult> ShowOfNodeTask(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = Parameters(query, Ids);
        var workflowId = RawPath.Id(context, parameters, 2, "workflow_id");
        var nodeTaskId = RawPath.Id(context, parameters, 4, "nodetask_id");
        var ofPath = new FactFilter { WorkflowId = workflowId, NodetaskId = nodeTaskId };
        return Show(context, query, parameters, ofPath);
    }

    /// <summary>Answers with the search for a callee or an entry, in all workflows.</summary>
    public Task<IResult> ShowSearch(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        return Show(context, query, Parameters(query), new FactFilter());
    }

    private static QueryParameters Parameters(ConsoleQuery query, params ReadOnlySpan<string> ids) =>
        query.Parameters([.. ids, .. FactQueryParameters.FilterNames, "cursor"]);

    private async Task<IResult> Show(
        HttpContext context,
        ConsoleQuery query,
        QueryParameters parameters,
        FactFilter ofPath
    )
    {
        var filter = FactQueryParameters.Filter(parameters, ofPath);
        var cursors = FactQueryParameters.CursorKind(parameters, filter);
        var before = FactQueryParameters.Before(parameters, cursors);
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        return await ConsolePage.Show<FactsPage, FactsModel>(
            () => Read(context, query, filter, before, cursors),
            () => Missing(filter, context.RequestAborted)
        );
    }

    private async Task<IResult> Missing(FactFilter filter, CancellationToken cancellationToken) =>
        filter.NodetaskId is null || await State(filter, cancellationToken) is null
            ? await missing.Page(filter.WorkflowId!, null, WorkflowPageHandler.Missing, cancellationToken)
            : ConsolePage.NotFound(MissingNode, ConsoleLinks.EventsOf(filter.WorkflowId!));

    private async Task<FactsModel?> Read(
        HttpContext context,
        ConsoleQuery query,
        FactFilter filter,
        FactPosition? before,
        string cursors
    )
    {
        var state = await State(filter, context.RequestAborted);
        var node = state?.Nodes.FirstOrDefault(node => node.NodetaskId == filter.NodetaskId);
        if ((filter.WorkflowId is not null && state is null) || (filter.NodetaskId is not null && node is null))
            return null;

        var model = new FactsModel
        {
            Workflow = state,
            Node = node,
            Filter = filter,
            Path = query.Path,
            Hidden = [.. Ids.Where(name => query[name] is not null).Select(name => (name, query[name]!))],
            Items = [],
            ShowsPersons = context.User.MaySeePersons(),
            Clear = Array.Exists(FactQueryParameters.FilterNames, name => query[name] is not null)
                ? query.With([.. FactQueryParameters.FilterNames.Select(static name => (name, (string?)null))])
                : null,
        };
        if (!model.IsAsked)
            return model;

        var page = await facts.List(filter, before, OnPage, context.RequestAborted);
        return model with
        {
            Items = [.. page.Items.Select(fact => Persons.Visible(fact, context.User))],
            Names = state is null ? await Names(page.Items, context.RequestAborted) : model.Names,
            First = before is null ? null : query.With(),
            Next = FactQueryParameters.Next(page.Next, cursors) is { } next ? query.With(("cursor", next)) : null,
        };
    }

    /// <summary>The names of the workflows that facts are of: a person is in few.</summary>
    private async Task<IReadOnlyDictionary<string, string>> Names(
        IEnumerable<FactSummary> items,
        CancellationToken cancellationToken
    )
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in items.Select(static fact => fact.WorkflowId).OfType<string>().Distinct())
        {
            var ofId = new WorkflowFilter { WorkflowId = id };
            var found = await readModel.ListWorkflows(ofId, default, null, 1, cancellationToken);
            if (found.Items is [{ WorkflowName: { Length: > 0 } name }])
                names[id] = name;
        }

        return names;
    }

    /// <summary>The workflow with its counts; null if none is asked for, or if it is not known.</summary>
    private async Task<WorkflowView?> State(FactFilter filter, CancellationToken cancellationToken) =>
        filter.WorkflowId is { } workflowId
        && await calls.Call(() => grains.Workflow(workflowId).GetState(), cancellationToken) is { } state
            ? await states.WithFacts(state, cancellationToken)
            : null;
}
