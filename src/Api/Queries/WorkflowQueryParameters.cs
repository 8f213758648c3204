using System.Globalization;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Reads the parameters of the list, the counts and the feed of workflows.</summary>
internal static class WorkflowQueryParameters
{
    /// <summary>The names of the filters that a workflow meets as it is.</summary>
    public static readonly string[] StateFilterNames = ["phase", "status", "outcome", "name", "attention", "node_type"];

    /// <summary>The names of all filters.</summary>
    public static readonly string[] FilterNames =
    [
        .. StateFilterNames,
        "workflow_id",
        "changed_after",
        "changed_before",
        "silent_for",
        "unreviewed",
    ];

    private static readonly TimeSpan MaxSilence = TimeSpan.FromDays(3650);

    /// <summary>The filters that a workflow meets as it is.</summary>
    public static WorkflowFilter StateFilter(QueryParameters parameters) =>
        new()
        {
            Phase = parameters.Word<WorkflowPhase>("phase"),
            Status = parameters.Text("status") is { } status ? Vocabulary.Normalise(status) : null,
            Outcome = parameters.Word<WorkflowOutcome>("outcome"),
            NamePrefix = parameters.Text("name", WorkflowFilter.MaxNamePrefixLength),
            Attention = parameters.Word<AttentionReason>("attention"),
            NodeType = parameters.Text("node_type"),
        };

    /// <summary>All filters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="now">The present time, from which a silence is counted back.</param>
    public static WorkflowFilter Filter(QueryParameters parameters, DateTimeOffset now) =>
        StateFilter(parameters) with
        {
            WorkflowId = parameters.Text("workflow_id"),
            ChangedAfter = parameters.Time("changed_after"),
            ChangedBefore = parameters.Time("changed_before"),
            SilentSince = parameters.Duration("silent_for", MaxSilence) is { } silence ? now - silence : null,
            UnreviewedAt = parameters.Switch("unreviewed") ? now : null,
        };

    /// <summary>The order.</summary>
    public static WorkflowSort Sort(QueryParameters parameters)
    {
        switch (parameters.Text("sort"))
        {
            case null or "-changed_at":
                return WorkflowSort.ChangedAtDescending;
            case "changed_at":
                return WorkflowSort.ChangedAt;
            case "name":
                return WorkflowSort.Name;
            case "first_received_at":
                return WorkflowSort.FirstReceivedAt;
            case var other:
                parameters.Wrong("sort", other, "one of: changed_at, -changed_at, name, first_received_at");
                return default;
        }
    }

    /// <summary>
    /// What a cursor belongs to: the order, and the filters as they were sent, because a silence is counted back from
    /// now.
    /// </summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="sort">The order.</param>
    /// <param name="more">The names of further filters.</param>
    public static string CursorKind(QueryParameters parameters, WorkflowSort sort, params IEnumerable<string> more) =>
        Cursor.Kind(sort.ToString(), parameters.Sent([.. FilterNames, .. more]));

    /// <summary>Where the page begins.</summary>
    public static WorkflowPosition? After(QueryParameters parameters, WorkflowSort sort, string cursorKind)
    {
        if (Cursor.Read(parameters, cursorKind, 2) is not [var value, var workflowId])
            return null;

        if (sort == WorkflowSort.Name)
            return new WorkflowPosition(value, workflowId);

        return Cursor.Number(parameters, value) is { } time ? new WorkflowPosition(time, workflowId) : null;
    }

    /// <summary>The text for where the next page begins.</summary>
    public static string? Next(WorkflowPosition? position, string cursorKind) =>
        position is null
            ? null
            : Cursor.Write(
                cursorKind,
                Convert.ToString(position.Value, CultureInfo.InvariantCulture)!,
                position.WorkflowId
            );
}
