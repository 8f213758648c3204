using System.Collections.Immutable;
using Orleans.Workflow.Simulation.Tests.Properties;

namespace Orleans.Workflow.Simulation.Tests.Mutants;

/// <summary>The product with one mistake in it.</summary>
/// <param name="Name">The mistake.</param>
/// <param name="File">Where it is made; the second part of the path is the project.</param>
/// <param name="Right">The source as it is; must be there exactly once.</param>
/// <param name="Wrong">The source with the mistake.</param>
/// <param name="Breaks">The property that does not hold then; of several, one at least.</param>
internal sealed record Mutant(string Name, string File, string Right, string Wrong, params Property[] Breaks)
{
    private const string WorkflowGrain = "src/Grains/Workflows/WorkflowGrain.cs";
    private const string NodeTaskGrain = "src/Grains/NodeTasks/NodeTaskGrain.cs";

    /// <summary>Every mistake that the simulation must notice.</summary>
    public static readonly ImmutableArray<Mutant> All =
    [
        new(
            "acknowledges before the commit",
            WorkflowGrain,
            "_commits.Commit();\n        }\n\n        await batch.Committed;",
            "_commits.Commit();\n        }\n",
            Property.AcknowledgedIsDurable
        ),
        new(
            "takes a commit that was not next for one that is durable",
            WorkflowGrain,
            "case CommitResult.Committed:",
            "case CommitResult.Committed or CommitResult.NotNext:",
            Property.AcknowledgedIsDurable
        ),
        new(
            "takes an unknown outcome for a commit",
            WorkflowGrain,
            "case CommitResult.Unknown { Cause: var cause }:\n                    ExceptionDispatchInfo.Throw(cause);",
            "case CommitResult.Unknown:\n                    if (attempt > 0) return state;",
            Property.AcknowledgedIsDurable
        ),
        new(
            "rebases on the state that was not stored",
            WorkflowGrain,
            "state = Rebase(batch, _latest);",
            "state = Rebase(batch, state);",
            Property.NothingInvented,
            Property.ReceiptOnce,
            Property.ReadsAreCommitted
        ),
        new(
            "leaves what is pending on the state that was not stored",
            WorkflowGrain,
            "_latest = Rebase(_pending, state);",
            "_latest = state;",
            Property.NothingInvented,
            Property.ReceiptOnce
        ),
        new(
            "answers a known receipt as another one",
            "src/Grains/Workflows/PendingBatch.cs",
            "[place].Known = answer;",
            "[place].Known = answer with { Version = known.Max(static other => other.Version) + 1 };",
            Property.ReceiptOnce
        ),
        new(
            "commits a known receipt once more",
            "src/Grains/Workflows/PendingBatch.cs",
            "if (entry.Known is not null)",
            "if (entry.Known is { Version: < 0 })",
            Property.ReceiptOnce
        ),
        new(
            "keeps a state that has changed",
            "src/Grains/Workflows/WorkflowStore.cs",
            "known == next with { Seq = known.Seq, LastReceivedAt = known.LastReceivedAt, Totals = known.Totals }",
            "known.Name == next.Name",
            Property.NothingInvented
        ),
        new(
            "does not read what was received since the state changed",
            "src/Grains/Workflows/WorkflowStore.cs",
            "state.Received(seq, lastReceivedAt)",
            "state.Received(seq - seq, lastReceivedAt)",
            Property.ReceiptOnce
        ),
        new(
            "takes the version of a row that it could not read",
            "src/Grains/Workflows/WorkflowStore.cs",
            "var (state, behind) = await StateOf(row);",
            "_version = row?.Version;\n            var (state, behind) = await StateOf(row);",
            Property.AcknowledgedIsDurable,
            Property.NothingInvented
        ),
        new(
            "forgets the receipts behind the snapshot",
            "src/Grains/Workflows/StateSnapshots.cs",
            "await foreach (var row in moment.Read(head.WorkflowId, start.Seq, cancellationToken))",
            "await foreach (var row in moment.Read(head.WorkflowId, head.Seq, cancellationToken))",
            Property.ReceiptOnce
        ),
        new(
            "takes the snapshot of an earlier state",
            "src/Grains/Workflows/WorkflowStore.cs",
            "Snapshot = StateSnapshots.Of(next) }",
            "Snapshot = StateSnapshots.Of(State ?? next) }",
            Property.NothingInvented
        ),
        new(
            "keeps the first answer for a node task",
            NodeTaskGrain,
            "public async Task<NodeTaskView?> GetState()\n    {",
            "private NodeTaskView? _first;\n"
                + "    public async Task<NodeTaskView?> GetState() => _first ??= await Ask();\n"
                + "    private async Task<NodeTaskView?> Ask()\n    {",
            Property.NodesAreFresh,
            Property.NodesAgree
        ),
        new(
            "takes a workflow that gives no answer for one that does not know the node task",
            NodeTaskGrain,
            "public async Task<NodeTaskView?> GetState()\n    {",
            "public async Task<NodeTaskView?> GetState()\n    {\n"
                + "        try { return await Ask(); } catch (WorkflowUnavailableException) { return null; }\n    }\n"
                + "    private async Task<NodeTaskView?> Ask()\n    {",
            Property.NodesAreFresh
        ),
        new(
            "answers for a node task before it has read the state",
            WorkflowGrain,
            "await EnsureLoaded();\n        ThrowIfNotThere();\n        KeepIfThere();\n"
                + "        return _committed.FindNode",
            "ThrowIfNotThere();\n        return _committed.FindNode",
            Property.NodesAreFresh,
            Property.NodesAgree
        ),
        new(
            "shows a node task that is not committed",
            WorkflowGrain,
            "_committed.FindNode(nodeTaskId)",
            "_latest.FindNode(nodeTaskId)",
            Property.ReadsAreCommitted
        ),
        new(
            "shows another node task",
            WorkflowGrain,
            "_committed.FindNode(nodeTaskId)",
            "_committed.Nodes.FirstOrDefault()",
            Property.NodesAgree
        ),
        new(
            "shows what is not committed",
            WorkflowGrain,
            "_committed.Seq == 0 ? null : _view ??= Views.Of(_committed,",
            "_latest.Seq == 0 ? null : Views.Of(_latest,",
            Property.ReadsAreCommitted
        ),
        new(
            "takes the state after the commit for the one that was committed",
            WorkflowGrain,
            "(_committed, _isLoaded) = (state, true);",
            "(_committed, _isLoaded) = (_latest, true);",
            Property.ReadsAreCommitted
        ),
        new(
            "continues after a failed write",
            "src/Grains/GrainFault.cs",
            "_message is { } message",
            "_message is { Length: 0 } message",
            Property.NothingInvented
        ),
        new(
            "forgets the rank that was reached",
            "src/Domain/StatusRegister.cs",
            "Rank = Math.Max(Rank, status.Rank)",
            "Rank = status.Rank",
            Property.Idempotence,
            Property.Convergence
        ),
        new(
            "lists another state than it stores",
            WorkflowGrain,
            "batch.ToCommit(state,",
            "batch.ToCommit(_committed,",
            Property.DerivedWithState
        ),
    ];
}
