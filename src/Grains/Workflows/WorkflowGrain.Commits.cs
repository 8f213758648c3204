using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

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
        _latest = _committed = _store.State.Workflow ?? WorkflowState.Unknown(WorkflowId);
        if (_latest is { Seq: > 0, IsDeleted: false } && _latest.Fingerprint != _fold.Vocabulary.Fingerprint)
            Log.OtherVocabulary(_logger, this.GetGrainId(), _latest.Fingerprint, _fold.Vocabulary.Fingerprint);

        _nodes.Resume(_store.State);
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
        (_committing, _pending) = (batch, new PendingBatch());
        var commit = Prepare(batch, state);
        try
        {
            if (!await _store.Write(commit.State, commit.Rows))
            {
                // Something was stored. What has arrived meanwhile was folded as if there were nothing, like the batch.
                var ranking = await FindStoredRanking();
                TakeStored(ranking);
                state = batch.FoldAgain(_latest, _fold, RankingOf(_latest), _limits);
                _latest = _pending.FoldAgain(state, _fold, RankingOf(state), _limits);
                commit = Prepare(batch, state);
                await _store.Write(commit.State, commit.Rows);
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
        _nodes.Committed(commit.State);
        _listed = commit.Rows?.Workflow ?? _listed;
        _view = null;
        _committing = null;
        batch.Report(_metrics);
        batch.Told = _nodes.Tell(commit.ToTell);
        if (batch.Deletes)
            _waiters.ReleaseAll();
        else if (_waiters.Any && _committed.Seq > 0)
            _waiters.Release(_committed.Version, (WorkflowPhase?)_committed.Status?.Phase);
    }

    /// <summary>What a commit of a batch writes, and whom it must tell.</summary>
    private Commit Prepare(PendingBatch batch, WorkflowState state)
    {
        ImmutableArray<GrainStateName> removed =
            batch.Deletes ? [.. _nodes.StoredStates(), StateSnapshots.NameOf(WorkflowId)] : [];
        var toTell = batch.Deletes ? _nodes.OweFarewell() : state.IsDeleted ? [] : _nodes.Owe(batch, state);
        var next = new WorkflowGrainState { Workflow = state, Followed = _nodes.Followed, Untold = _nodes.Untold };
        var rows = batch.IsEmpty ? null : batch.ToRows(
            state, _isKnown, _store.MayKeep(next), _listed, _fold.Vocabulary.Fingerprint, RankingOf(state), removed);
        return new Commit(next, rows, toTell);
    }

    private readonly record struct Commit(WorkflowGrainState State, CommitRows? Rows, IReadOnlyCollection<string> ToTell);
}
