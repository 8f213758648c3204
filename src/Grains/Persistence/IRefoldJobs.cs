using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>
/// Keeps how far a refold of all workflows has come, so that any silo can continue it. Implemented by the storage.
/// </summary>
public interface IRefoldJobs
{
    /// <summary>
    /// Begins a job, unless one for the same vocabulary is under way. One for another vocabulary ends.
    /// </summary>
    /// <param name="vocabulary">The fingerprint of the vocabulary.</param>
    /// <param name="action">What is written down of it. Its id and its time are those of the job.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The job that is under way now.</returns>
    Task<RefoldJob> Begin(string vocabulary, OperatorAction action, CancellationToken cancellationToken);

    /// <summary>The job that is under way, or else the one that was begun last; null if there was none.</summary>
    Task<RefoldJob?> FindLatest(CancellationToken cancellationToken);

    /// <summary>How many workflows a job has folded again, and how many of them are shown otherwise since.</summary>
    Task<RefoldCounts> Count(Guid id, CancellationToken cancellationToken);

    /// <summary>Notes how far a job has come.</summary>
    /// <param name="before">The job as it was.</param>
    /// <param name="after">The job as it is now.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether it was noted: the job is under way and stood where <paramref name="before"/> says.</returns>
    Task<bool> Advance(RefoldJob before, RefoldJob after, CancellationToken cancellationToken);

    /// <summary>The ids of the workflows that come after one, ascending.</summary>
    Task<ImmutableArray<string>> ListWorkflows(string after, int limit, CancellationToken cancellationToken);
}

/// <summary>A refold of all workflows. Times are Unix milliseconds.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary that is applied.</param>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="FinishedAt">When it was finished; null while it is under way.</param>
/// <param name="Position">The id of the last workflow that is done; empty at the beginning.</param>
/// <param name="Total">How many workflows there were when it began.</param>
/// <param name="Done">How many it has come past.</param>
/// <param name="Failed">How many of them could not be folded again.</param>
public sealed record RefoldJob(
    Guid Id,
    string Vocabulary,
    long StartedAt,
    long? FinishedAt,
    string Position,
    long Total,
    long Done,
    long Failed
);

/// <summary>What a job has done.</summary>
/// <param name="Refolded">How many workflows it has folded again.</param>
/// <param name="Changed">How many of them are shown otherwise since.</param>
public sealed record RefoldCounts(long Refolded, long Changed);
