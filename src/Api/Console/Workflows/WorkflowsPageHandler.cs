using System.Collections.Immutable;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Workflows;

/// <summary>Reads the list of workflows.</summary>
internal sealed class WorkflowsPageHandler(
    SqlReadModel readModel,
    ConsoleQueries queries,
    ConsoleCounts counts,
    HostSettings settings,
    TimeProvider time
)
{
    private const int OnPage = 50;
    private const int ById = 5;
    private const int MaxCounted = 1_000;

    /// <summary>
    /// Among how many of the workflows that changed last a text is searched for within names and ids.
    /// </summary>
    public const int MaxSearched = 10_000;

    /// <summary>How many of those that have it are shown.</summary>
    public const int WithinShown = 20;

    /// <summary>A shorter text is within nearly every name.</summary>
    private const int MinWithin = 2;

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
        var parameters = WorkflowsRequest.Parameters(query, "cursor", "to");
        var asked = WorkflowsRequest.Read(parameters, time.GetUtcNow());
        return parameters.Error is { } error
            ? ConsolePage.BadRequest(error)
            : await ConsolePage.Show<WorkflowsPage, WorkflowsModel>(() => Read(query, asked, context.RequestAborted));
    }

    private async Task<WorkflowsModel?> Read(
        ConsoleQuery query,
        WorkflowsRequest asked,
        CancellationToken cancellationToken
    )
    {
        var (items, previous, next) = await ReadPage(query, asked, cancellationToken);
        var isFirst = previous is null;
        var byId = asked.Search is { } id && isFirst ? await queries.FindByIdPrefix(id, ById, cancellationToken) : [];
        var within = asked.Search is { } text && isFirst ? await FindWithin(asked, text, cancellationToken) : [];
        var isFiltered = WorkflowsRequest.Filters.Any(name => query[name] is not null);
        var known = isFiltered ? null : (await counts.Get(cancellationToken))?.Value;
        ImmutableArray<WorkflowsTab> tabs = [.. States.Select(state => Tab(state, query, known))];
        return new WorkflowsModel
        {
            Query = query,
            Search = asked.Search,
            Filter = asked.Filter,
            Words = [.. settings.Vocabulary.Words.Keys],
            StatusValue = (query["phase"], query["outcome"]),
            Tabs = tabs,
            Columns = Columns(query, asked.Sort, isSearch: asked.Search is not null),
            ById = byId,
            Within = [.. within.Where(found => !items.Concat(byId).Any(shown => shown.WorkflowId == found.WorkflowId))],
            Items = items,
            Found =
                isFirst && next is null ? (items.Length, false)
                : isFiltered ? await Count(asked, cancellationToken)
                : tabs.FirstOrDefault(static tab => tab.IsCurrent)?.Count is { } count ? (count, false)
                : null,
            First = isFirst ? null : query.With(),
            Previous = previous,
            Next = next,
            Hidden = [.. (query["hide"] ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries)],
            Clear = isFiltered
                ? query.With([.. WorkflowsRequest.Filters.Select(static name => (name, (string?)null))])
                : null,
        };
    }

    /// <summary>The page, and the addresses of those before and after it.</summary>
    private async Task<(ImmutableArray<WorkflowSummary> Items, string? Previous, string? Next)> ReadPage(
        ConsoleQuery query,
        WorkflowsRequest asked,
        CancellationToken cancellationToken
    )
    {
        if (asked is { IsBefore: true, Place: { } end })
        {
            var before = await readModel.ListWorkflowsBefore(asked.Found, asked.Sort, end, OnPage, cancellationToken);

            // A page that nothing comes before is the first one, which is always full.
            if (before.Next is not null)
            {
                return (
                    before.Items,
                    To(query, asked, before.Items[0], isBefore: true),
                    To(query, asked, before.Items[^1], isBefore: false)
                );
            }
        }

        var after = asked.IsBefore ? null : asked.Place;
        var page = await readModel.ListWorkflows(asked.Found, asked.Sort, after, OnPage, cancellationToken);
        return (
            page.Items,
            after is null ? null
            : page.Items is [var first, ..] ? To(query, asked, first, isBefore: true)
            : query.With(),
            page.Next is null ? null : To(query, asked, page.Items[^1], isBefore: false)
        );
    }

    private static string To(ConsoleQuery query, WorkflowsRequest asked, WorkflowSummary at, bool isBefore) =>
        query.With(
            ("cursor", WorkflowQueryParameters.Next(SqlReadModel.PositionOf(at, asked.Sort), asked.Cursors)),
            ("to", isBefore ? "previous" : null)
        );

    /// <summary>
    /// How many the filters leave, up to a bound: they are read along the order as a page is, which an index serves.
    /// </summary>
    private async Task<(long Count, bool IsMore)?> Count(WorkflowsRequest asked, CancellationToken cancellationToken)
    {
        var counted = await readModel.ListWorkflows(asked.Found, asked.Sort, null, MaxCounted, cancellationToken);
        return (counted.Items.Length, counted.Next is not null);
    }

    private async Task<IReadOnlyList<WorkflowSummary>> FindWithin(
        WorkflowsRequest asked,
        string text,
        CancellationToken cancellationToken
    ) =>
        text.Length < MinWithin
            ? []
            : await readModel.SearchLatest(asked.Filter, text, MaxSearched, WithinShown, cancellationToken);

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
            new("Nodes", Key: "nodes"),
            new("Version", IsNumber: true, Key: "version"),
            Sortable(
                "First received",
                "first_received_at",
                sort == WorkflowSort.FirstReceivedAt ? "ascending" : null
            ) with
            {
                Key = "first",
            },
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
