using System.Collections.Immutable;
using System.Diagnostics;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Receipts;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>The notifications that share one commit.</summary>
internal sealed class PendingBatch
{
    private readonly List<ReceiptRow> _receipts = [];
    private List<NotificationReceipt>? _toFoldAgain;
    private List<(Activity Caller, int Place)>? _callers;
    private int _unrecognised;
    private int _places;
    private SortedList<int, WorkflowLimitException>? _refused;
    private WorkflowState? _tombstone;

    /// <summary>Completes when the batch is durable.</summary>
    public Task Committed { get; set; } = Task.CompletedTask;

    /// <summary>How many receipts there are.</summary>
    public int Count => _receipts.Count;

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => Count == 0 && !Deletes;

    /// <summary>Whether the workflow is deleted in this commit.</summary>
    public bool Deletes => _tombstone is not null;

    /// <summary>The answer to a receipt of this batch, or null.</summary>
    public Acknowledgement? Find(Guid receiptId) => _receipts.Find(receipt => receipt.Id == receiptId) is { } receipt ? AnswerTo(receipt) : null;

    /// <summary>The answer to the receipt at a place.</summary>
    /// <exception cref="WorkflowLimitException">It was refused when it was folded again.</exception>
    public Acknowledgement AnswerAt(int place) =>
        _refused is not null && _refused.TryGetValue(place, out var refusal) ? throw refusal : AnswerTo(RowAt(place));

    /// <summary>Adds a receipt with what folding it gave.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="result">What folding it gave.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary under which it was folded.</param>
    /// <param name="isKnown">Whether it was folded on what is stored; if not, it may have to be folded again.</param>
    /// <returns>Its place in the batch.</returns>
    public int Add(NotificationReceipt receipt, in FoldResult result, string vocabulary, bool isKnown)
    {
        Put(receipt, result, vocabulary);
        if (!isKnown)
            (_toFoldAgain ??= []).Add(receipt);

        if (Activity.Current is { Recorded: true } caller)
        {
            (_callers ??= []).Add((caller, _places));
            caller.SetTag("workflow.id", result.State.WorkflowId);
            caller.SetTag("workflow.receipt.id", receipt.Id.ToString());
        }

        return _places++;
    }

    /// <summary>Folds the receipts again, on a state that was not known when they were folded.</summary>
    /// <param name="state">The state.</param>
    /// <param name="fold">The fold.</param>
    /// <param name="ranking">The ranking by which the state is shown.</param>
    /// <param name="limits">How much the workflow may hold: what is beyond it was not known before either.</param>
    /// <returns>The state after them.</returns>
    public WorkflowState FoldAgain(WorkflowState state, WorkflowFold fold, ImmutableArray<Outcome> ranking, WorkflowLimits limits)
    {
        _receipts.Clear();
        _unrecognised = 0;
        var place = 0;
        foreach (var receipt in _toFoldAgain ?? [])
        {
            var result = fold.Apply(state, DomainNotifications.Of(receipt), shownBy: ranking);
            var refusal = limits.Check(state, result, receipt.Notification);
            if (refusal is not null)
                (_refused ??= []).Add(place, refusal);

            place++;
            if (refusal is not null)
                continue;

            Put(receipt, result, fold.Vocabulary.Fingerprint);
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
        var row = new ReceiptRow(id, state.Seq, at, job, ReceiptEffect.Duplicate, state.Version, state.Fingerprint, default, [])
        {
            Kind = ReceiptKind.Refold,
        };
        _receipts.Add(TransitionRows.OfRefold(row, state.Version, transitions));
    }

    /// <summary>Deletes the workflow with all that was received so far.</summary>
    /// <returns>What remains of it.</returns>
    public WorkflowState Delete(WorkflowState state) => _tombstone = state.ToTombstone();

    /// <summary>The rows to write beside the state that the batch led to.</summary>
    /// <param name="state">The state.</param>
    /// <param name="isKnown">Whether it is a state that follows from what is stored.</param>
    /// <param name="keepsState">Whether it is the one that is stored, but for how much was received.</param>
    /// <param name="listed">The workflow's row as this activation wrote it last; null if it has not.</param>
    /// <param name="vocabulary">The fingerprint of the vocabulary under which it was folded last.</param>
    /// <param name="ranking">The ranking by which it is shown.</param>
    public CommitRows ToRows(
        WorkflowState state,
        bool isKnown,
        bool keepsState,
        WorkflowRow? listed,
        string vocabulary,
        ImmutableArray<Outcome> ranking)
    {
        var row = keepsState && listed is not null
            ? listed with { Seq = state.Seq, LastReceivedAt = state.LastReceivedAt }
            : WorkflowRows.Of(state, ranking);
        return new CommitRows(row, !row.HasPlaceOf(listed), [.. _receipts])
        {
            IsFirst = !isKnown,
            KeepsState = keepsState,
            Callers = _callers?.ConvertAll(static traced => traced.Caller) ?? [],
            Removal = state.IsDeleted
                ? new Removal(
                    state.WorkflowId,
                    _tombstone is null ? null : Checkpoints.Of(_tombstone, vocabulary, _tombstone.LastReceivedAt),
                    StateSnapshots.NameOf(state.WorkflowId))
                : null,
        };
    }

    /// <summary>Counts the receipts, which are durable now, and tells those who are traced what they did.</summary>
    public void Report(GrainMetrics metrics)
    {
        foreach (var (caller, place) in _callers ?? [])
        {
            if (_refused?.ContainsKey(place) == true)
                continue;

            caller.SetTag("workflow.effect", GrainMetrics.Word(RowAt(place).Effect));
            caller.SetTag("workflow.version", RowAt(place).Version);
        }

        foreach (var receipt in _receipts)
            metrics.Received(receipt.Source, receipt.Effect);

        if (_unrecognised > 0)
            metrics.Unrecognised(_unrecognised);
    }

    /// <summary>The row of the receipt at a place: those that were refused have none.</summary>
    private ReceiptRow RowAt(int place) => _receipts[place - (_refused?.Keys.Count(refused => refused < place) ?? 0)];

    private static Acknowledgement AnswerTo(ReceiptRow receipt) => new(receipt.Id, receipt.Effect, receipt.Version);

    private void Put(NotificationReceipt receipt, in FoldResult result, string vocabulary)
    {
        var (state, effect) = (result.State, (ReceiptEffect)result.Effect);
        var row = new ReceiptRow(
            receipt.Id,
            state.Seq,
            receipt.ReceivedAt.ToUnixTimeMilliseconds(),
            receipt.Source,
            effect,
            state.Version,
            vocabulary,
            receipt.Body,
            ImmutableArray.CreateRange(result.Transitions, TransitionRows.Of));
        _receipts.Add(row);
        if (result.Unrecognised)
            _unrecognised++;
    }
}
