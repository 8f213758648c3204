using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>One receipt on its way into a state: joins its parts and keeps account of what they did.</summary>
internal sealed class FoldStep(
    Vocabulary vocabulary,
    RuleTable rules,
    WorkflowState before,
    bool provablyOld,
    FoldTrace? trace,
    ImmutableArray<WorkflowOutcome> ranking
)
{
    private ImmutableArray<Transition>.Builder? _transitions;
    private NodeTotalsChanges? _totals;

    /// <summary>The sequence number of the receipt.</summary>
    public long Seq { get; } = before.Seq + 1;

    /// <summary>The version of the workflow if the receipt changes anything.</summary>
    public long NextVersion { get; } = before.Version + 1;

    /// <summary>Whether the receipt was made before something that is known.</summary>
    public bool ProvablyOld => provablyOld;

    /// <summary>The greatest effect so far.</summary>
    public ReceiptEffect Effect { get; private set; }

    /// <summary>The changes so far.</summary>
    public ImmutableArray<Transition> Transitions => _transitions?.ToImmutable() ?? [];

    /// <summary>The totals of the nodes so far.</summary>
    public NodeTotals Totals => _totals?.ApplyTo(before.Totals) ?? before.Totals;

    /// <summary>Whether a word was reported that is not in the vocabulary.</summary>
    public bool Unrecognised { get; private set; }

    public ImmutableArray<string> JoinSource(ImmutableArray<string> sources, string source)
    {
        var place = sources.BinarySearch(source, StringComparer.Ordinal);
        if (place >= 0)
            return sources;

        // The first source is how the workflow became known; only a further one is news about it.
        if (!sources.IsEmpty)
            Changed(new Transition(TransitionKind.SourceAdded, Subject.Workflow, null, null, null, source, null));

        return sources.Insert(~place, source);
    }

    public StatusRegister? JoinRegister(StatusRegister? register, Subject subject, in ParsedStatus status)
    {
        var joined = rules.Join(register, status, vocabulary, provablyOld, Seq, out var row);
        Effect = Max(Effect, row.Effect);
        Unrecognised |= !status.Recognised;
        trace?.Add(new Decision(subject, status.Word, row, Seq));
        if (!ReferenceEquals(joined, register))
        {
            var kind = row.Effect == ReceiptEffect.Conflict ? TransitionKind.Contested : TransitionKind.StatusChanged;
            Changed(new Transition(kind, subject, Stand(register), Stand(joined), null, status.Word, row.Rule));
        }

        return joined;
    }

    /// <summary>
    /// A label follows the last receipt that is not behind; the first that is reported is always taken. A receipt
    /// without the label says nothing of it, in whatever order they arrive. Until one is reported, what facts lent is
    /// shown.
    /// </summary>
    public string? JoinName(
        NameKind name,
        Subject subject,
        string? known,
        string? lent,
        string? reported,
        bool isBehind,
        bool isFirstSight
    )
    {
        if (reported is null)
        {
            if (isFirstSight)
                trace?.Add(new NameDecision(name, subject, string.Empty, Takes: true, Seq));

            return known;
        }

        if (known == reported)
            return known;

        var keeps = known is not null && isBehind;
        trace?.Add(new NameDecision(name, subject, reported, Takes: !keeps, Seq));
        if (keeps)
            return known;

        if (!isFirstSight)
            Renamed(name, subject, known ?? lent, reported);

        return reported;
    }

    /// <summary>The name that facts lend a workflow: the first that one of them has.</summary>
    public string LendName(WorkflowState state, string? name)
    {
        var lent = Lend(state.LentName, name);
        if (state.ReportedName is null)
            Show(NameKind.WorkflowName, Subject.Workflow, state.Seq == 0 ? null : state.LentName ?? string.Empty, lent);

        return lent;
    }

    /// <summary>Makes nodes known that facts are about, and lends them names.</summary>
    public ImmutableArray<NodeState> LendToNodes(
        ImmutableArray<NodeState> nodes,
        ImmutableArray<StatusChangeAction> introduced
    )
    {
        foreach (var entry in introduced)
        {
            var lookup = new SortedLookup<NodeState>(nodes, static node => node.NodeTaskId);
            var known = lookup.Find(entry.NodeTaskId);
            var joined = LendToNode(known, entry);
            if (joined == known)
                continue;

            nodes = known is null ? nodes.Insert(lookup.Position, joined) : nodes.SetItem(lookup.Position, joined);
            (_totals ??= new()).Replace(known, joined);
        }

        return nodes;
    }

    private NodeState LendToNode(NodeState? known, StatusChangeAction entry)
    {
        var subject = Subject.Node(entry.NodeTaskId);
        var before = _transitions?.Count;
        var (name, type) = (Lend(known?.LentName, entry.NodeTaskName), Lend(known?.LentType, entry.NodeType));
        if (known is null)
        {
            Changed(new Transition(TransitionKind.NodeAdded, subject, null, null, null, name, null));
            trace?.Add(new NameDecision(NameKind.NodetaskName, subject, name, Takes: true, Seq));
            trace?.Add(new NameDecision(NameKind.NodeType, subject, type, Takes: true, Seq));
        }
        else
        {
            if (known.ReportedName is null)
                Show(NameKind.NodetaskName, subject, known.LentName ?? string.Empty, name);

            if (known.ReportedType is null)
                Show(NameKind.NodeType, subject, known.LentType ?? string.Empty, type);
        }

        return (known ?? new NodeState { NodeTaskId = entry.NodeTaskId }) with
        {
            LentName = name,
            LentType = type,
            Version = _transitions?.Count == before ? known!.Version : NextVersion,
        };
    }

    /// <summary>Shows a name that was lent, if another one is shown.</summary>
    private void Show(NameKind name, Subject subject, string? shown, string lent)
    {
        if (shown == lent)
            return;

        trace?.Add(new NameDecision(name, subject, lent, Takes: true, Seq));
        Renamed(name, subject, shown, lent);
    }

    /// <summary>What was lent first stays, so that a fact that comes again changes nothing.</summary>
    private static string Lend(string? lent, string? name) => string.IsNullOrEmpty(lent) ? name ?? string.Empty : lent;

    /// <summary>Joins what a receipt says of nodes.</summary>
    /// <param name="nodes">The nodes of the state.</param>
    /// <param name="observations">What is said, ascending by node.</param>
    /// <param name="places">Where each is in the state; of one that is not, the complement of where it belongs.</param>
    /// <param name="isBehind">Whether labels stay.</param>
    public ImmutableArray<NodeState> JoinNodes(
        ImmutableArray<NodeState> nodes,
        ImmutableArray<NodeObservation> observations,
        ReadOnlySpan<int> places,
        bool isBehind
    )
    {
        var changes = new SortedChanges<NodeState>(nodes);
        for (var i = 0; i < places.Length; i++)
        {
            var known = places[i] < 0 ? null : nodes[places[i]];
            var joined = JoinNode(known, observations[i], isBehind);
            if (!ReferenceEquals(joined, known))
                changes.Put(places[i], joined);
        }

        return changes.ToImmutable();
    }

    private NodeState JoinNode(NodeState? known, in NodeObservation observation, bool isBehind)
    {
        var entry = observation.Entry;
        var subject = Subject.Node(entry.NodeTaskId);
        var before = _transitions?.Count;
        var isFirstSight = known is null;
        if (isFirstSight)
        {
            var label = entry.NodeTaskName ?? string.Empty;
            Changed(new Transition(TransitionKind.NodeAdded, subject, null, null, null, label, null));
        }

        var node = known ?? new NodeState { NodeTaskId = entry.NodeTaskId };
        var name = JoinName(
            NameKind.NodetaskName,
            subject,
            node.ReportedName,
            node.LentName,
            entry.NodeTaskName,
            isBehind,
            isFirstSight
        );
        var type = JoinName(
            NameKind.NodeType,
            subject,
            node.ReportedType,
            node.LentType,
            entry.NodeType,
            isBehind,
            isFirstSight
        );
        var tasks = JoinTasks(node, observation.Tasks.Span);
        if (known is not null && name == node.ReportedName && type == node.ReportedType && tasks == node.Tasks)
            return known;

        // A name that facts had lent already shows nothing new.
        var joined = node with
        {
            ReportedName = name,
            ReportedType = type,
            Tasks = tasks,
            Version = _transitions?.Count == before ? node.Version : NextVersion,
        };
        (_totals ??= new()).Replace(known, joined);
        return joined;
    }

    private ImmutableArray<TaskState> JoinTasks(NodeState node, ReadOnlySpan<TaskObservation> observations)
    {
        var lookup = new SortedLookup<TaskState>(node.Tasks, static task => task.TaskId);
        var changes = new SortedChanges<TaskState>(node.Tasks);
        foreach (var observation in observations)
        {
            var known = lookup.Find(observation.TaskId);
            var subject = Subject.Task(node.NodeTaskId, observation.TaskId);
            var register = JoinRegister(known?.Status, subject, observation.First);
            foreach (var status in observation.Rest)
                register = JoinRegister(register, subject, status);

            if (register is null || ReferenceEquals(register, known?.Status))
                continue;

            var joined = known is null ? new TaskState(observation.TaskId, register) : known with { Status = register };
            changes.Put(known is null ? ~lookup.Position : lookup.Position, joined);
            (_totals ??= new()).Replace(known, joined);
        }

        return changes.ToImmutable();
    }

    private void Renamed(NameKind name, Subject subject, string? before, string after)
    {
        if (before != after)
            Changed(new Transition(TransitionOf(name), subject, null, null, before, after, null));
    }

    private void Changed(Transition transition)
    {
        Effect = Max(Effect, ReceiptEffect.Advanced);
        (_transitions ??= ImmutableArray.CreateBuilder<Transition>()).Add(transition);
    }

    private StatusValue? Stand(StatusRegister? register) => register?.StatusValue(ranking);

    private static TransitionKind TransitionOf(NameKind name) =>
        name switch
        {
            NameKind.WorkflowName => TransitionKind.WorkflowRenamed,
            NameKind.NodetaskName => TransitionKind.NodeRenamed,
            _ => TransitionKind.NodeRetyped,
        };

    private static ReceiptEffect Max(ReceiptEffect a, ReceiptEffect b) => a > b ? a : b;
}
