using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The notifications that share one commit.</summary>
internal sealed class PendingBatch
{
    private readonly List<Acknowledgement> _acknowledgements = [];
    private readonly List<ReceiptRow> _receipts = [];

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

    /// <summary>The answer to a receipt of this batch, or null.</summary>
    public Acknowledgement? Find(Guid receiptId) => _acknowledgements.Find(acknowledgement => acknowledgement.ReceiptId == receiptId);

    /// <summary>Adds a receipt with what folding it gave.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="result">What folding it gave.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary under which it was folded.</param>
    public Acknowledgement Add(NotificationReceipt receipt, in FoldResult result, string vocabulary)
    {
        var (state, effect) = (result.State, (ReceiptEffect)result.Effect);
        _receipts.Add(new ReceiptRow(
            receipt.Id,
            state.Seq,
            receipt.ReceivedAt.ToUnixTimeMilliseconds(),
            receipt.Source,
            effect,
            state.Version,
            vocabulary,
            receipt.Body,
            ImmutableArray.CreateRange(result.Transitions, TransitionRows.Of)));
        var acknowledgement = new Acknowledgement(receipt.Id, effect, state.Version);
        _acknowledgements.Add(acknowledgement);
        return acknowledgement;
    }

    /// <summary>Adds that the workflow was folded again from its receipts.</summary>
    /// <param name="job">What asked for it.</param>
    /// <param name="id">An id for the row.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="result">What it gave.</param>
    public void AddRefold(string job, Guid id, long at, in RefoldResult result)
    {
        var (state, transitions) = result;
        _receipts.Add(new ReceiptRow(
            id,
            state.Seq,
            at,
            job,
            transitions.IsEmpty ? ReceiptEffect.Duplicate : ReceiptEffect.Advanced,
            state.Version,
            state.Fingerprint,
            default,
            ImmutableArray.CreateRange(transitions, TransitionRows.OfRefold))
        {
            Kind = ReceiptKind.Refold,
        });
    }

    /// <summary>The rows to write beside the state that the batch led to.</summary>
    /// <param name="state">The state.</param>
    /// <param name="listed">The workflow's row as this activation wrote it last; null if it has not.</param>
    /// <param name="vocabulary">How words are read.</param>
    public CommitRows ToRows(WorkflowState state, WorkflowRow? listed, Vocabulary vocabulary)
    {
        var row = WorkflowRows.Of(state, vocabulary);
        return new CommitRows(row, !row.HasPlaceOf(listed), [.. _receipts]);
    }
}
