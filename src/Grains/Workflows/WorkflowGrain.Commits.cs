using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Orleans.Storage;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Folding, committing, and finding out what is stored.</summary>
internal sealed partial class WorkflowGrain
{
    // Two activations may race for a moment: after a partition, or a failover.
    private const int MaxAttempts = 8;

    private bool _isKnown;
    private Task? _reading;
    private ImmutableArray<Outcome> _storedRanking;

    /// <summary>
    /// Sees to it that what is stored is known. Only a notification need not wait for that: it is folded as if nothing were stored, and
    /// the commit that writes it finds out whether it is.
    /// </summary>
    private async Task Know()
    {
        ThrowIfClosed();
        if (_isKnown)
            return;

        if ((_committing ?? _pending) is { Count: > 0 } first)
        {
            await first.Committed;
            return;
        }

        var reading = _reading ??= ReadStored();
        try
        {
            await reading;
        }
        finally
        {
            if (_reading == reading)
                _reading = null;
        }

        async Task ReadStored()
        {
            await _store.Read();
            var ranking = await FindStoredRanking();
            TakeStored(ranking);
        }
    }

    /// <summary>
    /// The ranking by which the stored state is shown: that of the vocabulary which it was folded under, until it is folded again. Another
    /// ranking would show another outcome under the version that was shown before.
    /// </summary>
    private async ValueTask<ImmutableArray<Outcome>> FindStoredRanking() =>
        _store.State is { } stored && stored.Fingerprint != _fold.Vocabulary.Fingerprint
        && await _vocabularies.Find(stored.Fingerprint, CancellationToken.None) is { } before
            ? before.Vocabulary.Ranking
            : _fold.Vocabulary.Ranking;

    /// <summary>The ranking by which a state of this activation is shown.</summary>
    private ImmutableArray<Outcome> RankingOf(WorkflowState state) =>
        state.Seq == 0 || state.Fingerprint == _fold.Vocabulary.Fingerprint ? _fold.Vocabulary.Ranking : _storedRanking;

    /// <summary>Goes on from what is stored.</summary>
    private void TakeStored(ImmutableArray<Outcome> ranking)
    {
        (_storedRanking, _view, _arriving) = (ranking, null, null);
        _latest = _committed = _store.State ?? WorkflowState.Unknown(_latest.WorkflowId);
        if (_latest is { Seq: > 0, IsDeleted: false } && _latest.Fingerprint != _fold.Vocabulary.Fingerprint)
            Log.OtherVocabulary(_logger, this.GetGrainId(), _latest.Fingerprint, _fold.Vocabulary.Fingerprint);

        _isKnown = true;
    }

    private int FoldInto(PendingBatch batch, NotificationReceipt receipt)
    {
        var told = DomainNotifications.Of(receipt);
        var result = _fold.Apply(_latest, told, shownBy: RankingOf(_latest));
        if (_isKnown && _limits.Check(_latest, result, receipt.Notification) is { } refusal)
            throw refusal;

        _latest = result.State;
        _arriving?.Add(told);
        _words.Add(told);
        return batch.Add(receipt, result, _fold.Vocabulary.Fingerprint);
    }

    private async Task CommitPending()
    {
        _fault.ThrowIfFaulted();
        var (batch, state) = (_pending, _latest);
        if (batch.IsEmpty)
            return;

        (_committing, _pending) = (batch, new PendingBatch());
        try
        {
            state = await Commit(batch, state);
        }
        catch (Exception exception)
        {
            // First of all: nothing of the batch may be served, whatever becomes of the log entry.
            var fault = Reload($"could not be written ({exception.GetType().Name})");

            // During an outage the storage logs once for all grains.
            if (!_admission.IsFailing)
                Safely.Log(exception, () => Log.WriteFailed(_logger, exception, this.GetGrainId(), batch.Count));

            throw fault;
        }

        (_committed, _isKnown) = (state, true);
        _view = null;
        _committing = null;
        batch.Report(_metrics);
        if (batch.Deletes)
            _waiters.ReleaseAll();
        else if (_waiters.Any && _committed.Seq > 0)
            _waiters.Release(_committed.Version, (WorkflowPhase?)_committed.Status?.Phase);
    }

    /// <summary>
    /// Commits a batch with the state that it led to. If something else is stored, or if receipts of it are, the rest
    /// is folded again on what is stored, and committed.
    /// </summary>
    /// <returns>The state that is stored.</returns>
    private async Task<WorkflowState> Commit(PendingBatch batch, WorkflowState state)
    {
        for (var attempt = 1; ; attempt++)
        {
            var commit = batch.ToCommit(state, _fold.Vocabulary.Fingerprint, RankingOf(state)) with { Epoch = _epoch };
            switch (await _store.Commit(state, commit))
            {
                case CommitResult.Committed:
                    return state;
                case CommitResult.RolledBack { Cause: var cause }:
                    ExceptionDispatchInfo.Throw(cause);
                    break;
                case CommitResult.Unknown { Cause: var cause }:
                    ExceptionDispatchInfo.Throw(cause);
                    break;
                case CommitResult.Known known:
                    batch.SetKnown(known.Receipts);
                    break;
            }

            var ranking = await FindStoredRanking();
            if (attempt == MaxAttempts || !batch.CanRebase || !_pending.CanRebase)
                throw new InconsistentStateException("Something else was stored meanwhile.");

            TakeStored(ranking);
            state = Rebase(batch, _latest);
            _latest = Rebase(_pending, state);
            if (batch.IsEmpty)
                return state;
        }
    }

    private WorkflowState Rebase(PendingBatch batch, WorkflowState state) =>
        batch.Rebase(state, _fold, RankingOf(state), _limits);
}
