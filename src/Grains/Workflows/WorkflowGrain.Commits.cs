using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Folding, committing, and finding out what is stored.</summary>
internal sealed partial class WorkflowGrain
{
    private bool _isKnown;
    private Task? _reading;

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
            TakeStored();
        }
    }

    /// <summary>Goes on from what is stored.</summary>
    private void TakeStored()
    {
        _latest = _committed = _store.State.Workflow ?? WorkflowState.Unknown(WorkflowId);
        if (_latest is { Seq: > 0, IsDeleted: false } && _latest.Fingerprint != _fold.Vocabulary.Fingerprint)
            Log.OtherVocabulary(_logger, this.GetGrainId(), _latest.Fingerprint, _fold.Vocabulary.Fingerprint);

        _nodes.Resume(_store.State);
        _isKnown = true;
    }

    private int FoldInto(PendingBatch batch, NotificationReceipt receipt)
    {
        var told = DomainNotifications.Of(receipt);
        var result = _fold.Apply(_latest, told);
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
                TakeStored();
                state = batch.FoldAgain(_latest, _fold);
                _latest = _pending.FoldAgain(state, _fold);
                commit = Prepare(batch, state);
                await _store.Write(commit.State, commit.Rows);
            }
        }
        catch (Exception exception)
        {
            Log.WriteFailed(_logger, exception, this.GetGrainId(), batch.Count);
            throw Reload($"could not be written ({exception.GetType().Name})");
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
        else if (_waiters.Any)
            _waiters.Release(View());
    }

    /// <summary>What a commit of a batch writes, and whom it must tell.</summary>
    private Commit Prepare(PendingBatch batch, WorkflowState state)
    {
        var nodeTasks = batch.Deletes ? _nodes.StoredStates() : [];
        var toTell = batch.Deletes ? _nodes.OweFarewell() : state.IsDeleted ? [] : _nodes.Owe(batch, state);
        var next = new WorkflowGrainState { Workflow = state, Followed = _nodes.Followed, Untold = _nodes.Untold };
        var rows = batch.IsEmpty ? null : batch.ToRows(state, _isKnown, _store.State.IsKeptBy(next), _listed, _fold.Vocabulary, nodeTasks);
        return new Commit(next, rows, toTell);
    }

    private readonly record struct Commit(WorkflowGrainState State, CommitRows? Rows, IReadOnlyCollection<string> ToTell);
}
