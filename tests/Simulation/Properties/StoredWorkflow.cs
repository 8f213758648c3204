using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Simulation.Tests.Properties;

/// <summary>What the database holds of a workflow, as it must be: the fold of the receipts that are stored.</summary>
internal sealed class StoredWorkflow(string workflowId)
{
    private readonly HashSet<string> _shown = [];
    private readonly HashSet<string> _shownNodes = [];
    private readonly List<Receipt> _receipts = [];
    private readonly Dictionary<long, WorkflowState> _states = [];

    public static WorkflowFold Fold { get; } = new(Vocabulary.Default);

    /// <summary>The fold of the stored receipts.</summary>
    public WorkflowState State { get; private set; } = WorkflowState.Unknown(workflowId);

    /// <summary>The stored receipts, by seq.</summary>
    public IReadOnlyList<Receipt> Receipts => _receipts;

    /// <summary>What the workflow's grain shows once it knows the last commit; null if nothing is stored.</summary>
    public WorkflowView? View => State.Seq == 0 ? null : Views.Of(State, Fold.Vocabulary.Ranking);

    /// <summary>Takes a commit.</summary>
    /// <param name="commit">What was to be written.</param>
    /// <param name="stored">The row as it is now.</param>
    /// <returns>In which ways it is not as it must be.</returns>
    public IEnumerable<Violation> Take(WorkflowCommit commit, StoredRow stored)
    {
        var before = State;
        foreach (var received in commit.Receipts)
        {
            var receipt = new Receipt(
                received.Id,
                received.ReceivedAt,
                received.Source,
                VendorJson.Read(received.Body)
            );
            var step = Fold.Apply(State, receipt);
            State = step.State;
            _receipts.Add(receipt);
            _states[State.Version] = State;
            var (claimed, folded) = (
                (received.Seq, received.Version, received.Effect),
                (State.Seq, State.Version, step.Effect)
            );
            if (claimed != folded)
                yield return new Violation(
                    Property.NothingInvented,
                    $"receipt {received.Id} of {workflowId} is stored as {claimed} and the fold gives {folded}"
                );
        }

        var row = JsonSerializer.Deserialize(stored.State, GrainStateJson.Default.WorkflowGrainState)!;
        var state = (row.Workflow ?? row.Head!).Received(stored.Seq!.Value, stored.LastReceivedAt!.Value);

        // Without its nodes it is large: they are in its snapshot, which is the fold of the receipts so far when it is
        // written.
        if (row.Head is not null)
            state = state with { Nodes = State.Nodes };

        if (
            commit.Snapshot is { } snapshot
            && Json(JsonSerializer.Deserialize(snapshot.Payload.Span, GrainStateJson.Default.WorkflowState)!)
                != Json(State)
        )
        {
            yield return new Violation(
                Property.NothingInvented,
                $"the snapshot of {workflowId} at receipt {State.Seq} is not the fold of the receipts"
            );
        }

        if (Json(state) != Json(State))
            yield return new Violation(
                Property.NothingInvented,
                $"{Json(state)} is not the fold of the receipts, which is {Json(State)}"
            );

        if (state.Version < before.Version || state.Status?.Phase < before.Status?.Phase)
            yield return new Violation(
                Property.Monotony,
                $"{workflowId} went back from version {before.Version} to {state.Version}"
            );

        if (commit.Workflow is var listed && !IsRowOf(listed, state))
            yield return new Violation(
                Property.DerivedWithState,
                $"the list says {listed}, the state is {Json(state)}"
            );

        if (View is { } view)
        {
            _shown.Add(Shown(view));
            _shownNodes.UnionWith(view.Nodes.Select(Shown));
        }
    }

    /// <summary>Forgets the receipts behind the last that a standby has.</summary>
    public void FallBack(Func<Guid, bool> isHeld)
    {
        var held = _receipts.TakeWhile(receipt => isHeld(receipt.Id)).ToList();
        State = WorkflowState.Unknown(workflowId);
        _receipts.Clear();
        foreach (var receipt in held)
        {
            State = Fold.Apply(State, receipt).State;
            _receipts.Add(receipt);
        }
    }

    /// <summary>Whether a view shows what some commit held.</summary>
    public bool WasCommitted(WorkflowView view) => _shown.Contains(Shown(view));

    /// <summary>Whether a view shows what some commit held.</summary>
    public bool WasCommitted(NodeTaskView view) => _shownNodes.Contains(Shown(view));

    /// <summary>The version of a node task at a version of the workflow; 0 if it was not known then.</summary>
    public long NodeVersionAt(long version, string nodeTaskId) =>
        _states.GetValueOrDefault(version)?.FindNode(nodeTaskId)?.Version ?? 0;

    /// <summary>A view as a text; without the time of the last receipt, which may change without the version.</summary>
    public static string Shown(WorkflowView view) => JsonSerializer.Serialize(view with { LastReceivedAt = default });

    /// <summary>A view as a text.</summary>
    public static string Shown(NodeTaskView view) => JsonSerializer.Serialize(view);

    private static bool IsRowOf(WorkflowRow row, WorkflowState state)
    {
        var right = WorkflowRows.Of(state, Fold.Vocabulary.Ranking);
        return row.NodeTypes.SequenceEqual(right.NodeTypes) && row with { NodeTypes = right.NodeTypes } == right;
    }

    private static string Json(WorkflowState state) =>
        JsonSerializer.Serialize(
            new WorkflowGrainState { Workflow = state },
            GrainStateJson.Default.WorkflowGrainState
        );
}
