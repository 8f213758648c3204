using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// The authority on one workflow. It folds synchronously on the state as it will be, commits once for all notifications that are
/// waiting, and then answers. Readers get what is committed.
/// </summary>
[GrainType("workflow")]
internal sealed partial class WorkflowGrain : Grain, IWorkflowGrain
{
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
    private readonly KnownVocabularies _vocabularies;
    private readonly WordCounts _words;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkflowGrain> _logger;

    private int _epoch;
    private WorkflowState _latest = null!;
    private WorkflowState _committed = null!;
    private WorkflowView? _view;
    private PendingBatch _pending = new();
    private PendingBatch? _committing;

    public WorkflowGrain(
        IWorkflowStorage storage,
        WorkflowFold fold,
        WorkflowLimits limits,
        IWriteAdmission admission,
        IMembershipFence fence,
        StateSnapshots snapshots,
        GrainMetrics metrics,
        WorkflowReplay replay,
        KnownVocabularies vocabularies,
        WordCounts words,
        TimeProvider time,
        ILogger<WorkflowGrain> logger)
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
    /// <remarks>Reads nothing: <see cref="Know"/> does, or the first commit.</remarks>
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
        if (_reading is not null || (!_isKnown && _limits.MayExceed(_latest, receipt.Notification)))
            await Know();

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
    public async Task<WorkflowView?> GetState()
    {
        using var call = _stay.Begin();
        await Know();
        ThrowIfNotThere();
        KeepIfThere();
        return View();
    }

    /// <inheritdoc/>
    public async Task<WorkflowView?> WaitForState(WaitCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var call = _stay.Begin();
        await Know();
        ThrowIfNotThere();
        if (_committed.Seq == 0 || !condition.IsMetBy(_committed.Version, (WorkflowPhase?)_committed.Status?.Phase))
            await _waiters.Wait(condition);

        ThrowIfNotThere();
        KeepIfThere();
        return View();
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> GetNode(string nodeTaskId)
    {
        using var call = _stay.Begin();
        await Know();
        ThrowIfNotThere();
        KeepIfThere();
        return _committed.FindNode(nodeTaskId) is { } node ? Views.Of(node, RankingOf(_committed)) : null;
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(DateTimeOffset unchangedSince)
    {
        using var call = _stay.Begin();
        await Know();
        ThrowIfClosed();
        if (_latest.IsDeleted)
            return _committed.IsDeleted;

        if (_latest.Status?.Phase != Phase.Ended || _latest.LastChangedAt >= unchangedSince.ToUnixTimeMilliseconds())
            return false;

        _latest = _pending.Delete(_latest);
        await _commits.Commit();
        return true;
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

    private WorkflowView? View() =>
        _committed.Seq == 0 ? null : _view ??= Views.Of(_committed, RankingOf(_committed));

    private WorkflowUnavailableException Reload(string why)
    {
        _waiters.ReleaseAll();
        return _fault.Set(why, _admission.IsFailing);
    }
}
