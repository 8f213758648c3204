using System.Collections.Immutable;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Workflows;

/// <summary>Reads the list of workflows.</summary>
internal sealed class WorkflowsPageHandler(
    SqlReadModel readModel,
    ConsoleQueries queries,
    ConsoleCounts counts,
    TimeProvider time
)
{
    private const int OnPage = 50;
    private const int ById = 5;

    private static readonly (string Name, string Kind, string? Phase, string? Outcome)[] States =
    [
        ("All", "all", null, null),
        ("Scheduled", "scheduled", "scheduled", null),
        ("Active", "active", "active", null),
        ("Completed", "completed", "ended", "completed"),
        ("Cancelled", "cancelled", "ended", "cancelled"),
        ("Failed", "failed", "ended", "failed"),
    ];

    /// <summary>Answers with a page of the list.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters([.. WorkflowQueryParameters.FilterNames, "q", "sort", "cursor"]);
        var search = parameters.Text("q", WorkflowFilter.MaxNamePrefixLength)?.Trim();
        var filter = WorkflowQueryParameters.Filter(parameters, time.GetUtcNow());
        var sort = WorkflowQueryParameters.Sort(parameters);
        if (search is { Length: > 0 })
            (filter, sort) = (filter with { NamePrefix = search }, WorkflowSort.Name);

        var cursors = WorkflowQueryParameters.CursorKind(parameters, sort, "q");
        var after = WorkflowQueryParameters.After(parameters, sort, cursors);
        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : await ConsolePage.Show<WorkflowsPage, WorkflowsModel>(() =>
                Read(query, search, filter, sort, after, cursors, context.RequestAborted)
            );
    }

    private async Task<WorkflowsModel?> Read(
        ConsoleQuery query,
        string? search,
        WorkflowFilter filter,
        WorkflowSort sort,
        WorkflowPosition? after,
        string cursors,
        CancellationToken cancellationToken
    )
    {
        var page = readModel.ListWorkflows(filter, sort, after, OnPage, cancellationToken);
        var byId =
            search is { Length: > 0 } && after is null
                ? queries.FindByIdPrefix(search, ById, cancellationToken)
                : Task.FromResult(ImmutableArray<WorkflowSummary>.Empty);
        var isFiltered =
            (search ?? query["status"] ?? query["node_type"] ?? query["attention"] ?? query["silent_for"]) is not null;
        var known = isFiltered ? null : (await counts.Get(cancellationToken))?.Value;
        var (items, next) = await page;
        return new WorkflowsModel
        {
            Search = search,
            Status = query["status"],
            NodeType = query["node_type"],
            Attention = query["attention"],
            SilentFor = query["silent_for"],
            StatusValue = (query["phase"], query["outcome"]),
            Tabs = [.. States.Select(state => Tab(state, query, known))],
            Columns = Columns(query, sort, isSearch: search is { Length: > 0 }),
            ById = await byId,
            Items = items,
            First = after is null ? null : query.With(),
            Next = next is null ? null : query.With(("cursor", WorkflowQueryParameters.Next(next, cursors))),
            Clear = isFiltered
                ? query.With(
                    ("q", null),
                    ("status", null),
                    ("node_type", null),
                    ("attention", null),
                    ("silent_for", null)
                )
                : null,
        };
    }

    private static WorkflowsTab Tab(
        (string Name, string Kind, string? Phase, string? Outcome) state,
        ConsoleQuery query,
        StateCounts? known
    ) =>
        new(
            state.Name,
            state.Kind,
            query.With(("phase", state.Phase), ("outcome", state.Outcome)),
            (query["phase"], query["outcome"]) == (state.Phase, state.Outcome),
            state.Kind switch
            {
                "all" => known?.Total,
                "scheduled" => known?.Of(WorkflowPhase.Scheduled),
                "active" => known?.Of(WorkflowPhase.Active),
                "completed" => known?.Of(WorkflowPhase.Ended, WorkflowOutcome.Completed),
                "cancelled" => known?.Of(WorkflowPhase.Ended, WorkflowOutcome.Cancelled),
                _ => known?.Of(WorkflowPhase.Ended, WorkflowOutcome.Failed),
            }
        );

    private static ImmutableArray<WorkflowsColumn> Columns(ConsoleQuery query, WorkflowSort sort, bool isSearch)
    {
        return
        [
            new("Status"),
            Sortable("Workflow", "name", sort == WorkflowSort.Name ? "ascending" : null),
            new("Nodes"),
            new("Version", IsNumber: true),
            Sortable("First received", "first_received_at", sort == WorkflowSort.FirstReceivedAt ? "ascending" : null),
            Sortable(
                "Last change",
                sort == WorkflowSort.ChangedAtDescending ? "changed_at" : "-changed_at",
                sort switch
                {
                    WorkflowSort.ChangedAtDescending => "descending",
                    WorkflowSort.ChangedAt => "ascending",
                    _ => null,
                }
            ),
        ];

        // What is searched for is found in the order of names, however many there are.
        WorkflowsColumn Sortable(string name, string by, string? sorted) =>
            new(name, isSearch ? null : query.With(("sort", by)), sorted);
    }
}
