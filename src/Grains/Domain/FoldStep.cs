using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Domain;

/// <summary>One receipt on its way into a state: joins its parts and keeps account of what they did.</summary>
internal sealed class FoldStep(
    Vocabulary vocabulary,
    RuleTable rules,
    WorkflowState before,
    bool provablyOld,
    FoldTrace? trace,
    ImmutableArray<Outcome> ranking)
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
    public Effect Effect { get; private set; }

    /// <summary>The changes so far.</summary>
    public ImmutableArray<Transition> Transitions => _transitions?.ToImmutable() ?? [];

    /// <summary>The totals of the nodes so far.</summary>
    public NodeTotals Totals => _totals?.ApplyTo(before.Totals) ?? before.Totals;

    /// <summary>Whether a word was told that is not in the vocabulary.</summary>
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

    public Register? JoinRegister(Register? register, Subject subject, in Term term)
    {
        var joined = rules.Join(register, term, vocabulary, provablyOld, Seq, out var row);
        Effect = Max(Effect, row.Effect);
        Unrecognised |= !term.Recognised;
        trace?.Add(new Decision(subject, term.Word, row, Seq));
        if (!ReferenceEquals(joined, register))
        {
            var kind = row.Effect == Effect.Conflict ? TransitionKind.Contested : TransitionKind.StatusChanged;
            Changed(new Transition(kind, subject, Stand(register), Stand(joined), null, term.Word, row.Rule));
        }

        return joined;
    }

    /// <summary>
    /// A label follows the last receipt that is not behind; the first that is told is always taken. A receipt without the label says nothing
    /// of it, in whatever order they arrive.
    /// </summary>
    public string? JoinName(NameKind name, Subject subject, string? known, string? told, bool isBehind, bool isFirstSight)
    {
        if (told is null)
        {
            if (isFirstSight)
                trace?.Add(new NameDecision(name, subject, string.Empty, Takes: true, Seq));

            return known;
        }

        if (known == told)
            return known;

        var keeps = known is not null && isBehind;
        trace?.Add(new NameDecision(name, subject, told, Takes: !keeps, Seq));
        if (keeps)
            return known;

        if (!isFirstSight)
            Changed(new Transition(TransitionOf(name), subject, null, null, known, told, null));

        return told;
    }

    /// <summary>Joins what a receipt says of nodes.</summary>
    /// <param name="nodes">The nodes of the state.</param>
    /// <param name="observations">What is said, ascending by node.</param>
    /// <param name="places">Where each is in the state; of one that is not, the complement of where it belongs.</param>
    /// <param name="isBehind">Whether labels stay.</param>
    public ImmutableArray<NodeState> JoinNodes(
        ImmutableArray<NodeState> nodes, ImmutableArray<NodeObservation> observations, ReadOnlySpan<int> places, bool isBehind)
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
        if (known is null)
        {
            Changed(new Transition(TransitionKind.NodeAdded, subject, null, null, null, entry.NodeTaskName ?? string.Empty, null));
            var added = new NodeState
            {
                NodeTaskId = entry.NodeTaskId,
                ToldName = JoinName(NameKind.NodetaskName, subject, null, entry.NodeTaskName, isBehind, isFirstSight: true),
                ToldType = JoinName(NameKind.NodeType, subject, null, entry.NodeType, isBehind, isFirstSight: true),
                Version = NextVersion,
            };
            added = added with { Tasks = JoinTasks(added, observation.Tasks.Span) };
            (_totals ??= new()).Replace(null, added);
            return added;
        }

        var name = JoinName(NameKind.NodetaskName, subject, known.ToldName, entry.NodeTaskName, isBehind, isFirstSight: false);
        var type = JoinName(NameKind.NodeType, subject, known.ToldType, entry.NodeType, isBehind, isFirstSight: false);
        var tasks = JoinTasks(known, observation.Tasks.Span);
        if (name == known.ToldName && type == known.ToldType && tasks == known.Tasks)
            return known;

        var joined = known with { ToldName = name, ToldType = type, Tasks = tasks, Version = NextVersion };
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
            foreach (var term in observation.Rest)
                register = JoinRegister(register, subject, term);

            if (register is null || ReferenceEquals(register, known?.Status))
                continue;

            var joined = known is null ? new TaskState(observation.TaskId, register) : known with { Status = register };
            changes.Put(known is null ? ~lookup.Position : lookup.Position, joined);
            (_totals ??= new()).Replace(known, joined);
        }

        return changes.ToImmutable();
    }

    private void Changed(Transition transition)
    {
        Effect = Max(Effect, Effect.Advanced);
        (_transitions ??= ImmutableArray.CreateBuilder<Transition>()).Add(transition);
    }

    private Standing? Stand(Register? register) => register?.Standing(ranking);

    private static TransitionKind TransitionOf(NameKind name) => name switch
    {
        NameKind.WorkflowName => TransitionKind.WorkflowRenamed,
        NameKind.NodetaskName => TransitionKind.NodeRenamed,
        _ => TransitionKind.NodeRetyped,
    };

    private static Effect Max(Effect a, Effect b) => a > b ? a : b;
}
