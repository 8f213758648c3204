using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Folding, committing, and finding out what is stored.</summary>
internal sealed partial class WorkflowGrain
{
    private bool _isKnown;
    private Task? _reading;
    private ImmutableArray<Outcome> _storedRanking;

    /// <summary>
    /// Sees to it that what is stored is known. Only a notification need not wait for that: it is folded as if nothing were stored, and
    /// the commit that writes it brings what is.
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
        _store.State.Workflow is { } stored && stored.Fingerprint != _fold.Vocabulary.Fingerprint
        && await _vocabularies.Find(stored.Fingerprint, CancellationToken.None) is { } before
            ? before.Vocabulary.Ranking
            : _fold.Vocabulary.Ranking;

    /// <summary>The ranking by which a state of this activation is shown.</summary>
    private ImmutableArray<Outcome> RankingOf(WorkflowState state) =>
        state.Seq == 0 || state.Fingerprint == _fold.Vocabulary.Fingerprint ? _fold.Vocabulary.Ranking : _storedRanking;

    /// <summary>Goes on from what is stored.</summary>
    private void TakeStored(ImmutableArray<Outcome> ranking)
    {
        _storedRanking = ranking;
        _latest = _committed = _store.State.Workflow ?? WorkflowState.Unknown(_latest.WorkflowId);
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
        return batch.Add(receipt, result, _fold.Vocabulary.Fingerprint, _isKnown);
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
            if (!await Write(batch, state))
            {
                // Something was stored. What has arrived meanwhile was folded as if there were nothing, like the batch.
                var ranking = await FindStoredRanking();
                TakeStored(ranking);
                state = batch.FoldAgain(_latest, _fold, RankingOf(_latest), _limits);
                _latest = _pending.FoldAgain(state, _fold, RankingOf(state), _limits);
                if (!batch.IsEmpty)
                    await Write(batch, state);
            }
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

    /// <summary>Writes a batch with the state that it led to.</summary>
    /// <returns>Whether it was written; see <see cref="WorkflowStore.Write"/>.</returns>
    private async Task<bool> Write(PendingBatch batch, WorkflowState state)
    {
        var next = new WorkflowGrainState { Workflow = state };
        var rows = batch.ToRows(
            state, _isKnown, _store.MayKeep(next), _listed, _fold.Vocabulary.Fingerprint, RankingOf(state));
        if (!await _store.Write(next, rows))
            return false;

        _listed = rows.Workflow;
        return true;
    }
}
