using System.Collections.Immutable;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>Why a status is what it is.</summary>
/// <param name="Explanation">Of the whole workflow.</param>
/// <param name="Node">The node task that is asked about; null for the workflow itself.</param>
/// <param name="Task">The task of it that is asked about; null for the node task itself.</param>
public sealed record ExplanationModel(Explanation Explanation, NodeExplanation? Node, TaskExplanation? Task)
{
    /// <summary>The other reports of the status that is asked about; null of a node task.</summary>
    public OtherReports? Others { get; init; }

    /// <summary>Which outcome is shown of several, the strongest first.</summary>
    public ImmutableArray<WorkflowOutcome> Ranking { get; init; } = [];

    /// <summary>
    /// The register that is asked about; null of a node task, whose status is derived from its tasks.
    /// </summary>
    public RegisterExplanation? Register => Task?.Register ?? (Node is null ? Explanation.Status : null);
}

/// <summary>A page of what was reported of a status and is not what is shown, in the order of arrival.</summary>
/// <param name="Items">The reports.</param>
/// <param name="First">The place of the first of them among all, from 1.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="Previous">The address of the page before; null if there is none.</param>
/// <param name="Next">The address of the page after; null if there is none.</param>
public sealed record OtherReports(ImmutableArray<Overruled> Items, int First, int Total, string? Previous, string? Next)
{
    private const int OnPage = 20;

    /// <summary>Picks a page.</summary>
    /// <param name="all">All reports, in the order in which they were overruled.</param>
    /// <param name="page">The page, from 1.</param>
    /// <param name="address">The address of a page.</param>
    public static OtherReports Of(IReadOnlyCollection<Overruled> all, int page, Func<int, string> address)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(address);
        var pages = Math.Max(1, (all.Count + OnPage - 1) / OnPage);
        var shown = Math.Clamp(page, 1, pages);
        return new OtherReports(
            [.. all.OrderBy(static one => one.Receipt.Seq).Skip((shown - 1) * OnPage).Take(OnPage)],
            ((shown - 1) * OnPage) + 1,
            all.Count,
            shown > 1 ? address(shown - 1) : null,
            shown < pages ? address(shown + 1) : null
        );
    }
}
