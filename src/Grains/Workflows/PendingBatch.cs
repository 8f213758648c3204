using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The notifications that share one commit.</summary>
internal sealed class PendingBatch
{
    /// <summary>The bytes that the bodies of several notifications may have: they are one write.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly List<Entry> _entries = [];
    private ReceiptRow? _refold;
    private WorkflowState? _tombstone;
    private long _bytes;

    /// <summary>Completes when the batch is durable.</summary>
    public Task Committed { get; set; } = Task.CompletedTask;

    /// <summary>How many notifications there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => CanRebase && !_entries.Exists(static entry => entry.Row is not null);

    /// <summary>Whether the workflow is deleted in this commit.</summary>
    public bool Deletes => _tombstone is not null;

    /// <summary>
    /// Whether the notifications may be folded again on another state: a refold and a deletion belong to the one they
    /// saw.
    /// </summary>
    public bool CanRebase => _refold is null && !Deletes;

    /// <summary>
    /// The place of a receipt; null if it is not in the batch. What an earlier batch holds, the commit finds.
    /// </summary>
    public int? Find(Guid receiptId) =>
        _entries.FindIndex(entry => entry.Receipt.Id == receiptId) is >= 0 and var place ? place : null;

    /// <summary>Whether a receipt is not too large to be committed with those that are here.</summary>
    public bool HasRoomFor(NotificationReceipt receipt) => Count == 0 || _bytes + receipt.Body.Length <= MaxBytes;

    /// <summary>The answer to the receipt at a place, once the batch is durable.</summary>
    /// <exception cref="WorkflowLimitException">It was refused when it was folded again.</exception>
    public Acknowledgement AnswerAt(int place)
    {
        var entry = _entries[place];
        return entry.Refusal is { } refusal
            ? throw refusal
            : entry.Known ?? new Acknowledgement(entry.Row!.Id, entry.Row.Effect, entry.Row.Version);
    }

    /// <summary>Adds a receipt with what folding it gave.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="result">What folding it gave.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary under which it was folded.</param>
    /// <returns>Its place in the batch.</returns>
    public int Add(NotificationReceipt receipt, in FoldResult result, string vocabulary)
    {
        var caller = Activity.Current is { Recorded: true } recorded ? recorded : null;
        caller?.SetTag("workflow.id", result.State.WorkflowId);
        caller?.SetTag("workflow.receipt.id", receipt.Id.ToString());
        _bytes += receipt.Body.Length;
        _entries.Add(
            new Entry(receipt, caller)
            {
                Row = RowOf(receipt, result, vocabulary),
                IsUnrecognised = result.Unrecognised,
            }
        );
        return _entries.Count - 1;
    }

    /// <summary>Takes the first answers to receipts that are stored already. They are not written again.</summary>
    public void SetKnown(ImmutableArray<Acknowledgement> known)
    {
        foreach (var answer in known)
        {
            if (Find(answer.ReceiptId) is { } place)
                CollectionsMarshal.AsSpan(_entries)[place].Known = answer;
        }
    }

    /// <summary>Folds the receipts again, on another state than they were folded on.</summary>
    /// <param name="state">The state.</param>
    /// <param name="fold">The fold.</param>
    /// <param name="ranking">The ranking by which the state is shown.</param>
    /// <param name="limits">How much the workflow may hold: what is beyond it may not have been seen before.</param>
    /// <returns>The state after them.</returns>
    public WorkflowState Rebase(
        WorkflowState state,
        WorkflowFold fold,
        ImmutableArray<WorkflowOutcome> ranking,
        WorkflowLimits limits
    )
    {
        foreach (ref var entry in CollectionsMarshal.AsSpan(_entries))
        {
            entry.Row = null;
            if (entry.Known is not null)
                continue;

            var result = fold.Apply(state, Receipt.Of(entry.Receipt), shownBy: ranking);
            entry.Refusal = limits.Check(state, result, entry.Receipt.Notification);
            if (entry.Refusal is not null)
                continue;

            entry.Row = RowOf(entry.Receipt, result, fold.Vocabulary.Fingerprint);
            entry.IsUnrecognised = result.Unrecognised;
            state = result.State;
        }

        return state;
    }

