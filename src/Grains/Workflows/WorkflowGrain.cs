using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// The authority on one workflow. It folds synchronously on the state as it will be, commits once for all notifications
/// that are waiting, and then answers. Readers get what is committed.
/// </summary>
[GrainType("workflow")]
internal sealed class WorkflowGrain : Grain, IWorkflowGrain
{
    // Two activations may race for a moment: after a partition, or a failover.
    private const int MaxAttempts = 8;

    private readonly WorkflowStore _store;
    private readonly IMembershipFence _fence;
    private readonly WorkflowFold _fold;
    private readonly WorkflowLimits _limits;
    private readonly IWriteAdmission _admission;
    private readonly CommitLoop _commits;
    private readonly GrainFault _fault;
    private readonly StateWaiters _waiters;
    private readonly BriefStay _stay;
    private readonly GrainMetrics _metrics;
    private readonly WorkflowReplay _replay;
    private readonly VocabularyCache _vocabularies;
    private readonly StatusUsageCounter _words;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkflowGrain> _logger;

    private int _epoch;
    private WorkflowState _latest = null!;
    private WorkflowState _committed = null!;
    private WorkflowView? _view;
    private PendingBatch _pending = new();
    private PendingBatch? _committing;
    private bool _isLoaded;
    private Task? _reading;
    private ImmutableArray<WorkflowOutcome> _storedRanking;
    private Task<RefoldOutcome>? _refolding;

    // What arrives while the stored receipts are folded again; null while they are not.
    private List<Receipt>? _arriving;

    public WorkflowGrain(
        IWorkflowStorage storage,
        WorkflowFold fold,
        WorkflowLimits limits,
        IWriteAdmission admission,
        IMembershipFence fence,
        StateSnapshots snapshots,
        GrainMetrics metrics,
        WorkflowReplay replay,
        VocabularyCache vocabularies,
        StatusUsageCounter words,
        TimeProvider time,
        ILogger<WorkflowGrain> logger
    )
    {
        _store = new WorkflowStore(storage, GrainKeys.ParseWorkflow(this.GetPrimaryKeyString()), snapshots, logger);
        _fence = fence;
        _fold = fold;
        _limits = limits;
        _admission = admission;
        _metrics = metrics;
        _replay = replay;
        _vocabularies = vocabularies;
        _words = words;
        _time = time;
        _logger = logger;
        _commits = new CommitLoop(CommitPending);
        _fault = new GrainFault(GrainContext, metrics);
        _waiters = new StateWaiters(time);
        _stay = new BriefStay(GrainContext, time);
    }

    /// <inheritdoc/>
    /// <remarks>Reads nothing: <see cref="EnsureLoaded"/> does, or the first commit.</remarks>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Before anything is read.
        _epoch = _admission.Epoch;
        _latest = _committed = WorkflowState.Unknown(GrainKeys.ParseWorkflow(this.GetPrimaryKeyString()));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _waiters.ReleaseAll();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<Acknowledgement> Receive(NotificationReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        using var call = _stay.Begin();
        ThrowIfClosed();
        _admission.ThrowIfClosed();
        if (_reading is not null || (!_isLoaded && _limits.MayExceed(_latest, receipt.Notification)))
            await EnsureLoaded();

        var batch = _pending;
        if (batch.Find(receipt.Id) is not { } place)
        {
            if (!_admission.HasRoomFor(batch.Count, receipt.Body.Length) || !batch.HasRoomFor(receipt))
                throw new WorkflowBusyException();

            place = FoldInto(batch, receipt);
            batch.Committed = _commits.Commit();
        }

        await batch.Committed;
        KeepIfThere();
        return batch.AnswerAt(place);
    }

    /// <inheritdoc/>
    public async Task Introduce(NotificationReceipt introduction)
    {
        ArgumentNullException.ThrowIfNull(introduction);
        using var call = _stay.Begin();
        await EnsureLoaded();
        if (_committed.IsDeleted || (_committed.HasFacts && introduction.Notification.Actions.All(IsIntroduced)))
            return;

        await Receive(introduction);

        bool IsIntroduced(StatusChangeAction node) => _committed.FindNode(node.NodeTaskId) is { HasFacts: true };
    }

    /// <inheritdoc/>
    public async Task<WorkflowView?> GetState()
    {
        using var call = _stay.Begin();
        await EnsureLoaded();
        ThrowIfNotThere();
        KeepIfThere();
        return View();
    }

