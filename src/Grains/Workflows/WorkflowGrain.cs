using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// The authority on one workflow. It folds synchronously on the state as it will be, commits once for all notifications that are
/// waiting, tells the node tasks that changed and follow it, and then answers. Readers get what is committed.
/// </summary>
[GrainType("workflow")]
internal sealed partial class WorkflowGrain : Grain, IWorkflowGrain
{
    private readonly IPersistentState<WorkflowGrainState> _storage;
    private readonly WorkflowFold _fold;
    private readonly IReceiptLog _receipts;
    private readonly IWriteAdmission _admission;
    private readonly CommitLoop _commits;
    private readonly GrainFault _fault;
    private readonly NodeTeller _nodes;
    private readonly StateWaiters _waiters;
    private readonly WorkflowReplay _replay;
    private readonly KnownVocabularies _vocabularies;
    private readonly WordCounts _words;
    private readonly TimeProvider _time;
    private readonly ILogger<WorkflowGrain> _logger;

    private WorkflowState _latest = null!;
    private WorkflowState _committed = null!;
    private WorkflowRow? _listed;
    private WorkflowView? _view;
    private PendingBatch _pending = new();
    private PendingBatch? _committing;

    public WorkflowGrain(
        [PersistentState(StateNames.Workflow, StateNames.Workflow)] IPersistentState<WorkflowGrainState> storage,
        WorkflowFold fold,
        IReceiptLog receipts,
        IWriteAdmission admission,
        WorkflowGrains grains,
        WorkflowReplay replay,
        KnownVocabularies vocabularies,
        WordCounts words,
        TimeProvider time,
        ILogger<WorkflowGrain> logger)
    {
        _storage = storage;
        _fold = fold;
        _receipts = receipts;
        _admission = admission;
        _replay = replay;
        _vocabularies = vocabularies;
        _words = words;
        _time = time;
        _logger = logger;
        _commits = new CommitLoop(CommitPending);
        _fault = new GrainFault(GrainContext);
        _nodes = new NodeTeller(this, grains, logger);
        _waiters = new StateWaiters(time);
    }

    /// <summary>The vendor's id of the workflow.</summary>
    public string WorkflowId { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        WorkflowId = GrainKeys.ParseWorkflow(this.GetPrimaryKeyString());
        _latest = _committed = _storage.State.Workflow ?? WorkflowState.Unknown(WorkflowId);
        if (_latest.Seq > 0 && _latest.Fingerprint != _fold.Vocabulary.Fingerprint)
            Log.OtherVocabulary(_logger, this.GetGrainId(), _latest.Fingerprint, _fold.Vocabulary.Fingerprint);

        _nodes.Resume(_storage.State);
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
        _fault.ThrowIfFaulted();
        if (receipt.Attempt > 1 && await FindFirstAnswer(receipt.Id) is { } first)
            return first;

        if (!_admission.HasRoom)
            throw new WorkflowBusyException();

        var batch = _pending;
        var acknowledgement = FoldInto(batch, receipt);
        batch.Committed = _commits.Commit();
        await batch.Committed;
        await batch.Told;
        return acknowledgement;
    }

    /// <inheritdoc/>
    public Task<WorkflowView?> GetState()
    {
        _fault.ThrowIfFaulted();
        return Task.FromResult(View());
    }

    /// <inheritdoc/>
    public async Task<WorkflowView?> WaitForState(WaitCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        _fault.ThrowIfFaulted();
        if (!condition.IsMetBy(View()))
            await _waiters.Wait(condition);

        _fault.ThrowIfFaulted();
        return View();
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> FollowNode(string nodeTaskId)
    {
        _fault.ThrowIfFaulted();
        if (_committed.FindNode(nodeTaskId) is null)
            return null;

        // It must be known to the next activation too, before the node task relies on being told.
        if (!_nodes.IsFollowed(nodeTaskId))
        {
            _nodes.Follow(nodeTaskId);
            await _commits.Commit();
        }

        return NodeView(nodeTaskId);
    }

    /// <summary>The committed view of a node task; null if the workflow does not know it.</summary>
    internal NodeTaskView? NodeView(string nodeTaskId) =>
        _committed.FindNode(nodeTaskId) is { } node ? Views.Of(node, _fold.Vocabulary.Ranking) : null;

    private WorkflowView? View() =>
        _committed.Seq == 0 ? null : _view ??= Views.Of(_committed, _fold.Vocabulary.Ranking);

    /// <summary>The first answer to a receipt that is delivered again: it may be on its way, or durable.</summary>
    private async Task<Acknowledgement?> FindFirstAnswer(Guid receiptId)
    {
        if (await FindInFlight(receiptId) is { } inFlight)
            return inFlight;

        // What is delivered meanwhile is in flight when the look-up is done; what slips through both is stopped by the log's key.
        var durable = await FindDurable(receiptId);
        _fault.ThrowIfFaulted();
        return durable ?? await FindInFlight(receiptId);
    }

    private async Task<Acknowledgement?> FindDurable(Guid receiptId)
    {
        try
        {
            return await _receipts.FindAcknowledgement(receiptId, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // Nothing was folded, so there is nothing to reload. A client may not know the exceptions of the database.
            Log.NotLookedUp(_logger, exception, this.GetGrainId());
            throw new WorkflowUnavailableException($"The receipts of {this.GetGrainId()} could not be looked up ({exception.GetType().Name}).");
        }
    }

    private async ValueTask<Acknowledgement?> FindInFlight(Guid receiptId)
    {
        var batch = _pending.Find(receiptId) is not null ? _pending : _committing;
        if (batch?.Find(receiptId) is not { } acknowledgement)
            return null;

        await batch.Committed;
        await batch.Told;
        return acknowledgement;
    }

    private Acknowledgement FoldInto(PendingBatch batch, NotificationReceipt receipt)
    {
        var told = DomainNotifications.Of(receipt);
        var result = _fold.Apply(_latest, told);
        _latest = result.State;
        _arriving?.Add(told);
        _words.Add(told);
        return batch.Add(receipt, result, _fold.Vocabulary.Fingerprint);
    }

    private async Task CommitPending()
    {
        _fault.ThrowIfFaulted();
        var (batch, state) = (_pending, _latest);
        (_committing, _pending) = (batch, new PendingBatch());
        var toTell = _nodes.Owe(batch.ChangedNodes, state);
        var next = new WorkflowGrainState { Workflow = state, Followed = _nodes.Followed, Untold = _nodes.Untold };
        var rows = batch.Count == 0 ? null : batch.ToRows(state, _listed, _fold.Vocabulary);
        try
        {
            _storage.State = next with { Rows = rows };
            await _storage.WriteStateAsync();
        }
        catch (Exception exception)
        {
            Log.WriteFailed(_logger, exception, this.GetGrainId(), batch.Count);
            _waiters.ReleaseAll();
            throw _fault.Set(exception);
        }

        _storage.State = next;
        _committed = state;
        _nodes.Committed(next);
        _listed = rows?.Workflow ?? _listed;
        _view = null;
        _committing = null;
        batch.Told = _nodes.Tell(toTell);
        if (_waiters.Any)
            _waiters.Release(View());
    }
}
