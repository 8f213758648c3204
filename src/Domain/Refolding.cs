using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>What folding a workflow's receipts again gave.</summary>
/// <param name="State">The state afterwards. It continues the one before: its sequence number is one higher, and its
/// version if anything shown changed.</param>
/// <param name="Transitions">What is shown differently than before; empty if nothing is.</param>
public readonly record struct RefoldResult(WorkflowState State, ImmutableArray<Transition> Transitions);

/// <summary>
/// Replaces a state by the fold of the same receipts under another vocabulary. Whatever is shown differently than
/// before is a transition; all of them raise the version once. A pure function.
/// </summary>
public static class Refolding
{
    /// <summary>Replaces a state.</summary>
    /// <param name="before">The state as it stands.</param>
    /// <param name="rankingBefore">The ranking by which it was shown.</param>
    /// <param name="refolded">The fold of its receipts from nothing.</param>
    /// <param name="vocabulary">What they were folded under.</param>
    /// <param name="at">The time, in Unix milliseconds. Shown, never compared by a rule.</param>
    public static RefoldResult Replace(
        WorkflowState before,
        ImmutableArray<WorkflowOutcome> rankingBefore,
        WorkflowState refolded,
        Vocabulary vocabulary,
        long at
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(refolded);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var changes = new Changes(rankingBefore, vocabulary.Ranking);
        changes.OfRegister(Subject.Workflow, before.Status, refolded.Status);
        changes.OfName(TransitionKind.WorkflowRenamed, Subject.Workflow, before.Name, refolded.Name);
        var nodes = ImmutableArray.CreateBuilder<NodeState>(refolded.Nodes.Length);
        foreach (var node in refolded.Nodes)
        {
            var known = before.FindNode(node.NodeTaskId);
            nodes.Add(node with { Version = changes.OfNode(known, node) ? before.Version + 1 : known!.Version });
        }

        var state = refolded with
        {
            Nodes = nodes.DrainToImmutable(),
            Seq = before.Seq + 1,
            Version = before.Version,
            LastChangedAt = before.LastChangedAt,
            Fingerprint = vocabulary.Fingerprint,
        };
        if (changes.Count > 0)
            state = state with { Version = before.Version + 1, LastChangedAt = Math.Max(before.LastChangedAt, at) };

        return new RefoldResult(state, changes.ToImmutable());
    }

    /// <summary>Collects what is shown differently.</summary>
    private sealed class Changes(ImmutableArray<WorkflowOutcome> rankingBefore, ImmutableArray<WorkflowOutcome> ranking)
    {
        private readonly ImmutableArray<Transition>.Builder _found = ImmutableArray.CreateBuilder<Transition>();

        public int Count => _found.Count;

        public ImmutableArray<Transition> ToImmutable() => _found.ToImmutable();

        public bool OfNode(NodeState? before, NodeState after)
        {
            var count = Count;
            var subject = Subject.Node(after.NodeTaskId);
            if (before is null)
                _found.Add(new Transition(TransitionKind.NodeAdded, subject, null, null, null, after.Name, null));

            OfName(TransitionKind.NodeRenamed, subject, before?.Name ?? after.Name, after.Name);
            OfName(TransitionKind.NodeRetyped, subject, before?.NodeType ?? after.NodeType, after.NodeType);
            foreach (var task in after.Tasks)
            {
                var known = before?.FindTask(task.TaskId);
                OfRegister(Subject.Task(after.NodeTaskId, task.TaskId), known?.Status, task.Status);
            }

            // Another ranking may choose among the outcomes of several tasks where each of them alone is shown as
            // before.
            var (from, to) = (before?.StatusValue(rankingBefore), after.StatusValue(ranking));
            if (Count == count && from != to)
                _found.Add(new Transition(TransitionKind.StatusChanged, subject, from, to, null, null, null));

            return Count > count;
        }

        public void OfName(TransitionKind kind, Subject subject, string? before, string? after)
        {
            if (before != after)
                _found.Add(new Transition(kind, subject, null, null, before, after, null));
        }

        public void OfRegister(Subject subject, StatusRegister? before, StatusRegister? after)
        {
            if (after is null)
                return;

            var (from, to) = (before?.StatusValue(rankingBefore), after.StatusValue(ranking));
            ImmutableArray<string> contestedBefore = before?.Contested(rankingBefore) ?? [];
            if (
                from == to
                && before?.Unrecognised == after.Unrecognised
                && contestedBefore.SequenceEqual(after.Contested(ranking))
            )
                return;

            var kind =
                after.IsContested && before?.IsContested != true
                    ? TransitionKind.Contested
                    : TransitionKind.StatusChanged;
            _found.Add(new Transition(kind, subject, from, to, null, null, null));
        }
    }
}
