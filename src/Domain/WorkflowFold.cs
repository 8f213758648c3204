using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>What folding one receipt gave.</summary>
/// <param name="State">The state afterwards.</param>
/// <param name="Effect">What the receipt did.</param>
/// <param name="Transitions">The changes, in the order in which they were made; empty unless the version rose.</param>
public readonly record struct FoldResult(
    WorkflowState State,
    ReceiptEffect Effect,
    ImmutableArray<Transition> Transitions
)
{
    /// <summary>Whether the receipt reported a word that is not in the vocabulary.</summary>
    public bool Unrecognised { get; init; }
}

/// <summary>
/// The fold: state and receipt to state. A pure function, total over everything that <see cref="StatusChange"/> can
/// hold.
/// </summary>
/// <param name="vocabulary">How words are read.</param>
/// <param name="rules">How observations join.</param>
public sealed class WorkflowFold(Vocabulary vocabulary, RuleTable rules)
{
    /// <summary>The fold by the product's rules.</summary>
    public WorkflowFold(Vocabulary vocabulary)
        : this(vocabulary, RuleTable.Default) { }

    /// <summary>How words are read.</summary>
    public Vocabulary Vocabulary => vocabulary;

    /// <summary>Folds one receipt into a state.</summary>
    /// <param name="state">What is known of the workflow, at least <see cref="WorkflowState.Unknown"/>.</param>
    /// <param name="receipt">The receipt; it becomes the one after <see cref="WorkflowState.Seq"/>.</param>
    /// <param name="trace">Takes every decision, for an explanation.</param>
    /// <param name="shownBy">The ranking by which the state is shown; without it that of the vocabulary.</param>
    public FoldResult Apply(
        WorkflowState state,
        Receipt receipt,
        FoldTrace? trace = null,
        ImmutableArray<WorkflowOutcome> shownBy = default
    )
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(receipt);
        if (state.IsDeleted)
            return new FoldResult(Count(state, receipt), ReceiptEffect.Stale, []);

        if (receipt.Notification.Status is null)
            return Introduce(state, receipt, trace, shownBy);

        var reduced = Reduction.Reduce(receipt.Notification, vocabulary);
        var places = Find(state.Nodes, reduced.Nodes);
        var proof = FindAgeProof(state.Nodes, reduced.Nodes, places);
        if (trace is not null)
            trace.ProvablyOld = proof;

        var step = new FoldStep(
            vocabulary,
            rules,
            state,
            proof is not null,
            trace,
            shownBy.IsDefault ? vocabulary.Ranking : shownBy
        );

