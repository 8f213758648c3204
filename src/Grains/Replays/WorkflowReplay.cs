using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Replays;

/// <summary>
/// Folds a workflow again from its stored receipts, one at a time: as it was folded when they arrived, to show or explain an earlier
/// state, or under another vocabulary.
/// </summary>
/// <param name="history">The stored receipts.</param>
/// <param name="vocabularies">What they were folded under.</param>
public sealed class WorkflowReplay(IReceiptHistory history, KnownVocabularies vocabularies)
{
    /// <summary>Folds again as it was folded.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="upTo">The last receipt that counts.</param>
    /// <param name="observer">Sees each step; null for nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state as it was; null if nothing was known of the workflow.</returns>
    /// <exception cref="InvalidDataException">A body cannot be read, or a vocabulary is missing.</exception>
    public async Task<ReplayedWorkflow?> AsItWas(string workflowId, long upTo, IReplayObserver? observer, CancellationToken cancellationToken)
    {
        // What comes before a refold was folded again under its vocabulary; what comes after, under what its row says. The end is fixed
        // first: a refold that is committed meanwhile comes after it.
        if (await history.FindEnd(workflowId, upTo, cancellationToken) is not { } end)
            return null;

        var refold = end.LastRefold;
        var state = Start(workflowId);
        var recorded = new RecordedVersions();
        var trace = observer is null ? null : new FoldTrace();
        WorkflowFold? fold = null;
        await foreach (var entry in history.Read(workflowId, state.Seq, end.Seq, cancellationToken))
        {
            recorded.Add(entry);
            var fingerprint = entry.Seq < refold?.Seq ? refold.Vocabulary : entry.Vocabulary;
            if (fold?.Vocabulary.Fingerprint != fingerprint)
                fold = await FoldOf(fingerprint, cancellationToken);

            if (entry.Kind == ReceiptKind.Refold)
            {
                state = state with { Seq = entry.Seq };
                continue;
            }

            state = Apply(fold!, state, entry, trace);
            observer?.Folded(entry, fold!.Vocabulary, trace!);
            trace?.Clear();
        }

        return fold is null ? null : new ReplayedWorkflow(recorded.Put(state), fold.Vocabulary);
    }

    /// <summary>Folds again from nothing under one vocabulary.</summary>
    /// <param name="fold">The fold under the vocabulary.</param>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="upTo">The last receipt that counts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WorkflowState> Under(WorkflowFold fold, string workflowId, long upTo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fold);
        var state = Start(workflowId);
        await foreach (var entry in history.Read(workflowId, state.Seq, upTo, cancellationToken))
        {
            if (entry.Kind == ReceiptKind.Notification)
                state = Apply(fold, state, entry, trace: null);
        }

        return state;
    }

    /// <summary>What folding begins with. The one place to begin with something else once receipts are removed.</summary>
    private static WorkflowState Start(string workflowId) => WorkflowState.Unknown(workflowId);

    /// <summary>Decisions name receipts by their place, so each is folded at its own: refolds have places too.</summary>
    private static WorkflowState Apply(WorkflowFold fold, WorkflowState state, HistoryEntry entry, FoldTrace? trace)
    {
        var before = state.Seq == entry.Seq - 1 ? state : state with { Seq = entry.Seq - 1 };
        return fold.Apply(before, StoredReceipts.Read(entry), trace).State;
    }

    private async ValueTask<WorkflowFold> FoldOf(string fingerprint, CancellationToken cancellationToken) =>
        await vocabularies.Find(fingerprint, cancellationToken)
        ?? throw new InvalidDataException($"Receipts were folded under the vocabulary {fingerprint}, which is not in the table of vocabularies.");
}

/// <summary>A state as it was.</summary>
/// <param name="State">The state.</param>
/// <param name="Vocabulary">The vocabulary under which it was shown.</param>
public sealed record ReplayedWorkflow(WorkflowState State, Vocabulary Vocabulary);

/// <summary>Sees what a replay does.</summary>
public interface IReplayObserver
{
    /// <summary>A receipt was folded.</summary>
    /// <param name="entry">The receipt.</param>
    /// <param name="vocabulary">What it was folded under.</param>
    /// <param name="trace">What the fold decided; emptied afterwards.</param>
    void Folded(HistoryEntry entry, Vocabulary vocabulary, FoldTrace trace);
}
