using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>Puts a state and what was noted on the way to it together.</summary>
/// <param name="explainer">What was noted.</param>
/// <param name="ranking">By which outcomes are shown.</param>
internal sealed class Explanations(Explainer explainer, ImmutableArray<Outcome> ranking)
{
    /// <summary>Explains a state.</summary>
    public Explanation Of(WorkflowState state, string vocabulary) => new(
        state.WorkflowId,
        state.Version,
        state.Seq,
        vocabulary,
        Of(Subject.Workflow, state.Status!),
        Of(Subject.Workflow, NameKind.WorkflowName, state.Name ?? string.Empty),
        ImmutableArray.CreateRange(state.Nodes, Of),
        ImmutableArray.CreateRange(Attention.Of(state, ranking), attention => new AttentionExplanation(
            (AttentionReason)attention.Kind,
            new SubjectView(attention.Subject.NodeTaskId, attention.Subject.TaskId),
            attention.Detail,
            [.. Because(attention, state)])));

    private NodeExplanation Of(NodeState node)
    {
        var subject = Subject.Node(node.NodeTaskId);
        var standing = node.Standing(ranking);
        var standsFor = node.StandsFor(ranking);
        return new NodeExplanation(
            node.NodeTaskId,
            Of(subject, NameKind.NodetaskName, node.Name),
            Of(subject, NameKind.NodeType, node.NodeType),
            standing?.Status,
            (WorkflowPhase?)standing?.Phase,
            (WorkflowOutcome?)standing?.Outcome,
            standsFor is null ? null : new SubjectView(node.NodeTaskId, standsFor.TaskId),
            standing switch
            {
                null => "it has no task",
                { Phase: Phase.Ended } => "all tasks that count have ended, and the outcome of this one ranks highest",
                _ => "of the tasks that count this one is the least advanced",
            },
            ImmutableArray.CreateRange(node.Tasks, task => new TaskExplanation(
                task.TaskId, task.TaskId is not null || node.Tasks.Length == 1, Of(Subject.Task(node.NodeTaskId, task.TaskId), task.Status))));
    }

    private RegisterExplanation Of(Subject subject, Register register)
    {
        var log = explainer.Of(new Topic(subject, null));
        var (status, phase, outcome) = register.Standing(ranking);
        return new RegisterExplanation(
            status,
            (WorkflowPhase)phase,
            (WorkflowOutcome?)outcome,
            register.Unrecognised,
            register.IsContested
                ? [.. from told in ranking
                      where register.Word(told) is not null
                      select new ContestedWord(register.Word(told)!, (WorkflowOutcome)told, log.KeptFor(told))]
                : [],
            log.DecidedBy,
            register.Rule,
            RuleSentences.Of(register.Rule),
            register.Rule == Rule.OtherWord,
            log.Summarise());
    }

    private NameExplanation Of(Subject subject, NameKind name, string value)
    {
        var log = explainer.Of(new Topic(subject, name));
        return new NameExplanation(value, log.DecidedBy, log.Summarise());
    }

    private IEnumerable<ReceiptReference> Because(Attention attention, WorkflowState state)
    {
        var log = attention.Kind == AttentionKind.SeveralSources ? null : explainer.Of(new Topic(attention.Subject, null));
        switch (attention.Kind)
        {
            case AttentionKind.SeveralSources:
                return state.Sources.Select(source => explainer.Sources[source]);
            case AttentionKind.ConflictingOutcome:
                var register = attention.Subject.IsTask
                    ? state.FindNode(attention.Subject.NodeTaskId!)!.FindTask(attention.Subject.TaskId)!.Status
                    : state.Status!;
                return ranking.Where(outcome => register.Word(outcome) is not null).Select(log!.KeptFor);
            case AttentionKind.UnfinishedTasks:
                return [explainer.Of(new Topic(Subject.Workflow, null)).DecidedBy, log!.DecidedBy];
            default:
                return [log!.DecidedBy];
        }
    }
}