        // Names follow receipts that are not behind: judged against the phase before this receipt joins, like the
        // evidence above.
        var isBehind = step.ProvablyOld || (state.Status is { } known && reduced.Status.Phase < known.Phase);
        var next = state with
        {
            Sources = step.JoinSource(state.Sources, receipt.Source),
            Status = step.JoinRegister(state.Status, Subject.Workflow, reduced.Status),
            ReportedName = step.JoinName(
                NameKind.WorkflowName,
                Subject.Workflow,
                state.ReportedName,
                state.LentName,
                receipt.Notification.WorkflowName,
                isBehind,
                isFirstSight: state.Status is null && state.LentName is null
            ),
            Nodes = step.JoinNodes(state.Nodes, reduced.Nodes, places, isBehind),
            Totals = step.Totals,
        };
        return Finish(state, next, receipt, step);
    }

    /// <summary>
    /// Folds the introduction of nodes that facts are about: it makes them and the workflow known, and lends names that
    /// are shown until a status change reports some. It is no report of a source, and decides nothing.
    /// </summary>
    private FoldResult Introduce(
        WorkflowState state,
        Receipt receipt,
        FoldTrace? trace,
        ImmutableArray<WorkflowOutcome> shownBy
    )
    {
        var step = new FoldStep(
            vocabulary,
            rules,
            state,
            provablyOld: false,
            trace,
            shownBy.IsDefault ? vocabulary.Ranking : shownBy
        );
        var next = state with
        {
            LentName = step.LendName(state, receipt.Notification.WorkflowName),
            Nodes = step.LendToNodes(state.Nodes, receipt.Notification.Actions),
            Totals = step.Totals,
        };
        return Finish(state, next, receipt, step);
    }

    private FoldResult Finish(WorkflowState state, WorkflowState next, Receipt receipt, FoldStep step)
    {
        next = next with
        {
            Seq = step.Seq,
            FirstReceivedAt = state.Seq == 0 ? receipt.ReceivedAt : Math.Min(state.FirstReceivedAt, receipt.ReceivedAt),
            LastReceivedAt = Math.Max(state.LastReceivedAt, receipt.ReceivedAt),
            Fingerprint = Fingerprint(state),
        };
        if (step.Effect >= ReceiptEffect.Advanced)
            next = next with
            {
                Version = step.NextVersion,
                LastChangedAt = Math.Max(state.LastChangedAt, receipt.ReceivedAt),
            };

        return new FoldResult(next, step.Effect, step.Transitions) { Unrecognised = step.Unrecognised };
    }

    /// <summary>
    /// A state that was begun under another vocabulary says so until it is folded again from its receipts.
    /// </summary>
    private string Fingerprint(WorkflowState state) =>
        state.Seq == 0 || state.Fingerprint == vocabulary.Fingerprint ? vocabulary.Fingerprint
        : state.Fingerprint.EndsWith(WorkflowState.Mixed) ? state.Fingerprint
        : state.Fingerprint + WorkflowState.Mixed;

    /// <summary>
    /// A tombstone takes nothing, not even another vocabulary: whatever is reported of it is older than its deletion,
    /// and is only counted.
    /// </summary>
    private static WorkflowState Count(WorkflowState tombstone, Receipt receipt) =>
        tombstone with
        {
            Seq = tombstone.Seq + 1,
            FirstReceivedAt = Math.Min(tombstone.FirstReceivedAt, receipt.ReceivedAt),
            LastReceivedAt = Math.Max(tombstone.LastReceivedAt, receipt.ReceivedAt),
        };

    /// <summary>
    /// Where each observed node is in the state; of one that is not, the complement of where it belongs.
    /// </summary>
    private static int[] Find(ImmutableArray<NodeState> nodes, ImmutableArray<NodeObservation> observed)
    {
        var lookup = new SortedLookup<NodeState>(nodes, static node => node.NodeTaskId);
        var places = new int[observed.Length];
        for (var i = 0; i < places.Length; i++)
            places[i] = lookup.Find(observed[i].Entry.NodeTaskId) is null ? ~lookup.Position : lookup.Position;

        return places;
    }

    /// <summary>
    /// What proves that the receipt was made before something that is known: it reports a known task in a lower phase,
    /// and a task only moves forward. Only tasks with an id, and words of the vocabulary, are evidence.
    /// </summary>
    private static AgeProof? FindAgeProof(
        ImmutableArray<NodeState> nodes,
        ImmutableArray<NodeObservation> observed,
        int[] places
    )
    {
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] < 0)
                continue;

            var tasks = new SortedLookup<TaskState>(nodes[places[i]].Tasks, static task => task.TaskId);
            foreach (var task in observed[i].Tasks.Span)
            {
                if (
                    task.TaskId is not null
                    && task.First.Recognised
                    && task.First.Phase < WorkflowPhase.Ended
                    && tasks.Find(task.TaskId) is { Status: { Unrecognised: false } register }
                    && task.First.Phase < register.Phase
                )
                {
                    return new AgeProof(
                        Subject.Task(observed[i].Entry.NodeTaskId, task.TaskId),
                        task.First.Word,
                        register.Phase,
                        register.DecidedBy
                    );
                }
            }
        }

        return null;
    }
}
