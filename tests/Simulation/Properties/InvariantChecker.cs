using Orleans.Serialization.Invocation;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Runtime;
using Orleans.Workflow.Storage.Commit;

namespace Orleans.Workflow.Simulation.Tests.Properties;

/// <summary>Sees every commit and every answer of a grain, and says at once when something does not hold.</summary>
internal sealed class InvariantChecker(Trace trace)
{
    private readonly Dictionary<string, StoredWorkflow> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Acknowledgement> _acknowledged = [];
    private readonly Dictionary<Guid, Acknowledgement> _durable = [];
    private readonly HashSet<Guid> _lost = [];
    private readonly Dictionary<string, long> _acknowledgedVersions = new(StringComparer.Ordinal);
    private readonly Dictionary<Activation, (long Version, WorkflowPhase? Phase)> _seen = [];

    /// <summary>What does not hold; null as long as everything does.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>What was acknowledged.</summary>
    public IReadOnlyCollection<Acknowledgement> Acknowledged => _acknowledged.Values;

    /// <summary>How many commits there were.</summary>
    public int Commits { get; private set; }

    /// <summary>How many answers of grains showed a state.</summary>
    public int Reads { get; private set; }

    /// <summary>What the database holds of a workflow.</summary>
    public StoredWorkflow Stored(string workflowId) =>
        _stored.TryGetValue(workflowId, out var stored) ? stored : _stored[workflowId] = new StoredWorkflow(workflowId);

    /// <summary>The version of a node task that was acknowledged; 0 if none was.</summary>
    public long AcknowledgedVersion(string workflowId, string nodeTaskId) =>
        Stored(workflowId).NodeVersionAt(_acknowledgedVersions.GetValueOrDefault(workflowId), nodeTaskId);

    /// <summary>Says that something does not hold.</summary>
    public void Violate(Property property, string how)
    {
        trace.Add($"VIOLATION of {property}: {how}");
        Violation ??= new Violation(property, how);
    }

    /// <summary>Sees a commit, in the moment in which it becomes durable.</summary>
    /// <param name="write">What was to be written.</param>
    /// <param name="stored">The row as it is now.</param>
    public void Committed(StateWrite write, StoredRow stored)
    {
        Commits++;
        var commit = write.Commit;
        var key = write.Key.GrainKey;
        var seqs = string.Join(',', commit.Receipts.Select(static row => row.Seq));
        trace.Add($"committed {key} after {commit.Version?.ToString() ?? "nothing"}, seq {seqs}");
        foreach (var receipt in commit.Receipts)
            _durable.Add(receipt.Id, new Acknowledgement(receipt.Id, receipt.Effect, receipt.Version));

        foreach (var violation in Stored(GrainKeys.ParseWorkflow(key)).Take(commit, stored))
            Violate(violation.Property, violation.How);
    }

    /// <summary>A standby takes over: acknowledged receipts that it lacks are lost.</summary>
    /// <returns>How many receipts are lost.</returns>
    public int FailedOver(Func<Guid, bool> isHeld)
    {
        _lost.UnionWith(_durable.Keys.Where(id => !isHeld(id)));
        foreach (var id in _lost)
        {
            _durable.Remove(id);
            _acknowledged.Remove(id);
        }

        foreach (var stored in _stored.Values)
            stored.FallBack(isHeld);

        _acknowledgedVersions.Clear();
        return _lost.Count;
    }

    /// <summary>Sees what a grain answers, in the moment in which it does.</summary>
    public void Answered(Activation activation, IInvokable request, object? result, Exception? exception)
    {
        if (exception is not null)
            return;

        switch (result)
        {
            case Acknowledgement acknowledgement:
                Answered(activation, acknowledgement);
                break;
            case WorkflowView view:
                Reads++;
                if (!Stored(view.WorkflowId).WasCommitted(view))
                    Violate(
                        Property.ReadsAreCommitted,
                        $"{activation} shows what is not in the database: {StoredWorkflow.Shown(view)}"
                    );

                Advance(activation, view.Version, view.Phase);
                break;
            case NodeTaskView view when activation.GrainId.Type == GrainKind.NodeTask:
                Reads++;
                var (workflowId, nodeTaskId) = GrainKeys.ParseNodeTask(activation.GrainId.Key.ToString()!);
                if (!Stored(workflowId).WasCommitted(view))
                    Violate(
                        Property.ReadsAreCommitted,
                        $"{activation} shows what is not in the database: {StoredWorkflow.Shown(view)}"
                    );

                if (view.NodetaskId != nodeTaskId)
                    Violate(Property.NodesAgree, $"{activation} shows {view.NodetaskId}");

                break;
            case null
                when _seen.TryGetValue(activation, out var seen)
                    && seen.Version > 0
                    && request.GetMethodName() == nameof(IWorkflowGrain.GetState):
                Violate(Property.Monotony, $"{activation} no longer knows what it has shown");
                break;
            default:
                break;
        }
    }

    /// <summary>Checks at the end that what was acknowledged is still there.</summary>
    public void CheckAcknowledged()
    {
        foreach (var acknowledgement in _acknowledged.Values)
        {
            if (_durable.GetValueOrDefault(acknowledgement.ReceiptId) != acknowledgement)
                Violate(Property.AcknowledgedIsDurable, $"{acknowledgement} is not in the database");
        }
    }

    private void Answered(Activation activation, Acknowledgement answer)
    {
        // The answer may come from before the failover or from after it.
        if (_lost.Contains(answer.ReceiptId))
            return;

        if (!_durable.TryGetValue(answer.ReceiptId, out var durable))
            Violate(
                Property.AcknowledgedIsDurable,
                $"{activation} acknowledged {answer}, which is not in the database"
            );
        else if (durable != answer)
            Violate(Property.ReceiptOnce, $"{activation} acknowledged {answer}, and the database has {durable}");

        if (!_acknowledged.TryAdd(answer.ReceiptId, answer) && _acknowledged[answer.ReceiptId] != answer)
            Violate(
                Property.ReceiptOnce,
                $"{activation} acknowledged {answer}, and before {_acknowledged[answer.ReceiptId]}"
            );

        var workflowId = GrainKeys.ParseWorkflow(activation.GrainId.Key.ToString()!);
        _acknowledgedVersions[workflowId] = Math.Max(
            answer.Version,
            _acknowledgedVersions.GetValueOrDefault(workflowId)
        );
        try
        {
            var read = ((IWorkflowGrain)activation.GrainInstance!).GetState();
            var shown = read.IsCompleted ? read.GetAwaiter().GetResult()?.Version ?? 0 : -1;
            if (shown < answer.Version)
                Violate(
                    Property.AcknowledgedIsDurable,
                    $"{activation} acknowledged {answer}, and shows version {shown}"
                );
        }
        catch (WorkflowUnavailableException)
        {
            // A later write has failed meanwhile: it shows nothing any more.
        }
    }

    /// <summary>What an activation has shown it must not take back.</summary>
    private void Advance(Activation activation, long version, WorkflowPhase? phase)
    {
        var (highest, furthest) = _seen.GetValueOrDefault(activation);
        if (version < highest || phase < furthest)
            Violate(
                Property.Monotony,
                $"{activation} went back from version {highest} ({furthest}) to {version} ({phase})"
            );

        _seen[activation] = (version, phase);
    }
}
