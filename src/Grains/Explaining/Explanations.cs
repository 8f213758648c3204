using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>Puts a state and what was noted on the way to it together.</summary>
/// <param name="explainer">What was noted.</param>
/// <param name="ranking">By which outcomes are shown.</param>
internal sealed class Explanations(Explainer explainer, ImmutableArray<WorkflowOutcome> ranking)
{
    /// <summary>Explains a state.</summary>
    public Explanation Of(WorkflowState state, string vocabulary) =>
        new(
            state.WorkflowId,
            state.Version,
            state.Seq,
            vocabulary,
            state.Status is { } status ? Of(Subject.Workflow, status) : null,
            Of(Subject.Workflow, NameKind.WorkflowName, state.Name ?? string.Empty),
            ImmutableArray.CreateRange(state.Nodes, Of),
            ImmutableArray.CreateRange(Attention.Of(state, ranking), attention => new AttentionExplanation(
                attention.Kind,
                new SubjectView(attention.Subject.NodeTaskId, attention.Subject.TaskId),
                attention.Detail,
                [.. Because(attention, state)]
            ))
        );

    private NodeExplanation Of(NodeState node)
    {
        var subject = Subject.Node(node.NodeTaskId);
        var value = node.StatusValue(ranking);
        var representative = node.RepresentativeTask(ranking);
        return new NodeExplanation(
            node.NodeTaskId,
            Of(subject, NameKind.NodetaskName, node.Name),
            Of(subject, NameKind.NodeType, node.NodeType),
            value?.Status,
            value?.Phase,
            value?.Outcome,
            representative is null ? null : new SubjectView(node.NodeTaskId, representative.TaskId),
            value switch
            {
                null => "it has no task",
                { Phase: WorkflowPhase.Ended } =>
                    "all tasks that count have ended, and the outcome of this one ranks highest",
                _ => "of the tasks that count this one is the least advanced",
            },
            ImmutableArray.CreateRange(node.Tasks, task => new TaskExplanation(
                task.TaskId,
                task.TaskId is not null || node.Tasks.Length == 1,
                Of(Subject.Task(node.NodeTaskId, task.TaskId), task.Status)
            ))
        );
    }

    private RegisterExplanation Of(Subject subject, StatusRegister register)
    {
        var log = explainer.Of(new Topic(subject, null));
        var (status, phase, outcome) = register.StatusValue(ranking);
        return new RegisterExplanation(
            status,
            phase,
            outcome,
            register.Unrecognised,
            register.IsContested
                ?
                [
                    .. from ended in ranking
                    where register.Word(ended) is not null
                    select new ContestedWord(register.Word(ended)!, ended, log.KeptFor(ended)),
                ]
                : [],
            log.DecidedBy,
            register.Rule,
            RuleSentences.Of(register.Rule),
            register.Rule == Rule.OtherWord,
            log.Summarise()
        );
    }

    private NameExplanation Of(Subject subject, NameKind name, string value)
    {
        var log = explainer.Of(new Topic(subject, name));
        return new NameExplanation(value, log.DecidedBy, log.Summarise());
    }

    private IEnumerable<ReceiptReference> Because(Attention attention, WorkflowState state)
    {
        var log =
            attention.Kind == AttentionReason.SeveralSources ? null : explainer.Of(new Topic(attention.Subject, null));
        switch (attention.Kind)
        {
            case AttentionReason.SeveralSources:
                return state.Sources.Select(source => explainer.Sources[source]);
            case AttentionReason.ConflictingOutcome:
                var register = attention.Subject.IsTask
                    ? state.FindNode(attention.Subject.NodeTaskId!)!.FindTask(attention.Subject.TaskId)!.Status
                    : state.Status!;
                return ranking.Where(outcome => register.Word(outcome) is not null).Select(log!.KeptFor);
            case AttentionReason.UnfinishedTasks:
                return [explainer.Of(new Topic(Subject.Workflow, null)).DecidedBy, log!.DecidedBy];
            default:
                return [log!.DecidedBy];
        }
    }
}
