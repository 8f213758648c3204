using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>One line of the timeline. Places are percent of the whole time.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="NodeTaskId">The node task; null for the workflow itself.</param>
/// <param name="NodeType">The type of the node task.</param>
/// <param name="Spans">Its statuses, one after the other.</param>
/// <param name="Gaps">Where it is not known what it was.</param>
/// <param name="Ends">Its ends: an end has no length of its own.</param>
/// <param name="Marks">Its changes.</param>
public sealed record Lane(
    string? Name,
    string? NodeTaskId,
    string? NodeType,
    ImmutableArray<LaneSpan> Spans,
    ImmutableArray<LaneGap> Gaps,
    ImmutableArray<LaneEnd> Ends,
    ImmutableArray<LaneMark> Marks
);

/// <summary>A time of which nothing is drawn.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
public sealed record LaneGap(double Start, double End);

/// <summary>The moment in which something ended.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Status">The word.</param>
/// <param name="Outcome">The outcome.</param>
public sealed record LaneEnd(double Place, string Status, WorkflowOutcome? Outcome);

/// <summary>A time in which something stood at the same.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Width">How long it is.</param>
/// <param name="Status">The word.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Outcome">Its outcome, once ended.</param>
public sealed record LaneSpan(double Start, double Width, string Status, WorkflowPhase? Phase, WorkflowOutcome? Outcome)
{
    /// <summary>Whether nothing ran any more.</summary>
    public bool IsEnded => Phase == WorkflowPhase.Ended;
}

/// <summary>A change.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Version">The version that it belongs to.</param>
/// <param name="At">When it was received.</param>
/// <param name="What">What changed, in words.</param>
/// <param name="IsContested">Whether it contradicted an end.</param>
public sealed record LaneMark(double Place, long Version, DateTimeOffset At, string What, bool IsContested);

/// <summary>A receipt on the timeline.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Receipt">The receipt.</param>
public sealed record ReceiptMark(double Place, ReceiptSummary Receipt);

/// <summary>A line of the scale.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="At">The time that it marks.</param>
public sealed record Tick(double Place, DateTimeOffset At);
