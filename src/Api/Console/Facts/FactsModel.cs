using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Facts;

/// <summary>What a list of facts shows.</summary>
public sealed record FactsModel
{
    /// <summary>The workflow with its counts; null of a search in all workflows.</summary>
    public WorkflowView? Workflow { get; init; }

    /// <summary>The node task with its counts; null of the whole workflow.</summary>
    public NodeTaskView? Node { get; init; }

    /// <summary>The filters.</summary>
    public required FactFilter Filter { get; init; }

    /// <summary>The path of the form, as it was sent.</summary>
    public required string Path { get; init; }

    /// <summary>The ids that the query names in place of the path.</summary>
    public required ImmutableArray<(string Name, string Value)> Hidden { get; init; }

    /// <summary>The page of facts, as the reader may see them.</summary>
    public required ImmutableArray<FactSummary> Items { get; init; }

    /// <summary>The names of the workflows of a search, by id; those without a name are left out.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether the reader may see numbers.</summary>
    public required bool ShowsPersons { get; init; }

    /// <summary>Whether facts were asked for: a search needs an entry or a callee.</summary>
    public bool IsAsked => Workflow is not null || Filter is not { CaseId: null, Callee: null };

    /// <summary>The address of the first page; null if this is it.</summary>
    public string? First { get; init; }

    /// <summary>The address of the next page; null if there is none.</summary>
    public string? Next { get; init; }

    /// <summary>The address without any filter; null if there is none.</summary>
    public string? Clear { get; init; }
}
