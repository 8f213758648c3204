using System.Collections.Immutable;
using System.Diagnostics;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Commits facts with their counts, and reads the counts. For grains; implemented by the storage.</summary>
public interface IFactStorage
{
    /// <summary>
    /// Commits facts of one node. Which of them are new, the database decides: nothing needs to be known of what is
    /// stored. A receipt that is stored already is answered as it was the first time.
    /// </summary>
    /// <param name="commit">The facts. Their bodies must not change until the result is there.</param>
    /// <exception cref="WorkflowUnavailableException">
    /// It could not be stored, or it is not known whether it was: commit it again.
    /// </exception>
    Task<CommittedFacts> Commit(FactCommit commit);

    /// <summary>Counts the facts of a workflow again, while others are committed.</summary>
    Task Recount(string workflowId, CancellationToken cancellationToken);

    /// <summary>The counts of a node's facts.</summary>
    /// <exception cref="WorkflowUnavailableException">They could not be read.</exception>
    Task<ImmutableArray<FactCount>> ReadCounts(string workflowId, string nodeTaskId);
}

/// <summary>Facts of one node, in the order in which they came.</summary>
/// <param name="WorkflowId">The workflow; empty for facts that name none.</param>
/// <param name="NodetaskId">The node; empty for facts of the workflow itself.</param>
/// <param name="Receipts">The facts.</param>
public sealed record FactCommit(string WorkflowId, string NodetaskId, ImmutableArray<FactReceipt> Receipts)
{
    /// <summary>The spans of the facts that wait for the commit, as far as they are traced; not written.</summary>
    public IReadOnlyList<Activity> Callers { get; init; } = [];
}

/// <summary>What became of facts, which are durable.</summary>
/// <param name="Effects">What each did, in the order given.</param>
/// <param name="Counts">The counts that changed, as they are now.</param>
public sealed record CommittedFacts(ImmutableArray<ReceiptEffect> Effects, ImmutableArray<FactCount> Counts);
