using System.Globalization;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.ReadModel;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Reads the parameters of the list and the counts of workflows.</summary>
internal static class WorkflowQueryParameters
{
    /// <summary>The names of the filters.</summary>
    public static readonly string[] FilterNames =
        ["phase", "status", "outcome", "name", "attention", "node_type", "changed_after", "changed_before"];

    /// <summary>The filters.</summary>
    public static WorkflowFilter Filter(QueryParameters parameters) => new()
    {
        Phase = parameters.Word<WorkflowPhase>("phase"),
        Status = parameters.Text("status") is { } status ? Vocabulary.Normalise(status) : null,
        Outcome = parameters.Word<WorkflowOutcome>("outcome"),
        NamePrefix = parameters.Text("name", WorkflowFilter.LongestNamePrefix),
        Attention = parameters.Word<AttentionReason>("attention"),
        NodeType = parameters.Text("node_type"),
        ChangedAfter = parameters.Time("changed_after"),
        ChangedBefore = parameters.Time("changed_before"),
    };

    /// <summary>The order.</summary>
    public static WorkflowSort Sort(QueryParameters parameters)
    {
        switch (parameters.Text("sort"))
        {
            case null or "-changed_at": return WorkflowSort.ChangedAtDescending;
            case "changed_at": return WorkflowSort.ChangedAt;
            case "name": return WorkflowSort.Name;
            case "first_received_at": return WorkflowSort.FirstReceivedAt;
            case var other:
                parameters.Wrong("sort", other, "one of: changed_at, -changed_at, name, first_received_at");
                return default;
        }
    }

    /// <summary>Where the page begins.</summary>
    public static WorkflowPosition? After(QueryParameters parameters, WorkflowSort sort)
    {
        if (Cursor.Read(parameters, sort.ToString(), 2) is not [var value, var workflowId])
            return null;

        if (sort == WorkflowSort.Name)
            return new WorkflowPosition(value, workflowId);

        return Cursor.Number(parameters, value) is { } time ? new WorkflowPosition(time, workflowId) : null;
    }

    /// <summary>The text for where the next page begins.</summary>
    public static string? Next(WorkflowPosition? position, WorkflowSort sort) =>
        position is null ? null : Cursor.Write(sort.ToString(), Convert.ToString(position.Value, CultureInfo.InvariantCulture)!, position.WorkflowId);
}
