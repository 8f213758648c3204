using System.Collections.Immutable;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Workflows;

/// <summary>What the list of workflows shows.</summary>
public sealed record WorkflowsModel
{
    /// <summary>The address of the page, to make links to it with other filters.</summary>
    public required ConsoleQuery Query { get; init; }

    /// <summary>What was searched for.</summary>
    public string? Search { get; init; }

    /// <summary>The filters.</summary>
    public required WorkflowFilter Filter { get; init; }

    /// <summary>Words that the vocabulary knows, to choose from.</summary>
    public required ImmutableArray<string> Words { get; init; }

    /// <summary>
    /// How many workflows there are, and whether there are more than that; null if that is not known.
    /// </summary>
    public (long Count, bool IsMore)? Found { get; init; }

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

    /// <summary>Workflows that have what was searched for within their names or ids, among the latest.</summary>
    public ImmutableArray<WorkflowSummary> Within { get; init; } = [];

    /// <summary>The page of workflows.</summary>
    public required ImmutableArray<WorkflowSummary> Items { get; init; }

    /// <summary>The address of the first page; null if this is it.</summary>
    public string? First { get; init; }

    /// <summary>The address of the page before; null if there is none.</summary>
    public string? Previous { get; init; }

    /// <summary>The columns that are left out.</summary>
    public required ImmutableArray<string> Hidden { get; init; }

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
/// <param name="Key">What it is called in the address; null if it can't be left out.</param>
public sealed record WorkflowsColumn(
    string Name,
    string? Href = null,
    string? Sorted = null,
    bool IsNumber = false,
    string? Key = null
);
