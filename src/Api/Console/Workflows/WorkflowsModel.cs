using System.Collections.Immutable;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Workflows;

/// <summary>What the list of workflows shows.</summary>
public sealed record WorkflowsModel
{
    /// <summary>What was searched for.</summary>
    public string? Search { get; init; }

    /// <summary>The status that was asked for, as it was written.</summary>
    public string? Status { get; init; }

    /// <summary>The node type that was asked for.</summary>
    public string? NodeType { get; init; }

    /// <summary>The reason to look that was asked for.</summary>
    public string? Attention { get; init; }

    /// <summary>The silence that was asked for.</summary>
    public string? SilentFor { get; init; }

    /// <summary>The phase and outcome that were asked for.</summary>
    public required (string? Phase, string? Outcome) StatusValue { get; init; }

    /// <summary>
    /// The tabs: a state each, with the address of the page of it and how many there are, if that is known.
    /// </summary>
    public required ImmutableArray<WorkflowsTab> Tabs { get; init; }

    /// <summary>The columns by which the list can be ordered.</summary>
    public required ImmutableArray<WorkflowsColumn> Columns { get; init; }

    /// <summary>Workflows whose ids begin with what was searched for.</summary>
    public ImmutableArray<WorkflowSummary> ById { get; init; } = [];

    /// <summary>The page of workflows.</summary>
    public required ImmutableArray<WorkflowSummary> Items { get; init; }

    /// <summary>The address of the first page; null if this is it.</summary>
    public string? First { get; init; }

    /// <summary>The address of the next page; null if there is none.</summary>
    public string? Next { get; init; }

    /// <summary>The address without any filter; null if there is none.</summary>
    public string? Clear { get; init; }
}

/// <summary>A tab of the list.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Kind">The class that colours it.</param>
/// <param name="Href">Where it leads.</param>
/// <param name="IsCurrent">Whether it is shown.</param>
/// <param name="Count">How many there are; null if that is not known.</param>
public sealed record WorkflowsTab(string Name, string Kind, string Href, bool IsCurrent, long? Count);

/// <summary>A column of the list.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Href">Where its heading leads; null if the list can't be ordered by it.</param>
/// <param name="Sorted"><c>ascending</c> or <c>descending</c> if the list is.</param>
/// <param name="IsNumber">Whether it holds numbers.</param>
public sealed record WorkflowsColumn(string Name, string? Href = null, string? Sorted = null, bool IsNumber = false);