    /// <summary>Adds that the workflow was folded again from its receipts.</summary>
    /// <param name="job">What asked for it.</param>
    /// <param name="id">An id for the row.</param>
    /// <param name="at">When, in Unix milliseconds.</param>
    /// <param name="result">What it gave.</param>
    public void AddRefold(string job, Guid id, long at, in RefoldResult result)
    {
        var (state, transitions) = result;
        var row = new ReceiptRow(
            id,
            state.Seq,
            at,
            job,
            ReceiptEffect.Duplicate,
            state.Version,
            state.Fingerprint,
            default,
            []
        )
        {
            Kind = ReceiptKind.Refold,
        };
        _refold = TransitionRows.OfRefold(row, state.Version, transitions);
    }

    /// <summary>Deletes the workflow with all that was received so far.</summary>
    /// <returns>What remains of it.</returns>
    public WorkflowState Delete(WorkflowState state) => _tombstone = state.ToTombstone();

    /// <summary>What is to be committed with the state that the batch led to.</summary>
    /// <param name="state">The state.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary under which it was folded last.</param>
    /// <param name="ranking">The ranking by which it is shown.</param>
    public WorkflowCommit ToCommit(WorkflowState state, string vocabulary, ImmutableArray<WorkflowOutcome> ranking) =>
        new(WorkflowRows.Of(state, ranking), Receipts())
        {
            IsListed = !state.IsDeleted,
            Callers =
            [
                .. _entries.Where(static entry => entry.Caller is not null).Select(static entry => entry.Caller!),
            ],
            Removal = _tombstone is null
                ? null
                : new Removal(
                    Baselines.Of(_tombstone, vocabulary, _tombstone.LastReceivedAt),
                    StateSnapshots.NameOf(state.WorkflowId)
                ),
        };

    /// <summary>Counts the receipts, which are durable now, and says on their spans what they did.</summary>
    public void Report(GrainMetrics metrics)
    {
        foreach (var entry in _entries)
        {
            if (entry.Row is not { } row)
                continue;

            metrics.Received(row.Source, row.Effect);
            entry.Caller?.SetTag("workflow.effect", GrainMetrics.Word(row.Effect));
            entry.Caller?.SetTag("workflow.version", row.Version);
        }

        if (
            _entries.Count(static entry => entry is { Row: not null, IsUnrecognised: true }) is > 0 and var unrecognised
        )
            metrics.Unrecognised(unrecognised);
    }

    /// <summary>The rows of the receipts, in the order of their numbers.</summary>
    private ImmutableArray<ReceiptRow> Receipts()
    {
        var rows = ImmutableArray.CreateBuilder<ReceiptRow>(_entries.Count + 1);
        foreach (var entry in _entries)
        {
            if (entry.Row is { } row)
                rows.Add(row);
        }

        // What was received while the refold ran comes before it, what is received before its commit behind it.
        if (_refold is { } refold)
            rows.Insert(rows.TakeWhile(row => row.Seq < refold.Seq).Count(), refold);

        return rows.DrainToImmutable();
    }

    private static ReceiptRow RowOf(NotificationReceipt receipt, in FoldResult result, string vocabulary) =>
        new(
            receipt.Id,
            result.State.Seq,
            receipt.ReceivedAt.ToUnixTimeMilliseconds(),
            receipt.Source,
            result.Effect,
            result.State.Version,
            vocabulary,
            receipt.Body,
            ImmutableArray.CreateRange(result.Transitions, TransitionRows.Of)
        )
        {
            Kind = receipt.Notification.Status is null ? ReceiptKind.Introduction : ReceiptKind.Notification,
        };

    /// <summary>A notification and what came of it.</summary>
    private record struct Entry(NotificationReceipt Receipt, Activity? Caller)
    {
        /// <summary>Its row; null if it is refused or stored already.</summary>
        public ReceiptRow? Row { get; set; }

        public Acknowledgement? Known { get; set; }

        public WorkflowLimitException? Refusal { get; set; }

        public bool IsUnrecognised { get; set; }
    }
}
