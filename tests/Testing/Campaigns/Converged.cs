using System.Text;
using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>
/// What C1 says of a state that must not depend on the order of arrival, as a text: nodes, tasks, phases, outcomes, ended words
/// and contested words, the rank that a live status has reached in its phase, phase and outcome of each node, and the attention. Left out,
/// because only arrival can decide them: live words of equal rank, names, and unrecognised words, which are always live.
/// </summary>
public static class Converged
{
    /// <summary>The text of a state. Equal for equal sets of receipts, whatever their order.</summary>
    public static string Of(WorkflowState state, Vocabulary vocabulary)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(vocabulary);
        var text = new StringBuilder();
        if (state.Status is { } status)
            Write(text.Append("workflow"), status, vocabulary);

        foreach (var node in state.Nodes)
        {
            var standing = node.Standing(vocabulary.Ranking);
            text.Append("node ").Append(node.NodeTaskId).Append(' ').Append(standing?.Phase).Append(' ').Append(standing?.Outcome).Append('\n');
            foreach (var task in node.Tasks)
                Write(text.Append("  task ").Append(task.TaskId ?? "(anonymous)"), task.Status, vocabulary);
        }

        foreach (var attention in Attention.Of(state, vocabulary.Ranking))
        {
            if (attention.Kind == AttentionKind.UnrecognisedStatus)
                continue;

            text.Append(attention.Kind).Append(' ').Append(attention.Subject);
            // The detail of a task that has not ended is its live word.
            if (attention.Kind != AttentionKind.UnfinishedTasks)
                text.Append(' ').AppendJoin('|', attention.Detail);

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Register register, Vocabulary vocabulary) => text
        .Append(' ').Append(register.Phase)
        .Append(' ').Append(register.OutcomeBy(vocabulary.Ranking))
        .Append(" rank=").Append(register.Rank)
        .Append(" completed=").Append(register.Completed)
        .Append(" cancelled=").Append(register.Cancelled)
        .Append(" failed=").Append(register.Failed)
        .Append(" contested=").AppendJoin('|', register.Contested(vocabulary.Ranking))
        .Append('\n');
}
