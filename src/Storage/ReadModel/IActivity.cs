using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Storage.ReadModel;

/// <summary>What people look at rather than services: what came lately, and where an id that is half known belongs.</summary>
public interface IActivity
{
    /// <summary>Counts all workflows by what they stand at. Reads every row of the list: keep the answer for a while.</summary>
    Task<ImmutableArray<StandingCount>> CountStandings(CancellationToken cancellationToken);

    /// <summary>
    /// Counts the receipts of a time, by minute, source and effect. Costs as much as there are such receipts, however many are
    /// stored: ids of receipts are ordered by time.
    /// </summary>
    /// <param name="since">From when on, in whole milliseconds.</param>
    /// <param name="until">Before when, in whole milliseconds; null for all that follow.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ImmutableArray<ReceiptCount>> CountReceipts(DateTimeOffset since, DateTimeOffset? until, CancellationToken cancellationToken);

    /// <summary>The receipts of a workflow, the latest first.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="before">Those with a lower sequence number; null for the latest of all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<ReceiptSummary, ReceiptPosition>> LatestReceipts(
        string workflowId, ReceiptPosition? before, int limit, CancellationToken cancellationToken);

    /// <summary>The latest transitions of a workflow, oldest first; of a receipt that has more, its last ones.</summary>
    Task<ImmutableArray<TransitionSummary>> LatestTransitions(
        string workflowId, int limit, CancellationToken cancellationToken);

    /// <summary>The changes of a workflow's own status, oldest first. Looks at its oldest receipts, so many at most.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="before">Those with a lower sequence number.</param>
    /// <param name="receipts">How many receipts are looked at, and how many changes are given, at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<StatusHistory> OldestStatusChanges(
        string workflowId, long before, int receipts, CancellationToken cancellationToken);

    /// <summary>The workflows whose ids begin with a text, ascending by id.</summary>
    Task<ImmutableArray<WorkflowSummary>> FindByIdPrefix(string prefix, int limit, CancellationToken cancellationToken);
}

/// <summary>Changes of a workflow's own status.</summary>
/// <param name="Changes">The changes, oldest first.</param>
/// <param name="Through">Up to when they are all there; null if that is every change that was asked for.</param>
public sealed record StatusHistory(ImmutableArray<TransitionSummary> Changes, DateTimeOffset? Through);

/// <summary>How many receipts of one source did the same within a minute.</summary>
/// <param name="Minute">The beginning of the minute.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Effect">What they did.</param>
/// <param name="Count">How many.</param>
/// <param name="Latest">When the latest of them was received.</param>
public sealed record ReceiptCount(DateTimeOffset Minute, string Source, ReceiptEffect Effect, long Count, DateTimeOffset Latest);

/// <summary>How many workflows stand at the same.</summary>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome, once ended.</param>
/// <param name="Attention">Reasons for a person to look.</param>
/// <param name="Count">How many.</param>
public sealed record StandingCount(WorkflowPhase? Phase, WorkflowOutcome? Outcome, ImmutableArray<AttentionReason> Attention, long Count);