    /// <inheritdoc/>
    public async Task<WorkflowView?> WaitForState(WaitCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var call = _stay.Begin();
        await EnsureLoaded();
        ThrowIfNotThere();
        if (_committed.Seq == 0 || !condition.IsMetBy(_committed.Version, _committed.Status?.Phase))
            await _waiters.Wait(condition);

        ThrowIfNotThere();
        KeepIfThere();
        return View();
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> GetNode(string nodeTaskId)
    {
        using var call = _stay.Begin();
        await EnsureLoaded();
        ThrowIfNotThere();
        KeepIfThere();
        return _committed.FindNode(nodeTaskId) is { } node ? Views.Of(node, RankingOf(_committed)) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(DateTimeOffset unchangedSince)
    {
        using var call = _stay.Begin();
        await EnsureLoaded();
        ThrowIfClosed();
        if (_latest.IsDeleted)
            return _committed.IsDeleted;

        if (
            _latest.Status?.Phase != WorkflowPhase.Ended
            || _latest.LastChangedAt >= unchangedSince.ToUnixTimeMilliseconds()
        )
            return false;

        _latest = _pending.Delete(_latest);
        await _commits.Commit();
        return true;
    }

    /// <inheritdoc/>
    public async Task<RefoldOutcome> Refold(string job, string vocabulary)
    {
        using var call = _stay.Begin();
        await EnsureLoaded();
        ThrowIfClosed();
        if (vocabulary != _fold.Vocabulary.Fingerprint)
            return RefoldOutcome.OtherVocabulary;

        // A call while it is under way gets the same answer.
        var running = _refolding ??= RunRefold(job);
        try
        {
            return await running;
        }
        finally
        {
            if (_refolding == running)
                _refolding = null;
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<RefoldChange>> TryRefold(string vocabulary)
    {
        using var call = _stay.Begin();
        await EnsureLoaded();
        ThrowIfClosed();
        var (state, fold) = (_committed, _vocabularies.Try(vocabulary));
        if (state.Seq == 0 || state.IsDeleted)
            return [];

        if (await FoldStored(fold, state) is not { } refolded)
            throw new WorkflowUnavailableException(
                $"{this.GetGrainId()} cannot be folded again: receipts were removed that were folded under "
                    + "another vocabulary."
            );

        var (_, transitions) = Refolding.Replace(
            state,
            RankingOf(state),
            refolded,
            fold.Vocabulary,
            state.LastChangedAt
        );
        return ImmutableArray.CreateRange(transitions, Views.Of);
    }

    /// <summary>Refuses a call that this activation must not answer.</summary>
    private void ThrowIfClosed()
    {
        _fence.ThrowIfClosed();
        _fault.ThrowIfFaulted();

        // A standby that took over may lack what this activation has read or written (ADR 0035).
        if (_epoch != _admission.Epoch)
            throw Reload("is of a database that another one has replaced");
    }

    private void ThrowIfNotThere()
    {
        ThrowIfClosed();
        if (_committed.IsDeleted)
            throw new WorkflowDeletedException();
    }

    /// <summary>Keeps the activation of a workflow that a user asked for and that exists.</summary>
    private void KeepIfThere()
    {
        if (_committed is { Seq: > 0, IsDeleted: false })
            _stay.Keep();
    }

    private WorkflowView? View() => _committed.Seq == 0 ? null : _view ??= Views.Of(_committed, RankingOf(_committed));

    private WorkflowUnavailableException Reload(string why)
    {
        _waiters.ReleaseAll();
        return _fault.Set(why, _admission.IsFailing);
    }

    /// <summary>
    /// Sees to it that what is stored is known. Only a notification need not wait for that: it is folded as if nothing
    /// were stored, and the commit that writes it finds out whether it is.
    /// </summary>
    private async Task EnsureLoaded()
    {
        ThrowIfClosed();
        if (_isLoaded)
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
            ApplyStored(ranking);
        }
    }

    /// <summary>
    /// The ranking by which the stored state is shown: that of the vocabulary which it was folded under, until it is
    /// folded again. Another ranking would show another outcome under the version that was shown before.
    /// </summary>
    private async ValueTask<ImmutableArray<WorkflowOutcome>> FindStoredRanking() =>
        _store.State is { } stored
        && stored.Fingerprint != _fold.Vocabulary.Fingerprint
        && await _vocabularies.Find(stored.Fingerprint, CancellationToken.None) is { } before
            ? before.Vocabulary.Ranking
            : _fold.Vocabulary.Ranking;

    /// <summary>The ranking by which a state of this activation is shown.</summary>
    private ImmutableArray<WorkflowOutcome> RankingOf(WorkflowState state) =>
        state.Seq == 0 || state.Fingerprint == _fold.Vocabulary.Fingerprint ? _fold.Vocabulary.Ranking : _storedRanking;

    /// <summary>Continues from what is stored.</summary>
    private void ApplyStored(ImmutableArray<WorkflowOutcome> ranking)
    {
        (_storedRanking, _view, _arriving) = (ranking, null, null);
        _latest = _committed = _store.State ?? WorkflowState.Unknown(_latest.WorkflowId);
        if (_latest is { Seq: > 0, IsDeleted: false } && _latest.Fingerprint != _fold.Vocabulary.Fingerprint)
            Log.OtherVocabulary(_logger, this.GetGrainId(), _latest.Fingerprint, _fold.Vocabulary.Fingerprint);

        _isLoaded = true;
    }

    private int FoldInto(PendingBatch batch, NotificationReceipt receipt)
    {
        var domainReceipt = Receipt.Of(receipt);
        var result = _fold.Apply(_latest, domainReceipt, shownBy: RankingOf(_latest));
        if (_isLoaded && _limits.Check(_latest, result, receipt.Notification) is { } refusal)
            throw refusal;

        _latest = result.State;
        _arriving?.Add(domainReceipt);
        _words.Add(domainReceipt);
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
            // A connection that was lost is logged there too, once for its batch.
            if (!_admission.IsFailing && exception is not System.Data.Common.DbException { IsTransient: true })
                Safely.Log(exception, () => Log.WriteFailed(_logger, exception, this.GetGrainId(), batch.Count));

            throw fault;
        }

        (_committed, _isLoaded) = (state, true);
        _view = null;
        _committing = null;
        batch.Report(_metrics);
        if (batch.Deletes)
            _waiters.ReleaseAll();
        else if (_waiters.Any && _committed.Seq > 0)
            _waiters.Release(_committed.Version, _committed.Status?.Phase);
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

            ApplyStored(ranking);
            state = Rebase(batch, _latest);
            _latest = Rebase(_pending, state);
            if (batch.IsEmpty)
                return state;
        }
    }

    private WorkflowState Rebase(PendingBatch batch, WorkflowState state) =>
        batch.Rebase(state, _fold, RankingOf(state), _limits);

    private async Task<RefoldOutcome> RunRefold(string job)
    {
        while (true)
        {
            var state = _latest;
            if (state.Seq == 0 || state.IsDeleted || state.Fingerprint == _fold.Vocabulary.Fingerprint)
                return RefoldOutcome.Current;

            var meanwhile = _arriving = [];
            try
            {
                if (state.Seq > _committed.Seq)
                    await _commits.Commit();

                if (await FoldStored(_fold, state) is not { } refolded)
                    return RefoldOutcome.ReceiptsRemoved;

                _fault.ThrowIfFaulted();

                // What arrived was folded again on another state: begin with that one.
                if (_arriving == meanwhile)
                    return await CommitRefold(job, state, refolded, meanwhile);
            }
            finally
            {
                _arriving = null;
            }
        }
    }

    private async Task<RefoldOutcome> CommitRefold(
        string job,
        WorkflowState state,
        WorkflowState refolded,
        List<Receipt> meanwhile
    )
    {
        if (_latest.IsDeleted)
            return RefoldOutcome.Current;

        // From here on nothing is awaited until the new state has taken the place of the old one: nothing can arrive in
        // between.
        refolded = refolded with { Seq = state.Seq };
        foreach (var receipt in meanwhile)
            refolded = _fold.Apply(refolded, receipt).State;

        var now = _time.GetUtcNow();
        var at = now.ToUnixTimeMilliseconds();
        var result = Refolding.Replace(_latest, RankingOf(_latest), refolded, _fold.Vocabulary, at);
        _latest = result.State;
        _pending.AddRefold(job, Guid.CreateVersion7(now), at, result);
        _arriving = null;
        await _commits.Commit();
        return result.Transitions.IsEmpty ? RefoldOutcome.Unchanged : RefoldOutcome.Changed;
    }

    private Task<WorkflowState?> FoldStored(WorkflowFold fold, WorkflowState state) =>
        Read(() => _replay.Under(fold, state.WorkflowId, state.Seq, CancellationToken.None));

    /// <summary>Reads from the database, whose exceptions a client may not know.</summary>
    private async Task<T> Read<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception exception)
        {
            Log.NotRefolded(_logger, exception, this.GetGrainId());
            throw new WorkflowUnavailableException(
                $"The receipts of {this.GetGrainId()} could not be read ({exception.GetType().Name})."
            );
        }
    }
}
