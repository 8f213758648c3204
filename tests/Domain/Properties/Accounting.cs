using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>What a fold says about itself must add up: versions, effects, transitions, the trace.</summary>
internal static class Accounting
{
    public static string? Versions_and_transitions_add_up(WorkflowFold fold, History history)
    {
        long changes = 0,
            count = 0;
        foreach (var (before, receipt, result) in fold.Steps(history.Receipts))
        {
            var state = result.State;
            count++;
            if (result.Effect >= ReceiptEffect.Advanced)
                changes++;

            if (state.Seq != count || state.Version != changes)
                return $"after {count} receipts and {changes} changes: seq {state.Seq}, version {state.Version}";

            if (result.Transitions.IsEmpty == result.Effect >= ReceiptEffect.Advanced)
                return $"receipt {count} was {result.Effect} with {result.Transitions.Length} transitions";

            if (
                (result.Effect == ReceiptEffect.Conflict)
                != result.Transitions.Any(static transition => transition.Kind == TransitionKind.Contested)
            )
                return $"receipt {count} was {result.Effect} with transitions {string.Join(", ", result.Transitions)}";

            if (
                state.LastChangedAt
                != (result.Effect >= ReceiptEffect.Advanced ? receipt.ReceivedAt : before.LastChangedAt)
            )
                return $"receipt {count} was {result.Effect} and the state changed last at {state.LastChangedAt}";

            foreach (var node in state.Nodes)
            {
                var changed = !ReferenceEquals(node, before.FindNode(node.NodeTaskId));
                if (node.Version != (changed ? state.Version : before.FindNode(node.NodeTaskId)!.Version))
                    return $"node {node.NodeTaskId} has version {node.Version} after receipt {count}";
            }
        }

        return null;
    }

    /// <summary>
    /// What the trace says of a decision is what it did.
    /// </summary>
    /// <remarks>
    /// The effect is advanced or conflict if, and only if, the register changed. The resolution is a merge only where
    /// an ended word joined an ended word. The effect is duplicate only if the register has the
    /// word already.
    /// </remarks>
    public static string? The_trace_is_what_the_fold_did(WorkflowFold fold, History history)
    {
        var state = WorkflowState.Unknown("w1");
        foreach (var receipt in history.Receipts)
        {
            var trace = new FoldTrace();
            var result = fold.Apply(state, receipt, trace);
            state = result.State;

            var changes = result.Transitions.Where(static transition => transition.Rule is not null).ToList();
            var decisive = trace
                .Decisions.Where(static decision => decision.Row.Effect >= ReceiptEffect.Advanced)
                .ToList();
            if (
                !changes
                    .Select(static change => (change.Subject, change.ToText, change.Rule))
                    .SequenceEqual(
                        decisive.Select(static decision =>
                            (decision.Subject, (string?)decision.Reported, (Rule?)decision.Row.Rule)
                        )
                    )
            )
            {
                return $"receipt {state.Seq}: the trace claims {string.Join(", ", decisive)}; "
                    + $"the transitions are {string.Join(", ", changes)}";
            }

            foreach (var decision in trace.Decisions)
            {
                if (
                    decision.Row.Resolution == Resolution.Keep != decision.Row.Effect < ReceiptEffect.Advanced
                    || decision.Seq != state.Seq
                )
                    return $"{decision} contradicts itself";

                if (
                    decision.Row.Resolution == Resolution.Merge
                    && !changes.Any(change =>
                        change.Subject == decision.Subject
                        && change.From?.Phase == WorkflowPhase.Ended
                        && change.To?.Phase == WorkflowPhase.Ended
                    )
                )
                {
                    return $"{decision} joined nothing that had ended";
                }

                if (
                    decision.Row.Effect == ReceiptEffect.Duplicate
                    && !Says(state, decision.Subject, fold.Vocabulary.Read(decision.Reported))
                )
                    return $"{decision} is a duplicate of something that is not known";
            }
        }

        return null;
    }

    private static bool Says(WorkflowState state, Subject subject, ParsedStatus reported)
    {
        var register = state.Registers().FirstOrDefault(pair => pair.Subject == subject).Register;
        return register is not null
            && (
                reported.Outcome is { } outcome
                    ? register.Word(outcome) is not null
                    : register.Live is { } live && Vocabulary.Normalise(live) == reported.Normalised
            );
    }
}
