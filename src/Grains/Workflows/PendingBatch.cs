using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Receipts;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The notifications that share one commit.</summary>
internal sealed class PendingBatch
{
    private readonly List<Acknowledgement> _acknowledgements = [];
    private readonly List<ReceiptRow> _receipts = [];
    private WorkflowState? _tombstone;

    /// <summary>Completes when the batch is durable.</summary>
    public Task Committed { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the changed node tasks know, or could not be told.</summary>
    public Task Told { get; set; } = Task.CompletedTask;

    /// <summary>The node tasks that were changed; one that was changed more than once may come again.</summary>
    public IEnumerable<string> ChangedNodes =>
        from receipt in _receipts
        from transition in receipt.Transitions
        where transition.NodeTaskId is not null
        select transition.NodeTaskId;

    /// <summary>How many receipts there are.</summary>
    public int Count => _receipts.Count;

    /// <summary>Whether there is nothing to write beside the state.</summary>
    public bool IsEmpty => Count == 0 && !Deletes;

    /// <summary>Whether the workflow is deleted in this commit.</summary>
    public bool Deletes => _tombstone is not null;

    /// <summary>The answer to a receipt of this batch, or null.</summary>
    public Acknowledgement? Find(Guid receiptId) => _acknowledgements.Find(acknowledgement => acknowledgement.ReceiptId == receiptId);

    /// <summary>Adds a receipt with what folding it gave.</summary>
    public Acknowledgement Add(NotificationReceipt receipt, in FoldResult result)
    {
        var row = StoredReceipts.Row(receipt, result);
        _receipts.Add(row);
        var acknowledgement = new Acknowledgement(row.Id, row.Effect, row.Version);
        _acknowledgements.Add(acknowledgement);
        return acknowledgement;
    }

    /// <summary>Deletes the workflow with all that was received so far.</summary>
    /// <returns>What remains of it.</returns>
    public WorkflowState Delete(WorkflowState state) => _tombstone = state.ToTombstone();

    /// <summary>The rows to write beside the state that the batch led to.</summary>
    /// <param name="state">The state.</param>
    /// <param name="listed">The workflow's row as this activation wrote it last; null if it has not.</param>
    /// <param name="vocabulary">How words are read.</param>
    /// <param name="nodeTasks">The states of node tasks that go if the workflow does.</param>
    public CommitRows ToRows(WorkflowState state, WorkflowRow? listed, Vocabulary vocabulary, ImmutableArray<GrainStateName> nodeTasks)
    {
        var row = WorkflowRows.Of(state, vocabulary);
        return new CommitRows(row, !row.HasPlaceOf(listed), [.. _receipts])
        {
            Removal = state.IsDeleted
                ? new Removal(state.WorkflowId, _tombstone is null ? null : Checkpoints.Of(_tombstone, _tombstone.LastReceivedAt), nodeTasks)
                : null,
        };
    }
}
