using System.Collections.Immutable;
using Orleans.Placement;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>
/// A node task. Of its status it stores nothing: each read asks its workflow. Its facts it has committed, with those of
/// other nodes, and keeps how many there are.
/// </summary>
[GrainType("node-task")]
[PreferLocalPlacement]
internal sealed class NodeTaskGrain : Grain, INodeTaskGrain
{
    private readonly WorkflowGrains _grains;
    private readonly IFactStorage _storage;
    private readonly IWriteAdmission _admission;
    private readonly IMembershipFence _fence;
    private readonly GrainMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly BriefStay _stay;
    private readonly CommitLoop _commits;
    private readonly string _workflowId;
    private readonly string _nodeTaskId;
    private readonly FactCounts _counts = new();
    private readonly HashSet<string> _introduced = [];
    private PendingFacts _pending = new();
    private bool _hasIntroducedWorkflow;
    private Task _introducing = Task.CompletedTask;
    private int _epoch;

    public NodeTaskGrain(
        WorkflowGrains grains,
        IFactStorage storage,
        IWriteAdmission admission,
        IMembershipFence fence,
        GrainMetrics metrics,
        TimeProvider time
    )
    {
        _grains = grains;
        _storage = storage;
        _admission = admission;
        _fence = fence;
        _metrics = metrics;
        _time = time;
        _stay = new BriefStay(GrainContext, time);
        _commits = new CommitLoop(CommitPending);
        (_workflowId, _nodeTaskId) = GrainKeys.ParseNodeTask(this.GetPrimaryKeyString());
    }

    /// <inheritdoc/>
    public async Task<NodeTaskView?> GetState()
    {
        using var call = _stay.Begin();
        _fence.ThrowIfClosed();
        if (await _grains.Workflow(_workflowId).GetNode(_nodeTaskId) is not { } node)
            return null;

        _stay.Keep();
        return node.HasFacts ? node with { FactCounts = await Counts() } : node;
    }

    /// <inheritdoc/>
    public async Task<Acknowledgement> Receive(FactReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        using var call = _stay.Begin();
        _fence.ThrowIfClosed();
        _admission.ThrowIfClosed();
        if (!_admission.HasRoomFor(_pending.Count, receipt.Body.Length) || !_pending.HasRoomFor(receipt))
            throw new WorkflowBusyException();

        // Before the fact: what is stored of a node that nobody knows could not be found.
        ForgetAfterFailover();
        await Introduce(receipt);
        var batch = _pending;
        var place = batch.Add(receipt);
        batch.Committed = _commits.Commit();
        await batch.Committed;
        _stay.Keep();
        return batch.AnswerAt(place);
    }

    private async Task CommitPending()
    {
        var batch = _pending;
        if (batch.Count == 0)
            return;

        _pending = new PendingFacts();
        try
        {
            batch.Result = await _storage.Commit(batch.ToCommit(_workflowId, _nodeTaskId));
        }
        catch
        {
            // Perhaps they are stored.
            _counts.Forget();
            throw;
        }

        _counts.Take(batch.Result.Counts);
        batch.Report(_metrics);
    }

    /// <summary>Makes the nodes known that a fact is about, once each.</summary>
    private async Task Introduce(FactReceipt receipt)
    {
        while (_workflowId.Length > 0 && !IsIntroduced(receipt.Fact))
        {
            // Facts that arrive together wait for one introduction.
            if (_introducing.IsCompleted)
                _introducing = IntroduceNow(receipt);

            await _introducing;
        }
    }

    private bool IsIntroduced(Fact fact) =>
        _hasIntroducedWorkflow && fact.Nodes.All(node => _introduced.Contains(node.NodeTaskId));

    private async Task IntroduceNow(FactReceipt receipt)
    {
        var introduction = Introduction.By(receipt.Fact);
        await _grains
            .Workflow(_workflowId)
            .Introduce(
                new NotificationReceipt(
                    Guid.CreateVersion7(_time.GetUtcNow()),
                    receipt.ReceivedAt,
                    receipt.Source,
                    introduction.Of(_workflowId),
                    introduction.ToBody()
                )
            );
        _hasIntroducedWorkflow = true;
        _introduced.UnionWith(receipt.Fact.Nodes.Select(static node => node.NodeTaskId));
    }

    private async Task<ImmutableArray<FactCount>> Counts()
    {
        while (true)
        {
            ForgetAfterFailover();
            if (_counts.Known is { } known)
                return known;

            var forgotten = _counts.Forgotten;
            var stored = await _storage.ReadCounts(_workflowId, _nodeTaskId);
            if (_counts.Forgotten == forgotten)
                _counts.Load(stored);
        }
    }

    /// <summary>A standby that took over may lack what was counted (ADR 0035), and what was introduced.</summary>
    private void ForgetAfterFailover()
    {
        if (_epoch == _admission.Epoch)
            return;

        _epoch = _admission.Epoch;
        _counts.Forget();
        _introduced.Clear();
        _hasIntroducedWorkflow = false;
    }
}
