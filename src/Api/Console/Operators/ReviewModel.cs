using System.Collections.Immutable;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;

namespace Orleans.Workflow.Api.Console.Operators;

/// <summary>What operators decided of a workflow.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Attention">The reasons to look that are shown, as bits.</param>
/// <param name="PutAside">What is put aside; null if nothing is.</param>
/// <param name="Actions">The latest actions, the latest first.</param>
/// <param name="IsCut">Whether there are more actions.</param>
public sealed record ReviewModel(
    string WorkflowId,
    int Attention,
    AttentionReview? PutAside,
    ImmutableArray<OperatorAction> Actions,
    bool IsCut
)
{
    /// <summary>How long a note may be, in characters.</summary>
    public const int MaxNote = 1000;

    /// <summary>For how long attention can be put aside, in hours.</summary>
    public static readonly ImmutableArray<(int Hours, string Name)> Snoozes =
    [
        (1, "1 hour"),
        (4, "4 hours"),
        (24, "1 day"),
        (168, "1 week"),
    ];
}
