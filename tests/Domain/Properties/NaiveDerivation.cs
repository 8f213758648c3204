using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>
/// What is derived from the registers, written a second time in the plainest way: the value of a node and the
/// attention.
/// </summary>
internal static class NaiveDerivation
{
    public static string? What_is_derived_follows_from_the_registers(WorkflowFold fold, History history)
    {
        var ranking = fold.Vocabulary.Ranking;
        foreach (var (_, _, result) in fold.Steps(history.Receipts))
        {
            foreach (var node in result.State.Nodes)
            {
                var (wanted, got) = (StatusValue(node, fold.Vocabulary), node.StatusValue(ranking));
                if (wanted != (got?.Phase, got?.Outcome))
                    return $"node {node.NodeTaskId} must stand at {wanted}, not {got}";

                if (
                    got is { Phase: not WorkflowPhase.Ended } live
                    && Counting(node)
                        .Where(task => task.Status.Phase == live.Phase)
                        .OrderBy(static task => task.Status.Rank)
                        .ThenBy(static task => task.Status.Live, StringComparer.Ordinal)
                        .First()
                        .Status.Live != live.Status
                )
                {
                    return $"node {node.NodeTaskId} shows {live.Status}, which is not the word of the lowest rank";
                }

                if (got is { } shown && Counting(node).All(task => task.Status.StatusBy(ranking) != shown.Status))
                    return $"node {node.NodeTaskId} shows {shown.Status}, which no task of it says";
            }

            var odd = Attend(result.State, fold.Vocabulary).Order(StringComparer.Ordinal).ToList();
            var found = Attention
                .Of(result.State, ranking)
                .Select(static attention =>
                    $"{attention.Kind} {attention.Subject} {string.Join('|', attention.Detail)}"
                )
                .Order(StringComparer.Ordinal);
            if (!odd.SequenceEqual(found))
                return $"the attention must be:\n{string.Join('\n', odd)}\nnot:\n{string.Join('\n', found)}";
        }

        return null;
    }

    private static List<TaskState> Counting(NodeState node) =>
        node.Tasks.Any(static task => task.TaskId is not null)
            ? [.. node.Tasks.Where(static task => task.TaskId is not null)]
            : [.. node.Tasks];

    private static (WorkflowPhase? Phase, WorkflowOutcome? Outcome) StatusValue(NodeState node, Vocabulary vocabulary)
    {
        var counting = Counting(node);
        if (counting.Count == 0)
            return (null, null);

        var phase = counting.Min(static task => task.Status.Phase);
        return (
            phase,
            phase == WorkflowPhase.Ended
                ? vocabulary.Ranking.First(outcome => counting.Exists(task => task.Status.Word(outcome) is not null))
                : null
        );
    }

    private static IEnumerable<string> Attend(WorkflowState state, Vocabulary vocabulary)
    {
        foreach (var (subject, register) in state.Registers())
        {
            var words = vocabulary.Ranking.Select(register.Word).OfType<string>().ToList();
            if (words.Count > 1)
                yield return $"{AttentionReason.ConflictingOutcome} {subject} {string.Join('|', words)}";

            if (register.Live is { } live && !vocabulary.Read(live).Recognised)
                yield return $"{AttentionReason.UnrecognisedStatus} {subject} {live}";
        }

        foreach (var node in state.Nodes.Where(_ => state.Status is { Phase: WorkflowPhase.Ended }))
        {
            foreach (var task in Counting(node).Where(static task => task.Status.Phase != WorkflowPhase.Ended))
                yield return $"{AttentionReason.UnfinishedTasks} {Subject.Task(node.NodeTaskId, task.TaskId)} "
                    + $"{task.Status.Live}";
        }

        if (state.Sources.Length > 1)
            yield return $"{AttentionReason.SeveralSources} {Subject.Workflow} {string.Join('|', state.Sources)}";
    }
}
