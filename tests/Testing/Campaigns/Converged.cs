using System.Text;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>
/// The part of a state that must not depend on the order of arrival (C1), as a text.
/// </summary>
/// <remarks>
/// It has nodes, tasks, phases, outcomes, ended words, contested words, the rank that a live status has reached in its
/// phase, phase and outcome of each node, and the attention. Only the order of arrival can decide live words of equal
/// rank, names, and unrecognised words (which are always live): these are left out.
/// </remarks>
public static class Converged
{
    /// <summary>The text of a state. It is equal for equal sets of receipts in any order.</summary>
    public static string Of(WorkflowState state, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var text = new StringBuilder();
        if (state.Status is { } status)
            Write(text.Append("workflow"), status, vocabulary);

        foreach (var node in state.Nodes)
        {
            var value = node.StatusValue(vocabulary.Ranking);
            text.Append("node ")
                .Append(node.NodeTaskId)
                .Append(' ')
                .Append(value?.Phase)
                .Append(' ')
                .Append(value?.Outcome)
                .Append('\n');
            foreach (var task in node.Tasks)
                Write(text.Append("  task ").Append(task.TaskId ?? "(anonymous)"), task.Status, vocabulary);
        }

        foreach (var attention in Attention.Of(state, vocabulary.Ranking))
        {
            if (attention.Kind == AttentionReason.UnrecognisedStatus)
                continue;

            text.Append(attention.Kind).Append(' ').Append(attention.Subject);
            // The detail of a task that has not ended is its live word.
            if (attention.Kind != AttentionReason.UnfinishedTasks)
                text.Append(' ').AppendJoin('|', attention.Detail);

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, StatusRegister register, Vocabulary vocabulary) =>
        text.Append(' ')
            .Append(register.Phase)
            .Append(' ')
            .Append(register.OutcomeBy(vocabulary.Ranking))
            .Append(" rank=")
            .Append(register.Rank)
            .Append(" completed=")
            .Append(register.Completed)
            .Append(" cancelled=")
            .Append(register.Cancelled)
            .Append(" failed=")
            .Append(register.Failed)
            .Append(" contested=")
            .AppendJoin('|', register.Contested(vocabulary.Ranking))
            .Append('\n');
}
