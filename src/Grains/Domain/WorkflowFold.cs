using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Domain;

/// <summary>What folding one receipt gave.</summary>
/// <param name="State">The state afterwards.</param>
/// <param name="Effect">What the receipt did.</param>
/// <param name="Transitions">The changes, in the order in which they were made; empty unless the version rose.</param>
public readonly record struct FoldResult(WorkflowState State, Effect Effect, ImmutableArray<Transition> Transitions);

/// <summary>
/// The fold: state and receipt to state. A pure function, total over everything that <see cref="Notification"/> can hold.
/// </summary>
/// <param name="vocabulary">How words are read.</param>
/// <param name="rules">How observations join.</param>
public sealed class WorkflowFold(Vocabulary vocabulary, RuleTable rules)
{
    /// <summary>The fold by the product's rules.</summary>
    public WorkflowFold(Vocabulary vocabulary)
        : this(vocabulary, RuleTable.Default)
    {
    }

    /// <summary>How words are read.</summary>
    public Vocabulary Vocabulary => vocabulary;

    /// <summary>Folds one receipt into a state.</summary>
    /// <param name="state">What is known of the workflow, at least <see cref="WorkflowState.Unknown"/>.</param>
    /// <param name="receipt">The receipt; it becomes the one after <see cref="WorkflowState.Seq"/>.</param>
    /// <param name="trace">Takes every decision, for those who want them explained.</param>
    public FoldResult Apply(WorkflowState state, Receipt receipt, FoldTrace? trace = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(receipt);
        var reduced = Reduction.Reduce(receipt.Notification, vocabulary);
        var proof = FindAgeProof(state, reduced);
        if (trace is not null)
            trace.ProvablyOld = proof;

        var step = new FoldStep(vocabulary, rules, state, proof is not null, trace);

        // Names follow receipts that are not behind: judged against the phase before this receipt joins, like the evidence above.
        var isBehind = step.ProvablyOld || (state.Status is { } known && reduced.Status.Phase < known.Phase);
        var next = state with
        {
            Sources = step.JoinSource(state.Sources, receipt.Source),
            Status = step.JoinRegister(state.Status, Subject.Workflow, reduced.Status),
            Name = step.JoinName(NameKind.WorkflowName, Subject.Workflow, state.Name, receipt.Notification.WorkflowName, isBehind),
            Nodes = step.JoinNodes(state.Nodes, reduced.Nodes, isBehind),
            Seq = step.Seq,
            FirstReceivedAt = state.Seq == 0 ? receipt.ReceivedAt : Math.Min(state.FirstReceivedAt, receipt.ReceivedAt),
            LastReceivedAt = Math.Max(state.LastReceivedAt, receipt.ReceivedAt),
            Fingerprint = Fingerprint(state),
        };
        if (step.Effect >= Effect.Advanced)
            next = next with { Version = step.NextVersion, LastChangedAt = Math.Max(state.LastChangedAt, receipt.ReceivedAt) };

        return new FoldResult(next, step.Effect, step.Transitions);
    }

    /// <summary>A state that was begun under another vocabulary says so until it is folded again from its receipts.</summary>
    private string Fingerprint(WorkflowState state) =>
        state.Seq == 0 || state.Fingerprint == vocabulary.Fingerprint ? vocabulary.Fingerprint
        : state.Fingerprint.EndsWith(WorkflowState.Mixed) ? state.Fingerprint
        : state.Fingerprint + WorkflowState.Mixed;

    /// <summary>
    /// What proves that the receipt was made before something that is known: it reports a known task in a lower phase, and a task
    /// only moves forward. Only tasks with an id, and words of the vocabulary, are evidence.
    /// </summary>
    private static AgeProof? FindAgeProof(WorkflowState state, ReducedNotification reduced)
    {
        var merge = new SortedLookup<NodeState>(state.Nodes, static node => node.NodeTaskId);
        foreach (var node in reduced.Nodes)
        {
            if (node.Tasks.IsEmpty || merge.Find(node.Entry.NodeTaskId) is not { } known)
                continue;

            var tasks = new SortedLookup<TaskState>(known.Tasks, static task => task.TaskId);
            foreach (var task in node.Tasks)
            {
                if (task.TaskId is not null && task.First.Recognised
                    && tasks.Find(task.TaskId) is { Status: { Unrecognised: false } register }
                    && task.First.Phase < register.Phase)
                {
                    return new AgeProof(
                        Subject.Task(node.Entry.NodeTaskId, task.TaskId), task.First.Word, register.Phase, register.DecidedBy);
                }
            }
        }

        return null;
    }
}
