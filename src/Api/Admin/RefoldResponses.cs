using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Api.Admin;

/// <summary>A refold of all workflows.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary that is applied.</param>
/// <param name="State">Whether it is under way.</param>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="FinishedAt">When it was finished; null while it is under way.</param>
/// <param name="Total">How many workflows there were when it began.</param>
/// <param name="Done">How many it has come past.</param>
/// <param name="Refolded">How many of them were folded again; the others had been under this vocabulary
/// already.</param>
/// <param name="Changed">How many of those are shown otherwise since.</param>
/// <param name="Failed">How many could not be folded again, which are in the log.</param>
public sealed record RefoldJobResponse(
    Guid JobId,
    string Vocabulary,
    RefoldState State,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    long Total,
    long Done,
    long Refolded,
    long Changed,
    long Failed
)
{
    /// <summary>The answer for a job.</summary>
    internal static RefoldJobResponse Of(RefoldJob job, RefoldCounts counts) =>
        new(
            job.Id,
            job.Vocabulary,
            job.FinishedAt is null ? RefoldState.UnderWay : RefoldState.Finished,
            DateTimeOffset.FromUnixTimeMilliseconds(job.StartedAt),
            job.FinishedAt is { } finished ? DateTimeOffset.FromUnixTimeMilliseconds(finished) : null,
            job.Total,
            job.Done,
            counts.Refolded,
            counts.Changed,
            job.Failed
        );
}

/// <summary>Whether a refold is under way.</summary>
public enum RefoldState
{
    /// <summary>It is; or it waits for a silo that continues it.</summary>
    UnderWay,

    /// <summary>It has come past every workflow.</summary>
    Finished,
}

/// <summary>A line of a dry run: a workflow that would be shown otherwise.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Changes">What would be shown otherwise.</param>
public sealed record DryRunLine(string WorkflowId, ImmutableArray<RefoldChange> Changes);

/// <summary>The last line of a dry run.</summary>
/// <param name="Vocabulary">The fingerprint of the vocabulary that was tried.</param>
/// <param name="Workflows">How many workflows were looked at.</param>
/// <param name="Changed">How many would be shown otherwise.</param>
/// <param name="Failed">How many could not be looked at.</param>
public sealed record DryRunSummary(string Vocabulary, long Workflows, long Changed, long Failed);
