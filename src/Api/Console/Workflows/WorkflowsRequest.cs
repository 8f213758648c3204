using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Workflows;

/// <summary>What the address of the list asks for.</summary>
/// <param name="Search">What is searched for; null for nothing.</param>
/// <param name="Filter">The filters, without the search.</param>
/// <param name="Sort">The order; what is searched for is found in the order of names.</param>
/// <param name="Cursors">What a cursor belongs to.</param>
/// <param name="Place">Where the page begins, or ends; null for the first page.</param>
/// <param name="IsBefore">Whether the page ends before the place.</param>
internal sealed record WorkflowsRequest(
    string? Search,
    WorkflowFilter Filter,
    WorkflowSort Sort,
    string Cursors,
    WorkflowPosition? Place,
    bool IsBefore
)
{
    /// <summary>The parameters that filter, beside the phase and the outcome, which are tabs.</summary>
    public static readonly string[] Filters =
    [
        "q",
        "status",
        "node_type",
        "attention",
        "unreviewed",
        "silent_for",
        "changed_within",
        "changed_after",
        "changed_before",
    ];

    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3650);

    /// <summary>The filters, and the names that are searched for.</summary>
    public WorkflowFilter Found => Search is null ? Filter : Filter with { NamePrefix = Search };

    /// <summary>Reads an address.</summary>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="now">The present time.</param>
    public static WorkflowsRequest Read(QueryParameters parameters, DateTimeOffset now)
    {
        var search = parameters.Text("q", WorkflowFilter.MaxNamePrefixLength)?.Trim();
        var filter = WorkflowQueryParameters.Filter(parameters, now);
        if (parameters.Duration("changed_within", MaxAge) is { } age)
            filter = filter with { ChangedAfter = filter.ChangedAfter > now - age ? filter.ChangedAfter : now - age };

        var sort = WorkflowQueryParameters.Sort(parameters);
        if (search is { Length: > 0 })
            sort = WorkflowSort.Name;

        var cursors = WorkflowQueryParameters.CursorKind(parameters, sort, "q", "changed_within");
        return new WorkflowsRequest(
            search is { Length: > 0 } ? search : null,
            filter,
            sort,
            cursors,
            WorkflowQueryParameters.After(parameters, sort, cursors),
            parameters.Text("to") == "previous"
        );
    }

    /// <summary>The parameters of an address of the list.</summary>
    /// <param name="query">The address.</param>
    /// <param name="more">Names that only one of the pages has.</param>
    public static QueryParameters Parameters(ConsoleQuery query, params ReadOnlySpan<string> more)
    {
        ArgumentNullException.ThrowIfNull(query);
        string[] names = [.. WorkflowQueryParameters.FilterNames, "q", "changed_within", "sort", "hide"];
        return query.Parameters([.. names, .. more]);
    }
}
